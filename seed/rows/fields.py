"""Compiles the rules of a mapping for one file: from cells to stored properties, or to a reason for rejection."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from graph.errors import Invalid
from graph.models.properties import Kind
from graph.money import Rates, minor
from graph.vocabulary import Property
from seed.mapping.model import Column, Condition, Constant, KeyPart, RowNumber, Rule, Scalar, Template
from seed.mapping.parse import as_text
from seed.rows.files import shown
from seed.rows.row import Fault, Row
from seed.rows.values import Convert, UnfitError, as_cell, day, decimal, double, moment, truth, whole

STAMPS = ("createdAt", "modifiedAt")

# the values of `as` for each kind of property; the first is the default
FITTING: AbstractMapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("text",),
    Kind.CHOICE: ("text",),
    Kind.INT: ("int", "float"),
    Kind.FLOAT: ("float", "int"),
    Kind.BOOL: ("bool",),
    Kind.DATE: ("date", "datetime"),
    Kind.DATETIME: ("datetime", "date"),
    Kind.MONEY: ("money", "int", "float"),
    Kind.TEXTS: ("list", "text"),
}

Cells = Sequence[Any]
Values = dict[str, Any]
Setter = Callable[[Cells, Values], None]
Origin = Callable[[Cells], str | None]


class RejectedError(Exception):
    """Raised for a row that is rejected, with the column, its value and the reason."""

    def __init__(self, column: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.fault = Fault(column, shown("" if value is None else value), reason)


@dataclass(frozen=True, slots=True)
class Context:
    """The context of a conversion: positions of columns, texts without meaning, and currency."""

    positions: AbstractMapping[str, int] = field(default_factory=dict)
    null: frozenset[str] = frozenset({""})
    currency: str | None = None
    rates: Rates = field(default_factory=Rates)

    def text(self, column: str, *, raw: bool = False) -> Callable[[Cells], str]:
        """Reads the trimmed text of a column; empty if there is no value, unless `raw`."""
        at, null = self.positions[column], frozenset() if raw else self.null

        def read(cells: Cells) -> str:
            cell = cells[at]
            if cell.__class__ is not str:
                try:
                    cell = as_cell(cell)
                except UnfitError as error:
                    raise RejectedError(column, cell, f"the value {error}") from None
                if cell is None:
                    return ""
            text: str = cell.strip()
            return "" if text in null else text

        return read


def setter(name: str, declared: Property, rule: Rule, context: Context, owner: str) -> Setter:
    """Compiles a function that sets a property of `owner` (a label or type) from cells; it raises RejectedError."""
    if declared.kind is Kind.TEXTS:
        return _texts_setter(name, rule, context)
    read, column, convert = text_of(rule, context), _named(rule), _converter(declared, rule)
    wanted = f"so it cannot be stored in {owner}.{name}"

    def value(cells: Cells) -> Any:
        text = read(cells)
        if text is None:
            return None
        try:
            return convert(text)
        except UnfitError as error:
            raise RejectedError(column, text, f"the value {error}, {wanted}") from None

    if declared.kind is Kind.MONEY:
        return _money_setter(name, rule, context, value)

    def put(cells: Cells, values: Values) -> None:
        found = value(cells)
        if found is not None or name not in STAMPS:
            values[name] = found

    return put


def _money_setter(name: str, rule: Rule, context: Context, value: Callable[[Cells], Any]) -> Setter:
    rates, column = context.rates, _named(rule)
    currency = _currency(rule, context)

    def put(cells: Cells, values: Values) -> None:
        amount: Decimal | None = value(cells)
        units = code = base = None
        if amount is not None:
            code = currency(cells)
            try:
                units = minor(amount, code)
                base = rates.in_base(units, code)
            except Invalid as error:
                raise RejectedError(column, amount, f"{error.message} {error.remedy}") from None
        values[name], values[f"{name}Currency"], values[f"{name}Base"] = units, code, base

    return put


def _currency(rule: Rule, context: Context) -> Callable[[Cells], str]:
    if isinstance(rule.currency, Column):
        column = rule.currency.name
        read = context.text(column)

        def chosen(cells: Cells) -> str:
            code = read(cells)
            if not code:
                raise RejectedError(column, code, "the amount has no currency")
            return code

        return chosen
    fixed = as_text(rule.currency.value) if rule.currency is not None else context.currency
    assert fixed is not None, "the mapping was checked"
    return lambda _: fixed


def _texts_setter(name: str, rule: Rule, context: Context) -> Setter:
    split, null = rule.split, context.null

    def parts(cells: Cells) -> Sequence[Any]:
        if isinstance(rule.origin, Column):
            cell = cells[context.positions[rule.origin.name]]
            if isinstance(cell, list):
                return cell
        text = _plain(rule, context)(cells)
        if text is None:
            return ()
        return text.split(split) if split is not None else (text,)

    coded = _coder(rule, context)

    def put(cells: Cells, values: Values) -> None:
        try:
            texts = [(as_cell(part) or "").strip() for part in parts(cells)]
        except UnfitError as error:
            raise RejectedError(_named(rule), "", f"an element {error}") from None
        found = [coded(text) for text in texts if text and text not in null]
        values[name] = [text for text in found if text is not None] or None

    return put


def text_of(rule: Rule, context: Context) -> Origin:
    """Compiles a function that reads the text of a rule, with its codes mapped; None if there is no value."""
    plain, coded = _plain(rule, context), _coder(rule, context)
    if not rule.codes:
        return plain
    return lambda cells: coded(plain(cells) or "")


def _coder(rule: Rule, context: Context) -> Callable[[str], str | None]:
    codes, null, column = rule.codes, context.null, _named(rule)

    def coded(text: str) -> str | None:
        meant = codes.get(text)
        if meant is None:
            if rule.strict and text and text not in null:
                raise RejectedError(column, text, "the value is not in the `map` of the mapping")
            meant = text
        return None if meant in null or not meant else meant

    return coded


def _plain(rule: Rule, context: Context) -> Origin:
    if isinstance(rule.origin, Constant):
        constant = as_text(rule.origin.value) or None
        return lambda _: constant
    if isinstance(rule.origin, Column):
        # codes may map a text that otherwise means "no value"
        read = context.text(rule.origin.name, raw=bool(rule.codes))
        return lambda cells: read(cells) or None
    return _templated(rule.origin, context)


def _templated(template: Template, context: Context) -> Origin:
    pieces = [(literal, context.text(column) if column else None) for literal, column in template.pieces]

    def text(cells: Cells) -> str | None:
        values = [(literal, read(cells) if read else "") for literal, read in pieces]
        if not any(value for _, value in values):
            return None
        return "".join(literal + value for literal, value in values).strip()

    return text


def _named(rule: Rule) -> str:
    origin = rule.origin
    if isinstance(origin, Template):
        return " ".join(origin.columns)
    return origin.name if isinstance(origin, Column) else ""


def _converter(declared: Property, rule: Rule) -> Convert:
    """Converts text to the stored value; for money, to the exact amount."""
    scale = None if rule.scale is None else Decimal(rule.scale)
    mark, form = rule.decimal, rule.format

    def number(text: str) -> Decimal:
        return decimal(text, mark, scale)

    if declared.kind is Kind.CHOICE:
        assert declared.members is not None
        members = frozenset(declared.members.__members__)
        return lambda text: _member(text, members)
    converters: dict[Kind, Convert] = {
        Kind.TEXT: str,
        Kind.INT: lambda text: whole(number(text)),
        Kind.FLOAT: lambda text: double(number(text)),
        Kind.MONEY: number,
        Kind.BOOL: truth,
        Kind.DATE: lambda text: day(text, form),
        Kind.DATETIME: lambda text: moment(text, form),
    }
    if rule.kind == "int" and declared.kind in (Kind.FLOAT, Kind.MONEY):
        return lambda text: _integral(number(text), declared.kind)
    return converters[declared.kind]


def _integral(value: Decimal, kind: Kind) -> Decimal | float:
    if value != value.to_integral_value():
        raise UnfitError("is not a whole number")
    return double(value) if kind is Kind.FLOAT else value


def _member(text: str, members: frozenset[str]) -> str:
    if text not in members:
        raise UnfitError(f"is not one of {', '.join(sorted(members))}")
    return text


def key_reader(parts: Sequence[KeyPart], context: Context) -> Callable[[Row], tuple[str, ...]]:
    """Compiles a function that reads a key from a row; it raises RejectedError if a part of the key is empty."""
    readers: list[Callable[[Row], str]] = []
    for part in parts:
        if isinstance(part, RowNumber):
            readers.append(lambda row: str(row.number))
        elif isinstance(part, Constant):
            constant = as_text(part.value)
            readers.append(lambda _, constant=constant: constant)  # type: ignore[misc]  # bound at once
        else:
            readers.append(_key_column(part.name, context))
    return lambda row: tuple([read(row) for read in readers])


def _key_column(name: str, context: Context) -> Callable[[Row], str]:
    read = context.text(name)

    def key(row: Row) -> str:
        text = read(row.cells)
        if not text:
            raise RejectedError(name, "", "the key has no value")
        return text

    return key


def condition(test: Condition, context: Context) -> Callable[[Cells], bool]:
    """Compiles a test of the mapping; it raises RejectedError if the cells cannot be compared."""
    at, column = context.positions[test.column], test.column
    passes = _passing(test, context)
    read = context.text(column)

    def holds(cells: Cells) -> bool:
        cell = cells[at]
        if isinstance(cell, list):
            found = [passes((as_cell(one) or "").strip()) for one in cell]
            return all(found) if test.operator == "not" else any(found)
        try:
            return passes(read(cells))
        except UnfitError as error:
            raise RejectedError(column, cell, f"the value {error}, so `{test.operator}` cannot be evaluated") from None

    return holds


def _passing(test: Condition, context: Context) -> Callable[[str], bool]:
    operand = test.operand
    if isinstance(operand, re.Pattern):
        pattern = operand
        return lambda text: pattern.search(text) is not None
    if isinstance(operand, tuple):
        equals = [_equal(one, context) for one in operand]
        negated = test.operator == "not"
        return lambda text: any(equal(text) for equal in equals) is not negated
    equal = _equal(operand, context)
    if test.operator == "eq":
        return equal
    if test.operator == "not":
        return lambda text: not equal(text)
    comparable, limit = _comparable(operand)
    if test.operator == "gt":
        return lambda text: bool(text) and comparable(text) > limit
    return lambda text: bool(text) and comparable(text) < limit


def _equal(operand: Scalar, context: Context) -> Callable[[str], bool]:
    wanted = as_text(operand)
    wanted = "" if wanted in context.null else wanted
    if isinstance(operand, bool):
        return lambda text: _truth_or_none(text) is operand
    if isinstance(operand, int | float):
        number = Decimal(str(operand))
        return lambda text: text == wanted or _number_or_none(text) == number
    return lambda text: text == wanted


def _truth_or_none(text: str) -> bool | None:
    try:
        return truth(text)
    except UnfitError:
        return None


def _number_or_none(text: str) -> Decimal | None:
    try:
        return decimal(text)
    except UnfitError:
        return None


def _comparable(operand: Scalar) -> tuple[Callable[[str], Any], Any]:
    if isinstance(operand, datetime):
        return moment, moment(operand.isoformat())
    if isinstance(operand, date):
        return (lambda text: moment(text).date()), operand
    if isinstance(operand, int | float):
        return decimal, Decimal(str(operand))
    return str, operand
