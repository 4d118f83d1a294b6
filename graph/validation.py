"""The rules that the models declare for values, applied by mutations and imports alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from graph.models.properties import EARLIEST, MAX_INDEXED_LENGTH, MAX_ITEMS, Kind
from graph.vocabulary import Property

_LONGEST_SHOWN = 60
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

# Characters without a shape, beside those of the categories of control, format and separator characters.
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


class Problem(NamedTuple):
    """A rule that a value violates: "must be at least 0"; the value for the message, and a remedy.

    `confirmable` ones are not violated if the caller confirms the value.
    """

    rule: str
    got: str
    remedy: str
    confirmable: bool = False


def normalized(declared: Property, value: Any) -> Any:
    """A value as it is stored: texts in the normal form NFC, and in the canonical notation of their format."""
    if isinstance(value, str):
        text = value if value.isascii() else unicodedata.normalize("NFC", value)
        return text if declared.format is None else declared.format.canonical(text)
    if declared.kind is Kind.TEXTS and value is not None:
        return [unicodedata.normalize("NFC", one) for one in value]
    return value


def visible(text: str) -> bool:
    r"""Whether a text has a character that can be seen.

    >>> visible("Ö"), visible(" \u200b\ufeff")
    (True, False)
    """
    if text.isascii():
        return bool(text.strip())
    return any(unicodedata.category(one)[0] not in "CZ" and not _SHAPELESS.match(one) for one in text)


def problem(declared: Property, value: Any, now: datetime) -> Problem | None:
    """The first rule of a property that a normalized value violates; the value of money is an exact amount."""
    check = _CHECKS.get(declared.kind)
    return None if check is None or value is None else check(declared, value, now)


def pair_problems(properties: Mapping[str, Property], values: Mapping[str, Any]) -> Iterator[tuple[str, Problem]]:
    """The properties whose value is below that of another one, among values that are all known."""
    for name, low in ordered_pairs(properties):
        value, least = values.get(name), values.get(low)
        if value is not None and least is not None and value < least:
            remedy = f"Send a `{name}` that is not below `{low}`."
            yield name, Problem(f"must not be below `{low}`, {_shown(least)}", _shown(value), remedy)


def ordered_pairs(properties: Mapping[str, Property]) -> Iterator[tuple[str, str]]:
    """The pairs of properties of which the first one is not below the second one."""
    for name, declared in properties.items():
        if declared.not_below is not None:
            yield name, declared.not_below


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, str):
        return repr(value) if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]!r} and more"
    return f"{value:g}" if isinstance(value, float) else str(value)


# ---------- rules ----------------------------------------------------------------------------------------------------


def _text(declared: Property, value: str, now: datetime) -> Problem | None:
    del now
    if len(value) > declared.longest:
        return _too_long(declared.longest, len(value))
    if _UNSTORABLE.search(value) is not None:
        rule = "must not contain the character U+0000 or a half of a surrogate pair"
        return Problem(rule, ascii(value[:_LONGEST_SHOWN]), "Remove the character.")
    if value and not visible(value):
        remedy = "Send a text, or null for none." if not declared.required else "Send a text."
        return Problem("must have a visible character", ascii(value[:_LONGEST_SHOWN]), remedy)
    if value and declared.format is not None and not declared.format.fits(value):
        return Problem(
            f"must be {declared.format.noun}", _shown(value), f"Send a value such as {declared.format.example}."
        )
    return None


def _too_long(limit: int, length: int) -> Problem:
    return Problem(f"must have at most {limit:,} characters", f"{length:,}", "Send a shorter text.")


def _texts(declared: Property, value: list[str], now: datetime) -> Problem | None:
    if len(value) > MAX_ITEMS:
        return Problem(f"must have at most {MAX_ITEMS:,} items", f"{len(value):,}", "Send fewer items.")
    for one in value:
        if len(one) > MAX_INDEXED_LENGTH:
            return _too_long(MAX_INDEXED_LENGTH, len(one))
        found = _text(declared, one, now)
        if found is not None:
            return found
    return None


def _number(declared: Property, value: float | Decimal, now: datetime) -> Problem | None:
    del now
    low, high = declared.minimum, declared.maximum
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    if low is not None and high is not None:
        bounds = f"between {low:g} and {high:g}"
    else:
        bounds = f"at least {low:g}" if low is not None else f"at most {high:g}"
    return Problem(f"must be {bounds}", str(value), f"Send a number that is {bounds}.")


def _date(declared: Property, value: date, now: datetime) -> Problem | None:
    latest = None if declared.max_ahead is None else (now + declared.max_ahead).date()
    return _time(declared, value, EARLIEST, latest, now.date())


def _datetime(declared: Property, value: datetime, now: datetime) -> Problem | None:
    earliest = datetime(EARLIEST.year, EARLIEST.month, EARLIEST.day, tzinfo=UTC)
    return _time(declared, value, earliest, None if declared.max_ahead is None else now + declared.max_ahead, now)


def _time(declared: Property, value: Any, earliest: Any, latest: Any, now: Any) -> Problem | None:
    if value < earliest:
        return Problem(f"must not be before {_shown(earliest)}", _shown(value), "Check the year.")
    if latest is None or value <= latest:
        return None
    if declared.confirmable and declared.max_ahead is not None:
        days = declared.max_ahead.days
        remedy = "Check the year, or send `allowFuture: true` if it is right."
        return Problem(f"is more than {days} days ahead", _shown(value), remedy, confirmable=True)
    return Problem(f"must not be after today, {_shown(now)[:10]}", _shown(value), "Check the year.")


_CHECKS: Mapping[Kind, Callable[[Property, Any, datetime], Problem | None]] = {
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.INT: _number,
    Kind.FLOAT: _number,
    Kind.MONEY: _number,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
}
