"""Executes a load: nodes before relationships, in batches, with every row written or rejected."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from graph.bulk.batch import BATCH, batches
from graph.bulk.edge_reads import edges_of, removed_edges, stored_edges
from graph.bulk.edges import EdgeWriter, merge_batch
from graph.bulk.invariants import StoredEdge, invariants
from graph.bulk.nodes import ensure_nodes, merge_nodes, present
from graph.bulk.recording import Recorder
from graph.bulk.rehearsal import Rehearsal, RehearsedWrites
from graph.events import BatchCount, write_batch_event
from graph.store import Store
from graph.ties import refresh
from graph.unrecorded import unrecorded
from graph.vocabulary import entity
from seed.load.contention import Contention, contention, pattern_key
from seed.load.duplicates import EarlierRows
from seed.load.invariants import Candidate, Verdict, judge
from seed.load.plan import Plan, Step
from seed.load.rejects import Rejects
from seed.load.spool import spooled
from seed.load.steps import StepRun, TableCounts
from seed.mapping.model import EdgeTable, NodeTable
from seed.rows.tables import Item, computes_amount, missing_node

# from this number of activities on, rebuilding all ties is faster than updating those of each activity
_MANY_ACTIVITIES = 20_000

# the values of a line that are decided as one, because the amount follows from the others
LINE = ("pricePerUnit", "quantity", "discount", "extendedAmount")

# the number of new objects after which Python looks for cyclic garbage during a load
_OBJECTS = 100_000

# the number of batches that are written in parallel; their locks keep them apart
_AT_ONCE = 2


def _ignore_begin(title: str, rows: int | None) -> None:
    """A callback without effect."""


def _ignore_rows(rows: int) -> None:
    """A callback without effect."""


@dataclass(frozen=True, slots=True)
class ProgressListener:
    """Callbacks for progress: a table begins with a number of rows (None if unknown), and rows are finished."""

    begin: Callable[[str, int | None], None] = _ignore_begin
    done: Callable[[int], None] = _ignore_rows


@dataclass(slots=True)
class _LoadState:
    """The state of one load."""

    store: Store
    plan: Plan
    rejects: Rejects
    listener: ProgressListener
    now: datetime
    earlier: EarlierRows
    overwrite: bool = False
    recorder: Recorder | None = None
    rehearsal: Rehearsal | None = None
    contention: Sequence[Contention] = ()
    counts: list[TableCounts] = field(default_factory=list)
    activities: set[str] = field(default_factory=set)

    def run(self, at: int, step: Step, verdict: Verdict) -> StepRun:
        """Prepares the execution of a step."""
        table = step.table
        name = table.label if isinstance(table, NodeTable) else table.type
        counts = TableCounts(name, f"({table.file.name})")
        return StepRun(
            at, step, self.plan.mapping.source, counts, self.rejects, self.contention[at], self.earlier, verdict
        )

    def touched(self, activities: Iterable[str]) -> None:
        """Collects activities whose ties must be derived, up to the number from which all ties are rebuilt."""
        if len(self.activities) <= _MANY_ACTIVITIES:
            self.activities.update(activities)


async def load(
    store: Store,
    plan: Plan,
    rejects: Rejects,
    *,
    overwrite: bool = False,
    listener: ProgressListener | None = None,
    now: datetime | None = None,
    recorder: Recorder | None = None,
) -> list[TableCounts]:
    """Executes a plan and returns the counts of every table and of derived records.

    Rejected rows go to `rejects`, and so do the values that both the source and people changed since the last load;
    with `overwrite` the source wins there. Each batch is one transaction: after a crash, load again. A `recorder`
    receives what each batch writes, and writes the events; without one, the load leaves one event with its counts.
    Raises Conflict, Unavailable, and what the `listener` raises, which ends the load after the current batches.
    """
    async with unrecorded(store.writes):
        return await _load(store, plan, rejects, overwrite, listener, now or datetime.now(UTC), recorder)


async def rehearse(
    store: Store,
    plan: Plan,
    rejects: Rejects,
    *,
    overwrite: bool = False,
    listener: ProgressListener | None = None,
    recorder: Recorder | None = None,
) -> list[TableCounts]:
    """Returns the counts that `load` would return, and writes nothing: each batch is executed and rolled back."""
    rehearsal = Rehearsal()
    rolled_back = Store(store.driver, store.reads, RehearsedWrites.of(store.writes))
    recorder = rehearsal.recorder(recorder)
    return await _load(rolled_back, plan, rejects, overwrite, listener, datetime.now(UTC), recorder, rehearsal)


async def _load(
    store: Store,
    plan: Plan,
    rejects: Rejects,
    overwrite: bool,
    listener: ProgressListener | None,
    now: datetime,
    recorder: Recorder | None = None,
    rehearsal: Rehearsal | None = None,
) -> list[TableCounts]:
    with _rare_collections(), spooled(plan) as kept:
        state = _LoadState(
            store, kept, rejects, listener or ProgressListener(), now, EarlierRows(kept), overwrite, recorder, rehearsal
        )
        state.listener.begin("Looking for rows that exclude each other", None)
        state.contention = await asyncio.to_thread(contention, kept)
        for at, step in enumerate(kept.steps):
            if isinstance(step.table, NodeTable):
                await _nodes(state, state.run(at, step, Verdict()), step.table)
        verdict = await _check_invariants(state)
        for at, step in enumerate(kept.steps):
            if isinstance(step.table, EdgeTable):
                await _edges(state, state.run(at, step, verdict), step.table)
        if rehearsal is None:
            await _ties(state)
            if recorder is None:
                await _event(state)
        return state.counts


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Lets Python look for cyclic garbage less often: a batch is many objects without cycles.

    With the usual threshold, a third of the processor time of a load is spent on looking.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


async def _nodes(state: _LoadState, run: StepRun, table: NodeTable) -> None:
    writes, active = state.store.writes, "Activity" in entity(table.label).labels

    async def write(items: list[Item]) -> None:
        rows = [item.row for item in items]
        tally = await merge_nodes(
            writes,
            table.label,
            rows,
            create=run.step.creates,
            source=state.plan.mapping.source,
            stamps={item.row["uid"]: item.stamp for item in items},
            overwrite=state.overwrite,
            now=state.now,
            recorder=state.recorder,
        )
        run.counts.add(tally)
        for position, kept in tally.kept:
            run.kept(items[position], kept)
        for position, _ in tally.missing:
            run.absent(items[position])
        for position, reason in tally.conflicts:
            run.deleted(items[position], reason)
        if active:
            state.touched(row["uid"] for row in rows)

    await _write_step(state, run, write)


async def _edges(state: _LoadState, run: StepRun, table: EdgeTable) -> None:
    writes, source = state.store.writes, state.plan.mapping.source
    to_activity = "Activity" in entity(table.end.label).labels
    pattern = (table.type, table.start.label, table.end.label)
    together = LINE if computes_amount(table) else ()
    writer = EdgeWriter(pattern, source, state.now, together, state.overwrite, recorder=state.recorder)
    later: list[Item] = []
    replaced = TableCounts(table.type, f"of {table.start.label} (replaced)")
    created = {
        which: TableCounts(end.label, f"(created for {table.type})")
        for which, end in enumerate((table.start, table.end))
    }

    async def write(items: list[Item]) -> None:
        for which, end in enumerate((table.start, table.end)):
            if end.create_missing:
                keys = dict.fromkeys(item.keys[which][1] for item in items)
                nodes = [missing_node(end, source, parts) for parts in keys]
                created[which].created += await ensure_nodes(writes, end.label, nodes, source=source, now=state.now)
        rows = [item.row for item in items]
        tally = await merge_batch(writes, writer, rows)
        run.counts.add(tally)
        later.extend(items[position] for position in tally.cyclic)
        for position, kept in tally.kept:
            run.kept(items[position], kept)
        replaced.changed += tally.replaced
        if state.rehearsal is not None:
            tally.missing = await _still_missing(state, state.rehearsal, run, items, tally.missing)
        for position, absent in tally.missing:
            run.missing(items[position], absent)
        for position, reason in tally.conflicts:
            run.conflict(items[position], reason)
        if to_activity:
            state.touched(row.end for row in rows)

    await _write_step(state, run, write)
    await _write_later(run, write, later)
    state.counts.extend(counts for counts in (*created.values(), replaced) if counts.created or counts.changed)


async def _still_missing(
    state: _LoadState, rehearsal: Rehearsal, run: StepRun, items: Sequence[Item], missing: Sequence[tuple[int, str]]
) -> list[tuple[int, str]]:
    """Counts relationships to records that the load would create; returns the others with the end that is missing."""
    table = run.step.table
    assert isinstance(table, EdgeTable)
    there = set(rehearsal.created)
    for label, which in ((table.start.label, "start"), (table.end.label, "end")):
        uids = {getattr(items[position].row, which) for position, _ in missing}
        there |= await present(state.store.writes, label, sorted(uids - there))
    found = []
    for position, _ in missing:
        row = items[position].row
        absent = next((uid for uid in (row.start, row.end) if uid not in there), None)
        if absent is None:
            run.counts.created += 1
        else:
            found.append((position, absent))
    return found


async def _write_later(run: StepRun, write: Callable[[list[Item]], Awaitable[None]], later: list[Item]) -> None:
    """Writes the rows that closed a cycle when they were tried: other rows may have taken it apart since.

    They are tried one at a time at last, because of two that close a cycle together one is to be written.
    """
    size = BATCH
    while later:
        items, count = list(later), len(later)
        later.clear()
        for batch in batches(items, size):
            await write(batch)
        if len(later) == count:
            if size == 1:
                break
            size = 1
    for item in later:
        run.conflict(item, "it would close a cycle with relationships that were added during the load")


async def _write_step(state: _LoadState, run: StepRun, write: Callable[[list[Item]], Awaitable[None]]) -> None:
    """Writes the items of a step in parallel batches while the next batch is prepared."""
    state.listener.begin(run.counts.title, None)
    state.counts.append(run.counts)
    feed, prepared = batches(run.items()), 0
    writing: set[asyncio.Task[None]] = set()

    async def finished(batch: list[Item], rows: int) -> None:
        await write(batch)
        state.listener.done(rows)

    try:
        while batch := await asyncio.to_thread(next, feed, None):
            while len(writing) >= _AT_ONCE:
                done, writing = await asyncio.wait(writing, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    one.result()
            seen = run.counts.seen
            writing.add(asyncio.create_task(finished(batch, seen - prepared)))
            prepared = seen
        await asyncio.gather(*writing)
    except asyncio.CancelledError:
        for one in writing:
            one.cancel()
        raise
    finally:
        # A batch that is being written when another one fails ends, so that it is known what was written.
        await asyncio.gather(*writing, return_exceptions=True)
    state.listener.done(run.counts.seen - prepared)


async def _check_invariants(state: _LoadState) -> Verdict:
    """Checks rows against other rows and distant relationships."""
    whole = Verdict()
    groups: dict[tuple[Any, ...], list[StepRun]] = {}
    for at, step in enumerate(state.plan.steps):
        if isinstance(step.table, EdgeTable):
            groups.setdefault(pattern_key(step.table), []).append(state.run(at, step, Verdict()))
    for runs in groups.values():
        tables = [run.step.table for run in runs if isinstance(run.step.table, EdgeTable)]
        patterns = dict.fromkeys((table.type, table.start.label, table.end.label) for table in tables)
        rules = invariants(*next(iter(patterns)))
        if rules.acyclic is None and not rules.at_most_one:
            continue
        if rules.acyclic is None and not any(run.contention for run in runs):
            continue
        candidates = await asyncio.to_thread(_candidates, state.plan, runs)
        if not candidates:
            continue
        stored = await _stored(state, list(patterns), candidates)
        removed = await removed_edges(state.store.reads, [one.row for one in candidates])
        judged = partial(judge, removed=removed, overwrite=state.overwrite)
        source = state.plan.mapping.source
        whole.add(await asyncio.to_thread(judged, candidates, stored, rules, source, state.now))
    return whole


def _candidates(plan: Plan, runs: Iterable[StepRun]) -> list[Candidate]:
    earlier = EarlierRows(plan)
    return [candidate for run in runs for candidate in run.candidates(earlier)]


async def _stored(
    state: _LoadState, patterns: list[tuple[str, str, str]], candidates: list[Candidate]
) -> list[StoredEdge]:
    """Reads the relationships to check against: all if cycles are forbidden, otherwise those in a group."""
    reads, found = state.store.reads, []
    for pattern in patterns:
        edges = stored_edges(reads, *pattern) if invariants(*pattern).acyclic is not None else None
        if edges is None:
            edges = edges_of(reads, pattern, [candidate.row for candidate in candidates])
        found += [edge async for edge in edges]
    return found


async def _ties(state: _LoadState) -> None:
    """Derives the ties of the activities, including those of an interrupted load."""
    if not state.activities:
        return
    state.listener.begin("Deriving ties from activities", None)
    writes, touched = state.store.writes, sorted(state.activities)
    if len(touched) > _MANY_ACTIVITIES:
        done = await refresh.rebuild(writes, now=state.now)
    else:
        done = await refresh.refresh(writes, touched, now=state.now)
    changed = done.changed + done.removed
    unchanged = max(0, done.ties - done.created - done.changed)
    state.counts.append(TableCounts("KNOWS", "(ties from activities)", done.created, changed, unchanged))


async def _event(state: _LoadState) -> None:
    """Writes the event of the load, unless it changed nothing."""
    totals: dict[str, BatchCount] = {}
    for counts in state.counts:
        total = totals.get(counts.type, BatchCount())
        totals[counts.type] = BatchCount(
            total.created + counts.created, total.changed + counts.changed, total.unchanged + counts.unchanged
        )
    if any(total.created or total.changed for total in totals.values()):
        source = state.plan.mapping.source
        await write_batch_event(state.store.writes, "seed load", totals, now=state.now, source=source)
