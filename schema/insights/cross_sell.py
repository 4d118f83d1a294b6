"""Cross-selling: the products that an account might buy next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from algorithms.cross_sell import LEAST_ORDERS, CrossSell
from algorithms.cross_sell import cross_sell as best_offers
from algorithms.sales import SalesHistory, sales_history, with_evidence
from graph.columns import Snapshot
from graph.columns.sales import SOLD, orders
from graph.query.computed.holdings import HIERARCHY, catalogue, sold
from graph.query.computed.purchases import purchases
from graph.query.values import Argument
from schema.insights.registry import SharedColumns, SharedRead, insight
from schema.request import Request


def _history(found: Mapping[str, Any]) -> SalesHistory:
    return sales_history(found["orders"], found["products"], min_orders=LEAST_ORDERS)


def _kept_history(snapshot: Snapshot, products: list[list[Any]]) -> SalesHistory:
    """The history of all orders; it is computed again after an order or a product has changed."""
    version = sorted(map(tuple, products))
    return snapshot.latest(SOLD, "sales", version, lambda: _history({"orders": orders(snapshot), "products": version}))


SALES = SharedRead(
    lambda request: request.bound("sold", sold(request.access.shape)),
    _history,
    SharedColumns(
        frozenset(model.name for model in SOLD),
        lambda request: request.bound("catalogue", catalogue(request.access.shape)),
        _kept_history,
    ),
)


@insight(
    on="Account",
    args=(
        Argument("first", int, "The maximum number of products.", 5, 0, 1000, page=True),
        HIERARCHY._replace(description="The hierarchy in which the account's siblings are found."),
    ),
    reads=purchases,
    shares=SALES,
)
def cross_sell(
    bought: Mapping[str, Any], _: Request, history: SalesHistory, *, first: int, **__: Any
) -> list[CrossSell]:
    """Products that are often bought with the products of this account, and that it does not have; best first."""
    if not first:
        return []
    offers = best_offers(bought["owned"], history.rules, proposed=bought["proposed"], first=first)
    siblings, similar = dict(bought["siblings"]), bought["similar"]
    return with_evidence(offers, bought["id"], bought["owned"], history, siblings=siblings, similar=similar)
