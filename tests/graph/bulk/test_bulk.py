"""Batched writes: exact counts, unchanged records stay untouched, and plans never scan."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from graph import indexes
from graph.bulk import create, edge_statements, nodes
from graph.bulk import edges as bulk_edges
from graph.bulk.batch import Tally
from graph.bulk.edge_reads import stored_edges
from graph.bulk.edges import merge_edges
from graph.bulk.invariants import EdgeRow
from graph.bulk.nodes import merge_nodes
from graph.collation import SUFFIX
from graph.engine import Server
from graph.errors import Conflict
from graph.store import Bound, Store, connect

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)


@pytest.fixture(scope="module")
async def store(server: Server) -> AsyncIterator[Store]:
    address = (server.uri, server.user, server.password)
    async with connect(*address, database=server.database, seconds=60) as opened:
        await indexes.install(opened.writes)
        yield opened


@pytest.fixture
async def clean(store: Store) -> AsyncIterator[Store]:
    yield store
    await store.writes.change(Bound("test", "MATCH (n:Record {source: 'bulk'}) DETACH DELETE n RETURN count(*)", {}))


def team(key: str, **values: Any) -> dict[str, Any]:
    return {"uid": f"bulk-{key}", "source": "bulk", "sourceKey": key, "name": key, **values}


def counts(tally: Tally) -> tuple[int, int, int]:
    return tally.created, tally.changed, tally.unchanged


async def ask(store: Store, text: str, **parameters: Any) -> Any:
    return await store.reads.ask(Bound("test", text, parameters))


async def properties(store: Store, key: str) -> dict[str, Any]:
    found: dict[str, Any] = await ask(store, "MATCH (n:Record {uid: $uid}) RETURN properties(n)", uid=f"bulk-{key}")
    return {name: value for name, value in found.items() if not name.endswith(SUFFIX)}


async def edges(store: Store, edge: str) -> list[dict[str, Any]]:
    text = f"MATCH (a:Record {{source: 'bulk'}})-[r:{edge}]->(b) RETURN collect(r {{.*, to: b.sourceKey}})"
    return sorted(await ask(store, text), key=lambda one: (one["to"], str(one.get("sourceKey"))))


async def test_a_deleted_record_stays_deleted(clean: Store) -> None:
    await merge_nodes(clean.writes, "Team", [team("gone")])
    text = """MATCH (n:Record {uid: 'bulk-gone'}) REMOVE n:$(labels(n))
    SET n:Deleted:DeletedTeam, n.deletedAt = datetime('2026-03-04T05:06:07Z') RETURN n.uid"""
    await clean.writes.change(Bound("delete", text, {}))
    tally = await merge_nodes(clean.writes, "Team", [team("new"), team("gone")])
    assert counts(tally) == (1, 0, 0)
    assert tally.conflicts == [(1, "the record was deleted on 2026-03-04")]
    await clean.writes.change(Bound("test", "MATCH (n:Deleted {source: 'bulk'}) DELETE n RETURN count(*)", {}))


async def test_a_business_unit_is_in_itself(clean: Store) -> None:
    await merge_nodes(clean.writes, "BusinessUnit", [team("north"), team("south")], source="bulk")
    assert [(await properties(clean, key))["unitUid"] for key in ("north", "south")] == ["bulk-north", "bulk-south"]


async def test_nodes_are_created_once_and_changed_only_where_a_value_differs(clean: Store) -> None:
    rows = [team("a", description="x"), team("b", description="y")]
    assert counts(await merge_nodes(clean.writes, "Team", rows, now=FIRST)) == (2, 0, 0)
    assert counts(await merge_nodes(clean.writes, "Team", rows, now=LATER)) == (0, 0, 2)
    rows[0]["description"] = "z"
    assert counts(await merge_nodes(clean.writes, "Team", rows, now=LATER)) == (0, 1, 1)
    changed, same = await properties(clean, "a"), await properties(clean, "b")
    assert (changed["description"], changed["createdAt"].to_native(), changed["modifiedAt"].to_native()) == (
        "z", FIRST, LATER,
    )  # fmt: skip
    assert same["modifiedAt"].to_native() == FIRST
    assert await ask(clean, "MATCH (n:Team:Party:Record {uid: 'bulk-a'}) RETURN count(n)") == 1


async def test_none_removes_a_property_and_what_is_not_named_stays(clean: Store) -> None:
    await merge_nodes(clean.writes, "Team", [team("a", description="x")])
    assert counts(await merge_nodes(clean.writes, "Team", [team("a")])) == (0, 0, 1)
    assert (await properties(clean, "a"))["description"] == "x"
    assert counts(await merge_nodes(clean.writes, "Team", [team("a", description=None)])) == (0, 1, 0)
    assert "description" not in await properties(clean, "a")
    assert counts(await merge_nodes(clean.writes, "Team", [team("a", description=None)])) == (0, 0, 1)


async def test_every_kind_of_value_is_kept_as_it_was_and_found_equal(clean: Store) -> None:
    moment = datetime(1969, 12, 31, 23, 59, 59, 123456, tzinfo=UTC)
    values = {
        "uid": "bulk-c", "source": "bulk", "sourceKey": "c", "name": "C", "fullName": "C", "createdAt": moment,
        "birthDate": date(1948, 12, 8), "gdprOptOut": True,
    }  # fmt: skip
    for expected in ((1, 0, 0), (0, 0, 1)):
        assert counts(await merge_nodes(clean.writes, "Contact", [values])) == expected
    stored = await properties(clean, "c")
    assert stored["createdAt"].to_native() == moment
    assert stored["birthDate"].to_native() == date(1948, 12, 8)
    await merge_nodes(clean.writes, "Account", [team("d", relationship="CUSTOMER", revenueBase=2**53 - 1)])
    row = EdgeRow("bulk-c", "bulk-d", {"roles": ["a", "b"], "validFrom": moment, "isPrimary": False})
    for expected in ((1, 0, 0), (0, 0, 1)):
        assert counts(await merge_edges(clean.writes, "WORKS_AT", "Contact", "Account", [row])) == expected


async def test_new_nodes_of_a_batch_may_set_different_properties(clean: Store) -> None:
    rows = [team("a", createdAt=LATER), team("b", description="x"), team("c", createdAt=None, description=None)]
    assert counts(await merge_nodes(clean.writes, "Team", rows, now=FIRST)) == (3, 0, 0)
    stored = [await properties(clean, key) for key in "abc"]
    assert [one["createdAt"].to_native() for one in stored] == [LATER, FIRST, FIRST]
    assert [one.get("description") for one in stored] == [None, "x", None]
    with pytest.raises(KeyError, match="descripton"):
        await merge_nodes(clean.writes, "Team", [team("d", descripton="x")])


async def test_of_rows_with_the_same_uid_in_a_batch_the_later_wins(clean: Store) -> None:
    rows = [team("a", description="x"), team("a", description="y")]
    assert counts(await merge_nodes(clean.writes, "Team", rows)) == (1, 0, 1)
    assert (await properties(clean, "a"))["description"] == "y"


async def test_rows_that_may_only_update_tell_which_nodes_are_not_there(clean: Store) -> None:
    await merge_nodes(clean.writes, "Team", [team("a")])
    rows = [team("b"), team("a", description="x")]
    tally = await merge_nodes(clean.writes, "Team", rows, create=False)
    assert (counts(tally), tally.missing) == ((0, 1, 0), [(0, "bulk-b")])


async def test_ensured_nodes_that_are_there_stay_as_they_are(clean: Store) -> None:
    await merge_nodes(clean.writes, "Team", [team("a", description="x")])
    rows = [team("a", description="other"), team("b")]
    assert await nodes.ensure_nodes(clean.writes, "Team", rows) == 1
    assert (await properties(clean, "a"))["description"] == "x"


async def test_edges_are_created_once_by_ends_and_key(clean: Store) -> None:
    await merge_nodes(clean.writes, "Team", [team("a"), team("b")])
    rows = [
        EdgeRow("bulk-a", "bulk-b", {"category": "one"}),
        EdgeRow("bulk-a", "bulk-b", {"category": "two"}),
        EdgeRow("bulk-a", "bulk-b", {"category": "three"}, key="k"),
    ]
    write = (clean.writes, "HAS_ACCESS", "Team", "Team")
    assert counts(await merge_edges(*write, rows, now=FIRST)) == (2, 0, 1)
    assert counts(await merge_edges(*write, rows, now=LATER)) == (0, 0, 3)
    rows[2] = EdgeRow("bulk-a", "bulk-b", {"category": "four"}, key="k")
    assert counts(await merge_edges(*write, rows, now=LATER)) == (0, 1, 2)
    found = await edges(clean, "HAS_ACCESS")
    assert {(one["category"], one.get("sourceKey")) for one in found} == {("two", None), ("four", "k")}
    assert {one["createdAt"].to_native() for one in found} == {FIRST}


async def test_an_edge_whose_end_is_not_there_is_reported_and_the_others_are_written(
    clean: Store,
) -> None:
    await merge_nodes(clean.writes, "Team", [team("a"), team("b")])
    rows = [EdgeRow("bulk-a", "none"), EdgeRow("bulk-a", "bulk-b"), EdgeRow("nobody", "bulk-b")]
    tally = await merge_edges(clean.writes, "HAS_ACCESS", "Team", "Team", rows)
    assert (counts(tally), tally.missing) == ((1, 0, 0), [(0, "none"), (2, "nobody")])


async def test_an_ended_relationship_stays_ended_and_can_be_added_again(clean: Store) -> None:
    await merge_nodes(clean.writes, "User", [team("u")])
    await merge_nodes(clean.writes, "Team", [team("a")])
    write = (clean.writes, "MEMBER_OF", "User", "Team")
    await merge_edges(*write, [EdgeRow("bulk-u", "bulk-a", {"validFrom": FIRST})])
    await clean.writes.change(
        Bound("test", "MATCH (:User {uid: 'bulk-u'})-[r:MEMBER_OF]->() SET r.validTo = $at RETURN 0", {"at": LATER})
    )
    assert counts(await merge_edges(*write, [EdgeRow("bulk-u", "bulk-a", {"validFrom": FIRST})])) == (0, 0, 1)
    assert counts(await merge_edges(*write, [EdgeRow("bulk-u", "bulk-a", {"role": None})])) == (0, 0, 1)
    again = EdgeRow("bulk-u", "bulk-a", {"validFrom": LATER + timedelta(days=1)})
    assert counts(await merge_edges(*write, [again])) == (1, 0, 0)
    assert counts(await merge_edges(*write, [again])) == (0, 0, 1)
    found = await edges(clean, "MEMBER_OF")
    assert sorted(one.get("validTo") is None for one in found) == [False, True]


async def test_a_deleted_relationship_is_added_again(clean: Store) -> None:
    await merge_nodes(clean.writes, "Team", [team("a"), team("b")])
    write = (clean.writes, "HAS_ACCESS", "Team", "Team", [EdgeRow("bulk-a", "bulk-b")])
    await merge_edges(*write)
    await clean.writes.change(Bound("test", "MATCH (:Team {uid: 'bulk-a'})-[r]->() DELETE r RETURN 0", {}))
    assert counts(await merge_edges(*write)) == (1, 0, 0)


async def test_hierarchies_between_the_same_accounts_are_relationships_of_their_own(clean: Store) -> None:
    await merge_nodes(clean.writes, "Account", [team(key, relationship="CUSTOMER") for key in "ab"])
    rows = [EdgeRow("bulk-a", "bulk-b", {"hierarchy": name}) for name in ("CRM", "LEGAL")]
    for expected in ((2, 0, 0), (0, 0, 2)):
        assert counts(await merge_edges(clean.writes, "CHILD_OF", "Account", "Account", rows)) == expected


async def test_a_source_replaces_the_one_relationship_that_it_wrote_and_no_other(clean: Store) -> None:
    await merge_nodes(clean.writes, "Team", [team("a"), team("b")])
    await merge_nodes(clean.writes, "Product", [team("p"), team("q")])
    write = (clean.writes, "OWNED_BY", "Product", "Team")
    mine = {"source": "bulk"}
    await merge_edges(*write, [EdgeRow("bulk-p", "bulk-a", mine), EdgeRow("bulk-q", "bulk-a")], source="bulk")
    rows = [EdgeRow("bulk-p", "bulk-b", mine), EdgeRow("bulk-q", "bulk-b", mine), EdgeRow("bulk-p", "none", mine)]
    tally = await merge_edges(*write, rows[:2], source="bulk")
    assert (counts(tally), tally.replaced, [at for at, _ in tally.conflicts]) == ((1, 0, 0), 1, [1])
    assert tally.conflicts[0][1] == (
        "the graph has a (bulk-a), set by a user; at most one OWNED_BY at a time is allowed per Product"
    )
    tally = await merge_edges(*write, rows[2:], source="bulk")
    assert (counts(tally), tally.replaced, tally.missing) == ((0, 0, 0), 0, [(0, "none")])
    assert [one["to"] for one in await edges(clean, "OWNED_BY")] == ["a", "b"]


async def test_a_dated_relationship_ends_when_its_replacement_begins(clean: Store) -> None:
    await merge_nodes(clean.writes, "User", [team(key) for key in "uvw"])
    write = (clean.writes, "REPORTS_TO", "User", "User")
    solid, dotted = {"source": "bulk", "kind": "SOLID"}, {"source": "bulk", "kind": "DOTTED"}
    await merge_edges(*write, [EdgeRow("bulk-u", "bulk-v", solid)], source="bulk")
    tally = await merge_edges(*write, [EdgeRow("bulk-u", "bulk-w", dotted)], source="bulk")
    assert (counts(tally), tally.replaced) == ((1, 0, 0), 0)
    moved = EdgeRow("bulk-u", "bulk-w", {**solid, "validFrom": LATER}, key="moved")
    assert (await merge_edges(*write, [moved], source="bulk")).replaced == 1
    found = {(one["to"], one["kind"]): one.get("validTo") for one in await edges(clean, "REPORTS_TO")}
    ended = found["v", "SOLID"]
    assert ended is not None
    assert ended.to_native() == LATER
    assert found["w", "DOTTED"] is None


async def test_a_new_relationship_gets_the_defaults_of_its_type(clean: Store) -> None:
    await merge_nodes(clean.writes, "User", [team(key) for key in "uvw"])
    write = (clean.writes, "REPORTS_TO", "User", "User")
    await merge_edges(*write, [EdgeRow("bulk-u", "bulk-v")])
    assert [one["kind"] for one in await edges(clean, "REPORTS_TO")] == ["SOLID"]
    await merge_edges(*write, [EdgeRow("bulk-u", "bulk-v", {"kind": "DOTTED"})])
    assert counts(await merge_edges(*write, [EdgeRow("bulk-u", "bulk-v")])) == (0, 0, 1)
    assert [one["kind"] for one in await edges(clean, "REPORTS_TO")] == ["DOTTED"]


async def test_an_account_has_one_primary_manager_at_a_time(clean: Store) -> None:
    await merge_nodes(clean.writes, "User", [team(key) for key in "uv"])
    await merge_nodes(clean.writes, "Account", [team("a", relationship="CUSTOMER")])
    primary = {"isPrimary": True, "validFrom": FIRST}
    rows = [
        EdgeRow("bulk-u", "bulk-a", {**primary, "validTo": LATER}),
        EdgeRow("bulk-v", "bulk-a", {**primary, "validFrom": LATER}, key="later"),
        EdgeRow("bulk-v", "bulk-a", primary, key="overlap"),
        EdgeRow("bulk-v", "bulk-a", {"isPrimary": False, "validFrom": FIRST}, key="second"),
    ]
    tally = await merge_edges(clean.writes, "MANAGES", "User", "Account", rows)
    limit = "at most one MANAGES at a time is allowed per Account, where isPrimary is true"
    reason = f"an earlier row sets another one for the same period; {limit}"
    assert (counts(tally), tally.conflicts) == ((3, 0, 0), [(2, reason)])


async def test_all_relationships_between_two_labels_can_be_read(clean: Store) -> None:
    await merge_nodes(clean.writes, "Account", [team(key, relationship="CUSTOMER") for key in "abc"])
    rows = [EdgeRow("bulk-b", "bulk-a", {"hierarchy": "CRM", "source": "bulk", "validFrom": FIRST})]
    await merge_edges(clean.writes, "CHILD_OF", "Account", "Account", rows)

    async def mine() -> list[Any]:
        found = [one async for one in stored_edges(clean.reads, "CHILD_OF", "Account", "Account")]
        return [one for one in found if one.source == "bulk"]

    (edge,) = await mine()
    assert (edge.start, edge.end, edge.begins, edge.ends) == ("bulk-b", "bulk-a", FIRST, None)
    assert (edge.values, edge.names) == ({"hierarchy": "CRM"}, ("b", "a"))


async def test_new_nodes_and_relationships_are_created_and_existing_ones_refused(clean: Store) -> None:
    stamps = {"createdAt": FIRST, "modifiedAt": LATER}
    rows = [create.node_row("Team", team(key, **stamps)) for key in "ab"]
    assert await create.create_nodes(clean.writes, rows) == 2
    assert (await properties(clean, "a"))["createdAt"].to_native() == FIRST
    new = [create.edge_row("HAS_ACCESS", "bulk-a", "bulk-b", {"validFrom": FIRST, "category": "k"})]
    assert await create.create_edges(clean.writes, new) == 1
    with pytest.raises(Conflict):
        await create.create_nodes(clean.writes, [create.node_row("Team", team(key, **stamps)) for key in "ca"])
    assert await ask(clean, "MATCH (n:Team {uid: 'bulk-c'}) RETURN n") is None
    with pytest.raises(Conflict):
        await create.create_edges(clean.writes, [*new, create.edge_row("HAS_ACCESS", "bulk-a", "none", {})])
    assert len(await edges(clean, "HAS_ACCESS")) == 1


async def test_two_writers_at_once_make_each_record_and_relationship_once(clean: Store) -> None:
    rows = [team(str(number)) for number in range(300)]
    links = [EdgeRow(f"bulk-{number}", f"bulk-{number * 7 % 300}") for number in range(300)]

    async def both(order: int) -> tuple[int, int]:
        nodes = await merge_nodes(clean.writes, "Team", rows[::order])
        made = await merge_edges(clean.writes, "HAS_ACCESS", "Team", "Team", links[::order])
        return nodes.created, made.created

    done = await asyncio.gather(both(1), both(-1), both(1))
    assert [sum(column) for column in zip(*done, strict=True)] == [300, 300]


async def test_rows_come_in_batches_and_progress_is_reported(clean: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    many = (team(str(number)) for number in range(25))
    monkeypatch.setattr(nodes, "batches", lambda rows: iter_batches(rows, 10))
    monkeypatch.setattr(bulk_edges, "batches", lambda rows: iter_batches(rows, 10))
    tally = await merge_nodes(clean.writes, "Team", many, progress=told.append)
    assert (counts(tally), told) == ((25, 0, 0), [10, 10, 5])
    rows = [EdgeRow("bulk-0", f"bulk-{number}") for number in range(1, 30)]
    tally = await merge_edges(clean.writes, "HAS_ACCESS", "Team", "Team", rows)
    assert [at for at, _ in tally.missing] == [24, 25, 26, 27, 28]


def iter_batches(rows: Any, size: int) -> Iterator[list[Any]]:
    remaining = list(rows)
    for start in range(0, len(remaining), size):
        yield remaining[start : start + size]


def texts() -> list[str]:
    return [
        nodes.present_text("Account"),
        nodes.probe_text("Account"),
        nodes.create_text("Account", ("createdAt", "name", "uid")),
        nodes.hold_text("Account"),
        nodes.update_text("Account"),
        create.NODES.text,
        create.EDGES.text,
        edge_statements.lock_text("User", "Account"),
        edge_statements.probe_text("CHILD_OF", "Account", "Account"),
        edge_statements.known_text("CHILD_OF", "Account", "Account"),
        edge_statements.known_text("HAS_LINE", "SalesOrder", "Product"),
        edge_statements.create_text("HAS_LINE", "SalesOrder", "Product"),
        edge_statements.free_text("CHILD_OF", "Account", "Account"),
        edge_statements.free_text("MANAGES", "User", "Account"),
        edge_statements.update_text("HAS_LINE"),
        edge_statements.cycle_text("CHILD_OF", "Account", "Account"),
        edge_statements.cycle_text("REPORTS_TO", "User", "User"),
        edge_statements.cycle_text("CHILD_OF", "Product", "Product"),
        edge_statements.LOCKS.text,
        edge_statements.FORGET.text,
        edge_statements.REMOVED_EDGES.text,
        edge_statements.room_text("REPORTS_TO", "User", "User", "start"),
        edge_statements.room_text("OWNED_BY", "Account", "Team", "start"),
        edge_statements.room_text("MANAGES", "User", "Account", "end"),
        edge_statements.stored_text("CHILD_OF", "Account", "Account"),
        edge_statements.end_text("CHILD_OF"),
    ]


@pytest.mark.parametrize("text", texts())
async def test_no_batch_is_planned_with_a_scan(store: Store, text: str) -> None:
    values = {"rows": [], "uids": [], "names": [], "now": [0, 0], "after": "", "first": 1}
    async with store.driver.session() as session:
        query: Any = f"EXPLAIN {text}"
        plan = (await (await session.run(query, values)).consume()).plan
    used = json.dumps(plan)
    assert "LabelScan" not in used
    assert "AllNodesScan" not in used
    assert "RelationshipTypeScan" not in used


@pytest.mark.parametrize(
    "make",
    [
        lambda: nodes.update_text("Acount"),
        lambda: nodes.create_text("Account", ("name", "x: 1}) DETACH DELETE (n")),
        lambda: create.node_row("Acount", {}),
        lambda: edge_statements.create_text("CHILD_OFF", "Account", "Account"),
        lambda: edge_statements.create_text("CHILD_OF", "Account", "x`) DETACH DELETE (n"),
        lambda: edge_statements.end_text("CHILD_OFF"),
    ],
)
def test_a_text_contains_declared_names_only(make: Any) -> None:
    with pytest.raises(KeyError):
        make()
