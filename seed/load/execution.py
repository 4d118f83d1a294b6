"""A load: tables in order, nodes before relationships, batch by batch, each row written or rejected."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from graph.bulk.hierarchy import end_edges, stored_edges
from graph.bulk.merge import OnlyOne, batches, ensure_nodes, merge_edges, merge_nodes
from graph.store import Store
from graph.ties import refresh
from graph.vocabulary import endpoint, entity
from seed.load.duplicates import Overruled, overruled
from seed.load.hierarchy import Verdict, judge
from seed.load.plan import Plan, Step
from seed.load.rejects import Rejects
from seed.load.steps import Line, Work
from seed.mapping.model import EdgeTable, NodeTable
from seed.rows.tables import Item, missing_node, single_of

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

    def work(self, at: int, step: Step, verdict: Verdict, *, judged: bool = False) -> Work:
        """A step about to be carried out, with its line of counts."""
        table = step.table
        name = table.label if isinstance(table, NodeTable) else table.type
        line = Line(f"{name} ({table.file.name})")
        return Work(at, step, self.plan.mapping.source, line, self.rejects, self.overruled[at], verdict, judged)

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
    running.watch.begin("Looking for rows that mean the same", None)
    running.overruled = await asyncio.to_thread(overruled, plan)
    for at, step in enumerate(plan.steps):
        if isinstance(step.table, NodeTable):
            await _nodes(running, running.work(at, step, Verdict()), step.table)
    verdict = await _judged(running)
    for at, step in enumerate(plan.steps):
        if isinstance(step.table, EdgeTable):
            work = running.work(at, step, verdict, judged=_is_tree(step.table) and _dated(step.table))
            await _edges(running, work, step.table)
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
    single = single_of(table)
    dated = _dated(table)
    only_one = None if single is None or _is_tree(table) else OnlyOne(source, dated, dict(single.where))
    replaced = Line(f"{table.type} of {table.start.label} (replaced)")
    made = {which: Line(f"{end.label} (made for {table.type})") for which, end in enumerate((table.start, table.end))}

    async def write(items: list[Item]) -> None:
        for which, end in enumerate((table.start, table.end)):
            if end.create_missing:
                keys = dict.fromkeys(item.keys[which][1] for item in items)
                nodes = [missing_node(end, source, parts) for parts in keys]
                made[which].created += await ensure_nodes(writes, end.label, nodes, now=running.now)
        rows = [item.row for item in items]
        pattern = (table.type, table.start.label, table.end.label)
        tally = await merge_edges(writes, *pattern, rows, only_one=only_one, now=running.now)
        work.line.add(tally)
        replaced.changed += tally.replaced
        for position, absent in tally.missing:
            work.missing(items[position], absent)
        for position, _ in tally.taken:
            work.taken(items[position])
        if table.type == "PARTICIPATED_IN":
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


def _is_tree(table: EdgeTable) -> bool:
    return table.type == "CHILD_OF" and table.start.label == table.end.label


def _dated(table: EdgeTable) -> bool:
    found = endpoint(table.type, table.start.label, table.end.label)
    return found is not None and found.model.dated


async def _judged(running: _Load) -> Verdict:
    """What may become of the rows of hierarchies; what gives way to them is ended here."""
    whole = Verdict()
    trees: dict[str, list[Work]] = {}
    for at, step in enumerate(running.plan.steps):
        if isinstance(step.table, EdgeTable) and _is_tree(step.table):
            trees.setdefault(step.table.start.label, []).append(running.work(at, step, Verdict()))
    for label, works in trees.items():
        stored = [edge async for edge in stored_edges(running.store.reads, "CHILD_OF", label)]
        asked = [one for work in works for one in work.asked()]
        table = works[0].step.table
        dated = isinstance(table, EdgeTable) and _dated(table)
        verdict = judge(asked, stored, running.plan.mapping.source, running.now, dated=dated)
        await end_edges(running.store.writes, "CHILD_OF", label, verdict.ended)
        whole.rejected.update(verdict.rejected)
        whole.begins.update(verdict.begins)
        if verdict.ended:
            running.lines.append(Line(f"CHILD_OF of {label} (replaced)", changed=len(verdict.ended)))
    return whole


async def _ties(running: _Load) -> None:
    """Ties follow from activities: also after a load that was cut short before it got to them."""
    if not running.activities:
        return
    running.watch.begin("Drawing ties from activities", None)
    writes, touched = running.store.writes, sorted(running.activities)
    if len(touched) > _MANY_ACTIVITIES:
        done = await refresh.rebuild(writes, now=running.now)
    else:
        done = await refresh.refresh(writes, touched, now=running.now)
    changed = done.changed + done.removed
    unchanged = max(0, done.ties - done.created - done.changed)
    running.lines.append(Line("KNOWS (ties from activities)", done.created, changed, unchanged))
