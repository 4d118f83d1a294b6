"""Compiles the conditions of a mapping, which select rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from seed.mapping.model import Condition, Scalar
from seed.mapping.options import as_text
from seed.rows.context import Cells, Context, RejectedError
from seed.rows.times import moment
from seed.rows.values import BLANKS, UnfitError, as_cell, decimal, truth


def condition(test: Condition, context: Context) -> Callable[[Cells], bool]:
    """Compiles a test of the mapping; it raises RejectedError if the cells cannot be compared."""
    at, column = context.positions[test.column], test.column
    passes = _passing(test, context)
    read = context.text(column)

    def holds(cells: Cells) -> bool:
        cell = cells[at]
        if isinstance(cell, list):
            found = [passes((as_cell(one) or "").strip(BLANKS)) for one in cell]
            return all(found) if test.operator == "not" else any(found)
        try:
            return passes(read(cells))
        except UnfitError as error:
            reason = f"the value {error}, so `{test.operator}` cannot be evaluated"
            raise RejectedError(column, cell, reason) from None

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
