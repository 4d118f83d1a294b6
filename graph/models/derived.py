"""Links that are more than one relationship: what they lead to; how is in `graph/fragments`."""

from __future__ import annotations

from dataclasses import dataclass

from graph.models.choices import Hierarchy
from graph.models.edges import Dated, Edge
from graph.models.properties import Choice, Int, Kind, Texts


class Descent(Dated):
    """How a descendant is reached."""

    hierarchy = Choice(Hierarchy, "The hierarchy it was found in.")
    depth = Int("How many levels below; 1 is a child.")
    path = Texts("The ids from the account down to it, both included.")


class Timeline(Edge):
    """A timeline entry says no more than that it is one."""


class Ascent(Dated):
    """How an ultimate parent is reached."""

    hierarchy = Choice(Hierarchy, "The hierarchy it was found in.")


@dataclass(frozen=True, slots=True)
class Traversal:
    """A named pattern from a label to a target; `one` when it leads to at most one."""

    label: str
    name: str
    target: str
    description: str
    model: type[Edge]
    one: bool = False


TRAVERSALS = (
    Traversal("Account", "descendants", "Account", "Everything below it in a hierarchy.", Descent),
    Traversal(
        "Account", "ultimateParent", "Account", "The top of a hierarchy; itself when it is a root.", Ascent, True
    ),
    Traversal("Account", "timeline", "Activity", "What happened with it and its people, newest first.", Timeline),
    Traversal("Contact", "timeline", "Activity", "What happened with the person, newest first.", Timeline),
)


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
