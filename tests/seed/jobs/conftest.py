"""The import jobs of a server, on the store of the loads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graph import import_jobs
from graph.events import EventHeader
from graph.store import Bound, Store
from seed.jobs.runner import ImportRunner
from tests.conftest import wipe
from tests.seed.conftest import RATES

BUSY = ("CHECKING", "LOADING", "UNDOING")


@dataclass
class Office:
    """The jobs of one test; their records, events and nodes are removed after it."""

    store: Store
    runner: ImportRunner
    folder: Path

    async def upload(self, content: str | bytes, name: str = "customers.csv") -> str:
        """Uploads a file and returns the id of its job."""
        path = self.folder / "uploaded.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return await self.runner.upload(path, name, None)

    async def job(self, uid: str) -> dict[str, Any]:
        """The stored job."""
        return {"message": None, **await import_jobs.read(self.store.reads, uid)}

    async def ended(self, uid: str) -> dict[str, Any]:
        """The stored job, once its work has ended."""
        for _ in range(1200):
            job = await self.job(uid)
            if job["state"] not in BUSY:
                return job
            await asyncio.sleep(0.05)
        raise AssertionError(job)

    async def check(self, uid: str) -> dict[str, Any]:
        """Checks a job."""
        await self.runner.check(uid)
        return await self.ended(uid)

    async def load(self, uid: str) -> dict[str, Any]:
        """Loads a job."""
        await self.runner.start(uid, EventHeader("tester", "r1", uid))
        return await self.ended(uid)

    async def undo(self, uid: str) -> dict[str, Any]:
        """Undoes a job."""
        await self.runner.undo(uid, EventHeader("tester", "r2", uid))
        return await self.ended(uid)

    async def ask(self, text: str, **parameters: Any) -> Any:
        """The rows of a read, as lists."""
        return [list(row.values()) for row in await self.store.reads.records(Bound("test", text, parameters))]

    async def change(self, text: str, **parameters: Any) -> Any:
        """What a write gives."""
        return await self.store.writes.change(Bound("test", text, parameters))

    async def graph(self) -> tuple[Any, Any]:
        """All records and relationships with their properties, without what only an import keeps up to date."""
        nodes = "MATCH (n:Record) WITH n ORDER BY n.uid RETURN labels(n), properties(n)"
        edges = (
            "MATCH (a:Record)-[x]->(b:Record) WITH a, x, b ORDER BY a.uid, type(x), b.uid, x.validFrom"
            " RETURN a.uid, type(x), b.uid, properties(x)"
        )
        found = await self.ask(nodes)
        return [[labels, _without(values, "modifiedAt")] for labels, values in found], await self.ask(edges)


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


@pytest.fixture
async def office(store: Store, tmp_path: Path) -> AsyncIterator[Office]:
    """An empty graph, without the chain of events of other tests, and the jobs of a server."""
    one = Office(store, ImportRunner(store, tmp_path / "imports", RATES), tmp_path)
    await wipe(store)
    yield one
    await one.runner.close()
    await wipe(store)
