"""A state of the graph in memory: its tables, what is derived from them, and the position of the last event in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from graph.bounded_cache import BoundedCache
from graph.collation import sort_key
from graph.columns.forest import Forest, forest
from graph.columns.tables import ABSENT, CHILD_OF, DEALS, ORDERS, WORKS_AT, Array, Ids, Table, TableModel, gathered

T = TypeVar("T")

_MOST_FORESTS = 8
_MOST_BYTES_KEPT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class IdOrder:
    """Records in the order of their ids: `rank` is by record, the others are by rank; `keys` are what is compared."""

    uids: Sequence[str]
    keys: Sequence[str] | Sequence[bytes]
    records: Array
    rank: Array

    def key(self, uid: str) -> Any:
        """The key of an id, to be compared with those of the records."""
        return uid if self.keys is self.uids else text_key(uid)


def text_key(text: str) -> bytes:
    """A key in whose order Neo4j sorts texts."""
    return text.encode("utf-16-be", "surrogatepass")


@dataclass(slots=True)
class Snapshot:
    """Tables by name, never changed; `derived` holds what was computed from them.

    Tables that the holder did not ask for may be behind the others.

    A value that depends on one table stays when another one is replaced. All methods return None for what the columns
    cannot answer, such as a record with two parents at once.
    """

    tables: Mapping[str, Table]
    ids: Ids
    position: int
    derived: dict[Any, Any] = field(default_factory=dict)

    def replaced(self, tables: Mapping[str, Table], position: int) -> Snapshot:
        """The snapshot after a change: what depends on unchanged tables is kept."""
        same = {name for name, one in tables.items() if one is self.tables[name]}
        # A thread may add a value meanwhile, so this iterates over a copy.
        derived, room = self.derived.copy(), self.ids.room
        kept = {key: value for key, value in derived.items() if set(key[0]) <= same and key[2] == room}
        return Snapshot(tables, self.ids, position, kept)

    def _once(self, names: tuple[str, ...], key: Any, compute: Callable[[], T]) -> T:
        """A value that is computed once for these tables."""
        place = (names, key, self.ids.room)
        if place not in self.derived:
            self.derived[place] = compute()
        value: T = self.derived[place]
        return value

    def latest(self, models: tuple[TableModel, ...], name: str, version: Any, compute: Callable[[], T]) -> T:
        """A value that depends on some tables and on something else, which has a version; the last one is kept."""
        known: list[tuple[Any, T]] = self._once(tuple(model.name for model in models), ("latest", name), list)
        for of, value in known:
            if of == version:
                return value
        value = compute()
        known[:] = [(version, value)]
        return value

    def kept(
        self, models: tuple[TableModel, ...], key: Any, at: int, compute: Callable[[], T], weigh: Callable[[T], int]
    ) -> T:
        """A value that depends on the rows of dated tables that are valid at a time; `weigh` returns its bytes.

        The values that were used last are kept, and stay valid until a row of the tables begins or ends.
        """
        known: BoundedCache[Any, T] = self._once(
            tuple(model.name for model in models), "kept", lambda: BoundedCache(_MOST_BYTES_KEPT)
        )
        place = (key, *(self._period(model, at) for model in models))
        value = known.get(place)
        if value is None:
            value = compute()
            known.put(place, value, weigh(value))
        return value

    def _period(self, model: TableModel, at: int) -> int:
        """The number of the period that a time is in: all times of a period have the same valid rows."""
        columns = self.tables[model.name].columns
        changes = self._once(
            (model.name,), "changes", lambda: np.unique(np.concatenate([columns["valid_from"], columns["valid_to"]]))
        )
        return int(np.searchsorted(changes, at, side="right"))

    # ---------- hierarchies ------------------------------------------------------------------------------------------

    def forest(self, hierarchy: str, at: int) -> Forest | None:
        """The forest of accounts in a hierarchy at a time, in microseconds since 1970."""
        known: BoundedCache[int, Forest] = self._once(
            (CHILD_OF.name,), ("forests", hierarchy), lambda: BoundedCache(_MOST_FORESTS)
        )
        period = self._period(CHILD_OF, at)
        made = known.get(period)
        if made is None:
            made = forest(self.tables[CHILD_OF.name], hierarchy, at, self.ids.room)
            if made is not None:
                known.put(period, made, 1)
        return made

    def account(self, uid: str) -> int | None:
        """The position of a record; None if no relationship of the tables has it."""
        return self.ids.of.get(uid)

    def account_order(self) -> IdOrder:
        """The accounts that have a parent, in the order of their ids."""

        def compute() -> IdOrder:
            found = np.unique(self.tables[CHILD_OF.name].start)
            uids = [self.ids.uids[record] for record in found.tolist()]
            keys = uids if all(map(str.isascii, uids)) else [text_key(uid) for uid in uids]
            order = sorted(range(len(keys)), key=keys.__getitem__)
            ranked = [uids[at] for at in order]
            rank = np.full(self.ids.room, -1, dtype=np.int32)
            rank[found[order]] = np.arange(len(found))
            return IdOrder(ranked, ranked if keys is uids else [keys[at] for at in order], found[order], rank)

        return self._once((CHILD_OF.name,), "order", compute)

    def names(self) -> dict[int, str]:
        """The names of the accounts that have a parent."""
        table = self.tables[CHILD_OF.name]
        return self._once(
            (CHILD_OF.name,), "names", lambda: dict(zip(table.start.tolist(), table.columns["name"], strict=True))
        )

    def name_ranks(self) -> Array:
        """The position of each account that has a parent in the order of their names, then of their ids, by record."""

        def compute() -> Array:
            names, uids = self.names(), self.ids.uids
            order = sorted(names, key=lambda record: (sort_key(names[record] or ""), uids[record]))
            ranks = np.full(self.ids.room, -1, dtype=np.int64)
            ranks[order] = np.arange(len(order))
            return ranks

        return self._once((CHILD_OF.name,), "name ranks", compute)

    def rows(self, model: TableModel, records: Array, *, end: bool = False) -> Array:
        """The rows of a table that start, or end, at any of some records."""
        table = self.tables[model.name]

        def compute() -> tuple[Array, Array]:
            side = table.end if end else table.start
            counts = np.bincount(side, minlength=self.ids.room)
            return np.argsort(side, kind="stable"), np.concatenate([[0], np.cumsum(counts)])

        order, bounds = self._once((model.name,), ("rows", end), compute)
        return gathered(order, bounds, records)

    def some_row(self, model: TableModel, records: Array, *, end: bool = False) -> Array:
        """A row of a table that starts, or ends, at each of some records; -1 without any."""
        table = self.tables[model.name]

        def compute() -> Array:
            found = np.full(self.ids.room, -1, dtype=np.int64)
            found[table.end if end else table.start] = np.arange(len(table))
            return found

        by_record: Array = self._once((model.name,), ("some row", end), compute)
        found: Array = by_record[records]
        return found

    def valid(self, model: TableModel, rows: Array, at: int) -> Array:
        """Those of some rows of a dated table that are valid at a time."""
        columns = self.tables[model.name].columns
        found: Array = rows[(columns["valid_from"][rows] <= at) & (at < columns["valid_to"][rows])]
        return found

    # ---------- figures of single accounts ---------------------------------------------------------------------------

    def own(self, figure: str) -> Array | None:
        """A figure of each account alone, by record."""
        model, compute = _OWN[figure]
        names, table = (model.name,), self.tables[model.name]
        if not self._once(names, "single", lambda: np.bincount(table.start).max(initial=0) <= 1):
            return None  # a record of several accounts would count several times
        return self._once(names, figure, lambda: _padded(table, compute(table), self.ids.room))

    def people(self, forest: Forest, tree: slice, at: int) -> int:
        """The number of people who work at any account of a slice; each counts once."""
        table = self.tables[WORKS_AT.name]
        return len(np.unique(table.start[self.valid(WORKS_AT, forest.rows(table, tree), at)]))


def _padded(table: Table, values: Array, records: int) -> Array:
    # Sums of whole numbers stay exact: bincount would add them as floats.
    found = np.zeros(records, dtype=np.int64)
    np.add.at(found, table.end, values)
    return found


def _when(state: str, column: str) -> Callable[[Table], Array]:
    def values(table: Table) -> Array:
        found = table.columns[column]
        return np.where((table.columns["state"] == state.encode()) & (found != ABSENT), found, 0)

    return values


def _number(state: str) -> Callable[[Table], Array]:
    return lambda table: (table.columns["state"] == state.encode()).astype(np.int64)


def _weighted(table: Table) -> Array:
    value, probability = table.columns["estimated"], table.columns["probability"]
    counts = (table.columns["state"] == b"OPEN") & (value != ABSENT) & (probability != ABSENT)
    products = np.where(counts, value, 0) * np.where(counts, probability, 0)
    return np.rint(products / 100.0).astype(np.int64)


def _ordered(table: Table) -> Array:
    return np.where(table.columns["state"] != b"CANCELED", table.columns["value"], 0)


_OWN: Mapping[str, tuple[TableModel, Callable[[Table], Array]]] = {
    "openOpportunities": (DEALS, _number("OPEN")),
    "openPipeline": (DEALS, _when("OPEN", "estimated")),
    "weightedPipeline": (DEALS, _weighted),
    "wonOpportunities": (DEALS, _number("WON")),
    "won": (DEALS, _when("WON", "actual")),
    "lostOpportunities": (DEALS, _number("LOST")),
    "ordered": (ORDERS, _ordered),
}
OWN = {name: model.name for name, (model, _) in _OWN.items()}
"""The table of each figure that accounts have of their own."""
