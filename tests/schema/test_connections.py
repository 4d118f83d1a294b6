"""Connections as the Relay specification defines them: pages in both directions, and what the roots of them are."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNonNull, GraphQLObjectType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.access import Principal
from graph.store import Bound, Store
from graph.vocabulary import ENTITIES, SUPERS, concrete
from schema.execution import Executor
from tests.schema.naive import SHAPES, Tree, Window, World, bare, holds, ordered
from tests.schema.naive import written as literal
from tests.schema.test_filters import naive as naive  # noqa: PLC0414  the world of the evaluator
from tests.schema.test_filters import orders, planned_text, wheres
from tests.schema.test_plans import both

PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


async def answered(executor: Executor, query: str, variables: dict[str, Any] | None = None) -> Any:
    """The data of an answer without errors."""
    answer = await executor.execute(query, variables, None, principal=Principal())
    assert "errors" not in answer.body, (query, variables, answer.body)
    return answer.body["data"]


async def error_of(executor: Executor, query: str, variables: dict[str, Any] | None = None) -> Any:
    """The extensions of the only error of an answer."""
    answer = await executor.execute(query, variables, None, principal=Principal())
    (error,) = answer.body["errors"]
    return error["extensions"] | {"message": error["message"]}


# ---------- pages ----------------------------------------------------------------------------------------------------


@st.composite
def windows(draw: st.DrawFn) -> tuple[str, Tree, list[Tree], list[tuple[int | None, int | None, bool, int]]]:
    """A label, a filter, an order, and pages: places of `after` and `before`, whether backward, and a size."""
    label = draw(st.sampled_from(sorted(SHAPES)))
    place = st.none() | st.integers(0, 13)
    page = st.tuples(place, place, st.booleans(), st.integers(0, 6))
    return label, draw(wheres(label, 1)), draw(orders(label)), draw(st.lists(page, min_size=4, max_size=4))


@settings(
    max_examples=20, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(question=windows())
async def test_pages_equal_the_naive_evaluator_in_both_directions(
    question: tuple[str, Tree, list[Tree], list[tuple[int | None, int | None, bool, int]]],
    naive: World,
    executor: Executor,
) -> None:
    label, where, order, pages = question
    plural = SHAPES[label].plural
    whole = {"and": [{"source": {"eq": "naive"}}, bare(where)]}
    ids = [
        row["id"]
        for row in ordered(naive, label, list(naive.rows[label].values()), order)
        if holds(naive, label, row, where)
    ]
    head = f"query ($w: {label}Where, $n: Int, $after: String, $before: String)"
    shared = f"where: $w, orderBy: {literal(order)}"
    listed = f"{head} {{ {plural}(first: $n, {shared}, after: $after, before: $before) {{ edges {{ cursor }} }} }}"
    edges = (await answered(executor, listed, {"w": whole, "n": 99}))[plural]["edges"]
    cursors = dict(zip(ids, [edge["cursor"] for edge in edges], strict=True))
    texts: dict[tuple[bool, ...], set[str]] = {}
    for after, before, backward, size in pages:
        window = Window(
            last=size if backward else None,
            first=None if backward else size,
            after=ids[after % len(ids)] if after is not None and ids else None,
            before=ids[before % len(ids)] if before is not None and ids else None,
        )
        names = f"{'last' if backward else 'first'}: $n, {shared}, after: $after, before: $before"
        query = f"{head} {{ {plural}({names}) {{ nodes {{ id }} {PAGE_INFO} totalCount }} }}"
        variables: dict[str, Any] = {"w": whole, "n": size}
        variables |= {name: cursors[uid] for name in ("after", "before") if (uid := getattr(window, name)) is not None}
        found = (await answered(executor, query, variables))[plural]
        wanted = window.of(ids)
        assert [node["id"] for node in found["nodes"]] == wanted, (query, variables)
        assert found["totalCount"] == len(ids)
        info = found["pageInfo"]
        assert [info["startCursor"], info["endCursor"]] == [cursors[uid] for uid in (*wanted[:1], *wanted[-1:])] or (
            not wanted and info["startCursor"] is info["endCursor"] is None
        )
        if wanted:
            assert info["hasPreviousPage"] is (wanted[0] != ids[0]), (query, variables)
            assert info["hasNextPage"] is (wanted[-1] != ids[-1]), (query, variables)
        if not any("~n" in variables.get(name, "") for name in ("after", "before")):
            shape = (backward, window.after is None, window.before is None)
            texts.setdefault(shape, set()).add(planned_text(executor, query, variables))
    assert all(len(same) == 1 for same in texts.values()), "one text, whichever position and size"


NESTED = {
    "a computed order": "{ page: accounts(ARGS, orderBy: [{ rollup: { won: DESC } }, { name: ASC }]) { REST } }",
    "null first": "{ page: opportunities(ARGS, orderBy: [{ actualCloseDate: ASC_NULLS_FIRST }]) { REST } }",
    "a computed null": "{ page: accounts(ARGS, orderBy: [{ rollup: { winRate: ASC_NULLS_FIRST } }]) { REST } }",
    "a linked record": "{ page: opportunities(ARGS, orderBy: [{ account: { name: DESC } }, { name: ASC }]) { REST } }",
    "several kinds": "{ page: emails(ARGS, orderBy: [{ regarding: { createdAt: DESC } }]) { REST } }",
    "a hierarchy": "{ page: accounts(ARGS, orderBy: [{ parent: { name: ASC_NULLS_FIRST } }]) { REST } }",
    "a traversal to one": "{ page: accounts(ARGS, orderBy: [{ ultimateParent: { city: ASC } }]) { REST } }",
    "the links of a record": '{ of: account(id: "kaemakr54wo547v2vhloqeso") { page: contacts(ARGS) { REST } } }',
    "a traversal": '{ of: account(id: "kaemakr54wo547v2vhloqeso") { page: timeline(ARGS) { REST } } }',
    "several entities": "{ page: activities(ARGS, orderBy: [{ startedAt: DESC }]) { REST } }",
    "several entities by id": '{ page: parties(ARGS, where: { name: { startsWith: "C" } }) { REST } }',
    "read-only records": "{ page: events(ARGS) { REST } }",
}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("document", NESTED.values(), ids=NESTED.keys())
async def test_paging_backward_shows_the_same_records_in_the_same_order(document: str, executor: Executor) -> None:
    def page(data: Any) -> Any:
        return (data.get("of") or data)["page"]

    query = document.replace("ARGS", "first: 13").replace("REST", "nodes { id }")
    forward = [node["id"] for node in page(await answered(executor, query))["nodes"]]
    follow = "query ($after: String, $before: String, $last: Int, $first: Int) " + document.replace(
        "ARGS", "first: $first, after: $after, last: $last, before: $before"
    ).replace("REST", f"nodes {{ id }} {PAGE_INFO}")
    assert forward or "events" in document
    for backward in (True, False):
        seen: list[str] = []
        variables: dict[str, Any] = {"first": None if backward else 4, "last": 4 if backward else None}
        if backward and len(forward) == 13:
            end = page(await answered(executor, follow, {"first": 13}))["pageInfo"]["endCursor"]
            variables["before"] = end
        while True:
            found = page((await both(executor, follow, variables))["data"])
            ids = [node["id"] for node in found["nodes"]]
            seen = [*ids, *seen] if backward else [*seen, *ids]
            more = found["pageInfo"]["hasPreviousPage" if backward else "hasNextPage"]
            if not more or len(seen) >= len(forward):
                break
            name, cursor = ("before", "startCursor") if backward else ("after", "endCursor")
            variables[name] = found["pageInfo"][cursor]
        if backward:
            assert seen == (forward[:-1] if "before" in variables and len(forward) == 13 else forward)
        else:
            assert seen[: len(forward)] == forward


@pytest.mark.parametrize("arguments", ["first: 1, last: 1", "first: $n, last: $n", "last: 1, first: 0, after: null"])
async def test_first_and_last_cannot_be_combined(arguments: str, executor: Executor) -> None:
    query = f"query ($n: Int! = 2) {{ accounts({arguments}) {{ nodes {{ id }} }} }}".replace(
        "($n: Int! = 2) " if "$n" not in arguments else "\0", ""
    )
    error = await error_of(executor, query)
    assert (error["code"], error["field"]) == ("INVALID", "last")


@pytest.mark.parametrize("name", ["first", "last"])
@pytest.mark.parametrize(("size", "code"), [(-1, "INVALID"), (1001, "TOO_EXPENSIVE")])
async def test_the_size_of_a_page_is_bounded(name: str, size: int, code: str, executor: Executor) -> None:
    error = await error_of(executor, f"{{ accounts({name}: {size}) {{ nodes {{ id }} }} }}")
    assert (error["code"], error["field"]) == (code, name)
    assert str(size) in error["message"]


@pytest.mark.usefixtures("world")
async def test_a_page_without_a_size_has_fifty_records(executor: Executor) -> None:
    for arguments in ("", "(first: null)", "(first: null, last: null)", "(last: null)"):
        found = await answered(executor, f"{{ contacts{arguments} {{ nodes {{ id }} }} }}")
        assert len(found["contacts"]["nodes"]) == 50, arguments


@pytest.mark.parametrize("name", ["after", "before"])
async def test_a_cursor_of_another_order_names_its_argument(name: str, executor: Executor) -> None:
    query = f'{{ accounts({name}: "name-|x|y", orderBy: [{{ name: ASC }}]) {{ nodes {{ id }} }} }}'
    error = await error_of(executor, query)
    assert (error["code"], error["field"]) == ("INVALID", name)
    assert f"`{name}`" in error["message"]


# ---------- the schema -----------------------------------------------------------------------------------------------


def test_every_connection_has_pages_in_both_directions(executor: Executor) -> None:
    found = 0
    for type_ in executor.core.type_map.values():
        for name, field in getattr(type_, "fields", {}).items():
            if str(field.type).rstrip("!").endswith("Connection"):
                found += 1
                sizes = {one: str(field.args[one].type) for one in ("first", "after", "last", "before")}
                expected = {"first": "Int", "after": "String", "last": "Int", "before": "String"}
                assert sizes == expected, f"{type_.name}.{name}"
                assert (field.args["first"].default_value, "last" in field.args) == (50, True)
    assert found > 100


def test_a_root_field_that_fails_leaves_the_others_their_values(executor: Executor) -> None:
    assert executor.core.query_type is not None
    required = [name for name, one in executor.core.query_type.fields.items() if isinstance(one.type, GraphQLNonNull)]
    assert required == []


@pytest.mark.usefixtures("world")
async def test_an_answer_keeps_the_other_roots_when_one_fails(executor: Executor) -> None:
    query = '{ accounts(first: 1) { nodes { id } } introductions(to: "unknown") { strength } }'
    for ordinary in (False, True):
        answer = await executor.execute(query, {}, None, principal=Principal(), ordinary=ordinary)
        assert [error["path"] for error in answer.body["errors"]] == [["introductions"]]
        assert answer.body["data"]["introductions"] is None
        assert len(answer.body["data"]["accounts"]["nodes"]) == 1


def test_every_scalar_of_kith_names_its_specification(executor: Executor) -> None:
    for name in ("Date", "DateTime"):
        assert executor.core.type_map[name].specified_by_url.startswith("https://")  # type: ignore[attr-defined]


def test_enumeration_values_are_in_one_case(executor: Executor) -> None:
    for type_ in executor.core.type_map.values():
        if isinstance(type_, GraphQLEnumType) and not type_.name.startswith("__"):
            odd = [name for name, one in type_.values.items() if not (name.isupper() or one.deprecation_reason)]
            assert odd == [], type_.name


@pytest.mark.usefixtures("world")
async def test_the_former_names_of_kinds_mean_the_same(executor: Executor) -> None:
    query = "query ($k: [ActivityKind!]) { activities(kinds: $k) { totalCount } }"
    for old, new in (("PhoneCall", "PHONE_CALL"), ("Task", "TASK")):
        assert await both(executor, query, {"k": [old]}) == await both(executor, query, {"k": [new]})


# ---------- exactly one ----------------------------------------------------------------------------------------------


def test_every_sort_key_is_exactly_one_field(executor: Executor) -> None:
    orders_ = [one for one in executor.core.type_map.values() if one.name.endswith("Order")]
    inputs = [one for one in orders_ if isinstance(one, GraphQLInputObjectType)]
    assert len(inputs) > len(ENTITIES)
    assert [one.name for one in inputs if not one.is_one_of] == []
    assert executor.strawberry.as_str().count("Order @oneOf {") == len(inputs)


@pytest.mark.parametrize(
    ("order", "variables"),
    [
        ("[{}]", {}),
        ("[{ name: ASC, id: ASC }]", {}),
        ("[{ name: null }]", {}),
        ("[{ rollup: {} }]", {}),
        ("[{ rollup: { won: ASC, accounts: ASC } }]", {}),
        ("$o", {"o": [{}]}),
        ("$o", {"o": [{"name": "ASC", "id": "ASC"}]}),
        ("$o", {"o": [{"name": None}]}),
        ("$o", {"o": [{"rollup": {"won": "ASC", "accounts": "ASC"}}]}),
        ("[{ name: $d }]", {"d": None}),
    ],
)
async def test_a_sort_key_with_another_number_of_fields_is_invalid(
    order: str, variables: dict[str, Any], executor: Executor, sent: list[str]
) -> None:
    declared = {"$o": "($o: [AccountOrder!])", "[{ name: $d }]": "($d: SortDirection)"}.get(order, "")
    query = f"query {declared} {{ accounts(orderBy: {order}) {{ totalCount }} }}"
    before = len(sent)
    error = await error_of(executor, query, variables)
    assert error["code"] == "INVALID"
    assert len(sent) == before


async def test_a_direction_may_be_a_variable(executor: Executor, naive: World) -> None:
    del naive
    query = "query ($d: SortDirection!) { accounts(orderBy: [{ name: $d }]) { nodes { id } } }"
    for way in ("ASC", "DESC"):
        written = query.replace("($d: SortDirection!) ", "").replace("$d", way)
        assert await both(executor, query, {"d": way}) == await both(executor, written)


# ---------- several entities -----------------------------------------------------------------------------------------


def test_a_super_label_with_a_plural_has_a_connection(executor: Executor) -> None:
    query = executor.core.query_type
    assert query is not None
    for one in SUPERS.values():
        assert (one.plural in query.fields) is bool(one.plural)
    assert {"activities", "parties"} <= query.fields.keys()


def test_every_record_that_an_activity_can_regard_has_a_timeline(executor: Executor) -> None:
    regarded = concrete(SUPERS["Activity"].links["regarding"].target)
    assert set(regarded) == set(ENTITIES)
    for label in regarded:
        type_ = executor.core.type_map[label]
        assert isinstance(type_, GraphQLObjectType)
        assert str(type_.fields["timeline"].type) == "ActivityConnection!"


REGARDED = """UNWIND $rows AS row CREATE (n:$(row.labels) {uid: row.uid, source: 'timeline'})
CREATE (n)<-[:REGARDING]-(:Task:Activity:Record {uid: row.uid + '-1', source: 'timeline',
  startedAt: datetime('2026-01-01T00:00:00Z')}), (n)<-[:REGARDING]-(with:Email:Activity:Record
  {uid: row.uid + '-2', source: 'timeline', startedAt: datetime('2026-01-02T00:00:00Z')}),
  (other:Email:Activity:Record {uid: row.uid + '-3', source: 'timeline', startedAt: datetime('2026-01-03T00:00:00Z')})
FOREACH (party IN CASE WHEN n:Party THEN [n] ELSE [] END |
  CREATE (party)-[:PARTICIPATED_IN {role: 'TO'}]->(with), (party)-[:PARTICIPATED_IN {role: 'CC'}]->(with)
  CREATE (party)-[:PARTICIPATED_IN {role: 'TO'}]->(other))
RETURN count(*)"""
REMOVED = "MATCH (n:Record {source: 'timeline'}) DETACH DELETE n RETURN count(*)"


async def test_a_timeline_has_the_activities_about_or_with_the_record_once(executor: Executor, store: Store) -> None:
    rows = [{"labels": list(one.labels), "uid": f"timeline-{label}"} for label, one in ENTITIES.items()]
    await store.writes.change(Bound("removed", REMOVED, {}))
    await store.writes.change(Bound("regarded", REGARDED, {"rows": rows}))
    query = """query ($id: ID!) { node(id: $id) { timeline { totalCount nodes { id } }
      tasks: timeline(kinds: [TASK]) { nodes { id } } last: timeline(last: 1) { nodes { id } } } }"""
    for label, one in ENTITIES.items():
        uid = f"timeline-{label}"
        node = (await answered(executor, query, {"id": uid}))["node"]
        numbers = (3, 2, 1) if "Party" in one.labels else (2, 1)
        assert [found["id"] for found in node["timeline"]["nodes"]] == [f"{uid}-{number}" for number in numbers]
        assert node["timeline"]["totalCount"] == len(numbers)
        assert node["tasks"]["nodes"] == node["last"]["nodes"] == [{"id": f"{uid}-1"}]
    await store.writes.change(Bound("removed", REMOVED, {}))
