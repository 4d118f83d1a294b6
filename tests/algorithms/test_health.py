"""The health of a relationship: golden figures, weeks, trends, and what is not judged."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from algorithms.health import PersonTies, Trend, UserTie, effective_threads, health, week_starts
from algorithms.interactions import Contribution, Kind, Way
from algorithms.moment import DAY
from algorithms.strength import Band, Sums, score
from algorithms.ties import sums_at

HALF = 3.0 / math.log(2)
"""The constant at which one meeting of two scores 50 if the sum is 3."""


def met(at: float, value: float = 3.0) -> Sums:
    """The sums of one meeting."""
    return Sums(value, 0.0, 0.0, 1, 0, 0, 0, at, at, at)


def meeting(at: float, value: float = 3.0) -> Contribution:
    """The contribution of one meeting."""
    return Contribution("u", "c", Kind.MEETING, Way.BOTH, at, value)


def test_shares_of_seven_two_and_one_tenths_are_1852_threads() -> None:
    found = effective_threads([70.0, 20.0, 10.0])
    assert found is not None
    assert round(1 / found, 9) == 0.54
    assert round(found, 3) == 1.852
    assert effective_threads([0.0]) is None
    assert effective_threads([40.0] * 4) == pytest.approx(4.0)


def test_the_best_tie_to_each_key_person_counts_by_weight() -> None:
    people = [
        PersonTies("a", "Ann", 3, [UserTie("u1", met(0.0)), UserTie("u2", met(0.0, 9.0))]),
        PersonTies("b", None, 2, [UserTie("u1", met(0.0))]),
        PersonTies("c", "Cy", 3, []),
        PersonTies("d", "Di", None, [UserTie("u1", met(0.0, 30.0))]),
    ]
    found = health(people, 0.0, HALF, past=False)
    assert found.score == pytest.approx((3 * 87.5 + 2 * 50.0) / 8)
    assert [(one.contact, one.known_by) for one in found.key_people] == [("a", "u2"), ("b", "u1"), ("c", None)]
    assert [term.name for term in found.terms] == ["Ann", "b", "Cy"]
    assert found.band is Band.FAIR
    assert found.coverage == pytest.approx(2 / 3)
    assert found.threads == 3


def test_without_a_key_person_or_a_tie_nothing_is_judged() -> None:
    for people, why in (
        ([], "No person here"),
        ([PersonTies("a", "Ann", None, [UserTie("u", met(0.0))])], "No person here"),
        ([PersonTies("a", "Ann", 3, [])], "No activity"),
    ):
        found = health(people, 0.0, HALF)
        assert not found.judged
        assert found.why is not None
        assert found.why.startswith(why)
        assert (found.score, found.band, found.trend) == (None, None, None)
        assert not found.terms
        assert not found.history


def test_a_tie_with_somebody_else_makes_zero_a_finding() -> None:
    people = [PersonTies("a", "Ann", 3, []), PersonTies("b", "Bo", None, [UserTie("u", met(0.0))])]
    found = health(people, 0.0, HALF)
    assert (found.judged, found.score, found.coverage, found.trend) == (True, 0.0, 0.0, Trend.STEADY)


@pytest.mark.parametrize(
    ("happened", "trend"), [([300.0], Trend.RISING), ([100.0], Trend.FALLING), ([-900.0], Trend.STEADY)]
)
def test_the_trend_compares_with_thirteen_weeks_before(happened: list[float], trend: Trend) -> None:
    contributions = [meeting(day * DAY) for day in happened]
    sums = sums_at(contributions, [310 * DAY])[0]
    found = health([PersonTies("a", "Ann", 3, [UserTie("u", sums, contributions)])], 310 * DAY, HALF, weeks=3)
    assert found.trend is trend
    assert found.score is not None
    assert found.history[-1].score == found.score
    assert len(found.history) == 3
    assert found.quarter_ago is not None
    assert found.quarter_ago.at == datetime.fromtimestamp((310 - 91) * DAY, UTC)
    change = found.score - found.quarter_ago.score
    assert found.trend is (Trend.RISING if change >= 5 else Trend.FALLING if change <= -5 else Trend.STEADY)


def test_weeks_start_on_mondays_and_end_at_the_requested_time() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    for at, starts in (
        (datetime(2026, 11, 25, 18, 40, tzinfo=UTC), ["2026-11-16", "2026-11-23", "2026-11-25"]),
        (monday, ["2026-11-09", "2026-11-16", "2026-11-23"]),
    ):
        found = [datetime.fromtimestamp(one, UTC).date().isoformat() for one in week_starts(at, 3)]
        assert found == starts
    assert week_starts(monday, 1) == [monday.timestamp()]


def test_the_past_of_a_tie_is_what_it_would_have_been_then() -> None:
    contributions = [meeting(day * DAY) for day in (30, 10, 20)]
    (before, first, later) = sums_at(contributions, [0.0, 15 * DAY, 40 * DAY])
    assert before is None
    assert first == met(10 * DAY)
    assert later is not None
    assert (later.meetings, later.last_at) == (3, 30 * DAY)
    assert score(later, 40 * DAY, HALF) == pytest.approx(
        100 * -math.expm1(-sum(3 * 2 ** (-days / 90) for days in (10, 20, 30)) / HALF)
    )
    with pytest.raises(ValueError, match="ascending"):
        sums_at(contributions, [1.0, 0.0])
