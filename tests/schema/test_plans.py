"""Plans: texts that never vary with values, variables of every shape, and plans that are found again."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from graph.access import UNRESTRICTED, Principal, unrestricted
from graph.bounded_cache import BoundedCache
from graph.store import Store
from schema.execution import Executor, Options
from schema.planning.plan import Plan, Root
from tests.schema.test_golden import GOLDEN, coerced, read

pytestmark = pytest.mark.usefixtures("world")

PAGE = """query ($w: AccountWhere, $o: [AccountOrder!]! = [{ name: ASC }], $n: Int! = 3, $c: String) {
  accounts(first: $n, where: $w, orderBy: $o, after: $c) { totalCount nodes { id name } pageInfo { endCursor } } }"""


async def both(executor: Executor, query: str, variables: dict[str, Any] | None = None, name: str | None = None) -> Any:
    """The answer, which must be the same both ways."""
    compiled = await executor.execute(query, variables, name, principal=Principal())
    ordinary = await executor.execute(query, variables, name, principal=Principal(), ordinary=True)
    assert orjson.dumps(compiled.body.get("data")) == orjson.dumps(ordinary.body.get("data")), (query, variables)
    assert ("errors" in compiled.body) == ("errors" in ordinary.body), (compiled.body, ordinary.body)
    return compiled.body


def plan_of(executor: Executor, query: str, variables: dict[str, Any], name: str | None = None) -> Plan:
    """The plan that answered these variables."""
    document = executor.document(query)
    values = coerced(executor, document.operations[name], variables)
    return next(plan for plan in document.plans[name, UNRESTRICTED.shape, False] if plan.fits(values))


def texts(executor: Executor, query: str, variables: dict[str, Any]) -> list[str]:
    """The texts of the plan that answered these variables."""
    return [root.text for root in plan_of(executor, query, variables).roots if isinstance(root, Root)]


def where(operator: str, value: Any, key: str = "name") -> dict[str, Any]:
    """Variables with one condition."""
    return {"w": {key: {operator: value}}}


# ---------- texts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (where("contains", "a"), where("contains", "') DETACH DELETE n //")),
        (where("in", ["a"]), where("in", ["a", "b", "c"])),
        (where("in", []), where("in", ["a"])),
        (where("eq", 1, "employees"), where("eq", -5, "employees")),
        (where("gt", 1, "revenue"), where("gt", 1.005, "revenue")),
        (where("eq", "CUSTOMER", "relationship"), where("eq", "PARTNER", "relationship")),
        ({"w": {"or": [{"name": {"eq": "a"}}]}}, {"w": {"or": [{"name": {"eq": "b"}}]}}),
        ({"w": None}, {}),
    ],
)
async def test_other_values_of_the_same_shape_have_the_same_text(
    first: dict[str, Any], other: dict[str, Any], executor: Executor
) -> None:
    await both(executor, PAGE, first)
    await both(executor, PAGE, other)
    assert texts(executor, PAGE, first) == texts(executor, PAGE, other)


@pytest.mark.parametrize(
    "other",
    [
        where("startsWith", "a"),
        where("contains", "a", "industry"),
        {"w": {"name": {"contains": "a", "ignoreCase": True}}},
        {"w": {"not": {"name": {"contains": "a"}}}},
        {"w": {"name": {"isNull": False}}},
        {"w": {"name": {"isNull": True}}},
        {**where("contains", "a"), "o": [{"name": "DESC"}]},
        {**where("contains", "a"), "o": [{"createdAt": "ASC"}]},
        {**where("contains", "a"), "o": []},
        {"w": {"or": [{"name": {"contains": "a"}}]}},
        {"w": {"or": []}},
    ],
)
async def test_another_shape_has_another_plan(other: dict[str, Any], executor: Executor) -> None:
    known = where("contains", "a")
    await both(executor, PAGE, known)
    await both(executor, PAGE, other)
    assert plan_of(executor, PAGE, known) is not plan_of(executor, PAGE, other)
    assert texts(executor, PAGE, known) != texts(executor, PAGE, other)
    await both(executor, PAGE, known)


async def test_shapes_may_come_in_any_order(executor: Executor) -> None:
    shapes = [where("contains", "a"), where("eq", "b"), {"w": {}}, {}, {"w": None}, where("contains", "b")]
    alone = [
        (await Executor.execute(executor, PAGE, one, None, principal=Principal(), ordinary=True)).body for one in shapes
    ]
    for at in (0, 1, 2, 3, 4, 5, 4, 2, 0, 5, 1, 3, 0, 0, 1):
        assert (await executor.execute(PAGE, shapes[at], None, principal=Principal())).body == alone[at], shapes[at]


def test_no_value_of_a_golden_query_is_in_its_text(executor: Executor) -> None:
    for path in GOLDEN:
        query, variables = read(path)
        for value in variables.values():
            if isinstance(value, str) and len(value) > 4 and executor._documents.get(query) is not None:
                for plans in executor.document(query).plans.values():
                    assert all(
                        value not in root.text for plan in plans for root in plan.roots if isinstance(root, Root)
                    )


# ---------- plans ----------------------------------------------------------------------------------------------------


async def test_a_plan_is_used_again_for_the_same_shape(executor: Executor) -> None:
    query = PAGE.replace("query (", "query Again(")
    for value in ("a", "b", "c"):
        await executor.execute(query, where("contains", value), None, principal=Principal())
    assert len(executor.document(query).plans[None, UNRESTRICTED.shape, False]) == 1
    for many in range(5):
        await executor.execute(query, where("in", ["x"] * many), None, principal=Principal())
    assert len(executor.document(query).plans[None, UNRESTRICTED.shape, False]) == 2


async def test_the_plans_of_a_document_are_bounded(executor: Executor) -> None:
    query = PAGE.replace("query (", "query Bounded(")
    for many in range(1, 25):
        variables = {"w": {"or": [{"name": {"eq": "a"}}] * many}}
        assert "errors" not in (await executor.execute(query, variables, None, principal=Principal())).body
    assert len(executor.document(query).plans[None, UNRESTRICTED.shape, False]) == 16


async def test_documents_are_bounded_by_their_bytes_and_invalid_ones_are_not_kept(store: Store) -> None:
    executor = Executor(store.reads, store.writes, Options(), policy=unrestricted)
    executor._documents = BoundedCache(400_000)
    names = " ".join(f"a{at}: name" for at in range(40))
    queries = [f"{{ accounts(first: {at}) {{ nodes {{ id {names} }} }} }}" for at in range(60)]
    first = executor.document(queries[0])
    assert executor.document(queries[0]) is first
    for query in queries[1:]:
        executor.document(query)
    assert 2 < len(executor._documents) < 20
    assert executor._documents.weight <= 400_000
    assert executor.document(queries[0]) is not first
    before = len(executor._documents)
    for query in queries:
        executor.document(query.replace("name", "unknown"))
    assert len(executor._documents) <= before
    query = queries[-1]
    lighter = executor._documents.weight
    await executor.execute(query, None, None, principal=Principal())
    assert executor._documents.weight > lighter


async def test_requests_at_the_same_time_have_their_own_answers(executor: Executor) -> None:
    query = PAGE.replace("query (", "query Together(")
    shapes = [{"n": at % 4, **where("contains" if at % 2 else "startsWith", "abcdefgh"[at % 8])} for at in range(24)]
    alone = [(await executor.execute(query, one, None, principal=Principal(), ordinary=True)).body for one in shapes]
    together = await asyncio.gather(*(executor.execute(query, one, None, principal=Principal()) for one in shapes))
    assert [one.body for one in together] == alone


# ---------- variables ------------------------------------------------------------------------------------------------

NAMED = "query ($s: String DEFAULT) { accounts(where: { name: { startsWith: $s } }) { totalCount } }"


async def test_a_variable_that_is_absent_leaves_its_condition_out(executor: Executor) -> None:
    query = NAMED.replace(" DEFAULT", "")
    everything = await both(executor, "{ accounts { totalCount } }")
    assert await both(executor, query, {}) == everything
    assert await both(executor, query, {"s": "A"}) != everything
    assert await both(executor, query, {"s": ""}) == everything


async def test_a_default_holds_where_the_variable_is_absent_but_not_where_it_is_null(executor: Executor) -> None:
    query = NAMED.replace("DEFAULT", '= "A"')
    absent = await both(executor, query)
    assert absent == await both(executor, query, {"s": "A"})
    refused = await executor.execute(query, {"s": None}, None, principal=Principal())
    assert refused.body["errors"][0]["extensions"]["field"] == "where.name.startsWith"


async def test_arguments_have_their_defaults_where_a_variable_is_absent(executor: Executor) -> None:
    query = "query ($n: Int, $o: [AccountOrder!]) { accounts(first: $n, orderBy: $o) { nodes { id } } }"
    assert len((await both(executor, query))["data"]["accounts"]["nodes"]) == 50
    assert len((await both(executor, query, {"n": 2}))["data"]["accounts"]["nodes"]) == 2


async def test_null_for_an_argument_that_must_not_be_null_is_invalid(executor: Executor, sent: list[str]) -> None:
    query = "query ($h: Hierarchy = CRM) { accounts { nodes { parent(hierarchy: $h) { id } } } }"
    before = len(sent)
    answer = await executor.execute(query, {"h": None}, None, principal=Principal())
    assert answer.body["errors"][0]["extensions"]["code"] == "INVALID", answer.body
    assert len(sent) == before


@pytest.mark.parametrize(
    "variables",
    [{"n": "three"}, {"n": 2**31}, {"n": None}, {"w": {"nome": {"eq": "x"}}}, {"w": {"name": {"eq": 1}}}, {"o": "name"},
     {"o": [{"name": "UP"}]}, {"w": {"name": {"in": ["a", None]}}}, {"w": {"createdAt": {"gt": "yesterday"}}}],
)  # fmt: skip
async def test_variables_that_do_not_fit_are_invalid_before_any_statement(
    variables: dict[str, Any], executor: Executor, sent: list[str]
) -> None:
    before = len(sent)
    answer = await executor.execute(PAGE, variables, None, principal=Principal())
    assert answer.status == "invalid"
    shown = answer.body["errors"][0]
    assert shown["extensions"]["code"] == "INVALID"
    assert shown["extensions"]["remedy"]
    assert len(sent) == before


@pytest.mark.parametrize("order", [[{}], [{"name": "ASC", "createdAt": "ASC"}], [{"name": None}]])
async def test_an_order_that_names_no_single_key_is_invalid(order: Any, executor: Executor, sent: list[str]) -> None:
    before = len(sent)
    answer = await executor.execute(PAGE, {"o": order}, None, principal=Principal())
    assert answer.body["errors"][0]["extensions"]["code"] == "INVALID"
    assert len(sent) == before


async def test_one_stands_for_a_list_of_one(executor: Executor) -> None:
    many = await both(executor, PAGE, {"o": [{"name": "DESC"}], "w": {"or": [{"name": {"startsWith": "B"}}]}})
    assert await both(executor, PAGE, {"o": {"name": "DESC"}, "w": {"or": {"name": {"startsWith": "B"}}}}) == many
    written = '{ accounts(first: 3, orderBy: { name: DESC }, where: { or: { name: { startsWith: "B" } } }) FIELDS }'
    shown = "{ totalCount nodes { id name } pageInfo { endCursor } }"
    assert await both(executor, written.replace("FIELDS", shown)) == many


async def test_a_list_may_hold_variables(executor: Executor) -> None:
    names = [one["name"] for one in (await both(executor, PAGE, {}))["data"]["accounts"]["nodes"]]
    query = """query ($a: String!, $b: String = "nobody") {
      accounts(where: { name: { in: [$a, "x"] } }, orderBy: { name: ASC }) { nodes { name } }
      other: accounts(where: { or: [{ name: { eq: $a } }, { name: { eq: $b } }] }, orderBy: { name: ASC }) {
        nodes { name } } }"""
    data = (await both(executor, query, {"a": names[0], "b": names[1]}))["data"]
    assert {one["name"] for one in data["accounts"]["nodes"]} == {names[0]}
    assert {one["name"] for one in data["other"]["nodes"]} == {names[0], names[1]}


# ---------- selections -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("include", [True, False])
async def test_skip_and_include_hold_by_variable(skip: bool, include: bool, executor: Executor) -> None:
    query = """query ($s: Boolean!, $i: Boolean!) { accounts(first: 2, orderBy: [{ name: ASC }]) {
      nodes { id name @skip(if: $s) both: name @skip(if: $s) @include(if: $i)
        ... @include(if: $i) { contacts(first: 1) @skip(if: $s) { totalCount } } } }
      users(first: 1) @include(if: $i) { totalCount } }"""
    body = await both(executor, query, {"s": skip, "i": include})
    node = body["data"]["accounts"]["nodes"][0]
    assert ("name" in node, "both" in node, "contacts" in node) == (
        not skip,
        not skip and include,
        include and not skip,
    )
    assert ("users" in body["data"]) is include


async def test_directives_have_the_defaults_of_their_variables(executor: Executor) -> None:
    query = "query ($i: Boolean = true) { accounts(first: 1) { nodes { id name @include(if: $i) } } }"
    assert "name" in (await both(executor, query))["data"]["accounts"]["nodes"][0]
    assert "name" not in (await both(executor, query, {"i": False}))["data"]["accounts"]["nodes"][0]


async def test_nothing_selected_is_an_empty_answer(executor: Executor, sent: list[str]) -> None:
    before = len(sent)
    assert (await both(executor, "{ accounts @skip(if: true) { totalCount } }"))["data"] == {}
    assert (await both(executor, "{ accounts(first: 1) { nodes { id @skip(if: true) } } }"))["data"] == {
        "accounts": {"nodes": [{}]}
    }
    assert len(sent) - before == 2


async def test_fragments_on_interfaces_reach_the_concrete_types(executor: Executor) -> None:
    query = """{ accounts(first: 3, orderBy: [{ name: ASC }]) { nodes { ... on Node { id } ... on Party { name ...P }
      ... on Account { a: country } } } search(text: "a", first: 5) { node { ...P ... on Account { country }
      ... on Contact { jobTitle accounts { nodes { id ... on Node { __typename } } } } } } }
      fragment P on Party { kind: __typename name ... on Account { industry } }"""
    data = (await both(executor, query))["data"]
    assert {tuple(node) for node in data["accounts"]["nodes"]} == {("id", "name", "kind", "industry", "a")}


async def test_aliases_ask_the_same_field_differently(executor: Executor) -> None:
    query = """query ($n: Int!) { accounts(first: 3, orderBy: [{ name: ASC }]) { nodes { id
      few: contacts(first: 1, orderBy: [{ name: ASC }]) { nodes { name } }
      more: contacts(first: $n, orderBy: [{ name: DESC }]) { nodes { name } }
      none: contacts(first: 0) { totalCount nodes { name } pageInfo { hasNextPage endCursor } }
      nodes: name name: country __typename } } accounts2: accounts(first: 1) { t: totalCount totalCount } }"""
    node = (await both(executor, query, {"n": 4}))["data"]["accounts"]["nodes"][0]
    assert list(node) == ["id", "few", "more", "none", "nodes", "name", "__typename"]
    assert node["none"]["nodes"] == []


async def test_selections_of_one_key_are_joined(executor: Executor) -> None:
    query = """{ accounts(first: 2) { nodes { id } } accounts(first: 2) { nodes { name parent { id } } totalCount }
      ...R } fragment R on Query { accounts(first: 2) { nodes { parent { name } } } }"""
    node = (await both(executor, query))["data"]["accounts"]["nodes"][0]
    assert list(node) == ["id", "name", "parent"]


async def test_an_operation_is_chosen_by_name(executor: Executor) -> None:
    query = "query One { accounts { totalCount } } query Two { accounts(first: 1) { nodes { id } } }"
    assert "totalCount" in (await both(executor, query, None, "One"))["data"]["accounts"]
    assert "nodes" in (await both(executor, query, None, "Two"))["data"]["accounts"]
    for name in (None, "Three"):
        answer = await executor.execute(query, None, name, principal=Principal())
        assert answer.status == "invalid"
        assert answer.body["errors"][0]["extensions"]["code"] == "INVALID"
        assert "One, Two" in answer.body["errors"][0]["extensions"]["remedy"]
