"""Group commit: mutations that wait at the same time share a transaction, and each has its own result.

See decision 0025. A commit costs several times as much as the statement of a small mutation, and the positions of
events make commits queue.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from neo4j import AsyncManagedTransaction

from graph.mutations.execution import Call, Done, execute, execute_alone, locks_of
from graph.store import Writes
from graph.transactions import value
from graph.turns import Turn

# A mutation that took less, alone, may join a group the next time.
_QUICK_SECONDS = 1.0
# A statement that took longer, once the group had its locks, does not join a group the next time.
_LIGHT_SECONDS = 0.25
_MOST_APART = 2


class _FailedError(Exception):
    """Rolls back the transaction of a group; `at` is the mutation that failed, None if it is not known.

    `unsure` tells that the group may have been committed all the same.
    """

    def __init__(self, at: int | None, *, unsure: bool = False) -> None:
        super().__init__()
        self.at, self.unsure = at, unsure


async def execute_mutation(writes: Writes, call: Call, *, dry_run: bool = False) -> Done:
    """Executes a mutation; a dry run is rolled back.

    Mutations that are known to be light share a transaction with those that wait at the same time.

    Raises NotFound, Conflict and Refused (or several of them as KithErrors) if the mutation changed no data, and
    Unavailable if the outcome is unknown.
    """
    await _planned(writes, call.text)
    if writes.admission.is_quick(call.text):
        if dry_run:
            return await execute_alone(writes, call, dry_run=True)
        done: Done = await writes.turns.take(call, partial(_run, writes))
        return done
    with writes.turns.first(call.text):
        started = time.perf_counter()
        try:
            return await execute_alone(writes, call, dry_run=dry_run)
        finally:
            if time.perf_counter() - started < _QUICK_SECONDS:
                writes.admission.quick(call.text)


async def _planned(writes: Writes, text: str) -> None:
    """Waits while another mutation with the same, unknown statement runs, because planning it takes seconds."""
    until = time.perf_counter() + writes.seconds / 2
    while (first := writes.turns.firsts.get(text)) is not None and (left := until - time.perf_counter()) > 0:
        await asyncio.wait([first], timeout=left)


async def _run(writes: Writes, turns: Sequence[Turn]) -> None:
    """Executes mutations together; one that fails is executed again alone, after the rest without it."""
    rest, apart = list(turns), list[Turn]()
    unsure = False
    while len(rest) > 1 and len(apart) <= _MOST_APART:
        try:
            await _together(writes, rest)
        except _FailedError as failed:
            unsure = failed.unsure
            if failed.at is None:
                break
            apart.append(rest.pop(failed.at))
        else:
            rest = []
    again = [(turn, unsure) for turn in rest] + [(turn, False) for turn in apart]
    await asyncio.gather(*(turn.resolve(execute_alone(writes, turn.item, sent=sent)) for turn, sent in again))


async def _together(writes: Writes, turns: Sequence[Turn]) -> None:
    """Executes mutations in one transaction, one after the other. Raises _FailedError when it was not committed."""
    calls: list[Call] = [turn.item for turn in turns]
    attempts = 0

    async def work(transaction: AsyncManagedTransaction) -> list[Done]:
        nonlocal attempts
        attempts += 1
        if attempts > 1:  # the commit failed, or its answer was lost: each mutation finds out for itself
            raise _FailedError(None, unsure=True)
        done: list[Done] = []
        locked = False
        try:
            await _lock(transaction, calls)
            locked = True
            for call in calls:
                started = time.perf_counter()
                done.append(await execute(transaction, call))
                seconds = time.perf_counter() - started
                writes.observe(call.name, seconds)
                if seconds > _LIGHT_SECONDS:
                    writes.admission.slow(call.text)
        except Exception as error:
            raise _FailedError(len(done) if locked else None) from error
        return done

    try:
        done = await writes.in_transaction(work, name="mutation.group")
    except _FailedError:
        raise
    except Exception as error:
        raise _FailedError(None, unsure=True) from error
    for turn, result in zip(turns, done, strict=True):
        turn.succeed(result)


async def _lock(transaction: AsyncManagedTransaction, calls: Sequence[Call]) -> None:
    """Takes the locks of all mutations before the first one takes a position, or two groups could deadlock."""
    for key in sorted({call.key for call in calls if call.key is not None}, key=lambda key: key.key):
        await value(transaction, key.claim(next(call.now for call in calls if call.key == key)))
    await value(transaction, locks_of(calls))
    for call in calls:
        if call.near is not None:
            await value(transaction, call.near())
