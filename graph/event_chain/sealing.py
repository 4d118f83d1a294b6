"""Seals events shortly after they were committed, in the order of their positions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from neo4j import AsyncManagedTransaction

from graph.errors import Conflict, KithError
from graph.event_chain.digests import HASH, digest_of_changes, hash_of_event
from graph.event_chain.reading import EVENTS, SIZES, UNUSED, StoredEvent, end_of_part
from graph.store import Reads, Statement, Writes
from graph.transactions import value

_SECONDS_BETWEEN_LOOKS = 1.0
_SECONDS_AFTER_AN_ERROR = 60.0
_SECONDS_OF_A_PART = 600.0

BEHIND = Statement(
    "event_chain.behind",
    """OPTIONAL MATCH (events:Sequence {name: 'events'})
OPTIONAL MATCH (chain:Sequence {name: 'event chain'})
RETURN coalesce(events.value, 0) > coalesce(chain.value, 0) AS behind""",
    expected=UNUSED,
)

# Processes that seal wait for each other at the end of the chain; mutations do not take this lock.
LOCK = Statement(
    "event_chain.lock",
    """MERGE (chain:Sequence {name: 'event chain'})
SET chain.held = true REMOVE chain.held
WITH chain
OPTIONAL MATCH (events:Sequence {name: 'events'})
RETURN {last: coalesce(events.value, 0), position: coalesce(chain.value, 0), hash: chain.hash,
  lost: chain.hash IS NULL AND EXISTS { MATCH (event:Event) WHERE event.hash IS NOT NULL }} AS chain""",
    expected=UNUSED,
)

SEAL = Statement(
    "event_chain.seal",
    """MATCH (chain:Sequence {name: 'event chain'})
SET chain.startedAt = coalesce(chain.startedAt, datetime()), chain.value = $rows[-1].position,
  chain.first = coalesce(chain.first, $rows[0].position), chain.hash = $rows[-1].values.hash
WITH chain
UNWIND $rows AS row
MATCH (event:Event {position: row.position}) SET event += row.values
RETURN count(event) AS sealed""",
    expected=UNUSED,
)

Notify = Callable[[str], object]


async def seal(writes: Writes) -> int:
    """Seals all events that are not sealed yet and returns their number.

    Raises Conflict if the end of the chain is missing, and Unavailable.
    """
    limited = writes.limited(max(writes.seconds, _SECONDS_OF_A_PART))
    sealed = 0
    while part := await limited.in_transaction(_seal_part, name="event_chain.seal"):
        sealed += part
    return sealed


async def _seal_part(transaction: AsyncManagedTransaction) -> int:
    chain = await value(transaction, LOCK.bind())
    if chain["lost"]:
        raise Conflict(
            "The end of the hash chain over the events is missing, although events are sealed.",
            remedy="Run `python -m graph verify-events`, and compare the data with a backup.",
        )
    sizes = await value(transaction, SIZES.bind(after=chain["position"], upto=chain["last"]))
    upto = end_of_part(sizes)
    if upto is None:
        return 0
    rows, previous = [], chain["hash"] or ""
    for found in await value(transaction, EVENTS.bind(after=chain["position"], upto=upto)):
        event = StoredEvent(*found)
        values: dict[str, Any] = {"changesDigest": digest_of_changes(event.changes)}
        if event.properties.get("rewrites"):
            values["rewriteDigests"] = await _current(transaction, event.properties["rewrites"])
        previous = values[HASH] = hash_of_event(previous, {**event.properties, **values})
        rows.append({"position": event.position, "values": values})
    await value(transaction, SEAL.bind(rows=rows))
    return len(rows)


async def _current(transaction: AsyncManagedTransaction, positions: Iterable[int]) -> list[str]:
    """The digests of the changes of events as they are now; empty for an event that does not exist."""
    digests = []
    for position in positions:
        found = await value(transaction, EVENTS.bind(after=position - 1, upto=position))
        digests.append(digest_of_changes(found[0][1]) if found else "")
    return digests


async def keep_sealed(reads: Reads, writes: Writes, notify: Notify) -> None:
    """Seals events within about a second of their commit; never returns."""
    while True:
        pause = _SECONDS_BETWEEN_LOOKS
        try:
            if await reads.ask(BEHIND.bind()):
                await seal(writes)
        except KithError as error:
            notify(f"Events could not be sealed: {error.message}")
            pause = _SECONDS_AFTER_AN_ERROR
        await asyncio.sleep(pause)
