"""The owner, the business unit and the shares of a record, stored beside the relationships that they follow from.

Access rules compare these properties only, see decision 0032. The unit of a record is that of its owner. Users and
teams have a unit of their own, and a business unit is in itself. Each share is a text: the id of a user or team, the
rights as a bit mask, or `team` for the rights of everybody in an account's team, and the start and the end in
microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from graph.models.business_unit import BusinessUnit
from graph.models.relationships import HasAccess, InUnit, OwnedBy
from graph.query.cypher import call
from graph.store import Statement
from graph.vocabulary import ENDPOINTS, concrete

IN_UNIT = InUnit.type
EDGES = frozenset({OwnedBy.type, IN_UNIT})
"""The relationship types that owner and unit follow from."""
SHARES = frozenset(one.edge for one in ENDPOINTS if one.model.shares)
"""The relationship types that share the record at the end with the user or team at the start."""
TEAM = "team"
"""Stands for the rights of everybody in an account's team, the value `$access.team`."""

_SHARE_TYPES = "|".join(sorted(SHARES))

_BELOW = f"(()<-[:{OwnedBy.type}|{IN_UNIT}]-()){{1,2}}"

_FIRST, _LAST = -(10**18), 10**18
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(timestamp: str) -> str:
    """The expression of a timestamp in microseconds since 1970."""
    return f"({timestamp}.epochSeconds * 1000000 + {timestamp}.microsecond)"


_SHARE = (
    f"sharer.uid + ' ' + CASE type(share) WHEN '{HasAccess.type}' THEN coalesce(share.accessRights, 0)"
    f" ELSE '{TEAM}' END"
    f" + ' ' + coalesce({microseconds('share.validFrom')}, {_FIRST})"
    f" + ' ' + coalesce({microseconds('share.validTo')}, {_LAST})"
)


def team_share(user: str, facts: Mapping[str, Any]) -> str:
    """A share with somebody in an account's team, as a record stores it; `facts` are those of the relationship."""
    first, last = (
        default if facts.get(key) is None else (facts[key] - _EPOCH) // timedelta(microseconds=1)
        for key, default in (("validFrom", _FIRST), ("validTo", _LAST))
    )
    return f"{user} {TEAM} {first} {last}"


FOLLOWED = (
    f"OPTIONAL MATCH (owned)-[:{OwnedBy.type}]->(keeper)\n"
    f"OPTIONAL MATCH (owned)-[:{IN_UNIT}]->(ownUnit)\n"
    f"OPTIONAL MATCH (keeper)-[:{IN_UNIT}]->(keeperUnit)\n"
    "WITH owned, keeper.uid AS newOwner,\n"
    f"  CASE WHEN owned:{BusinessUnit.__label__} THEN owned.uid ELSE coalesce(ownUnit.uid, keeperUnit.uid) END"
    " AS newUnit,\n"
    f"  COLLECT {{ MATCH (owned)<-[share:{_SHARE_TYPES}]-(sharer:Record)\n"
    f"    RETURN {_SHARE} AS text ORDER BY text }} AS newShares\n"
    "WHERE coalesce(owned.ownerUid, '') <> coalesce(newOwner, '')\n"
    "  OR coalesce(owned.unitUid, '') <> coalesce(newUnit, '') OR coalesce(owned.shares, []) <> newShares"
)
"""Clauses that keep the records `owned` of which something is stored wrongly, and bind what is right."""

STORED = (
    "SET owned.ownerUid = newOwner, owned.unitUid = newUnit,\n"
    "  owned.shares = CASE WHEN size(newShares) > 0 THEN newShares END"
)


def shared(record: str, right: int) -> str:
    """The predicate that a record is shared with one of `$access.principals` at present, with the right of a bit.

    The time is `$access.now`: a request can ask for the past, but a share that has ended does not count.
    """
    rules = [
        "share[0] IN $access.principals",
        f"CASE share[1] WHEN '{TEAM}' THEN $access.team ELSE toInteger(share[1]) END / {right} % 2 = 1",
        "toInteger(share[2]) <= $access.now",
        "$access.now < toInteger(share[3])",
    ]
    return f"any(share IN [text IN {record}.shares | split(text, ' ')] WHERE {' AND '.join(rules)})"


def dependents(record: str) -> str:
    """An expression for the records whose owner or unit can follow from a record, and the record itself."""
    return f"[{record}] + COLLECT {{ MATCH ({record}){_BELOW}(dependent:Record) RETURN DISTINCT dependent }}"


def shared_by(record: str) -> str:
    """An expression for the records that are shared with a user or team."""
    return f"COLLECT {{ MATCH ({record})-[:{_SHARE_TYPES}]->(owned:Record) RETURN DISTINCT owned }}"


def in_itself(label: str) -> bool:
    """Whether the records of a label are the unit that they are in."""
    return bool(label == BusinessUnit.__label__)


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


def affected(edge: str, ends: Iterable[tuple[str, str]]) -> list[str]:
    """The ids of the records of which something is stored that follows from relationships between these records."""
    at = 0 if edge in EDGES else 1
    return sorted({pair[at] for pair in ends}) if edge in EDGES or edge in SHARES else []


REFRESH = Statement(
    "ownership.refresh",
    "UNWIND $uids AS uid MATCH (one:Record {uid: uid})\nWITH collect(one) AS records\n"
    f"{refreshed('records', 'records')}\nRETURN size(records)",
)

# The texts of the migration that completes graphs which other versions or programs wrote.
PENDING = f"MATCH (owned:Record)\n{FOLLOWED}\nRETURN count(owned) AS pending"
APPLY = (
    f"MATCH (owned:Record)\n{FOLLOWED}\n"
    f"CALL (owned, newOwner, newUnit, newShares) {{\n  {STORED}\n}} IN TRANSACTIONS OF $rows ROWS"
)
