"""The parts that all batched writes share: batch size, counts, and the form in which values travel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from neo4j import AsyncManagedTransaction

from graph.bulk.provenance import Conflict
from graph.query import ownership
from graph.store import Writes

# With 10,000 rows a server with a heap of 480 MB spends two fifths of its time collecting garbage, with 2,500 a fifth.
BATCH = 2_500

Progress = Callable[[int], None]
Values = Mapping[str, Any]
T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Tally:
    """The result of a batched write: counts, and the rows that could not be written.

    `missing` holds the position of a row (from 0) and the uid that was not found. `conflicts` holds the position of a
    row and the reason why it cannot be written. `cyclic` holds the positions of rows that would close a cycle at
    present. `kept` holds the position of a row and a value that stays because people changed it too. `replaced` counts
    the relationships that gave way to others.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: list[tuple[int, str]] = field(default_factory=list)
    conflicts: list[tuple[int, str]] = field(default_factory=list)
    cyclic: list[int] = field(default_factory=list)
    kept: list[tuple[int, Conflict]] = field(default_factory=list)
    replaced: int = 0

    def add(self, batch: Tally, offset: int) -> None:
        """Adds the tally of a batch that begins at position `offset`."""
        self.created += batch.created
        self.changed += batch.changed
        self.unchanged += batch.unchanged
        self.missing.extend((offset + at, uid) for at, uid in batch.missing)
        self.conflicts.extend((offset + at, reason) for at, reason in batch.conflicts)
        self.cyclic.extend(offset + at for at in batch.cyclic)
        self.kept.extend((offset + at, kept) for at, kept in batch.kept)
        self.replaced += batch.replaced


def ignore_progress(rows: int) -> None:
    """A progress callback without effect."""


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Splits the rows into lists of at most `size`.

    >>> list(batches("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def epoch(value: datetime) -> list[int]:
    """Seconds and nanoseconds since 1970 in UTC.

    >>> epoch(datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC))
    [-1, 500000000]
    """
    since = value - _EPOCH
    return [since.days * 86_400 + since.seconds, since.microseconds * 1000]


def packed(values: Values) -> dict[str, Any]:
    """Splits properties into plain values and timestamps.

    The driver packs a list of two integers two hundred times faster than a datetime; `timestamp` is the inverse.
    """
    timestamps = {name: epoch(value) for name, value in values.items() if isinstance(value, datetime)}
    if timestamps:
        return {"values": {name: value for name, value in values.items() if name not in timestamps}, "at": timestamps}
    return {"values": values, "at": timestamps}


def timestamp(epoch: str) -> str:
    """Cypher for the date-time of an expression that holds `[seconds, nanoseconds]`."""
    return f"datetime({{epochSeconds: {epoch}[0], nanosecond: {epoch}[1]}})"


def set_timestamps(stored: str) -> str:
    """Cypher that sets the timestamps of a packed `row` on a node or relationship."""
    return f"FOREACH (k IN keys(row.at) | SET {stored}[k] = {timestamp('row.at[k]')})"


# The time of a change is later than the one before, as mutations have it.
TOUCH = (
    f"SET n.modifiedAt = CASE WHEN n.modifiedAt >= {timestamp('$now')}"
    f" THEN n.modifiedAt + duration({{microseconds: 1}}) ELSE {timestamp('$now')} END"
)


async def transact(writes: Writes, name: str, work: Callable[[AsyncManagedTransaction], Awaitable[T]]) -> T:
    """Runs one batch as one transaction; every batched write passes through here.

    Raises Conflict, Unavailable.
    """
    result: T = await writes.in_transaction(work, name=name)
    return result


async def value(transaction: AsyncManagedTransaction, text: str, **parameters: Any) -> Any:
    """Runs a statement that returns one record with one value."""
    return (await (await transaction.run(text, parameters)).single(strict=True))[0]


async def run(writes: Writes, name: str, text: str, **parameters: Any) -> Any:
    """Runs one statement as one transaction and returns its value. Raises Conflict, Unavailable."""
    return await transact(writes, name, lambda transaction: value(transaction, text, **parameters))


async def store_owners(transaction: AsyncManagedTransaction, edge: str, ends: Iterable[tuple[str, str]]) -> None:
    """Stores the owner, the unit and the sharing of records where they follow from relationships between `ends`."""
    if uids := ownership.affected(edge, ends):
        await value(transaction, ownership.REFRESH.text, uids=uids)
