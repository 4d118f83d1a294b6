"""Finds rows that belong to the same group of relationships, of which there is at most one at a time.

The pass before writing keeps eight bytes a row: the hash of the row's group. Two different groups with one hash only
lead to one check too many.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.bulk.invariants import invariants
from graph.vocabulary import endpoint
from seed.load.plan import Plan, Step
from seed.mapping.model import EdgeTable
from seed.rows.context import RejectedError
from seed.rows.files import rows
from seed.rows.row import Row

Hashes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(slots=True)
class Contention:
    """The rows of a step, by position, that share a group with other rows."""

    rows: Flags | None = None

    def __bool__(self) -> bool:
        """True if any row shares a group with another one."""
        return self.rows is not None and bool(self.rows.any())

    def __contains__(self, position: int) -> bool:
        """True if another row belongs to the same group of relationships."""
        return self.rows is not None and bool(self.rows[position])


def contention(plan: Plan) -> list[Contention]:
    """Finds the contended rows of every step."""
    found = [Contention() for _ in plan.steps]
    contending: dict[tuple[Any, ...], list[int]] = {}
    for at, step in enumerate(plan.steps):
        if isinstance(step.table, EdgeTable) and not acyclic(step.table):
            contending.setdefault(pattern_key(step.table), []).append(at)
    for members in contending.values():
        _contend([plan.steps[at] for at in members], [found[at] for at in members])
    return found


def acyclic(table: EdgeTable) -> bool:
    """True if the relationships of the table must not form cycles."""
    return invariants(table.type, table.start.label, table.end.label).acyclic is not None


def pattern_key(table: EdgeTable) -> tuple[Any, ...]:
    """Identifies the tables whose relationships can be in one group."""
    found = endpoint(table.type, table.start.label, table.end.label)
    assert found is not None, "the mapping was checked"
    shared = any(rule.per == "end" for rule in found.at_most_one)
    return found.edge, found.start if shared else table.start.label, found.among


def _contend(steps: Sequence[Step], found: Sequence[Contention]) -> None:
    """Finds the rows that share a group with other rows."""
    first = steps[0].table
    assert isinstance(first, EdgeTable)
    rules = invariants(first.type, first.start.label, first.end.label)
    for number in range(len(rules.at_most_one)):
        hashes = [_hashes(step, number) for step in steps]
        values, counts = np.unique(np.concatenate(hashes), return_counts=True)
        repeated: Hashes = values[(counts > 1) & (values != 0)]
        if repeated.size:
            for own, one in zip(hashes, found, strict=True):
                flags = np.isin(own, repeated)
                one.rows = flags if one.rows is None else one.rows | flags


def elements(step: Step) -> Iterator[Row]:
    """All elements of all rows of a step, including invalid rows, in the order that positions count."""
    columns = step.reader.columns
    found = step.rows(columns) if step.rows else rows(step.path, step.table.file, step.layout, columns)
    return found if step.table.each is None else _split(step, found)


def _split(step: Step, found: Iterator[Row]) -> Iterator[Row]:
    for row in found:
        if row.fault is not None:
            yield row
            continue
        try:
            yield from step.reader.elements(row)
        except RejectedError as error:
            yield row._replace(fault=error.fault)


def _hashes(step: Step, number: int) -> Hashes:
    found = array("q")
    for row in elements(step):
        found.append(_group_hash(number, step, row))
    return np.frombuffer(found, dtype=np.int64) if found else np.empty(0, dtype=np.int64)


def _group_hash(number: int, step: Step, row: Row) -> int:
    """The hash of the group under one rule; 0 for a row that is not selected or has no such group."""
    try:
        if row.fault is not None or not step.reader.selects(row):
            return 0
        return next((hash(group) or 1 for group in step.reader.groups(row) if group[0] == number), 0)
    except RejectedError:
        return 0
