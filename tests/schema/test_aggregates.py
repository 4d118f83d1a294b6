"""Aggregates and groups against a naive evaluator, and their limits."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.access import UNRESTRICTED, Principal
from graph.models.properties import Kind
from graph.store import Bound, Store
from graph.vocabulary import ENTITIES, entity
from schema.execution import Executor
from schema.exposure import EXPOSED_TYPES
from schema.limits import Limits
from schema.planning.plan import Root, planned
from tests.schema.hidden_records import a_third, hiding
from tests.schema.naive import SHAPES, Tree, World, holds, world, written
from tests.schema.naive_aggregates import Model, Row, figures, groups, plain, question, same
from tests.schema.random_graph import Generator, write
from tests.schema.test_access_property import OPTIONS
from tests.schema.test_filters import GONE, MADE, wheres

EXAMPLES = settings(
    max_examples=12, derandomize=True, deadline=None, database=None, phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


async def both(executor: Executor, query: str, user: str | None = None) -> Any:
    """The data of a query, which plans and graphql-core's own execution answer alike."""
    body = (await executor.execute(query, None, None, principal=Principal(user))).body
    assert "errors" not in body, (query, body)
    ordinary = (await executor.execute(query, None, None, principal=Principal(user), ordinary=True)).body
    assert orjson.dumps(body) == orjson.dumps(ordinary), query
    return body["data"]


# ---------- against filters ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def small(store: Store) -> AsyncIterator[World]:
    """A small world with amounts in several currencies, of both signs, and large ones."""
    made = world(5, 16)
    source = random.Random(5)
    rows = []
    for label, those in made.rows.items():
        for row in those.values():
            if label == "Opportunity":
                row["account"] = next(iter(one["id"] for one in made.linked(label, row["id"], "account")), None)
            values = {("uid" if name == "id" else name): value for name, value in row.items() if name != "account"}
            for money in ("revenue", "estimatedValue"):
                if row.get(money) is not None:
                    row[money] = source.choice((-5, 0, 1, 3, 10_001, -10_000, 2**53 - 1))
                    values |= {money: 7, f"{money}Base": row[money], f"{money}Currency": "EUR"}
            if label == "Contact":
                values["fullName"] = values["name"]
            rows.append({"label": label, "values": values})
    await store.writes.change(Bound("gone", GONE, {}))
    await store.writes.change(Bound("made", MADE, {"rows": rows, "edges": [list(edge) for edge in made.edges]}))
    yield made
    await store.writes.change(Bound("gone", GONE, {}))


def model_of(label: str) -> Model:
    """The fields of the naive world, without those that it does not set."""
    shape, whole = SHAPES[label], Model.of(entity(label))
    kinds = {name: kind for name, kind in whole.kinds.items() if name in shape.kinds}
    return Model(kinds, ("account",) if label == "Opportunity" else (), False)


def filters(depth: int) -> st.SearchStrategy[tuple[str, Tree]]:
    """A label and a filter on its records."""
    return st.sampled_from(sorted(SHAPES)).flatmap(lambda label: st.tuples(st.just(label), wheres(label, depth)))


@EXAMPLES
@given(filtered=filters(1), seed=st.integers(0, 2**32))
async def test_aggregates_and_groups_equal_the_naive_evaluator(
    filtered: tuple[str, Tree], seed: int, small: World, executor: Executor
) -> None:
    label, where = filtered
    source, model = random.Random(seed), model_of(label)
    rows = [row for row in small.rows[label].values() if holds(small, label, row, where)]
    asked = question(model, rows, source)
    whole = written({"and": [{"source": {"eq": "naive"}}, where]})
    fields = f"{{ totalCount aggregate {{ {model.selection()} }} {asked.written(model)} }}"
    found = (await both(executor, f"{{ {SHAPES[label].plural}(where: {whole}) {fields} }}"))[SHAPES[label].plural]
    assert found["totalCount"] == len(rows)
    assert same(found["aggregate"], figures(model, rows)), (where, found["aggregate"], figures(model, rows))
    assert same(found["groups"], groups(model, rows, asked)), (asked, found["groups"], groups(model, rows, asked))


@EXAMPLES
@given(filtered=filters(0), seed=st.integers(0, 2**32))
async def test_aggregates_and_groups_of_linked_records_equal_the_naive_evaluator(
    filtered: tuple[str, Tree], seed: int, small: World, executor: Executor
) -> None:
    target, where = filtered
    source = random.Random(seed)
    links = [
        (label, name)
        for label, shape in SHAPES.items()
        for name, (there, single) in shape.links.items()
        if there == target and not single
    ]
    label, link = source.choice(links)
    uid = max(small.rows[label], key=lambda one: (len(small.linked(label, one, link)), source.random()))
    model = model_of(target)
    linked = small.linked(label, uid, link)
    rows = plain(row for row in linked if holds(small, target, row, where))
    asked = question(model, rows, source)
    fields = f"{link}(where: {written(where)}) {{ aggregate {{ {model.selection()} }} {asked.written(model)} }}"
    one = f"{label[0].lower()}{label[1:]}"
    found = (await both(executor, f'{{ {one}(id: "{uid}") {{ {fields} }} }}'))[one][link]
    assert same(found["aggregate"], figures(model, rows)), (where, found["aggregate"])
    assert same(found["groups"], groups(model, rows, asked)), (asked, found["groups"], groups(model, rows, asked))


# ---------- under access rules ---------------------------------------------------------------------------------------


def listed(model: Model) -> str:
    """The fields of a record that figures and keys are made from."""
    names = [f"{name}{' { amount }' if kind is Kind.MONEY else ''}" for name, kind in model.kinds.items()]
    return f"id __typename {' '.join([*names, *(f'{link} {{ id }}' for link in model.links)])}"


def values(model: Model, node: Row) -> Row:
    """The fields of a record as the evaluator takes them; `type` where its list has several types."""
    row: Row = {"id": node["id"], "type": node["__typename"]}
    for name, kind in model.kinds.items():
        value = node[name]
        if value is not None and kind is Kind.MONEY:
            value = round(value["amount"] * 100)
        elif value is not None and kind in (Kind.DATE, Kind.DATETIME):
            value = date.fromisoformat(value) if kind is Kind.DATE else datetime.fromisoformat(value)
        row[name] = value
    return row | {link: node[link] and node[link]["id"] for link in model.links}


@pytest.mark.parametrize("seed", [11, 12])
async def test_aggregates_and_groups_are_those_of_the_records_that_the_caller_may_read(seed: int, store: Store) -> None:
    graph = Generator(seed).make()
    user, hidden = graph.labelled("User")[0], set(a_third(graph, seed))
    executor = Executor(store.reads, store.writes, OPTIONS, policy=hiding(hidden))
    await write(store, graph)
    source = random.Random(seed)

    async def agree(before: str, arguments: str, label: str, path: list[str]) -> list[Row]:
        model = Model.of(entity(label)).some(source)
        fields = f"nodes {{ {listed(model)} }} aggregate {{ {model.selection()} }}"

        async def asked(more: str) -> Any:
            found = await both(executor, f"{before} (first: 1000{arguments}) {{ {more} }}{' }' * len(path)}", user)
            for key in path:
                found = found[key]
            return found

        found = await asked(fields)
        rows = plain(values(model, node) for node in found["nodes"])
        assert same(found["aggregate"], figures(model, rows)), (before, found["aggregate"], figures(model, rows))
        one = question(model, rows, source)
        wanted = groups(model, rows, one)
        assert same((await asked(one.written(model)))["groups"], wanted), (before, one, wanted)
        return rows

    for label in source.sample(sorted(ENTITIES), 5):
        plural = entity(label).plural
        rows = await agree(f"{{ {plural}", "", label, [plural])
        assert {row["id"] for row in rows} == {uid for uid in graph.labelled(label) if uid not in hidden}
    at = (datetime(2026, 6, 1, tzinfo=UTC) - timedelta(days=200)).isoformat()
    for label in ("Account", "Account", "Contact", "User", "Product"):
        face = EXPOSED_TYPES[label]
        link = source.choice([face.model.links[name] for name in face.links if not face.model.links[name].one])
        uid = source.choice([one for one in graph.labelled(label) if one not in hidden])
        arguments = f', asOf: "{at}"' if link.dated and source.random() < 0.5 else ""
        await agree(f'{{ {face.one}(id: "{uid}") {{ {link.name}', arguments, link.target, [face.one, link.name])


async def test_traversals_have_aggregates_and_groups(store: Store, executor: Executor) -> None:
    graph = Generator(13).make()
    await write(store, graph)
    for uid in graph.labelled("Account")[:3]:
        for link, label in (("descendants", "Account"), ("timeline", "Activity")):
            model = Model.of(entity(label)).some(random.Random(uid + link))
            fields = f"nodes {{ {listed(model)} }} aggregate {{ {model.selection()} }}"
            one = question(model, [{**dict.fromkeys([*model.kinds, *model.links]), "id": "x"}], random.Random(uid))
            one.having.clear()
            query = f'{{ account(id: "{uid}") {{ {link}(first: 1000) {{ {fields} {one.written(model)} }} }} }}'
            found = (await both(executor, query))["account"][link]
            rows = plain(values(model, node) for node in found["nodes"])
            assert same(found["aggregate"], figures(model, rows))
            assert same(found["groups"], groups(model, rows, one))


# ---------- what an aggregate costs ----------------------------------------------------------------------------------


async def test_an_aggregate_alone_reads_no_page_and_shares_the_count(executor: Executor) -> None:
    def text(query: str) -> str:
        document = executor.document(query)
        plan = planned(
            executor.core, document.operations[None], document.fragments, {},
            access=UNRESTRICTED.shape, base="USD", limits=Limits(),
        )  # fmt: skip
        (root,) = plan.roots
        assert isinstance(root, Root)
        return root.text

    alone = text("{ accounts { aggregate { count sum { employees } } } }")
    assert "LIMIT" not in alone
    assert "collect(" not in alone
    assert alone.count("MATCH") == 1
    assert text("{ accounts { totalCount aggregate { count sum { employees } } } }").count("MATCH") == 1
    assert text("{ accounts { groups(by: [{ country: true }]) { count } } }").count("MATCH") == 1


async def test_empty_sets_have_a_count_and_sums_of_zero_and_nothing_else(executor: Executor) -> None:
    query = """{ accounts(where: { name: { eq: "no such account" } }) {
      aggregate { count sum { revenue { amount currency } employees } avg { revenue { amount } employees }
        min { revenue { amount } createdAt } max { employees } countDistinct { industry owner } }
      groups(by: [{ industry: true }]) { count } } }"""
    assert (await both(executor, query))["accounts"] == {
        "aggregate": {
            "count": 0,
            "sum": {"revenue": {"amount": 0.0, "currency": "USD"}, "employees": 0.0},
            "avg": {"revenue": None, "employees": None},
            "min": {"revenue": None, "createdAt": None},
            "max": {"employees": None},
            "countDistinct": {"industry": 0, "owner": 0},
        },
        "groups": [],
    }


async def test_a_record_that_several_relationships_lead_to_counts_once(store: Store, executor: Executor) -> None:
    text = """CREATE (a:Account:Party:Record {uid: 'twice-a', name: 'A', relationship: 'CUSTOMER'})
      CREATE (b:Account:Party:Record {uid: 'twice-b', name: 'B', relationship: 'CUSTOMER', employees: 5})
      CREATE (a)-[:OWNS {interestType: 'shares'}]->(b), (a)-[:OWNS {interestType: 'votes'}]->(b) RETURN count(*)"""
    await store.writes.change(Bound("twice", text, {}))
    query = """{ account(id: "twice-a") { holdings { totalCount aggregate { count sum { employees } }
      groups(by: [{ name: true }]) { key { name } count sum { employees } } } } }"""
    found = (await both(executor, query))["account"]["holdings"]
    assert found == {
        "totalCount": 2,
        "aggregate": {"count": 1, "sum": {"employees": 5.0}},
        "groups": [{"key": {"name": "B"}, "count": 1, "sum": {"employees": 5.0}}],
    }
    gone = "MATCH (n:Account) WHERE n.uid STARTS WITH 'twice-' DETACH DELETE n RETURN count(*)"
    await store.writes.change(Bound("gone", gone, {}))


REFUSED = [
    ("groups(by: []) { count }", "INVALID", "by"),
    ("groups(by: [{ name: true }, { city: true }, { country: true }, { source: true }, { industry: true }]) { count }",
     "INVALID", "by"),
    ("groups(by: [{ name: false }]) { count }", "INVALID", "by"),
    ("groups(by: [{ createdAt: MONTH }, { createdAt: YEAR }]) { count }", "INVALID", "by"),
    ("groups(by: [{ name: true }], orderBy: [{ city: { key: ASC } }]) { count }", "INVALID", "orderBy"),
    ("groups(by: [{ name: true }], orderBy: [{ count: ASC }, { count: DESC }]) { count }", "INVALID", "orderBy"),
    ("groups(by: [{ name: true, city: true }]) { count }", "INVALID", None),
    ("groups(by: [{ name: true }], orderBy: [{}]) { count }", "INVALID", None),
    ("groups(by: [{ name: true }], first: -1) { count }", "INVALID", "first"),
    ("groups(by: [{ name: true }], first: 1001) { count }", "TOO_EXPENSIVE", "first"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "code", "argument"), REFUSED)
async def test_groups_that_are_not_valid_are_refused_before_any_statement(
    field: str, code: str, argument: str | None, executor: Executor, sent: list[str]
) -> None:
    before = len(sent)
    for ordinary in (False, True):
        answer = await executor.execute(
            f"{{ accounts {{ {field} }} }}", None, None, principal=Principal(), ordinary=ordinary
        )
        (error,) = answer.body["errors"]
        assert error["extensions"]["code"] == code, error
        assert error["extensions"].get("field") == argument, error
        assert error["extensions"]["remedy"]
    assert len(sent) == before


async def test_groups_count_towards_the_cost_of_a_request(executor: Executor, sent: list[str]) -> None:
    before = len(sent)
    query = "{ accounts(first: 1000) { nodes { contacts { groups(by: [{ city: true }]) { count } } } } }"
    answer = await executor.execute(query, None, None, principal=Principal())
    assert answer.body["errors"][0]["extensions"]["code"] == "TOO_EXPENSIVE"
    assert len(sent) == before


async def test_arguments_of_groups_by_variable_have_one_text(executor: Executor) -> None:
    query = """query ($by: [AccountGroupKey!]!, $having: AccountHaving, $order: [AccountGroupOrder!]) { accounts {
      groups(by: $by, having: $having, orderBy: $order, first: 5) { key { country createdAt } count } } }"""

    async def asked(unit: str, least: int) -> Any:
        variables = {
            "by": [{"country": True}, {"createdAt": unit}],
            "having": {"count": {"gte": least}},
            "order": [{"count": "DESC"}],
        }
        answer = await executor.execute(query, variables, None, principal=Principal())
        assert "errors" not in answer.body, answer.body
        return answer.body["data"]

    await asked("MONTH", 1)
    await asked("MONTH", 2)
    plans = executor.document(query).plans[None, UNRESTRICTED.shape, False]
    assert len(plans) == 1
    await asked("YEAR", 2)
    assert len(plans) == 2
