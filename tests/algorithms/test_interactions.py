"""What one activity adds to each pair."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.interactions import Activity, Kind, Participant, Way, Weights, pairs, value

ROLES = ["FROM", "TO", "CC", "BCC", "REQUIRED", "OPTIONAL", "ORGANIZER", "REGARDING", "OWNER", "RESOURCE", "CUSTOMER"]


def people(*parts: str) -> tuple[Participant, ...]:
    """`u1:FROM` and the like; who starts with u is one of us."""
    split = [part.split(":") for part in parts]
    return tuple(Participant(uid, role, uid.startswith("u")) for uid, role in split)


def told(kind: Kind, *parts: str) -> list[tuple[str, str, str]]:
    return [(one.source, one.target, one.way.value) for one in pairs(Activity(kind, 0.0, people(*parts)))]


def test_a_mail_ties_its_sender_with_each_receiver_and_no_two_receivers() -> None:
    assert told(Kind.EMAIL, "u1:FROM", "c1:TO", "c2:CC", "c3:BCC") == [
        ("u1", "c1", "out"),
        ("u1", "c2", "out"),
        ("u1", "c3", "out"),
    ]


def test_a_mail_to_us_counts_as_received_on_the_tie_that_runs_from_us() -> None:
    assert told(Kind.EMAIL, "c1:FROM", "u1:TO") == [("u1", "c1", "in")]


def test_between_two_of_us_or_two_of_them_the_tie_runs_from_the_lower_uid() -> None:
    assert told(Kind.EMAIL, "u2:FROM", "u1:TO") == [("u1", "u2", "in")]
    assert told(Kind.EMAIL, "c1:FROM", "c2:TO") == [("c1", "c2", "out")]


def test_a_meeting_ties_every_two_who_attended() -> None:
    assert told(Kind.MEETING, "u1:ORGANIZER", "c2:REQUIRED", "c1:OPTIONAL") == [
        ("c1", "c2", "both"),
        ("u1", "c1", "both"),
        ("u1", "c2", "both"),
    ]


def test_a_call_is_not_one_way() -> None:
    assert told(Kind.CALL, "u1:FROM", "c1:TO") == [("u1", "c1", "both")]


def test_whom_it_is_about_or_who_owns_it_did_not_take_part() -> None:
    others = ["c1:REGARDING", "u2:OWNER", "u3:RESOURCE", "c3:CUSTOMER"]
    assert told(Kind.MEETING, "u1:ORGANIZER", "c2:REQUIRED", *others) == [("u1", "c2", "both")]
    found = pairs(Activity(Kind.MEETING, 0.0, people("u1:ORGANIZER", "c2:REQUIRED", *others)))
    assert found[0].value == 3.0 / math.sqrt(2.0)


def test_somebody_in_two_roles_takes_part_once() -> None:
    assert told(Kind.MEETING, "u1:ORGANIZER", "u1:REQUIRED", "c1:REQUIRED") == [("u1", "c1", "both")]


def test_a_sender_with_a_copy_to_himself_does_not_know_himself() -> None:
    assert told(Kind.EMAIL, "u1:FROM", "u1:CC", "c1:TO") == [("u1", "c1", "out")]
    assert told(Kind.EMAIL, "u1:FROM", "u1:TO") == []


def test_of_two_senders_neither_received_the_mail() -> None:
    assert told(Kind.EMAIL, "u1:FROM", "u2:FROM", "u2:TO", "c1:TO") == [("u1", "c1", "out"), ("u2", "c1", "out")]


def test_a_mail_without_sender_ties_nobody() -> None:
    assert told(Kind.EMAIL, "u1:TO", "c1:TO") == []


def test_the_worth_falls_with_the_root_of_the_number_of_participants() -> None:
    assert value(Kind.MEETING, 2) == 3.0 / math.sqrt(2.0)
    assert value(Kind.CALL, 4) == 1.0
    assert value(Kind.EMAIL, 100) == 0.1
    assert value(Kind.EMAIL, 100, Weights(email=1.5)) == pytest.approx(0.15)


def test_a_pair_needs_two() -> None:
    with pytest.raises(ValueError, match="at least 2 participants"):
        value(Kind.CALL, 1)


@pytest.mark.parametrize("wrong", [{"meeting": 1.4}, {"call": 3.1}, {"email": 0.0}])
def test_a_weight_is_adjusted_by_half_at_most(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be from"):
        Weights(**wrong)


@given(
    st.sampled_from(Kind),
    st.lists(st.tuples(st.sampled_from(["u1", "u2", "c1", "c2", "c3"]), st.sampled_from(ROLES)), max_size=8),
)
def test_one_activity_adds_to_a_pair_once_whatever_the_roles(kind: Kind, parts: list[tuple[str, str]]) -> None:
    taking = people(*(f"{uid}:{role}" for uid, role in parts))
    found = pairs(Activity(kind, 5.0, taking))
    ties = [(one.source, one.target) for one in found]
    assert ties == sorted(set(ties))
    assert all(source != target and (target, source) not in ties for source, target in ties)
    assert {one.way is Way.BOTH for one in found} <= {kind is not Kind.EMAIL}
    assert found == pairs(Activity(kind, 5.0, taking[::-1]))
