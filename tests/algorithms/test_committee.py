"""Buying committees against direct calculations."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.committee import (
    DAMPING,
    ClosedDeals,
    Member,
    Part,
    SeatTie,
    Stance,
    buying_committee,
    committee,
    missing_roles,
    reach,
    stance,
)
from algorithms.roles import normal
from algorithms.strength import Sums

K = 3.0 / math.log(2)
people = st.sampled_from("abcdefg")
influences_of = st.lists(st.tuples(people, people, st.floats(0, 1)), max_size=14)
roles_of = st.lists(st.sampled_from(["Champion", "CHAMPION", "User", "Economic buyer"]), max_size=3)
NOTHING = ClosedDeals([], [], 0)


def tie(user: str, strength: float) -> SeatTie:
    """A tie with a strength at time 0."""
    both = -K * math.log1p(-strength / 100)
    return SeatTie(user, Sums(both, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0))


def seat(contact: str, *ties: SeatTie, role: str | None = "User", support: str | None = None) -> Member:
    """A person with one role."""
    return Member(contact, [Part(role, support, True, None, None)], ties)


@given(influences_of, st.sets(people, max_size=3))
def test_reach_equals_a_long_walk(influences: list[tuple[str, str, float]], deciders: set[str]) -> None:
    found = reach(influences, deciders)
    edges = [one for one in influences if one[2] > 0]
    if not edges or not deciders:
        assert found == {}
        return
    everybody = {end for start, to, _ in edges for end in (start, to)} | deciders
    shares = {one: (1.0 / len(deciders) if one in deciders else 0.0) for one in everybody}
    for _ in range(300):
        then = dict.fromkeys(everybody, 0.0)
        for one, share in shares.items():
            out = [(start, weight) for start, to, weight in edges if to == one]
            total = math.fsum(weight for _, weight in out)
            steps = [(start, weight / total) for start, weight in out] or [(end, 1 / len(deciders)) for end in deciders]
            for start, part in steps:
                then[start] += DAMPING * share * part
        for one in deciders:
            then[one] += (1 - DAMPING) / len(deciders)
        shares = then
    assert found.keys() == shares.keys()
    assert all(math.isclose(found[one], shares[one], abs_tol=1e-9) for one in shares)
    assert math.isclose(math.fsum(found.values()), 1.0, abs_tol=1e-9)


@given(st.lists(st.tuples(st.sampled_from(["u", "v", "w"]), st.floats(0, 99)), max_size=3), st.integers(0, 4))
def test_coverage_and_threads_equal_a_count(ties: list[tuple[str, float]], seats: int) -> None:
    members = [seat(f"c{at}", *[tie(user, strength / (at + 1)) for user, strength in ties]) for at in range(seats)]
    found = buying_committee("o", members, [], NOTHING, 0.0, K)
    best = [max(((strength / (at + 1), user) for user, strength in ties), default=(0.0, "")) for at in range(seats)]
    known = [(strength, user) for strength, user in best if strength >= 40 + 1e-9]
    if any(abs(strength - 40) < 1e-6 for strength, _ in best) or len({one for _, one in ties}) < len(ties):
        return
    assert committee(members, 0.0, K) == committee(members[::-1], 0.0, K)
    assert committee(members, 0.0, K).known == len(known)
    assert found.coverage == (len(known) / seats if seats else 0.0)
    assert found.threads <= len(known)
    assert found.judged is bool(seats)
    assert (found.why is None) is found.judged


def test_shares_of_seven_two_and_one_are_1_852_threads() -> None:
    # 280 of 400 points are known through a, 80 through b, 40 through c.
    strengths = [("a", 70.0)] * 4 + [("b", 40.0)] * 2 + [("c", 40.0)]
    members = [seat(f"c{at}", tie(user, value + 1e-9)) for at, (user, value) in enumerate(strengths)]
    found = buying_committee("o", members, [], NOTHING, 0.0, K)
    assert (found.threads, found.coverage) == (3, 1.0)
    assert found.effective_threads is not None
    assert round(found.effective_threads, 3) == 1.852


def test_the_deal_room_of_the_design_has_two_threads_effectively_1_9() -> None:
    members = [
        seat("wimar", tie("nelna", 96), role="Decision maker", support="Mentor"),
        seat("helke", tie("mamar", 89), tie("you", 10), support="Supporter"),
        seat("tebert", tie("mamar", 72), tie("you", 10), support="supporter"),
        seat("kawig", tie("you", 10), support="Neutral"),
    ]
    found = buying_committee("o", members, [], NOTHING, 0.0, K)
    assert [one.contact for one in found.seats] == ["wimar", "helke", "tebert", "kawig"]
    assert (found.coverage, found.threads) == (0.75, 2)
    assert found.effective_threads is not None
    assert round(found.effective_threads, 1) == 1.9
    assert [one.stance for one in found.seats] == [Stance.MENTOR, Stance.SUPPORTER, Stance.SUPPORTER, Stance.NEUTRAL]
    assert [one.user for one in found.seats[1].known_by] == ["mamar", "you"]


@given(st.lists(roles_of, max_size=6), st.lists(roles_of, max_size=6), roles_of)
def test_missing_roles_equal_a_count(won: list[list[str]], lost: list[list[str]], present: list[str]) -> None:
    found = missing_roles(present, ClosedDeals(won, lost, len(won)))
    expected: dict[str, tuple[int, int]] = {}
    for role in ("champion", "user", "economicbuyer"):
        of_won, of_lost = (sum(role in {normal(one) for one in deal} for deal in deals) for deals in (won, lost))
        if role in {normal(one) for one in present} or not of_won:
            continue
        share = of_won / len(won)
        if share >= 0.5 and share * len(lost) > of_lost:
            expected[role] = (of_won, of_lost)
    assert {normal(one.role): (one.won, one.lost) for one in found} == expected
    assert [one.won for one in found] == sorted((one.won for one in found), reverse=True)


@pytest.mark.parametrize(("won", "lost", "judged"), [(30, 30, True), (29, 30, False), (30, 29, False)])
def test_roles_are_compared_only_with_enough_deals(won: int, lost: int, judged: bool) -> None:
    closed = ClosedDeals([["Economic buyer"]] * won, [["User"]] * lost, won)
    found = buying_committee("o", [seat("c")], [], closed, 0.0, K)
    assert found.similar.judged is judged
    assert (found.similar.why is None) is judged
    assert [one.role for one in found.missing] == (["Economic buyer"] if judged else [])


def test_an_empty_committee_says_why() -> None:
    found = buying_committee("o", [], [], NOTHING, 0.0, K)
    assert (found.judged, found.coverage, found.effective_threads) == (False, 0.0, None)
    assert found.why == "No role of a person is recorded for this opportunity."
    assert found.similar.why is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Non-supporter", "NON_SUPPORTER"), ("ENEMY", "ENEMY"), ("mentor ", "MENTOR"), ("hm", None), (None, None)],
)
def test_a_stance_is_read_from_a_text(text: str | None, expected: Any) -> None:
    found = stance(text)
    assert (found and found.name) == expected
