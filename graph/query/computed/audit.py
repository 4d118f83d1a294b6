"""The records that an event changed, for callers who may read all events, whichever records they may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from graph.models.event import Event
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import type_of
from graph.query.selection import Computed, Part
from graph.vocabulary import concrete


@dataclass(frozen=True, slots=True)
class AuditedRecord:
    """A record that an event changed, also one that was deleted or that you may not read: its id and what changed."""

    record_id: Annotated[str, "The id of the record."]
    type: Annotated[str | None, "The type of the record."]
    is_subject: Annotated[bool, "True for the record that the mutation was called on."]
    fields: Annotated[list[str], "The names of the changed properties and links, in order."]


@computed(on=Event, returns=list[AuditedRecord])
def audited(builder: CypherBuilder, _: Computed, start: str) -> Figures:
    """The records that the event changed, the subject first, if you may read all events; empty otherwise."""
    record = builder.fresh("n")
    lines = [
        f"MATCH ({start})-[changed:CHANGED]->({record})",
        f"WITH changed, {record}{'' if builder.access.reads_all(Event.__label__) else ' WHERE false'}",
        f"ORDER BY changed.isSubject DESC, {record}.uid",
    ]
    values: dict[str | Part, str] = {
        "recordId": f"{record}.uid",
        "type": type_of(record, concrete("Record"), True),
        "isSubject": "changed.isSubject",
        "fields": "changed.fields",
    }
    return Figures(lines, values)
