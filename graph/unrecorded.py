"""Writes that leave no event for each record, such as imports: marked, so that readers of events know of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from graph.identity import new_uid
from graph.joining import Join
from graph.store import Reads, Statement, Writes

SILENCE = 60
"""Seconds without a heartbeat after which such a writer counts as dead."""
_SECONDS_BETWEEN_BEATS = 5.0

UNUSED = {
    "01N50": "the mark is the first node with its label",
    "01N51": "no mark has the property yet",
    "01N52": "the mark is the first node with these properties",
}
"""The notifications that a mark causes while it is the first one."""

# Locks survive the deletion of all records.
_BEAT = Statement(
    "unrecorded.beat",
    "MERGE (epoch:Lock {name: 'unrecorded'}) SET epoch.token = CASE WHEN $begins THEN $token ELSE epoch.token END\n"
    "MERGE (run:Lock {name: 'unrecorded ' + $token}) SET run.beatAt = datetime()\nRETURN true AS done",
    expected=UNUSED,
)
_END = Statement(
    "unrecorded.end",
    "MATCH (run:Lock {name: 'unrecorded ' + $token}) DELETE run RETURN true AS done",
    expected=UNUSED,
)

_POSITION = """OPTIONAL MATCH (events:Sequence {name: 'events'})
OPTIONAL MATCH (epoch:Lock {name: 'unrecorded'})
OPTIONAL MATCH (keys:Lock {name: 'keys'})
WITH [coalesce(events.value, 0), coalesce(epoch.token, ''), EXISTS {
  MATCH (run:Lock)
  WHERE run.name STARTS WITH 'unrecorded ' AND run.beatAt > datetime() - duration({seconds: $silence})
}, coalesce(keys.token, '')] AS position
"""
POSITION = Statement(
    "unrecorded.position",
    f"{_POSITION}RETURN position",
    expected=UNUSED,
)
_TOGETHER = Statement(
    "unrecorded.positions",
    f"{_POSITION}UNWIND $items AS item\nRETURN collect([item.at, position]) AS positions",
    expected=UNUSED,
)
_JOIN = Join(_TOGETHER.text, frozenset())


@dataclass(frozen=True, slots=True)
class Position:
    """The last event, the latest writes without events, whether such writes go on, and the last revoked API key."""

    event: int
    epoch: str
    running: bool
    keys: str


async def position(reads: Reads) -> Position:
    """Returns how far the graph has come. Raises Unavailable and TooExpensive."""
    return Position(*await reads.ask(replace(POSITION.bind(silence=SILENCE), join=_JOIN)))


@asynccontextmanager
async def unrecorded(writes: Writes) -> AsyncIterator[None]:
    """Marks the writes in the context. Raises Unavailable."""
    token = new_uid()
    await writes.change(_BEAT.bind(token=token, begins=True))
    beats = asyncio.ensure_future(_beat(writes, token))
    try:
        yield
    finally:
        beats.cancel()
        await asyncio.gather(beats, return_exceptions=True)
        with contextlib.suppress(Exception):  # a mark that stays counts as dead after a while
            await asyncio.shield(writes.change(_END.bind(token=token)))


async def _beat(writes: Writes, token: str) -> None:
    while True:
        await asyncio.sleep(_SECONDS_BETWEEN_BEATS)
        await writes.change(_BEAT.bind(token=token, begins=False))
