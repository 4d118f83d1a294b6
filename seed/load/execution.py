"""A load: tables in order, nodes before relationships, batch by batch, each row written or rejected."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from graph.bulk.batch import batches
from graph.bulk.edges import edges_of, end_edges, merge_edges, stored_edges
from graph.bulk.invariants import StoredEdge, invariants
from graph.bulk.nodes import ensure_nodes, merge_nodes
from graph.store import Store
from graph.ties import refresh
from graph.vocabulary import entity
from seed.load.duplicates import Overruled, overruled, pattern_key
from seed.load.invariants import Candidate, Verdict, judge
from seed.load.plan import Plan, Step
from seed.load.rejects import Rejects
from seed.load.steps import Line, Work
from seed.mapping.model import EdgeTable, NodeTable
from seed.rows.tables import Item, missing_node

# from this many activities on, drawing all ties anew costs less than drawing those of each batch
_MANY_ACTIVITIES = 20_000

# batches on their way at once: the server writes them side by side, their locks keep them apart
_AT_ONCE = 2


def _unwatched(title: str, rows: int | None) -> None:
    """Nobody watches."""


def _uncounted(rows: int) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far a load is: a table begins with so many rows (None: not known), so many rows are done."""

    begin: Callable[[str, int | None], None] = _unwatched
    done: Callable[[int], None] = _uncounted


@dataclass(slots=True)
class _Load:
    """One load under way."""

    store: Store
    plan: Plan
    rejects: Rejects
    watch: Watch
    now: datetime
    overruled: Sequence[Overruled] = ()
    lines: list[Line] = field(default_factory=list)
    activities: set[str] = field(default_factory=set)

    def work(self, at: int, step: Step, verdict: Verdict) -> Work:
        """A step about to be carried out, with its line of counts."""
        table = step.table
        name = table.label if isinstance(table, NodeTable) else table.type
        line = Line(f"{name} ({table.file.name})")
        return Work(at, step, self.plan.mapping.source, line, self.rejects, self.overruled[at], verdict)

    def touched(self, activities: Iterable[str]) -> None:
        """Remembers activities whose ties are to be drawn, no more than it takes to know that there are many."""
        if len(self.activities) <= _MANY_ACTIVITIES:
            self.activities.update(activities)


async def load(
    store: Store, plan: Plan, rejects: Rejects, *, watch: Watch | None = None, now: datetime | None = None
) -> list[Line]:
    """Carries out a plan: a line of counts per table, and lines for what followed from the tables.

    Rejected rows go to `rejects`. Every batch is a transaction of its own: after a crash, load again.
    Raises Conflict, Unavailable.
    """
    running = _Load(store, plan, rejects, watch or Watch(), now or datetime.now(UTC))
    running.watch.begin("Looking for duplicate rows", None)
    running.overruled = await asyncio.to_thread(overruled, plan)
    for at, step in enumerate(plan.steps):
        if isinstance(step.table, NodeTable):
            await _nodes(running, running.work(at, step, Verdict()), step.table)
    verdict = await _judged(running)
    for at, step in enumerate(plan.steps):
        if isinstance(step.table, EdgeTable):
            await _edges(running, running.work(at, step, verdict), step.table)
    await _ties(running)
    return running.lines


async def _nodes(running: _Load, work: Work, table: NodeTable) -> None:
    writes, active = running.store.writes, "Activity" in entity(table.label).labels

    async def write(items: list[Item]) -> None:
        rows = [item.row for item in items]
        tally = await merge_nodes(writes, table.label, rows, create=work.step.creates, now=running.now)
        work.line.add(tally)
        for position, _ in tally.missing:
            work.absent(items[position])
        if active:
            running.touched(row["uid"] for row in rows)

    await _written(running, work, write)


async def _edges(running: _Load, work: Work, table: EdgeTable) -> None:
    writes, source = running.store.writes, running.plan.mapping.source
    to_activity = "Activity" in entity(table.end.label).labels
    replaced = Line(f"{table.type} of {table.start.label} (replaced)")
    made = {
        which: Line(f"{end.label} (created for {table.type})") for which, end in enumerate((table.start, table.end))
    }

    async def write(items: list[Item]) -> None:
        for which, end in enumerate((table.start, table.end)):
            if end.create_missing:
                keys = dict.fromkeys(item.keys[which][1] for item in items)
                nodes = [missing_node(end, source, parts) for parts in keys]
                made[which].created += await ensure_nodes(writes, end.label, nodes, now=running.now)
        rows = [item.row for item in items]
        pattern = (table.type, table.start.label, table.end.label)
        tally = await merge_edges(writes, *pattern, rows, source=source, now=running.now)
        work.line.add(tally)
        replaced.changed += tally.replaced
        for position, absent in tally.missing:
            work.missing(items[position], absent)
        for position, reason in tally.conflicts:
            work.conflict(items[position], reason)
        if to_activity:
            running.touched(row.end for row in rows)

    await _written(running, work, write)
    running.lines.extend(line for line in (*made.values(), replaced) if line.created or line.changed)


async def _written(running: _Load, work: Work, write: Callable[[list[Item]], Awaitable[None]]) -> None:
    """Writes a step's items, some batches at once; the next ones are prepared meanwhile."""
    running.watch.begin(work.line.title, running.overruled[work.at].total)
    running.lines.append(work.line)
    feed = batches(work.items())

    def ahead() -> list[list[Item]]:
        return list(islice(feed, _AT_ONCE))

    group, told = await asyncio.to_thread(ahead), 0
    while group:
        seen = work.line.seen
        group, *_ = await asyncio.gather(asyncio.to_thread(ahead), *map(write, group))
        running.watch.done(seen - told)
        told = seen
    running.watch.done(work.line.seen - told)


async def _judged(running: _Load) -> Verdict:
    """Checks the rows that other rows or distant relationships may forbid, and ends what gives way to them."""
    whole = Verdict()
    groups: dict[tuple[Any, ...], list[Work]] = {}
    for at, step in enumerate(running.plan.steps):
        if isinstance(step.table, EdgeTable):
            groups.setdefault(pattern_key(step.table), []).append(running.work(at, step, Verdict()))
    for works in groups.values():
        tables = [work.step.table for work in works if isinstance(work.step.table, EdgeTable)]
        patterns = dict.fromkeys((table.type, table.start.label, table.end.label) for table in tables)
        rules = invariants(*next(iter(patterns)))
        if rules.acyclic is None and not rules.at_most_one:
            continue
        candidates = await asyncio.to_thread(_candidates, works)
        if not candidates:
            continue
        stored = await _stored(running, list(patterns), candidates)
        source = running.plan.mapping.source
        verdict = await asyncio.to_thread(judge, candidates, stored, rules, source, running.now)
        ended = await end_edges(running.store.writes, rules.edge, verdict.endings)
        if ended:
            running.lines.append(Line(f"{rules.edge} of {tables[0].start.label} (replaced)", changed=ended))
        whole.add(verdict)
    return whole


def _candidates(works: Iterable[Work]) -> list[Candidate]:
    return [candidate for work in works for candidate in work.candidates()]


async def _stored(
    running: _Load, patterns: list[tuple[str, str, str]], candidates: list[Candidate]
) -> list[StoredEdge]:
    """The stored relationships to check against: all of them where cycles are forbidden, else those in a group."""
    reads, found = running.store.reads, []
    for pattern in patterns:
        edges = stored_edges(reads, *pattern) if invariants(*pattern).acyclic is not None else None
        if edges is None:
            edges = edges_of(reads, pattern, [candidate.row for candidate in candidates])
        found += [edge async for edge in edges]
    return found


async def _ties(running: _Load) -> None:
    """Ties follow from activities: also after a load that was cut short before it got to them."""
    if not running.activities:
        return
    running.watch.begin("Deriving ties from activities", None)
    writes, touched = running.store.writes, sorted(running.activities)
    if len(touched) > _MANY_ACTIVITIES:
        done = await refresh.rebuild(writes, now=running.now)
    else:
        done = await refresh.refresh(writes, touched, now=running.now)
    changed = done.changed + done.removed
    unchanged = max(0, done.ties - done.created - done.changed)
    running.lines.append(Line("KNOWS (ties from activities)", done.created, changed, unchanged))
