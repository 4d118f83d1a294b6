"""Ties one activity at a time, and all at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.interactions import Activity, Contribution, Kind, Participant, Way, pairs
from algorithms.moment import DAY
from algorithms.strength import Sums
from algorithms.ties import add, from_activities

participants = st.builds(
    lambda uid, role: Participant(uid, role, uid.startswith("u")),
    st.sampled_from(["u1", "u2", "c1", "c2", "c3"]),
    st.sampled_from(["FROM", "TO", "CC", "REQUIRED", "OWNER"]),
)
activities = st.builds(
    Activity, st.sampled_from(Kind), st.floats(0.0, 3_000 * DAY), st.lists(participants, max_size=6).map(tuple)
)


def one_by_one(happened: list[Activity], half_life_days: float) -> dict[tuple[str, str], Sums]:
    ties: dict[tuple[str, str], Sums] = {}
    for activity in happened:
        for one in pairs(activity):
            ties[one.source, one.target] = add(ties.get((one.source, one.target)), one, half_life_days)
    return ties


@given(st.lists(activities, max_size=25), st.floats(1.0, 400.0))
def test_one_at_a_time_in_any_order_gives_what_all_at_once_gives(happened: list[Activity], half_life: float) -> None:
    batch, single = from_activities(happened, half_life), one_by_one(happened, half_life)
    assert batch.keys() == single.keys()
    for pair, sums in batch.items():
        other = single[pair]
        for name in ("both", "inbound", "outbound"):
            assert getattr(sums, name) == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-12)
        for name in ("meetings", "calls", "in_count", "out_count", "first_at", "last_at", "as_of"):
            assert getattr(sums, name) == getattr(other, name)
        assert sums.as_of == sums.last_at


@given(st.lists(activities, max_size=20), st.randoms(use_true_random=False))
def test_the_batch_does_not_depend_on_the_order(happened: list[Activity], chance: object) -> None:
    shuffled = list(happened)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert from_activities(shuffled) == from_activities(happened)


def test_an_earlier_activity_is_decayed_to_the_moment_of_the_tie() -> None:
    late = add(None, Contribution("u", "c", Kind.CALL, Way.BOTH, 90 * DAY, 2.0))
    both = add(late, Contribution("u", "c", Kind.MEETING, Way.BOTH, 0.0, 3.0))
    assert both == Sums(3.5, 0.0, 0.0, 1, 1, 0, 0, 0.0, 90 * DAY, 90 * DAY)
    assert both.interactions == 2


def test_mail_is_counted_by_its_direction() -> None:
    wrote = add(None, Contribution("u", "c", Kind.EMAIL, Way.OUT, 0.0, 0.5))
    answered = add(wrote, Contribution("u", "c", Kind.EMAIL, Way.IN, 0.0, 0.5))
    assert answered == Sums(0.0, 0.5, 0.5, 0, 0, 1, 1, 0.0, 0.0, 0.0)


def test_a_half_life_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="half-life"):
        add(None, Contribution("u", "c", Kind.EMAIL, Way.OUT, 0.0, 0.5), 0.0)
