"""What a caller gives, as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.errors import Invalid, Refused
from graph.models.properties import Kind
from graph.money import Rates, exact, minor
from graph.vocabulary import Property
from schema.planning.arguments import plain

_PERCENT = frozenset({"closeProbability", "percentComplete", "winPercentage"})
_LONGEST = 7_000


def stored(properties: Mapping[str, Property], given: Mapping[str, Any], rates: Rates) -> dict[str, Any]:
    """The given values by the names they are stored under; null where one is to be cleared.

    Raises Refused for a required value that is null or empty, Invalid for one that cannot be kept.
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        one = properties.get(name)
        if one is not None:
            found.update(_stored(one, value, rates))
    return found


def _stored(one: Property, value: Any, rates: Rates) -> dict[str, Any]:
    if one.required and (value is None or (isinstance(value, str) and not value.strip())):
        raise Refused(
            f"`{one.name}` cannot be {'cleared' if value is None else 'empty'}.",
            remedy="Give it a value, or leave it out.",
        )
    if one.kind is Kind.MONEY:
        return money(one.name, value, rates)
    if one.name in _PERCENT and value is not None and not 0 <= value <= 100:
        raise Invalid(f"`{one.name}` is {value}; it is told in percent.", remedy="Give a number from 0 to 100.")
    if one.indexed and isinstance(value, str) and len(value.encode()) > _LONGEST:
        raise Invalid(
            f"`{one.name}` is too long to be looked up.", remedy=f"Give at most {_LONGEST} bytes; put more elsewhere."
        )
    return {one.name: plain(value)}


def money(name: str, value: Mapping[str, Any] | None, rates: Rates) -> dict[str, Any]:
    """An amount as three values: minor units, currency, minor units of the base currency; three nulls for null."""
    units = currency = base = None
    if value is not None:
        currency = value.get("currency") or rates.base
        units = minor(exact(value["amount"]), currency)
        base = rates.in_base(units, currency)
    return {name: units, f"{name}Currency": currency, f"{name}Base": base}


def shortened(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that there are."""
    return {name: value for name, value in values.items() if value is not None}
