"""Association rules between products."""

from __future__ import annotations

from typing import Any

from algorithms.rules import LONGEST, ProductRule, TooManySetsError
from algorithms.rules import product_rules as rules_of
from graph.errors import TooExpensive
from graph.query.computed.purchases import baskets
from graph.query.values import Argument
from schema.insights.registry import QUERY, always, insight
from schema.request import Request


@insight(
    on=QUERY,
    args=(
        Argument("minOrders", int, "The minimum number of orders that contain all products of the rule.", 1, 1),
        Argument("minSupport", float, "The minimum support, 0 to 1.", 0.0, 0, 1),
        Argument("minConfidence", float, "The minimum confidence, 0 to 1.", 0.0, 0, 1),
        Argument("minLift", float | None, "The minimum lift; the default is no minimum.", None, 0),
        Argument("maxLength", int, "The maximum number of products in a rule.", 2, 2, LONGEST),
        Argument("first", int, "The maximum number of rules.", 50, 0, 10_000, page=True),
    ),
    reads=lambda request, _, **__: request.bound("baskets", baskets(request.access.shape)),
    threaded=always,
)
def product_rules(
    orders: list[list[str]],
    _: Request,
    *,
    minOrders: int,
    minSupport: float,
    minConfidence: float,
    minLift: float | None,
    maxLength: int,
    first: int,
) -> list[ProductRule]:
    """Association rules: the products that are bought together, computed exactly over all orders; highest lift first.

    A minimum confidence of 0.8 means count(A and C) >= 0.8 * count(A).
    """
    if first == 0:
        return []
    minimums: dict[str, Any] = {"min_support": minSupport, "min_confidence": minConfidence, "min_lift": minLift}
    try:
        return rules_of(orders, min_orders=minOrders, max_length=maxLength, first=first, **minimums)
    except TooManySetsError as error:
        raise TooExpensive(
            "Too many sets of products are bought together often enough.",
            remedy="Use a higher minOrders, minSupport or minConfidence, or a lower maxLength.",
        ) from error
