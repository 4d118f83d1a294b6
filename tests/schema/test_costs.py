"""Requests that would cost too much are planned quickly or refused."""

from __future__ import annotations

import time
from typing import Any

import pytest

from graph.access import Principal
from schema.execution import Executor

FILTERED = "query ($where: AccountWhere) { accounts(first: 1, where: $where) { totalCount } }"


def linked(levels: int, quantifier: str, *, negated: bool = False) -> dict[str, Any]:
    """A filter that follows so many links, each with a quantifier and, if negated, below a `not`."""
    where: dict[str, Any] = {"name": {"eq": "x"}}
    for level in range(levels):
        where = {"accounts" if level % 2 == 0 else "contacts": {quantifier: where}}
        where = {"not": where} if negated else where
    return where


@pytest.mark.parametrize(("quantifier", "negated"), [("all", False), ("none", False), ("some", True), ("all", True)])
async def test_negated_filters_are_planned_in_time_that_grows_with_their_length(
    quantifier: str, negated: bool, executor: Executor
) -> None:
    started = time.perf_counter()
    answer = await executor.execute(
        FILTERED, {"where": linked(6, quantifier, negated=negated)}, None, principal=Principal()
    )
    assert "errors" not in answer.body
    assert time.perf_counter() - started < 5
