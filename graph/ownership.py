"""The owner and the business unit of a record, stored beside the relationships that they follow from (decision 0032).

Access rules compare these two properties. The unit of a record is that of its owner. Users and teams have a unit of
their own, and a business unit is in itself.
"""

from __future__ import annotations

from graph.models.relationships import OwnedBy
from graph.query.cypher import call
from graph.store import Statement
from graph.vocabulary import ENDPOINTS, concrete

IN_UNIT = "IN_UNIT"
EDGES = frozenset({OwnedBy.type, IN_UNIT})
"""The relationship types that the two properties follow from."""

_BELOW = f"(()<-[:{OwnedBy.type}|{IN_UNIT}]-()){{1,2}}"

FOLLOWED = (
    f"OPTIONAL MATCH (owned)-[:{OwnedBy.type}]->(holder)\n"
    f"OPTIONAL MATCH (owned)-[:{IN_UNIT}]->(own)\n"
    f"OPTIONAL MATCH (holder)-[:{IN_UNIT}]->(its)\n"
    "WITH owned, holder.uid AS owner, CASE WHEN owned:BusinessUnit THEN owned.uid ELSE coalesce(own.uid, its.uid) END"
    " AS unit\n"
    "WHERE coalesce(owned.ownerUid, '') <> coalesce(owner, '') OR coalesce(owned.unitUid, '') <> coalesce(unit, '')"
)
"""Clauses that keep the records `owned` whose stored owner or unit is wrong, and bind the right `owner` and `unit`."""

STORED = "SET owned.ownerUid = owner, owned.unitUid = unit"


def dependents(record: str) -> str:
    """An expression for the records whose owner or unit can follow from a record, and the record itself."""
    return f"[{record}] + COLLECT {{ MATCH ({record}){_BELOW}(dependent:Record) RETURN DISTINCT dependent }}"


def holds(label: str) -> bool:
    """Whether the owner or the unit of other records can follow from a record of a label."""
    return any(label in concrete(one.end) for one in ENDPOINTS if one.edge in EDGES)


def near(record: str, condition: str) -> str:
    """A query that returns the other dependents of a record, given as a pattern, as `one`, under a condition."""
    return f"MATCH {record}{_BELOW}(one:Record)\nWHERE {condition}\nRETURN one"


def refreshed(records: str, imports: str) -> str:
    """A subquery that stores the owner and the unit of the records of a list and of their dependents.

    `imports` are the variables in the expression of the list.
    """
    each = call("changed", f"RETURN changed AS owned\nUNION\nMATCH (changed){_BELOW}(owned:Record)\nRETURN owned")
    return call(
        imports,
        f"UNWIND {records} AS changed\n{each}\nWITH DISTINCT owned\n{FOLLOWED}\n{STORED}",
    )


REFRESH = Statement(
    "ownership.refresh",
    "UNWIND $uids AS uid MATCH (one:Record {uid: uid})\nWITH collect(one) AS records\n"
    f"{refreshed('records', 'records')}\nRETURN size(records)",
)
