"""Converts cells to values: exactly as written, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_GROUPED = {
    ".": re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"),
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?"),
}
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r" ?(?:Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRUE = frozenset({"true", "yes", "y", "t", "1"})
_FALSE = frozenset({"false", "no", "n", "f", "0"})

INT_BITS = 31
Convert = Callable[[str], Any]


class UnfitError(ValueError):
    """Raised for a cell that does not fit its property; the text completes "the value …"."""


def as_cell(value: Any) -> str | None:
    """A typed cell (of jsonl or parquet) as text, as a csv file would contain it; None stays None.

    Raises UnfitError for a nested object.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise UnfitError("is an object or a list, not a single value")


def decimal(text: str, mark: str | None = None, scale: Decimal | None = None) -> Decimal:
    """A plain decimal number; with a decimal mark, the other mark may group digits in threes.

    >>> decimal("1.234,5", ","), decimal("-.5"), decimal("2", scale=Decimal(1000))
    (Decimal('1234.5'), Decimal('-0.5'), Decimal('2000'))

    Raises UnfitError.
    """
    plain = text
    if mark is not None and _GROUPED[mark].fullmatch(text):
        plain = text.replace("," if mark == "." else ".", "")
    if mark == ",":
        plain = "" if "." in plain else plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise UnfitError("is not a number")
    value = Decimal(plain)
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
    raise UnfitError("is neither true nor false")


def day(text: str, form: str | None = None) -> date:
    """A date, ISO 8601 or by a strptime format; UnfitError for a time of day other than midnight.

    >>> day("1996-07-04"), day("1996-07-04 00:00:00.000"), day("1996", "%Y")
    (datetime.date(1996, 7, 4), datetime.date(1996, 7, 4), datetime.date(1996, 1, 1))
    """
    if form is None and _ISO_DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise UnfitError(f"is not a date: {error}") from None
    found = moment(text, form)
    if found.timetz().replace(tzinfo=None) != time():
        raise UnfitError("has a time of day, but the property stores only a date")
    return found.date()


def moment(text: str, form: str | None = None) -> datetime:
    """A timestamp in UTC, ISO 8601, by a strptime format, or "unix" seconds; UTC if it has no zone.

    >>> moment("2024-01-31T10:00:00+02:00")
    datetime.datetime(2024, 1, 31, 8, 0, tzinfo=datetime.timezone.utc)
    >>> moment("1700000000.25", "unix")
    datetime.datetime(2023, 11, 14, 22, 13, 20, 250000, tzinfo=datetime.timezone.utc)
    """
    if form == "unix":
        return _since_epoch(decimal(text))
    try:
        found = _iso(text) if form is None else datetime.strptime(text, form)  # noqa: DTZ007  the zone is added below
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, UnfitError):
            raise
        raise UnfitError(
            f"is not a date in the format {form!r}" if form else f"is not a date and time: {error}"
        ) from None


def _iso(text: str) -> datetime:
    match = _ISO_MOMENT.fullmatch(text)
    if match is None:
        raise UnfitError("is not an ISO 8601 date and time")
    fraction = match["fraction"]
    if fraction and fraction[6:].strip("0"):
        raise UnfitError("is more precise than a microsecond")
    return datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", "").replace("z", "Z"))


def _since_epoch(seconds: Decimal) -> datetime:
    microseconds = seconds * 1_000_000
    if microseconds != microseconds.to_integral_value():
        raise UnfitError("is more precise than a microsecond")
    try:
        return _EPOCH + timedelta(microseconds=int(microseconds))
    except OverflowError:
        raise UnfitError("is beyond the year 9999") from None
