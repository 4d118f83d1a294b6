"""The compiler: GraphQL in, Cypher and parameters out; and the plans the server makes of it."""

from __future__ import annotations

import re
from typing import Any

import neo4j
import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse

from graph.access import UNRESTRICTED
from graph.query import compile as compiled
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue, Branch, ById, Leaf, Not, Row, Slot
from graph.query.selection import Test as Compare
from graph.store import Bound, Store, parameters_of
from schema.build import build
from schema.limits import Limits
from schema.planning.plan import Root, planned
from tests.conftest import fill

OPEN = "{uid: $p0}"


@pytest.fixture(scope="module")
def core() -> GraphQLSchema:
    """The schema as graphql-core's."""
    return build()[1]


def root(
    core: GraphQLSchema, query: str, variables: dict[str, Any] | None = None, access: AccessShape = UNRESTRICTED.shape
) -> Root:
    """The only root field of a query, compiled."""
    (operation,) = parse(query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    plan = planned(core, operation, {}, variables or {}, access=access, base="USD", limits=Limits())
    (found,) = plan.roots
    assert isinstance(found, Root)
    return found


GOLDEN = {
    '{ account(id: "a1") { id name } }': (
        """MATCH (n:Account {uid: $p0})
RETURN n {id: n.uid, .name} AS answer""",
        {"p0": "a1"},
    ),
    '{ accounts(where: { name: { contains: "x", ignoreCase: true } }) { totalCount } }': (
        """CALL () {
  MATCH (n1:Account)
  WHERE toLower(n1.name) CONTAINS toLower($p1)
  RETURN count(n1) AS f2
}
RETURN {totalCount: f2} AS answer""",
        {"p1": "x"},
    ),
    "{ contacts(first: 2, where: { manager: { exists: false } }) { nodes { birthDate } } }": (
        """MATCH (n1:Contact)
WHERE n1.uid IS NOT NULL AND NOT EXISTS { MATCH (n1)-[e2:REPORTS_TO]->(x3) WHERE coalesce(e2.kind, 'SOLID') = 'SOLID' \
AND (e2.validFrom IS NULL OR e2.validFrom <= $now) AND (e2.validTo IS NULL OR $now < e2.validTo) }
WITH n1 ORDER BY n1.uid LIMIT $p0
WITH collect(n1 {birthDate: toString(n1.birthDate)}) AS rows_nodes
RETURN {nodes: rows_nodes} AS answer""",
        {"p0": 2},
    ),
}


@pytest.mark.parametrize("query", GOLDEN)
def test_a_question_becomes_this_text_with_these_parameters(query: str, core: GraphQLSchema) -> None:
    found = root(core, query)
    text, parameters = GOLDEN[query]
    assert found.text == text
    assert {name: get({}) for name, get in found.parameters} == parameters


def test_every_parameter_of_a_text_is_given(core: GraphQLSchema) -> None:
    query = """{ accounts(first: 3, where: { employees: { gte: 4 }, revenue: { lt: 12.5 } }, orderBy: { name: ASC }) {
      nodes { name children(first: 2) { totalCount nodes { name } } rollup { won { amount } } } } }"""
    found = root(core, query)
    given = {name for name, _ in found.parameters} | found.ambient
    assert given == parameters_of(found.text)


def test_amounts_are_compared_in_minor_units_of_the_base_currency(core: GraphQLSchema) -> None:
    found = root(core, "{ accounts(where: { revenue: { gt: 12.5, lt: 12.505 } }) { totalCount } }")
    assert [get({}) for _, get in found.parameters] == [1250, 1250.5]
    assert "revenueBase" in found.text


def test_a_page_is_cut_inside_every_subquery(core: GraphQLSchema) -> None:
    query = """query ($a: Int!, $b: Int!, $c: Int!) { accounts(first: $a) { nodes { id
      contacts(first: $b, orderBy: { name: ASC }) { nodes { id reports(first: $c) { nodes { id } } } } } } }"""
    found = root(core, query, {"a": 1, "b": 2, "c": 3})
    limits = [line.strip() for line in found.text.splitlines() if "LIMIT" in line]
    names = {get({"a": 1, "b": 2, "c": 3}): name for name, get in found.parameters}
    assert [re.search(r"LIMIT (.*)", line)[1] for line in limits] == [f"${names[size]}" for size in (1, 2, 3)]  # type: ignore[index]
    depths = [len(line) - len(line.lstrip()) for line in found.text.splitlines() if "LIMIT" in line]
    assert depths == sorted(set(depths)), "each within the one before"


def test_whether_there_is_more_is_seen_by_one_row_more(core: GraphQLSchema) -> None:
    with_it = root(core, "{ accounts(first: 2) { nodes { id } pageInfo { hasNextPage } } }")
    assert "LIMIT $p0 + 1" in with_it.text
    assert "+ 1" not in root(core, "{ accounts(first: 2) { nodes { id } pageInfo { endCursor } } }").text


def test_a_total_alone_reads_no_rows(core: GraphQLSchema) -> None:
    text = root(core, '{ account(id: "a") { contacts { totalCount } } }').text
    assert "collect" not in text.lower()
    assert "LIMIT" not in text


HIDE = Compare("source", "ne", AccessValue("source"))
CLOSED = AccessShape((("Record", HIDE),))
PATTERNS = """query ($at: DateTime) { accounts(first: 2, where: { contacts: { some: { manager: { exists: true } } },
  parent: { exists: true } }, orderBy: { name: ASC }) { totalCount nodes { parent { id } ultimateParent { id }
  contacts(first: 1) { totalCount edges { node { accounts { nodes { id } } } } } team { nodes { id } }
  descendants(first: 1, asOf: $at) { nodes { id } } owner { id } timeline(first: 2) { nodes { id } } } } }"""


def test_a_scope_is_on_every_pattern(core: GraphQLSchema) -> None:
    text = root(core, PATTERNS, {"at": None}, CLOSED).text
    matched = set(re.findall(r"\(([nx]\d+)[: )]", text))
    # The end of a climb is its last step, or the record it starts from; each step has the predicate.
    matched -= set(re.findall(r"\)\)[*+] \((\w+)\)", text))
    steps = re.findall(r"\(v\d+(?: WHERE (.*?))?\)", text)
    assert steps
    assert all("source <> $access.source" in step for step in steps)
    assert len(matched) > 8
    ruled = set(re.findall(r"\(\(?([nx]\d+)\.source <> \$access\.source", text))
    assert matched <= ruled, (matched - ruled, text)


def test_a_scope_on_another_kind_leaves_the_text_as_it_is(core: GraphQLSchema) -> None:
    other = AccessShape((("Product", HIDE),))
    query = '{ account(id: "a") { contacts { nodes { name } } } }'
    assert root(core, query, access=other).text == root(core, query).text


def test_a_scope_on_a_part_of_a_kind_is_asked_of_that_part_alone() -> None:
    row = Row((Branch(("Account", "Contact"), (Leaf("id", "uid"),)),))
    access = AccessShape((("Account", Not(HIDE)),))
    text = compiled(ById("Party", Slot(0), row), access).text
    assert "NOT n:Account|DeletedAccount OR (NOT coalesce(" in text


def test_equal_questions_are_compiled_once(core: GraphQLSchema) -> None:
    one = root(core, '{ accounts(where: { name: { eq: "a" } }) { totalCount } }')
    other = root(core, '{ accounts(where: { name: { eq: "b" } }) { totalCount } }')
    assert one.text is other.text


# ---------- what the server makes of it ------------------------------------------------------------------------------


@pytest.fixture(params=[0, 30, 1000])
async def known(store: Store, request: pytest.FixtureRequest) -> None:
    """A graph of accounts whose number the planner knows, because plans depend on it."""

    async def load() -> None:
        """Writes the accounts, if any, and samples the indexes."""
        text = "UNWIND range(1, $size) AS i CREATE (a:Account:Party:Record {uid: 'a' + i, nameSortKey: 'n' + i})"
        await store.writes.change(Bound("accounts", text + " RETURN count(a)", {"size": request.param}))
        await store.writes.autocommit(Bound("sample", "CALL db.prepareForReplanning()", {}), seconds=120)

    await fill(store, f"plans of {request.param}", load)


async def operators(driver: neo4j.AsyncDriver, found: Root) -> list[str]:
    """The operators of the plan of a statement, without the name of the database, from the last to the first."""
    async with driver.session() as session:
        text = "EXPLAIN " + found.text
        result = await session.run(text, dict.fromkeys(parameters_of(found.text)))
        summary = await result.consume()

    def names(plan: Any) -> list[str]:
        return [
            plan["operatorType"].split("@")[0],
            *(name for child in plan.get("children", []) for name in names(child)),
        ]

    return names(summary.plan)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("way", ["ASC", "DESC"])
async def test_a_page_by_name_is_read_from_the_index_in_order(
    way: str, after: bool, core: GraphQLSchema, store: Store, driver: neo4j.AsyncDriver
) -> None:
    query = f"""query ($c: String) {{ accounts(first: 10, after: $c, orderBy: [{{ name: {way} }}]) {{
      nodes {{ name }} pageInfo {{ endCursor }} }} }}"""
    mark = f"name{'-' if way == 'DESC' else '+'}"
    plan = await operators(driver, root(core, query, {"c": f"{mark}|a|id" if after else None}))
    assert "Sort" not in plan, plan
    assert "Top" not in plan, plan
    assert any(one in ("PartialTop", "PartialSort") for one in plan), plan
    assert any(one.startswith("NodeIndex") for one in plan), plan


async def test_one_record_is_one_seek(core: GraphQLSchema, store: Store, driver: neo4j.AsyncDriver) -> None:
    plan = await operators(driver, root(core, '{ account(id: "a") { name parent { name } } }'))
    assert any(one.startswith("NodeUniqueIndexSeek") for one in plan), plan
    assert not any("Scan" in one for one in plan), plan


async def test_a_total_is_counted_without_collecting(
    core: GraphQLSchema, store: Store, driver: neo4j.AsyncDriver
) -> None:
    plan = await operators(driver, root(core, "{ accounts { totalCount } }"))
    assert "NodeCountFromCountStore" in plan, plan
