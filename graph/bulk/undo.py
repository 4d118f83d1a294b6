"""Undoes what an import wrote, from the changes that its events recorded; refused when something changed since.

See decision 0029.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from neo4j import AsyncManagedTransaction

from graph.bulk.batch import TOUCH, epoch, store_owners, timestamp, transact, value
from graph.bulk.edge_statements import LOCKS, cycle_text
from graph.bulk.invariants import invariants
from graph.bulk.recording import MUTATION, decoded, encoded
from graph.errors import Conflict
from graph.events import BatchCount, EventHeader, write_batch_event
from graph.store import Statement, Store
from graph.unrecorded import unrecorded
from graph.vocabulary import ENDPOINTS

MOST_NAMED = 3

EVENTS = Statement(
    "undo.events",
    "MATCH (event:Event {batchId: $batch}) WHERE event.mutation = $mutation\n"
    "AND EXISTS { (event)-[changed:CHANGED]->() WHERE changed.undo IS NOT NULL }\n"
    "WITH event ORDER BY event.position DESC RETURN collect(event.uid)",
)

# A later load of the same source leaves an event without records.
LATER_LOAD = Statement(
    "undo.later_load",
    "MATCH (mine:Event {batchId: $batch}) WITH max(mine.position) AS last\n"
    "MATCH (later:Event) WHERE later.position > last AND later.source = $source AND later.batchId <> $batch\n"
    "  AND (later.mutation = 'seed load' OR later.mutation = $mutation AND EXISTS {\n"
    "    (later)-[changed:CHANGED]->() WHERE changed.undo IS NOT NULL }) RETURN toString(later.at) AS at LIMIT 1",
)

ROWS = Statement(
    "undo.rows",
    "MATCH (event:Event {uid: $event})-[changed:CHANGED]->(n) WHERE changed.undo IS NOT NULL\n"
    "RETURN collect([n.uid, coalesce(n.name, n.title, n.subject, n.uid), changed.undo, properties(n),\n"
    "  n:Deleted OR EXISTS { (n)<-[other:CHANGED]-(later:Event)\n"
    "    WHERE later.position > event.position AND coalesce(later.batchId, '') <> $batch\n"
    f"      AND NOT (later.mutation = '{MUTATION}' AND other.undo IS NULL) }},\n"
    "  EXISTS { (n)-[edge]-() WHERE type(edge) <> 'CHANGED' AND "
    f"coalesce(edge.createdAt <> {timestamp('$now')}, true) }}])",
)

LOCK = Statement(
    "undo.lock",
    "UNWIND $uids AS uid MATCH (n:Record {uid: uid}) WITH n ORDER BY n.uid\n"
    "SET n.held = true REMOVE n.held RETURN count(n)",
)
NODES = Statement(
    "undo.nodes",
    f"UNWIND $rows AS row MATCH (n:Record {{uid: row.uid}}) {TOUCH} SET n += row.values RETURN count(n)",
)
DELETE = Statement("undo.delete", "UNWIND $uids AS uid MATCH (n:Record {uid: uid}) DETACH DELETE n RETURN count(n)")
DONE = Statement(
    "undo.done",
    "MATCH (:Event {uid: $event})-[changed:CHANGED]->() REMOVE changed.undo RETURN count(changed)",
)

POSITIONS = Statement(
    "undo.positions",
    "MATCH (event:Event {batchId: $batch}) WHERE event.mutation = $mutation\n"
    "WITH event ORDER BY event.position RETURN collect(event.position)",
)

COUNTS = Statement(
    "undo.counts",
    "MATCH (event:Event {batchId: $batch}) WHERE event.mutation = $mutation\n"
    "UNWIND range(0, size(event.countTypes) - 1) AS at\n"
    "WITH event.countTypes[at] AS type,\n"
    "  sum(event.countCreated[at]) AS created, sum(event.countChanged[at]) AS changed\n"
    "RETURN collect([type, created, changed])",
)


@cache
def edges_text(edge: str) -> str:
    """Selects the relationships of a type between the ends of `$rows` (number, start, end)."""
    _declared(edge)
    return (
        f"UNWIND $rows AS row MATCH (a:Record {{uid: row[1]}})-[x:{edge}]->(b:Record {{uid: row[2]}})"
        " RETURN collect([row[0], elementId(x), properties(x)])"
    )


@cache
def restore_text(edge: str) -> str:
    """Deletes the relationships of `$rows` without `values`, gives others their values, creates those without id."""
    _declared(edge)
    return (
        "UNWIND $rows AS row MATCH (a:Record {uid: row.start}) MATCH (b:Record {uid: row.end})\n"
        f"CALL (a, b, row) {{ WITH * WHERE row.id IS NULL CREATE (a)-[x:{edge}]->(b) SET x = row.values }}\n"
        f"CALL (a, b, row) {{ WITH * WHERE row.id IS NOT NULL AND row.values IS NOT NULL"
        f" MATCH (a)-[x:{edge}]->(b) WHERE elementId(x) = row.id SET x = row.values }}\n"
        f"CALL (a, b, row) {{ WITH * WHERE row.id IS NOT NULL AND row.values IS NULL"
        f" MATCH (a)-[x:{edge}]->(b) WHERE elementId(x) = row.id DELETE x }}\n"
        "RETURN count(row)"
    )


def _declared(edge: str) -> None:
    if edge not in {one.edge for one in ENDPOINTS}:
        raise KeyError(edge)


@dataclass(slots=True)
class _Change:
    """A relationship to restore, and the id of the one that the import left."""

    pattern: tuple[str, str, str]
    start: str
    end: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    id: str | None = None


@dataclass(slots=True)
class _Step:
    """What one event recorded, and the names of records that changed since."""

    created: list[str] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    edges: list[_Change] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)

    @property
    def uids(self) -> list[str]:
        """All records that the step touches."""
        ends = (uid for one in self.edges for uid in (one.start, one.end))
        return sorted({*self.created, *(one["uid"] for one in self.changed), *ends})


@dataclass(frozen=True, slots=True)
class Undo:
    """The undoing of one import: its batch, its source, and the time that its relationships have as `createdAt`."""

    store: Store
    batch: str
    source: str
    now: datetime

    async def counts(self) -> dict[str, tuple[int, int]]:
        """The numbers of created and changed records and relationships by type, from the events of the import."""
        found = await self.store.reads.ask(COUNTS.bind(batch=self.batch, mutation=MUTATION))
        return {one: (created, changed) for one, created, changed in found}

    async def run(self, header: EventHeader, progress: Callable[[int], None]) -> int:
        """Undoes the import and returns the number of undone changes. Raises Conflict if something changed since.

        Each event is undone in one transaction, the last one first; if it is interrupted, run it again.
        """
        events = await self.check()
        done = 0
        async with unrecorded(self.store.writes):
            for event in events:
                undone = await transact(self.store.writes, "undo.event", _Event(self, event).undo)
                done += undone
                progress(undone)
            counts = {one: BatchCount(0, sum(both)) for one, both in (await self.counts()).items()}
            if done:
                rewrites = await self.store.reads.ask(POSITIONS.bind(batch=self.batch, mutation=MUTATION))
                await write_batch_event(
                    self.store.writes, "undoImport", counts, now=datetime.now(self.now.tzinfo), source=self.source,
                    header=header, rewrites=rewrites,
                )  # fmt: skip
        return done

    async def check(self) -> list[str]:
        """Returns the ids of the events to undo, the last one first. Raises Conflict if something changed since."""
        events: list[str] = await self.store.reads.ask(EVENTS.bind(batch=self.batch, mutation=MUTATION))
        later = await self.store.reads.ask(LATER_LOAD.bind(batch=self.batch, source=self.source, mutation=MUTATION))
        if later is not None:
            raise Conflict(
                f"The source {self.source} was imported again at {later}.", remedy="Undo the later import first."
            )
        altered: list[str] = []
        for event in events:
            step = await transact(self.store.writes, "undo.check", _Event(self, event).read)
            altered += step.altered
        if altered:
            raise _altered(altered)
        return events


@dataclass(frozen=True, slots=True)
class _Event:
    """The undoing of one event."""

    whole: Undo
    event: str

    async def read(self, transaction: AsyncManagedTransaction) -> _Step:
        """Reads what the event recorded, and compares it with what is stored."""
        step, more = _Step(), {"event": self.event, "batch": self.whole.batch, "now": epoch(self.whole.now)}
        names = {}
        for uid, name, text, stored, later, foreign in await value(transaction, ROWS.text, **more):
            names[uid] = name
            undo = json.loads(text)
            altered = later
            if undo.get("created"):
                step.created.append(uid)
                altered = altered or foreign
            elif "edges" in undo:
                step.edges += [
                    _Change(tuple(one["pattern"]), uid, one["end"], one["before"], one["after"])
                    for one in undo["edges"]
                ]
            else:
                here = encoded({key: stored.get(key) for key in undo["after"]})
                altered = altered or here != undo["after"]
                step.changed.append({"uid": uid, "values": decoded(undo["before"])})
            if altered:
                step.altered.append(name)
        for edge, changes in _by_type(step.edges):
            step.altered += [names[uid] for uid in await self._find(transaction, edge, changes)]
        return step

    async def _find(self, transaction: AsyncManagedTransaction, edge: str, changes: Sequence[_Change]) -> list[str]:
        """Finds the relationships that the import left; returns the ids of the starts of those that changed since."""
        rows = [[at, one.start, one.end] for at, one in enumerate(changes)]
        stored: dict[int, list[tuple[str, Any]]] = {}
        for at, found, properties in await value(transaction, edges_text(edge), rows=rows):
            stored.setdefault(at, []).append((found, encoded(properties)))
        altered = []
        for at, one in enumerate(changes):
            if one.after is None:
                continue
            wanted = {name: each for name, each in one.after.items() if each is not None and name != "createdAt"}
            for found, properties in stored.get(at, ()):
                if {name: each for name, each in properties.items() if name != "createdAt"} == wanted:
                    one.id = found
            if one.id is None:
                altered.append(one.start)
        return altered

    async def undo(self, transaction: AsyncManagedTransaction) -> int:
        """Restores what was before the event. Raises Conflict when something changed since."""
        step = await self.read(transaction)
        if names := sorted(set(_locks(step.edges))):
            await value(transaction, LOCKS.text, names=names, now=epoch(datetime.now(self.whole.now.tzinfo)))
        await value(transaction, LOCK.text, uids=step.uids)
        step = await self.read(transaction)
        if step.altered:
            raise _altered(step.altered)
        for edge, changes in _by_type(step.edges):
            rows = [_restored(one) for one in changes]
            if await value(transaction, restore_text(edge), rows=rows) != len(rows):
                raise _altered([one.start for one in changes])
            await _refuse_cycles(transaction, changes)
            await store_owners(transaction, edge, [(one.start, one.end) for one in changes])
        if step.changed:
            now = epoch(datetime.now(self.whole.now.tzinfo))
            await value(transaction, NODES.text, rows=step.changed, now=now)
        if step.created:
            await value(transaction, DELETE.text, uids=step.created)
        await value(transaction, DONE.text, event=self.event)
        return len(step.created) + len(step.changed) + len(step.edges)


def _restored(one: _Change) -> dict[str, Any]:
    values = None if one.before is None else {k: v for k, v in decoded(one.before).items() if v is not None}
    return {"start": one.start, "end": one.end, "id": one.id, "values": values}


async def _refuse_cycles(transaction: AsyncManagedTransaction, changes: Iterable[_Change]) -> None:
    """Raises Conflict if a restored relationship closes a cycle with what was written since."""
    by_pattern: dict[tuple[str, str, str], list[list[Any]]] = {}
    for one in changes:
        if one.before is not None and invariants(*one.pattern).acyclic is not None:
            by_pattern.setdefault(one.pattern, []).append([one.start, one.start, one.end])
    for pattern, rows in by_pattern.items():
        if found := await value(transaction, cycle_text(*pattern), rows=rows):
            raise _altered(found)


def _by_type(edges: Iterable[_Change]) -> Iterator[tuple[str, list[_Change]]]:
    found: dict[str, list[_Change]] = {}
    for one in edges:
        found.setdefault(one.pattern[0], []).append(one)
    return iter(found.items())


def _locks(edges: Iterable[_Change]) -> Iterator[str]:
    for one in edges:
        rules = invariants(*one.pattern)
        values: Mapping[str, Any] = {**rules.defaults, **(one.before or one.after or {})}
        if (lock := rules.lock_of(values)) is not None:
            yield lock


def _altered(names: Sequence[str]) -> Conflict:
    distinct = list(dict.fromkeys(names))
    listed = ", ".join(distinct[:MOST_NAMED])
    more = len(distinct) - MOST_NAMED
    return Conflict(
        f"{len(distinct):,} {'record' if len(distinct) == 1 else 'records'} changed since the import: "
        f"{listed}{f' and {more:,} more' if more > 0 else ''}.",
        remedy="Take back those changes first, or keep the import.",
        count=len(distinct),
    )
