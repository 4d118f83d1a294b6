"""The tree of an account from columns, in the pre-order of its hierarchy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from graph.columns.forest import Forest
from graph.columns.snapshot import Snapshot
from graph.columns.tables import CHILD_OF, EARLIEST, WORKS_AT, Array


@dataclass(frozen=True, slots=True, eq=False)
class Subtree:
    """The accounts of a tree in pre-order: their records, and by place the parent, the size and the rank by name.

    `figures` are those of each account alone. `places` and `people` are its people: the place of the account and the
    record of the person, ordered by place; both are empty unless they are needed.
    """

    snapshot: Snapshot
    top: str
    hierarchy: str
    at: int
    records: Array
    parent: Array
    size: Array
    rank: Array
    figures: Mapping[str, Array]
    places: Array
    people: Array
    forest: Forest

    def uid(self, place: int) -> str:
        """The id of the account at a place."""
        return self.snapshot.ids.uids[int(self.records[place])] if place else self.top

    def place(self, uid: str) -> int | None:
        """The place of an account; None if it is not in the tree."""
        if uid == self.top:
            return 0
        record = self.snapshot.account(uid)
        place = -1 if record is None else int(self.forest.place[record]) - int(self.forest.place[self.records[0]])
        return place if 0 <= place < len(self.records) else None

    def since(self, place: int) -> int | None:
        """The time since which the parent of the account at a place is its parent; None if it is not known."""
        table = self.snapshot.tables[CHILD_OF.name]
        rows = self.snapshot.valid(CHILD_OF, self.snapshot.rows(CHILD_OF, self.records[place : place + 1]), self.at)
        rows = rows[table.columns["hierarchy"][rows] == self.hierarchy.encode()]
        found = int(table.columns["valid_from"][rows[0]])
        return None if found == EARLIEST else found


def subtree(
    snapshot: Snapshot, uid: str, hierarchy: str, at: int, figures: Iterable[str], *, people: bool
) -> Subtree | None:
    """The tree of an account in a hierarchy at a time; None for what the columns cannot answer."""
    forest = snapshot.forest(hierarchy, at)
    own = {name: snapshot.own(name) for name in figures}
    if forest is None or any(values is None for values in own.values()):
        return None
    record = snapshot.account(uid)
    if record is None:
        none, zero = np.empty(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
        figures = dict.fromkeys(own, zero)
        return Subtree(snapshot, uid, hierarchy, at, zero, zero - 1, zero + 1, zero, figures, none, none, forest)
    tree = forest.slice(record)
    records = forest.order[tree]
    parent = forest.place[forest.parent[records]] - tree.start
    parent[0] = -1
    found = {name: values[records] for name, values in own.items() if values is not None}
    places = persons = np.empty(0, dtype=np.int64)
    if people:
        table = snapshot.tables[WORKS_AT.name]
        rows = snapshot.valid(WORKS_AT, forest.rows(table, tree), at)
        places, persons = forest.place[table.end[rows]] - tree.start, table.start[rows]
    rank = snapshot.name_ranks()[records]
    return Subtree(
        snapshot, uid, hierarchy, at, records, parent, forest.size[records], rank, found, places, persons, forest
    )
