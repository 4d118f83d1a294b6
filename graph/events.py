"""Events: written with the changes they record, in one statement and one order. See decision 0010."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph.collation import SUFFIX
from graph.identity import new_uid
from graph.query.cypher import quoted
from graph.sequences import next_value
from graph.store import Statement, Writes

ANONYMOUS = "anonymous"
IMPORT = "import"

_POSITION = next_value("events", "sequence") + "\nSET event.position = sequence.value"

_IS_LINK = "(value IS :: NODE NOT NULL OR (value IS :: LIST<NODE NOT NULL> NOT NULL AND value <> []))"


@dataclass(frozen=True, slots=True)
class EventHeader:
    """The data of an event other than its changes: its id, its actor, and the request or batch."""

    actor: str = ANONYMOUS
    request: str | None = None
    batch: str | None = None
    uid: str = field(default_factory=new_uid)

    def parameter(self) -> dict[str, Any]:
        """The value of the parameter `$event`."""
        return {"uid": self.uid, "actor": self.actor, "requestId": self.request, "batchId": self.batch}


def write_event(
    mutation: str,
    *,
    subject: str = "n",
    changes: str = "changes",
    uid: str = "$event.uid",
    rewrites: str | None = None,
) -> str:
    """Returns Cypher that writes the event of a mutation: the body of a `CALL (…) { }` that imports the variables.

    In scope: `subject`, a record, and `changes`, an expression for a list of maps `{record, field, before, after}`.
    `record` is the changed node. `field` is a declared name, never text from the caller: a property, a link, or a
    property of a link such as `manager.role`; each at most once for each record. `before` and `after` are

    - values of any type that a property can have, with null for a missing one;
    - a map `{amount, currency}` for money, the amount in minor units;
    - a node or a list of nodes for a link: their ids are stored.

    An empty list writes an event without changes. The parameters are `$now` and `$event` (see `EventHeader`); a
    statement that writes several events gives each a `uid` expression of its own. `rewrites` is an expression for the
    positions of earlier events whose changes the mutation rewrites. Taking the position locks it
    until the transaction ends, so lock all records before.
    """
    return (
        f"CREATE (event:Event {{uid: {uid}, at: $now, actor: $event.actor, mutation: {quoted(mutation)}}})\n"
        "SET event.requestId = $event.requestId, event.batchId = $event.batchId"
        f"{'' if rewrites is None else f', event.rewrites = {rewrites}'}\n"
        f"WITH *, {changes} AS recorded\n"
        f"CALL (event, {subject}, recorded) {{\n"
        f"  UNWIND [{subject}] + [change IN recorded | change.record] AS record\n"
        f"  WITH DISTINCT event, {subject}, recorded, record\n"
        "  WITH *, [change IN recorded WHERE change.record = record] AS own\n"
        "  CREATE (event)-[changed:CHANGED]->(record)\n"
        f"  SET changed.isSubject = record = {subject}, changed.fields = [change IN own | change.field],\n"
        "    changed.linkFields = [change IN own\n"
        f"      WHERE any(value IN [change.before, change.after] WHERE {_IS_LINK}) | change.field]\n"
        "  FOREACH (change IN own |\n"
        f"    {_stored('before')}\n"
        f"    {_stored('after')})\n"
        "}\n"
        f"{_POSITION}"
    )


def _stored(side: str) -> str:
    """Returns Cypher that stores one side of a change in its own type; null stores no property."""
    value, key = f"change.{side}", f"'{side}.' + change.field"
    return (
        f"SET changed[{key}] = CASE\n"
        f"      WHEN {value} IS :: NODE NOT NULL THEN [{value}.uid]\n"
        f"      WHEN {value} IS :: LIST<NODE NOT NULL> NOT NULL THEN [one IN {value} | one.uid]\n"
        f"      WHEN {value} IS :: MAP NOT NULL THEN {value}.amount\n"
        f"      ELSE {value} END\n"
        f"    SET changed[{key} + '.currency'] = CASE\n"
        f"      WHEN {value} IS :: NODE NOT NULL THEN null\n"
        f"      WHEN {value} IS :: MAP NOT NULL THEN {value}.currency END"
    )


def property_changes(keys: str, before: str, after: str, *, record: str = "n", of: str | None = None) -> str:
    """Returns changes for `write_event`: the properties among `keys` that differ between two maps or nodes.

    `of` names the link, where they are properties of its relationship. The parts of a money become one change under
    its name; its amount in the base currency, and the sort key of a text, are not recorded.
    """
    field = "key" if of is None else f"{quoted(f'{of}.')} + key"
    return (
        f"[key IN {keys} WHERE NOT (key ENDS WITH 'Currency' OR key ENDS WITH 'Base' OR key ENDS WITH '{SUFFIX}')\n"
        f"  AND NOT (coalesce({before}[key] = {after}[key], {before}[key] IS NULL AND {after}[key] IS NULL)\n"
        f"    AND coalesce({before}[key + 'Currency'], '') = coalesce({after}[key + 'Currency'], '')) |\n"
        f"  {{record: {record}, field: {field}, before: {_value(before)}, after: {_value(after)}}}]"
    )


def _value(source: str) -> str:
    money = f"{{amount: {source}[key], currency: {source}[key + 'Currency']}}"
    return f"CASE WHEN {source}[key + 'Currency'] IS NULL THEN {source}[key] ELSE {money} END"


@dataclass(frozen=True, slots=True)
class BatchCount:
    """The numbers of nodes of a label, or relationships of a type, that a batch created, changed and left unchanged."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


BATCH_EVENT = Statement(
    "event.batch",
    "CREATE (event:Event {uid: $event.uid, at: $now, actor: $event.actor, mutation: $mutation})\n"
    "SET event.requestId = $event.requestId, event.batchId = $event.batchId, event.source = $source,\n"
    "  event.countTypes = $types, event.countCreated = $created, event.countChanged = $changed,\n"
    "  event.countUnchanged = $unchanged, event.rewrites = $rewrites\n"
    "WITH event\n" + _POSITION + "\nRETURN event.position",
)


async def write_batch_event(
    writes: Writes,
    mutation: str,
    counts: Mapping[str, BatchCount],
    *,
    now: datetime,
    source: str | None = None,
    header: EventHeader | None = None,
    rewrites: Sequence[int] | None = None,
) -> int:
    """Writes the single event of a bulk write and returns its position.

    `counts` are by label or relationship type, for the whole batch; changes of single records are not
    recorded. `mutation` names the command. `rewrites` are the positions of events whose changes the batch removed, see
    decision 0034. Without a `header` the actor is `import`, and the batch has a new id. Run
    it once, after the last row. Raises Unavailable.
    """
    header = header or EventHeader(IMPORT, batch=new_uid())
    types = sorted(counts)
    position: int = await writes.change(
        BATCH_EVENT.bind(
            event=header.parameter(),
            now=now,
            mutation=mutation,
            source=source,
            rewrites=rewrites,
            types=types,
            created=[counts[one].created for one in types],
            changed=[counts[one].changed for one in types],
            unchanged=[counts[one].unchanged for one in types],
        )
    )
    return position
