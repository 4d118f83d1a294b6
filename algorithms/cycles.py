"""Finds the rows of a list of child-to-parent pairs that would close a cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from algorithms.registry import algorithm

Span: TypeAlias = tuple[Any, Any]
"""The start and the end (exclusive) of a period; None for open. All timestamps must be comparable."""

_Instants: TypeAlias = tuple[int, int]
_Edges: TypeAlias = defaultdict[str, list[tuple[str, _Instants]]]

_ALWAYS: _Instants = (-1, 1 << 62)


@algorithm(
    reads=("child_of.validFrom", "child_of.validTo"),
    reference="union-find: Tarjan 1975 (J. ACM 22(2)); two-way search: Haeupler et al. 2012 (ACM TALG 8(1))",
)
def cycle_rows(pairs: Sequence[tuple[str, str]], spans: Sequence[Span] | None = None) -> list[int]:
    """Returns the positions of the rows that would close a cycle, if the rows were inserted one after the other.

    Earlier rows win: a row that would close a cycle is reported and not inserted, so later rows are checked without it.
    A row from a node to itself is a cycle. A child may have several parents, and a row may be repeated. With spans, a
    cycle counts only if all of its rows are valid at one common time. To check rows against stored ones, put the stored
    ones first.

    Takes nearly linear time for forests of any depth, without recursion.

    Args:
        pairs: (child, parent) in the order of insertion.
        spans: for each pair, (from, until), until exclusive, None for open; without spans every row is always valid. A
            row with an empty span (until is not later than from) is never valid.

    Raises:
        ValueError: the numbers of spans and pairs differ.

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
    for row, ((child, parent), valid) in enumerate(zip(pairs, instants, strict=True)):
        if valid[0] >= valid[1] or so_far.holds(child, parent, valid):
            continue
        if so_far.closes(child, parent, valid):
            found.append(row)
        else:
            so_far.insert(child, parent, valid)
    return found


class _Inserted:
    """The inserted rows, and the connected components of their ends."""

    def __init__(self) -> None:
        self.up: _Edges = defaultdict(list)
        self.down: _Edges = defaultdict(list)
        self.above: dict[str, str] = {}
        self.forest: dict[str, bool] = {}

    def holds(self, child: str, parent: str, valid: _Instants) -> bool:
        """Returns True if the same row is already inserted."""
        return (parent, valid) in self.up.get(child, ())

    def closes(self, child: str, parent: str, valid: _Instants) -> bool:
        """Returns True if the parent is already below the child, at some time within `valid`."""
        if child == parent:
            return True
        group = self._group(child)
        if group != self._group(parent) or child not in self.down or parent not in self.up:
            return False
        if child not in self.up and valid == _ALWAYS and self.forest.get(group, True):
            return True  # in a tree, everything in the group of its root is below it
        upwards, downwards = _reach(parent, valid, self.up), _reach(child, valid, self.down)
        # The search ends when either side is exhausted, so a leaf below a tall tree costs little, and the reverse.
        return any(above == child or below == parent for above, below in zip(upwards, downwards, strict=False))

    def insert(self, child: str, parent: str, valid: _Instants) -> None:
        """Inserts a row that closes no cycle."""
        one, other = self._group(child), self._group(parent)
        tree = valid == _ALWAYS and child not in self.up
        self.forest[other] = tree and self.forest.get(one, True) and self.forest.get(other, True)
        if one != other:
            self.above[one] = other
        self.up[child].append((parent, valid))
        self.down[parent].append((child, valid))

    def _group(self, member: str) -> str:
        top = member
        while top in self.above:
            top = self.above[top]
        while member != top:
            self.above[member], member = top, self.above[member]
        return top


def _reach(start: str, valid: _Instants, edges: _Edges) -> Iterator[str]:
    """Yields the nodes reachable within `valid`; a node that is reached again at other times is yielded again."""
    known: defaultdict[str, list[_Instants]] = defaultdict(list)
    waiting = [(start, valid)]
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
    """Replaces the timestamps of spans with their ranks, so that open ends compare too."""
    rank = {moment: at for at, moment in enumerate(sorted({end for span in spans for end in span if end is not None}))}
    never, always = _ALWAYS
    return [
        (never if since is None else rank[since], always if until is None else rank[until]) for since, until in spans
    ]
