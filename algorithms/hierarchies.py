"""Hierarchies over time and beside each other: the size of a group at every point in time, and where two differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from algorithms.registry import algorithm

Array: TypeAlias = NDArray[Any]

EARLIEST, LATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
"""The bounds of a period without a known start, or without an end."""


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """Lines from children to parents, each with the time from which it is valid and the time from which it is not."""

    child: Array
    parent: Array
    begin: Array
    end: Array

    def overlap(self) -> bool:
        """Returns True if a child has two parents at a time."""
        order = np.lexsort((self.begin, self.child))
        child, begin, end = self.child[order], self.begin[order], self.end[order]
        return bool(np.any((child[1:] == child[:-1]) & (begin[1:] < end[:-1])))


@algorithm(
    reads=("child_of.validFrom", "child_of.validTo", "child_of.hierarchy"),
    reference="design of the explorer, section 7.3: the size of a group over time is the track of the slider",
)
def size_history(lines: Periods, top: int, since: int = EARLIEST) -> list[tuple[int, int]]:
    """Returns the number of members at and below one over time: the time of each change, and the number from then on.

    A line counts while it is valid and its parent is at or below `top`. The first step is at `since`.

    Args:
        lines: the lines of a hierarchy; no child has two parents at a time.
        top: the member at the top, which always counts; its own parents make no difference.
        since: the start of the history.

    Raises:
        ValueError: a child has two parents at a time.

    >>> lines = Periods(*(np.array(one) for one in ([1, 2], [0, 1], [10, 20], [40, 50])))
    >>> size_history(lines, 0, since=0)
    [(0, 1), (10, 2), (20, 3), (40, 1)]
    """
    if lines.overlap():
        raise ValueError("a child has two parents at a time")
    order = np.argsort(lines.parent, kind="stable")
    parents = lines.parent[order]
    members, begins, ends = np.array([top]), np.array([EARLIEST]), np.array([LATEST])
    starts, stops = [begins], [ends]
    while len(members):
        low, high = np.searchsorted(parents, members), np.searchsorted(parents, members, "right")
        numbers = high - low
        within = np.arange(numbers.sum()) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        rows, above = order[np.repeat(low, numbers) + within], np.repeat(np.arange(len(members)), numbers)
        begin, end = np.maximum(lines.begin[rows], begins[above]), np.minimum(lines.end[rows], ends[above])
        stays = (begin < end) & (lines.child[rows] != top)
        members, begins, ends = lines.child[rows][stays], begin[stays], end[stays]
        starts.append(begins)
        stops.append(ends)
    return _steps(np.concatenate(starts), np.concatenate(stops), since)


def _steps(starts: Array, stops: Array, since: int) -> list[tuple[int, int]]:
    """The number of periods at each time at which it changes, from a time on."""
    starts, stops = np.maximum(starts, since), stops[stops < LATEST]
    changes = np.concatenate([starts, np.maximum(stops, since)])
    signs = np.concatenate([np.ones(len(starts), dtype=np.int64), -np.ones(len(stops), dtype=np.int64)])
    times, place = np.unique(changes, return_inverse=True)
    net = np.zeros(len(times), dtype=np.int64)
    np.add.at(net, place, signs)
    sizes = np.cumsum(net)
    kept = net != 0
    kept[0] = True
    return list(zip(times[kept].tolist(), sizes[kept].tolist(), strict=True))


@algorithm(
    reads=("child_of.validFrom", "child_of.validTo"),
    reference="defined here: the last change within each of several equal periods",
)
def thinned(steps: Sequence[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Returns at most so many steps: the first one, and the last one within each of equal periods after it.

    Args:
        steps: times in ascending order, each with a value.
        most: the largest number of steps.

    >>> thinned([(0, 1), (10, 2), (11, 3), (20, 4)], 3)
    [(0, 1), (11, 3), (20, 4)]
    """
    if len(steps) <= most:
        return list(steps)
    if most < 2:
        return list(steps[:most])
    start, periods = steps[1][0], most - 1
    length = steps[-1][0] - start + 1
    last = {(time - start) * periods // length: (time, value) for time, value in steps[1:]}
    return [steps[0], *last.values()]


class HierarchyDifferenceReason(Enum):
    """The reason why two hierarchies differ in an account."""

    ONLY_IN_A = "The account has a parent in the first hierarchy only."
    ONLY_IN_B = "The account has a parent in the second hierarchy only."
    OTHER_PARENT = "The account has different parents."


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """Some of the members that differ with the reason of each, and the number of all that differ."""

    differing: int
    rows: Sequence[tuple[int, HierarchyDifferenceReason]]


@algorithm(
    reads=("child_of.hierarchy", "account.name"),
    reference="design of the explorer, section 7.3: accounts whose parents differ between two hierarchies",
)
def hierarchy_differences(
    parents_a: Array, parents_b: Array, rank: Array, *, first: int, offset: int = 0
) -> DifferencePage:
    """Returns a page of the members whose parents differ, in the order of their rank.

    Args:
        parents_a: the parent of each member in the first hierarchy, -1 without one.
        parents_b: the parent of each member in the second hierarchy, -1 without one.
        rank: the order of the members.
        first: the largest number of members.
        offset: the number of differing members before the page.

    >>> page = hierarchy_differences(np.array([7, 7, -1, 7]), np.array([7, -1, 8, 8]), np.arange(4), first=2)
    >>> page.differing, [(member, reason.name) for member, reason in page.rows]
    (3, [(1, 'ONLY_IN_A'), (2, 'ONLY_IN_B')])
    """
    differ = np.flatnonzero(parents_a != parents_b)
    page = differ[np.argsort(rank[differ], kind="stable")][offset : offset + first]
    rows = [
        (member, _reason(a, b))
        for member, a, b in zip(page.tolist(), parents_a[page].tolist(), parents_b[page].tolist(), strict=True)
    ]
    return DifferencePage(len(differ), rows)


def _reason(a: int, b: int) -> HierarchyDifferenceReason:
    if b < 0:
        return HierarchyDifferenceReason.ONLY_IN_A
    return HierarchyDifferenceReason.ONLY_IN_B if a < 0 else HierarchyDifferenceReason.OTHER_PARENT
