"""Whether the graph is empty, being filled, or full: one writer at a time, and one that did not finish is found out."""

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

from graph.errors import Conflict
from graph.identity import new_uid
from graph.store import Reads, Statement, Writes

SILENCE = 60
"""Seconds after which a writer that was not heard of is taken for dead."""
SECONDS_BETWEEN_BEATS = 2.0
_ROWS = 10_000
FILLING = "filling"
MIGRATION = "migration"
_UNUSED = {
    "01N50": "the mark is the first of its label",
    "01N52": "the mark is the first with these properties",
}


class Found(enum.Enum):
    """How the graph was found."""

    EMPTY = "Nothing is in it."
    FILLED = "Records are in it."
    WRITING = "Another process is filling it."
    INTERRUPTED = "A process began to fill it and did not finish."


_MARK = Statement(
    "fill_lock.mark",
    """MATCH (mark:Lock {name: $name})
RETURN {state: mark.state, token: mark.token, host: mark.host, process: mark.process} AS mark""",
    expected=_UNUSED,
)

# The first SET locks the mark: whoever asks at the same time waits here and then sees what the first one left.
_CLAIM = Statement(
    "fill_lock.claim",
    """MERGE (mark:Lock {name: $name})
SET mark.askedAt = datetime()
WITH mark, EXISTS { MATCH (:Record) } AS filled,
  mark.state = 'WRITING' AND mark.token <> $gone
    AND mark.beatAt > datetime() - duration({seconds: $silence}) AS alive
WITH mark, CASE
    WHEN alive THEN 'WRITING'
    WHEN mark.state IN ['WRITING', 'INTERRUPTED'] THEN 'INTERRUPTED'
    WHEN filled THEN 'FILLED'
    ELSE 'EMPTY'
  END AS found
FOREACH (_ IN CASE WHEN found IN $takes THEN [1] ELSE [] END |
  SET mark.state = 'WRITING', mark.token = $token, mark.host = $host, mark.process = $process,
    mark.beatAt = datetime(), mark.what = $what)
RETURN found""",
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
    """The right to fill the graph, held by this process until it leaves it."""

    token: str
    name: str = FILLING

    async def beat(self, writes: Writes) -> None:
        """Says that this process is still at it. Raises Conflict when another one has taken over."""
        if not await writes.change(_BEAT.bind(name=self.name, token=self.token)):
            raise Conflict(
                f"Another process has taken over the lock `{self.name}`.",
                remedy="Let it finish, then look at the graph.",
            )

    async def finish(self, writes: Writes, records: int, relationships: int) -> None:
        """Marks the graph as full. Raises Conflict when it does not hold what was written, or another took over."""
        there = await writes.ask(_COUNTS.bind())
        if there != [records, relationships]:
            raise Conflict(
                f"The graph holds {there[0]} records and {there[1]} relationships after {records} and {relationships} "
                "were written: something else wrote at the same time.",
                remedy="Stop what else writes to this graph, then write it again with --replace.",
            )
        await self.complete(writes)

    async def complete(self, writes: Writes) -> None:
        """Marks the work as done. Raises Conflict when another process took over."""
        await self._leave(writes, "COMPLETE")

    async def give_up(self, writes: Writes) -> None:
        """Marks the graph as unfinished, so that the next process does it again at once."""
        await self._leave(writes, "INTERRUPTED")

    async def _leave(self, writes: Writes, state: str) -> None:
        if not await writes.change(_LEAVE.bind(name=self.name, token=self.token, state=state)):
            raise Conflict(
                f"Another process has taken over the lock `{self.name}`.",
                remedy="Let it finish, then look at the graph.",
            )


async def claim(
    writes: Writes, what: str, *, replace: bool = False, name: str = FILLING
) -> tuple[Found, FillLock | None]:
    """How the graph is, and the right to fill it: where it is empty or unfinished, with `replace` where it is full too.

    `what` says for people what it is filled with. Of several processes at once exactly one gets the right.
    """
    filling = FillLock(new_uid(), name)
    takes = {Found.EMPTY.name, Found.INTERRUPTED.name} | ({Found.FILLED.name} if replace else set())
    bound = _CLAIM.bind(
        name=name,
        token=filling.token,
        gone=_gone(await writes.ask(_MARK.bind(name=name))),
        host=socket.gethostname(),
        process=os.getpid(),
        takes=sorted(takes),
        silence=SILENCE,
        what=what,
    )
    found = await writes.change(bound)
    return Found[found], filling if found in takes else None


@asynccontextmanager
async def held(right: FillLock, writes: Writes) -> AsyncIterator[asyncio.Future[None]]:
    """Renews the right every few seconds; the future that does so ends with an error when the right was lost.

    An error in the context gives the right up.
    """
    beats = asyncio.ensure_future(_beat(right, writes))
    try:
        yield beats
    except BaseException:
        with contextlib.suppress(Exception):
            await asyncio.shield(right.give_up(writes))
        raise
    finally:
        beats.cancel()


async def _beat(right: FillLock, writes: Writes) -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_BEATS)
        await right.beat(writes)


async def clear(writes: Writes) -> None:
    """Deletes every node and relationship, in parts; what is left after a crash is deleted by the next one.

    Raises Unavailable.
    """
    await writes.autocommit(_UNTIE.bind(rows=_ROWS))
    await writes.autocommit(_CLEAR.bind(rows=_ROWS))


async def is_unfinished(reads: Reads) -> bool:
    """Whether a process began to fill the graph and has not finished, be it still at it or not."""
    mark = await reads.ask(_MARK.bind(name=FILLING))
    return mark is not None and mark["state"] in ("WRITING", "INTERRUPTED")


def _gone(mark: dict[str, Any] | None) -> str:
    """The token of a writer on this machine whose process is no more; no token otherwise."""
    if mark is None or mark["state"] != "WRITING" or mark["host"] != socket.gethostname():
        return ""
    return "" if psutil.pid_exists(mark["process"]) else str(mark["token"])
