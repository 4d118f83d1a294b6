"""Rules of report schedules: one belongs to the user who creates it, for whom its report is made."""

from __future__ import annotations

from graph.errors import Refused
from graph.events import ANONYMOUS
from graph.mutations.declarations import Guard
from graph.mutations.reasons import Reason
from graph.mutations.records import RecordRules
from graph.query.cypher import quoted

ANOTHER_READER = Reason(
    "anotherReader",
    Refused,
    "The {record} belongs to another user, for whom its report is made.",
    "Ask that user to change it, or create one of your own.",
)

_USER = f"CASE WHEN $event.actor <> {quoted(ANONYMOUS)} THEN $event.actor END"

RecordRules(
    "ReportSchedule",
    create_effects=(f"SET n.userId = {_USER}",),
    change_guards=(Guard(f"coalesce(n.userId, {quoted(ANONYMOUS)}) <> $event.actor", ANOTHER_READER, field="id"),),
)
