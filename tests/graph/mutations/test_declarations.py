"""The declarations: reasons, inputs, links, and values that follow from others."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.errors import Refused
from graph.models.role import PrivilegeType
from graph.money import Rates
from graph.mutations import lifecycle
from graph.mutations.completion import completed
from graph.mutations.declarations import MUTATIONS, RecordInput, Value
from graph.mutations.frame import guards
from graph.mutations.inputs import parameters
from graph.mutations.links import cyclic, lock_of, settable
from graph.mutations.reasons import MISSING, REASONS, UNSEEN, check, error_of
from graph.mutations.transitions import Transition
from graph.policy import NOTHING
from graph.query.access_shape import AccessShape
from graph.query.builder import CypherBuilder
from graph.secured_fields import SECURED
from graph.vocabulary import ENDPOINTS, ENTITIES, concrete, entity

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OPEN = AccessShape(())
LIMITED = AccessShape(
    (), privileges=tuple((one.name, (("Record", NOTHING),)) for one in PrivilegeType), unwritable=SECURED
)
ALL_GUARDS = [
    guard for one in MUTATIONS.values() for shape in (OPEN, LIMITED) for guard in guards(one, CypherBuilder(shape))
]


def placeholders(reason: str) -> set[str]:
    """The details that a reason names."""
    one = REASONS[reason]
    parts = [string.Formatter().parse(text) for text in (one.message, one.remedy)]
    return {name for text in parts for _, name, _, _ in text if name}


def test_every_reason_is_used() -> None:
    named = {guard.reason.name for guard in ALL_GUARDS} | {MISSING.name, UNSEEN.name}
    checks = (lifecycle._rivals, lifecycle._cycles)
    texts = [text for one in ENDPOINTS for check_of in checks for text in check_of(CypherBuilder(OPEN), one)]
    unused = {reason for reason in REASONS.keys() - named if not any(f"'{reason}'" in text for text in texts)}
    assert not unused


@pytest.mark.parametrize("name", REASONS)
def test_a_guard_gives_what_its_reason_names(name: str) -> None:
    named = placeholders(name) - {"record"}
    for guard in ALL_GUARDS:
        if guard.reason.name == name:
            assert named <= guard.details.keys()
    error = error_of({"reason": name, **dict.fromkeys(named, "x")}, "record")
    assert isinstance(error, REASONS[name].error)
    assert error.message.endswith(".")
    assert error.remedy.endswith(".")


def test_the_field_of_a_guard_is_an_input() -> None:
    for one in MUTATIONS.values():
        names = {given.name for given in one.inputs()} | {"ifVersion"}
        assert {guard.field for guard in guards(one, CypherBuilder(OPEN)) if guard.field} <= names


def test_a_record_that_the_caller_could_not_read_afterwards_is_refused() -> None:
    with pytest.raises(Refused):
        check({"refused": None, "seen": False}, "account")


def test_every_entity_can_be_created_and_updated_if_it_says_so() -> None:
    wanted = {f"create{one.label}" for one in ENTITIES.values() if one.creatable}
    wanted |= {f"update{one.label}" for one in ENTITIES.values() if one.updatable}
    assert wanted <= MUTATIONS.keys()


def inputs(name: str) -> set[str]:
    """The names of the inputs of a mutation."""
    return {one.name for one in MUTATIONS[name].inputs()}


def test_every_relationship_with_properties_has_mutations() -> None:
    for one in ENDPOINTS:
        if one.model.facts and not one.model.derived:
            noun = one.model.noun
            last = "end" if one.model.dated else "remove"
            verbs = {"withdraw"} if one.model.dated else set()
            verbs |= set() if one.model.mutations else {"add", "update", last}
            own = {f"{verb}{noun[0].upper()}{noun[1:]}" for verb in verbs if noun is not None}
            assert own | set(one.model.mutations), one
            assert own | set(one.model.mutations) <= MUTATIONS.keys()


def test_a_state_is_moved_by_transitions_only() -> None:
    for one in MUTATIONS.values():
        if isinstance(one, Transition):
            assert all(one.state not in inputs(f"update{label}") for label in concrete(one.label))
    assert "state" not in inputs("createOpportunity")
    assert not {"actualValue", "actualCloseDate"} & inputs("createOpportunity")
    assert {"actualValue", "actualCloseDate"} <= inputs("updateOpportunity")


def test_plain_mutations_set_undated_links_to_at_most_one_record() -> None:
    assert {link.name for link in settable("Account")} == {"owner", "primaryContact"}
    assert {link.name for link in settable("Opportunity")} == {"owner", "account", "contact", "parent"}
    assert {link.name for link in settable("Contact")} == {"owner"}


def test_only_links_between_records_of_one_label_can_close_a_cycle() -> None:
    assert [lock_of("Opportunity", link) for link in cyclic("Opportunity")] == ["Opportunity CHILD_OF"]
    assert cyclic("Account") == ()
    assert {link.name for link in cyclic("Case")} == {"parent", "master"}


def test_the_locks_of_a_mutation_follow_from_the_invariants() -> None:
    one, _ = parameters(
        MUTATIONS["reparentAccount"], {"account": "b", "parent": "a", "hierarchy": "LEGAL"}, Rates(), NOW
    )
    assert (one["locks"], one["held"]) == (["CHILD_OF LEGAL"], ["a", "b"])
    one, _ = parameters(MUTATIONS["setManager"], {"contact": "b", "manager": "a", "account": "c"}, Rates(), NOW)
    assert (one["locks"], one["held"]) == (["REPORTS_TO"], ["a", "b", "c"])
    assert one["values"] == {"kind": "SOLID", "scopeAccountId": "c"}


def test_every_input_of_every_mutation_is_described() -> None:
    for one in MUTATIONS.values():
        assert one.description.endswith(".")
        for given in one.inputs():
            assert isinstance(given, Value | RecordInput) or given.inputs
            assert given.description.endswith("."), (one.name, given.name)


@pytest.mark.parametrize(
    ("before", "given", "then"),
    [
        ({"name": "Acme", "companyName": "Acme"}, {"companyName": "Ace"}, {"companyName": "Ace", "name": "Ace"}),
        ({"name": "Acme", "companyName": "Acme"}, {"city": "Oslo"}, {"city": "Oslo"}),
        ({"name": "Boss", "companyName": "Acme"}, {"companyName": "Ace"}, {"companyName": "Ace"}),
        ({"name": "Acme", "companyName": "Acme"}, {"companyName": None}, {"companyName": None}),
        ({"name": "Acme", "companyName": "Acme", "subject": "x"}, {"companyName": None},
         {"companyName": None, "name": "x"}),
        ({"name": "A B", "fullName": "A B", "firstName": "A", "lastName": "B"}, {"name": "Boss"}, {"name": "Boss"}),
    ],
)  # fmt: skip
def test_values_that_follow_from_others_follow_a_change(
    before: dict[str, Any], given: dict[str, Any], then: dict[str, Any]
) -> None:
    assert completed(entity("Lead"), given, {"uid": "u", "state": "OPEN", **before}) == then
