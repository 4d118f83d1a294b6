"""Schedules of a user, and schedulers as processes have them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.access import Policy, Principal, unrestricted
from graph.settings import Settings
from graph.store import Bound, Store
from reports.rendering import Renderer
from reports.scheduler import Scheduler
from schema.execution import Executor
from schema.execution import Options as Limits
from tests.conftest import fill
from tests.schema.mutations.stage import Stage

STATE = """runStatus lastError lastDelivery failures retryAt lastDueAt lastRunAt nextRunAt userId version"""
QUERY = f"query ($id: ID!) {{ reportSchedule(id: $id) {{ {STATE} }} }}"
DAY = timedelta(days=1)


class Scheduled:
    """A schedule of a caller, and schedulers that run it."""

    def __init__(self, stage: Stage, uid: str, first: datetime) -> None:
        self.stage, self.uid, self.first = stage, uid, first

    async def state(self) -> dict[str, Any]:
        """Returns the state of its runs."""
        found: dict[str, Any] = (await self.stage.ask(QUERY, id=self.uid))["reportSchedule"]
        return found


def tomorrow() -> datetime:
    """A time after which a new schedule is due."""
    return (datetime.now(UTC) + DAY).replace(hour=7, minute=0, second=0, microsecond=0)


async def schedule(stage: Stage, about: str | None, **values: Any) -> Scheduled:
    """Creates a daily schedule, by default of the group rollup as HTML into the folder."""
    first = tomorrow()
    given = {
        "name": "Every morning", "report": "group-rollup", "aboutId": about, "format": "HTML", "repeats": "DAY",
        "startsAt": first.isoformat(), "delivery": "FOLDER", **values,
    }  # fmt: skip
    created = await stage.do("createReportSchedule", given)
    return Scheduled(stage, created["id"], first)


async def load(executor: Executor, store: Store) -> None:
    """Leaves two users and an account in the graph."""
    stage = Stage(executor, store)
    await stage.do("createUser", {"name": "Lea Lead", "emailAddress1": "lea@alder.example"})
    await stage.do("createUser", {"name": "Otto Other"})
    await stage.do("createAccount", {"name": "Alder"})


async def named(store: Store, name: str) -> str:
    """The id of a user or an account."""
    return str(await store.reads.ask(Bound("named", "MATCH (n:Party {name: $name}) RETURN n.uid", {"name": name})))


@pytest.fixture
async def stage(executor: Executor, store: Store) -> AsyncIterator[Stage]:
    """Mutations by a user; no schedule is left behind."""
    await fill(store, "schedules", lambda: load(executor, store))
    yield Stage(executor, store, await named(store, "Lea Lead"))
    gone = "MATCH (n:ReportSchedule) DETACH DELETE n RETURN count(*)"
    await Stage(executor, store).write(gone)


@pytest.fixture
async def other(executor: Executor, store: Store, stage: Stage) -> Stage:
    """Mutations by another user."""
    return Stage(executor, store, await named(store, "Otto Other"))


@pytest.fixture
async def account(store: Store, stage: Stage) -> str:
    """The id of the account."""
    return await named(store, "Alder")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of reports."""
    return tmp_path / "reports"


def scheduler(
    store: Store, folder: Path, *, policy: Policy = unrestricted, told: list[str] | None = None, **settings: object
) -> Scheduler:
    """A scheduler as a process has one."""
    executor = Executor(store.reads, store.writes, Limits(), policy=policy)
    read = Settings.read(reports=folder, **settings)

    async def principal_of(user: str | None) -> Principal:
        return Principal(user)

    notify = (told if told is not None else []).append
    return Scheduler(store, executor, Renderer(), read, notify, principal_of=principal_of)


def files(folder: Path) -> list[Path]:
    """The files in the folder of reports."""
    return sorted(folder.iterdir()) if folder.exists() else []


def block(folder: Path) -> None:
    """Puts a file where the folder of reports should be."""
    folder.write_text("a file")


def unblock(folder: Path) -> None:
    """Removes that file."""
    folder.unlink()
