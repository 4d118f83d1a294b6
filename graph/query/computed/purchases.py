"""The products of all orders, and those of one account."""

from __future__ import annotations

from functools import lru_cache

from graph.models.account import Account
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import call
from graph.query.selection import AccessShape, Computed


@lru_cache
def baskets(access: AccessShape) -> str:
    """Returns Cypher that reads the product ids of each readable order that was not canceled, as a list of lists."""
    builder = CypherBuilder(access)
    products = f"MATCH (o)-[:HAS_LINE]->{builder.node('p', 'Product', labelled=False)}"
    return (
        f"MATCH {builder.node('o', 'SalesOrder')}\nWHERE o.state <> 'CANCELED'\n"
        + call("o", f"{products}\nRETURN collect(DISTINCT p.uid) AS basket")
        + "\nWITH basket WHERE size(basket) > 0\nRETURN collect(basket) AS answer"
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
