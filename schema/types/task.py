"""A task, as callers see it."""

from __future__ import annotations

from schema.declare import shows

shows(
    "Task",
    "subject description startedAt endedAt status priority percentComplete",
    links="participants regarding",
    edges={"participants": "Participant"},
)
