"""Every Cypher text is sent to the real server with EXPLAIN: an unexpected notification is a failure."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping

import neo4j
import pytest

import graph
from graph.bulk import edge_statements as bulk_edges
from graph.bulk import nodes as bulk_nodes
from graph.bulk import undo
from graph.bulk.invariants import invariants
from graph.indexes import definitions
from graph.mutations import frame
from graph.mutations.compiler import Payload, compile_locking, compile_mutation, compile_references
from graph.mutations.declarations import MUTATIONS, RecordInput
from graph.query.access_shape import AccessShape
from graph.query.builder import CypherBuilder
from graph.query.computed.committee import whole_committee
from graph.query.computed.holdings import sold
from graph.query.computed.import_jobs import sources
from graph.query.computed.purchases import baskets
from graph.query.selection import AccessValue, Branch, Leaf, Row
from graph.query.selection import Test as Compare
from graph.query.subgraph import Parts, relationships, subgraph
from graph.store import Statement, Store, parameters_of
from graph.ties import paths
from graph.ties import statements as tie_statements
from graph.ties.reads import MOST_HOPS
from graph.vocabulary import ENDPOINTS, ENTITIES, concrete

OPEN = AccessShape(())
CLOSED = AccessShape((("Record", Compare("source", "ne", AccessValue("source"))),))
BY_HAND = ("SHOW ", "CALL dbms.components")  # the operator's commands: EXPLAIN takes no SHOW


def modules() -> Iterator[str]:
    """Every module of the room."""
    for one in pkgutil.walk_packages(graph.__path__, "graph."):
        if not one.name.endswith("__main__"):
            yield one.name


def statements() -> dict[str, tuple[str, Mapping[str, str]]]:
    """Every statement that is a value of a module, under its name."""
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for name in modules():
        for attribute, one in vars(importlib.import_module(name)).items():
            if isinstance(one, Statement):
                found[f"{name}.{attribute}"] = (one.text, one.expected)
    return found


def mutations(access: AccessShape) -> Iterator[tuple[str, str]]:
    """The texts of every mutation, with all the records of its payload."""
    for name, one in sorted(MUTATIONS.items()):
        rows = {record: Row((Branch(concrete(record.label), (Leaf("id", "uid"),)),)) for record in one.payload}
        payload = Payload(name, tuple((record.name, record.name, row) for record, row in rows.items()))
        yield name, compile_mutation(payload, access).text
        yield f"{name} references", compile_references(name, access).text
        if name.startswith("update"):
            yield f"{name} locking", compile_locking(name, access).text


def made() -> Iterator[tuple[str, str]]:
    """The texts that are made, one of each kind."""
    yield from mutations(OPEN)
    yield "baskets", baskets(OPEN)
    yield "sold", sold(OPEN)
    yield "sources", sources(OPEN)
    for compared in (True, False):
        yield f"committee {compared}", whole_committee(OPEN, compared)
    for past in (True, False):
        for name in relationships():
            yield f"subgraph {name} {past}", subgraph(OPEN, (name,), (name,), Parts(past, counts=name == "knows"))
        hidden = subgraph(CLOSED, ("knows", "contacts"), ("descendants",), Parts(past, counts=False, withheld=True))
        yield f"subgraph withheld {past}", hidden
    yield "tie", tie_statements.tie(OPEN)
    yield "knows", tie_statements.knows(OPEN)
    for hops in range(1, MOST_HOPS + 1):
        for lines in (False, True):
            text = paths.neighbourhood(OPEN, hops, tie_statements.COLUMNS, lines=lines, beyond=not lines)
            yield f"neighbourhood {hops} {lines}", text


def bulk() -> Iterator[tuple[str, str]]:
    """The texts of batched writes for every label and relationship."""
    for label in sorted(ENTITIES):
        yield f"present {label}", bulk_nodes.present_text(label)
        yield f"probe {label}", bulk_nodes.probe_text(label)
        yield f"create {label}", bulk_nodes.create_text(label, ("createdAt", "uid"))
        yield f"hold {label}", bulk_nodes.hold_text(label)
        yield f"update {label}", bulk_nodes.update_text(label)
    yield "twins", bulk_nodes.twins_text("Email", "messageId")
    for one in ENDPOINTS:
        start, end = concrete(one.start)[0], concrete(one.end)[0]
        yield f"lock {start} {end}", bulk_edges.lock_text(start, end)
        yield f"probe {one.edge}", bulk_edges.probe_text(one.edge, start, end)
        yield f"known {one.edge}", bulk_edges.known_text(one.edge, start, end)
        yield f"free {one.edge}", bulk_edges.free_text(one.edge, start, end)
        yield f"create {one.edge}", bulk_edges.create_text(one.edge, start, end)
        yield f"update {one.edge}", bulk_edges.update_text(one.edge)
        if invariants(one.edge, start, end).acyclic is not None:
            yield f"cycle {one.edge}", bulk_edges.cycle_text(one.edge, start, end)
        yield f"stored {one.edge}", bulk_edges.stored_text(one.edge, start, end)
        yield f"end {one.edge}", bulk_edges.end_text(one.edge)
        yield f"ending {one.edge}", bulk_edges.ending_text(one.edge)
        yield f"edges {one.edge}", undo.edges_text(one.edge)
        yield f"restore {one.edge}", undo.restore_text(one.edge)
        for per in ("start", "end"):
            yield f"room {one.edge} {per}", bulk_edges.room_text(one.edge, start, end, per)


async def notifications(driver: neo4j.AsyncDriver, text: str, expected: Mapping[str, str]) -> list[str]:
    """Returns the unexpected notifications of the server for a text."""
    async with driver.session() as session:
        result = await session.run("EXPLAIN " + text, dict.fromkeys(parameters_of(text)))
        summary = await result.consume()
    return [
        f"{one.status_description} ({one.gql_status})"
        for one in summary.gql_status_objects
        if one.is_notification
        and not any(
            key in (one.gql_status, one.raw_classification) or key in one.status_description for key in expected
        )
    ]


@pytest.mark.parametrize("name", sorted(statements()))
async def test_a_statement_plans_without_a_notification(name: str, store: Store, driver: neo4j.AsyncDriver) -> None:
    text, expected = statements()[name]
    if text.startswith(BY_HAND):
        return
    assert await notifications(driver, text, expected) == [], text


@pytest.mark.parametrize("texts", [made, bulk])
async def test_a_made_text_plans_without_a_notification(
    texts: Callable[[], Iterator[tuple[str, str]]], store: Store, driver: neo4j.AsyncDriver
) -> None:
    wrong = {name: found for name, text in texts() if (found := await notifications(driver, text, {}))}
    assert wrong == {}


async def test_a_mutation_within_a_scope_plans_without_a_notification(store: Store, driver: neo4j.AsyncDriver) -> None:
    wrong = {name: found for name, text in mutations(CLOSED) if (found := await notifications(driver, text, {}))}
    assert wrong == {}


async def test_an_unknown_name_causes_a_notification(store: Store, driver: neo4j.AsyncDriver) -> None:
    assert await notifications(driver, "MATCH (n:Acount) RETURN n", {})
    assert await notifications(driver, "MATCH (n:Account) RETURN n.nmae", {})
    assert await notifications(driver, "MATCH (n:Account), (m:Contact) RETURN n, m", {})
    assert not await notifications(driver, "MATCH (n:Acount) RETURN n", {"01N50": "expected"})


@pytest.mark.parametrize("access", [OPEN, CLOSED], ids=["open", "closed"])
def test_a_mutation_matches_the_records_of_its_input_within_the_scope(access: AccessShape) -> None:
    for name, one in sorted(MUTATIONS.items()):
        text = frame.statement(one, CypherBuilder(access))
        found = re.findall(r"OPTIONAL MATCH (\(\w+:\w+ \{uid: \$input[^}]*\}[^)]*\))", text)
        named = [given for given in one.inputs() if isinstance(given, RecordInput)]
        assert len(found) >= len(named), name
        if access is CLOSED:
            assert all("source" in pattern for pattern in found), (name, found)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_takes_its_values_as_one_input(name: str) -> None:
    """One text, and so one plan, serves all values."""
    ambient = {"input", "event", "now", *MUTATIONS[name].constants()}
    assert compile_mutation(Payload(name), OPEN).parameters <= ambient


def test_every_wanted_name_is_its_own() -> None:
    names = [one.name for one in definitions()]
    assert len(names) == len(set(names))
