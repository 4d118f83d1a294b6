"""Merges relationships in batches within their invariants, counted exactly; what people changed since stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from neo4j import AsyncManagedTransaction

from graph.bulk.batch import Progress, Tally, batches, epoch, ignore_progress, packed, store_owners, transact, value
from graph.bulk.edge_reads import Pattern, edges_from, ends_of
from graph.bulk.edge_recording import EdgeLog
from graph.bulk.edge_statements import (
    FORGET,
    LOCKS,
    create_text,
    cycle_text,
    end_text,
    free_text,
    known_text,
    lock_text,
    probe_text,
    room_text,
    update_text,
)
from graph.bulk.invariants import EdgeGroups, EdgePeriod, EdgeRow, Ending, Invariants, StoredEdge, invariants
from graph.bulk.provenance import PROPERTY, Conflict, Provenance, Stamp, brief, first_text, merge
from graph.bulk.recording import Recorder
from graph.store import Writes

Key = tuple[Any, ...]


@dataclass(slots=True)
class EdgeWriter:
    """How relationships of a type between two labels are written.

    `source` wrote them last, or None if nothing is remembered of them. The values named in `together` are decided as
    one. With `overwrite`, the source wins where people changed a value too. `is_fresh` if the rows before were new for
    the most part: then rows are created at once, without a look for those that have nothing new. The `recorder`
    receives what each batch writes, within its transaction.
    """

    pattern: Pattern
    source: str | None
    now: datetime
    together: tuple[str, ...] = ()
    overwrite: bool = False
    is_fresh: bool = True
    recorder: Recorder | None = None


async def merge_edges(
    writes: Writes,
    edge: str,
    start: str,
    end: str,
    rows: Iterable[EdgeRow],
    *,
    source: str | None = None,
    together: tuple[str, ...] = (),
    overwrite: bool = False,
    now: datetime | None = None,
    progress: Progress = ignore_progress,
) -> Tally:
    """Creates or updates relationships of a type between two labels, by (start, end, key, identity).

    Values as in `merge_nodes`; those named in `together` are decided as one. A relationship that people ended or
    removed stays so. Rows whose start or end does not exist are reported in `missing`, rows that an invariant forbids
    in `conflicts`, rows that would close a cycle in `cyclic`; relationships that `source` wrote before give way to the
    rows. If a batch holds several rows with one identity, the last one wins. Each batch takes the locks of the
    mutations in their order before anything is read, and judges the invariants within its transaction.
    Raises KeyError for an unknown label or type, Conflict, Unavailable.
    """
    writer = EdgeWriter((edge, start, end), source, now or datetime.now(UTC), together, overwrite)
    invariants(edge, start, end)
    total, offset = Tally(), 0
    for batch in batches(rows):
        total.add(await merge_batch(writes, writer, batch), offset)
        offset += len(batch)
        progress(len(batch))
    return total


async def merge_batch(writes: Writes, writer: EdgeWriter, rows: Sequence[EdgeRow]) -> Tally:
    """Writes a batch in one transaction, again without the rows that turned out to close a cycle."""
    cyclic: set[int] = set()
    while True:
        batch = _Batch(writer, rows, cyclic)
        try:
            tally = await transact(writes, f"bulk.edges.{writer.pattern[0]}", batch.write)
        except _CyclesError as error:
            cyclic |= error.rows
            continue
        writer.is_fresh = 2 * tally.created >= len(rows)
        return tally


class _CyclesError(Exception):
    """Rolls back a batch of which some rows close a cycle."""

    def __init__(self, rows: set[int]) -> None:
        super().__init__()
        self.rows = rows


@dataclass(slots=True)
class _Known:
    """A stored relationship that a row means, with its properties."""

    id: str
    properties: Mapping[str, Any]
    provenance: Provenance

    @classmethod
    def of(cls, found: Sequence[Any]) -> _Known:
        return cls(found[0], found[1], Provenance.read(found[1].get(PROPERTY)))


@dataclass(slots=True)
class _Change:
    """What becomes of a row: its values after the merge, those to write, and the relationship that it means."""

    row: EdgeRow
    known: _Known | None = None
    changes: Mapping[str, Any] | None = None
    provenance: str | None = None


class _Batch:
    """The rows of one transaction; those in `cyclic` are left out."""

    def __init__(self, writer: EdgeWriter, rows: Sequence[EdgeRow], cyclic: set[int]) -> None:
        self.writer, self.rows, self.cyclic = writer, rows, cyclic
        self.rules = invariants(*writer.pattern)
        source = writer.source
        self.stamps: list[Stamp | None] = [
            None if source is None else row.stamp or self.rules.stamp(source, row) for row in rows
        ]
        names = self.rules.identity
        self.keys = [(row.start, row.end, row.key, *(row.values.get(name) for name in names)) for row in rows]
        last = {key: at for at, key in enumerate(self.keys)}
        self.numbers = sorted(at for at in last.values() if at not in cyclic)
        self.settled: set[int] = set()
        self.tally = Tally(cyclic=sorted(cyclic))
        self.log = EdgeLog(writer.pattern, writer.recorder)

    async def write(self, transaction: AsyncManagedTransaction) -> Tally:
        """Writes what is new."""
        self.tally = Tally(cyclic=sorted(self.cyclic))
        tally, self.settled = self.tally, set()
        self.log = EdgeLog(self.writer.pattern, self.writer.recorder)
        if self.writer.source is not None and not self.writer.is_fresh:
            probe = [[at, self.rows[at].start, self.rows[at].end, self._stamp(at).token] for at in self.numbers]
            self.settled = set(await value(transaction, probe_text(*self.writer.pattern), rows=probe))
        open_rows = [at for at in self.numbers if at not in self.settled]
        if open_rows:
            await self._write(transaction, open_rows)
        refused = len(tally.missing) + len(tally.conflicts) + len(tally.cyclic)
        tally.unchanged = len(self.rows) - tally.created - tally.changed - refused
        await self.log.close(transaction)
        return tally

    def _stamp(self, at: int) -> Stamp:
        found = self.stamps[at]
        assert found is not None
        return found

    async def _write(self, transaction: AsyncManagedTransaction, numbers: list[int]) -> None:
        pattern, tally, now = self.writer.pattern, self.tally, epoch(self.writer.now)
        names = {self.rules.lock_of({**self.rules.defaults, **self.rows[at].values}) for at in numbers}
        if locks := sorted(name for name in names if name is not None):
            await value(transaction, LOCKS.text, names=locks, now=now)
        uids = sorted({uid for at in numbers for uid in (self.rows[at].start, self.rows[at].end)})
        starts, ends = map(set, await value(transaction, lock_text(*pattern[1:]), uids=uids))
        absent = {
            self.keys[at]: self.rows[at].end if self.rows[at].start in starts else self.rows[at].start
            for at in numbers
            if self.rows[at].start not in starts or self.rows[at].end not in ends
        }
        tally.missing = [(at, absent[key]) for at, key in enumerate(self.keys) if key in absent]
        there = [at for at in numbers if self.keys[at] not in absent]
        free = await self._create_free(transaction, there) if self.writer.is_fresh else {}
        changes = await self._merged(transaction, [at for at in there if at not in free])
        if self.rules.at_most_one:
            await self._make_room(transaction, changes)
        await self._store(transaction, changes)
        await self._refuse_cycles(transaction, {**free, **changes})
        await store_owners(transaction, pattern[0], [(self.rows[at].start, self.rows[at].end) for at in there])

    async def _create_free(self, transaction: AsyncManagedTransaction, numbers: Sequence[int]) -> dict[int, _Change]:
        """Creates the relationships that meet no other one, in the graph or in the batch."""
        alone = self._alone(numbers)
        rows = [{"number": at, **self._created(self.rows[at], at)} for at in alone]
        if not rows:
            return {}
        rows.sort(key=lambda row: (row["start"], row["end"]))
        text = free_text(*self.writer.pattern)
        rest = set(await value(transaction, text, rows=rows, now=epoch(self.writer.now)))
        self.tally.created = len(rows) - len(rest)
        self.log.created(row for row in rows if row["number"] not in rest)
        return {at: _Change(self.rows[at]) for at in alone if at not in rest}

    def _alone(self, numbers: Sequence[int]) -> list[int]:
        """The rows that share no pair of records and no group with another row of the batch."""
        pers = {rule.per for rule in self.rules.at_most_one}
        met: dict[tuple[str, ...], int] = {}
        found: dict[int, list[tuple[str, ...]]] = {}
        for at in numbers:
            row = self.rows[at]
            found[at] = [(row.start, row.end), *((per, row.start if per == "start" else row.end) for per in pers)]
            for one in found[at]:
                met[one] = met.get(one, 0) + 1
        alone = (at for at in numbers if all(met[one] == 1 for one in found[at]))
        return [at for at in alone if self.rows[at].start != self.rows[at].end]

    # ---------- what people changed ----------------------------------------------------------------------------------

    async def _merged(self, transaction: AsyncManagedTransaction, numbers: Sequence[int]) -> dict[int, _Change]:
        """The rows that have something new, merged with what is stored."""
        identity = self.rules.identity
        sent = [
            [at, row.start, row.end, row.key, stamp.identity if stamp else None, [row.values.get(n) for n in identity]]
            for at, row, stamp in ((at, self.rows[at], self.stamps[at]) for at in numbers)
        ]
        found = {
            at: (listed, removed)
            for at, listed, removed in await value(transaction, known_text(*self.writer.pattern), rows=sent)
        }
        changes = {}
        for at in numbers:
            listed, removed = found.get(at, ((), ()))
            known = self._choose(at, [_Known.of(one) for one in listed])
            if known is None and any(self._stamp(at).token in text for text in removed):
                continue
            if known is None and removed and not self.writer.overwrite:
                self.tally.kept.append((at, Conflict("", (), (), ())))
                continue
            change = self._change(at, known)
            if change is not None:
                changes[at] = change
        await self._forget(transaction, [at for at in changes if found.get(at, ((), ()))[1]])
        return changes

    async def _forget(self, transaction: AsyncManagedTransaction, numbers: Sequence[int]) -> None:
        """Removes what is remembered of removed relationships that are created again."""
        if numbers:
            rows = [{"start": self.rows[at].start, "identity": self._stamp(at).identity} for at in numbers]
            await value(transaction, FORGET.text, rows=rows)

    def _choose(self, at: int, found: Sequence[_Known]) -> _Known | None:
        """The relationship that a row means.

        It is the one that the same row wrote, or else one that is open, or that has the row's `validFrom`, or the
        latest if the row has none.
        """
        stamp, begins = self.stamps[at], self.rows[at].values.get("validFrom")
        mine = [one for one in found if stamp is not None and one.provenance.identity == stamp.identity]
        others = [
            one
            for one in found
            if one.properties.get("validTo") is None or begins is None or _native(one, "validFrom") == begins
        ]
        return max(mine or others, key=_latest, default=None)

    def _change(self, at: int, known: _Known | None) -> _Change | None:
        """Returns the change that a row makes, or None if it makes none."""
        row, stamp, writer = self.rows[at], self.stamps[at], self.writer
        if known is None:
            return _Change(row)
        stored = {name: one for name, one in known.properties.items() if name != PROPERTY}
        if stamp is None or writer.source is None:
            last = {name: brief(stored.get(name)) for name in row.values}
            changes = merge(row.values, stored, last, together=writer.together).changes
            return self._updated(row, known, stored, changes, None)
        before = known.provenance
        if stamp.token in before.tokens:
            return None
        last = dict(before.last.get(writer.source, {}))
        if not before.last and stored.get("source") == writer.source:
            last = {name: brief(stored[name]) for name in row.values if name in stored and name != "validTo"}
        merged = merge(row.values, stored, last, together=writer.together, overwrite=writer.overwrite)
        self.tally.kept.extend((at, one) for one in merged.conflicts)
        text = before.after(writer.source, stamp, merged.last, complete=not merged.conflicts)
        return self._updated(row, known, stored, merged.changes, text)

    def _updated(
        self, row: EdgeRow, known: _Known, stored: Mapping[str, Any], changes: dict[str, Any], text: str | None
    ) -> _Change | None:
        if not changes and text in (None, known.properties.get(PROPERTY)):
            return None
        after = {name: changes[name] if name in changes else stored.get(name) for name in row.values}
        return _Change(replace(row, values=_natives(after)), known, changes, text)

    # ---------- invariants -------------------------------------------------------------------------------------------

    async def _make_room(self, transaction: AsyncManagedTransaction, changes: dict[int, _Change]) -> None:
        """Ends what gives way to the rows, and removes rows without room."""
        rules, writer = self.rules, self.writer
        groups = EdgeGroups(rules, writer.source, writer.now, overwrite=writer.overwrite)
        judged = {at: change.row for at, change in changes.items() if change.known is None or change.changes}
        for per in sorted({rule.per for rule in rules.at_most_one}):
            ends = ends_of(per, judged.values())
            groups.add_stored(edges_from(rules, await value(transaction, room_text(*writer.pattern, per), rows=ends)))
        groups.add_stored(
            _stored_edge(rules, change.row, change.known)
            for change in changes.values()
            if change.known is not None and change.changes
        )
        periods, reasons = groups.add_rows(judged)
        by_key = {self.keys[at]: reason for at, reason in reasons.items()}
        self.tally.conflicts = [(at, by_key[key]) for at, key in enumerate(self.keys) if key in by_key]
        for at in reasons:
            del changes[at]
        for at, period in periods.items():
            _place(changes[at], groups, period)
        endings = [_ending(ending) for one in periods.values() for ending in groups.endings(one)]
        if endings:
            await self.log.endings(transaction, endings)
            self.tally.replaced = await value(transaction, end_text(writer.pattern[0]), rows=endings)

    async def _refuse_cycles(self, transaction: AsyncManagedTransaction, changes: Mapping[int, _Change]) -> None:
        """Rolls back if a row that was written closes a cycle."""
        if self.rules.acyclic is None:
            return
        written = [[at, change.row.start, change.row.end] for at, change in changes.items()
                   if change.known is None or change.changes]  # fmt: skip
        if written and (found := await value(transaction, cycle_text(*self.writer.pattern), rows=written)):
            raise _CyclesError(set(found))

    async def _store(self, transaction: AsyncManagedTransaction, changes: Mapping[int, _Change]) -> None:
        pattern, now = self.writer.pattern, epoch(self.writer.now)
        new = sorted((change.row.start, change.row.end, at) for at, change in changes.items() if change.known is None)
        if new:
            rows = [self._created(changes[at].row, at) for _, _, at in new]
            self.tally.created += await value(transaction, create_text(*pattern), rows=rows, now=now)
            self.log.created(rows)
        known = [change for change in changes.values() if change.known is not None]
        if known:
            rows = []
            for one in known:
                assert one.known is not None
                changed, provenance = one.changes or {}, one.provenance
                rows.append({"id": one.known.id, "provenance": provenance, **packed(changed)})
                self.log.updated(one.row.start, one.row.end, one.known.properties, changed, provenance)
            await value(transaction, update_text(pattern[0]), rows=rows)
            self.tally.changed = sum(bool(one.changes) for one in known)

    def _created(self, row: EdgeRow, at: int) -> dict[str, Any]:
        values = {name: one for name, one in {**self.rules.defaults, **row.values}.items() if one is not None}
        if row.key is not None:
            values["sourceKey"] = row.key
        if self.writer.source is not None:
            values[PROPERTY] = first_text(self.writer.source, self._stamp(at))
        return {"start": row.start, "end": row.end, **packed(values)}


def _place(change: _Change, groups: EdgeGroups, period: EdgePeriod) -> None:
    """Takes over what the invariants decided: the beginning, or a new relationship beside one that has ended."""
    change.row = groups.checked_row(period)
    begins = groups.begins(period)
    if change.known is not None and period.stored is None:
        change.known = change.changes = change.provenance = None
    elif change.known is not None and begins is not None:
        change.changes = {**(change.changes or {}), "validFrom": begins}


def _native(known: _Known, name: str) -> Any:
    found = known.properties.get(name)
    return None if found is None else found.to_native()


def _natives(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.to_native() if hasattr(one, "to_native") else one for name, one in values.items()}


_FIRST = datetime.min.replace(tzinfo=UTC)


def _latest(known: _Known) -> tuple[bool, datetime]:
    return known.properties.get("validTo") is None, _native(known, "validFrom") or _FIRST


def _stored_edge(rules: Invariants, row: EdgeRow, known: _Known) -> StoredEdge:
    found = _natives(known.properties)
    return StoredEdge(
        known.id, row.start, row.end, found.get("sourceKey"), found.get("source"), found.get("validFrom"),
        found.get("validTo"), {name: found.get(name) for name in rules.reads},
    )  # fmt: skip


def _ending(ending: Ending) -> dict[str, Any]:
    edge = ending.edge
    return {"id": edge.id, "start": edge.start, "end": edge.end, "at": None if ending.at is None else epoch(ending.at)}
