"""The kinds of values in a table, how people read them, and how the data formats write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graph.money import exponent

LONGEST_SHOWN = 240
"""The number of characters of a text that the formats for reading show; the data formats have all of it."""

_LONG_WORD = re.compile(r"\S{24}(?=\S)")
_MAY_BREAK = "\u200b"
MINUS = "\u2212"
_SIGNS = {"USD": "$"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: its text for a reader, its JSON schema, and whether it is a figure."""

    show: Callable[[Any], str]
    schema: Mapping[str, Any]
    figure: bool = False
    absent: str = ""
    """The text of a value that is absent."""


def shorten(text: object) -> str:
    """Returns a text that fits in a table: a long one ends with an ellipsis, and long words may break.

    >>> shorten("Kith"), len(shorten("x " * 10_000))
    ('Kith', 240)
    """
    shown = str(text)
    if len(shown) > LONGEST_SHOWN:
        shown = f"{shown[: LONGEST_SHOWN - 1]}…"
    return _LONG_WORD.sub(f"\\g<0>{_MAY_BREAK}", shown)


def minor_units(money: Mapping[str, Any]) -> int:
    """Returns an amount in minor units of its currency.

    >>> minor_units({"amount": 12.34, "currency": "USD"})
    1234
    """
    amount: float = money["amount"]
    factor: int = 10 ** exponent(money["currency"])
    return round(amount * factor)


def money_of(units: int, currency: str) -> dict[str, Any]:
    """Returns the amount of some minor units."""
    return {"amount": units / 10 ** exponent(currency), "currency": currency}


def show_money(money: Mapping[str, Any], *, precise: bool | None = None) -> str:
    """Returns an amount as text: with decimals if `precise`, by default only if it has any.

    >>> show_money({"amount": 48100.0, "currency": "USD"}), show_money({"amount": 0.5, "currency": "EUR"})
    ('$48,100', 'EUR 0.50')
    """
    units, decimals = minor_units(money), exponent(money["currency"])
    if precise is None:
        precise = units % 10**decimals != 0
    figure = f"{abs(units) / 10**decimals:,.{decimals if precise else 0}f}"
    sign = _SIGNS.get(money["currency"])
    minus = MINUS if units < 0 else ""
    return f"{minus}{sign}{figure}" if sign else f"{money['currency']} {minus}{figure}"


def show_large(money: Mapping[str, Any]) -> str:
    """Returns an amount for a sentence: whole, and in millions from a million on.

    >>> show_large({"amount": 6937809.25, "currency": "USD"}), show_large({"amount": 95200.0, "currency": "USD"})
    ('$6.94M', '$95,200')
    """
    if abs(money["amount"]) < 1_000_000:
        return show_money(money, precise=False)
    units = round(money["amount"] / 10_000)
    sign = _SIGNS.get(money["currency"], f"{money['currency']} ")
    return f"{MINUS if units < 0 else ''}{sign}{abs(units) / 100:,.2f}M"


def show_thousands(money: Mapping[str, Any]) -> str:
    """Returns an amount in thousands with two digits at least.

    >>> [show_thousands({"amount": amount}) for amount in (30_270.0, 2_840.0, 40.0)]
    ['30', '2.8', '0.0']
    """
    thousands = money["amount"] / 1000
    return f"{thousands:,.0f}" if abs(thousands) >= 10 else f"{thousands:.1f}"


def show_date(value: str) -> str:
    """Returns a date or a time in ISO 8601 as a date.

    >>> show_date("2026-12-24"), show_date("2026-12-24T09:30:00Z")
    ('24 Dec 2026', '24 Dec 2026')
    """
    year, month, day = value[:10].split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


def show_time(value: datetime | str) -> str:
    """Returns a time with its zone.

    >>> show_time("2026-12-24T09:30:00Z")
    '24 Dec 2026, 09:30 UTC'
    """
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    utc = found.astimezone(UTC)
    return f"{show_date(utc.isoformat())}, {utc:%H:%M} UTC"


def show_word(value: str) -> str:
    """Returns a member of an enumeration as a word.

    >>> show_word("PHONE_CALL")
    'phone call'
    """
    return value.replace("_", " ").lower()


def show_series(values: Sequence[float]) -> str:
    """Returns the first and the last value of a series.

    >>> show_series([19.2, 25.0, 29.0]), show_series([])
    ('from 19 to 29', 'not judged')
    """
    return f"from {values[0]:.0f} to {values[-1]:.0f}" if values else "not judged"


def _nullable(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": [kind, "null"], **more}


MONEY_SCHEMA = {
    "type": ["object", "null"],
    "properties": {"amount": {"type": "number"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
    "required": ["amount", "currency"],
    "additionalProperties": False,
}

KINDS: dict[str, Kind] = {
    "text": Kind(shorten, _nullable("string")),
    "id": Kind(shorten, _nullable("string")),
    "word": Kind(show_word, _nullable("string")),
    "yes_no": Kind(lambda value: "yes" if value else "no", _nullable("boolean")),
    "date": Kind(show_date, _nullable("string", format="date"), figure=True),
    "time": Kind(show_date, _nullable("string", format="date-time"), figure=True, absent="never"),
    "integer": Kind(lambda value: f"{value:,}", _nullable("integer"), figure=True),
    "number": Kind(lambda value: f"{value:,.2f}", _nullable("number"), figure=True),
    "score": Kind(
        lambda value: f"{value:.0f}", _nullable("number", minimum=0, maximum=100), figure=True, absent="not judged"
    ),
    "tie": Kind(
        lambda value: f"{value:.0f}",
        _nullable("number", minimum=0, maximum=100),
        figure=True,
        absent="no tie",
    ),
    "share": Kind(lambda value: f"{value * 100:.0f}%", _nullable("number"), figure=True, absent="not judged"),
    "series": Kind(show_series, {"type": "array", "items": {"type": "number"}}),
    "ratio": Kind(
        lambda value: f"{value[0]:,} of {value[1]:,}",
        {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        figure=True,
    ),
    "severity": Kind(str, {"type": "string"}),
    "money": Kind(show_money, MONEY_SCHEMA, figure=True),
}

# The kind of a field by its GraphQL type.
BY_TYPE = {
    "Money": "money", "Int": "integer", "Float": "number", "DateTime": "time", "Date": "date", "String": "text",
    "ID": "id", "Boolean": "yes_no",
}  # fmt: skip
