"""The people of an account or of a group with their weights and their ties to users, from which health is computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from graph.models.account import Account
from graph.models.choices import Described, Hierarchy
from graph.query.builder import ComputedField, CypherBuilder, EdgePattern, Figures, computed
from graph.query.computed.reporting import selects
from graph.query.cypher import call, where
from graph.query.party_ties import USERS, past_activities, stored_ties
from graph.query.selection import Computed, Slot
from graph.query.traversals import climb
from graph.query.values import Argument
from graph.vocabulary import entity

LONGEST_HISTORY = 104


class HealthScope(Described):
    """The accounts whose people count."""

    ACCOUNT = "The account alone."
    GROUP = "The account and every account below it."


def _weight(role: str, weights: Mapping[str, int]) -> str:
    """Returns the expression of the weight of a role; null for a role that does not make a person a key person."""
    normal = f"replace(replace(replace(toLower({role}), '_', ''), '-', ''), ' ', '')"
    roles = {weight: [role for role, of in weights.items() if of == weight] for weight in weights.values()}
    return f"CASE {' '.join(f'WHEN {normal} IN {names} THEN {weight}' for weight, names in roles.items())} END"


class _People:
    """The patterns that lead from the accounts to their people, at one point in time."""

    def __init__(self, builder: CypherBuilder, at: Slot | None) -> None:
        self.builder = builder
        self.at = at
        self.person = builder.node("person", "Contact", labelled=False)

    def members(self, start: str, scope: Slot, hierarchy: Slot) -> str:
        """Returns clauses that bind `members`: the account, or with the accounts below it."""
        way = EdgePattern(start, self.builder.fresh("r"), "member", self.at, hierarchy)
        group = f"${scope.name} = {HealthScope.GROUP.name!r}"
        body = (
            f"WITH * WHERE {group}\nMATCH {climb(self.builder, False, way)}\nRETURN member\n"
            f"UNION\nWITH * WHERE NOT {group}\nRETURN {start} AS member"
        )
        return f"{call(start, body)}\nWITH collect(member) AS members"

    def everybody(self, weights: Mapping[str, int]) -> str:
        """Returns clauses that bind `person` and the highest `weight` of the person's roles."""
        works = entity("Account").links["contacts"].model
        plays = entity("Account").links["stakeholders"].model
        employed = where(self.builder.validity_predicates("job", works, self.at, None))
        involved = self.builder.validity_predicates("part", plays, self.at, None)
        deal = f"(m)<-[:FOR_ACCOUNT]-{self.builder.node('o', 'Opportunity')}"
        opened = where([*involved, *self._open()])
        ways = (
            (f"(m)<-[job:WORKS_AT]-{self.person}{employed}", "job.roles"),
            (f"(m)<-[part:PLAYS_ROLE_IN]-{self.person}{where(involved)}", "[part.role]"),
            (f"{deal}<-[part:PLAYS_ROLE_IN]-{self.person}{opened}", "[part.role]"),
        )
        union = "\nUNION ALL\n".join(
            f"UNWIND members AS m\nMATCH {pattern}\nRETURN person, {roles} AS roles" for pattern, roles in ways
        )
        return (
            f"{call('members', union)}\nUNWIND CASE WHEN size(roles) > 0 THEN roles ELSE [null] END AS role\n"
            f"WITH person, max({_weight('role', weights)}) AS weight"
        )

    def _open(self) -> list[str]:
        if self.at is None:
            return ["o.state = 'OPEN'"]
        day = f"date(${self.at.name})"
        return [f"(o.state = 'OPEN' OR o.actualCloseDate > {day})", f"(o.openedOn IS NULL OR o.openedOn <= {day})"]


def relationships_by(weights: Mapping[str, int]) -> ComputedField:
    """Declares the read of the people of an account with their weights.

    Args:
        weights: the weight of each role that makes a person a key person. Roles are free texts, so these are in lower
            case and without spaces, hyphens and underscores.
    """

    @computed(
        on=Account,
        args=(
            Argument("scope", HealthScope, "The accounts whose people count.", HealthScope.ACCOUNT),
            Argument("hierarchy", Hierarchy, "The hierarchy of the group.", Hierarchy.CRM),
            Argument("asOf", datetime | None, "The point in time; the default is now."),
            Argument("weeks", int, "The number of points of `history`.", 26, 1, LONGEST_HISTORY),
        ),
    )
    def relationships(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
        """`people`: [uid, name, weight, ties, activities], see `graph.query.party_ties`; and whether `past` is read.

        At a point in time there are no ties, because they follow from the activities up to then.
        """
        arguments = dict(selection.arguments)
        at = arguments.get("asOf")
        people = _People(builder, at)
        past = any(selects(selection.parts, name) for name in ("history", "quarterAgo", "trend"))
        stored = stored_ties(builder, "person", USERS, "ties") if at is None else "WITH *, [] AS ties"
        activities = "WITH *, [] AS activities"
        if at is not None:
            activities = past_activities(builder, "person", at, USERS, "activities")
        elif past:
            activities = call(
                "person, weight",
                f"WITH * WHERE weight IS NOT NULL\n{past_activities(builder, 'person', None, USERS, 'found')}\n"
                "RETURN collect(found) AS found",
            )
            activities += "\nWITH *, coalesce(head(found), []) AS activities"
        clauses = [
            people.members(start, arguments["scope"], arguments["hierarchy"]),
            people.everybody(weights),
            stored,
            activities,
            "WITH collect([person.uid, person.name, weight, ties, activities]) AS people",
        ]
        return Figures(clauses, {"people": "people", "past": str(past).lower()})

    return relationships
