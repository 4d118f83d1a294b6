"""Amounts of money in minor units, and their conversion to the base currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache

from babel.core import get_global
from babel.numbers import get_territory_currencies
from moneyed import CURRENCIES

from graph.errors import Invalid


@lru_cache(maxsize=1)
def currencies() -> tuple[str, ...]:
    """Returns the ISO 4217 codes of the currencies that are legal tender today, in alphabetical order."""
    territories = get_global("territory_currencies")
    return tuple(
        sorted({code for territory in territories for code in get_territory_currencies(territory)} & CURRENCIES.keys())
    )


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """Returns the ISO 4217 number of decimals of a currency (JPY 0, USD 2, BHD 3). Raises Invalid for other codes."""
    if currency not in currencies():
        raise Invalid(f"The currency {currency!r} is not supported.", remedy="Use an ISO 4217 code such as USD or EUR.")
    return len(str(CURRENCIES[currency].sub_unit)) - 1


def minor(amount: Decimal, currency: str) -> int:
    """Converts an amount to minor units without rounding. Raises Invalid when it has more decimals than the currency.

    >>> minor(Decimal("14.00"), "USD")
    1400
    """
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise Invalid(
            f"The amount {amount} has more than {exponent(currency)} decimals, the maximum for {currency}.",
            remedy=f"Round it to {exponent(currency)} decimals.",
        )
    return _within(int(scaled), currency)


def half_even(amount: Decimal, currency: str) -> int:
    """Converts an amount to minor units, rounded half to even.

    >>> half_even(Decimal("0.125"), "USD"), half_even(Decimal("0.135"), "USD")
    (12, 14)
    """
    return _within(int(amount.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_EVEN)), currency)


def exact(value: float | str) -> Decimal:
    """Converts a number or text to the decimal it is written as. Raises Invalid when it is not a finite number."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Invalid(f"The amount {value!r} is not a decimal number.", remedy="Use a number such as 1250.00.")
    return number


def greatest(currency: str) -> int:
    """The greatest amount, in minor units, up to which every amount is a double of its own, in JSON as in JavaScript.

    >>> greatest("USD"), greatest("JPY")
    (7036874417766399, 9007199254740991)
    """
    scale: int = 10 ** exponent(currency)
    return (1 << 53 - (scale - 1).bit_length()) * scale - 1


def _within(units: int, currency: str) -> int:
    most = greatest(currency)
    if abs(units) > most:
        raise Invalid(
            f"The amount of {units} minor units is too large: the maximum for {currency} is {most}.",
            remedy="Use a smaller amount.",
        )
    return units


@dataclass(frozen=True)
class Rates:
    """The base currency, and the value of one unit of each other currency in it."""

    base: str = "USD"
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    def in_base(self, units: int, currency: str) -> int:
        """Converts minor units of a currency to minor units of the base currency, rounded half to even.

        Raises Invalid when the currency has no rate.
        """
        if currency == self.base:
            return units
        if currency not in self.rates:
            exponent(currency)
            raise Invalid(
                f"The currency {currency} has no exchange rate to {self.base}.",
                remedy=f"Use {self.base}, or ask the operator to add a rate for {currency} (KITH_RATES).",
            )
        return half_even(Decimal(units).scaleb(-exponent(currency)) * self.rates[currency], self.base)
