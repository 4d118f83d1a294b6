"""Numbers, amounts, dates and durations in the words of a sentence."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIGNS = {"USD": "$"}
_MOST_DAYS = 400


def number(value: float) -> str:
    """Writes a whole number: in words below ten, with separators of thousands from there on.

    >>> number(3), number(12), number(1200)
    ('three', '12', '1,200')
    """
    whole = round(value)
    return _NUMBERS[whole] if 0 <= whole < len(_NUMBERS) else f"{whole:,}"


def money(amount: float, currency: str) -> str:
    """Writes an amount: whole below a million, in millions with two decimals from there on.

    >>> money(48100, "USD"), money(6937809, "USD"), money(-1.5, "EUR")
    ('$48,100', '$6.94M', 'EUR -2')
    """
    exact = Decimal(repr(amount))
    if abs(exact) < 999_999.5:
        text = f"{exact.quantize(Decimal(1), ROUND_HALF_EVEN):,}"
    else:
        text = f"{(exact / 1_000_000).quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}M"
    sign = _SIGNS.get(currency)
    return f"{currency} {text}" if sign is None else f"{sign}{text}" if exact >= 0 else f"-{sign}{text[1:]}"


def score(value: float) -> str:
    """Writes a score from 0 to 100: whole, and one that would be rounded to 0 as what it is, more than nothing.

    >>> score(47.2), score(0.3), score(0)
    ('47', 'under 1', '0')
    """
    return "under 1" if 0.0 < value < 0.5 else f"{value:.0f}"


def day(of: date, today: date) -> str:
    """Writes a date, with its year unless that is the current one.

    >>> day(date(2026, 12, 24), date(2026, 11, 25)), day(date(2025, 3, 31), date(2026, 11, 25))
    ('24 Dec', '31 Mar 2025')
    """
    text = f"{of.day} {_MONTHS[of.month - 1]}"
    return text if of.year == today.year else f"{text} {of.year}"


def days(count: float) -> str:
    """Writes a duration: in days up to 400, in months of 365.25 / 12 days from there on.

    >>> days(1), days(306), days(604)
    ('one day', '306 days', '20 months')
    """
    whole = round(count)
    if abs(whole) <= _MOST_DAYS:
        return f"{number(whole)} day{'' if whole == 1 else 's'}"
    return f"{number(whole * 12 / 365.25)} months"


def shortened(text: str, longest: int) -> str:
    """Cuts a text to a length, at a word where one ends near.

    >>> shortened("Servo drive 3 kW, control room", 20)
    'Servo drive 3 kW…'
    """
    if len(text) <= longest:
        return text
    cut = text[: max(longest - 1, 0)]
    at_word = cut.rpartition(" ")[0]
    return (at_word if len(at_word) >= len(cut) - 8 and at_word else cut).rstrip(" ,;:.-") + "…"
