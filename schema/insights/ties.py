"""Ties between parties, and introductions: the strongest paths between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from algorithms.beyond import IntroductionBeyond
from algorithms.beyond import introductions_beyond as paths_beyond
from algorithms.contacts import MOST_CONTACTS, contacts_of
from algorithms.introductions import MOST_HOPS, DistinctBy, HopKind, Introduction
from algorithms.introductions import introductions as strongest_introductions
from algorithms.knows import StoredTie, Tie, detailed, known_by, stored_ties, tie_of, tie_strengths, ties_at
from algorithms.reporting_lines import assumed_strengths, with_lines
from algorithms.results import ID
from algorithms.strength import COLUMNS, SCORE_COLUMNS
from graph.errors import Invalid, NotFound, Refused
from graph.query.computed.reporting import selects
from graph.query.selection import Part
from graph.query.values import Argument
from graph.store import Bound
from graph.ties import reads
from schema.insights.registry import QUERY, FollowUp, insight
from schema.request import Request

_DETAILS = ("lastAt", "interactions", "reason")
# Paths that are weaker are worth nothing to callers, who would read their strength as 0.0.
_NEGLIGIBLE = 0.05
# Up to these numbers of ties, and of ties times paths times hops, the work takes less than a few milliseconds.
_FEW_TIES = 200
_FEW_STEPS = 2_000

AS_OF = Argument("asOf", datetime | None, "The point in time; the default is now.")
TO = Argument("to", Annotated[str, ID], "The id of a contact or an account.")
FROM = Argument(
    "from", Annotated[str | None, ID], "The id of the user who needs the introduction; the default is the caller."
)
MAX_HOPS = Argument("maxHops", int, "The maximum number of hops.", 3, 1, MOST_HOPS)


def _require(uid: str, label: str | None) -> None:
    if label is None:
        raise NotFound(f"No party has the id {uid}.", remedy="Use an id from a query of accounts, contacts or users.")


def _stored(found: Mapping[str, Any], at: datetime | None) -> list[StoredTie]:
    """The ties of a read: stored, or as they follow from activities."""
    return ties_at(found["activities"], at) if at is not None and "activities" in found else stored_ties(found)


def _start(request: Request, from_: str | None) -> str:
    start = from_ or request.principal.user
    if start is None:
        raise Invalid(
            "`from` is required, because no user represents the caller.", remedy="Add `from`, the id of a user.",
            field="from",
        )  # fmt: skip
    return start


def _tie(request: Request, _: tuple[Part, ...], *, from_: str | None, to: str, asOf: datetime | None) -> Bound:
    start = _start(request, from_)
    if asOf is not None and asOf < request.now:
        return reads.past_tie(start, to, access=request.access, at=asOf)
    return reads.tie(start, to, now=request.now, access=request.access)


@insight(
    on=QUERY,
    args=(
        Argument("from", Annotated[str | None, ID], "The id of one party; the default is the caller."),
        Argument("to", Annotated[str, ID], "The id of the other party."),
        AS_OF,
    ),
    reads=_tie,
)
def tie(
    columns: Mapping[str, Any], request: Request, *, from_: str | None, to: str, asOf: datetime | None
) -> Tie | None:
    """The tie between two parties; null if they have no activity in common."""
    start = _start(request, from_)
    _require(start, columns["from"])
    _require(to, columns["to"])
    stored = _stored(columns, asOf)
    return tie_of(start, to, stored[0], asOf or request.now, request.tie_k) if stored else None


def _knows(request: Request, _: tuple[Part, ...], *, to: str, asOf: datetime | None, **__: Any) -> Bound:
    if asOf is not None and asOf < request.now:
        return reads.past_knows(to, access=request.access, at=asOf)
    return reads.knows(to, now=request.now, access=request.access)


@insight(
    on=QUERY,
    args=(TO, Argument("first", int, "The maximum number of ties.", 5, 0, 1000, page=True), AS_OF),
    reads=_knows,
    threaded=lambda found, **_: len(found["activities" if "activities" in found else "start"]) > _FEW_TIES,
)
def knows(columns: Mapping[str, Any], request: Request, *, to: str, first: int, asOf: datetime | None) -> list[Tie]:
    """The ties of our users to this person, or to anyone at this account, strongest first."""
    _require(to, columns["to"])
    ties = _stored(columns, asOf)
    return known_by(ties, columns["targets"], asOf or request.now, request.tie_k, first=first)


def _neighbourhood(
    request: Request,
    parts: tuple[Part, ...],
    *,
    to: str,
    from_: str | None,
    maxHops: int,
    reportingLines: bool,
    **_: Any,
) -> Bound:
    columns = COLUMNS if any(selects(parts, name) for name in _DETAILS) else SCORE_COLUMNS
    start = _start(request, from_)
    return reads.neighbourhood(
        start, to, maxHops, now=request.now, access=request.access, columns=columns, lines=reportingLines
    )


def _contacts(request: Request, parts: tuple[Part, ...], results: list[list[Introduction]]) -> Bound | None:
    hops = [hop for found in results for path in found for hop in path.hops if hop.kind is HopKind.KNOWS]
    if not selects(parts, "contacts") or not hops:
        return None
    pairs = sorted({(hop.from_, hop.to) for hop in hops})
    return reads.contacts([list(pair) for pair in pairs], MOST_CONTACTS, access=request.access, now=request.now)


def _with_contacts(found: list[Introduction], answer: list[Any]) -> list[Introduction]:
    contacts = {(one, other): contacts_of(rows) for (one, other), rows in answer}
    return [
        replace(path, hops=tuple(replace(hop, contacts=contacts.get((hop.from_, hop.to), ())) for hop in path.hops))
        for path in found
    ]


def _takes_long(columns: Mapping[str, Any], *, first: int, maxHops: int, leftOut: int, **_: Any) -> bool:
    return len(columns["start"]) * (first + leftOut) * maxHops > _FEW_STEPS


@insight(
    on=QUERY,
    args=(
        TO,
        FROM,
        Argument("first", int, "The maximum number of introductions.", 3, 0, 1000, page=True),
        MAX_HOPS,
        Argument("exclude", list[Annotated[str, ID]] | None, "The ids of people who are on no path."),
        Argument(
            "minStrength",
            float,
            "The minimum strength of an introduction; the default leaves out those that round to 0.0.",
            _NEGLIGIBLE,
            0,
            100,
        ),
        Argument("distinctBy", DistinctBy | None, "The part that no two introductions may have in common."),
        Argument(
            "leftOut",
            int,
            "The maximum number of further paths, listed after the introductions with the reason why they are left "
            "out.",
            0,
            0,
            50,
            page=True,
        ),
        Argument(
            "reportingLines",
            bool,
            "Whether people between whom there is a reporting line are assumed to know each other, with a strength of "
            "40, if there is no introduction otherwise.",
            False,
        ),
    ),
    reads=_neighbourhood,
    threaded=_takes_long,
    follow_up=FollowUp(_contacts, _with_contacts),
)
def introductions(
    columns: Mapping[str, Any],
    request: Request,
    *,
    to: str,
    from_: str | None,
    first: int,
    exclude: list[str] | None,
    reportingLines: bool,
    **options: Any,
) -> list[Introduction]:
    """The strongest paths to a person, or to anyone at an account, through people who know each other."""
    start = _start(request, from_)
    _require(start, columns["from"])
    _require(to, columns["to"])
    if first == 0:
        return []
    strengths = tie_strengths(columns, request.now, request.tie_k)
    search = partial(
        strongest_introductions, source=start, targets=columns["targets"], first=first, exclude=exclude or (),
        max_hops=options["maxHops"], min_strength=options["minStrength"], distinct_by=options["distinctBy"],
    )  # fmt: skip
    found = search(strengths, left_out=options["leftOut"])
    found = [path for path in found if path.left_out is None or path.strength >= _NEGLIGIBLE]
    if reportingLines and not any(path.left_out is None for path in found):
        found = with_lines(search(assumed_strengths(strengths, columns["lines"])), strengths, columns["lines"]) + found
    if any(name not in columns for name in COLUMNS):  # no details are selected
        return found
    return detailed(found, stored_ties(columns))


def _beyond(request: Request, _: tuple[Part, ...], *, to: str, from_: str | None, maxHops: int, **__: Any) -> Bound:
    if not request.beyond_access:
        raise Refused(
            "This server tells nothing of people whom the caller may not read.",
            remedy="Ask the operator for the setting KITH_BEYOND_ACCESS, or query `introductions`.",
        )
    return reads.neighbourhood(
        _start(request, from_), to, maxHops, now=request.now, access=request.access, columns=SCORE_COLUMNS, beyond=True
    )


@insight(
    on=QUERY,
    args=(
        TO,
        FROM,
        Argument("first", int, "The maximum number of introductions.", 3, 0, 100, page=True),
        MAX_HOPS,
    ),
    reads=_beyond,
    threaded=lambda columns, *, first, maxHops, **_: len(columns["start"]) * first * maxHops > _FEW_STEPS,
)
def introductions_beyond(
    columns: Mapping[str, Any], request: Request, *, to: str, from_: str | None, first: int, maxHops: int
) -> list[IntroductionBeyond]:
    """The strongest paths through people whom you may not read, such as a colleague in another unit: not named.

    Only a server with the setting KITH_BEYOND_ACCESS tells of them; others refuse the query.
    """
    start = _start(request, from_)
    _require(start, columns["from"])
    _require(to, columns["to"])
    if first == 0:
        return []
    return paths_beyond(
        tie_strengths(columns, request.now, request.tie_k), start, columns["targets"], named=columns["named"],
        users=columns["users"], first=first, max_hops=maxHops, min_strength=_NEGLIGIBLE,
    )  # fmt: skip
