"""The batched writer: many nodes or relationships in transactions of 10,000 rows, counted exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from neo4j import AsyncManagedTransaction

from graph import compile_bulk
from graph.store import Writes

BATCH = 10_000

Progress = Callable[[int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A relationship to write: the uids of its ends, its stored properties, and a key that tells it from others."""

    start: str
    end: str
    values: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(slots=True)
class Tally:
    """What a write did; `missing` holds the position (from 0) of each row that could not be written, and the uid."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """The counts and positions of another tally, added to this one."""
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.missing.extend(other.missing)


def _silent(done: int) -> None:
    """Nobody watches."""


async def merge_nodes(
    writes: Writes,
    label: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    create: bool = True,
    now: datetime | None = None,
    progress: Progress = _silent,
) -> Tally:
    """Nodes of a concrete label brought to the given values, by `uid`.

    A row is the stored properties by name, `uid` among them; None removes a property, a property not named is left
    alone. A node is changed, and its `modifiedAt` set, only where a value differs; `createdAt` is kept unless a row
    gives one. Of rows with the same uid in a batch the later wins. With `create=False` a row whose node is not there
    is reported in `missing` instead. Every batch is its own transaction: after a crash, run it again.
    Raises KeyError for an unknown label, Conflict, Unavailable.
    """
    text = compile_bulk.merge_nodes(label) if create else compile_bulk.update_nodes(label)
    total, offset, moment = Tally(), 0, now or datetime.now(UTC)
    for batch in batches(rows):
        distinct = {row["uid"]: row for row in batch}
        ordered = [distinct[uid] for uid in sorted(distinct)]
        counts = await _send(writes, f"bulk.nodes.{label}", (text, {"rows": ordered, "now": moment}))
        tally = Tally(counts["created"], counts["changed"])
        absent = set(counts.get("missing", ()))
        tally.missing = [(offset + at, row["uid"]) for at, row in enumerate(batch) if row["uid"] in absent]
        tally.unchanged = len(batch) - tally.created - tally.changed - len(tally.missing)
        total.add(tally)
        offset += len(batch)
        progress(len(batch))
    return total


async def create_nodes(
    writes: Writes,
    label: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    now: datetime | None = None,
    progress: Progress = _silent,
) -> int:
    """New nodes of a concrete label, for a caller who knows that none of their uids is there; how many.

    Rows as for `merge_nodes`, without None. Raises KeyError for an unknown label, Conflict when a uid is there.
    """
    text, count, moment = compile_bulk.create_nodes(label), 0, now or datetime.now(UTC)
    for batch in batches(rows):
        count += await _send(writes, f"bulk.new_nodes.{label}", (text, {"rows": batch, "now": moment}))
        progress(len(batch))
    return count


async def merge_edges(
    writes: Writes,
    edge: str,
    start: str,
    end: str,
    rows: Iterable[EdgeRow],
    *,
    now: datetime | None = None,
    progress: Progress = _silent,
) -> Tally:
    """Relationships of a type between two labels brought to the given values, by (start, end, key, hierarchy).

    `values` as in `merge_nodes`. Rows whose start or end is not there are reported in `missing` with the uid that is
    not. A relationship that was ended (`validTo`) is left ended, and a row with another `validFrom` makes a new one.
    Of rows with the same identity in a batch the later wins. Both ends of a batch are locked in the order of their
    uids before anything is looked at, so batches never deadlock and two at once never make a relationship twice.
    Raises KeyError for an unknown label or type, Conflict, Unavailable.
    """
    text = compile_bulk.merge_edges(edge, start, end)
    total, offset, moment = Tally(), 0, now or datetime.now(UTC)
    for batch in batches(rows):
        total.add(await _merge_edge_batch(writes, edge, start, end, text, batch, offset, moment))
        offset += len(batch)
        progress(len(batch))
    return total


async def _merge_edge_batch(
    writes: Writes, edge: str, start: str, end: str, text: str, batch: Sequence[EdgeRow], offset: int, now: datetime
) -> Tally:
    distinct = {(row.start, row.end, row.key, row.values.get("hierarchy")): row for row in batch}
    rows = [
        {"start": row.start, "end": row.end, "key": row.key, "values": row.values}
        for row in sorted(distinct.values(), key=lambda row: (row.start, row.end))
    ]
    ends = sorted({row.start for row in batch} | {row.end for row in batch})
    locked = (compile_bulk.lock_nodes("Record"), {"uids": ends})
    counts = await _send(writes, f"bulk.edges.{edge}", locked, (text, {"rows": rows, "now": now}))
    tally = Tally(counts["created"], counts["changed"])
    if counts["found"] != len(rows):
        tally.missing = await _missing(writes, start, end, batch, offset)
    tally.unchanged = len(batch) - tally.created - tally.changed - len(tally.missing)
    return tally


async def _missing(
    writes: Writes, start: str, end: str, batch: Sequence[EdgeRow], offset: int
) -> list[tuple[int, str]]:
    starts = await present(writes, start, {row.start for row in batch})
    ends = await present(writes, end, {row.end for row in batch})
    return [
        (offset + at, row.start if row.start not in starts else row.end)
        for at, row in enumerate(batch)
        if row.start not in starts or row.end not in ends
    ]


async def create_edges(
    writes: Writes,
    edge: str,
    start: str,
    end: str,
    rows: Iterable[EdgeRow],
    *,
    now: datetime | None = None,
    progress: Progress = _silent,
) -> int:
    """New relationships, for a caller who knows that none of them is there and both ends are; how many were made.

    Raises KeyError for an unknown label or type, Conflict, Unavailable.
    """
    text, count, moment = compile_bulk.create_edges(edge, start, end), 0, now or datetime.now(UTC)
    for batch in batches(rows):
        prepared = [{"start": row.start, "end": row.end, "key": row.key, "values": row.values} for row in batch]
        count += await _send(writes, f"bulk.new_edges.{edge}", (text, {"rows": prepared, "now": moment}))
        progress(len(batch))
    return count


async def present(writes: Writes, label: str, uids: Iterable[str]) -> set[str]:
    """Which of the uids are there under that label."""
    found: set[str] = set()
    for batch in batches(uids):
        found.update(await _send(writes, "bulk.present", (compile_bulk.present(label), {"uids": batch})))
    return found


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The rows in lists of at most `size`.

    >>> list(batches("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


async def _send(writes: Writes, name: str, *statements: tuple[str, Mapping[str, Any]]) -> Any:
    """The statements in one transaction; the value of the last."""

    async def work(transaction: AsyncManagedTransaction) -> Any:
        value = None
        for text, parameters in statements:
            record = await (await transaction.run(text, dict(parameters))).single(strict=True)
            value = record[0]
        return value

    return await writes.within(work, name=name)
