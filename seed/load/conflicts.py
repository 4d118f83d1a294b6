"""Describes values that both the source and people changed since the last load."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from graph.bulk.provenance import Conflict
from graph.money import exponent
from seed.mapping.model import AnyTable, Column, EdgeTable, Template
from seed.rows.files import shown
from seed.rows.row import Fault
from seed.rows.tables import Item


def conflict_fault(table: AnyTable, item: Item, conflict: Conflict) -> Fault:
    """The line of the report: the column, the new value of the source, and a sentence with the three values."""
    record = " → ".join(f"{label} {'/'.join(parts)}" for label, parts in item.keys)
    if not conflict.field:
        assert isinstance(table, EdgeTable)
        why = f"{table.type} of {record}: it was removed in Kith and changed in the source since the last load"
        return Fault("", "", f"{why}; it stays removed")
    last, sent, stored = (_text(values) for values in (conflict.last, conflict.sent, conflict.stored))
    kind = f"{table.type} of {record}" if isinstance(table, EdgeTable) else record
    why = f"{kind}: since the last load, {conflict.field} was changed from {last} to {stored} in Kith"
    return Fault(_column(table, conflict.field), sent.strip("'"), f"{why} and to {sent} in the source; {stored} stays")


def _column(table: AnyTable, field: str) -> str:
    rule = table.fields.get(field)
    if rule is None:
        return ""
    if isinstance(rule.origin, Template):
        return " ".join(rule.origin.columns)
    return rule.origin.name if isinstance(rule.origin, Column) else ""


def _text(values: tuple[Any, ...]) -> str:
    """A value as the report shows it; an amount with its currency."""
    value = values[0]
    if value is None:
        return "no value"
    if isinstance(value, dict):
        return "another long text"
    if len(values) > 1 and values[1] is not None:
        return f"'{Decimal(value).scaleb(-exponent(values[1]))} {values[1]}'"
    return f"'{shown(', '.join(map(str, value)) if isinstance(value, list) else value)}'"
