"""The dbHits of the golden queries, measured with PROFILE and compared with a committed table."""

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

# Statistics may change a plan slightly; a lost index or limit costs far more than this.
RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1.10, 5

Hits = Mapping[str, int]
Profile = tuple[str, Mapping[str, Any]]


class ProfiledReads(Reads):
    """Runs every statement with PROFILE and keeps its text and its profile."""

    def __init__(self, store: Store, database: str) -> None:
        super().__init__(store.driver, database, 60.0, _unobserved)
        self.profiles: list[Profile] = []

    async def ask(self, bound: Bound) -> Any:
        """Runs a statement like `Reads.ask` and keeps its profile."""
        async with self._session() as session:
            query = Query(cast("LiteralString", f"PROFILE {bound.text}"), {"name": bound.name}, self.seconds)
            result = await session.run(query, cast("dict[str, Any]", bound.parameters))
            record = await result.single()
            self.profiles.append((bound.text, (await result.consume()).profile or {}))
        return None if record is None else record[0]


def total_hits(profile: Mapping[str, Any]) -> int:
    """Returns the dbHits of a profile, with those of all its parts."""
    own = int(profile.get("args", {}).get("DbHits", 0))
    return own + sum(total_hits(child) for child in profile.get("children", ()))


def golden(folder: Path = GOLDEN) -> dict[str, tuple[str, dict[str, Any]]]:
    """Returns the golden queries by name, each with the variables in its first line."""
    found = {}
    for path in sorted(folder.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        first = text.split("\n", 1)[0]
        variables = orjson.loads(first.removeprefix("# variables:")) if first.startswith("# variables:") else {}
        found[path.stem] = (text, variables)
    return found


async def count(store: Store, database: str, queries: Mapping[str, tuple[str, dict[str, Any]]]) -> dict[str, int]:
    """Returns the dbHits of each query over all its statements. Raises ValueError when a query fails."""
    found = await profiles(store, database, queries)
    return {name: sum(total_hits(profile) for _, profile in statements) for name, statements in found.items()}


async def profiles(
    store: Store, database: str, queries: Mapping[str, tuple[str, dict[str, Any]]]
) -> dict[str, list[Profile]]:
    """Returns the text and the profile of each statement of each query. Raises ValueError when a query fails."""
    # Plans depend on statistics: plan all queries again with those of the current data.
    await store.writes.autocommit(Bound("replan", "CALL db.prepareForReplanning()", {}), seconds=120)
    reads = ProfiledReads(store, database)
    executor = Executor(reads, store.writes, Options(), policy=unrestricted)
    found = {}
    for name, (query, variables) in queries.items():
        reads.profiles = []
        answer = await executor.execute(query, variables, None, principal=Principal())
        if answer.body.get("errors"):
            raise ValueError(f"{name}: {answer.body['errors']}")
        found[name] = reads.profiles
    return found


async def write_world(store: Store, settings: Settings) -> None:
    """Replaces the graph with the small demo world of a fixed date, which the golden queries read."""
    await indexes.install(store.writes)
    await write(store, settings, "small", 1, UNTIL, replace=True)


def read_table(table: Path = TABLE) -> dict[str, int]:
    """Returns the committed table, or an empty one when the file does not exist."""
    return dict(json.loads(table.read_text())) if table.is_file() else {}


def write_table(found: Hits, table: Path = TABLE) -> None:
    """Writes the table with one line per query, sorted by name."""
    table.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")


def regressions(found: Hits, before: Hits) -> list[str]:
    """Returns a message for every query that costs more than recorded or is not recorded."""
    messages = []
    for name, hits in sorted(found.items()):
        if name not in before:
            messages.append(f"{name} is not in the table of dbHits; `make bench` adds it.")
        elif hits > before[name] * RELATIVE_TOLERANCE + ABSOLUTE_TOLERANCE:
            messages.append(
                f"{name} costs {hits:,} dbHits, {hits / max(before[name], 1):.2f} times the {before[name]:,} recorded."
            )
    return messages


def _unobserved(_name: str, _seconds: float) -> None:
    """Ignores the observation."""
