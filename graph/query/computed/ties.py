"""The ties of a person, as they are stored, or the activities that they follow from at a point in time."""

from __future__ import annotations

from datetime import datetime

from graph.models.choices import Described
from graph.models.contact import Contact
from graph.query.availability import available
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.party_ties import past_activities, stored_ties
from graph.query.selection import Computed
from graph.query.values import Argument


class TiePartners(Described):
    """The parties at the other end of ties."""

    ALL = "All parties."
    USERS = "Our users."
    OTHERS = "Parties that are not users."


@computed(
    on=Contact,
    args=(
        Argument("with", TiePartners, "The parties at the other end.", TiePartners.ALL),
        Argument("asOf", datetime | None, "The point in time; the default is now."),
        Argument("first", int, "The maximum number of ties.", 5, 0, 1000, page=True),
    ),
)
def person_ties(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """`id`, and the `ties` now or the `activities` up to a point in time; see `graph.query.party_ties`."""
    arguments = dict(selection.arguments)
    at, partners = arguments.get("asOf"), f"${arguments['with'].name}"
    others = [
        f"({partners} = {TiePartners.ALL.name!r} OR (other:User) = ({partners} = {TiePartners.USERS.name!r}))",
        *available("other", "Party"),
    ]
    if at is None:
        clauses = [stored_ties(builder, start, others, "ties"), "WITH *, [] AS activities"]
    else:
        clauses = [past_activities(builder, start, at, others, "activities"), "WITH *, [] AS ties"]
    return Figures(clauses, {"id": f"{start}.uid", "ties": "ties", "activities": "activities"})
