"""Which rows of a list of child-to-parent pairs would close a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from algorithms.registry import algorithm

Span: TypeAlias = tuple[Any, Any]
"""From when, and until when (exclusive); None for open. Any two moments given must be comparable."""

_Instants: TypeAlias = tuple[int, int]
_Edges: TypeAlias = defaultdict[str, list[tuple[str, _Instants]]]

_ALWAYS: _Instants = (-1, 1 << 62)


@algorithm(
    reads=("child_of.validFrom", "child_of.validTo"),
    reference="union-find: Tarjan 1975 (J. ACM 22(2)); two-way search: Haeupler et al. 2012 (ACM TALG 8(1))",
)
def cycle_rows(pairs: Sequence[tuple[str, str]], spans: Sequence[Span] | None = None) -> list[int]:
    """The positions of the rows that would make a cycle, if the rows were inserted one after the other.

    Earlier rows win: a row that would close a circle is reported and not inserted, so rows after it are judged without
    it. A row from something to itself is a circle. A child may have several parents, and a row may be repeated.
    With spans, a circle counts only when all of its rows hold at one common instant. To judge rows against what is
    stored already, put that first.

    Close to linear in time for forests of any depth; nothing recurses.

    Args:
        pairs: (child, parent) in the order of insertion.
        spans: per pair, (from, until), until exclusive, None for open; without them every row holds always. A span
            that is empty (until is not later than from) holds never.

    Raises:
        ValueError: as many spans as pairs are needed.

    >>> cycle_rows([("b", "a"), ("c", "b"), ("a", "c"), ("a", "d"), ("e", "e")])
    [2, 4]
    >>> cycle_rows([("b", "a"), ("a", "b")], [(2001, 2005), (2005, None)])
    []
    """
    if spans is not None and len(spans) != len(pairs):
        raise ValueError(f"{len(spans)} spans for {len(pairs)} pairs")
    instants = [_ALWAYS] * len(pairs) if spans is None else _ranked(spans)
    so_far = _Inserted()
    found = []
    for row, ((child, parent), held) in enumerate(zip(pairs, instants, strict=True)):
        if held[0] >= held[1] or so_far.holds(child, parent, held):
            continue
        if so_far.closes(child, parent, held):
            found.append(row)
        else:
            so_far.insert(child, parent, held)
    return found


class _Inserted:
    """The rows inserted so far, and which of their ends hang together."""

    def __init__(self) -> None:
        self.up: _Edges = defaultdict(list)
        self.down: _Edges = defaultdict(list)
        self.above: dict[str, str] = {}
        self.forest: dict[str, bool] = {}

    def holds(self, child: str, parent: str, held: _Instants) -> bool:
        """Whether this very row is inserted already."""
        return (parent, held) in self.up.get(child, ())

    def closes(self, child: str, parent: str, held: _Instants) -> bool:
        """Whether the parent is below the child already, at some instant of `held`."""
        if child == parent:
            return True
        group = self._group(child)
        if group != self._group(parent) or child not in self.down or parent not in self.up:
            return False
        if child not in self.up and held == _ALWAYS and self.forest.get(group, True):
            return True  # in a tree, everything in the group of its root is below it
        upwards, downwards = _reach(parent, held, self.up), _reach(child, held, self.down)
        # Whichever side is exhausted first has the answer, so a leaf costs little below a tall tree and the other way.
        return any(above == child or below == parent for above, below in zip(upwards, downwards, strict=False))

    def insert(self, child: str, parent: str, held: _Instants) -> None:
        """Add a row that closes no circle."""
        one, other = self._group(child), self._group(parent)
        tree = held == _ALWAYS and child not in self.up
        self.forest[other] = tree and self.forest.get(one, True) and self.forest.get(other, True)
        if one != other:
            self.above[one] = other
        self.up[child].append((parent, held))
        self.down[parent].append((child, held))

    def _group(self, member: str) -> str:
        top = member
        while top in self.above:
            top = self.above[top]
        while member != top:
            self.above[member], member = top, self.above[member]
        return top


def _reach(start: str, held: _Instants, edges: _Edges) -> Iterator[str]:
    """What can be reached within `held`; everything that is reached again with more instants, once more."""
    known: defaultdict[str, list[_Instants]] = defaultdict(list)
    waiting = [(start, held)]
    while waiting:
        member, (since, until) = waiting.pop()
        for following, (starts, ends) in edges.get(member, ()):
            common = max(since, starts), min(until, ends)
            if common[0] >= common[1] or any(a <= common[0] and common[1] <= b for a, b in known[following]):
                continue
            known[following].append(common)
            waiting.append((following, common))
            yield following


def _ranked(spans: Sequence[Span]) -> list[_Instants]:
    """The spans with their moments replaced by their ranks, so that open ends compare too."""
    rank = {moment: at for at, moment in enumerate(sorted({end for span in spans for end in span if end is not None}))}
    never, always = _ALWAYS
    return [
        (never if since is None else rank[since], always if until is None else rank[until]) for since, until in spans
    ]
