"""A task, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Task",
    "subject description startedAt endedAt status priority percentComplete",
    links="participants regarding",
    edges={"participants": "Participant"},
)
