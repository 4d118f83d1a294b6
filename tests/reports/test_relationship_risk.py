"""The relationship risk of a portfolio: its rules, its pages, and its figures against Cypher."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from graph.access import Principal
from graph.errors import Invalid
from graph.store import Bound, Store
from reports.catalog import find
from reports.execution import ReportRequest
from reports.execution import run as run_report
from schema.execution import Executor
from seed.world.generate import you
from tests.reports.conftest import GROUP, MOMENT, Run

OPEN = (
    f"{GROUP}\n"
    "WITH DISTINCT d MATCH (d)<-[:FOR_ACCOUNT]-(o:Opportunity {state: 'OPEN'}) RETURN count(DISTINCT o) AS deals"
)


async def test_the_accounts_at_risk_come_first_and_follow_the_definition(world: None, run: Run, store: Store) -> None:
    result = await run("relationship-risk")
    rows = result.tables["accounts"].rows
    assert rows
    order = {"act": 0, "watch": 1, "": 2}
    assert [order[row["risk"]] for row in rows] == sorted(order[row["risk"]] for row in rows)
    for row in rows:
        weak = row["health"] is None or row["health"] < 40
        assert (row["risk"] == "act") == (weak and row["deals"] > 0)
        assert (row["why"] is not None) == (row["health"] is None)
    for row in rows[:5]:
        direct = (await store.reads.records(Bound("test.open", OPEN, {"id": row["id"], "at": MOMENT})))[0]
        assert direct["deals"] == row["deals"]


async def test_the_people_to_get_to_know_are_key_people_without_a_tie(world: None, run: Run) -> None:
    result = await run("relationship-risk")
    people = result.tables["people"].rows
    assert len({row["id"] for row in people}) == len(people)
    assert all((row["tie"] or 0) < 40 for row in people)


async def test_pages_of_a_portfolio_are_put_together(world: None, executor: Executor) -> None:
    report = find("relationship-risk")
    whole = await run_report(report, executor, ReportRequest(Principal(you()), (), MOMENT))
    paged = _with_pages_of(report, 4)
    found = await run_report(paged, executor, ReportRequest(Principal(you()), (), MOMENT))
    assert [row["id"] for row in found.tables["accounts"].rows] == [row["id"] for row in whole.tables["accounts"].rows]
    assert found.tables["accounts"].missing == 0


def _with_pages_of(report: Any, size: int) -> Any:
    assert "first: 50" in report.query
    return replace(report, query=report.query.replace("first: 50", f"first: {size}"))


async def test_a_report_without_a_subject_and_without_a_caller_is_refused(world: None, run: Run) -> None:
    with pytest.raises(Invalid, match="is about one record of type User"):
        await run("relationship-risk", principal=Principal(None))
