"""The batched writer: many nodes or relationships in transactions of 2,500 rows, counted exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from neo4j import AsyncManagedTransaction

from graph.bulk import statements
from graph.errors import Conflict
from graph.store import Writes

# With 10,000 rows a server with a heap of 480 MB spends two fifths of its time collecting garbage, with 2,500 a fifth.
BATCH = 2_500

Progress = Callable[[int], None]
Values = Mapping[str, Any]
T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A relationship to write: the uids of its ends, its stored properties, and a key that tells it from others."""

    start: str
    end: str
    values: Values = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class OnlyOne:
    """That a start has one such relationship at a time: what `source` said before gives way to what it says now.

    `where` holds the properties, with their values, that make it such a relationship; `dated` ones are ended, others
    deleted. What somebody else said stays, and the row is reported as taken.
    """

    source: str
    dated: bool
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What a write did; `missing` and `taken` hold the rows that could not be written.

    `missing`: the position of the row (from 0) and the uid that is not there. `taken`: the position and the uid of the
    other end that stands in the way. `replaced`: relationships that gave way.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: list[tuple[int, str]] = field(default_factory=list)
    taken: list[tuple[int, str]] = field(default_factory=list)
    replaced: int = 0

    def add(self, other: Tally) -> None:
        """The counts and positions of another tally, added to this one."""
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.missing.extend(other.missing)
        self.taken.extend(other.taken)
        self.replaced += other.replaced


def _silent(done: int) -> None:
    """Nobody watches."""


async def merge_nodes(
    writes: Writes,
    label: str,
    rows: Iterable[Values],
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
    total, offset, moment = Tally(), 0, now or datetime.now(UTC)
    for batch in batches(rows):
        try:
            tally = await _merge_node_batch(writes, label, batch, create, moment)
        except Conflict:
            # another writer made one of these nodes in between; now it is there to be compared
            tally = await _merge_node_batch(writes, label, batch, create, moment)
        total.add(
            Tally(tally.created, tally.changed, tally.unchanged, [(offset + at, uid) for at, uid in tally.missing])
        )
        offset += len(batch)
        progress(len(batch))
    return total


async def _merge_node_batch(writes: Writes, label: str, batch: Sequence[Values], create: bool, now: datetime) -> Tally:
    distinct = {row["uid"]: row for row in batch}
    ordered = sorted(distinct)
    stamp = {"createdAt": now, "modifiedAt": now}

    async def work(transaction: AsyncManagedTransaction) -> Tally:
        there = set(await _value(transaction, statements.present(label), {"uids": ordered}))
        tally = Tally()
        if create:
            absent = [{**stamp, **distinct[uid]} for uid in ordered if uid not in there]
            for names, rows in _by_moments(absent):
                tally.created += await _value(transaction, statements.create_nodes(label, names), {"rows": rows})
        else:
            tally.missing = [(at, row["uid"]) for at, row in enumerate(batch) if row["uid"] not in there]
        for names, rows in _by_moments([distinct[uid] for uid in ordered if uid in there]):
            text = statements.update_nodes(label, names)
            tally.changed += await _value(transaction, text, {"rows": rows, "now": moment_sent(now)})
        tally.unchanged = len(batch) - tally.created - tally.changed - len(tally.missing)
        return tally

    tally: Tally = await writes.in_transaction(work, name=f"bulk.nodes.{label}")
    return tally


async def ensure_nodes(writes: Writes, label: str, rows: Iterable[Values], *, now: datetime | None = None) -> int:
    """The nodes that are not there made with the given values; those that are there stay as they are. How many made.

    Raises KeyError for an unknown label, Conflict, Unavailable.
    """
    made = 0
    for batch in batches(rows):
        there = await present(writes, label, {row["uid"] for row in batch})
        absent = [row for row in batch if row["uid"] not in there]
        made += (await merge_nodes(writes, label, absent, now=now)).created
    return made


async def create_nodes(
    writes: Writes,
    label: str,
    rows: Iterable[Values],
    *,
    now: datetime | None = None,
    progress: Progress = _silent,
) -> int:
    """New nodes of a concrete label, for a caller who knows that none of their uids is there; how many.

    Rows as for `merge_nodes`. Raises KeyError for an unknown label, Conflict when a uid is there.
    """
    count, moment = 0, now or datetime.now(UTC)
    stamp = {"createdAt": moment, "modifiedAt": moment}
    for batch in batches(rows):
        parts = [
            (statements.create_nodes(label, names), {"rows": part})
            for names, part in _by_moments([{**stamp, **row} for row in batch])
        ]
        count += sum(await sent(writes, f"bulk.new_nodes.{label}", parts))
        progress(len(batch))
    return count


async def merge_edges(
    writes: Writes,
    edge: str,
    start: str,
    end: str,
    rows: Iterable[EdgeRow],
    *,
    only_one: OnlyOne | None = None,
    now: datetime | None = None,
    progress: Progress = _silent,
) -> Tally:
    """Relationships of a type between two labels brought to the given values, by (start, end, key, hierarchy).

    `values` as in `merge_nodes`. Rows whose start or end is not there are reported in `missing` with the uid that is
    not. A relationship that was ended (`validTo`) is left ended, and a row with another `validFrom` makes a new one.
    Of rows with the same identity in a batch the later wins. Both ends of a batch are locked in the order of their
    uids before anything is looked at, so batches never deadlock and two at once never make a relationship twice.
    With `only_one` the rows give each start one open relationship at most.
    Raises KeyError for an unknown label or type, Conflict, Unavailable.
    """
    total, offset, moment = Tally(), 0, now or datetime.now(UTC)
    for batch in batches(rows):
        total.add(_moved(await _merge_edge_batch(writes, (edge, start, end), batch, only_one, moment), offset))
        offset += len(batch)
        progress(len(batch))
    return total


def _moved(tally: Tally, offset: int) -> Tally:
    """The tally of a batch with its positions counted from the first row of all."""
    tally.missing = [(offset + at, uid) for at, uid in tally.missing]
    tally.taken = [(offset + at, uid) for at, uid in tally.taken]
    return tally


async def _merge_edge_batch(
    writes: Writes, pattern: tuple[str, str, str], batch: Sequence[EdgeRow], only_one: OnlyOne | None, now: datetime
) -> Tally:
    edge, start, end = pattern
    distinct = {(row.start, row.end, row.key, row.values.get("hierarchy")): row for row in batch}
    ends = sorted({row.start for row in batch} | {row.end for row in batch})

    async def work(transaction: AsyncManagedTransaction) -> tuple[Tally, int]:
        await _value(transaction, statements.lock_nodes("Record"), {"uids": ends})
        tally, found = Tally(), 0
        taken = await _taken(transaction, pattern, distinct.values(), only_one, now, tally) if only_one else {}
        for names, rows in _edges_by_moments(row for row in distinct.values() if row.start not in taken):
            text = statements.merge_edges(edge, start, end, names)
            counts = await _value(transaction, text, {"rows": rows, "now": moment_sent(now)})
            tally.created += counts["created"]
            tally.changed += counts["changed"]
            found += counts["found"]
        tally.taken = [(at, taken[row.start]) for at, row in enumerate(batch) if row.start in taken]
        return tally, found

    tally, found = await writes.in_transaction(work, name=f"bulk.edges.{edge}")
    taken = {at for at, _ in tally.taken}
    if found != sum(row.start not in {batch[at].start for at in taken} for row in distinct.values()):
        tally.missing = [one for one in await _missing(writes, start, end, batch) if one[0] not in taken]
    tally.unchanged = len(batch) - tally.created - tally.changed - len(tally.missing) - len(tally.taken)
    made: Tally = tally
    return made


async def _taken(
    transaction: AsyncManagedTransaction,
    pattern: tuple[str, str, str],
    rows: Iterable[EdgeRow],
    only_one: OnlyOne,
    now: datetime,
    tally: Tally,
) -> dict[str, str]:
    """Ends what gives way to the rows; which starts are taken by what does not, and by which end."""
    edge, start, end = pattern
    names = tuple(sorted(only_one.where))
    where = dict(only_one.where)
    asked = {
        row.start: row
        for row in rows
        if row.values.get("validTo") is None and all(row.values.get(name) == where[name] for name in names)
    }
    sent_rows = [{"start": row.start, "end": row.end} for row in asked.values()]
    text, parameters = statements.other_edges(edge, start, end, names), {"rows": sent_rows}
    others = await _value(transaction, text, {**parameters, "where": where} if names else parameters)
    taken = {one: other for one, other, source in others if source != only_one.source}
    ending = [
        {"start": one, "end": other, "at": moment_sent(asked[one].values.get("validFrom") or now)}
        for one, other, _ in others
        if one not in taken
    ]
    if ending:
        text, parameters = statements.end_others(edge, start, names, dated=only_one.dated), {"rows": ending}
        tally.replaced += await _value(transaction, text, {**parameters, "where": where} if names else parameters)
    return taken


async def _missing(writes: Writes, start: str, end: str, batch: Sequence[EdgeRow]) -> list[tuple[int, str]]:
    starts = await present(writes, start, {row.start for row in batch})
    ends = await present(writes, end, {row.end for row in batch})
    return [
        (at, row.start if row.start not in starts else row.end)
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
    count, moment = 0, moment_sent(now or datetime.now(UTC))
    for batch in batches(rows):
        parts = [
            (statements.create_edges(edge, start, end, names), {"rows": part, "now": moment})
            for names, part in _edges_by_moments(batch)
        ]
        count += sum(await sent(writes, f"bulk.new_edges.{edge}", parts))
        progress(len(batch))
    return count


async def present(writes: Writes, label: str, uids: Iterable[str]) -> set[str]:
    """Which of the uids are there under that label."""
    found: set[str] = set()
    for batch in batches(uids):
        (values,) = await sent(writes, "bulk.present", [(statements.present(label), {"uids": batch})])
        found.update(values)
    return found


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The rows in lists of at most `size`.

    >>> list(batches("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def moment_sent(value: datetime) -> list[int]:
    """Seconds and nanoseconds since 1970 in UTC.

    >>> moment_sent(datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC))
    [-1, 500000000]
    """
    since = value - _EPOCH
    return [since.days * 86_400 + since.seconds, since.microseconds * 1000]


def _by_moments(rows: Iterable[Values]) -> list[tuple[statements.Names, list[dict[str, Any]]]]:
    """The rows with their date-times as moments, those with the same date-time properties together."""
    groups: dict[statements.Names, list[dict[str, Any]]] = {}
    for row in rows:
        moments = {name: moment_sent(value) for name, value in row.items() if isinstance(value, datetime)}
        groups.setdefault(tuple(sorted(moments)), []).append({**row, **moments})
    return list(groups.items())


def _edges_by_moments(rows: Iterable[EdgeRow]) -> list[tuple[statements.Names, list[dict[str, Any]]]]:
    groups: dict[statements.Names, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row.start, row.end)):
        moments = {name: moment_sent(value) for name, value in row.values.items() if isinstance(value, datetime)}
        sent = {"start": row.start, "end": row.end, "key": row.key, "values": {**row.values, **moments}}
        groups.setdefault(tuple(sorted(moments)), []).append(sent)
    return list(groups.items())


async def _value(transaction: AsyncManagedTransaction, text: str, parameters: dict[str, Any]) -> Any:
    return (await (await transaction.run(text, parameters)).single(strict=True))[0]


async def sent(writes: Writes, name: str, statements: Sequence[tuple[str, dict[str, Any]]]) -> list[Any]:
    """The statements in one transaction; the value of each."""

    async def work(transaction: AsyncManagedTransaction) -> list[Any]:
        return [await _value(transaction, text, parameters) for text, parameters in statements]

    values: list[Any] = await writes.in_transaction(work, name=name)
    return values
