"""A store for loads, and a desk to try them on: files and a mapping in, counts and rejected rows out."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph import indexes
from graph.engine import Server
from graph.money import Rates
from graph.store import Bound, Store, connect
from seed.load.execution import load
from seed.load.plan import build_plan
from seed.load.rejects import Rejects
from seed.load.steps import TableCounts

RATES = Rates("USD", {"EUR": Decimal("1.25")})


@pytest.fixture(scope="session")
async def store(server: Server) -> AsyncIterator[Store]:
    """A store on the server of this run, with constraints and indexes."""
    address = (server.uri, server.user, server.password)
    async with connect(*address, database=server.database, seconds=120) as opened:
        await indexes.install(opened.writes)
        yield opened


@dataclass
class Desk:
    """A folder of source files and a way to load it; what it loaded is removed after the test."""

    store: Store
    folder: Path
    rejects: Path
    source: str = "desk"

    def write(self, name: str, content: str | bytes) -> Path:
        """A file of the source."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def mapping(self, text: str) -> str:
        """The path of a mapping with that text; `source` is put in front."""
        path = self.folder.parent / "desk.toml"
        path.write_text(f'source = "{self.source}"\n{text}', "utf-8")
        return str(path)

    def complaints(self, text: str) -> list[str]:
        """What is wrong with the mapping, as the operator reads it."""
        planned, complaints = build_plan(self.mapping(text), self.folder, RATES)
        assert (planned is None) == bool(complaints)
        return [str(one) for one in complaints]

    async def load(self, text: str, *, overwrite: bool = False) -> dict[str, TableCounts]:
        """Loads the folder; the counts by table."""
        return await self.by(self.mapping(text), self.folder, overwrite=overwrite)

    async def by(self, mapping: str, folder: Path, *, overwrite: bool = False) -> dict[str, TableCounts]:
        """Loads a folder by a mapping; the counts by table, those of tables with the same title added up."""
        planned, complaints = build_plan(mapping, folder, RATES)
        assert not complaints, "\n".join(map(str, complaints))
        assert planned is not None
        self.source = planned.mapping.source
        with Rejects(self.rejects) as rejects:
            lines = await load(self.store, planned, rejects, overwrite=overwrite)
        found: dict[str, TableCounts] = {}
        for line in lines:
            one = found.setdefault(line.title, TableCounts(line.type, line.note))
            one.created += line.created
            one.changed += line.changed
            one.unchanged += line.unchanged
            one.rejected += line.rejected
            one.conflicts += line.conflicts
        return found

    def rejected(self) -> list[tuple[str, int, str, str, str]]:
        """The rejected rows of the last load: file, line, column, value, reason."""
        with self.rejects.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            return [(one["file"], int(one["line"]), one["column"], one["value"], one["reason"]) for one in rows]

    async def ask(self, text: str, **parameters: Any) -> Any:
        """The rows of a read, as lists; `$source` is this desk's source."""
        bound = Bound("test", text, {"source": self.source, **parameters})
        return [list(row.values()) for row in await self.store.reads.records(bound)]

    async def change(self, text: str, **parameters: Any) -> Any:
        """What a write gives."""
        return await self.store.writes.change(Bound("test", text, {"source": self.source, **parameters}))

    async def clear(self) -> None:
        """Removes everything of this desk's source."""
        text = "MATCH (n:Record {source: $source}) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
        await self.store.writes.autocommit(Bound("test", text, {"source": self.source}))


@pytest.fixture
async def desk(store: Store, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with an empty folder."""
    folder = tmp_path / "source"
    folder.mkdir()
    one = Desk(store, folder, tmp_path / "rejects.csv")
    yield one
    await one.clear()


def totals(lines: dict[str, TableCounts]) -> tuple[int, int, int]:
    """Created, changed and rejected over all tables."""
    every = lines.values()
    return sum(one.created for one in every), sum(one.changed for one in every), sum(one.rejected for one in every)
