"""Association rules over baskets, in exact integer arithmetic."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Annotated, TypeAlias

from algorithms.registry import algorithm
from algorithms.results import Ref, Shared

Exact: TypeAlias = Fraction | Decimal | int | float | str

LONGEST = 6
MOST_SETS = 1_000_000

_Items: TypeAlias = tuple[int, ...]


class TooManySetsError(ValueError):
    """More frequent item sets than allowed; raise a minimum, or shorten the rules."""


@dataclass(frozen=True, slots=True)
class ProductRule:
    """An association rule: orders with the antecedent also contain the consequent."""

    antecedent: Annotated[
        tuple[str, ...], Ref("Product"), Shared(1000), "The antecedent: the products on the left side of the rule."
    ]
    consequent: Annotated[
        tuple[str, ...],
        Ref("Product"),
        Shared(1000),
        "The consequent: the products that are bought with the antecedent.",
    ]
    orders: Annotated[int, "The number of orders that contain all products of the rule."]
    antecedent_orders: Annotated[int, "The number of orders that contain the antecedent."]
    consequent_orders: Annotated[int, "The number of orders that contain the consequent."]
    baskets: int
    support: Annotated[float, "The share of all orders that contain all products of the rule, 0 to 1."]
    confidence: Annotated[
        float, "The share of the orders with the antecedent that also contain the consequent, 0 to 1."
    ]
    lift: Annotated[float, "The support divided by the support expected by chance; 1 means independent."]
    leverage: Annotated[float, "The support minus the support expected by chance."]
    conviction: Annotated[
        float | None, "The failures expected by chance divided by the observed failures; null without failures."
    ]
    zhang: Annotated[float, "Zhang's metric, from -1 (never together) to 1 (always together)."]


@algorithm(reads=("measure",), reference="decision: a float means the decimal number it prints as")
def exact(number: Exact) -> Fraction:
    """Returns the decimal number that a float prints as: 0.8 is 4/5, not the nearest binary fraction.

    Raises:
        ValueError: a text that is not a number, or a number that is not finite.

    >>> exact(0.8), exact("1e-3")
    (Fraction(4, 5), Fraction(1, 1000))
    """
    try:
        return number if isinstance(number, Fraction) else Fraction(str(number))
    except ValueError as error:
        raise ValueError(f"{number!r} is not a finite number") from error


@algorithm(
    reads=("counts",),
    reference="Agrawal, Imielinski & Swami 1993 (SIGMOD); Brin et al. 1997 (conviction, lift); Zhang 2000",
)
def rule(
    antecedent: Sequence[str], consequent: Sequence[str], *, both: int, left: int, right: int, of: int
) -> ProductRule:
    """Returns a rule with its measures, each the correctly rounded quotient of two integers.

    support = P(A and C); confidence = support / P(A); lift = confidence / P(C); leverage = support - P(A)·P(C);
    conviction = (1 - P(C)) / (1 - confidence); zhang = leverage / max(support·(1 - P(A)), P(A)·(P(C) - support)),
    and 0 where both of these are 0.

    Args:
        antecedent, consequent: the products of each side.
        both: baskets with all products of both sides; 1 or more.
        left: baskets with the antecedent.
        right: baskets with the consequent.
        of: all baskets.

    Raises:
        ValueError: counts that contradict each other.

    >>> one = rule(["crm"], ["erp"], both=3, left=4, right=4, of=5)
    >>> one.support, one.confidence, one.lift, one.leverage, one.conviction, one.zhang
    (0.6, 0.75, 0.9375, -0.04, 0.8, -0.25)
    """
    if not 1 <= both <= min(left, right) <= max(left, right) <= of or left + right - both > of:
        raise ValueError(f"counts of {left}, {right} and {both} in {of} baskets contradict each other")
    excess = both * of - left * right
    scale = max(both * (of - left), left * (right - both))
    return ProductRule(
        antecedent=tuple(antecedent),
        consequent=tuple(consequent),
        orders=both,
        antecedent_orders=left,
        consequent_orders=right,
        baskets=of,
        support=both / of,
        confidence=both / left,
        lift=both * of / (left * right),
        leverage=excess / (of * of),
        conviction=(of - right) * left / (of * (left - both)) if left > both else None,
        zhang=excess / scale if scale else 0.0,
    )


@algorithm(
    reads=("sales_order.products",),
    reference="Agrawal et al. 1993; vertical search of Zaki 2000 (Eclat); one-item consequents as in arules",
)
def product_rules(
    baskets: Sequence[Iterable[str]],
    *,
    min_orders: int = 1,
    min_support: Exact = 0,
    min_confidence: Exact = 0,
    min_lift: Exact | None = None,
    max_length: int = 2,
    first: int | None = None,
    most_sets: int = MOST_SETS,
) -> list[ProductRule]:
    """Returns the rules of the baskets that meet the minimums, by lift, then orders, then the ids of the products.

    Comparisons with a minimum use integers: a minimum confidence of 0.8 means
    count(A and C) ≥ 0.8 · count(A).

    Args:
        baskets: the products of each order; a product counts once in a basket, an empty basket counts as a basket.
        min_orders: the minimum number of baskets with all products of the rule, 1 or more.
        min_support: the minimum share of all baskets with all products of the rule, 0 to 1.
        min_confidence: the minimum share of the baskets with the antecedent that have the consequent, 0 to 1.
        min_lift: the minimum lift; None for no minimum.
        max_length: the maximum number of products in a rule, both sides together, 2 to 6.
        first: the maximum number of rules; None for all.
        most_sets: the maximum number of sets of products to count.

    Raises:
        ValueError: an argument out of range.
        TooManySetsError: more than `most_sets` sets of products are frequent enough.

    >>> orders = [["crm", "erp"], ["crm", "erp", "bi"], ["crm", "bi"], ["erp"], ["crm", "erp"]]
    >>> [(*one.antecedent, "to", *one.consequent, one.lift) for one in product_rules(orders, first=2)]
    [('bi', 'to', 'crm', 1.25), ('crm', 'to', 'bi', 1.25)]
    """
    support, confidence = exact(min_support), exact(min_confidence)
    lift = Fraction(0) if min_lift is None else exact(min_lift)
    if min_orders < 1 or not 2 <= max_length <= LONGEST or (first is not None and first < 1):
        raise ValueError(f"min_orders {min_orders}, max_length {max_length} or first {first} is out of range")
    if not 0 <= support <= 1 or not 0 <= confidence <= 1 or lift < 0:
        raise ValueError(
            f"support ({support}) and confidence ({confidence}) must be from 0 to 1, lift ({lift}) at least 0"
        )
    counted = [frozenset(basket) for basket in baskets]
    needed = max(min_orders, -(-support.numerator * len(counted) // support.denominator))
    products, sets = _frequent_sets(counted, needed, max_length, most_sets)
    found = _rules(sets, len(counted), confidence, lift)
    ranked = sorted(found) if first is None else heapq.nsmallest(first, found)
    return [
        rule(
            [products[item] for item in antecedent],
            [products[item]],
            both=-less,
            left=sets[antecedent],
            right=sets[item,],
            of=len(counted),
        )
        for _, less, antecedent, item in ranked
    ]


def _rules(
    sets: dict[_Items, int], baskets: int, confidence: Fraction, lift: Fraction
) -> Iterator[tuple[int, int, _Items, int]]:
    """Yields the sort key of each rule: lift and orders (negated), antecedent, consequent.

    Lift is compared as a whole number of 2^-128: different quotients of counts below 2^32 differ by more than that.
    """
    least, of_all = confidence.numerator, confidence.denominator
    least_lift, part = lift.numerator, lift.denominator * baskets
    for items, both in sets.items():
        if len(items) == 1:
            continue
        for at, item in enumerate(items):
            antecedent = items[:at] + items[at + 1 :]
            left, expected = sets[antecedent], sets[antecedent] * sets[item,]
            if both * of_all >= least * left and both * part >= least_lift * expected:
                yield -((both << 128) // expected), -both, antecedent, item


def _frequent_sets(
    baskets: Sequence[frozenset[str]], needed: int, longest: int, most_sets: int
) -> tuple[list[str], dict[_Items, int]]:
    """Returns the products by id, and the number of baskets with each frequent set of up to `longest` products."""
    often = Counter(product for basket in baskets for product in basket)
    products = sorted(product for product, count in often.items() if count >= needed)
    position = {product: at for at, product in enumerate(products)}
    kept = [sorted(position[product] for product in basket if product in position) for basket in baskets]
    sets: dict[_Items, int] = {(at,): often[product] for at, product in enumerate(products)}
    pairs: Counter[_Items] = Counter()
    for basket in kept:
        pairs.update(combinations(basket, 2))
        if len(pairs) > most_sets:
            raise TooManySetsError(f"more than {most_sets} pairs of products were bought together")
    frequent = {pair: count for pair, count in sorted(pairs.items()) if count >= needed}
    sets.update(frequent)
    if longest > 2 and frequent:
        for items, count in _longer_sets(kept, frequent, needed, longest):
            sets[items] = count
            if len(sets) > most_sets:
                raise TooManySetsError(f"more than {most_sets} sets of products are in {needed} or more baskets")
    return products, sets


def _longer_sets(
    baskets: Sequence[Sequence[int]], pairs: dict[_Items, int], needed: int, longest: int
) -> Iterator[tuple[_Items, int]]:
    """Yields the frequent sets of three or more, from bit sets of the baskets with each product."""
    partners: defaultdict[int, set[int]] = defaultdict(set)
    for first, second in pairs:
        partners[first].add(second)
    baskets_with = _bits(baskets, {item for pair in pairs for item in pair})
    waiting: list[tuple[_Items, int, list[int]]] = [
        ((item,), baskets_with[item], sorted(after)) for item, after in partners.items()
    ]
    while waiting:
        items, bits, candidates = waiting.pop()
        for at, item in enumerate(candidates):
            both = bits & baskets_with[item]
            count = both.bit_count()
            if count < needed:
                continue
            longer = (*items, item)
            if len(longer) > 2:
                yield longer, count
            if len(longer) < longest:
                following = [other for other in candidates[at + 1 :] if other in partners[item]]
                if following:
                    waiting.append((longer, both, following))


def _bits(baskets: Sequence[Sequence[int]], items: set[int]) -> dict[int, int]:
    rows = {item: bytearray(len(baskets) // 8 + 1) for item in items}
    for at, basket in enumerate(baskets):
        byte, bit = at >> 3, 1 << (at & 7)
        for item in basket:
            if item in rows:
                rows[item][byte] |= bit
    return {item: int.from_bytes(row, "little") for item, row in rows.items()}
