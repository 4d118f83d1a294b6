"""Edge facts of traversals, and the numbers of computed fields."""

from __future__ import annotations

from dataclasses import dataclass

from graph.models.choices import Hierarchy
from graph.models.properties import Choice, Int, Kind, Relationship, Texts
from graph.models.relationships import Dated


class Descent(Dated):
    """The way to a descendant."""

    hierarchy = Choice(Hierarchy, "The hierarchy in which it was found.")
    depth = Int("The number of levels below the account; 1 is a child.")
    path = Texts("The ids from the account down to the descendant, both included.")


class Ascent(Dated):
    """The way to an ultimate parent."""

    hierarchy = Choice(Hierarchy, "The hierarchy in which it was found.")


class TimelineEntry(Relationship):
    """An entry of a timeline."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A field the database computes: the label it belongs to, its name, and its numeric parts by kind."""

    label: str
    name: str
    description: str
    numbers: tuple[tuple[str, Kind], ...] = ()


FRAGMENTS = (
    Fragment(
        "Account",
        "rollup",
        "Figures over the account and everything below it, each record once.",
        (
            ("accounts", Kind.INT),
            ("depth", Kind.INT),
            ("contacts", Kind.INT),
            ("openOpportunities", Kind.INT),
            ("openPipeline", Kind.MONEY),
            ("weightedPipeline", Kind.MONEY),
            ("wonOpportunities", Kind.INT),
            ("won", Kind.MONEY),
            ("winRate", Kind.FLOAT),
            ("ordered", Kind.MONEY),
            ("interactions", Kind.INT),
        ),
    ),
)
