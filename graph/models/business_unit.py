"""A business unit."""

from __future__ import annotations

from graph.models.links import Inverse, to
from graph.models.properties import Text
from graph.models.record import Record
from graph.models.relationships import BelowUnit


class BusinessUnit(Record):
    """A unit of our own organization (`businessunit`)."""

    plural = "businessUnits"
    owned = False

    name = Text("The name.", required=True, index=True, search="title")
    description = Text("The purpose of the unit.")

    parent = to(
        "BusinessUnit",
        BelowUnit,
        "The parent unit.",
        one=True,
        inverse=Inverse("children", "The child units."),
    )
