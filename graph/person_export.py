"""The export of everything that is stored about a person: properties, relationships, activities, events, sign-ins."""

from __future__ import annotations

import json
from typing import Any

from graph.collation import SUFFIX
from graph.search.analysis import WORDS
from graph.sign_in_nodes import OF_USERS
from graph.store import Reads, Statement

_SECONDS = 60.0
_UNUSED = {"01N50": "no sign-in is stored yet", "01N51": "no event is stored yet", "01N52": "no sign-in is stored yet"}

PERSON = Statement(
    "person.record",
    """MATCH (n:Party {uid: $uid})
RETURN {labels: labels(n), properties: properties(n),
  relationships: COLLECT { MATCH (n)-[edge]-(other:Record)
    RETURN {type: type(edge), outgoing: startNode(edge) = n, properties: properties(edge),
      record: {id: other.uid, labels: labels(other), name: coalesce(other.name, other.title, other.subject)}} },
  activities: COLLECT { MATCH (n)--(one:Activity) WITH DISTINCT one
    RETURN {labels: labels(one), properties: properties(one)} }} AS person""",
    expected=_UNUSED,
)

EVENTS = Statement(
    "person.events",
    """MATCH (n:Party {uid: $uid})
RETURN {about: COLLECT { MATCH (event:Event)-[changed:CHANGED]->(n)
    RETURN {event: properties(event), changes: properties(changed)} ORDER BY event.position },
  by: COLLECT { MATCH (event:Event {actor: n.uid}) RETURN properties(event) ORDER BY event.position }} AS events""",
    expected=_UNUSED,
)

SIGN_INS = Statement(
    "person.sign_ins",
    """UNWIND $shown AS row
CALL (row) {
  MATCH (held:$(row.label)) WHERE held.userId = $uid
  RETURN collect({type: row.label, properties: held{.*}}) AS found
}
RETURN collect([row.names, found]) AS signIns""",
    expected=_UNUSED,
)


async def export(reads: Reads, uid: str) -> str:
    """Returns everything about a person as a JSON document; `null` for an unknown id. Raises Unavailable.

    The document is an object with `labels`, `properties`, `relationships`, `activities`, `events` and `signIns`. It has
    neither hashes nor what Kith derives from other values, such as sort keys.
    """
    limited = reads.limited(max(reads.seconds, _SECONDS))
    person = await limited.ask(PERSON.bind(uid=uid))
    if person is None:
        return "null"
    shown = [{"label": label, "names": list(names)} for label, names in OF_USERS.items()]
    sign_ins = [
        {"type": one["type"], "properties": {name: one["properties"].get(name) for name in names}}
        for names, found in await limited.ask(SIGN_INS.bind(uid=uid, shown=shown))
        for one in found
    ]
    events = await limited.ask(EVENTS.bind(uid=uid))
    return json.dumps(_plain({**person, "events": events, "signIns": sign_ins}), ensure_ascii=False, indent=2)


def _plain(value: Any) -> Any:
    """A stored value as JSON, without derived properties."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if name != WORDS and not name.endswith(SUFFIX)}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.iso_format() if hasattr(value, "iso_format") else value
