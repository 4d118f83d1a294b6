"""Converts cells to values: exactly as written, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from seed.mapping.numbers import NumberNotation

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TRUE = frozenset({"true", "yes", "y", "t", "1"})
_FALSE = frozenset({"false", "no", "n", "f", "0"})

INT_BITS = 31
_MOST_DIGITS = 28  # the precision of decimal arithmetic, beyond which it rounds
_LARGEST_EXPONENT = 400
BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\u200b\u200e\u200f\u2060\ufeff"
"""White space and invisible marks, which are trimmed from both ends of a text."""

Convert = Callable[[str], Any]


class UnfitError(ValueError):
    """Raised for a cell that does not fit its property; the text completes "the value …".

    `hint` is the option of the mapping that may help, as a part of a sentence.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def as_cell(value: Any) -> str | None:
    """A typed cell (of jsonl or parquet) as text, as a csv file would contain it; None stays None.

    Raises UnfitError for a nested object.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) <= _LARGEST_EXPONENT else str(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise UnfitError("is an object or a list, not a single value")


def decimal(text: str, number: NumberNotation | None = None, scale: Decimal | None = None) -> Decimal:
    """A number in plain notation, or in the given one.

    >>> decimal("1.234,5", NumberNotation("1.234,5", ",", ".")), decimal("-.5"), decimal("2", scale=Decimal(1000))
    (Decimal('1234.5'), Decimal('-0.5'), Decimal('2000'))

    Raises UnfitError.
    """
    plain = text if number is None else number.plain(text)
    if plain is None or not _NUMBER.fullmatch(plain):
        if number is None:
            raise UnfitError("is not a number", "for another notation, give `number` in the mapping")
        raise UnfitError(
            f"is not a number written like {number.example!r}", "show its groups, marks and symbols in `number`"
        )
    value = Decimal(plain)
    if len(plain) > _MOST_DIGITS and len(value.as_tuple().digits) > _MOST_DIGITS:
        raise UnfitError(f"has more than {_MOST_DIGITS} digits")
    return value if scale is None else value * scale


def whole(number: Decimal) -> int:
    """A whole number within 32 bits; UnfitError otherwise.

    >>> whole(Decimal("12.0"))
    12
    """
    if number != number.to_integral_value():
        raise UnfitError("is not a whole number")
    if not -(2**INT_BITS) <= number < 2**INT_BITS:
        raise UnfitError("does not fit in 32 bits")
    return int(number)


def double(number: Decimal) -> float:
    """The nearest double; UnfitError if the number is too large."""
    value = float(number)
    if value in (float("inf"), float("-inf")):
        raise UnfitError("is too large")
    return value


def truth(text: str) -> bool:
    """True or false, in the spellings true/false, yes/no, y/n, t/f, 1/0; UnfitError otherwise.

    >>> truth("Yes"), truth("0")
    (True, False)
    """
    folded = text.casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise UnfitError("is neither true nor false", "for other words, give `map` in the mapping")


def whole_key(text: str, number: NumberNotation | None = None) -> str:
    """A key that is a whole number, in its plain form; UnfitError otherwise.

    >>> whole_key("0012"), whole_key("12.0"), whole_key("1.2e3")
    ('12', '12', '1200')
    """
    value = decimal(text, number)
    if value.adjusted() >= _MOST_DIGITS or value != value.to_integral_value():
        raise UnfitError("is not a whole number", 'leave out `as = "int"` for a key that is a text')
    return str(int(value))
