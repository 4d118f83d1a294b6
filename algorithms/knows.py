"""Ties between parties: stored ties with their scores, and as the graph in which introductions are found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

import networkx as nx

from algorithms.interactions import DEFINITION
from algorithms.moment import Moment
from algorithms.registry import algorithm
from algorithms.results import Ref
from algorithms.strength import COLUMNS, Band, Sums, Term, strength, sums_of


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
    found = []
    for stored in ties:
        user, other = (stored.end, stored.start) if stored.start in wanted else (stored.start, stored.end)
        found.append(tie_of(user, other, stored, at, k))
    return sorted(found, key=lambda tie: (-tie.strength, tie.from_, tie.to))[:first]


@algorithm(reads=("knows.*",), reference="design formulas §9: what a path of introductions consists of")
def tie_graph(ties: Iterable[StoredTie], at: Moment, k: float) -> nx.Graph[str]:
    """Returns the graph of all ties with a strength above 0; each edge has the fields of a `Hop`.

    >>> met = StoredTie("u", "c", Sums(3.0, 0.0, 0.0, 1, 0, 0, 0, 0.0, 0.0, 0.0))
    >>> tie_graph([met], 0.0, 1.15).edges["u", "c"]["reason"]
    '1 meeting, worth 3 now; last contact less than a day ago'
    """
    graph: nx.Graph[str] = nx.Graph()
    for stored in ties:
        scored = strength(stored.sums, at, k)
        if scored.score > 0:
            reasons = [term.message for term in scored.terms if term.value] or [scored.terms[0].message]
            graph.add_edge(
                stored.start,
                stored.end,
                strength=min(scored.score, 100.0),
                last_at=_timestamp(stored.sums.last_at),
                interactions=stored.sums.interactions,
                reason="; ".join(reasons),
            )
    return graph


def _timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
