"""Cross-selling: rules whose antecedent a customer bought, for products that it does not have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from math import sqrt
from operator import itemgetter
from typing import Annotated

from algorithms.registry import algorithm
from algorithms.results import MONEY, Ref, Shared
from algorithms.rules import ProductRule

LEAST_ORDERS = 3
_Z = 1.959963984540054  # the two-sided 95 % quantile of the normal distribution


@dataclass(frozen=True, slots=True)
class SimilarAccount:
    """An account that bought many of the same products, and the suggested one."""

    account: Annotated[str, Ref("Account"), Shared(200), "The account."]
    similarity: Annotated[float, "The products that both bought as a share of those that either bought, 0 to 1."]
    shared: Annotated[int, "The number of products that both bought."]


@dataclass(frozen=True, slots=True)
class CrossSellEvidence:
    """The evidence for a product that an account might buy."""

    rules: Annotated[tuple[ProductRule, ...], "The rules whose antecedent the account bought, strongest first."]
    sample_size: Annotated[int, "The number of orders that the rules are computed from."]
    siblings: Annotated[
        tuple[str, ...], Ref("Account"), Shared(200), "The other accounts of the group that bought the product, by id."
    ] = ()
    similar_accounts: Annotated[
        tuple[SimilarAccount, ...], "The accounts with the most similar purchases that bought the product, up to five."
    ] = ()


@dataclass(frozen=True, slots=True)
class CrossSell:
    """A product that an account has not bought and might buy."""

    product: Annotated[str, Ref("Product"), "The product."]
    score: Annotated[float, "The confidence of the strongest rule, 0 to 1."]
    evidence: Annotated[CrossSellEvidence, "The evidence."]
    already_proposed: Annotated[bool, "True if an open opportunity with the account has the product."] = False
    expected_value: Annotated[
        int | None,
        MONEY,
        "The confidence of the strongest rule with a lift of at least 1.5, a confidence of at least 0.3 and 8 orders, "
        "times the median amount of a line with the product; null without such a rule.",
    ] = None


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """Rules indexed by the product of their antecedent that occurs in the fewest rules, so that a lookup finds few.

    Build it once for many customers. It omits rules for the products in `without`, rules with fewer than `min_orders`
    orders, which are weak evidence, and rules with a lift of 1 or less, whose antecedent does not make the product more
    likely. Each rule in `by_product` has its rank by evidence.
    """

    rules: Iterable[ProductRule]
    min_orders: int = LEAST_ORDERS
    without: frozenset[str] = frozenset()
    by_product: dict[str, list[tuple[int, ProductRule]]] = field(init=False)

    def __post_init__(self) -> None:
        chosen = [
            one
            for one in self.rules
            if one.orders >= self.min_orders
            and self.without.isdisjoint(one.consequent)
            and one.orders * one.baskets > one.antecedent_orders * one.consequent_orders
        ]
        chosen.sort(key=_strength)
        named: defaultdict[str, int] = defaultdict(int)
        for one in chosen:
            for product in one.antecedent:
                named[product] += 1
        by_product: defaultdict[str, list[tuple[int, ProductRule]]] = defaultdict(list)
        for rank, one in enumerate(chosen):
            by_product[min(one.antecedent, key=lambda product: (named[product], product))].append((rank, one))
        object.__setattr__(self, "rules", tuple(chosen))
        object.__setattr__(self, "by_product", dict(by_product))

    def applicable(self, owned: frozenset[str]) -> dict[str, list[ProductRule]]:
        """Returns the rules whose antecedent is owned and whose consequent is not, by product and strongest first."""
        found: defaultdict[str, list[tuple[int, ProductRule]]] = defaultdict(list)
        for product in owned:
            for ranked in self.by_product.get(product, ()):
                one = ranked[1]
                if one.consequent[0] not in owned and owned.issuperset(one.antecedent):
                    found[one.consequent[0]].append(ranked)
        return {product: [one for _, one in sorted(ranks, key=itemgetter(0))] for product, ranks in found.items()}


@algorithm(
    reads=("account.products", "rule.*"),
    reference="design formulas §8; recommendation by rules: Sarwar et al. 2000 (ACM EC'00)",
)
def cross_sell(
    owned: Collection[str], rules: RuleIndex, *, proposed: Collection[str] = (), first: int = 5
) -> list[CrossSell]:
    """Returns the products to offer to a customer, by the evidence of their strongest rule, then id.

    A rule applies if the customer has all products of its antecedent and not its consequent. Rules are ordered by
    `proven_gain`, lift, orders, then the ids of the antecedent; the confidence of the strongest is the score.

    Args:
        owned: the products the customer bought or has.
        rules: the rules of `product_rules`, indexed.
        proposed: the products of open opportunities with the customer.
        first: the maximum number of products, 1 or more.

    Returns:
        at most `first` products; an empty list if no rule applies.

    Raises:
        ValueError: `first` is below 1.

    >>> from algorithms.rules import product_rules
    >>> orders = [["crm", "bi"]] * 3 + [["crm"], ["erp"], ["erp", "crm"]]
    >>> offers = cross_sell({"crm"}, RuleIndex(product_rules(orders)))
    >>> [(offer.product, offer.score, offer.evidence.sample_size) for offer in offers]
    [('bi', 0.6, 6)]
    """
    if first < 1:
        raise ValueError(f"first must be at least 1; got {first}")
    found = []
    for product, strongest in rules.applicable(frozenset(owned)).items():
        rules_for = CrossSellEvidence(tuple(strongest), strongest[0].baskets)
        found.append(CrossSell(product, strongest[0].confidence, rules_for, product in proposed))
    return sorted(found, key=lambda offer: (_strength(offer.evidence.rules[0])[:3], offer.product))[:first]


def _strength(one: ProductRule) -> tuple[float, float, int, tuple[str, ...]]:
    return -proven_gain(one), -one.lift, -one.orders, one.antecedent


@algorithm(
    reads=("rule.*",),
    reference="Wilson 1927 (JASA 22(158)): score interval of a share; added value: Sahar & Mansour 1999",
)
def proven_gain(one: ProductRule) -> float:
    """Returns how much the antecedent raises the share of orders with the consequent, as far as the orders prove it.

    It is the lower end of the 95 % Wilson interval of the confidence, less the share of all orders that have the
    consequent. Few orders make the interval wide, and a product that is in most orders leaves little to gain.

    >>> from algorithms.rules import rule
    >>> round(proven_gain(rule(["camera"], ["light"], both=40, left=50, right=45, of=500)), 3)
    0.58
    >>> round(proven_gain(rule(["camera"], ["commissioning"], both=40, left=50, right=385, of=500)), 3)
    -0.1
    """
    left, share = one.antecedent_orders, one.confidence
    center = share + _Z * _Z / (2 * left)
    spread = _Z * sqrt(share * (1 - share) / left + _Z * _Z / (4 * left * left))
    return (center - spread) / (1 + _Z * _Z / left) - one.consequent_orders / one.baskets
