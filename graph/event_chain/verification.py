"""Verifies the hash chain: finds the first event that was changed, removed or inserted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.event_chain.digests import HASH, digest_of_changes, hash_of_event
from graph.event_chain.reading import EVENTS, SIZES, UNUSED, StoredEvent, end_of_part
from graph.store import Reads, Statement

CHAIN = Statement(
    "event_chain.chain",
    """OPTIONAL MATCH (events:Sequence {name: 'events'})
OPTIONAL MATCH (chain:Sequence {name: 'event chain'})
RETURN {last: coalesce(events.value, 0), position: coalesce(chain.value, 0), first: coalesce(chain.first, 1),
  hash: chain.hash, startedAt: toString(chain.startedAt)} AS chain""",
    expected=UNUSED,
)

# Reading in the order of positions does not meet these. Positions are compared with the sequence afterwards, because
# mutations go on.
UNORDERED = Statement(
    "event_chain.unordered",
    """OPTIONAL MATCH (event:Event)
WHERE NOT coalesce(event.position IS :: INTEGER AND $first <= event.position <= $last, false)
WITH collect(event) AS found
OPTIONAL MATCH (events:Sequence {name: 'events'})
WITH [event IN found
  WHERE NOT coalesce(event.position IS :: INTEGER AND $last < event.position <= events.value, false)] AS found
RETURN properties(found[0]) AS event""",
    expected=UNUSED,
)

UNSEALED = Statement(
    "event_chain.unsealed",
    "MATCH (event:Event) WHERE $after < event.position <= $upto RETURN count(event) AS unsealed",
    expected=UNUSED,
)

REWRITES = Statement(
    "event_chain.rewrites",
    """MATCH (event:Event) WHERE event.rewrites IS NOT NULL
WITH event ORDER BY event.position
RETURN collect([event.rewrites, event.rewriteDigests]) AS rewrites""",
    expected=UNUSED,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """The first event that does not fit the chain, and what happened to it: a part of a sentence."""

    event: str
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The number of events that fit the chain, the last of them with its hash, and the first problem, if any."""

    checked: int
    position: int
    hash: str
    started_at: str | None
    problem: Problem | None


@dataclass(slots=True)
class _Walk:
    """The events so far, in order."""

    chain: Mapping[str, Any]
    rewritten: Mapping[int, str]
    expected: Mapping[int, str]
    position: int = field(init=False)
    hash: str = ""
    checked: int = 0

    def __post_init__(self) -> None:
        self.position = self.chain["first"] - 1

    def problem(self, event: StoredEvent) -> Problem | None:
        """The problem of the next event; None, and one more event is checked, if it fits."""
        if event.position > self.position + 1:
            return Problem(f"at position {self.position + 1:,}", "was removed")
        if event.position <= self.position or event.properties.get(HASH) is None:
            return Problem(_named(event.properties), "was inserted")
        found = hash_of_event(self.hash, event.properties)
        digest = digest_of_changes(event.changes)
        if found != event.properties[HASH] or digest != self._digest(event):
            return Problem(_named(event.properties), "was changed")
        if self.expected.get(event.position, found) != found:
            return Problem(_named(event.properties), "or one before it was changed since the expected hash was noted")
        self.position, self.hash = event.position, found
        self.checked += 1
        return None

    def _digest(self, event: StoredEvent) -> str | None:
        """The digest that the changes must have: as sealed, or as the last event that rewrote them left them."""
        return self.rewritten.get(event.position, event.properties.get("changesDigest"))

    def missing(self) -> Problem | None:
        """The problem after the last sealed event."""
        if max(self.chain["position"], *self.expected, 0) > self.position:
            return Problem(f"at position {self.position + 1:,}", "was removed")
        if (self.chain["hash"] or "") != self.hash:
            return Problem(f"at position {self.position:,}", "is not the one that the chain ends with")
        return None


def _named(event: Mapping[str, Any]) -> str:
    return f"{event.get('uid')} at position {event.get('position')} ({event.get('mutation')} by {event.get('actor')})"


async def verify(reads: Reads, expected: Mapping[int, str] | None = None) -> Verification:
    """Verifies all events, after they were sealed. Raises Unavailable and TooExpensive.

    `expected` are hashes by position that were noted before, outside of the database.
    """
    chain = await reads.ask(CHAIN.bind())
    rewritten: dict[int, str] = {}
    for positions, digests in await reads.ask(REWRITES.bind()):
        rewritten.update(zip(positions, digests or [""] * len(positions), strict=False))
    walk = _Walk(chain, rewritten, expected or {})
    problem = await _walk(reads, walk)
    if problem is None:
        found = await reads.ask(UNORDERED.bind(first=chain["first"], last=chain["last"]))
        problem = Problem(_named(found), "was inserted") if found else walk.missing()
    if problem is None:
        after, upto = chain["position"], chain["last"]
        if await reads.ask(UNSEALED.bind(after=after, upto=upto)) < upto - after:
            problem = Problem(f"at a position from {after + 1:,} to {upto:,}", "was removed")
    return Verification(walk.checked, walk.position, walk.hash, chain["startedAt"], problem)


async def _walk(reads: Reads, walk: _Walk) -> Problem | None:
    """The first problem among the events in order."""
    last = walk.chain["position"]
    while True:
        after = walk.position
        upto = end_of_part(await reads.ask(SIZES.bind(after=after, upto=last)))
        if upto is None:
            return None
        for found in await reads.ask(EVENTS.bind(after=after, upto=upto)):
            if (problem := walk.problem(StoredEvent(*found))) is not None:
                return problem
