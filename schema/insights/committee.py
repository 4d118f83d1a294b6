"""The buying committee of an opportunity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from algorithms.committee import BuyingCommittee, ClosedDeals, Committee, Member, SeatTie
from algorithms.committee import Part as Role
from algorithms.committee import buying_committee as committee_of
from algorithms.committee import committee as counts_of
from algorithms.results import ID
from algorithms.strength import sums_of
from graph.errors import NotFound
from graph.query.computed import committee as reads
from graph.query.selection import Part
from graph.query.values import Argument
from graph.store import Bound
from schema.insights.registry import QUERY, always, insight
from schema.request import Request


def _member(row: Sequence[Any]) -> Member:
    contact, parts, ties, *setter = row
    by, at = setter or (None, None)
    return Member(
        contact,
        [Role(role, support, primary, _time(since), note) for role, support, primary, since, note in parts],
        [SeatTie(user, sums_of(columns)) for user, _, *columns in ties],
        by,
        _time(at),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@insight(on="Opportunity", reads=reads.committee)
def committee(found: Mapping[str, Any], request: Request) -> Committee:
    """The number of people with a role in the opportunity, and of those that one of us knows."""
    return counts_of(map(_member, found["members"]), request.now, request.tie_k)


def _read(request: Request, parts: tuple[Part, ...], *, opportunity: str) -> Bound:
    compared = any(part.name in ("missing", "similar") for part in parts)
    text = reads.whole_committee(request.access.shape, compared)
    return request.bound("committee", text, opportunity=opportunity)


@insight(
    on=QUERY,
    args=(Argument("opportunity", Annotated[str, ID], "The id of the opportunity."),),
    reads=_read,
    threaded=always,
)
def buying_committee(found: Mapping[str, Any], request: Request, *, opportunity: str) -> BuyingCommittee:
    """The people with a role in an opportunity, with our ties to them and their attitude, and the missing roles."""
    if found["opportunity"] is None:
        raise NotFound(f"No opportunity has the id {opportunity}.", remedy="Use an id from a query of opportunities.")
    deals = found["deals"]
    closed = ClosedDeals(
        [roles for state, roles in deals if state == "WON"],
        [roles for state, roles in deals if state == "LOST"],
        found["allWon"],
    )
    members = [_member(row) for row in found["members"]]
    influences = [(start, to, weight) for start, to, weight in found["influences"]]
    return committee_of(opportunity, members, influences, closed, request.now, request.tie_k)
