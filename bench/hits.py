"""The dbHits of every golden query, counted on the real server and kept in a committed table that may not rise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString, cast

import orjson
from neo4j import Query

from graph import indexes
from graph.access import Principal, unrestricted
from graph.settings import Settings
from graph.store import Bound, Reads, Store
from schema.execution import Executor, Options
from seed.world.writing import write

HERE = Path(__file__).resolve().parent
TABLE = HERE / "dbhits.json"
GOLDEN = HERE.parent / "tests" / "golden"
UNTIL = datetime(2026, 6, 30, tzinfo=UTC)

# The planner may choose a little differently as its statistics do; a lost index or limit costs far more than this.
SLACK, SPARE = 1.10, 5

Hits = Mapping[str, int]


class Profiled(Reads):
    """Reads that send every statement with PROFILE and add up what it cost."""

    hits = 0
    statements = 0

    async def ask(self, bound: Bound) -> Any:
        """As `Reads.ask`, counted."""
        async with self._session() as session:
            query = Query(cast("LiteralString", f"PROFILE {bound.text}"), {"name": bound.name}, self.seconds)
            result = await session.run(query, cast("dict[str, Any]", bound.parameters))
            record = await result.single()
            self.hits += _below((await result.consume()).profile or {})
            self.statements += 1
        return None if record is None else record[0]


def _below(profile: Mapping[str, Any]) -> int:
    mine = int(profile.get("args", {}).get("DbHits", 0))
    return mine + sum(_below(child) for child in profile.get("children", ()))


def golden(folder: Path = GOLDEN) -> dict[str, tuple[str, dict[str, Any]]]:
    """The golden queries by name, each with the variables its first line gives."""
    found = {}
    for path in sorted(folder.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        first = text.split("\n", 1)[0]
        variables = orjson.loads(first.removeprefix("# variables:")) if first.startswith("# variables:") else {}
        found[path.stem] = (text, variables)
    return found


async def counted(store: Store, database: str, queries: Mapping[str, tuple[str, dict[str, Any]]]) -> dict[str, int]:
    """The dbHits of each query, all its statements together; ValueError when one does not answer."""
    # Plans depend on statistics: all queries are planned on those of the world as it is now.
    await store.writes.autocommit(Bound("replan", "CALL db.prepareForReplanning()", {}), seconds=120)
    reads = Profiled(store.driver, database, 60.0, _unobserved)
    executor = Executor(reads, store.writes, Options(), policy=unrestricted)
    found = {}
    for name, (query, variables) in queries.items():
        reads.hits = reads.statements = 0
        answer = await executor.execute(query, variables, None, principal=Principal())
        if answer.body.get("errors"):
            raise ValueError(f"{name}: {answer.body['errors']}")
        found[name] = reads.hits
    return found


async def furnished(store: Store, settings: Settings) -> None:
    """Leaves exactly the small generated world of a fixed day in the database: what the golden queries ask about."""
    await indexes.install(store.writes)
    await write(store, settings, "small", 1, UNTIL, replace=True)


def recorded(table: Path = TABLE) -> dict[str, int]:
    """The committed table; empty when there is none."""
    return dict(json.loads(table.read_text())) if table.is_file() else {}


def record(found: Hits, table: Path = TABLE) -> None:
    """Writes the table, a query a line, in the order of their names."""
    table.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")


def risen(found: Hits, before: Hits, slack: float = SLACK) -> list[str]:
    """A sentence for every query that costs more than recorded, or was never recorded; nothing when all is well."""
    said = []
    for name, hits in sorted(found.items()):
        if name not in before:
            said.append(f"{name} is not in the table of dbHits; `make bench` records it.")
        elif hits > before[name] * slack + SPARE:
            said.append(
                f"{name} costs {hits:,} dbHits, {hits / max(before[name], 1):.2f} times the {before[name]:,} recorded."
            )
    return said


def _unobserved(_name: str, _seconds: float) -> None:
    """Nobody counts."""
