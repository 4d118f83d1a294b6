"""Hierarchies stay trees: rows that would close a circle or give a second parent are rejected, nothing written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from algorithms.cycles import cycle_rows
from graph.bulk.hierarchy import Stored
from graph.bulk.merge import EdgeRow

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ParentRow:
    """A row that puts a child under a parent: the step and position it comes from, and what it says."""

    step: int
    position: int
    row: EdgeRow

    @property
    def tree(self) -> tuple[str | None, str]:
        """The hierarchy and the child: there is room for one parent at a time."""
        return self.row.values.get("hierarchy"), self.row.start


@dataclass(slots=True)
class Verdict:
    """What may not be written and why, what ends for what takes its place, and from when that holds."""

    rejected: dict[tuple[int, int], str] = field(default_factory=dict)
    ended: list[tuple[Stored, datetime]] = field(default_factory=list)
    begins: dict[tuple[int, int], datetime] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _Held:
    """A parent that a child has for a time; `asked` when a row of this load says so."""

    parent: str
    begins: datetime | None
    ends: datetime | None
    stored: Stored | None = None
    asked: ParentRow | None = None
    replaced: list[_Held] = field(default_factory=list)

    def overlaps(self, other: _Held) -> bool:
        """Whether both hold at some moment."""
        return (self.begins or _FIRST) < (other.ends or _LAST) and (other.begins or _FIRST) < (self.ends or _LAST)


_Trees = defaultdict[tuple[str | None, str], list[_Held]]


def judge(asked: Iterable[ParentRow], stored: Iterable[Stored], source: str, now: datetime, *, dated: bool) -> Verdict:
    """Which rows of one relationship type may be written, given what the graph holds.

    Earlier rows win. A parent that this source gave before, and that is still open, gives way to the one it gives now;
    one that was set in the product does not. A row without a beginning begins after what has ended.
    """
    trees: _Trees = defaultdict(list)
    for edge in stored:
        trees[edge.hierarchy, edge.start].append(_Held(edge.end, edge.begins, edge.ends, stored=edge))
    verdict, placed = Verdict(), []
    for row in asked:
        reason = _placed(row, trees[row.tree], source, now)
        if reason is None:
            placed.append(row)
        else:
            verdict.rejected[row.step, row.position] = reason
    _without_circles(trees, placed, verdict)
    for held in trees.values():
        for one in held:
            _settle(one, verdict, now, dated=dated)
    return verdict


def _placed(asked: ParentRow, held: list[_Held], source: str, now: datetime) -> str | None:
    """Puts the row among what its child has; the reason when there is no room."""
    values, parent = asked.row.values, asked.row.end
    if parent == asked.row.start:
        return "a record cannot be its own parent"
    begins, ends = values.get("validFrom"), values.get("validTo")
    known = next((each for each in held if _same(each, asked, begins)), None)
    wanted = _Held(parent, begins, ends, asked=asked)
    if known is not None:
        wanted = _Held(parent, begins or known.begins, ends or known.ends, known.stored, asked)
    for other in held:
        if other is known or not wanted.overlaps(other) or (known is not None and begins is None and not other.asked):
            continue
        if not _gives_way(other, wanted, source):
            return _taken(other)
        if other.ends is None:
            wanted.replaced.append(other)
    after = [other.ends or begins or now for other in held if other is not known and wanted.overlaps(other)]
    if known is None and after:
        wanted.begins = max(after)
    held[:] = [each for each in held if each is not known and each not in wanted.replaced] + [wanted]
    return None


def _same(held: _Held, asked: ParentRow, begins: datetime | None) -> bool:
    """Whether the writer will take this relationship for the one the row means (see `compile_bulk`)."""
    key = held.asked.row.key if held.asked is not None else held.stored and held.stored.key
    if held.parent != asked.row.end or key != asked.row.key:
        return False
    return held.ends is None or begins is None or held.begins == begins


def _gives_way(other: _Held, wanted: _Held, source: str) -> bool:
    """Whether what the graph holds ends where the row begins, or the row can begin where it ended."""
    if other.stored is None or other.asked is not None:
        return False
    if other.ends is not None:
        return wanted.begins is None
    earlier = wanted.begins is None or (other.begins or _FIRST) < wanted.begins
    return other.stored.source == source and wanted.ends is None and earlier


def _taken(other: _Held) -> str:
    if other.asked is not None:
        return "an earlier row gives it another parent for the same time"
    until = f" until {other.ends:%Y-%m-%d}" if other.ends is not None else ""
    return f"the graph gives it another parent{until}, and this source did not put it there"


def _without_circles(
    trees: dict[tuple[str | None, str], list[_Held]], placed: list[ParentRow], verdict: Verdict
) -> None:
    """Takes back rows that would close a circle and puts back what they replaced, until none is left."""
    order = {(one.step, one.position): at for at, one in enumerate(placed)}
    while True:
        by_hierarchy: defaultdict[str | None, list[tuple[str, _Held]]] = defaultdict(list)
        for (hierarchy, child), held in trees.items():
            by_hierarchy[hierarchy].extend((child, one) for one in held)
        closing = [found for listed in by_hierarchy.values() for found in _closing(listed, order)]
        if not closing:
            return
        for hierarchy, child, one in closing:
            assert one.asked is not None
            back = list(one.replaced)
            if one.stored is not None:
                back.append(_Held(one.parent, one.stored.begins, one.stored.ends, stored=one.stored))
            kept = trees[hierarchy, child]
            kept[:] = [each for each in kept if each is not one] + back
            verdict.rejected[one.asked.step, one.asked.position] = "it would close a circle in the hierarchy"


def _closing(listed: list[tuple[str, _Held]], order: dict[tuple[int, int], int]) -> list[tuple[str | None, str, _Held]]:
    """The rows of this load, in one hierarchy, that close a circle with what is stored and with earlier rows."""

    def rank(pair: tuple[str, _Held]) -> int:
        asked = pair[1].asked
        return -1 if asked is None else order[asked.step, asked.position]

    ranked = sorted(listed, key=rank)
    circles = cycle_rows([(child, one.parent) for child, one in ranked], [(one.begins, one.ends) for _, one in ranked])
    found = (ranked[at] for at in circles)
    return [(one.asked.tree[0], child, one) for child, one in found if one.asked is not None]


def _settle(one: _Held, verdict: Verdict, now: datetime, *, dated: bool) -> None:
    if one.asked is None:
        return
    for other in one.replaced:
        assert other.stored is not None
        verdict.ended.append((other.stored, one.begins or now))
    if dated and one.stored is None and one.begins is not None and one.asked.row.values.get("validFrom") is None:
        verdict.begins[one.asked.step, one.asked.position] = one.begins
