"""Tables of a report, filled from the answer to its query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.declaration import Column, Data, Table, at, definition, rows_at
from reports.kinds import BY_TYPE, KINDS, Kind, minor_units, money_of, show_money
from schema.selected_fields import SelectedField, SelectedFields

SUM = "sum"


@dataclass(frozen=True, slots=True)
class FilledColumn:
    """A column with its kind, its definition, and the field that its values come from."""

    declared: Column
    kind: Kind
    kind_name: str
    definition: str
    source: str
    precise: bool

    @property
    def name(self) -> str:
        """The name of the column in the data formats."""
        return self.declared.name

    @property
    def title(self) -> str:
        """The title of the column."""
        return self.declared.title

    def show(self, value: Any) -> str:
        """Returns a value as text."""
        if value is None:
            return self.kind.absent
        if self.kind_name != "money":
            return self.kind.show(value)
        return show_money(value, precise=self.precise) if value["amount"] or self.declared.total else "—"


@dataclass(frozen=True, slots=True)
class FilledTable:
    """A table with its rows; `totals` has the figure that a column adds up to.

    `repeated` is what the rows count more often than the totals, by column; it is empty when the columns add up.
    """

    declared: Table
    columns: tuple[FilledColumn, ...]
    rows: tuple[Mapping[str, Any], ...]
    totals: Mapping[str, Any]
    repeated: Mapping[str, Any]
    of: int | None

    @property
    def shown(self) -> tuple[FilledColumn, ...]:
        """The columns of the formats for reading."""
        return tuple(one for one in self.columns if one.declared.shown)

    @property
    def difference(self) -> str:
        """The name of the row that states what the rows count more, or less, than the totals."""
        return "In rows that are left out" if self.missing else "Counted in more than one row"

    @property
    def missing(self) -> int:
        """The number of rows that the table leaves out."""
        return max((self.of or 0) - len(self.rows), 0)


def kind_of(field: SelectedField) -> str:
    """Returns the name of the kind of a field's values."""
    return "word" if field.values else BY_TYPE.get(field.type, "text")


def fill(table: Table, data: Data, fields: SelectedFields) -> FilledTable:
    """Returns a table with the rows of an answer."""
    found = table.rows(data) if callable(table.rows) else rows_at(data, table.rows)
    rows = tuple({one.name: _value(one, row) for one in table.columns} for row in found)
    columns = tuple(_column(table, one, fields, rows) for one in table.columns)
    totals, repeated = {}, {}
    for column in columns:
        if (path := column.declared.total) is None:
            continue
        values = [row[column.name] for row in rows if row[column.name] is not None]
        added = _sum(values)
        total = added if path == SUM else at(data, path)
        totals[column.name] = total
        if total is not None and (more := _difference(added, total)) is not None:
            repeated[column.name] = more
    return FilledTable(table, columns, rows, totals, repeated, at(data, table.of) if table.of else None)


def _value(column: Column, row: Mapping[str, Any]) -> Any:
    return column.value(row) if column.value is not None else at(row, column.path or column.name)


def described(table: Table, column: Column, fields: SelectedFields) -> tuple[str, str, str]:
    """Returns the kind of a column, its definition, and the field that its values come from.

    Raises KeyError when the query does not select that field.
    """
    if column.value is not None and not column.of:
        return column.kind, definition(column.value), ""
    path = column.of or f"{table.rows}.{column.path or column.name}"
    field = fields.by_path[path]
    return column.kind or kind_of(field), field.description, f"{field.parent}.{field.name}"


def _column(table: Table, column: Column, fields: SelectedFields, rows: Sequence[Mapping[str, Any]]) -> FilledColumn:
    kind, text, source = described(table, column, fields)
    # A column that adds up shows the decimals with which it does; the others are whole.
    amounts = [one for row in rows if kind == "money" and column.total and (one := row[column.name]) is not None]
    precise = any(one["amount"] != int(one["amount"]) for one in amounts)
    return FilledColumn(column, KINDS[kind], kind, text, source, precise)


def _sum(values: Sequence[Any]) -> Any:
    """Returns the sum of numbers or of amounts in one currency; None for amounts in several currencies."""
    if not values or not isinstance(values[0], Mapping):
        return sum(values)
    currencies = {one["currency"] for one in values}
    return money_of(sum(map(minor_units, values)), currencies.pop()) if len(currencies) == 1 else None


def _difference(added: Any, total: Any) -> Any:
    """Returns what a sum has more than a total; None if they are equal."""
    if isinstance(total, Mapping):
        units = (minor_units(added) if isinstance(added, Mapping) else 0) - minor_units(total)
        return money_of(units, total["currency"]) if units else None
    return (added - total) or None
