"""What is bought together, as read: every order's products, and what one account has and is offered."""

from __future__ import annotations

from graph.query.builder import CypherBuilder
from graph.query.cypher import call, where
from graph.query.projection import computed
from graph.query.selection import AccessShape, Computed


def baskets(access: AccessShape) -> str:
    """Text that reads the ids of the products of each visible order that was not called off, as a list of lists."""
    builder = CypherBuilder(access)
    orders = ["o.state <> 'CANCELED'", *builder.access_predicates("o", "SalesOrder")]
    products = builder.access_predicates("p", "Product")
    return (
        f"MATCH (o:SalesOrder){where(orders)}\n"
        + call(
            "o",
            f"MATCH (o)-[:HAS_LINE]->(p){where(products)}\nRETURN collect(DISTINCT p.uid) AS basket",
        )
        + "\nWITH basket WHERE size(basket) > 0\nRETURN collect(basket) AS answer"
    )


@computed("Account.crossSell")
def cross_sell(builder: CypherBuilder, _: Computed, start: str) -> str:
    """`owned`: the ids of products the account ordered; `proposed`: those in its open opportunities."""
    product = builder.access_predicates("p", "Product")
    orders = ["o.state <> 'CANCELED'", *builder.access_predicates("o", "SalesOrder"), *product]
    deals = ["o.state = 'OPEN'", *builder.access_predicates("o", "Opportunity"), *product]
    line = "-[:HAS_LINE]->(p)"
    bought = f"MATCH ({start})<-[:FOR_ACCOUNT]-(o:SalesOrder){line}{where(orders)}"
    offered = f"MATCH ({start})<-[:FOR_ACCOUNT]-(o:Opportunity){line}{where(deals)}"
    ids = "RETURN collect(DISTINCT p.uid) AS"
    owned = call(start, f"{bought}\n{ids} owned")
    return f"{owned}\n{call(start, f'{offered}{chr(10)}{ids} proposed')}\nRETURN {{owned: owned, proposed: proposed}}"
