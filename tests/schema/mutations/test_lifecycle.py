"""Deleting and restoring every entity, on records with every kind of relationship."""

from __future__ import annotations

from typing import Any

import pytest

from graph.access import Access, Principal
from graph.models.properties import Kind
from graph.query import ownership
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue
from graph.query.selection import Test as Compare
from graph.store import Bound, Store
from graph.ties.refresh import rebuild
from graph.vocabulary import ENDPOINTS, ENTITIES, Endpoint, concrete
from schema.execution import Executor, Options
from tests.schema.mutations.examples import first_member, record
from tests.schema.mutations.stage import JAN, Stage

LABELS = sorted(ENTITIES)
WRITTEN = [one for one in ENDPOINTS if not one.model.derived]

Graph = tuple[dict[str, Any], list[Any]]


def values(one: Endpoint) -> dict[str, Any]:
    """A value for every property of a relationship, in its own type."""
    samples = {Kind.TEXT: "text", Kind.TEXTS: ["a", "b"], Kind.INT: 3, Kind.FLOAT: 0.5, Kind.BOOL: True}
    found = {
        name: first_member(declared) if declared.members is not None else samples[declared.kind]
        for name, declared in one.model.properties.items()
        if declared.members is not None or declared.kind in samples
    }
    return found | ({"role": "REQUIRED"} if one.edge == "PARTICIPATED_IN" else {})


async def connect(stage: Stage, one: Endpoint, start: str, end: str) -> None:
    """Creates a relationship with every property."""
    await stage.write(
        """MATCH (a:Record {uid: $start}), (b:Record {uid: $end})
        CREATE (a)-[e:$($type) {validFrom: datetime($since), createdAt: datetime()}]->(b) SET e += $values
        RETURN type(e)""",
        start=start, end=end, type=one.edge, since=JAN, values=values(one),
    )  # fmt: skip


async def surrounded(stage: Stage, label: str) -> str:
    """A record with a relationship of every kind, and ties where it can have some."""
    uid = await record(stage, label)
    if "Activity" in ENTITIES[label].labels:
        await stage.write(
            "MATCH (n:Record {uid: $uid}) SET n.status = 'COMPLETED', n.startedAt = datetime($at) RETURN n.uid",
            uid=uid, at=JAN,
        )  # fmt: skip
    followed: set[str] = set()
    for one in WRITTEN:
        if label in concrete(one.start) and one.edge not in followed:
            followed |= {one.edge} & ownership.EDGES  # a record has one owner, a user or a team
            await connect(stage, one, uid, await record(stage, one.end))
        if label in concrete(one.end):
            await connect(stage, one, await record(stage, one.start), uid)
    took = next(one for one in WRITTEN if one.edge == "PARTICIPATED_IN")
    if "Activity" in ENTITIES[label].labels:
        for _ in range(2):
            await connect(stage, took, await record(stage, "Contact"), uid)
    if "Party" in ENTITIES[label].labels:
        meeting = await record(stage, "Appointment", status="COMPLETED")
        await stage.write(
            "MATCH (n:Record {uid: $uid}) SET n.startedAt = datetime($at) RETURN n.uid", uid=meeting, at=JAN
        )
        for party in (uid, await record(stage, "Contact"), await stage.user()):
            await connect(stage, took, party, meeting)
    await rebuild(stage.store.writes)
    return uid


async def graph_of(stage: Stage) -> Graph:
    """Every record, and every relationship between records."""
    found = await stage.see(
        """CALL () { MATCH (n:Record) RETURN collect([n.uid, labels(n), properties(n)]) AS nodes }
        CALL () { MATCH (a:Record)-[r]->(b:Record) RETURN collect([a.uid, type(r), b.uid, properties(r)]) AS edges }
        RETURN {nodes: nodes, edges: edges}"""
    )
    nodes = {uid: (sorted(labels), {**own, "modifiedAt": None}) for uid, labels, own in found["nodes"]}
    edges = []
    for start, kind, end, own in found["edges"]:
        shown = own
        if kind == "KNOWS":
            shown = {k: round(v, 9) if isinstance(v, float) else v for k, v in own.items() if k != "createdAt"}
        edges.append((start, kind, end, sorted((key, str(value)) for key, value in shown.items())))
    return nodes, sorted(edges)


def field(label: str) -> str:
    """The root field of one record."""
    return label[0].lower() + label[1:]


# What follows from relationships that no mutation wrote.
OWNERS = f"MATCH (owned:Record)\n{ownership.FOLLOWED}\n{ownership.STORED}\nRETURN count(owned)"


@pytest.mark.parametrize("label", LABELS)
async def test_a_restored_record_is_what_it_was(stage: Stage, label: str) -> None:
    uid = await surrounded(stage, label)
    await stage.store.writes.change(Bound("owners", OWNERS, {}))
    before, kept = await graph_of(stage), await stage.see("MATCH (n:DeletedRelationship) RETURN count(n)")
    shown = await stage.do(f"delete{label}", {"id": uid}, "id deletedAt")
    assert shown["id"] == uid
    assert shown["deletedAt"] is not None
    nodes, edges = await graph_of(stage)
    await rebuild(stage.store.writes)
    assert await graph_of(stage) == (nodes, edges), "the ties differ from those of a rebuild"
    assert set(before[0]) - set(nodes) == {uid}
    assert [one for one in before[1] if uid not in (one[0], one[2]) and one[1] != "KNOWS"] == [
        one for one in edges if one[1] != "KNOWS"
    ]
    assert await stage.do(f"restore{label}", {"id": uid}, "id deletedAt") == {"id": uid, "deletedAt": None}
    after = await graph_of(stage)
    assert after[0] == before[0]
    assert after[1] == before[1]
    assert await stage.see("MATCH (n:DeletedRelationship) RETURN count(n)") == kept


@pytest.mark.parametrize("label", LABELS)
async def test_a_deleted_record_is_hidden_from_every_question(stage: Stage, label: str) -> None:
    uid = await surrounded(stage, label)
    plural, page = ENTITIES[label].plural, "{ nodes { id } totalCount }"
    queries = {
        "one": f"query ($id: ID!) {{ found: {field(label)}(id: $id) {{ id }} }}",
        "node": "query ($id: ID!) { found: node(id: $id) { id } }",
        "page": f"query ($id: ID!) {{ found: {plural}(where: {{ id: {{ eq: $id }} }}) {page} }}",
        "all": f"{{ found: {plural}(first: 1000) {page} }}",
    }
    owned = "query ($id: ID!) { found: accounts(where: { owner: { is: { id: { eq: $id } } } }) { totalCount } }"
    before = {name: (await stage.ask(text, id=uid))["found"] for name, text in queries.items()}
    assert before["one"] == before["node"] == {"id": uid}
    await stage.do(f"delete{label}", {"id": uid})
    after = {name: (await stage.ask(text, id=uid))["found"] for name, text in queries.items()}
    assert after["one"] is after["node"] is None
    assert after["page"] == {"nodes": [], "totalCount": 0}
    assert {"id": uid} not in after["all"]["nodes"]
    assert after["all"]["totalCount"] == before["all"]["totalCount"] - 1
    assert (await stage.ask(owned, id=uid))["found"] == {"totalCount": 0}
    deleted = {
        "one": f"query ($id: ID!) {{ found: {field(label)}(id: $id, includeDeleted: true) {{ id deletedAt }} }}",
        "node": "query ($id: ID!) { found: node(id: $id, includeDeleted: true) { __typename id deletedAt } }",
        "page": f"query ($id: ID!) {{ found: {plural}(where: {{ id: {{ eq: $id }} }}, includeDeleted: true) {page} }}",
    }
    shown = {name: (await stage.ask(text, id=uid))["found"] for name, text in deleted.items()}
    assert shown["one"]["deletedAt"] is not None
    assert shown["node"]["__typename"] == label
    assert shown["page"] == {"nodes": [{"id": uid}], "totalCount": 1}


async def test_search_links_and_figures_do_not_know_a_deleted_record(stage: Stage) -> None:
    parent, child = await stage.account("Zanzibar"), await stage.account("Zanzibar")
    await stage.do("reparentAccount", {"account": child, "parent": parent})
    await stage.do("createContact", {"fullName": "Ann", "employment": {"account": child}})
    query = """query ($id: ID!) {
      search(text: "Zanzibar") { node { id } }
      account(id: $id) { children { totalCount nodes { id } } rollup { accounts contacts } }
    }"""
    await stage.write("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh() RETURN 0")
    before = await stage.ask(query, id=parent)
    assert len(before["search"]) == 2
    assert before["account"]["rollup"] == {"accounts": 2, "contacts": 1}
    await stage.do("deleteAccount", {"id": child})
    after = await stage.ask(query, id=parent)
    assert after["search"] == [{"node": {"id": parent}}]
    assert after["account"] == {
        "children": {"totalCount": 0, "nodes": []}, "rollup": {"accounts": 1, "contacts": 0},
    }  # fmt: skip
    await stage.do("restoreAccount", {"id": child})
    assert (await stage.ask(query, id=parent))["account"] == before["account"]


async def test_the_history_of_a_deleted_record_stays_readable(stage: Stage) -> None:
    uid = await stage.account()
    await stage.do("updateAccount", {"city": "Oslo"}, "id", uid)
    await stage.do("deleteAccount", {"id": uid})
    found = await stage.ask(
        """query ($id: ID!) {
          account(id: $id, includeDeleted: true) { history { nodes { mutation } } }
          events(first: 3) { nodes { mutation subject { __typename id ... on Account { city deletedAt } } } }
        }""",
        id=uid,
    )
    names = ["deleteAccount", "updateAccount", "createAccount"]
    assert [one["mutation"] for one in found["account"]["history"]["nodes"]] == names
    told = [one["subject"] for one in found["events"]["nodes"] if one["subject"] and one["subject"]["id"] == uid]
    assert all(one["__typename"] == "Account" and one["deletedAt"] for one in told)


@pytest.mark.parametrize("label", LABELS)
async def test_deleting_twice_and_restoring_twice_finds_nothing(stage: Stage, label: str) -> None:
    uid = await record(stage, label)
    assert await stage.refuse(f"restore{label}", {"id": uid}) == "NOT_FOUND"
    await stage.do(f"delete{label}", {"id": uid})
    assert await stage.refuse(f"delete{label}", {"id": uid}) == "NOT_FOUND"
    await stage.do(f"restore{label}", {"id": uid})
    assert await stage.refuse(f"restore{label}", {"id": uid}) == "NOT_FOUND"


@pytest.mark.parametrize("order", ["abab", "abba", "baab", "baba"])
async def test_a_relationship_returns_when_both_ends_do(stage: Stage, order: str) -> None:
    one, other = await stage.account(), await stage.account()
    await stage.do("reparentAccount", {"account": one, "parent": other})
    before = await graph_of(stage)
    uids = {"a": one, "b": other}
    for name in order[:2]:
        await stage.do("deleteAccount", {"id": uids[name]})
    for name in order[2:]:
        await stage.do("restoreAccount", {"id": uids[name]})
    assert await graph_of(stage) == before


async def conflict(stage: Stage, label: str, uid: str) -> str:
    """The message with which a restoration is refused."""
    assert await stage.refuse(f"restore{label}", {"id": uid}) == "CONFLICT"
    body = await stage.answer(f"restore{label}", {"id": uid})
    return str(body["errors"][0]["message"])


async def test_a_second_manager_does_not_return(stage: Stage) -> None:
    account, first, second = await stage.account(), await stage.user(), await stage.user()
    await stage.do("assignManager", {"account": account, "user": first, "validFrom": JAN})
    await stage.do("deleteUser", {"id": first})
    await stage.do("assignManager", {"account": account, "user": second, "validFrom": JAN})
    assert "MANAGES" in await conflict(stage, "User", first)


async def test_a_cycle_does_not_return(stage: Stage) -> None:
    top, middle, bottom = [await stage.account() for _ in range(3)]
    await stage.do("reparentAccount", {"account": bottom, "parent": middle, "validFrom": JAN})
    await stage.do("reparentAccount", {"account": middle, "parent": top, "validFrom": JAN})
    await stage.do("deleteAccount", {"id": middle})
    await stage.do("reparentAccount", {"account": top, "parent": bottom, "validFrom": JAN})
    assert "CHILD_OF" in await conflict(stage, "Account", middle)


async def test_a_unique_value_does_not_return(stage: Stage) -> None:
    uid = await record(stage, "Case")
    number = (await stage.stored(uid))["ticketNumber"]
    await stage.do("deleteCase", {"id": uid})
    await record(stage, "Case", ticketNumber=number)
    assert number in await conflict(stage, "Case", uid)


async def test_a_restricted_caller_cannot_read_or_restore_deleted_records(stage: Stage, store: Store) -> None:
    shape = AccessShape((("Account", Compare("city", "eq", AccessValue("city"))),))
    narrow = Executor(store.reads, store.writes, Options(), policy=lambda _: Access(shape, {"city": "Oslo"}))
    restricted = Stage(narrow, store)
    uid = (await stage.do("createAccount", {"name": "Acme", "city": "Oslo"}))["id"]
    assert (await restricted.do("deleteAccount", {"id": uid}))["id"] == uid
    assert await restricted.refuse("restoreAccount", {"id": uid}) == "NOT_FOUND"
    for ordinary in (True, False):
        query = f'{{ account(id: "{uid}", includeDeleted: true) {{ id }} }}'
        body = (await narrow.execute(query, None, None, principal=Principal(), ordinary=ordinary)).body
        assert body["errors"][0]["extensions"]["code"] == "REFUSED"
    events = await restricted.ask("{ events(first: 1000) { nodes { subject { id } } } }")
    assert {"subject": {"id": uid}} not in events["events"]["nodes"]
