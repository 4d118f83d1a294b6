"""Executes a mutation in one transaction: it is applied completely or not at all, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from neo4j import AsyncManagedTransaction

from graph.errors import Conflict, KithError, KithErrors, NotFound, NotSent, Refused, Unavailable
from graph.mutations.frame import locks
from graph.mutations.idempotency import IdempotencyKey
from graph.mutations.reasons import check
from graph.store import Bound, Statement, Writes
from graph.transactions import value

DONE = Statement("mutation.done", "RETURN EXISTS { (:Event {uid: $event}) } AS done")

# Errors after which the mutation may have been done all the same: the driver sends a transaction again when it lost
# the answer to a commit, and the second time the graph may not allow the change any more.
_UNSURE = (Conflict, KithErrors, NotFound, Refused, Unavailable)

Uids = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Call:
    """A mutation to execute.

    `statement` makes the statement, whose text is `text`, from the stored properties of the subject, which `locking`
    reads first where values follow from others. `uids` are the ids of the payload's records as far as they are known
    before, `event` always. `current` is the response key of the subject, `record` its label in words. `held` and
    `locks` are the ids and the names that the mutation locks, and `near` makes the statement that locks further
    records.
    """

    name: str
    now: datetime
    text: str
    statement: Callable[[Mapping[str, Any]], Bound]
    uids: Uids
    record: str
    held: Sequence[str] = ()
    locks: Sequence[str] = ()
    near: Callable[[], Bound] | None = None
    locking: Bound | None = None
    current: str | None = None
    key: IdempotencyKey | None = None

    def under(self, key: IdempotencyKey) -> Call:
        """The call under an idempotency key."""
        return replace(self, key=key)


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a mutation: its payload, or, if `payload` is None, the records of the first execution."""

    uids: Uids
    payload: Mapping[str, Any] | None = None


class _RolledBack(Exception):
    """Rolls back the transaction of a dry run."""

    def __init__(self, done: Done) -> None:
        super().__init__()
        self.done = done


async def execute_alone(writes: Writes, call: Call, *, dry_run: bool = False, sent: bool = False) -> Done:
    """Executes a mutation in a transaction of its own; a dry run is rolled back.

    `sent` tells that it was sent to the database before, with an unknown outcome.

    Raises NotFound, Conflict and Refused (or several of them as KithErrors) if the mutation changed no data, and
    Unavailable if the outcome is unknown.
    """

    async def work(transaction: AsyncManagedTransaction) -> Done:
        done = await execute(transaction, call)
        if dry_run:
            raise _RolledBack(done)
        return done

    try:
        done: Done = await writes.in_transaction(work, name=call.name)
    except _RolledBack as rolled_back:
        done = rolled_back.done
    except _UNSURE as error:
        if dry_run or (isinstance(error, NotSent) and not sent):
            raise
        done = await settle(writes, call, error)
    return done


async def execute(transaction: AsyncManagedTransaction, call: Call) -> Done:
    """Executes a mutation, under its idempotency key if it has one, within a transaction; raises as `perform` does."""
    if call.key is None:
        return await perform(transaction, call)
    earlier = _earlier(call, await value(transaction, call.key.claim(call.now)))
    if earlier is not None:
        return earlier
    done = await perform(transaction, call)
    await value(transaction, call.key.keep(done.uids))
    return done


def _earlier(call: Call, claimed: Mapping[str, Any]) -> Done | None:
    """The outcome of an earlier call under the same key; None when this call claimed the key."""
    assert call.key is not None
    if claimed["digest"] != call.key.digest:
        raise Refused(
            "The idempotency key was used for another mutation or another input.",
            remedy="Send a new key with a new request, or the same request with the same key.",
            field="input.idempotencyKey",
        )
    if claimed["fields"] is None:
        return None
    return Done(dict(zip(claimed["fields"], claimed["uids"], strict=True)))


async def settle(writes: Writes, call: Call, error: KithError) -> Done:
    """Finds the outcome by the Event: done all the same, or the error."""
    unknown = Unavailable(
        "The outcome is unknown: the connection was lost before the database answered.",
        remedy="Read the record before you retry, or send the request with an idempotency key.",
    )
    try:
        if await writes.ask(DONE.bind(event=call.uids["event"])):
            return Done(call.uids)
    except Unavailable:
        raise unknown from error
    raise unknown if isinstance(error, Unavailable) else error


async def perform(transaction: AsyncManagedTransaction, call: Call) -> Done:
    """Executes a mutation within a transaction.

    Raises NotFound, Conflict and Refused (or several of them as KithErrors); the caller rolls the transaction back.
    """
    stored = {} if call.locking is None else await value(transaction, call.locking) or {}
    answer = await value(transaction, call.statement(stored))
    check(answer, call.record, call.current)
    return Done(answer["uids"], answer["payload"])


def locks_of(calls: Sequence[Call]) -> Bound:
    """Takes the locks of several mutations in one order, so that two such transactions do not deadlock."""
    given = {
        "locks": sorted({lock for call in calls for lock in call.locks}),
        "held": sorted({uid for call in calls for uid in call.held}),
    }
    return Bound("mutation.locks", locks(), {"input": given, "now": calls[0].now})
