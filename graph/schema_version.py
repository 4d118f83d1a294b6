"""The version of the data in a graph: what is stored, and in which form. It is kept in the graph itself."""

from __future__ import annotations

from dataclasses import dataclass

from graph.store import Reads, Statement, Writes

FIRST = 1
"""The version of graphs that Kith 0.1.0 wrote, which did not store it."""
_UNUSED = {"01N50": "the version is the first node of its label", "01N52": "the version is the first with these"}

_READ = Statement(
    "schema_version.read",
    """OPTIONAL MATCH (stored:SchemaVersion)
WITH max(stored.version) AS version, head(collect(stored.backup)) AS backup
RETURN {version: version, backup: backup, empty: NOT EXISTS { MATCH (:Record) }} AS found""",
    expected=_UNUSED,
)

_WRITE = Statement(
    "schema_version.write",
    """MERGE (stored:SchemaVersion {name: 'graph'})
SET stored.version = $version, stored.backup = $backup, stored.changedAt = datetime()
RETURN stored.version AS version""",
    expected=_UNUSED,
)


@dataclass(frozen=True, slots=True)
class Stored:
    """The stored version of a graph, None without records, and the backup of an interrupted migration."""

    version: int | None
    backup: str | None


async def read(reads: Reads) -> Stored:
    """The version of a graph. Raises Unavailable."""
    found = await reads.ask(_READ.bind())
    if found["version"] is None:
        return Stored(None if found["empty"] else FIRST, None)
    return Stored(found["version"], found["backup"])


async def write(writes: Writes, version: int, backup: str | None = None) -> None:
    """Writes the version of a graph, and while a migration runs the backup that it began with. Raises Unavailable."""
    await writes.change(_WRITE.bind(version=version, backup=backup))
