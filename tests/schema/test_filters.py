"""Filters and orders against a naive evaluator: the same records in the same order, however it is asked."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.access import UNRESTRICTED, Principal
from graph.collation import sort_keys
from graph.query.cursors import order_mark
from graph.query.selection import Order
from graph.store import Bound, Store
from graph.vocabulary import entity
from schema.execution import Executor
from schema.planning.filters import split_cursor
from schema.planning.plan import Root
from tests.schema.naive import SHAPES, TEXTS, Kind, Leaf, Member, Row, Shape, Tree, World, bare, holds, ordered, world
from tests.schema.naive import written as literal
from tests.schema.test_golden import coerced

MADE = """UNWIND $rows AS row CALL (row) {
  WITH row WHERE row.label = 'Account' CREATE (n:Account:Party:Record {relationship: 'CUSTOMER'})
    SET n += row.values RETURN n
  UNION WITH row WHERE row.label = 'Contact' CREATE (n:Contact:Party:Record) SET n += row.values RETURN n
  UNION WITH row WHERE row.label = 'Opportunity' CREATE (n:Opportunity:Record {state: 'OPEN'})
    SET n += row.values RETURN n }
SET n.source = 'naive', n.modifiedAt = datetime(), n.createdAt = coalesce(n.createdAt, datetime())
WITH count(*) AS made UNWIND $edges AS edge
MATCH (a:Record {uid: edge[1]}), (b:Record {uid: edge[2]})
CREATE (a)-[e:$(edge[0])]->(b) SET e = edge[3] RETURN count(*)"""
GONE = "MATCH (n:Record {source: 'naive'}) DETACH DELETE n RETURN count(*)"

RANGE = ("gt", "gte", "lt", "lte")
OPERATORS = {
    Kind.ID: ("eq", "ne", "in"),
    Kind.TEXT: ("eq", "ne", "in", "contains", "startsWith", "endsWith", *RANGE),
    Kind.BOOL: ("eq", "ne"),
    Kind.CHOICE: ("eq", "ne", "in"),
}
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: st.sampled_from([one for one in TEXTS if one is not None]),
    Kind.INT: st.sampled_from([-1, 0, 1, 2, 2**31 - 1]),
    Kind.BOOL: st.booleans(),
    Kind.DATE: st.sampled_from(["1969-12-31", "2024-02-29", "2024-03-01", "2030-01-01"]),
    Kind.DATETIME: st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T02:00:00+02:00", "2026-01-03T00:00:00.5Z"]),
    Kind.MONEY: st.sampled_from([-0.05, 0, 0.01, 0.005, 100, 100.005, 100.01, 1e15]),
}


@pytest.fixture(scope="module")
async def naive(store: Store) -> AsyncIterator[World]:
    """The world of the evaluator, in the graph."""
    made = world(3, 14)
    rows = []
    for label, those in made.rows.items():
        for row in those.values():
            values = {("uid" if name == "id" else name): value for name, value in row.items()}
            for money in ("revenue", "estimatedValue"):
                if money in values:
                    values[f"{money}Base"], values[f"{money}Currency"] = values[money], "USD"
            if label == "Contact":
                values["fullName"] = values["name"]
            values |= sort_keys(values, entity(label).sort_keys)
            rows.append({"label": label, "values": values})
    await store.writes.change(Bound("gone", GONE, {}))
    await store.writes.change(Bound("made", MADE, {"rows": rows, "edges": [list(edge) for edge in made.edges]}))
    yield made
    await store.writes.change(Bound("gone", GONE, {}))


def conditions(shape: Shape, name: str) -> st.SearchStrategy[Tree]:
    """One or two conditions on a property."""
    kind = shape.kinds[name]
    type_ = shape.members[name][0] if kind is Kind.CHOICE else kind.value
    if kind is Kind.ID:
        value: st.SearchStrategy[Any] = st.sampled_from([f"naive-{shape.name}-{at:02}" for at in range(4)] + ["none"])
    elif kind is Kind.CHOICE:
        value = st.sampled_from([Member(one) for one in shape.members[name][1]])
    else:
        value = VALUES[kind]
    choices: list[st.SearchStrategy[tuple[str, Any]]] = [
        st.tuples(st.just("isNull"), st.booleans().map(lambda one: Leaf(one, "Boolean")))
    ]
    for operator in OPERATORS.get(kind, ("eq", "ne", "in", *RANGE)):
        if operator == "in":
            listed = st.lists(value, max_size=3).map(lambda one: Leaf(one, f"[{type_}!]"))
            choices.append(st.tuples(st.just("in"), listed))
        else:
            choices.append(st.tuples(st.just(operator), value.map(lambda one: Leaf(one, type_))))
    if kind is Kind.TEXT:
        choices.append(st.tuples(st.just("ignoreCase"), st.just(Leaf(True, "Boolean!"))))
    return st.lists(st.one_of(choices), min_size=1, max_size=2).map(dict)


def wheres(label: str, depth: int) -> st.SearchStrategy[Tree]:
    """A filter on a label."""
    shape = SHAPES[label]
    options: list[st.SearchStrategy[tuple[str, Any]]] = [
        st.tuples(st.just(name), conditions(shape, name)) for name in shape.kinds
    ]
    if depth:
        inner = st.deferred(lambda: wheres(label, depth - 1))
        several = st.lists(inner, max_size=2)
        options += [st.tuples(st.just(name), several) for name in ("and", "or")] + [
            st.tuples(st.just("not"), inner)
        ] * 3
        for name, (target, one) in shape.links.items():
            there = st.deferred(lambda target=target: wheres(target, depth - 1))  # type: ignore[misc]
            exists = st.tuples(st.just("exists"), st.booleans())
            quantified = st.tuples(st.sampled_from(["is"] if one else ["some", "none", "all"]), there)
            if (label, name) in (("Account", "contacts"), ("Contact", "accounts")):
                quantified |= st.tuples(st.sampled_from(["some", "none", "all"]), edges(there))
            linked = st.lists(quantified | exists if one else quantified, min_size=1, max_size=2).map(dict)
            options.append(st.tuples(st.just(name), linked))
    return st.lists(st.one_of(options), max_size=2).map(dict)


def edges(there: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    """Conditions on a relationship, with conditions on the record beside them or in a part of their own."""
    title = st.tuples(st.sampled_from(["eq", "ne", "startsWith"]), VALUES[Kind.TEXT]).map(
        lambda one: {"jobTitle": {one[0]: Leaf(one[1], "String")}}
    )
    primary = st.booleans().map(lambda one: {"isPrimary": {"eq": Leaf(one, "Boolean")}})
    edge = st.tuples(title, primary).map(lambda both: both[0] | both[1]) | title | primary
    return st.tuples(edge, there, st.booleans()).map(
        lambda one: {"edge": one[0], "node": one[1]} if one[2] else {"edge": one[0], **one[1]}
    )


def orders(label: str) -> st.SearchStrategy[list[Tree]]:
    """Up to three keys to sort by."""
    way = st.sampled_from([Member(one) for one in ("ASC", "DESC", "ASC_NULLS_FIRST", "DESC_NULLS_FIRST")])
    shape = SHAPES[label]
    key = st.tuples(st.sampled_from(sorted(shape.kinds)), way).map(lambda one: {one[0]: one[1]})
    links = [
        st.tuples(st.just(name), st.sampled_from(sorted(SHAPES[target].kinds)), way).map(
            lambda one: {one[0]: {one[1]: one[2]}}
        )
        for name, (target, single) in shape.links.items()
        if single
    ]
    return st.lists(st.one_of(key, key, *links), max_size=3, unique_by=_named)


def _named(key: Tree) -> tuple[str, ...]:
    """The property or computed part that a key sorts by; an order has each only once."""
    ((name, way),) = key.items()
    return (name, *way) if isinstance(way, dict) else (name,)


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, Tree, list[Tree]]:
    """A label, a filter and an order."""
    label = draw(st.sampled_from(sorted(SHAPES)))
    return label, draw(wheres(label, 2)), draw(orders(label))


def asked(label: str, where: Tree, order: list[Tree]) -> list[tuple[str, dict[str, Any]]]:
    """The question with its filter and order in variables, in the document, and with every value a variable."""
    plural = SHAPES[label].plural
    whole = {"and": [{"source": {"eq": Leaf("naive", "String")}}, where]}
    shown = "{ totalCount nodes { id } }"
    leaves: dict[str, Leaf] = {}
    mixed = literal(whole, leaves)
    declared = ", ".join(f"${name}: {leaf.type}" for name, leaf in leaves.items())
    return [
        (
            f"query ($w: {label}Where, $o: [{label}Order!]) {{ {plural}(where: $w, orderBy: $o, first: 99) {shown} }}",
            {"w": bare(whole), "o": order},
        ),
        (f"{{ {plural}(first: 99, where: {literal(whole)}, orderBy: {literal(order)}) {shown} }}", {}),
        (
            f"query ({declared}) {{ {plural}(first: 99, where: {mixed}, orderBy: {literal(order)}) {shown} }}",
            {name: leaf.value for name, leaf in leaves.items()},
        ),
    ]


def planned_text(executor: Executor, query: str, variables: dict[str, Any]) -> str:
    """The text of the plan that these variables are answered by."""
    document = executor.document(query)
    values = coerced(executor, document.operations[None], variables)
    root = next(plan for plan in document.plans[None, UNRESTRICTED.shape, False] if plan.fits(values)).roots[0]
    assert isinstance(root, Root)
    return root.text


@settings(
    max_examples=30, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(question=questions())
async def test_filters_and_orders_equal_the_naive_evaluator(
    question: tuple[str, Tree, list[Tree]], naive: World, executor: Executor
) -> None:
    label, where, order = question
    rows = [row for row in naive.rows[label].values() if holds(naive, label, row, where)]
    wanted = [row["id"] for row in ordered(naive, label, rows, order)]
    texts = set()
    for query, variables in asked(label, where, order):
        answer = await executor.execute(query, variables, None, principal=Principal())
        assert "errors" not in answer.body, (query, variables, answer.body)
        page = answer.body["data"][SHAPES[label].plural]
        assert [node["id"] for node in page["nodes"]] == wanted, (query, variables)
        assert page["totalCount"] == len(wanted)
        texts.add(planned_text(executor, query, variables))
    assert len(texts) == 1, "one text, however the values are given"


PLAIN: list[tuple[str, Tree]] = [
    ("Account", {"industry": {"ne": Leaf("a", "String")}}),
    ("Account", {"not": {"industry": {"ne": Leaf("a", "String")}}}),
    ("Account", {"not": {"industry": {"eq": Leaf("a", "String")}}}),
    ("Account", {"not": {"not": {"employees": {"gt": Leaf(0, "Int")}}}}),
    ("Account", {"industry": {"in": Leaf([], "[String!]")}}),
    ("Account", {"or": []}),
    ("Account", {"and": []}),
    ("Account", {"not": {}}),
    ("Account", {"parent": {"exists": False}}),
    ("Account", {"parent": {"is": {}}}),
    ("Account", {"contacts": {"all": {"jobTitle": {"eq": Leaf("a", "String")}}}}),
    ("Account", {"contacts": {"all": {"not": {"jobTitle": {"eq": Leaf("a", "String")}}}}}),
    ("Account", {"contacts": {"none": {}}}),
    ("Account", {"revenue": {"gt": Leaf(100.005, "Float")}}),
    ("Account", {"revenue": {"eq": Leaf(0.005, "Float")}}),
    ("Contact", {"manager": {"is": {"reports": {"some": {"birthDate": {"isNull": Leaf(True, "Boolean")}}}}}}),
    ("Account", {"contacts": {"some": {"edge": {"isPrimary": {"eq": Leaf(True, "Boolean")}}}}}),
    ("Account", {"contacts": {"none": {"edge": {"jobTitle": {"ne": Leaf("a", "String")}}}}}),
    ("Account", {"contacts": {"all": {"edge": {"jobTitle": {"isNull": Leaf(False, "Boolean")}}, "name": {}}}}),
    ("Account", {"not": {"contacts": {"all": {"edge": {"isPrimary": {"eq": Leaf(True, "Boolean")}}, "node": {}}}}}),
    ("Opportunity", {"account": {"is": {"children": {"none": {"employees": {"lte": Leaf(1, "Int")}}}}}}),
]


@pytest.mark.parametrize(("label", "where"), PLAIN)
async def test_what_is_missing_is_treated_as_the_contract_says(
    label: str, where: Tree, naive: World, executor: Executor
) -> None:
    wanted = [
        row["id"]
        for row in ordered(naive, label, list(naive.rows[label].values()), [])
        if holds(naive, label, row, where)
    ]
    for query, variables in asked(label, where, []):
        answer = await executor.execute(query, variables, None, principal=Principal())
        assert [node["id"] for node in answer.body["data"][SHAPES[label].plural]["nodes"]] == wanted, (query, variables)


def test_the_evaluator_sees_what_is_missing_both_ways() -> None:
    made = world(3, 14)
    row: Row = made.rows["Account"]["naive-Account-00"] | {"industry": None}
    assert holds(made, "Account", row, {"industry": {"ne": "a"}})
    assert not holds(made, "Account", row, {"industry": {"eq": "a"}})
    assert holds(made, "Account", row, {"not": {"industry": {"eq": "a"}}})


def test_a_cursor_holds_what_its_order_asks_for() -> None:
    mark = order_mark((Order("name"), Order("employees", True)))
    assert split_cursor("after", f"{mark}|a~1b~0|~n|id", mark, 2) == ["a|b~", None, "id"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_timestamp_that_has_no_year_in_utc_is_refused(moment: str, executor: Executor) -> None:
    query = f'{{ accounts(where: {{ createdAt: {{ gt: "{moment}" }} }}) {{ totalCount }} }}'
    answer = await executor.execute(query, {}, None, principal=Principal())
    assert answer.body["errors"][0]["extensions"]["code"] == "INVALID"


NULLS = {
    "id.eq": "{ id: { eq: null } }",
    "name.isNull": "{ name: { isNull: null } }",
    "name": "{ name: null }",
    "or.1.id.eq": '{ or: [{ name: { eq: "x" } }, { id: { eq: null } }] }',
    "and": "{ and: null }",
    "not": "{ not: null }",
    "not.and.0.not.revenue.gt": "{ not: { and: [{ not: { revenue: { gt: null } } }] } }",
    "contacts": "{ contacts: null }",
    "contacts.none": "{ contacts: { none: null } }",
    "contacts.all.jobTitle.startsWith": "{ contacts: { all: { jobTitle: { startsWith: null } } } }",
    "contacts.some.edge": "{ contacts: { some: { edge: null } } }",
    "contacts.some.edge.isPrimary.eq": "{ contacts: { some: { edge: { isPrimary: { eq: null } } } } }",
    "contacts.some.node.name.in": "{ contacts: { some: { node: { name: { in: null } } } } }",
    "parent.exists": "{ parent: { exists: null } }",
    "parent.is.id.ne": "{ parent: { is: { id: { ne: null } } } }",
    "rollup.won.gt": "{ rollup: { won: { gt: null } } }",
    "createdAt.lt": "{ createdAt: { lt: null } }",
    "creditOnHold.eq": "{ creditOnHold: { eq: null } }",
    "category.in": "{ category: { in: null } }",
}


def quoted(text: str) -> Any:
    """A filter as variables hold it."""
    return json.loads(re.sub(r"(\w+):", r'"\1":', text))


@pytest.mark.parametrize(("path", "where"), NULLS.items(), ids=NULLS.keys())
async def test_a_null_within_a_filter_is_refused_with_its_path(path: str, where: str, executor: Executor) -> None:
    asked_ = [
        (f"{{ accounts(where: {where}) {{ totalCount }} }}", {}),
        ("query ($w: AccountWhere) { accounts(where: $w) { totalCount } }", {"w": quoted(where)}),
        ("query ($w: AccountWhere!) { contacts(where: { accounts: { some: { node: $w } } }) { totalCount } }",
         {"w": quoted(where)}),
    ]  # fmt: skip
    for at, (query, variables) in enumerate(asked_):
        for ordinary in (False, True):
            answer = await executor.execute(query, variables, None, principal=Principal(), ordinary=ordinary)
            (error,) = answer.body["errors"]
            above = "where.accounts.some.node" if at == 2 else "where"
            assert error["extensions"]["code"] == "INVALID"
            assert error["extensions"]["field"] == f"{above}.{path}"
            assert error["message"] == f"`{above}.{path}` must not be null."


async def test_a_null_variable_is_refused_and_an_absent_one_leaves_its_condition_out(executor: Executor) -> None:
    everything = (await executor.execute("{ accounts { totalCount } }", {}, None, principal=Principal())).body
    for where in ("{ id: { eq: $c } }", "{ or: [{ id: { eq: $c } }] }", "{ not: { not: { id: { eq: $c } } } }"):
        query = f"query ($c: ID) {{ accounts(where: {where}) {{ totalCount }} }}"
        assert (await executor.execute(query, {}, None, principal=Principal())).body == everything
        refused = (await executor.execute(query, {"c": None}, None, principal=Principal())).body["errors"][0]
        assert refused["extensions"]["code"] == "INVALID"
        assert refused["extensions"]["field"].endswith("id.eq")
    query = "query ($w: AccountWhere) { accounts(where: $w) { totalCount } }"
    none: tuple[dict[str, Any], ...] = ({}, {"w": None}, {"w": {}})
    for variables in none:
        assert (await executor.execute(query, variables, None, principal=Principal())).body == everything
