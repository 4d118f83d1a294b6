"""Reads events in the order of their positions, with their changes, in parts of a bounded size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from graph.event_chain.digests import Change
from graph.store import Statement

MOST_CHANGES = 1_000
"""Of the events that are read at once, unless a single one has more."""

UNUSED = {
    "01N50": "a graph without events has no such label",
    "01N51": "a graph without events has no such relationship",
    "01N52": "no event is sealed yet",
}

SIZES = Statement(
    "event_chain.sizes",
    """CALL () {
  MATCH (event:Event) WHERE $after < event.position <= $upto
  RETURN event ORDER BY event.position LIMIT 500
}
RETURN collect([event.position, COUNT { (event)-[:CHANGED]->() }]) AS sizes""",
    expected=UNUSED,
)

EVENTS = Statement(
    "event_chain.events",
    """CALL () {
  MATCH (event:Event) WHERE $after < event.position <= $upto
  RETURN event ORDER BY event.position
}
RETURN collect([properties(event),
  COLLECT { MATCH (event)-[changed:CHANGED]->(record) RETURN [record.uid, properties(changed)] }]) AS events""",
    expected=UNUSED,
)


class StoredEvent(NamedTuple):
    """The properties of an event, and its changes."""

    properties: dict[str, Any]
    changes: Sequence[Change]

    @property
    def position(self) -> int:
        """The position of the event."""
        position: int = self.properties["position"]
        return position


def end_of_part(sizes: Sequence[tuple[int, int]]) -> int | None:
    """The position of the last event to read at once, from positions and numbers of changes; None without events.

    >>> end_of_part([(7, 900), (8, 90), (9, 20), (10, 1)])
    8
    """
    changes, last = 0, None
    for position, size in sizes:
        changes += size
        if last is not None and changes > MOST_CHANGES:
            break
        last = position
    return last
