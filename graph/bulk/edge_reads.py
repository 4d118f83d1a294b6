"""Reads the relationships against which rows are judged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from graph.bulk.batch import BATCH, batches
from graph.bulk.edge_statements import REMOVED_EDGES, room_text, stored_text
from graph.bulk.invariants import EdgeRow, Invariants, StoredEdge, invariants
from graph.store import Bound, Reads

Pattern = tuple[str, str, str]
"""The type of a relationship, and the concrete labels of its start and end."""


def edges_from(rules: Invariants, rows: Iterable[Sequence[Any]]) -> list[StoredEdge]:
    """The relationships that `room_text` and `stored_text` select."""
    return [
        StoredEdge(
            id_, start, end, key, source,
            begins and begins.to_native(), ends and ends.to_native(),
            dict(zip(rules.reads, values, strict=True)), (names[0], names[1]), provenance,
        )
        for id_, start, end, key, source, begins, ends, values, names, provenance in rows
    ]  # fmt: skip


def ends_of(per: str, rows: Iterable[EdgeRow]) -> list[dict[str, Any]]:
    """The rows as `room_text` takes them."""
    if per == "start":
        return [{"uid": row.start, "other": row.end, "key": row.key} for row in rows]
    return [{"uid": row.end, "other": row.start, "key": row.key} for row in rows]


async def stored_edges(reads: Reads, edge: str, start: str, end: str) -> AsyncIterator[StoredEdge]:
    """Reads every relationship of a type between two labels, page by page. Raises KeyError, Unavailable."""
    rules, text, after = invariants(edge, start, end), stored_text(edge, start, end), ""
    while page := await reads.records(Bound("bulk.stored_edges", text, {"after": after, "first": BATCH})):
        for record in page:
            for one in edges_from(rules, record["edges"]):
                yield one
        after = page[-1]["uid"]


async def removed_edges(reads: Reads, rows: Iterable[EdgeRow]) -> list[str]:
    """What is remembered of relationships that people removed from the starts of the rows."""
    found: list[str] = []
    for uids in batches({row.start for row in rows}):
        found += await reads.ask(REMOVED_EDGES.bind(uids=uids))
    return found


async def edges_of(reads: Reads, pattern: Pattern, rows: Iterable[EdgeRow]) -> AsyncIterator[StoredEdge]:
    """Reads the relationships that could be in a group with the rows. Raises KeyError, Unavailable."""
    rules, listed = invariants(*pattern), list(rows)
    for per in sorted({rule.per for rule in rules.at_most_one}):
        for ends in batches(ends_of(per, listed)):
            bound = Bound("bulk.edges_of", room_text(*pattern, per), {"rows": ends})
            for one in edges_from(rules, await reads.ask(bound)):
                yield one
