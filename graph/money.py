"""Money: exact minor units of a currency, and their value in the base currency."""

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
    """The codes of the currencies that are tender somewhere today, in alphabetical order."""
    territories = get_global("territory_currencies")
    return tuple(sorted({code for one in territories for code in get_territory_currencies(one)} & CURRENCIES.keys()))


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """How many decimals the currency has, by ISO 4217: JPY 0, USD 2, BHD 3; Invalid for an unknown code."""
    if currency not in currencies():
        raise Invalid(f"{currency!r} is no currency in use.", remedy="Give an ISO 4217 code such as USD or EUR.")
    return len(str(CURRENCIES[currency].sub_unit)) - 1


def minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units; Invalid when it has more decimals than the currency, never rounded.

    >>> minor(Decimal("14.00"), "USD")
    1400
    """
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise Invalid(
            f"{amount} has more decimals than {currency} allows.",
            remedy=f"Give at most {exponent(currency)} decimals.",
        )
    return _within(int(scaled))


def half_even(amount: Decimal, currency: str) -> int:
    """The amount rounded half even to minor units.

    >>> half_even(Decimal("0.125"), "USD"), half_even(Decimal("0.135"), "USD")
    (12, 14)
    """
    return _within(int(amount.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_EVEN)))


def exact(value: float | str) -> Decimal:
    """A caller's number as the decimal it was written as; Invalid when it is none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Invalid(f"{value!r} is not an amount.", remedy="Give a plain decimal number.")
    return number


def _within(units: int) -> int:
    if abs(units) >= 2**53:
        raise Invalid(
            "The amount is too large to be kept exactly.", remedy="Give an amount below 9 * 10^15 minor units."
        )
    return units


@dataclass(frozen=True)
class Rates:
    """The base currency, and what one unit of each other currency is worth in it."""

    base: str = "USD"
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    def in_base(self, units: int, currency: str) -> int:
        """Minor units of the base currency for minor units of another, rounded half even; Invalid without a rate."""
        if currency == self.base:
            return units
        if currency not in self.rates:
            exponent(currency)
            raise Invalid(
                f"There is no rate from {currency} to {self.base}.",
                remedy=f'Set KITH_RATES, such as KITH_RATES="{currency}=1.08".',
            )
        return half_even(Decimal(units).scaleb(-exponent(currency)) * self.rates[currency], self.base)
