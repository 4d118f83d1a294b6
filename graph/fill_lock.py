"""Locks in the graph for long writes: one process at a time writes, and an interrupted write is detected."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psutil
from neo4j import AsyncManagedTransaction

from graph.errors import Conflict
from graph.identity import new_uid
from graph.store import Reads, Statement, Writes
from graph.unrecorded import unrecorded

SILENCE = 60
"""Seconds without a heartbeat after which a writer counts as dead."""
SECONDS_BETWEEN_BEATS = 2.0
_SECONDS_BETWEEN_LOOKS = 0.1
_ROWS = 10_000
FILLING = "filling"
MIGRATION = "migration"
_UNUSED = {
    "01N50": "the lock is the first node with its label",
    "01N52": "the lock is the first node with these properties",
}


class Found(enum.Enum):
    """The state of the graph when a lock is claimed."""

    EMPTY = "The graph is empty."
    FILLED = "The graph contains records other than roles."
    WRITING = "Another process is writing."
    INTERRUPTED = "A process started to write and did not finish."


_MARK = Statement(
    "fill_lock.mark",
    """MATCH (mark:Lock {name: $name})
RETURN {state: mark.state, token: mark.token, host: mark.host, process: mark.process} AS mark""",
    expected=_UNUSED,
)

# The first SET takes a write lock on the node, so that concurrent claims wait for each other. A heartbeat from the
# future was sent before the clock was set back.
_CLAIM = Statement(
    "fill_lock.claim",
    """MERGE (mark:Lock {name: $name})
SET mark.claimedAt = datetime()
WITH mark, coalesce(mark.token, '') AS before, EXISTS { MATCH (record:Record) WHERE NOT record:Role } AS filled,
  mark.state = 'WRITING' AND mark.token <> $gone
    AND mark.beatAt > datetime() - duration({seconds: $silence})
    AND mark.beatAt < datetime() + duration({seconds: $silence}) AS alive
WITH mark, before, CASE
    WHEN alive THEN 'WRITING'
    WHEN mark.state IN ['WRITING', 'INTERRUPTED'] THEN 'INTERRUPTED'
    WHEN filled THEN 'FILLED'
    ELSE 'EMPTY'
  END AS found
FOREACH (_ IN CASE WHEN found IN $takes THEN [1] ELSE [] END |
  SET mark.state = 'WRITING', mark.token = $token, mark.host = $host, mark.process = $process,
    mark.beatAt = datetime(), mark.what = $what)
RETURN [found, before] AS claim""",
    expected=_UNUSED,
)

_BEAT = Statement(
    "fill_lock.beat",
    """MATCH (mark:Lock {name: $name})
WHERE mark.token = $token AND mark.state = 'WRITING'
SET mark.beatAt = datetime()
RETURN count(mark) AS mine""",
    expected=_UNUSED,
)

_LEAVE = Statement(
    "fill_lock.leave",
    """MATCH (mark:Lock {name: $name})
WHERE mark.token = $token AND mark.state = 'WRITING'
SET mark.state = $state, mark.beatAt = datetime()
RETURN count(mark) AS mine""",
    expected=_UNUSED,
)

_HOLDER = Statement(
    "fill_lock.holder",
    "MATCH (mark:Lock {name: $name}) RETURN mark.token = $token AND mark.state = 'WRITING' AS mine",
    expected=_UNUSED,
)

# A server lists the transactions of its other databases too; a token occurs in one of them only.
_TRANSACTIONS = Statement(
    "fill_lock.transactions",
    "SHOW TRANSACTIONS YIELD transactionId, metaData WHERE metaData.owner = $token "
    "RETURN collect(transactionId) AS ids",
)
_TERMINATE = Statement(
    "fill_lock.terminate", "TERMINATE TRANSACTIONS $ids YIELD transactionId RETURN count(transactionId) AS ended"
)

_COUNTS = Statement("fill_lock.counts", "RETURN [COUNT { MATCH (:Record) }, COUNT { MATCH ()-->() }] AS counts")

_UNTIE = Statement(
    "fill_lock.untie",
    "MATCH ()-[tie]->() CALL (tie) { DELETE tie } IN TRANSACTIONS OF $rows ROWS",
)
_CLEAR = Statement(
    "fill_lock.clear",
    "MATCH (node) WHERE NOT node:Lock|SchemaVersion CALL (node) { DETACH DELETE node } IN TRANSACTIONS OF $rows ROWS",
    expected=_UNUSED,
)


@dataclass(frozen=True, slots=True)
class FillLock:
    """A lock held by this process."""

    token: str
    name: str
    before: str
    """The token of the process that held the lock before, or an empty text."""

    async def beat(self, writes: Writes) -> None:
        """Sends a heartbeat. Raises Conflict when another process has taken the lock."""
        if not await writes.change(_BEAT.bind(name=self.name, token=self.token)):
            raise self._lost()

    async def finish(self, writes: Writes, records: int, relationships: int) -> None:
        """Releases the lock after a complete write.

        Raises Conflict when the graph has other counts or another process has the lock.
        """
        counts = await writes.ask(_COUNTS.bind())
        if counts != [records, relationships]:
            raise Conflict(
                f"The graph has {counts[0]} records and {counts[1]} relationships after {records} and {relationships} "
                "were written: another process wrote at the same time.",
                remedy="Stop other writers, then run the command again with --replace.",
            )
        await self.complete(writes)

    async def complete(self, writes: Writes) -> None:
        """Releases the lock after complete work. Raises Conflict when another process has taken the lock."""
        await self._leave(writes, "COMPLETE")

    async def give_up(self, writes: Writes) -> None:
        """Releases the lock after incomplete work, so that the next process can repeat it at once."""
        await self._leave(writes, "INTERRUPTED")

    async def check(self, transaction: AsyncManagedTransaction) -> None:
        """Raises Conflict, before a transaction writes, when another process has taken the lock."""
        record = await (await transaction.run(_HOLDER.text, {"name": self.name, "token": self.token})).single()
        if record is None or not record["mine"]:
            raise self._lost()

    async def _leave(self, writes: Writes, state: str) -> None:
        if not await writes.change(_LEAVE.bind(name=self.name, token=self.token, state=state)):
            raise self._lost()

    def _lost(self) -> Conflict:
        return Conflict(
            f"Another process has taken over the lock `{self.name}`.",
            remedy="Wait until that process has finished, then check the graph.",
        )


async def claim(
    writes: Writes, what: str, *, replace: bool = False, name: str = FILLING
) -> tuple[Found, FillLock | None]:
    """Returns the state of the graph and, if it is empty or interrupted or with `replace`, the lock.

    `what` describes the write for people. Exactly one of several concurrent claims gets the lock.
    """
    token = new_uid()
    takes = {Found.EMPTY.name, Found.INTERRUPTED.name} | ({Found.FILLED.name} if replace else set())
    bound = _CLAIM.bind(
        name=name,
        token=token,
        gone=_gone(await writes.ask(_MARK.bind(name=name))),
        host=socket.gethostname(),
        process=os.getpid(),
        takes=sorted(takes),
        silence=SILENCE,
        what=what,
    )
    found, before = await writes.change(bound)
    return Found[found], FillLock(token, name, before) if found in takes else None


@dataclass(frozen=True, slots=True)
class Held:
    """A held lock: its writes, and a future that fails when another process has taken the lock."""

    writes: Writes
    beats: asyncio.Future[None]


@asynccontextmanager
async def held(right: FillLock, writes: Writes, seconds: float) -> AsyncIterator[Held]:
    """Sends heartbeats in the context. `seconds` limits each transaction of the yielded writes.

    The server may still be working on the last transactions of the holder before, which can have been killed; they
    have ended when the context begins. An exception in the context releases the lock as interrupted.
    """
    beats = asyncio.ensure_future(_beat(right, writes))
    try:
        if right.before:
            await _end_transactions(writes, right.before)
        async with unrecorded(writes):
            yield Held(writes.owned(right.token, right.check, seconds), beats)
    except BaseException:
        with contextlib.suppress(Exception):
            await asyncio.shield(right.give_up(writes))
        raise
    finally:
        beats.cancel()


async def _end_transactions(writes: Writes, token: str) -> None:
    """Waits until the transactions of a holder have ended; those that do not commit already are terminated."""
    while ids := await writes.ask(_TRANSACTIONS.bind(token=token)):
        await writes.ask(_TERMINATE.bind(ids=ids))
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)


async def _beat(right: FillLock, writes: Writes) -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_BEATS)
        await right.beat(writes)


async def clear(writes: Writes) -> None:
    """Deletes all nodes and relationships in several transactions; can be repeated after a crash.

    Raises Unavailable.
    """
    await writes.autocommit(_UNTIE.bind(rows=_ROWS))
    await writes.autocommit(_CLEAR.bind(rows=_ROWS))


async def is_unfinished(reads: Reads) -> bool:
    """Returns whether a process is filling the graph or was interrupted while it did."""
    mark = await reads.ask(_MARK.bind(name=FILLING))
    return mark is not None and mark["state"] in ("WRITING", "INTERRUPTED")


def _gone(mark: dict[str, Any] | None) -> str:
    """Returns the token of a writer on this machine whose process is dead, or an empty text."""
    if mark is None or mark["state"] != "WRITING" or mark["host"] != socket.gethostname():
        return ""
    return "" if psutil.pid_exists(mark["process"]) else str(mark["token"])
