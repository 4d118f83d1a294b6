"""An email, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows(
    "Email",
    "subject description startedAt endedAt status priority messageId conversationIndex direction openCount",
    links="participants regarding replyTo replies",
    edges={"participants": "Participant"},
)
