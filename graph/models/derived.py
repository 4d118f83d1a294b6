"""The properties that the edges of traversals show."""

from __future__ import annotations

from graph.models.choices import Hierarchy
from graph.models.properties import Choice, Int, Relationship, Texts
from graph.models.relationships import Dated


class Descent(Dated):
    """The path to a descendant."""

    hierarchy = Choice(Hierarchy, "The hierarchy that was followed.")
    depth = Int("The number of levels below the account; 1 is a child.")
    path = Texts("The ids from the account down to the descendant, both included.")


class Ascent(Dated):
    """The path to an ultimate parent."""

    hierarchy = Choice(Hierarchy, "The hierarchy that was followed.")


class TimelineEntry(Relationship):
    """An entry of a timeline."""
