"""An appointment, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Appointment",
    "subject description startedAt endedAt status priority location isAllDayEvent",
    links="participants regarding",
    edges={"participants": "Participant"},
)
