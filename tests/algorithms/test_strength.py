"""The score of a tie, and the terms it is made of."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.interactions import Activity, Contribution, Kind, Participant, Way
from algorithms.moment import DAY
from algorithms.strength import Band, Sums, band, decay, half_median_k, raw, reciprocity, score, score_of, strength
from algorithms.ties import add, from_activities

NOTHING = Sums(0.0, 0.0, 0.0, 0, 0, 0, 0, 0.0, 0.0, 0.0)

ks = st.floats(0.05, 50.0)
ages = st.floats(0.0, 4_000 * DAY)
happenings = st.builds(
    lambda way, kind, at, value: Contribution("u", "c", kind if way is Way.BOTH else Kind.EMAIL, way, at, value),
    st.sampled_from(Way),
    st.sampled_from([Kind.MEETING, Kind.CALL]),
    ages,
    st.floats(0.01, 3.2),
)


def tied(happened: list[Contribution]) -> Sums:
    sums: Sums | None = None
    for one in happened:
        sums = add(sums, one)
    assert sums is not None
    return sums


@given(st.lists(happenings, min_size=1, max_size=30), ages, ks)
def test_a_score_is_within_0_and_100(happened: list[Contribution], wait: float, k: float) -> None:
    sums = tied(happened)
    assert 0.0 <= strength(sums, sums.as_of + wait, k).score <= 100.0


@given(st.lists(happenings, min_size=1, max_size=30), st.one_of(ages, ages.map(lambda age: -age)), ks)
def test_a_score_alone_is_exactly_that_of_the_strength(happened: list[Contribution], wait: float, k: float) -> None:
    sums = tied(happened)
    at = sums.as_of + wait
    assert score_of(sums.both, sums.inbound, sums.outbound, at - sums.as_of, k) == strength(sums, at, k).score
    assert score(sums, at, k) == strength(sums, at, k).score


@given(st.lists(happenings, min_size=1, max_size=20), happenings, ages, ks)
def test_a_score_never_falls_when_an_interaction_is_added(
    happened: list[Contribution], more: Contribution, wait: float, k: float
) -> None:
    before, after = tied(happened), tied([*happened, more])
    at = max(before.as_of, after.as_of) + wait
    assert strength(after, at, k).score >= strength(before, at, k).score - 1e-9


@given(st.lists(happenings, min_size=1, max_size=20), ages, ages, ks)
def test_a_score_never_rises_while_nothing_happens(
    happened: list[Contribution], wait: float, more: float, k: float
) -> None:
    sums = tied(happened)
    at = sums.as_of + wait
    assert strength(sums, at + more, k).score <= strength(sums, at, k).score + 1e-9


@given(st.lists(happenings, min_size=1, max_size=20), ages, ks)
def test_the_score_follows_from_the_terms_alone(happened: list[Contribution], wait: float, k: float) -> None:
    sums = tied(happened)
    found = strength(sums, sums.as_of + wait, k)
    assert math.fsum(term.value for term in found.terms) == pytest.approx(found.score, abs=1e-9)
    assert all(term.message for term in found.terms)


@given(st.lists(happenings, min_size=1, max_size=20), ages, ks)
def test_the_score_is_the_published_formula(happened: list[Contribution], wait: float, k: float) -> None:
    at = max(one.at for one in happened) + wait
    total = {
        way: math.fsum(one.value * 2 ** ((one.at - at) / (90 * DAY)) for one in happened if one.way is way)
        for way in Way
    }
    both, read, wrote = total[Way.BOTH], total[Way.IN], total[Way.OUT]
    plain = 100 * (1 - math.exp(-(both + 0.4 * (read + wrote) + 1.2 * min(read, wrote)) / k))
    capped = min(plain, 40) if both == 0 and min(read, wrote) == 0 else plain
    assert strength(tied(happened), at, k).score == pytest.approx(capped, abs=1e-9)


def test_one_way_mail_never_passes_40_however_much_of_it_there_is() -> None:
    flood = strength(replace(NOTHING, outbound=500.0, out_count=500), 0.0, k=2.0)
    assert flood.score == 40.0
    assert [term.name for term in flood.terms] == ["meetingsAndCalls", "mail", "answeredMail", "oneWayCap"]
    assert flood.reciprocity == 0.0


def test_one_answer_lifts_the_cap() -> None:
    assert strength(replace(NOTHING, outbound=50.0, inbound=0.5), 0.0, k=2.0).score > 40.0


def test_terms_say_what_happened_and_when() -> None:
    sums = Sums(4.2, 2.0, 1.0, 2, 1, 3, 1, 0.0, 10 * DAY, 10 * DAY)
    says = {term.name: term.message for term in strength(sums, 19 * DAY, k=3.0).terms}
    assert says["meetingsAndCalls"] == "2 meetings and 1 call, worth 3.92 now; last contact 9 days ago"
    assert says["mail"] == "1 mail sent and 3 mails received, worth 1.12 now; last contact 9 days ago"
    assert says["answeredMail"] == "mail in both directions (reciprocity 0.67), worth 1.12 more"


def test_a_tie_that_only_met_says_that_there_is_no_mail() -> None:
    says = [term.message for term in strength(replace(NOTHING, both=1.0, calls=1), 0.0, k=3.0).terms]
    assert says == ["1 call, worth 1 now; last contact less than a day ago", "no mail", "no mail"]


def test_balanced_mail_counts_fully() -> None:
    assert raw(replace(NOTHING, inbound=1.0, outbound=1.0)) == 2.0
    assert raw(replace(NOTHING, inbound=2.0)) == 0.8


def test_reciprocity_is_unknown_without_mail() -> None:
    assert reciprocity(replace(NOTHING, both=3.0)) is None
    assert reciprocity(replace(NOTHING, inbound=1.0, outbound=1.0)) == 1.0


def test_reciprocity_does_not_change_with_time() -> None:
    sums = replace(NOTHING, inbound=3.0, outbound=1.0)
    assert strength(sums, 500 * DAY, k=2.0).reciprocity == pytest.approx(0.5)


def test_bands_begin_at_60_and_at_40() -> None:
    assert [band(score) for score in (100, 60, 59.999, 40, 39.999, 0)] == [
        Band.GOOD, Band.GOOD, Band.FAIR, Band.FAIR, Band.POOR, Band.POOR,
    ]  # fmt: skip


def test_everything_halves_in_the_half_life() -> None:
    sums = Sums(4.0, 2.0, 1.0, 2, 0, 2, 1, 0.0, 0.0, 0.0)
    later = decay(sums, 30 * DAY, half_life_days=30.0)
    assert (later.both, later.inbound, later.outbound, later.as_of) == (2.0, 1.0, 0.5, 30 * DAY)
    assert (later.meetings, later.last_at) == (2, 0.0)


def test_a_moment_before_the_sums_changes_nothing() -> None:
    sums = replace(NOTHING, both=1.0, as_of=10 * DAY, last_at=10 * DAY)
    assert decay(sums, 0.0) == sums
    assert strength(sums, 0.0, k=1.0) == strength(sums, 10 * DAY, k=1.0)


def test_a_thousand_half_lives_leave_nothing_and_no_overflow() -> None:
    assert strength(replace(NOTHING, both=1.0), 1e12, k=1.0).score == 0.0


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=41).filter(lambda raws: len(raws) % 2))
def test_the_median_raw_sum_scores_50(raws: list[float]) -> None:
    k = half_median_k(raws)
    scores = sorted(strength(replace(NOTHING, both=one), 0.0, k).score for one in raws)
    assert scores[len(scores) // 2] == pytest.approx(50.0, abs=1e-9)


def test_a_median_needs_an_active_tie() -> None:
    with pytest.raises(ValueError, match="at least one positive raw sum"):
        half_median_k([0.0])


@pytest.mark.parametrize(("k", "half_life"), [(0.0, 90.0), (-1.0, 90.0), (math.nan, 90.0), (1.0, 0.0), (1.0, math.inf)])
def test_a_score_without_scale_is_refused(k: float, half_life: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        strength(NOTHING, 0.0, k, half_life)


def test_a_mail_out_to_a_hundred_people_is_no_tie_to_any() -> None:
    receivers = tuple(Participant(f"c{at}", "BCC") for at in range(100))
    mails = [
        Activity(Kind.EMAIL, day * DAY, (Participant("u", "FROM", is_user=True), *receivers)) for day in range(365)
    ]
    scores = [strength(sums, 365 * DAY, k=6.0).score for sums in from_activities(mails).values()]
    assert len(scores) == 100
    assert max(scores) <= 40.0
