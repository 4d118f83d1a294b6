"""An email."""

from __future__ import annotations

from graph.models.choices import Direction
from graph.models.links import Inverse, to
from graph.models.properties import Choice, Int, Text
from graph.models.record import Activity


class Email(Activity):
    """An email from one party to others (`email`)."""

    plural = "emails"

    messageId = Text("The message id.", title="Message id", index=True, longest=998, identifying=True, collated=False)
    conversationIndex = Text("The id of the conversation.", title="Conversation", index=True, collated=False)
    direction = Choice(Direction, "The direction (`directioncode`).")
    openCount = Int("The number of times that the email was opened.", title="Opened, times", minimum=0)

    replyTo = to(
        "Email",
        "REPLY_TO",
        "The email that this email replies to.",
        title="Answers",
        one=True,
        inverse=Inverse("replies", "The replies to the email."),
    )
