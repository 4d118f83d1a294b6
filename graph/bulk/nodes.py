"""Merges nodes by uid in batches, counted exactly; values that people changed since the last load stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import cache
from typing import Any

from neo4j import AsyncManagedTransaction

from graph.bulk.batch import (
    TOUCH,
    Progress,
    Tally,
    Values,
    batches,
    epoch,
    ignore_progress,
    packed,
    run,
    set_timestamps,
    timestamp,
    transact,
    value,
)
from graph.bulk.create import with_derived
from graph.bulk.provenance import PROPERTY, Merged, Provenance, Stamp, brief, first_text, merge_record, stamp
from graph.bulk.recording import NodeChange, Recorder, Written
from graph.collation import SUFFIX
from graph.errors import Conflict
from graph.models.properties import Kind
from graph.query.ownership import REFRESH, in_itself
from graph.search.analysis import WORDS
from graph.store import Statement, Writes
from graph.vocabulary import entity


@cache
def present_text(label: str) -> str:
    """Selects those of `$uids` that exist under a label."""
    return f"UNWIND $uids AS uid MATCH (n:{entity(label).label} {{uid: uid}}) RETURN collect(uid)"


@cache
def probe_text(label: str) -> str:
    """Selects the uids of `$rows` (uid, token) that exist: those of which the token is stored, and the others."""
    return (
        f"UNWIND $rows AS row MATCH (n:{entity(label).label} {{uid: row[0]}})"
        f" WITH row[0] AS uid, coalesce(n.{PROPERTY} CONTAINS row[1], false) AS same"
        " RETURN [collect(CASE WHEN same THEN uid END), collect(CASE WHEN NOT same THEN uid END)]"
    )


DELETED = Statement(
    "bulk.deleted",
    "UNWIND $uids AS uid MATCH (n:Deleted {uid: uid}) RETURN collect([uid, toString(date(n.deletedAt))])",
)


@cache
def twins_text(label: str, name: str) -> str:
    """Selects the values among `$values` of an identifying property that exist under a label."""
    return f"UNWIND $values AS value MATCH (n:{entity(label).label} {{{name}: value}}) RETURN collect(DISTINCT value)"


@cache
def _identifying(label: str) -> tuple[str, ...]:
    return tuple(name for name, one in entity(label).properties.items() if one.identifying)


@cache
def _storable(label: str) -> Mapping[str, bool]:
    """The names of all properties that a node can store; True for timestamps."""
    declared = entity(label)
    names = {PROPERTY: False, WORDS: False, **{f"{name}{SUFFIX}": False for name in declared.sort_keys}}
    for name, one in declared.properties.items():
        names[name] = one.kind is Kind.DATETIME
        if one.kind is Kind.MONEY:
            names |= {f"{name}Currency": False, f"{name}Base": False}
    return names


@cache
def _derived_from(label: str) -> Mapping[str, tuple[str, ...]]:
    """The names of the properties that `with_derived` adds, by those that they follow from."""
    return {name: tuple(with_derived(label, {name: "x"}).keys() - {name}) for name in _storable(label)}


@cache
def create_text(label: str, names: tuple[str, ...]) -> str:
    """Creates the nodes of `$rows`, which are lists of the values of the named properties.

    A list has no keys, which the server would read again in every row. Raises KeyError for an unknown name.
    """
    storable = _storable(label)
    values = {"createdAt": "now", "modifiedAt": "now"}
    for at, name in enumerate(names):
        values[name] = sent = f"row[{at}]"
        if storable[name]:
            values[name] = f"CASE WHEN {sent} IS NOT NULL THEN {timestamp(sent)} END"
            if name in ("createdAt", "modifiedAt"):
                values[name] = f"CASE WHEN {sent} IS NULL THEN now ELSE {timestamp(sent)} END"
    return (
        f"WITH {timestamp('$now')} AS now UNWIND $rows AS row CREATE (n:{':'.join(entity(label).labels)} {{"
        f"{', '.join(f'{name}: {sent}' for name, sent in values.items())}}}) RETURN count(n)"
    )


@cache
def hold_text(label: str) -> str:
    """Locks the nodes `$uids` and selects their properties, and the fields that people changed if none is remembered.

    A node that no load has written since the provenance of values is stored has nothing to compare with.
    """
    return (
        f"UNWIND $uids AS uid MATCH (n:{entity(label).label} {{uid: uid}}) SET n.held = true REMOVE n.held"
        f" WITH uid, n, CASE WHEN n.{PROPERTY} IS NULL THEN"
        " COLLECT { MATCH (n)<-[changed:CHANGED]-(:Event) UNWIND changed.fields AS field RETURN DISTINCT field }"
        " ELSE [] END AS edited RETURN collect([uid, properties(n), edited])"
    )


@cache
def update_text(label: str) -> str:
    """Writes the values and the provenance of `$rows`, and sets `modifiedAt` where a value changes."""
    return (
        f"UNWIND $rows AS row MATCH (n:{entity(label).label} {{uid: row.uid}})"
        f" SET n.{PROPERTY} = coalesce(row.provenance, n.{PROPERTY})"
        f" WITH n, row WHERE row.changed {TOUCH} SET n += row.values {set_timestamps('n')} RETURN count(n)"
    )


async def merge_nodes(
    writes: Writes,
    label: str,
    rows: Iterable[Values],
    *,
    create: bool = True,
    source: str | None = None,
    stamps: Mapping[str, Stamp] | None = None,
    overwrite: bool = False,
    now: datetime | None = None,
    progress: Progress = ignore_progress,
    recorder: Recorder | None = None,
) -> Tally:
    """Creates or updates nodes of a concrete label by `uid`.

    A row maps stored properties to values and includes `uid`; None removes a property, and omitted properties keep
    their value. With a `source`, a value is written only if the source changed it since it wrote it last; if people
    changed it too, it stays and is reported in `kept`, unless `overwrite`. A node is updated, and its `modifiedAt` set,
    only if a value differs; `createdAt` is kept unless a row gives one. If a batch holds several rows with one uid, the
    last one wins. With `create=False`, rows whose node does not exist are reported in `missing`. A deleted record stays
    deleted: its rows are reported in `conflicts`. `stamps` are those of the rows by uid, if they are known already.
    The `recorder` receives what each batch writes, within its transaction.
    Each batch is one transaction: after a crash, run it again.
    Raises KeyError for an unknown label, Conflict, Unavailable.
    """
    total, offset, now = Tally(), 0, now or datetime.now(UTC)
    for batch in batches(rows):
        one = _Batch(label, batch, create, source, overwrite, now, stamps, recorder)
        try:
            tally = await transact(writes, f"bulk.nodes.{label}", one.write)
        except Conflict:
            # Another writer created one of the nodes meanwhile; now it exists and can be compared.
            tally = await transact(writes, f"bulk.nodes.{label}", one.write)
        total.add(tally, offset)
        offset += len(batch)
        progress(len(batch))
    return total


class _Batch:
    """The rows of one transaction."""

    def __init__(
        self,
        label: str,
        rows: Sequence[Values],
        create: bool,
        source: str | None,
        overwrite: bool,
        now: datetime,
        stamps: Mapping[str, Stamp] | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.label, self.rows, self.create = label, rows, create
        self.recorder, self.written = recorder, Written(label, label)
        self.source, self.overwrite, self.now = source, overwrite, now
        self.distinct = {row["uid"]: row for row in rows}
        self.stamps: Mapping[str, Stamp] = stamps or {}
        if source is not None and stamps is None:
            self.stamps = {uid: stamp(source, row) for uid, row in self.distinct.items()}

    async def write(self, transaction: AsyncManagedTransaction) -> Tally:
        """Writes what is new."""
        self.written = Written(self.label, self.label)
        uids = sorted(self.distinct)
        probe = [[uid, self.stamps[uid].token if self.stamps else None] for uid in uids]
        same, others = await value(transaction, probe_text(self.label), rows=probe)
        found = {*same, *others}
        tally = Tally()
        new = [uid for uid in uids if uid not in found]
        if new:
            await self._create(transaction, new, tally)
        if others:
            await self._update(transaction, sorted(others), tally)
        refused = len(tally.missing) + len(tally.conflicts)
        tally.unchanged = len(self.rows) - tally.created - tally.changed - refused
        if self.recorder is not None:
            await self.recorder(transaction, self.written)
        return tally

    async def _create(self, transaction: AsyncManagedTransaction, uids: Sequence[str], tally: Tally) -> None:
        gone = dict(await value(transaction, DELETED.text, uids=uids))
        tally.conflicts = [
            (at, f"the record was deleted on {gone[row['uid']]}")
            for at, row in enumerate(self.rows)
            if row["uid"] in gone
        ]
        for name in _identifying(self.label):
            tally.conflicts += await _recorded(transaction, self.label, name, self.rows, {*uids} - gone.keys())
        refused = {self.rows[at]["uid"] for at, _ in tally.conflicts}
        absent = [uid for uid in uids if uid not in refused]
        if not self.create:
            none = set(absent)
            tally.missing = [(at, row["uid"]) for at, row in enumerate(self.rows) if row["uid"] in none]
        elif absent:
            names = self._names()
            timestamps = [at for at, name in enumerate(names) if _storable(self.label)[name]]
            rows = [self._new(uid, names, timestamps) for uid in absent]
            tally.created = await value(transaction, create_text(self.label, names), rows=rows, now=epoch(self.now))
            self.written.created = [self.distinct[uid] for uid in absent]
            if in_itself(self.label):
                await value(transaction, REFRESH.text, uids=absent)

    def _names(self) -> tuple[str, ...]:
        """The names of the properties of new nodes, those without a value too: they depend on the table only."""
        derived, names = _derived_from(self.label), set[str]().union(*self.distinct.values())
        remembered = () if self.source is None else (PROPERTY,)
        return tuple(sorted({*names, *(one for name in names for one in derived[name]), *remembered}))

    def _new(self, uid: str, names: Sequence[str], timestamps: Sequence[int]) -> list[Any]:
        row = {name: one for name, one in self.distinct[uid].items() if one is not None}
        row = with_derived(self.label, row)
        if self.source is not None:
            row[PROPERTY] = first_text(self.source, self.stamps[uid])
        sent: list[Any] = [row.get(name) for name in names]
        for at in timestamps:
            if sent[at] is not None:
                sent[at] = epoch(sent[at])
        return sent

    async def _update(self, transaction: AsyncManagedTransaction, uids: Sequence[str], tally: Tally) -> None:
        rows, kept = [], {}
        for uid, stored, edited in await value(transaction, hold_text(self.label), uids=uids):
            merged, text = self._merged(uid, stored, edited)
            kept[uid] = merged.conflicts
            tally.changed += bool(merged.changes)
            if merged.changes or text != stored.get(PROPERTY):
                changed = {"uid": uid, "provenance": text, "changed": bool(merged.changes)}
                after = with_derived(self.label, merged.changes, stored.get(WORDS, ()))
                rows.append({**changed, **packed(after)})
                after = {**after, PROPERTY: text or stored.get(PROPERTY)}
                before = {name: stored.get(name) for name in after}
                title = stored.get("name") or stored.get("title") or uid
                self.written.changed.append(NodeChange(uid, title, before, after))
        tally.kept = [(at, one) for at, row in enumerate(self.rows) for one in kept.get(row["uid"], ())]
        if rows:
            await value(transaction, update_text(self.label), rows=rows, now=epoch(self.now))

    def _merged(self, uid: str, stored: Values, edited: Sequence[str]) -> tuple[Merged, str | None]:
        """The values to write to a node, and its provenance."""
        row = self.distinct[uid]
        if self.source is None:
            return merge_record(self.label, row, stored, {name: brief(stored.get(name)) for name in row}), None
        before = Provenance.read(stored.get(PROPERTY))
        last = before.last.get(self.source, {})
        if not before.last and stored.get("source") == self.source:
            last = {name: brief(stored[name]) for name in row if name in stored and name not in edited}
        merged = merge_record(self.label, row, stored, last, overwrite=self.overwrite)
        _later(row, stored, merged)
        remembered = {name: one for name, one in merged.last.items() if one is not None}
        text = before.after(self.source, self.stamps[uid], remembered, complete=not merged.conflicts)
        return merged, text


def _later(row: Values, stored: Values, merged: Merged) -> None:
    """Takes over the time of a change from the source if it is later than the one that is stored."""
    merged.changes.pop("modifiedAt", None)
    merged.conflicts[:] = [one for one in merged.conflicts if one.field != "modifiedAt"]
    sent: Any = row.get("modifiedAt")
    if sent is not None and (stored.get("modifiedAt") is None or sent > stored["modifiedAt"].to_native()):
        merged.changes["modifiedAt"] = sent


async def _recorded(
    transaction: AsyncManagedTransaction, label: str, name: str, batch: Sequence[Values], new: AbstractSet[str]
) -> list[tuple[int, str]]:
    """The rows of new nodes whose identifying value belongs to another node, or to an earlier row."""
    rows = [
        (at, row["uid"], row[name]) for at, row in enumerate(batch) if row["uid"] in new and row.get(name) is not None
    ]
    if not rows:
        return []
    known = set(await value(transaction, twins_text(label, name), values=sorted({text for _, _, text in rows})))
    owner: dict[str, str] = {}
    found = []
    for at, uid, text in rows:
        if text in known or owner.setdefault(text, uid) != uid:
            found.append((at, f"another {label} with this {name} is recorded already"))
    return found


async def ensure_nodes(
    writes: Writes, label: str, rows: Iterable[Values], *, source: str | None = None, now: datetime | None = None
) -> int:
    """Creates the nodes that do not exist, leaves the others unchanged, and counts the created ones.

    Raises KeyError for an unknown label, Conflict, Unavailable.
    """
    created = 0
    for batch in batches(rows):
        found = await present(writes, label, {row["uid"] for row in batch})
        absent = [row for row in batch if row["uid"] not in found]
        created += (await merge_nodes(writes, label, absent, source=source, now=now)).created
    return created


async def present(writes: Writes, label: str, uids: Iterable[str]) -> set[str]:
    """Selects the uids that exist under a label. Raises KeyError for an unknown label, Unavailable."""
    found: set[str] = set()
    for batch in batches(uids):
        found.update(await run(writes, "bulk.present", present_text(label), uids=batch))
    return found
