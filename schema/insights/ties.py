"""Ties between parties, and introductions: the strongest paths between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from algorithms.introductions import MOST_HOPS, Introduction
from algorithms.introductions import introductions as strongest_introductions
from algorithms.knows import Tie, known_by, stored_ties, tie_graph, tie_of
from algorithms.results import ID
from graph.errors import Invalid, NotFound
from graph.query.values import Argument
from graph.store import Bound
from graph.ties import reads
from schema.insights.registry import QUERY, insight
from schema.request import Request

TO = Argument("to", Annotated[str, ID], "The id of a contact or an account.")


def _require(uid: str, label: str | None) -> None:
    if label is None:
        raise NotFound(f"No party has the id {uid}.", remedy="Use an id from a query of accounts, contacts or users.")


def _tie(request: Request, *, from_: str, to: str) -> Bound:
    return reads.tie(from_, to, now=request.now, access=request.access)


@insight(
    on=QUERY,
    args=(
        Argument("from", Annotated[str, ID], "The id of one party."),
        Argument("to", Annotated[str, ID], "The id of the other party."),
    ),
    reads=_tie,
)
def tie(columns: Mapping[str, Any], request: Request, *, from_: str, to: str) -> Tie | None:
    """The tie between two parties; null if they have no activity in common."""
    _require(from_, columns["from"])
    _require(to, columns["to"])
    stored = stored_ties(columns)
    return tie_of(from_, to, stored[0], request.now, request.tie_k) if stored else None


def _knows(request: Request, *, to: str, **_: Any) -> Bound:
    return reads.knows(to, now=request.now, access=request.access)


@insight(
    on=QUERY,
    args=(TO, Argument("first", int, "The maximum number of ties.", 5, 0, 1000, page=True)),
    reads=_knows,
    threaded=True,
)
def knows(columns: Mapping[str, Any], request: Request, *, to: str, first: int) -> list[Tie]:
    """The ties of our users to this person, or to anyone at this account, strongest first."""
    _require(to, columns["to"])
    return known_by(stored_ties(columns), columns["targets"], request.now, request.tie_k, first=first)


def _start(request: Request, from_: str | None) -> str:
    start = from_ or request.principal.user
    if start is None:
        raise Invalid(
            "`from` is required, because no user represents the caller.", remedy="Add `from`, the id of a user.",
            field="from",
        )  # fmt: skip
    return start


def _neighbourhood(request: Request, *, to: str, from_: str | None, maxHops: int, **_: Any) -> Bound:
    return reads.neighbourhood(_start(request, from_), to, maxHops, now=request.now, access=request.access)


@insight(
    on=QUERY,
    args=(
        TO,
        Argument(
            "from",
            Annotated[str | None, ID],
            "The id of the user who needs the introduction; the default is the caller.",
        ),
        Argument("first", int, "The maximum number of introductions.", 3, 0, 1000, page=True),
        Argument("maxHops", int, "The maximum number of hops.", 3, 1, MOST_HOPS),
    ),
    reads=_neighbourhood,
    threaded=True,
)
def introductions(
    columns: Mapping[str, Any], request: Request, *, to: str, from_: str | None, first: int, maxHops: int
) -> list[Introduction]:
    """The strongest paths to a person, or to anyone at an account, through people who know each other."""
    start = _start(request, from_)
    _require(start, columns["from"])
    _require(to, columns["to"])
    if first == 0:
        return []
    graph = tie_graph(stored_ties(columns), request.now, request.tie_k)
    return strongest_introductions(graph, start, columns["targets"], first=first, max_hops=maxHops)
