"""Reporting lines as hops of introductions: people between whom there is one are assumed to know each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from algorithms.introductions import Hop, HopKind, Introduction, Strengths
from algorithms.registry import algorithm
from algorithms.strength import KNOWN

Line = Sequence[str | None]
"""A reporting line: the uids of the report and of the manager, and the confidence."""

REFERENCE = "design explorer §7.5: the reporting lines where no path is strong enough, marked as assumed"


@algorithm(reads=("knows.strength", "reports_to"), reference=REFERENCE)
def assumed_strengths(strengths: Strengths, lines: Iterable[Line]) -> Strengths:
    """Returns the strengths of ties, of which those between a report and a manager are at least KNOWN.

    >>> assumed_strengths({"a": {"b": 10.0}, "b": {"a": 10.0}}, [("b", "c", "CONFIRMED")])["b"]
    {'a': 10.0, 'c': 40.0}
    """
    found = {uid: dict(edges) for uid, edges in strengths.items()}
    for report, manager, _ in lines:
        for one, other in ((report, manager), (manager, report)):
            edges = found.setdefault(str(one), {})
            edges[str(other)] = max(edges.get(str(other), 0.0), KNOWN)
    return found


@algorithm(reads=("knows.strength", "reports_to"), reference=REFERENCE)
def with_lines(paths: Iterable[Introduction], strengths: Strengths, lines: Iterable[Line]) -> list[Introduction]:
    """Returns paths on which each hop that is stronger than the tie is marked as a reporting line, with its reason.

    >>> path = Introduction(40.0, ("b", "c"), (Hop("b", "c", 40.0),))
    >>> hop = with_lines([path], {}, [("b", "c", "CONFIRMED")])[0].hops[0]
    >>> hop.kind.name, hop.confidence, hop.reason
    ('REPORTS_TO', 'CONFIRMED', 'reports to the next person')
    """
    known = {(str(report), str(manager)): confidence for report, manager, confidence in lines}
    return [replace(path, hops=tuple(_with_line(hop, strengths, known) for hop in path.hops)) for path in paths]


def _with_line(hop: Hop, strengths: Strengths, lines: dict[tuple[str, str], str | None]) -> Hop:
    if strengths.get(hop.from_, {}).get(hop.to, 0.0) >= hop.strength:
        return hop
    up = (hop.from_, hop.to) in lines
    return replace(
        hop,
        kind=HopKind.REPORTS_TO,
        confidence=lines[(hop.from_, hop.to) if up else (hop.to, hop.from_)],
        reason="reports to the next person" if up else "is the manager of the next person",
    )
