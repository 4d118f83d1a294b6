"""Pages of a tree in display order: siblings by a figure, and the place of each bar within the bar of its parent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from algorithms.registry import algorithm

Array: TypeAlias = NDArray[Any]

_NO_PEOPLE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A tree in any pre-order; its members are positions, the one at the top is 0.

    `parent` is the position of the parent (-1 at the top), `size` the number of members at and below a position, and
    `rank` the order of siblings with equal figures. `figures` are whole numbers of each member alone, which add up.
    `places` and `people` are the people of the members: a position and a number of the person, ordered by position.
    """

    parent: Array
    size: Array
    rank: Array
    figures: Mapping[str, Array]
    places: Array = field(default_factory=_NO_PEOPLE.copy)
    people: Array = field(default_factory=_NO_PEOPLE.copy)

    def __len__(self) -> int:
        return len(self.parent)

    @staticmethod
    def preorder(parents: Sequence[int]) -> list[int]:
        """Returns the members below the first one in pre-order, of which only the parents are known.

        A member that is not below the first one is left out, as on a cycle; a parent of the first one is ignored.
        """
        below: list[list[int]] = [[] for _ in parents]
        for member, parent in enumerate(parents):
            if member and parent >= 0:
                below[parent].append(member)
        order, waiting = [], [0]
        while waiting:
            member = waiting.pop()
            order.append(member)
            waiting.extend(reversed(below[member]))
        return order

    @staticmethod
    def sizes(parent: Sequence[int]) -> list[int]:
        """Returns the number of members at and below each member of a tree in pre-order."""
        found = [1] * len(parent)
        for member in range(len(parent) - 1, 0, -1):
            found[parent[member]] += found[member]
        return found

    def sums(self, values: Array) -> Array:
        """Returns the sum of values over the members at and below each member."""
        total = np.concatenate([[0], np.cumsum(values)])
        found: Array = total[np.arange(len(self)) + self.size] - total[:-1]
        return found

    def above(self, values: Array) -> Array:
        """Returns the sum of values over each member and all members above it."""
        ended = np.zeros(len(self) + 1, dtype=np.int64)
        np.add.at(ended, np.arange(len(self)) + self.size, values)
        found: Array = np.cumsum(values) - np.cumsum(ended)[:-1]
        return found

    def people_in(self, members: Array, sizes: Array) -> Array:
        """Returns the number of people in slices that begin at some members; each person counts once."""
        order = np.lexsort((self.places, self.people))
        again = self.people[order][1:] == self.people[order][:-1]
        earlier, later = self.places[order][:-1][again], self.places[order][1:][again]
        by_place = np.argsort(later, kind="stable")
        earlier, later = earlier[by_place], later[by_place]
        found = np.searchsorted(self.places, members + sizes) - np.searchsorted(self.places, members)
        low, high = np.searchsorted(later, members), np.searchsorted(later, members + sizes)
        # A person counts at the first of their places only.
        twice = [np.count_nonzero(earlier[a:b] >= at) for at, a, b in zip(members, low, high, strict=True)]
        counted: Array = found - np.array(twice, dtype=np.int64)
        return counted


@dataclass(slots=True)
class TreeRow:
    """A row of a tree: its member, its level, its place among its siblings from 1, and its figures by name."""

    member: int
    depth: int
    accounts: int
    children: int
    position: int
    siblings: int
    own: Mapping[str, int]
    sum: Mapping[str, int]
    offset: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TreePage:
    """Some rows of a tree, and the number of all rows."""

    total: int
    rows: Sequence[TreeRow]


PEOPLE = "contacts"
"""The name of the number of people, each of whom counts once, so that the numbers of several members do not add up."""


@algorithm(
    reads=("account.name", "child_of.hierarchy", "opportunity.*", "sales_order.*", "works_at.*"),
    reference="design of the explorer, section 7.3: the bars of siblings tile the bar of their parent",
)
def tree_page(
    tree: Tree,
    opened: Collection[int] | None,
    measure: Array | None,
    *,
    first: int,
    offset: int = 0,
    people: bool = False,
) -> TreePage:
    """Returns a page of the rows of a tree in display order.

    Siblings are in the order of the sums of a measure, the largest first, then of their rank. Only the children of
    opened members have rows. The offset of a figure is that of the parent, plus the parent's own figure, plus the sums
    of the siblings before, so that bars that begin there tile the bar of the parent.

    Args:
        tree: the tree; its figures are those of the rows.
        opened: the members whose children have rows; None for all of them.
        measure: a whole number of each member alone; None orders siblings by their rank.
        first: the largest number of rows.
        offset: the number of rows before the page.
        people: whether to count the people of each row.

    >>> a, b = np.array([-1, 0, 1, 0]), np.array([4, 2, 1, 1])
    >>> tree = Tree(a, b, rank=np.array([0, 1, 2, 3]), figures={"won": np.array([5, 1, 2, 9])})
    >>> page = tree_page(tree, None, tree.figures["won"], first=3)
    >>> page.total, [(row.member, row.depth, row.sum["won"], row.offset["won"]) for row in page.rows]
    (4, [(0, 0, 17, 0), (3, 1, 9, 5), (1, 1, 3, 14)])
    >>> tree_page(tree, [], None, first=3).total
    1
    """
    shown = _Shown.of(tree, opened, measure)
    members = shown.order[offset : offset + first]
    level = (
        np.arange(len(tree)) - np.cumsum(np.bincount(np.arange(len(tree)) + tree.size, minlength=len(tree) + 1))[:-1]
    )
    children = np.bincount(tree.parent[1:], minlength=len(tree))
    sums, offsets = {}, {}
    for name, values in tree.figures.items():
        sums[name] = tree.sums(values)
        offsets[name] = shown.offsets(values, sums[name])[members].tolist()
        sums[name] = sums[name][members].tolist()
    own = {name: values[members].tolist() for name, values in tree.figures.items()}
    if people:
        sums[PEOPLE] = tree.people_in(members, tree.size[members]).tolist()
        own[PEOPLE] = tree.people_in(members, np.ones(len(members), dtype=np.int64)).tolist()
    plain = zip(
        *(one[members].tolist() for one in (np.arange(len(tree)), level, tree.size, children)),
        *(one[members].tolist() for one in (shown.position, shown.siblings)),
        strict=True,
    )
    rows = [
        TreeRow(*values, *({name: of[at] for name, of in named.items()} for named in (own, sums, offsets)))
        for at, values in enumerate(plain)
    ]
    return TreePage(len(shown.order), rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """The members that have rows: in the order of the rows, and grouped by parent in the order of siblings."""

    tree: Tree
    order: Array
    grouped: Array
    starts: Array
    position: Array
    siblings: Array

    @staticmethod
    def of(tree: Tree, opened: Collection[int] | None, measure: Array | None) -> _Shown:
        """The members below opened ones, which are all of them if `opened` is None."""
        size = len(tree)
        visible = np.arange(size)
        if opened is not None:
            closed = np.ones(size, dtype=bool)
            closed[list(opened)] = False
            edges = np.zeros(size + 1, dtype=np.int64)
            edges[1:] += closed
            np.add.at(edges, (visible + tree.size)[closed], -1)
            visible = np.flatnonzero(np.cumsum(edges)[:-1] <= 0)
        keys = [tree.rank[visible], tree.parent[visible]]
        if measure is not None:
            keys.insert(1, -tree.sums(measure)[visible])
        grouped = visible[np.lexsort(keys)]
        first = np.concatenate([[True], tree.parent[grouped][1:] != tree.parent[grouped][:-1]])
        starts = np.maximum.accumulate(np.where(first, np.arange(len(grouped)), 0))
        position, siblings = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        position[grouped] = np.arange(len(grouped)) - starts + 1
        siblings[grouped] = np.bincount(starts, minlength=len(grouped))[starts]
        shown = np.zeros(size, dtype=np.int64)
        shown[visible] = 1
        one = _Shown(tree, visible, grouped, starts, position, siblings)
        steps = np.zeros(size, dtype=np.int64)
        steps[grouped] = one.before(tree.sums(shown)) + 1
        steps[0] = 0
        order = np.empty(len(visible), dtype=np.int64)
        order[tree.above(steps)[visible]] = visible
        return _Shown(tree, order, grouped, starts, position, siblings)

    def before(self, sums: Array) -> Array:
        """The total of the siblings before each member, in the order of `grouped`."""
        values = sums[self.grouped]
        earlier = np.cumsum(values) - values
        found: Array = earlier - earlier[self.starts]
        return found

    def offsets(self, values: Array, sums: Array) -> Array:
        """The offset of each member that has a row."""
        steps = np.zeros(len(self.tree), dtype=np.int64)
        steps[self.grouped] = self.before(sums) + values[self.tree.parent[self.grouped]]
        steps[0] = 0
        return self.tree.above(steps)
