"""A business unit: a part of our own organisation."""

from __future__ import annotations

from graph.models.edges import Plain
from graph.models.properties import Text, by, to
from graph.models.record import Record


class BusinessUnit(Record):
    """A part of our own organisation (`businessunit`)."""

    plural = "businessUnits"

    name = Text("The name.", required=True, index=True, search=True)
    description = Text("What the unit does.")

    parent = to("BusinessUnit", "CHILD_OF", "The unit above.", model=Plain, one=True)
    children = by("BusinessUnit", "CHILD_OF", "The units below.", model=Plain)
    users = by("User", "IN_UNIT", "The users in the unit.", model=Plain)
    teams = by("Team", "IN_UNIT", "The teams in the unit.", model=Plain)
