"""What a batched writer asks of hierarchies: the relationships that are stored, and the end of some."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from graph.bulk import statements
from graph.bulk.merge import BATCH, batches, moment_sent, sent
from graph.store import Bound, Reads, Writes


@dataclass(frozen=True, slots=True)
class Stored:
    """A relationship of the graph between two records of one label."""

    start: str
    end: str
    key: str | None
    source: str | None
    hierarchy: str | None
    begins: datetime | None
    ends: datetime | None


async def stored_edges(reads: Reads, edge: str, label: str) -> AsyncIterator[Stored]:
    """Every relationship of that type between records of that label, read page by page."""
    after = ""
    text = statements.stored_edges(edge, label)
    while True:
        page = await reads.records(Bound("bulk.stored_edges", text, {"after": after, "first": BATCH}))
        if not page:
            return
        for row in page:
            start, end, key, source, hierarchy, begins, ends = row.values()
            if end is not None:
                yield Stored(start, end, key, source, hierarchy, _native(begins), _native(ends))
        after = page[-1]["a.uid"]


async def end_edges(writes: Writes, edge: str, label: str, ended: Sequence[tuple[Stored, datetime]]) -> int:
    """Open relationships ended at a moment (deleted where their kind has no end); how many were open."""
    count = 0
    for batch in batches(ended):
        rows = [
            {"start": one.start, "end": one.end, "key": one.key, "hierarchy": one.hierarchy, "at": moment_sent(at)}
            for one, at in batch
        ]
        (done,) = await sent(writes, f"bulk.end_edges.{edge}", [(statements.end_edges(edge, label), {"rows": rows})])
        count += done
    return count


def _native(value: object) -> datetime | None:
    native: datetime | None = None if value is None else value.to_native()  # type: ignore[attr-defined]
    return native
