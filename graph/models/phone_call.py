"""A phone call."""

from __future__ import annotations

from graph.models.choices import Direction
from graph.models.properties import Bool, Choice, Text
from graph.models.record import Activity


class PhoneCall(Activity):
    """A call between parties (`phonecall`)."""

    plural = "phoneCalls"

    phoneNumber = Text("The number called.")
    direction = Choice(Direction, "Which way it went.")
    leftVoiceMail = Bool("Whether only a message was left.")
