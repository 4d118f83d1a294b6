"""An appointment."""

from __future__ import annotations

from graph.models.properties import Bool, Text
from graph.models.record import Activity


class Appointment(Activity):
    """A meeting (`appointment`)."""

    plural = "appointments"

    location = Text("The location.")
    isAllDayEvent = Bool("True for an all-day event.", title="All day")
