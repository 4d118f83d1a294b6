"""Every golden query: one statement a root field, the same answer both ways, planned without a remark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import neo4j
import orjson
import pytest

from graph.access import UNRESTRICTED, Principal
from graph.store import Bound, Store
from schema.execution import Executor
from schema.limits import Limits
from schema.planning.plan import Plan, Root, planned
from schema.request import Request

GOLDEN = sorted(Path(__file__).parent.parent.joinpath("golden").glob("*.graphql"))
NAMES = [path.stem for path in GOLDEN]

pytestmark = pytest.mark.usefixtures("world")


def read(path: Path) -> tuple[str, dict[str, Any]]:
    """A golden query with the variables its first line gives."""
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    variables = json.loads(first.removeprefix("# variables:")) if first.startswith("# variables:") else {}
    return text, variables


@pytest.mark.parametrize("path", GOLDEN, ids=NAMES)
async def test_a_golden_query_is_one_statement_a_root_field_and_the_same_both_ways(
    path: Path, executor: Executor, sent: list[str]
) -> None:
    query, variables = read(path)
    operation = next(iter(executor.document(query).operations.values()))
    roots = operation.selection_set.selections
    before = len(sent)
    compiled = await executor.execute(query, variables, None, principal=Principal())
    assert "errors" not in compiled.body, compiled.body
    assert len(sent) - before == len(roots)
    ordinary = await executor.execute(query, variables, None, principal=Principal(), ordinary=True)
    assert orjson.dumps(compiled.body) == orjson.dumps(ordinary.body)
    assert any(value for value in compiled.body["data"].values())


@pytest.mark.parametrize("path", GOLDEN, ids=NAMES)
async def test_a_golden_statement_plans_without_a_notification(
    path: Path, executor: Executor, driver: neo4j.AsyncDriver
) -> None:
    plan, _ = plan_of(executor, *read(path))
    for root in plan.roots:
        assert isinstance(root, Root)
        parameters = dict.fromkeys((*(name for name, _ in root.parameters), *root.ambient))
        async with driver.session() as session:
            summary = await (await session.run("EXPLAIN " + root.text, parameters)).consume()
        remarks = [one.status_description for one in summary.gql_status_objects if one.is_notification]
        assert not remarks, f"{remarks}\n{root.text}"


@pytest.mark.parametrize("path", GOLDEN, ids=NAMES)
async def test_golden_lookups_have_the_same_answer_when_they_are_joined(
    path: Path, executor: Executor, store: Store, driver: neo4j.AsyncDriver
) -> None:
    query, variables = read(path)
    plan, values = plan_of(executor, query, variables)
    constants = {"currency": "USD", "unit": 100.0, "tieK": 1.15}
    request = Request(store.reads, UNRESTRICTED, Principal(), constants, variables)
    for bound in (root.bound(values, request) for root in plan.roots if isinstance(root, Root)):
        if bound.join is None:
            continue
        varying = {name: bound.parameters[name] for name in bound.join.varying}
        same = {name: value for name, value in bound.parameters.items() if name not in varying}
        items = [{"at": 0, **varying}, {"at": 1, **varying, **dict.fromkeys(varying.keys() - {"now"}, "missing")}]
        async with driver.session() as session:
            summary = await (await session.run("EXPLAIN " + bound.join.text, {**same, "items": items})).consume()
        assert not [one for one in summary.gql_status_objects if one.is_notification]
        alone = await store.reads.records(bound)
        (joined,) = await store.reads.records(Bound("joined", bound.join.text, {**same, "items": items}))
        assert joined["answers"] == [[0, one["answer"]] for one in alone]


def plan_of(executor: Executor, query: str, variables: dict[str, Any]) -> tuple[Plan, Any]:
    """The plan of a query, and its coerced variables."""
    document = executor.document(query)
    operation = next(iter(document.operations.values()))
    values = coerced(executor, operation, variables)
    plan = planned(
        executor.core, operation, document.fragments, values,
        access=UNRESTRICTED.shape, base="USD", limits=Limits(),
    )  # fmt: skip
    return plan, values


def coerced(executor: Executor, operation: Any, variables: dict[str, Any]) -> Any:
    """The variables as graphql-core coerces them."""
    from graphql.execution import get_variable_values

    values = get_variable_values(executor.core, operation.variable_definitions or (), variables)
    assert not isinstance(values, list), values
    return values.coerced
