"""A phone call, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "PhoneCall",
    "subject description startedAt endedAt status priority phoneNumber direction leftVoiceMail",
    links="participants regarding",
    edges={"participants": "Participant"},
)
