"""Collects the relationships that a batch writes, for its recorder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from neo4j import AsyncManagedTransaction

from graph.bulk.batch import value
from graph.bulk.edge_statements import ending_text
from graph.bulk.provenance import PROPERTY
from graph.bulk.recording import EdgeChange, Recorder, Written

Values = Mapping[str, Any]


class EdgeLog:
    """The relationships that one execution of a batch wrote; without a recorder it collects nothing."""

    def __init__(self, pattern: tuple[str, str, str], recorder: Recorder | None) -> None:
        self._pattern, self._recorder = pattern, recorder
        self._written = Written(pattern[0], pattern[1])

    def created(self, rows: Iterable[Values]) -> None:
        """Adds new relationships, as rows with `start`, `end` and packed properties."""
        for row in rows if self._recorder else ():
            after = {**row["values"], **{name: _timestamp(one) for name, one in row["at"].items()}}
            self._add(row, None, after)

    def updated(self, start: str, end: str, before: Values, changes: Values, provenance: str | None) -> None:
        """Adds a relationship of which properties were written."""
        after = {**before, **changes, PROPERTY: provenance or before.get(PROPERTY)}
        self._add({"start": start, "end": end}, before, after)

    async def endings(self, transaction: AsyncManagedTransaction, rows: Sequence[Values]) -> None:
        """Adds relationships that are about to end or to be deleted, as rows with `id`, `start`, `end` and `at`."""
        if self._recorder is None:
            return
        stored = dict(await value(transaction, ending_text(self._pattern[0]), rows=list(rows)))
        for row in rows:
            if (before := stored.get(row["id"])) is not None:
                kept = {name: one for name, one in before.items() if name != PROPERTY}
                after = None if row["at"] is None else {**kept, "validTo": _timestamp(row["at"])}
                self._add(row, before, after)

    async def close(self, transaction: AsyncManagedTransaction) -> None:
        """Passes what was collected to the recorder."""
        if self._recorder is not None:
            await self._recorder(transaction, self._written)

    def _add(self, row: Values, before: Values | None, after: Values | None) -> None:
        if self._recorder is not None:
            self._written.edges.append(EdgeChange(self._pattern, row["start"], row["end"], before, after))


def _timestamp(epoch: Sequence[int]) -> datetime:
    """The inverse of `graph.bulk.batch.epoch`."""
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=epoch[0], microseconds=epoch[1] // 1000)
