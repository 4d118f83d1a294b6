"""Records what a batched write changes, in its own transaction, so that history shows it and it can be undone.

See decision 0029.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

from neo4j import AsyncManagedTransaction

from graph.events import EventHeader
from graph.identity import new_uid
from graph.models.properties import Kind
from graph.sequences import next_value
from graph.store import Statement
from graph.vocabulary import entity

MUTATION = "import"

Values = Mapping[str, Any]


class NodeChange(NamedTuple):
    """The properties of a node that a batch changed, before and after; None for a missing one."""

    uid: str
    title: str
    before: Values
    after: Values


class EdgeChange(NamedTuple):
    """A relationship that a batch wrote: its type with the labels of its ends, and all its properties.

    `before` is None for a new relationship, `after` for one that was removed.
    """

    pattern: tuple[str, str, str]
    start: str
    end: str
    before: Values | None
    after: Values | None


@dataclass(slots=True)
class Written:
    """What one batch wrote: nodes of a label, or relationships of a type."""

    type: str
    label: str
    created: list[Values] = field(default_factory=list)
    changed: list[NodeChange] = field(default_factory=list)
    edges: list[EdgeChange] = field(default_factory=list)

    def __bool__(self) -> bool:
        """True if anything was written."""
        return bool(self.created or self.changed or self.edges)


# Is called at the end of the transaction of a batch; it may be called again, because transactions are retried.
Recorder = Callable[[AsyncManagedTransaction, Written], Awaitable[None]]

RECORD = Statement(
    "bulk.record",
    "CREATE (event:Event {uid: $event.uid, at: $now, actor: $event.actor, mutation: $mutation})\n"
    "SET event.requestId = $event.requestId, event.batchId = $event.batchId, event.source = $source,\n"
    "  event.countTypes = [$type], event.countCreated = [$created], event.countChanged = [$changed],\n"
    "  event.countUnchanged = [0]\n"
    "WITH event\n"
    "CALL (event) {\n"
    "  UNWIND $rows AS row MATCH (n:Record {uid: row.uid})\n"
    "  CREATE (event)-[changed:CHANGED]->(n) SET changed = row.values RETURN count(changed) AS recorded\n"
    "}\n" + next_value("events", "sequence") + "\nSET event.position = sequence.value RETURN recorded",
)


@dataclass(frozen=True, slots=True)
class EventRecorder:
    """Writes one event for each batch, with a change for each record that says how to undo it."""

    header: EventHeader
    source: str
    now: datetime

    async def __call__(self, transaction: AsyncManagedTransaction, written: Written) -> None:
        """Writes the event of a batch."""
        if not written:
            return
        rows = list(changes_of(written))
        new = len(written.created) + sum(one.before is None for one in written.edges)
        every = len(written.created) + len(written.changed) + len(written.edges)
        result = await transaction.run(
            RECORD.text,
            event={**self.header.parameter(), "uid": new_uid()},
            now=datetime.now(UTC),
            mutation=MUTATION,
            source=self.source,
            type=written.type,
            created=new,
            changed=every - new,
            rows=rows,
        )
        await result.consume()


def changes_of(written: Written) -> Iterator[dict[str, Any]]:
    """The relationship from the event to each record that a batch wrote."""
    plain: dict[str, Any] = {"isSubject": False, "fields": [], "linkFields": []}
    for created in written.created:
        yield {"uid": created["uid"], "values": {**plain, "undo": json.dumps({"created": True})}}
    for change in written.changed:
        yield {"uid": change.uid, "values": {**plain, **_shown(written.label, change), "undo": _undo_of(change)}}
    by_start: dict[str, list[EdgeChange]] = {}
    for edge in written.edges:
        by_start.setdefault(edge.start, []).append(edge)
    for start, edges in by_start.items():
        listed = [
            {"pattern": one.pattern, "end": one.end, "before": encoded(one.before), "after": encoded(one.after)}
            for one in edges
        ]
        yield {"uid": start, "values": {**plain, **_links(edges), "undo": json.dumps({"edges": listed})}}


def _shown(label: str, change: NodeChange) -> dict[str, Any]:
    """The changes of a record as its history shows them."""
    shown: dict[str, Any] = {"fields": []}
    for name, declared in entity(label).properties.items():
        if declared.hidden or name in ("createdAt", "modifiedAt") or name not in change.after:
            continue
        shown["fields"].append(name)
        for side, values in (("before", change.before), ("after", change.after)):
            if values.get(name) is not None:
                shown[f"{side}.{name}"] = values[name]
                if declared.kind is Kind.MONEY:
                    shown[f"{side}.{name}.currency"] = values.get(f"{name}Currency")
    return shown


@cache
def _link_of(edge: str, start: str, end: str) -> str | None:
    """The name of the link of a relationship at its start."""
    links = entity(start).links.values()
    return next(
        (one.name for one in links if one.edge == edge and one.outgoing and not one.traversal and end in one.targets),
        None,
    )


def _links(edges: Sequence[EdgeChange]) -> dict[str, Any]:
    name = _link_of(*edges[0].pattern)
    if name is None:
        return {}
    shown: dict[str, Any] = {"fields": [name], "linkFields": [name]}
    before = [one.end for one in edges if one.before is not None]
    after = [one.end for one in edges if one.after is not None and one.after.get("validTo") is None]
    return {**shown, f"before.{name}": before or None, f"after.{name}": after or None}


def _undo_of(change: NodeChange) -> str:
    return json.dumps({"before": encoded(change.before), "after": encoded(change.after)})


def encoded(values: Values | None) -> dict[str, Any] | None:
    """Stored properties as JSON, with the time and date of those that are one."""
    return None if values is None else {name: _encoded(one) for name, one in values.items()}


def _encoded(value: Any) -> Any:
    if hasattr(value, "to_native"):
        value = value.to_native()
    if isinstance(value, datetime):
        return {"at": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return list(value) if isinstance(value, list | tuple) else value


def decoded(values: Values) -> dict[str, Any]:
    """The inverse of `encoded`."""
    return {name: _decoded(one) for name, one in values.items()}


def _decoded(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return datetime.fromisoformat(value["at"]) if "at" in value else date.fromisoformat(value["on"])
