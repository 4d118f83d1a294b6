"""The valuation that the graph was written with; a process with other settings must not read or add to its sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from graph.errors import Refused
from graph.models.properties import Kind
from graph.money import Rates, exponent
from graph.store import Reads, Statement, Store, Writes
from graph.vocabulary import ENDPOINTS, ENTITIES

COMMAND = "python -m graph revalue"

_SECONDS = 600.0  # to read all amounts of a graph, once

_UNUSED = {
    "01N50": "the first valuation is the first node of its label; a small graph has no deleted records",
    "01N52": "the first valuation is the first with these properties",
}

_READ = Statement(
    "valuation.read",
    """OPTIONAL MATCH (stored:Valuation {name: 'graph'})
RETURN head(collect(stored {.currency, .codes, .rates, .after})) AS found""",
    expected=_UNUSED,
)

WRITE = Statement(
    "valuation.write",
    """MERGE (stored:Valuation {name: 'graph'})
SET stored.currency = $currency, stored.codes = $codes, stored.rates = $rates, stored.after = $after,
  stored.changedAt = datetime()
RETURN count(stored) AS stored""",
    expected=_UNUSED,
)

# Every currency in which an amount is stored, and whether its value in the base currency contradicts `$factors`, by
# more than the rounding of the lines of a total.
_USED = Statement(
    "valuation.used",
    """CALL () {
  MATCH (n:Record) RETURN n AS one
  UNION ALL MATCH (n:Deleted) RETURN n AS one
  UNION ALL MATCH (n:DeletedRelationship) RETURN n AS one
  UNION ALL MATCH ()-[r]->() WHERE type(r) IN $types RETURN r AS one
}
UNWIND $names AS name
WITH one[name] AS units, one[name + 'Currency'] AS currency, one[name + 'Base'] AS base
WHERE units IS NOT NULL AND currency IS NOT NULL
WITH currency, count(*) AS amounts, count(CASE
  WHEN $factors[currency] IS NULL THEN 1
  WHEN abs(base - units * $factors[currency]) > 50 + abs(base) * 0.001 THEN 1 END) AS different
RETURN collect({currency: currency, amounts: amounts, different: different}) AS used""",
    expected=_UNUSED,
)


@dataclass(frozen=True, slots=True)
class Stored:
    """The valuation of a graph; `after` is the position of a revaluation that has not finished."""

    rates: Rates
    after: str | None


def money_names() -> list[str]:
    """The names of all amounts of the models, on records and relationships."""
    declared = [one.properties for one in ENTITIES.values()] + [one.model.properties for one in ENDPOINTS]
    return sorted({name for properties in declared for name, one in properties.items() if one.kind is Kind.MONEY})


def money_types() -> list[str]:
    """The types of the relationships that have amounts."""
    return sorted(
        {one.edge for one in ENDPOINTS if any(each.kind is Kind.MONEY for each in one.model.properties.values())}
    )


async def read(reads: Reads) -> Stored | None:
    """Returns the valuation of a graph, or None for a graph that does not have one. Raises Unavailable."""
    found = await reads.ask(_READ.bind())
    if found is None or found["currency"] is None:
        return None
    rates = {code: Decimal(rate) for code, rate in zip(found["codes"], found["rates"], strict=True)}
    return Stored(Rates(found["currency"], rates), found["after"])


async def write(writes: Writes, rates: Rates, after: str | None = None) -> None:
    """Writes the valuation of a graph, and during a revaluation its position. Raises Unavailable."""
    await writes.change(WRITE.bind(**columns(rates), after=after))


def columns(rates: Rates) -> dict[str, Any]:
    """The stored properties of a valuation; rates are texts, because a stored number would not be exact."""
    codes = sorted(rates.rates)
    return {"currency": rates.base, "codes": codes, "rates": [str(rates.rates[code]) for code in codes]}


async def used(reads: Reads, rates: Rates) -> dict[str, int]:
    """Returns each currency in which amounts are stored, with the number of amounts that were converted otherwise."""
    found = await reads.ask(_USED.bind(names=money_names(), types=money_types(), factors=_factors(rates)))
    return {one["currency"]: one["different"] for one in found}


async def require(store: Store, rates: Rates) -> None:
    """Compares the valuation of the graph with the settings; every program that reads or writes amounts calls it.

    A graph without amounts takes the valuation of the settings, and so does one whose amounts are not affected by what
    differs. The amounts of a graph that an older version wrote are compared themselves.
    Raises Refused if amounts were converted with another base currency or other rates, and Unavailable.
    """
    stored = await read(store.reads)
    if stored is not None and stored.after is not None:
        raise Refused(
            f"A conversion of the stored amounts to {stored.rates.base} was interrupted.",
            remedy=f"Run `{COMMAND}` to finish it.",
        )
    if stored is not None and stored.rates == rates:
        return
    found = await used(store.reads.limited(_SECONDS), rates)
    if stored is None:
        _require_same_values(found, rates)
    elif stored.rates.base != rates.base and found:
        raise Refused(
            f"The amounts in this graph were converted to {stored.rates.base}, but KITH_CURRENCY is {rates.base}.",
            remedy=f"Set KITH_CURRENCY={stored.rates.base}, or run `{COMMAND}` to convert all amounts to {rates.base}.",
        )
    else:
        _require_same_rates(found, stored.rates, rates)
    await write(store.writes, rates)


def _require_same_values(found: Mapping[str, int], rates: Rates) -> None:
    wrong = sorted(code for code, different in found.items() if different)
    if wrong:
        raise Refused(
            f"The amounts in {_listed(wrong)} were not converted to {rates.base} with the rates in KITH_RATES.",
            remedy="Start with the KITH_CURRENCY and KITH_RATES that the data was written with,"
            f" or run `{COMMAND}` to convert all amounts to {rates.base}.",
        )


def _require_same_rates(found: Mapping[str, int], stored: Rates, rates: Rates) -> None:
    changed = [code for code in sorted(found) if stored.rates.get(code) != rates.rates.get(code)]
    if changed:
        differences = ", ".join(
            f"{code} {_rate(stored.rates.get(code))} instead of {_rate(rates.rates.get(code))}" for code in changed
        )
        before = ",".join(f"{code}={rate}" for code, rate in sorted(stored.rates.items()))
        raise Refused(
            f"The amounts in this graph were converted with other rates than those in KITH_RATES: {differences}.",
            remedy=f"Set KITH_RATES={before}, or run `{COMMAND}` to convert all amounts with the new rates.",
        )


def _rate(rate: Decimal | None) -> str:
    return "without a rate" if rate is None else f"{rate}"


def _factors(rates: Rates) -> dict[str, float]:
    """The factor from minor units of each currency to minor units of the base currency."""
    base = exponent(rates.base)
    return {rates.base: 1.0} | {code: float(rate.scaleb(base - exponent(code))) for code, rate in rates.rates.items()}


def _listed(codes: list[str]) -> str:
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} and {codes[-1]}"
