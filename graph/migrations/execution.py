"""Migrates a graph to the version of this program, in one process at a time, after a backup of the local store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from graph import fill_lock, schema_version
from graph.backup.create import SUFFIX, create, file_name
from graph.engine import Server, server_lease
from graph.errors import Conflict, Refused
from graph.migrations import steps  # noqa: F401  (declares the steps)
from graph.migrations.registry import STEPS, Change, ConvertedChange, Step, check
from graph.settings import Settings
from graph.store import Reads, Store, Writes

CURRENT = check()
"""The schema version of this program."""

_BACKUP = "before-migration"
_BACKUPS_KEPT = 3
_ROWS = 5_000
_SECONDS = 3600.0
_SECONDS_BETWEEN_REPORTS = 5.0
_SECONDS_BETWEEN_CLAIMS = 0.5

Notify = Callable[[str], None]


def pending(version: int | None) -> tuple[Step, ...]:
    """Returns the steps that a graph of a version needs; None means a graph without records.

    Raises Refused if the graph has a newer version than this program.
    """
    if version is not None and version > CURRENT:
        raise Refused(
            f"The data has schema version {version}; this version of Kith supports {CURRENT}.",
            remedy="Use the newer version of Kith that wrote the data, or restore an older backup.",
        )
    return tuple(STEPS[to] for to in range((version or CURRENT) + 1, CURRENT + 1))


async def migrate(
    store: Store, settings: Settings, server: Server, notify: Notify, *, confirmed: bool = False
) -> tuple[Step, ...]:
    """Migrates the graph to the version of this program; returns the steps that ran.

    Every program that writes calls this first. It waits while another process migrates, and resumes an interrupted
    migration. It creates a backup of the local store first. On a server that Kith did not start, the operator must
    confirm. Raises Refused for a newer graph or without confirmation, Conflict and Unavailable.
    """
    stored = await schema_version.read(store.reads)
    if not pending(stored.version):
        if stored.version is None:
            await schema_version.write(store.writes, CURRENT)
        return ()
    if not server.local and not confirmed:
        raise Refused(
            f"The data at {server.uri} has schema version {stored.version}; this version of Kith needs {CURRENT}.",
            remedy="Back up that database, then run `python -m graph migrate --yes`.",
        )
    async with _alone(store, notify) as writes:
        return await _run(writes, settings, server, notify)


async def incomplete(reads: Reads) -> dict[int, int]:
    """Returns the versions whose steps the records of another program need, each with the number of records.

    Lists and searches do not find all of these. `repair` completes them. Raises Unavailable and TooExpensive.
    """
    found = {
        to: sum([await reads.ask(change.pending.bind()) for change in one.changes])
        for to, one in sorted(STEPS.items())
        if one.repeatable
    }
    return {to: records for to, records in found.items() if records}


async def repair(store: Store, notify: Notify) -> tuple[Step, ...]:
    """Completes the records that other programs wrote, in batches; returns the steps that they needed.

    It can be interrupted and repeated. Raises Conflict and Unavailable.
    """
    found = await incomplete(store.reads)
    if found:
        async with _alone(store, notify) as writes:
            for to, records in found.items():
                notify(f"Completing records that another program wrote ({records:,}): {STEPS[to].description}.")
                for change in STEPS[to].changes:
                    await _apply(writes, change, notify)
    return tuple(STEPS[to] for to in found)


@asynccontextmanager
async def _alone(store: Store, notify: Notify) -> AsyncIterator[Writes]:
    """Holds the lock of migrations; yields writes with a long time limit."""
    right = await _claimed(store.writes, notify)
    async with fill_lock.held(right, store.writes, _SECONDS) as held:
        yield held.writes
        await right.complete(store.writes)


async def _claimed(writes: Writes, notify: Notify) -> fill_lock.FillLock:
    waiting = False
    while True:
        _, right = await fill_lock.claim(writes, "migration", replace=True, name=fill_lock.MIGRATION)
        if right is not None:
            return right
        if not waiting:
            notify("Another process is migrating the data; waiting until it has finished.")
            waiting = True
        await asyncio.sleep(_SECONDS_BETWEEN_CLAIMS)


async def _run(writes: Writes, settings: Settings, server: Server, notify: Notify) -> tuple[Step, ...]:
    stored = await schema_version.read(writes)
    steps_to_run = pending(stored.version)
    if not steps_to_run:
        return ()
    name = await _backed_up(settings, stored.backup, notify) if server.local else None
    await schema_version.write(writes, steps_to_run[0].to - 1, name)
    for step in steps_to_run:
        notify(f"Migrating the data to schema version {step.to}: {step.description}.")
        for change in step.changes:
            await _apply(writes, change, notify)
        await schema_version.write(writes, step.to, name if step.to < CURRENT else None)
    notify(f"The data has schema version {CURRENT}.")
    return steps_to_run


async def _backed_up(settings: Settings, begun_with: str | None, notify: Notify) -> str:
    """Returns the name of the backup before the migration; a resumed migration keeps its first backup."""
    folder = server_lease.folder_of(settings)
    if begun_with is not None and (folder.backups / begun_with).exists():
        notify(f"Resuming an interrupted migration; the backup before it is {begun_with}.")
        return begun_with
    notify("Creating a backup before the migration.")
    path = (await create(settings, folder.backups / file_name(_BACKUP))).path
    for old in sorted(folder.backups.glob(f"{_BACKUP}-*{SUFFIX}"))[:-_BACKUPS_KEPT]:
        old.unlink()
    notify(f"The backup is {path}.")
    return path.name


async def _apply(writes: Writes, change: Change | ConvertedChange, notify: Notify) -> None:
    """Applies a change in batches, and reports progress. Raises Conflict if data in the old form remains."""
    total = left = await writes.ask(change.pending.bind())
    if not total:
        return
    applied = asyncio.ensure_future(
        _convert(writes, change)
        if isinstance(change, ConvertedChange)
        else writes.autocommit(change.apply.bind(rows=_ROWS))
    )
    try:
        while not (await asyncio.wait([applied], timeout=_SECONDS_BETWEEN_REPORTS))[0]:
            left = await writes.ask(change.pending.bind())
            notify(f"  {total - left:,} of {total:,}")
        await applied
    finally:
        applied.cancel()
    if left := await writes.ask(change.pending.bind()):
        raise Conflict(
            f"{left:,} of {total:,} are not migrated: something else wrote in the old form at the same time.",
            remedy="Stop every older version of Kith that uses this database, then start again.",
        )


async def _convert(writes: Writes, change: ConvertedChange) -> None:
    after = ""
    while found := await writes.ask(change.read.bind(after=after, rows=_ROWS)):
        await writes.change(
            change.apply.bind(batch=[{"uid": one["uid"], "values": dict(change.convert(one))} for one in found])
        )
        after = found[-1]["uid"]
