"""An appointment."""

from __future__ import annotations

from graph.models.properties import Bool, Text
from graph.models.record import Activity


class Appointment(Activity):
    """A meeting of parties (`appointment`)."""

    plural = "appointments"

    location = Text("Where it takes place.")
    isAllDayEvent = Bool("Whether it fills the day.")
