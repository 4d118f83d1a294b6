"""The ties of a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from algorithms.knows import StoredTie, Tie, known_by, ties_at
from algorithms.strength import sums_of
from graph.query.computed.ties import person_ties
from schema.insights.registry import insight
from schema.request import Request


@insight(on="Contact", args=person_ties.arguments, reads=person_ties)
def ties(found: Mapping[str, Any], request: Request, *, asOf: datetime | None, first: int, **_: Any) -> list[Tie]:
    """The ties of this person to our users and to other parties, strongest first.

    On a list of contacts it tells who knows each of them.
    """
    if asOf is None:
        stored = [StoredTie(start, end, sums_of(columns)) for start, end, *columns in found["ties"]]
    else:
        stored = ties_at(found["activities"], asOf)
    return known_by(stored, [found["id"]], asOf or request.now, request.tie_k, first=first)
