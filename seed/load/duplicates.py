"""Finds rows that mean the same record, of which the last wins, so that a second load changes nothing.

The pass before writing keeps eight bytes a row: the hash of the row's identity. Two different identities with one
hash would make one of them lose; with 64 bits that is one chance in thirty million for a million rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.bulk.invariants import invariants
from graph.models.properties import Kind
from graph.vocabulary import endpoint, entity
from seed.load.plan import Plan, Step
from seed.mapping.model import EdgeTable, NodeTable
from seed.rows.fields import RejectedError
from seed.rows.files import rows
from seed.rows.row import Row
from seed.rows.tables import computes_amount, edge_properties

Hashes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(slots=True)
class Superseded:
    """The rows of a step, by position, that later rows supersede as a whole or in some properties."""

    total: int = 0
    rows: Flags | None = None
    contended: Flags | None = None
    properties: list[tuple[frozenset[str], Flags]] = field(default_factory=list)

    def is_superseded(self, position: int) -> bool:
        """True if a later row of the same table means the same record."""
        return self.rows is not None and bool(self.rows[position])

    def is_contended(self, position: int) -> bool:
        """True if another row belongs to the same group of relationships."""
        return self.contended is not None and bool(self.contended[position])

    def shared_properties(self, position: int) -> Iterator[frozenset[str]]:
        """The properties that rows of later tables set on the same record."""
        return (names for names, flags in self.properties if flags[position])


def superseded(plan: Plan) -> list[Superseded]:
    """Finds the superseded and the contended rows of every step."""
    found = [Superseded() for _ in plan.steps]
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, step in enumerate(plan.steps):
        groups.setdefault(_group(step), []).append(at)
    for members in groups.values():
        hashes = [_hashes(plan.steps[at], _hash) for at in members]
        for at, own in zip(members, hashes, strict=True):
            found[at].total = own.size
        repeated = _repeated(hashes)
        if repeated.size:
            _judge([plan.steps[at] for at in members], hashes, repeated, [found[at] for at in members])
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


def _contend(steps: Sequence[Step], found: Sequence[Superseded]) -> None:
    """Finds the rows that share a group with other rows."""
    first = steps[0].table
    assert isinstance(first, EdgeTable)
    rules = invariants(first.type, first.start.label, first.end.label)
    for number in range(len(rules.at_most_one)):
        hashes = [_hashes(step, partial(_group_hash, number)) for step in steps]
        repeated = _repeated(hashes)
        if repeated.size:
            for own, one in zip(hashes, found, strict=True):
                flags = np.isin(own, repeated)
                one.contended = flags if one.contended is None else one.contended | flags


def _group(step: Step) -> tuple[str, ...]:
    table = step.table
    if isinstance(table, NodeTable):
        return (table.label,)
    return (table.type, table.start.label, table.end.label)


def elements(step: Step) -> Iterator[Row]:
    """All elements of all rows of a step, including invalid rows, in the order that positions count."""
    for row in rows(step.path, step.table.file, step.layout, step.reader.columns):
        if row.fault is not None:
            yield row
            continue
        try:
            yield from step.reader.elements(row)
        except RejectedError as error:
            yield row._replace(fault=error.fault)


def _hashes(step: Step, hashed: Callable[[Step, Row], int]) -> Hashes:
    found = array("q")
    for row in elements(step):
        found.append(hashed(step, row))
    return np.frombuffer(found, dtype=np.int64) if found else np.empty(0, dtype=np.int64)


def _hash(step: Step, row: Row) -> int:
    """The hash of the row's identity; 0 for a row that is not selected."""
    try:
        if row.fault is not None or not step.reader.selects(row):
            return 0
        return hash(step.reader.identity(row)) or 1
    except RejectedError:
        return 0


def _group_hash(number: int, step: Step, row: Row) -> int:
    """The hash of the group under one rule; 0 for a row that is not selected or has no such group."""
    try:
        if row.fault is not None or not step.reader.selects(row):
            return 0
        return next((hash(group) or 1 for group in step.reader.groups(row) if group[0] == number), 0)
    except RejectedError:
        return 0


def _builds(step: Step, row: Row) -> bool:
    try:
        step.reader.build(row)
    except RejectedError:
        return False
    return True


def _repeated(hashes: list[Hashes]) -> Hashes:
    values, counts = np.unique(np.concatenate(hashes), return_counts=True)
    repeated: Hashes = values[(counts > 1) & (values != 0)]
    return repeated


def _judge(steps: list[Step], hashes: list[Hashes], repeated: Hashes, found: list[Superseded]) -> None:
    valid = [_valid(step, one, repeated) for step, one in zip(steps, hashes, strict=True)]
    outputs = [_outputs(step) for step in steps]
    for at, (own, flags) in enumerate(zip(hashes, valid, strict=True)):
        found[at].rows = _not_last(own, flags)
        for later in range(at + 1, len(steps)):
            shared = outputs[at] & outputs[later]
            touched = np.isin(own, hashes[later][valid[later]]) & (own != 0)
            if shared and touched.any():
                found[at].properties.append((shared, touched))


def _valid(step: Step, own: Hashes, repeated: Hashes) -> Flags:
    """Flags the rows with a repeated identity that can be written."""
    flags = np.isin(own, repeated)
    if flags.any():
        for position, row in enumerate(elements(step)):
            flags[position] = flags[position] and _builds(step, row)
    return flags


def _not_last(own: Hashes, valid: Flags) -> Flags:
    """Flags all valid rows of one identity except the last."""
    positions = np.flatnonzero(valid)[::-1]
    _, first = np.unique(own[positions], return_index=True)
    flags = valid.copy()
    flags[positions[first]] = False
    return flags


def _outputs(step: Step) -> frozenset[str]:
    """The stored properties that a table sets."""
    table = step.table
    names = set(table.fields)
    if isinstance(table, EdgeTable):
        properties = edge_properties(table.type, table.start.label, table.end.label)
        names |= {"extendedAmount"} if computes_amount(table) else set()
    else:
        properties = entity(table.label).properties
        names = set(entity(table.label).complete(dict.fromkeys(names, "given"))) if step.creates else names
    money = {name for name in names if properties[name].kind is Kind.MONEY}
    return frozenset(names | {f"{name}{part}" for name in money for part in ("Currency", "Base")})
