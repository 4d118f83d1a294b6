"""The products of all orders, and those of one account."""

from __future__ import annotations

from functools import lru_cache

from graph.models.account import Account
from graph.query.availability import unavailable
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import call
from graph.query.selection import AccessShape, Computed


@lru_cache
def baskets(access: AccessShape) -> str:
    """Returns Cypher that reads the product ids of each readable order that was not canceled.

    The value is a map: `orders`, a list of lists of ids, and `unavailable`, the ids of products that are not suggested.
    """
    builder = CypherBuilder(access)
    products = f"MATCH (o)-[:HAS_LINE]->{builder.node('p', 'Product', labelled=False)}"
    return (
        f"MATCH {builder.node('o', 'SalesOrder')}\nWHERE o.state <> 'CANCELED'\n"
        + call("o", f"{products}\nRETURN collect(DISTINCT p.uid) AS basket")
        + "\nWITH basket WHERE size(basket) > 0\nWITH collect(basket) AS orders\n"
        + call(
            "",
            f"MATCH {builder.node('p', 'Product')}\nWHERE {unavailable('p', 'Product')}\nRETURN collect(p.uid) AS gone",
        )
        + "\nRETURN {orders: orders, unavailable: gone} AS answer"
    )


@computed(on=Account)
def purchases(builder: CypherBuilder, _: Computed, start: str) -> Figures:
    """The ids of the products that the account ordered (`owned`) or was offered in open opportunities (`proposed`)."""
    product = builder.node("p", "Product", labelled=False)
    order, opportunity = builder.node("o", "SalesOrder"), builder.node("o", "Opportunity")
    owned = (
        f"MATCH ({start})<-[:FOR_ACCOUNT]-{order}-[:HAS_LINE]->{product}\nWHERE o.state <> 'CANCELED'\n"
        "RETURN collect(DISTINCT p.uid) AS owned"
    )
    proposed = (
        f"MATCH ({start})<-[:FOR_ACCOUNT]-{opportunity}-[:HAS_LINE]->{product}\nWHERE o.state = 'OPEN'\n"
        "RETURN collect(DISTINCT p.uid) AS proposed"
    )
    return Figures([call(start, owned), call(start, proposed)], {"owned": "owned", "proposed": "proposed"})
