"""Cross-selling: the products that an account might buy next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from algorithms.cross_sell import LEAST_ORDERS, CrossSell, RuleIndex
from algorithms.cross_sell import cross_sell as best_offers
from algorithms.rules import product_rules
from graph.query.computed.purchases import baskets, purchases
from graph.query.values import Argument
from schema.insights.registry import SharedRead, insight
from schema.request import Request


def rule_index(sold: Mapping[str, Any]) -> RuleIndex:
    """The rules over all orders, without those for products that are not suggested."""
    return RuleIndex(product_rules(sold["orders"], min_orders=LEAST_ORDERS), without=frozenset(sold["unavailable"]))


@insight(
    on="Account",
    args=(Argument("first", int, "The maximum number of products.", 5, 0, 1000, page=True),),
    reads=purchases,
    shares=SharedRead(lambda request: request.bound("baskets", baskets(request.access.shape)), rule_index),
)
def cross_sell(bought: Mapping[str, Any], _: Request, rules: RuleIndex, *, first: int) -> list[CrossSell]:
    """Products that are often bought with the products of this account, and that it does not have; best first."""
    return best_offers(bought["owned"], rules, proposed=bought["proposed"], first=first) if first else []
