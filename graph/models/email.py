"""An email."""

from __future__ import annotations

from graph.models.choices import Direction
from graph.models.edges import Plain
from graph.models.properties import Choice, Int, Text, by, to
from graph.models.record import Activity


class Email(Activity):
    """A mail from one party to others (`email`)."""

    plural = "emails"

    messageId = Text("The message's own identity.", index=True)
    conversationIndex = Text("The conversation it belongs to.", index=True)
    direction = Choice(Direction, "Which way it went.")
    openCount = Int("How often it was opened.")

    replyTo = to("Email", "REPLY_TO", "The mail it answers.", model=Plain, one=True)
    replies = by("Email", "REPLY_TO", "The mails that answer it.", model=Plain)
