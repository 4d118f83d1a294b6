"""Reports on the demo world and on real data, run for the demo world's own user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from graph.access import Principal
from reports.catalog import find
from reports.execution import ReportRequest, Result
from reports.execution import run as run_report
from schema.execution import Executor
from seed.world.generate import you
from tests.schema.conftest import Ask, ask, executor, fill, world
from tests.schema.test_real_data import only, source

__all__ = ["Ask", "ask", "executor", "fill", "only", "source", "world"]

MOMENT = datetime(2026, 7, 1, 12, tzinfo=UTC)

Run = Callable[..., Awaitable[Result]]
Results = Callable[..., Awaitable[Result]]

# The accounts `d` at and below the account with the id `$id` at the time `$at`.
GROUP = """MATCH (a:Account {uid: $id})
MATCH (d:Account) (()-[r:CHILD_OF WHERE r.hierarchy = 'CRM' AND coalesce(r.validFrom <= $at, true)
  AND coalesce(r.validTo > $at, true)]->()){0,30} (a)"""
LARGEST = "{ accounts(first: 1, orderBy: [{ rollup: { won: DESC } }]) { nodes { id } } }"


@pytest.fixture
def run(executor: Executor) -> Run:
    """Runs a report about records, by default the day after the last one of the demo world."""

    async def running(name: str, *about: str, moment: datetime = MOMENT, principal: Principal | None = None) -> Result:
        return await run_report(find(name), executor, ReportRequest(principal or Principal(you()), about, moment))

    return running


@pytest.fixture(scope="session")
def kept() -> dict[str, Result]:
    """The results of the reports on the demo world."""
    return {}


@pytest.fixture
async def largest(ask: Ask, world: None) -> str:
    """The id of the account of the demo world with the largest won revenue."""
    return str((await ask(LARGEST))["accounts"]["nodes"][0]["id"])


@pytest.fixture
def results(run: Run, largest: str, kept: dict[str, Result]) -> Results:
    """Returns the result of a report on the demo world, about its largest account or about the caller."""

    async def result(name: str, *, again: bool = False) -> Result:
        about = (largest,) if find(name).about == "Account" else ()
        if again:
            return await run(name, *about)
        if name not in kept:
            kept[name] = await run(name, *about)
        return kept[name]

    return result
