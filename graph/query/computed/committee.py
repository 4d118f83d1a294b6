"""The people with a role in an opportunity, their ties to users, and the closed deals of about the same size."""

from __future__ import annotations

from functools import lru_cache

from graph.models.opportunity import Opportunity
from graph.models.relationships import PlaysRoleIn
from graph.query.access_shape import AccessShape
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import call, where
from graph.query.party_ties import USERS, stored_ties
from graph.query.selection import Computed
from graph.vocabulary import entity

RECENT = 2_000
"""The number of closed opportunities, the latest first, among which those of about the same size are found."""

_ROLE_SET = "e.mutation = '{}' AND {}.uid IN c['after.{}']"
_PART = "[part.role, part.support, coalesce(part.isPrimary, false), toString(part.validFrom), part.note]"


def _members(builder: CypherBuilder, start: str) -> str:
    """Returns clauses that bind `person`, the person's `parts` and `ties`: a row for each."""
    model = entity("Opportunity").links["stakeholders"].model
    person = builder.node("person", "Contact", labelled=False)
    rules = where(builder.validity_predicates("part", model, None, None))
    return (
        f"MATCH ({start})<-[part:{PlaysRoleIn.type}]-{person}{rules}\n"
        f"WITH {start}, person, collect({_PART}) AS parts\n{stored_ties(builder, 'person', USERS, 'ties')}"
    )


@computed(on=Opportunity)
def committee(builder: CypherBuilder, _: Computed, start: str) -> Figures:
    """`members`: [uid, roles, ties], see `algorithms.committee`."""
    members = f"{_members(builder, start)}\nRETURN collect([person.uid, parts, ties]) AS members"
    return Figures([call(start, members)], {"members": "members"})


@lru_cache
def whole_committee(access: AccessShape, compared: bool) -> str:
    """Returns Cypher that reads the committee of `$opportunity` with its influences and the deals to compare it with.

    The value is a map: `opportunity`, its id or null; `members`: [uid, roles, ties, actor, time] with the latest event
    that set the role; `influences`: [uid, uid, weight]; `deals`: [state, roles] of each closed deal with a committee;
    and `allWon`, the number of won deals with or without one. Without `compared`, no deals are read.
    """
    builder = CypherBuilder(access)
    members = (
        f"{_members(builder, 'n')}\n{_latest(builder)}\n"
        "RETURN collect([person.uid, parts, ties, setter[0], setter[1]]) AS members, collect(person) AS people"
    )
    return "\n".join(
        [
            f"OPTIONAL MATCH {builder.node('n', 'Opportunity', uid='$opportunity')}",
            call("n", members),
            call("n, people", _influences(builder)),
            call("n", _closed(builder)) if compared else "WITH *, [] AS deals, 0 AS won",
            "RETURN {opportunity: n.uid, members: members, influences: influences, deals: deals, allWon: won} AS found",
        ]
    )


def _latest(builder: CypherBuilder) -> str:
    """Binds `setter`: actor and time of the last event that set the person's role in the opportunity, or null."""
    event = builder.node("e", "Event", labelled=False)
    set_here = f"MATCH (n)<-[c:CHANGED]-{event}\nWHERE {_ROLE_SET.format('setStakeholder', 'person', 'contact')}"
    added = f"MATCH (person)<-[c:CHANGED]-{event}\nWHERE {_ROLE_SET.format('addStakeholder', 'n', 'record')}"
    found = call("n, person", f"{set_here}\nRETURN e\nUNION\n{added}\nRETURN e")
    return call(
        "n, person",
        f"{found}\nWITH e ORDER BY e.position DESC LIMIT 1\nRETURN collect([e.actor, toString(e.at)])[0] AS setter",
    )


def _influences(builder: CypherBuilder) -> str:
    model = entity("Contact").links["influences"].model
    scope = "(i.scopeId IS NULL OR i.scopeId = n.uid OR i.scopeId IN places)"
    rules = where(["q IN people", scope, *builder.validity_predicates("i", model, None, None)])
    account = builder.node("a", "Account", labelled=False)
    person = builder.node("q", "Contact", labelled=False)
    places = call("n", f"OPTIONAL MATCH (n)-[:FOR_ACCOUNT]->{account}\nRETURN collect(a.uid) AS places")
    return (
        f"{places}\nUNWIND people AS p\nMATCH (p)-[i:INFLUENCES]->{person}{rules}\n"
        "RETURN collect([p.uid, q.uid, coalesce(i.weight, 1.0)]) AS influences"
    )


def _closed(builder: CypherBuilder) -> str:
    """Binds `deals` and `won`, the number of all won deals, from the latest closed ones of about the same size."""
    size = (
        "(n.estimatedValueBase IS NULL OR n.estimatedValueBase / 2 <= o.estimatedValueBase <= n.estimatedValueBase * 2)"
    )
    person = builder.node("c", "Contact", labelled=False)
    roles = call("o", f"MATCH (o)<-[part:{PlaysRoleIn.type}]-{person}\nRETURN collect(DISTINCT part.role) AS roles")
    return (
        f"WITH * WHERE n IS NOT NULL\nMATCH {builder.node('o', 'Opportunity')}\nWHERE o.actualCloseDate <= date($now)\n"
        f"WITH n, o ORDER BY o.actualCloseDate DESC, o.uid LIMIT {RECENT}\n"
        f"WITH n, o WHERE o <> n AND o.state IN ['WON', 'LOST'] AND {size}\n{roles}\n"
        "RETURN collect(CASE WHEN size(roles) > 0 THEN [o.state, roles] END) AS deals,\n"
        "  count(CASE WHEN o.state = 'WON' THEN 1 END) AS won"
    )
