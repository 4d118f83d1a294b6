"""Ties between parties: stored ties with their scores, and as strengths by which introductions are found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

from algorithms.contacts import contact_in_words
from algorithms.interactions import DEFINITION, Contribution
from algorithms.introductions import Hop, HopKind, Introduction, Strengths
from algorithms.moment import Moment, seconds
from algorithms.registry import algorithm
from algorithms.results import Ref
from algorithms.strength import COLUMNS, SCORE_COLUMNS, Band, Sums, Term, score, score_of, strength, sums_of
from algorithms.ties import Row, contribution_of, sums_at


class StoredTie(NamedTuple):
    """A stored tie: the uids of its two parties, and its sums."""

    start: str
    end: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Tie:
    """The tie between two parties: the strength of their relationship, derived from their activities."""

    from_: Annotated[str, Ref("Party"), "The first party; one of our users where only one is a user."]
    to: Annotated[str, Ref("Party"), "The other party."]
    strength: Annotated[float, "The strength, 0 to 100; it never rises without new activity."]
    band: Annotated[Band, "The band of the strength."]
    terms: Annotated[tuple[Term, ...], "The parts of the strength; they add up to it."]
    last_at: Annotated[datetime | None, "The time of the latest activity."]
    first_at: Annotated[datetime | None, "The time of the first activity."]
    interactions: Annotated[int, "The number of meetings, calls and emails between them."]
    reciprocity: Annotated[
        float | None,
        "The balance of sent and received emails, 0 to 1; null without emails. It is not part of the strength.",
    ]


@algorithm(reads=("knows.*",), reference="design domain §3, KNOWS: the columns of a read")
def stored_ties(columns: Mapping[str, Any]) -> list[StoredTie]:
    """Returns the ties of a read: the columns `start`, `end` and one list for each of COLUMNS.

    >>> columns = {name: [value] for name, value in zip(COLUMNS, (3.0, 0.0, 0.0, 1, 0, 0, 0, 0, 1000, 1000))}
    >>> stored_ties({"start": ["u"], "end": ["c"], **columns})[0].sums.last_at
    1.0
    """
    rows = zip(*(columns[name] for name in COLUMNS), strict=True)
    ends = zip(columns["start"], columns["end"], rows, strict=True)
    return [StoredTie(start, end, sums_of(row)) for start, end, row in ends]


@algorithm(reads=("knows.*",), reference=DEFINITION)
def tie_of(from_: str, to: str, stored: StoredTie, at: Moment, k: float) -> Tie:
    """Returns the tie between two parties at a point in time, in the given direction.

    >>> import math
    >>> met = StoredTie("u", "c", Sums(3.0, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0))
    >>> round(tie_of("u", "c", met, 0.0, 3.0 / math.log(2)).strength, 9)
    50.0
    """
    scored = strength(stored.sums, at, k)
    return Tie(
        from_, to, scored.score, scored.band, scored.terms, _timestamp(stored.sums.last_at),
        _timestamp(stored.sums.first_at), stored.sums.interactions, scored.reciprocity,
    )  # fmt: skip


@algorithm(reads=("knows.*",), reference=DEFINITION)
def known_by(ties: Iterable[StoredTie], targets: Collection[str], at: Moment, k: float, *, first: int) -> list[Tie]:
    """Returns the strongest ties to any of several people, by strength, then by the uids of the two parties.

    Args:
        ties: the stored ties between a user and a target.
        targets: the people to reach.
        at: the point in time.
        k: see `strength`.
        first: the maximum number of ties.

    >>> met = StoredTie("u", "c", Sums(3.0, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0))
    >>> [(tie.from_, tie.to) for tie in known_by([met], ["c"], 0.0, 1.15, first=5)]
    [('u', 'c')]
    """
    wanted = frozenset(targets)
    moment = seconds(at)
    found = []
    for stored in ties:
        user, other = (stored.end, stored.start) if stored.start in wanted else (stored.start, stored.end)
        found.append((-score(stored.sums, moment, k), user, other, stored))
    found.sort(key=lambda one: one[:3])
    return [tie_of(user, other, stored, at, k) for _, user, other, stored in found[:first]]


@algorithm(
    reads=("knows.both", "knows.in", "knows.out", "knows.asOf"),
    reference="design formulas §9: what a path of introductions consists of",
)
def tie_strengths(columns: Mapping[str, Any], at: Moment, k: float) -> Strengths:
    """Returns the strengths above 0 of the ties of a read, each at both of its ends.

    It uses the columns `start`, `end` and those of SCORE_COLUMNS.

    >>> columns = {"start": ["u"], "end": ["c"], "both": [3.0], "in": [0.0], "out": [0.0], "asOf": [0]}
    >>> round(tie_strengths(columns, 0.0, 1.15)["c"]["u"], 3)
    92.637
    """
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    moment = seconds(at)
    sums = zip(*(columns[name] for name in SCORE_COLUMNS), strict=True)
    for start, end, (both, inbound, outbound, as_of) in zip(columns["start"], columns["end"], sums, strict=True):
        points = score_of(both, inbound, outbound, moment - as_of / 1000, k)
        if points > 0:
            found[start][end] = found[end][start] = min(points, 100.0)
    return dict(found)


@algorithm(reads=("activity.kind", "activity.at", "activity.participants"), reference=DEFINITION)
def ties_at(rows: Iterable[Row], at: Moment) -> list[StoredTie]:
    """Returns the ties as they were at a point in time, from contributions of a read, in the order of their uids.

    >>> ties_at([("u", "c", 1000, "PhoneCall", None, 2), ("u", "c", 3000, "PhoneCall", None, 2)], 2.0)[0].sums.calls
    1
    """
    found: defaultdict[tuple[str, str], list[Contribution]] = defaultdict(list)
    for row in rows:
        found[row[0], row[1]].append(contribution_of(row))
    sums = {ends: sums_at(contributions, [at])[0] for ends, contributions in sorted(found.items())}
    return [StoredTie(*ends, one) for ends, one in sums.items() if one is not None]


@algorithm(reads=("knows.*",), reference="design formulas §9: what a path of introductions consists of")
def detailed(paths: Iterable[Introduction], ties: Iterable[StoredTie]) -> list[Introduction]:
    """Returns introductions with the latest activity, the number of interactions and the reason of each hop.

    Hops without a tie, which are reporting lines, stay as they are.

    >>> met = StoredTie("u", "c", Sums(3.0, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0))
    >>> path = Introduction(92.6, ("c", "u"), (Hop("c", "u", 92.6),))
    >>> detailed([path], [met])[0].hops[0].reason
    '1 meeting, on 1 January 1970'
    """
    stored = {frozenset((tie.start, tie.end)): tie for tie in ties}
    return [
        replace(
            path,
            hops=tuple(
                _detailed(hop, stored[frozenset((hop.from_, hop.to))]) if hop.kind is HopKind.KNOWS else hop
                for hop in path.hops
            ),
        )
        for path in paths
    ]


def _detailed(hop: Hop, tie: StoredTie) -> Hop:
    sums = tie.sums
    sent, received = (sums.out_count, sums.in_count) if hop.from_ == tie.start else (sums.in_count, sums.out_count)
    last = _timestamp(sums.last_at)
    reason = contact_in_words(sums.meetings, sums.calls, sent, received, last)
    return replace(hop, last_at=last, interactions=sums.interactions, reason=reason)


def _timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
