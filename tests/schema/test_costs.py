"""Requests that would cost too much are refused or planned quickly, and never hold up the event loop."""

from __future__ import annotations

import asyncio
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from neo4j.exceptions import CypherSyntaxError

from graph.access import Principal
from graph.store import Bound, Store
from schema.execution import Answer, Executor
from schema.limits import DocumentLimits, Limits

FILTERED = "query ($where: AccountWhere) { accounts(first: 1, where: $where) { totalCount } }"
ORDERED = "query ($order: [AccountOrder!]) { accounts(first: 1, orderBy: $order) { totalCount } }"
LONGEST_PAUSE = 3.0


async def timed(executor: Executor, query: str, variables: dict[str, Any] | None = None) -> Answer:
    """The answer to a request, during which the event loop must not pause."""
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0.005)
            longest = max(longest, time.perf_counter() - started)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    answer = await executor.execute(query, variables, None, principal=Principal())
    await asyncio.sleep(0.01)
    ticking.cancel()
    assert longest < LONGEST_PAUSE
    return answer


def linked(levels: int, quantifier: str, *, negated: bool = False) -> dict[str, Any]:
    """A filter that follows so many links, each with a quantifier and, if negated, below a `not`."""
    where: dict[str, Any] = {"name": {"eq": "x"}}
    for level in range(levels):
        where = {"accounts" if level % 2 == 0 else "contacts": {quantifier: where}}
        where = {"not": where} if negated else where
    return where


def within(levels: int, *operators: str) -> dict[str, Any]:
    """A filter in so many levels of operators, which take turns."""
    where: dict[str, Any] = {"name": {"eq": "x"}}
    for level in range(levels):
        operator = operators[level % len(operators)]
        where = {operator: where if operator == "not" else [where]}
    return where


def literal(value: Any) -> str:
    """A value as a literal of GraphQL."""
    if isinstance(value, dict):
        return f"{{ {' '.join(f'{key}: {literal(one)}' for key, one in value.items())} }}"
    return f"[{' '.join(map(literal, value))}]" if isinstance(value, list) else f'"{value}"'


@pytest.mark.parametrize(("quantifier", "negated"), [("all", False), ("none", False), ("some", True), ("all", True)])
async def test_negated_filters_are_planned_in_time_that_grows_with_their_length(
    quantifier: str, negated: bool, executor: Executor
) -> None:
    started = time.perf_counter()
    where = linked(4 if negated else 6, quantifier, negated=negated)
    answer = await executor.execute(FILTERED, {"where": where}, None, principal=Principal())
    assert "errors" not in answer.body
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (within(50, "not"), "more than 12 levels deep"),
        (within(100, "not"), "more than 64 levels deep"),
        (within(13, "or", "and"), "more than 12 levels deep"),
        (linked(14, "some"), "more than 12 levels deep"),
        ({"or": [{"name": {"eq": "x"}}] * 100}, "more than 100 conditions"),
        ({"or": [{"contacts": {"some": {"fullName": {"eq": "x"}}}}] * 20}, "more than 100 conditions"),
        ({"or": [{"rollup": {"won": {"gt": 1}}}] * 21}, "more than 100 conditions"),
        ({"or": [{}] * 8000}, "more than 100 conditions"),
        (
            {"or": [{"name": dict.fromkeys(("eq", "ne", "gt", "lt", "gte", "lte"), "x")}] * 17},
            "more than 100 conditions",
        ),
        ({"name": {"in": ["x"] * 100_000}}, "more than 100000 values"),
        ({"or": [{}] * 10_000}, "more than 100000 values"),
        (within(70, "or", "and"), "more than 64 levels deep"),
    ],
)
async def test_a_large_filter_is_refused(where: dict[str, Any], message: str, executor: Executor) -> None:
    answer = await timed(executor, FILTERED, {"where": where})
    (error,) = answer.body["errors"]
    assert answer.status == "invalid"
    assert error["extensions"]["code"] == "TOO_EXPENSIVE"
    assert error["extensions"]["field"] in ("where", "variables")
    assert message in error["message"]


async def test_the_conditions_of_all_filters_of_a_request_are_counted(executor: Executor) -> None:
    where = literal({"or": [{"name": {"eq": "x"}}] * 40})
    roots = " ".join(f"a{at}: accounts(first: 1, where: {where}) {{ totalCount }}" for at in range(3))
    answer = await timed(executor, f"{{ {roots} }}")
    (error,) = answer.body["errors"]
    assert "more than 100 conditions" in error["message"]
    assert error["locations"]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ([{"name": "ASC"}] * 1000, "TOO_EXPENSIVE"),
        ([{"rollup": {"won": "ASC"}}] * 9, "TOO_EXPENSIVE"),
        ([{"name": "ASC"}, {"city": "ASC"}, {"name": "DESC"}], "INVALID"),
        ([{"rollup": {"won": "ASC"}}, {"rollup": {"won": "ASC"}}], "INVALID"),
    ],
)
async def test_a_long_order_and_a_repeated_key_are_refused(order: list[Any], code: str, executor: Executor) -> None:
    answer = await timed(executor, ORDERED, {"order": order})
    (error,) = answer.body["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["field"] == "orderBy"


def aliases(number: int, field: str) -> str:
    """A field under so many aliases."""
    return " ".join(f"a{at}: {field}" for at in range(number))


REGARDING = "regarding { ... on Activity { NEXT } ... on Account { name } }"
CONTACTS = "contacts(first: 1000) { totalCount }"


def regarding(levels: int) -> str:
    """Interfaces within interfaces: a short document with a field for each combination of types."""
    text = "id"
    for _ in range(levels):
        text = REGARDING.replace("NEXT", text)
    return f"{{ emails(first: 1) {{ nodes {{ {text} }} }} }}"


@pytest.mark.parametrize(
    "query",
    [
        f"{{ {aliases(11, '__schema { queryType { name } }')} }}",
        "{ " + aliases(5, "__schema { types { " + aliases(6, "name") + " } }") + " }",
        "{ __schema { ...S } } fragment S on __Schema { types { ...T } } fragment T on __Type { "
        + aliases(20, "fields { name }")
        + " }",
        "{ " + aliases(61, "__typename") + " }",
        regarding(5),
        regarding(12),
        "{ accounts(first: 1) { nodes { "
        + aliases(59, "contacts(first: 1) { nodes { owner { id } accounts(first: 1) { nodes { id } } } }")
        + " } } }",
        'query { search(text: "a", first: 1000) { node { ... on Account { contacts(first: 1000) { totalCount } } } } }',
        'query { knows(to: "a", first: 1000) { from { ... on User { accounts(first: 1000) { totalCount } } } } }',
        'query { introductions(to: "a", first: 1000) { hops { to { ... on Contact { accounts(first: 1000) { totalCount } } } } } }',  # noqa: E501
        "query { productRules(first: 10000) { antecedent { children(first: 1000) { totalCount } } } }",
        f"query {{ accounts(first: 100) {{ nodes {{ crossSell(first: 1000) {{ product {{ id }} }} {CONTACTS} }} }} }}",
        "query { accounts(first: 100) { nodes { orgChart { seats { contact { accounts(first: 1000) { totalCount } } } } } } }",  # noqa: E501
        "{ accounts { totalCount } " + "," * 200_000 + " }",
        "{ accounts(where: {" + " ".join(f"name{at}: 1" for at in range(201)) + "}) { totalCount } }",
    ],
)
async def test_what_was_not_counted_is_refused_with_a_limit(query: str, executor: Executor) -> None:
    answer = await timed(executor, query)
    (error,) = answer.body["errors"]
    assert error["extensions"]["code"] == "TOO_EXPENSIVE", error
    assert error["extensions"]["limit"]
    assert error["extensions"]["field"]


async def test_an_introspection_does_not_hold_up_others(executor: Executor) -> None:
    query = "{ __schema { types { name fields { name args { name type { name } } type { name ofType { name } } } } } }"
    answer = await timed(executor, query)
    assert len(answer.body["data"]["__schema"]["types"]) > 100


@pytest.mark.parametrize(
    "query",
    [
        "{ accounts(first: " + "5" * 5000 + ") { totalCount } }",
        "{ accounts(where: {numberOfEmployees: {gt: " + "5" * 5000 + "}}) { totalCount } }",
        "{ accounts(where: {numberOfEmployees: {gt: 3000000000}}) { totalCount } }",
        "{ accounts(where: {revenue: {gt: 1e400}}) { totalCount } }",
        "{ accounts(where: {revenue: {gt: -1e400}}) { totalCount } }",
        '{ accounts(where: {createdAt: {gt: "0001-01-01T00:00:00+14:00"}}) { totalCount } }',
        '{ accounts(where: {createdAt: {gt: "9999-12-31T23:59:59-05:00"}}) { totalCount } }',
        '{ accounts(where: {name: {eq: "\\ud800"}}) { totalCount } }',
        "{ " + " ".join(f"unknown{at}" for at in range(1900)) + " }",
        "{ " + " ".join(f"... on Accont{at} {{ a{at}: id }}" for at in range(300)) + " }",
        "{ accounts(where: {" + " ".join(f"namee{at}: 1" for at in range(200)) + "}) { totalCount } }",
    ],
)
async def test_what_cannot_be_parsed_or_does_not_exist_is_invalid_at_once(query: str, executor: Executor) -> None:
    answer = await timed(executor, query)
    assert answer.status == "invalid"
    for error in answer.body["errors"]:
        assert error["extensions"]["code"] == "INVALID", error
        assert error.get("locations") or error["extensions"]["field"]
        assert len(error["message"]) < 1100


@pytest.mark.parametrize(
    "value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-05:00", "2026-01-01", 5, "x" * 10**6]
)
async def test_a_timestamp_at_the_edge_in_a_variable_is_invalid(value: object, executor: Executor) -> None:
    answer = await timed(executor, FILTERED, {"where": {"createdAt": {"gt": value}}})
    assert answer.status == "invalid"
    assert answer.body["errors"][0]["extensions"]["code"] == "INVALID"
    assert answer.body["errors"][0]["extensions"]["field"] == "where.createdAt.gt"


async def test_many_values_in_variables_do_not_hold_up_others(executor: Executor) -> None:
    moments = ["2026-01-01T00:00:00Z"] * 5_000
    answer = await timed(executor, FILTERED, {"where": {"createdAt": {"in": moments}}})
    assert answer.status == "ok"


@pytest.mark.parametrize("amount", [1e17, 1e20, 1e300, -1e300, 9.3e16])
@pytest.mark.usefixtures("world")
async def test_an_amount_beyond_every_stored_one_is_compared(amount: float, executor: Executor) -> None:
    above = await timed(executor, FILTERED, {"where": {"revenue": {"gt": amount}}})
    known = await timed(executor, FILTERED, {"where": {"revenue": {"isNull": False}}})
    every = known.body["data"]["accounts"]["totalCount"]
    assert above.body["data"]["accounts"]["totalCount"] == (0 if amount > 0 else every)
    listed = await timed(executor, FILTERED, {"where": {"revenue": {"in": [amount]}}})
    assert listed.body["data"]["accounts"]["totalCount"] == 0


@pytest.mark.usefixtures("world")
async def test_the_root_fields_of_a_request_are_read_a_few_at_a_time(executor: Executor) -> None:
    answer = await timed(executor, "{ " + aliases(60, "accounts(first: 1) { totalCount }") + " }")
    assert len(answer.body["data"]) == 60


def test_every_limit_is_documented(project: Path) -> None:
    page = (project / "docs" / "http.md").read_text(encoding="utf-8")
    table = page[page.index("## Limits") : page.index("## Developing")]
    for limits in (DocumentLimits(), Limits()):
        for field in fields(limits):
            assert f"| {getattr(limits, field.name)} |" in table, field.name


async def test_too_expensive_has_one_status_before_and_during_the_execution(
    executor: Executor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = store.reads.ask

    async def slow(bound: Bound) -> Any:
        return await ask(Bound(bound.name, "UNWIND range(1, 1000000000) AS i RETURN sum(i)", {}))

    refused = await timed(executor, "{ accounts(first: 1001) { totalCount } }")
    monkeypatch.setattr(store.reads, "ask", slow)
    monkeypatch.setattr(store.reads, "seconds", 0.1)
    stopped = await executor.execute("{ accounts { totalCount } }", None, None, principal=Principal())
    for answer in (refused, stopped):
        (error,) = answer.body["errors"]
        assert (answer.status, "data" in answer.body) == ("invalid", False)
        assert error["extensions"]["code"] == "TOO_EXPENSIVE"
        assert error["locations"]


async def test_an_internal_error_is_no_outage_and_is_logged_with_its_cause(
    executor: Executor, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ask = store.reads.ask

    async def wrong(bound: Bound) -> Any:
        return await ask(replace(bound, text=f"{bound.text} AND"))

    monkeypatch.setattr(store.reads, "ask", wrong)
    answer = await executor.execute("{ accounts(first: 1) { totalCount } }", None, None, principal=Principal())
    (error,) = answer.body["errors"]
    assert error["extensions"]["code"] == "ERROR"
    assert error["locations"] == [{"line": 1, "column": 3}]
    assert [type(record.exc_info[1]) for record in caplog.records if record.exc_info] == [CypherSyntaxError]
