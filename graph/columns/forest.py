"""A hierarchy at one point in time as a forest in pre-order: the tree below a record is a slice."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from graph.columns.tables import Array, Table, gathered

_MOST_LEVELS = 2_000


@dataclass(slots=True, eq=False)
class Forest:
    """All records in pre-order.

    `place` is the position of each record in the order, `size` the number of records in its tree, with itself, and
    `level` its number of ancestors; all three are by record. `order` holds the records in order, and `parent` the
    parent of each record, -1 without one. Records that are alone in their tree come last, from the place `extent` on.
    """

    place: Array
    size: Array
    level: Array
    order: Array
    parent: Array
    extent: int
    _sums: dict[str, tuple[Array, Array]] = field(default_factory=dict, init=False, repr=False)
    _sorted: tuple[Table, Array, Array] | None = field(default=None, init=False, repr=False)

    def rows(self, table: Table, tree: slice) -> Array:
        """The rows of a table that end at a record in a slice."""
        known = self._sorted
        if known is None or known[0] is not table:
            place = self.place[table.end]
            order = np.argsort(place, kind="stable")
            known = self._sorted = (table, place[order], order)
        low, high = np.searchsorted(known[1], (tree.start, tree.stop))
        found: Array = known[2][low:high]
        return found

    def total(self, name: str, values: Array, tree: slice) -> int:
        """The sum of whole numbers by record over a slice; `name` says what they are, so that sums are kept."""
        if tree.stop > self.extent:
            return int(values[self.order[tree]].sum())
        known = self._sums.get(name)
        if known is None or known[0] is not values:
            sums = np.zeros(self.extent + 1, dtype=np.int64)
            np.cumsum(values[self.order[: self.extent]], out=sums[1:])
            known = self._sums[name] = (values, sums)
        return int(known[1][tree.stop] - known[1][tree.start])

    def slice(self, record: int) -> slice:
        """The places of the tree below a record, with itself."""
        start = int(self.place[record])
        return slice(start, start + int(self.size[record]))

    def children(self, record: int) -> Array:
        """The records directly below a record."""
        below = self.order[self.slice(record)]
        found: Array = below[self.parent[below] == record]
        return found


def forest(table: Table, hierarchy: str, at: int, records: int) -> Forest | None:
    """The forest of a hierarchy at a time among the records 0 to `records` - 1.

    None if it is none at that time: a record has several parents, or there is a cycle; or if it is too deep.
    """
    inside = table.columns["hierarchy"] == hierarchy.encode()
    begins, ends = table.columns["valid_from"][inside], table.columns["valid_to"][inside]
    valid = (begins <= at) & (at < ends)
    child, above = table.start[inside][valid], table.end[inside][valid]
    parent = np.full(records, -1, dtype=np.int32)
    parent[child] = above
    if len(np.unique(child)) != len(child):
        return None
    levels = _levels(parent, records)
    if levels is None:
        return None
    level, rows = levels
    size = np.ones(records, dtype=np.int64)
    for below in reversed(rows[1:]):
        np.add.at(size, parent[below], size[below])
    place = _places(rows, parent, size)
    order = np.empty(records, dtype=np.int32)
    order[place] = np.arange(records, dtype=np.int32)
    extent = int(size[rows[0]][size[rows[0]] > 1].sum())
    return Forest(place, size, level, order, parent, extent)


def _levels(parent: Array, records: int) -> tuple[Array, list[Array]] | None:
    """The level of each record, and the records of each level, siblings together; None with a cycle.

    Roots without children come last.
    """
    child = np.flatnonzero(parent >= 0).astype(np.int32)
    by_parent = child[np.argsort(parent[child], kind="stable")]
    counts = np.bincount(parent[child], minlength=records)
    starts = np.concatenate([[0], np.cumsum(counts)])
    level = np.zeros(records, dtype=np.int32)
    roots = np.flatnonzero(parent < 0).astype(np.int32)
    rows = [roots[np.argsort(counts[roots] == 0, kind="stable")]]
    seen = len(rows[0])
    while len(rows[-1]):
        inner = rows[-1][counts[rows[-1]] > 0]
        below = gathered(by_parent, starts, inner)
        level[below] = len(rows)
        rows.append(below)
        seen += len(below)
        if len(rows) > _MOST_LEVELS:
            return None
    return (level, rows) if seen == records else None


def _places(rows: list[Array], parent: Array, size: Array) -> Array:
    """The place of each record in pre-order: after its parent and the trees of the siblings before it."""
    place = np.empty(len(parent), dtype=np.int64)
    sizes = size[rows[0]]
    place[rows[0]] = np.cumsum(sizes) - sizes
    for below in rows[1:]:
        if not len(below):
            break
        sizes = size[below]
        before = np.cumsum(sizes) - sizes
        first = np.concatenate([[True], parent[below][1:] != parent[below][:-1]])
        group = np.maximum.accumulate(np.where(first, np.arange(len(below)), 0))
        place[below] = place[parent[below]] + 1 + before - before[group]
    return place
