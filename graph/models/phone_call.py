"""A phone call."""

from __future__ import annotations

from graph.models.choices import Direction
from graph.models.properties import Bool, Choice, Text
from graph.models.record import Activity


class PhoneCall(Activity):
    """A phone call (`phonecall`)."""

    plural = "phoneCalls"

    phoneNumber = Text("The phone number.", title="Number", search="phone", collated=False)
    direction = Choice(Direction, "The direction (`directioncode`).")
    leftVoiceMail = Bool("True if only a voice message was left.", title="Voice message only")
