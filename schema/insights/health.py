"""The health of the relationship with an account or a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from algorithms.health import PersonTies, RelationshipHealth, UserTie
from algorithms.health import health as health_of
from algorithms.interactions import Contribution
from algorithms.roles import KEY_ROLES
from algorithms.strength import sums_of
from algorithms.ties import contribution_of, sums_at
from graph.query.computed.relationships import relationships_by
from schema.insights.registry import always, insight
from schema.request import Request

relationships = relationships_by(KEY_ROLES)


@insight(on="Account", args=relationships.arguments, reads=relationships, threaded=always)
def health(
    found: Mapping[str, Any], request: Request, *, asOf: datetime | None, weeks: int, **_: Any
) -> RelationshipHealth:
    """The strength of our relationships with the key people of the account or its group, by our best tie to each.

    A key person is a decision maker or a champion (weight 3), or an influencer (weight 2), by a role at the account or
    in one of its open opportunities.
    """
    people = [
        PersonTies(uid, name, weight, _ties(ties, activities, asOf))
        for uid, name, weight, ties, activities in found["people"]
    ]
    return health_of(people, asOf or request.now, request.tie_k, weeks=weeks, past=found["past"])


def _ties(stored: Sequence[Sequence[Any]], activities: Sequence[Any], at: datetime | None) -> list[UserTie]:
    """The ties of a person to users: stored, or at a point in time as they follow from the activities."""
    contributions: defaultdict[str, list[Contribution]] = defaultdict(list)
    for row in activities:
        contributions[row[0]].append(contribution_of(row))
    if at is not None:
        return [UserTie(user, sums_at(found, [at])[0], found) for user, found in contributions.items()]
    ties = [UserTie(user, sums_of(columns), contributions.pop(user, ())) for user, _, *columns in stored]
    return ties + [UserTie(user, None, found) for user, found in contributions.items()]
