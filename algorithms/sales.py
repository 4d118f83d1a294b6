"""The history of all orders: the rules between products, the median amount of a line, and the buyers of a product."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

from algorithms.cross_sell import CrossSell, RuleIndex, SimilarAccount
from algorithms.registry import algorithm
from algorithms.rules import ProductRule, product_rules

FEW_ORDERS = 12
_LEAST_ORDERS, _LEAST_LIFT, _LEAST_CONFIDENCE = 8, Fraction(3, 2), Fraction(3, 10)
_SIMILAR = 5


class Listed(NamedTuple):
    """A product of the catalogue: its family if it has one, and whether it may be suggested."""

    uid: str
    name: str
    number: str | None
    is_family: bool
    family: str | None
    offered: bool


@dataclass(frozen=True, slots=True)
class SalesHistory:
    """The orders of all accounts, prepared once for many questions.

    `orders` is the number of orders, `rules` are those of `cross_sell`, `proposing` those that an expected value is
    based on. `medians` are the median amounts of a line by product, in minor units of the base currency. `bought` are
    the products of each account, and `buyers` the accounts of each product.
    """

    orders: int
    products: Mapping[str, Listed]
    rules: RuleIndex
    proposing: RuleIndex
    medians: Mapping[str, Fraction]
    bought: Mapping[str, frozenset[str]]
    buyers: Mapping[str, frozenset[str]]


Orders = Sequence[tuple[str | None, Sequence[tuple[str, int | None]]]]


@algorithm(reads=("sales_order.lines", "product.*"), reference="design formulas §8")
def sales_history(orders: Orders, products: Iterable[Sequence[Any]], *, min_orders: int = 3) -> SalesHistory:
    """Returns the history of orders, each with its account and its lines as pairs of product and amount.

    Args:
        orders: the account, None if it is unknown, and the lines; amounts in minor units of the base currency.
        products: the columns of `Listed`.
        min_orders: the minimum number of orders of the rules of `cross_sell`.

    >>> history = sales_history([("a", [("crm", 100), ("bi", 30)]), ("b", [("crm", 200)])], [])
    >>> history.medians["crm"], sorted(history.buyers["crm"])
    (Fraction(150, 1), ['a', 'b'])
    """
    listed = {one.uid: one for one in (Listed(*row) for row in products)}
    rules = product_rules([[product for product, _ in lines] for _, lines in orders], min_orders=min_orders)
    without = frozenset(one.uid for one in listed.values() if not one.offered)
    amounts: defaultdict[str, list[int]] = defaultdict(list)
    bought: defaultdict[str, set[str]] = defaultdict(set)
    buyers: defaultdict[str, set[str]] = defaultdict(set)
    for account, lines in orders:
        for product, amount in lines:
            if amount is not None:
                amounts[product].append(amount)
            if account is not None:
                bought[account].add(product)
                buyers[product].add(account)
    return SalesHistory(
        len(orders),
        listed,
        RuleIndex(rules, min_orders, without),
        RuleIndex(filter(proposes, rules), _LEAST_ORDERS, without),
        {product: _median(values) for product, values in amounts.items()},
        {account: frozenset(owned) for account, owned in bought.items()},
        {product: frozenset(accounts) for product, accounts in buyers.items()},
    )


def _median(values: list[int]) -> Fraction:
    values.sort()
    middle = len(values) // 2
    return Fraction(values[middle]) if len(values) % 2 else Fraction(values[middle - 1] + values[middle], 2)


@algorithm(reads=("rule.*",), reference="explorer design §7.7: the rules that an expected value is based on")
def proposes(one: ProductRule) -> bool:
    """Returns whether a rule is good enough for an expected value.

    It needs a lift of at least 1.5, a confidence of at least 0.3 and 8 orders, compared as whole numbers.

    >>> from algorithms.rules import rule
    >>> proposes(rule(["scada"], ["historian"], both=27, left=42, right=32, of=579))
    True
    >>> proposes(rule(["spares"], ["commissioning"], both=56, left=100, right=450, of=579))
    False
    """
    return (
        one.orders >= _LEAST_ORDERS
        and Fraction(one.orders, one.antecedent_orders) >= _LEAST_CONFIDENCE
        and one.orders * one.baskets >= _LEAST_LIFT * one.antecedent_orders * one.consequent_orders
    )


@algorithm(reads=("rule.*", "order_line.amount"), reference="explorer design §7.7")
def expected_value(one: ProductRule, median: Fraction) -> int:
    """Returns the confidence of a rule times the median amount of a line, rounded half even to minor units.

    >>> from algorithms.rules import rule
    >>> expected_value(rule(["scada"], ["historian"], both=27, left=42, right=32, of=579), Fraction(1_036_000))
    666000
    >>> expected_value(rule(["training"], ["execution"], both=10, left=27, right=15, of=579), Fraction(4_200_000))
    1555556
    """
    return round(Fraction(one.orders, one.antecedent_orders) * median)


@algorithm(reads=("account.products", "rule.*"), reference="design formulas §8: expected value, siblings, neighbours")
def with_evidence(
    offers: Iterable[CrossSell],
    account: str,
    owned: Collection[str],
    history: SalesHistory,
    *,
    siblings: Mapping[str, Collection[str]],
    similar: bool,
) -> list[CrossSell]:
    """Returns the offers of `cross_sell` with their expected value, and the accounts that have the product.

    Args:
        offers: the offers to an account.
        account: the account.
        owned: the products that it bought.
        history: the orders of all accounts.
        siblings: the products of the other accounts of its group.
        similar: whether to find the accounts with similar purchases.

    >>> from algorithms.cross_sell import cross_sell
    >>> history = sales_history([("b", [("crm", 500), ("bi", 300)])] * 12 + [("c", [("erp", 90)])] * 12, [])
    >>> (offer,) = with_evidence(cross_sell({"crm"}, history.rules), "a", {"crm"}, history, siblings={}, similar=True)
    >>> offer.expected_value, offer.evidence.similar_accounts[0].account
    (300, 'b')
    """
    nearest = similar_accounts(account, owned, history) if similar else {}
    found = []
    for offer in offers:
        rule = next(filter(proposes, offer.evidence.rules), None)
        median = history.medians.get(offer.product)
        close = (nearest[one] for one in history.buyers.get(offer.product, ()) if one in nearest)
        evidence = replace(
            offer.evidence,
            siblings=tuple(sorted(one for one, products in siblings.items() if offer.product in products)),
            similar_accounts=tuple(
                heapq.nsmallest(_SIMILAR, close, key=lambda one: (-one.similarity, one.account))
            ),
        )  # fmt: skip
        value = None if rule is None or median is None else expected_value(rule, median)
        found.append(replace(offer, evidence=evidence, expected_value=value))
    return found


@algorithm(reads=("account.products",), reference="Jaccard 1901: |A and B|/|A or B|; design formulas §8")
def similar_accounts(account: str, owned: Collection[str], history: SalesHistory) -> dict[str, SimilarAccount]:
    """Returns the accounts that bought at least one of the products, with the similarity of their purchases.

    >>> history = sales_history([("b", [("crm", 1), ("bi", 1)]), ("c", [("erp", 1)])], [])
    >>> similar_accounts("a", {"crm"}, history)
    {'b': SimilarAccount(account='b', similarity=0.5, shared=1)}
    """
    shared = Counter(one for product in set(owned) for one in history.buyers.get(product, ()) if one != account)
    size = len(set(owned))
    return {
        one: SimilarAccount(one, both / (size + len(history.bought[one]) - both), both) for one, both in shared.items()
    }
