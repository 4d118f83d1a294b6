"""What is bought together, as read: every order's products, and what one account has and is offered."""

from __future__ import annotations

from graph.compile.match import Writer
from graph.compile.rows import computed
from graph.compile.text import call, where
from graph.selection import Computed, Scope


def baskets(scope: Scope) -> str:
    """Text that reads the ids of the products of each visible order that was not called off, as a list of lists."""
    writer = Writer(scope)
    orders = ["o.state <> 'CANCELED'", *writer.visible("o", "SalesOrder")]
    return (
        f"MATCH (o:SalesOrder){where(orders)}\n"
        + call("o", f"MATCH (o)-[:HAS_LINE]->(p){where(writer.visible('p', 'Product'))}\nRETURN collect(DISTINCT p.uid) AS basket")
        + "\nWITH basket WHERE size(basket) > 0\nRETURN collect(basket) AS answer"
    )


@computed("Account.crossSell")
def cross_sell(writer: Writer, asked: Computed, start: str) -> str:
    """`owned`: the ids of products the account ordered; `proposed`: those in its open opportunities."""
    product = writer.visible("p", "Product")
    orders = ["o.state <> 'CANCELED'", *writer.visible("o", "SalesOrder"), *product]
    deals = ["o.state = 'OPEN'", *writer.visible("o", "Opportunity"), *product]
    bought = f"MATCH ({start})<-[:FOR_ACCOUNT]-(o:SalesOrder)-[:HAS_LINE]->(p){where(orders)}\nRETURN collect(DISTINCT p.uid) AS owned"
    offered = f"MATCH ({start})<-[:FOR_ACCOUNT]-(o:Opportunity)-[:HAS_LINE]->(p){where(deals)}\nRETURN collect(DISTINCT p.uid) AS proposed"
    return f"{call(start, bought)}\n{call(start, offered)}\nRETURN {{owned: owned, proposed: proposed}}"
