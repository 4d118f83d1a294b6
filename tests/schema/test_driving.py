"""Filters that start from the rarer side find the same records."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph.access import UNRESTRICTED
from schema.execution import Executor
from schema.planning.plan import Root
from tests.schema.conftest import Ask

pytestmark = pytest.mark.usefixtures("world")


def text(executor: Executor, query: str) -> str:
    """The statement of a query that was sent."""
    (root,) = executor.document(query).plans[None, UNRESTRICTED.shape, False][0].roots
    assert isinstance(root, Root)
    return root.text


@pytest.mark.parametrize(
    "condition",
    [
        '{contacts: {some: {jobTitle: {eq: "Chief Financial Officer"}}}}',
        '{contacts: {some: {jobTitle: {in: ["Head of Sales"]}}}, opportunities: {none: {state: {eq: LOST}}}}',
        '{contacts: {some: {jobTitle: {eq: "Chief Executive Officer"}, lastName: {gt: "K"}}}, name: {gt: "B"}}',
        '{contacts: {some: {edge: {isPrimary: {eq: true}}, node: {jobTitle: {eq: "Chief Executive Officer"}}}}}',
        '{contacts: {some: {jobTitle: {eq: "Nobody at all"}}}}',
    ],
)
async def test_the_same_records_from_either_side(ask: Ask, executor: Executor, condition: str) -> None:
    query = f"{{ accounts(first: 1000, where: {condition}) {{ nodes {{ id }} }} }}"
    plain = (await ask(query))["accounts"]["nodes"]
    assert "WITH DISTINCT" not in text(executor, query)
    found: list[dict[str, Any]] = []
    after, total = "", 1
    while len(found) < total:
        page = "totalCount nodes { id } pageInfo { endCursor }"
        query = f"{{ accounts(first: 7{after}, where: {condition}, orderBy: [{{name: DESC}}]) {{ {page} }} }}"
        driven = (await ask(query))["accounts"]
        assert "WITH DISTINCT" in text(executor, query)
        found += driven["nodes"]
        after, total = f", after: {json.dumps(driven['pageInfo']['endCursor'])}", driven["totalCount"]
    assert total == len(plain) == len(found)
    assert {one["id"] for one in found} == {one["id"] for one in plain}


@pytest.mark.parametrize(
    "condition",
    [
        "{opportunities: {some: {state: {eq: WON}}}}",  # an enumeration is not rare
        '{contacts: {none: {jobTitle: {eq: "Chief Financial Officer"}}}}',
        '{contacts: {some: {jobTitle: {eq: "chief financial officer", ignoreCase: true}}}}',
        '{or: [{contacts: {some: {jobTitle: {eq: "Chief Financial Officer"}}}}, {name: {gt: "X"}}]}',
        '{contacts: {some: {department: {eq: "Sales"}}}}',  # without an index
    ],
)
async def test_other_filters_start_from_all_records(ask: Ask, executor: Executor, condition: str) -> None:
    query = f"{{ accounts(first: 3, where: {condition}) {{ totalCount }} }}"
    await ask(query)
    assert "WITH DISTINCT" not in text(executor, query)
