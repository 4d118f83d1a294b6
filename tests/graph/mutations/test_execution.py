"""The texts of the verbs: they plan without a remark, name what they say, and are done once."""

from __future__ import annotations

import re
import string
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import neo4j
import pytest

from graph import indexes
from graph.engine import Server
from graph.errors import Conflict, NotFound, Refused
from graph.identity import new_uid
from graph.mutations.events import stored_text
from graph.mutations.execution import completed, execute_mutation
from graph.mutations.records import lock_of, rings, settable
from graph.mutations.refusals import REASONS, check, error_of
from graph.mutations.registry import MUTATIONS
from graph.query import compile as compiled
from graph.query.selection import AccessShape, AccessValue, Branch, ById, Leaf, MutationResult, Not, Row, Slot
from graph.query.selection import Test as Compare
from graph.store import Bound, Statement, Store, connect, parameters_of
from graph.ties.refresh import USUAL
from graph.vocabulary import ENDPOINTS, ENTITIES, concrete, entity

RESULTS = {
    "reparentAccount": "Account",
    "assignManager": "Account",
    "addTeamMember": "Party",
    "removeTeamMember": "Party",
    "logActivity": "Activity",
    "setManager": "Contact",
}
OPEN = AccessShape(())
SHAPES = {
    "unrestricted": OPEN,
    "restricted": AccessShape(
        tuple((label, Not(Compare("uid", "eq", AccessValue("uid")))) for label in ("Record", "Account", "Party"))
    ),
}
AMBIENT = {"input", "now"}
TIES = {"activity", *USUAL.parameters(None)}
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def label_of(verb: str) -> str:
    return RESULTS.get(verb) or re.sub("^[a-z]+", "", verb)


def row_of(label: str) -> Row:
    return Row((Branch(concrete(label), (Leaf("id", "uid"),)),))


def text_of(verb: str, access: AccessShape = OPEN) -> str:
    label = label_of(verb)
    return compiled(MutationResult(verb, label, row_of(label)), access).text


@pytest.fixture(scope="module")
async def store(server: Server) -> AsyncIterator[Store]:
    async with connect(server.uri, server.user, server.password, database=server.database, seconds=60) as opened:
        await indexes.install(opened.writes)
        await opened.writes.autocommit(Bound("wipe", "MATCH (n) DETACH DELETE n", {}))
        yield opened
        await opened.writes.autocommit(Bound("wipe", "MATCH (n) DETACH DELETE n", {}))


@pytest.fixture(scope="module")
async def spoken(store: Store) -> None:
    """Every label, type and property name is known to the database, which remarks on unknown ones."""
    labels = {label for one in ENTITIES.values() for label in one.labels} | {"Event", "Lock"}
    edges = {one.edge for one in ENDPOINTS} | {"SUBJECT"}
    names = {name for one in ENTITIES.values() for name in one.properties}
    names |= {name for one in ENDPOINTS for name in one.model.properties}
    names |= {name + more for name in names for more in ("Currency", "Base")}
    names |= {"held", "at", "who", "verb", "subject", "before", "after"}
    for kind, procedure in ((labels, "createLabel"), (edges, "createRelationshipType"), (names, "createProperty")):
        for name in sorted(kind):
            await store.writes.autocommit(Bound("speak", f"CALL db.{procedure}($name)", {"name": name}))


@pytest.mark.parametrize("access", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("verb", MUTATIONS)
async def test_every_verb_plans_without_a_remark(
    spoken: None, server: Server, driver: neo4j.AsyncDriver, verb: str, access: AccessShape
) -> None:
    text = text_of(verb, access)
    given: dict[str, Any] = dict.fromkeys(parameters_of(text)) | {"input": {}, "now": NOW, "access": {}}
    summary = (await driver.execute_query(f"EXPLAIN {text}", given, database_=server.database)).summary
    assert [one.status_description for one in summary.gql_status_objects if one.is_notification] == []


@pytest.mark.parametrize("label", ["Contact", "Lead"])
async def test_reading_before_a_verb_plans_without_a_remark(
    spoken: None, server: Server, driver: neo4j.AsyncDriver, label: str
) -> None:
    given = {"input": {}, "now": NOW}
    summary = (await driver.execute_query(f"EXPLAIN {stored_text(label)}", given, database_=server.database)).summary
    assert [one.status_description for one in summary.gql_status_objects if one.is_notification] == []


@pytest.mark.parametrize("verb", MUTATIONS)
def test_a_verb_takes_one_input_so_that_one_plan_serves_all_values(verb: str) -> None:
    assert parameters_of(text_of(verb)) <= AMBIENT | (TIES if verb == "logActivity" else set())


def test_every_entity_can_be_made_and_changed() -> None:
    assert {f"{plain}{label}" for label in ENTITIES for plain in ("create", "update")} <= MUTATIONS.keys()


# ---------- refusals -------------------------------------------------------------------------------------------------

_REFUSED = re.compile(r"\{why: '(\w+)'((?:, \w+: )?[^}]*)\}")


def refusals() -> dict[str, set[frozenset[str]]]:
    """The reasons the texts name, with the details they give."""
    found: dict[str, set[frozenset[str]]] = {}
    for verb in MUTATIONS:
        for reason, details in _REFUSED.findall(text_of(verb)):
            found.setdefault(reason, set()).add(frozenset(re.findall(r"(?:^|, )(\w+): ", details)))
    return found


def test_every_reason_is_known_and_every_known_one_is_used() -> None:
    assert refusals().keys() | {"unseen"} == REASONS.keys()


@pytest.mark.parametrize("reason", REASONS)
def test_a_refusal_says_what_its_text_gives(reason: str) -> None:
    one = REASONS[reason]
    named = {name for text in (one.description, one.remedy) for _, name, _, _ in string.Formatter().parse(text) if name}
    for details in refusals().get(reason, set()):
        assert named <= details
    error = error_of({"why": reason, **dict.fromkeys(named, "x")})
    assert isinstance(error, one.error)
    assert error.message[0].isupper() or error.message[0] == "X"
    assert error.message.endswith(".")
    assert error.remedy.endswith(".")


def test_what_would_not_be_seen_is_refused() -> None:
    with pytest.raises(Refused):
        check({"refused": None, "shown": None})


# ---------- links ----------------------------------------------------------------------------------------------------


def test_plain_verbs_set_undated_links_to_at_most_one() -> None:
    assert {link.name for link in settable("Account")} == {"owner", "primaryContact"}
    assert {link.name for link in settable("Opportunity")} == {"owner", "account", "contact", "parent"}
    assert {link.name for link in settable("Contact")} == {"owner"}


def test_only_links_to_the_own_kind_can_go_round() -> None:
    assert [lock_of("Opportunity", link) for link in rings("Opportunity")] == ["Opportunity CHILD_OF"]
    assert rings("Account") == ()
    assert {link.name for link in rings("Case")} == {"parent", "master"}


# ---------- values that follow ---------------------------------------------------------------------------------------


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


# ---------- done once ------------------------------------------------------------------------------------------------


async def number(store: Store) -> list[int]:
    """How many nodes, relationships and events there are."""
    counted: list[int] = await store.reads.ask(
        Statement("test.count", "RETURN [COUNT { () }, COUNT { ()-->() }, COUNT { (:Event) }]").bind()
    )
    return counted


def bound(verb: str, uid: str, given: dict[str, Any]) -> tuple[Bound, Bound]:
    """A verb's statement, and the one that reads its record."""
    label = label_of(verb)
    more = {"event": new_uid(), "who": "me", "held": [uid], "locks": []}
    statement = compiled(MutationResult(verb, label, row_of(label)), OPEN).bind(
        [], input={**given, **more}, now=datetime.now(UTC)
    )
    return statement, compiled(ById(label, Slot(0), row_of(label)), OPEN).bind([uid])


async def test_what_is_sent_again_after_it_was_done_is_done_once(store: Store) -> None:
    uid = new_uid()
    given = {"id": uid, "stored": {"name": "A"}, "keys": ["name"], "links": {}}
    made, read = bound("createAccount", uid, given)
    assert await execute_mutation(store.writes, made, again=read) == {"id": uid}
    before = await number(store)
    assert await execute_mutation(store.writes, made, again=read) == {"id": uid}
    assert await number(store) == before


async def test_a_step_sent_again_is_no_wrong_state(store: Store) -> None:
    deal = new_uid()
    given = {"id": deal, "stored": {"name": "A", "state": "OPEN"}, "keys": ["name", "state"], "links": {}}
    made, read = bound("createOpportunity", deal, given)
    await execute_mutation(store.writes, made, again=read)
    won, read = bound("winOpportunity", deal, {"opportunity": deal})
    for _ in range(2):
        assert await execute_mutation(store.writes, won, again=read) == {"id": deal}
    another, read = bound("winOpportunity", deal, {"opportunity": deal})
    with pytest.raises(Conflict):
        await execute_mutation(store.writes, another, again=read)


async def test_a_refused_verb_leaves_nothing_at_all(store: Store) -> None:
    before = await number(store)
    uid = new_uid()
    given = {"id": uid, "stored": {"name": "A"}, "keys": ["name"], "links": {"owner": "nobody"}}
    made, read = bound("createAccount", uid, given)
    with pytest.raises(NotFound) as caught:
        await execute_mutation(store.writes, made, again=read)
    assert caught.value.extensions["what"] == "owner"
    assert await number(store) == before
