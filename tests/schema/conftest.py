"""A executor to GraphQL on the demo world, and a way to ask that counts statements."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.access import Principal, unrestricted
from graph.settings import Settings
from graph.store import Store
from schema.execution import Executor, Options
from seed.world.generate import you
from seed.world.writing import write
from tests.conftest import fill as fill  # noqa: PLC0414  tests that load data of their own take it from here
from tests.schema.mutations.stage import Stage

UNTIL = datetime(2026, 6, 30, tzinfo=UTC)

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="session")
def executor(store: Store) -> Executor:
    """The executor to GraphQL; it outlives what is in the graph."""
    return Executor(store.reads, store.writes, Options(), policy=unrestricted)


@pytest.fixture
async def world(store: Store, settings: Settings) -> None:
    """The small demo world, as of a fixed day."""
    await fill(store, "world", lambda: write(store, settings, "small", 1, UNTIL, replace=True))


@pytest.fixture
def ask(executor: Executor, sent: list[str]) -> Ask:
    """Asks and gives `data`; fails on errors, and when the number of statements is not the stated one."""

    async def asked(query: str, variables: dict[str, Any] | None = None, *, statements: int = 1) -> Any:
        before = len(sent)
        answer = await executor.execute(query, variables, None, principal=Principal(you()))
        assert "errors" not in answer.body, answer.body["errors"]
        assert len(sent) - before == statements, sent[before:]
        return answer.body["data"]

    return asked


@pytest.fixture
def refused(executor: Executor) -> Ask:
    """Asks and gives the first error; fails without one."""

    async def asked(query: str, variables: dict[str, Any] | None = None) -> Any:
        answer = await executor.execute(query, variables, None, principal=Principal(you()))
        return answer.body["errors"][0]

    return asked


@pytest.fixture
async def stage(store: Store, executor: Executor) -> Stage:
    """A stage for verbs, with nothing else in the graph."""

    async def nothing() -> None:
        """An empty graph."""

    await fill(store, "verbs", nothing)
    return Stage(executor, store)
