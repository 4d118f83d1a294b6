"""What to offer a customer next: rules whose left side it bought, for products it does not have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from algorithms.registry import algorithm
from algorithms.rules import Rule

LEAST_ORDERS = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One product to offer: its score (0 to 1), the rules that speak for it, strongest first, and the baskets counted.

    `score` is the confidence of the strongest rule: of the orders with everything on its left side, the share that
    held the product too.
    """

    product: str
    score: float
    rules: tuple[Rule, ...]
    n: int


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """Rules filed under that product of their left side which the fewest rules name: each customer meets few in vain.

    Build it once for many customers. Rules below `min_orders` are no evidence; rules with a lift of 1 or less say that
    the left side does not make the product more likely, however high their confidence; both are left out.
    """

    rules: Iterable[Rule]
    min_orders: int = LEAST_ORDERS
    by_product: dict[str, list[Rule]] = field(init=False)

    def __post_init__(self) -> None:
        chosen = [
            one
            for one in self.rules
            if one.orders >= self.min_orders
            and one.orders * one.baskets > one.antecedent_orders * one.consequent_orders
        ]
        named: defaultdict[str, int] = defaultdict(int)
        for one in chosen:
            for product in one.antecedent:
                named[product] += 1
        by_product: defaultdict[str, list[Rule]] = defaultdict(list)
        for one in chosen:
            by_product[min(one.antecedent, key=lambda product: (named[product], product))].append(one)
        object.__setattr__(self, "rules", tuple(chosen))
        object.__setattr__(self, "by_product", dict(by_product))


@algorithm(
    reads=("account.products", "rule.*"),
    reference="design formulas §8; recommendation by rules: Sarwar et al. 2000 (ACM EC'00)",
)
def cross_sell(owned: Collection[str], rules: RuleIndex, *, first: int = 5) -> list[Suggestion]:
    """The products to offer to a customer, best first: score, then the strongest rule's lift and orders, then the id.

    A rule speaks for its product when the customer has everything on its left side and not the product. Rules are
    ordered by confidence, lift, orders, then the ids on the left side; the strongest gives the score.

    Args:
        owned: the products the customer bought or has.
        rules: the rules of `product_rules`, indexed.
        first: how many products, 1 or more.

    Returns:
        at most `first` suggestions; none when nothing the customer bought says enough.

    Raises:
        ValueError: `first` is below 1.

    >>> from algorithms.rules import product_rules
    >>> orders = [["crm", "bi"]] * 3 + [["crm"], ["erp"], ["erp", "crm"]]
    >>> [(one.product, one.score, one.n) for one in cross_sell({"crm"}, RuleIndex(product_rules(orders)))]
    [('bi', 0.6, 6)]
    """
    if first < 1:
        raise ValueError(f"first is {first}; ask for one product at least")
    has = frozenset(owned)
    speaking: defaultdict[str, list[Rule]] = defaultdict(list)
    for product in has:
        for one in rules.by_product.get(product, ()):
            if one.consequent[0] not in has and has.issuperset(one.antecedent):
                speaking[one.consequent[0]].append(one)
    found = []
    for product, evidence in speaking.items():
        strongest = tuple(sorted(evidence, key=_strength))
        found.append(Suggestion(product, strongest[0].confidence, strongest, strongest[0].baskets))
    return sorted(found, key=lambda one: (_strength(one.rules[0])[:3], one.product))[:first]


def _strength(one: Rule) -> tuple[float, float, int, tuple[str, ...]]:
    return -one.confidence, -one.lift, -one.orders, one.antecedent
