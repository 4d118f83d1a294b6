"""The interfaces: any record, any party, any activity."""

from __future__ import annotations

from schema.exposure import shows

shows("Record", "")
shows("Party", "name")
shows(
    "Activity",
    "subject description startedAt endedAt status priority",
    links="participants regarding",
    edges={"participants": "Participant"},
)
