"""Compiles the fields of a mapping for one file: from cells to stored properties, or to a reason for rejection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from collections.abc import Mapping as AbstractMapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from graph.errors import Invalid
from graph.models.properties import Kind
from graph.money import minor
from graph.validation import normalized, problem
from graph.vocabulary import Property
from seed.mapping.model import Column, Rule
from seed.rows.context import Cells, Context, RejectedError, Values, unfit, violated
from seed.rows.texts import coder, column_of, plain_text, text_of
from seed.rows.times import day, moment
from seed.rows.values import BLANKS, Convert, UnfitError, as_cell, decimal, double, truth, whole

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

# the number of different texts of a column of which the value is remembered
_REMEMBERED = 2_048

_NUMBERS = (Kind.INT, Kind.FLOAT, Kind.MONEY)
_TYPED_NUMBERS = frozenset({int, float, Decimal})
_TYPED_TIMES = frozenset({date, datetime})

Setter = Callable[[Cells, Values], None]


def setter(name: str, declared: Property, rule: Rule, context: Context, owner: str) -> Setter:
    """Compiles a function that sets a property of `owner` (a label or type) from cells; it raises RejectedError."""
    if declared.kind is Kind.TEXTS:
        return _texts_setter(name, declared, rule, context, owner)
    value = _value(name, declared, rule, context, owner)
    if declared.kind is Kind.MONEY:
        return _money_setter(name, rule, context, value)
    if name in STAMPS:
        return _stamp_setter(name, value)

    def put(cells: Cells, values: Values) -> None:
        values[name] = value(cells)

    is_text = declared.kind is Kind.TEXT and declared.format is None
    if is_text and isinstance(rule.origin, Column) and not rule.codes and rule.default is None:
        return _text_setter(name, context.positions[rule.origin.name], context.null, declared.longest, put)
    return put


def _stamp_setter(name: str, value: Callable[[Cells], Any]) -> Setter:
    """Sets a time that the load sets itself if the row has none."""

    def put(cells: Cells, values: Values) -> None:
        found = value(cells)
        if found is not None:
            values[name] = found

    return put


def _text_setter(name: str, at: int, null: Collection[str], longest: int, otherwise: Setter) -> Setter:
    """Sets a text as it is in the column, in the common case by itself: ASCII that satisfies every rule."""

    def put(cells: Cells, values: Values) -> None:
        cell = cells[at]
        if cell.__class__ is str and cell.isascii() and len(cell) <= longest and "\0" not in cell:
            text = cell.strip(BLANKS)
            values[name] = text if text and text not in null else None
        else:
            otherwise(cells, values)

    return put


def _value(name: str, declared: Property, rule: Rule, context: Context, owner: str) -> Callable[[Cells], Any]:
    """Compiles a function that reads the converted value; for money, the exact amount.

    A cell that the file itself stores as a number or a time has no notation or format.
    """
    read, column, convert = text_of(rule, context), column_of(rule), _converter(declared, rule)
    effect, fits = f", so it cannot be stored in {owner}.{name}", _fits(declared)
    typed, at = frozenset[type](), 0
    if isinstance(rule.origin, Column) and (rule.number is not None or rule.format is not None):
        typed, at = _TYPED_NUMBERS if declared.kind in _NUMBERS else _TYPED_TIMES, context.positions[rule.origin.name]
    convert_typed = _converter(declared, replace(rule, number=None, format=None)) if typed else convert

    def converted(text: str, is_typed: bool) -> Any:
        try:
            found = convert_typed(text) if is_typed else convert(text)
        except UnfitError as error:
            raise unfit(column, text, error, effect) from None
        if fits(found):
            return found
        found = normalized(declared, found)
        wrong = problem(declared, found, context.now)
        if wrong is not None and not (wrong.confirmable and rule.allow_future):
            raise violated(column, text, owner, name, wrong)
        return found

    if declared.kind is not Kind.TEXT:
        converted = lru_cache(maxsize=_REMEMBERED)(converted)

    def value(cells: Cells) -> Any:
        text = read(cells)
        return None if text is None else converted(text, bool(typed) and cells[at].__class__ in typed)

    return value


def _fits(declared: Property) -> Callable[[Any], bool]:
    """Compiles a fast test that is true only for values that satisfy every rule of a property as they are."""
    unbounded = declared.kind in _NUMBERS and declared.minimum is None and declared.maximum is None
    if unbounded or declared.kind in (Kind.BOOL, Kind.CHOICE):
        return lambda _: True
    if declared.kind is not Kind.TEXT or declared.format is not None:
        return lambda _: False
    longest = declared.longest
    return lambda text: text.isascii() and len(text) <= longest and "\0" not in text


def _money_setter(name: str, rule: Rule, context: Context, value: Callable[[Cells], Any]) -> Setter:
    rates, column = context.rates, column_of(rule)
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
    """Compiles a function that reads the currency of an amount; a blank cell means the currency of the mapping."""
    if rule.currency is None:
        fixed = context.currency
        assert fixed is not None, "the mapping was checked"
        return lambda _: fixed
    read, column, otherwise = text_of(rule.currency, context), column_of(rule.currency), context.currency
    rates = context.rates

    def chosen(cells: Cells) -> str:
        code = read(cells) or otherwise
        if code is None:
            reason = "the amount has no currency; give `currency.default`, or `currency` at the top of the mapping"
            raise RejectedError(column, "", reason)
        try:
            rates.in_base(0, code)
        except Invalid as error:
            hint = "For another spelling, give `currency.map` in the mapping."
            raise RejectedError(column, code, f"{error.message} {error.remedy} {hint}") from None
        return code

    return chosen


def _texts_setter(name: str, declared: Property, rule: Rule, context: Context, owner: str) -> Setter:
    split, null = rule.split, context.null
    plain, code = plain_text(rule, context), coder(rule, context)

    def parts(cells: Cells) -> Sequence[Any]:
        if isinstance(rule.origin, Column):
            cell = cells[context.positions[rule.origin.name]]
            if isinstance(cell, list):
                return cell
        text = plain(cells)
        if text is None:
            return ()
        return text.split(split) if split is not None else (text,)

    def put(cells: Cells, values: Values) -> None:
        try:
            texts = [(as_cell(part) or "").strip(BLANKS) for part in parts(cells)]
        except UnfitError as error:
            raise RejectedError(column_of(rule), "", f"an element {error}") from None
        found = [code(text) for text in texts if text and text not in null]
        kept = normalized(declared, [text for text in found if text is not None]) or None
        wrong = problem(declared, kept, context.now)
        if wrong is not None:
            raise violated(column_of(rule), "", owner, name, wrong)
        values[name] = kept

    return put


def _converter(declared: Property, rule: Rule) -> Convert:
    """Converts text to the stored value; for money, to the exact amount."""
    scale = None if rule.scale is None else Decimal(rule.scale)
    notation, form, zone, fold = rule.number, rule.format, rule.zone, rule.fold

    def number(text: str) -> Decimal:
        return decimal(text, notation, scale)

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
        Kind.DATETIME: lambda text: moment(text, form, zone, fold),
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
        raise UnfitError(f"is not one of {', '.join(sorted(members))}", "for other codes, give `map` in the mapping")
    return text
