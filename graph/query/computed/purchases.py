"""The products of all orders, and those of one account."""

from __future__ import annotations

from functools import lru_cache

from graph.models.account import Account
from graph.query.access_shape import AccessShape
from graph.query.builder import CypherBuilder, EdgePattern, Figures, computed
from graph.query.computed.holdings import HIERARCHY
from graph.query.computed.reporting import selects
from graph.query.cypher import call
from graph.query.selection import Computed, Part, Slot
from graph.query.traversals import climb


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


@computed(on=Account, args=(HIERARCHY,))
def purchases(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """The ids of the products that the account ordered (`owned`) or was offered in open opportunities (`proposed`).

    If they are selected, `siblings` are pairs of another account of the group and the products that it ordered.
    """
    product = builder.node("p", "Product", labelled=False)
    opportunity = builder.node("o", "Opportunity")
    owned = (
        f"MATCH ({start})<-[:FOR_ACCOUNT]-{_order(builder)}-[:HAS_LINE]->{product}\nWHERE o.state <> 'CANCELED'\n"
        "RETURN collect(DISTINCT p.uid) AS owned"
    )
    proposed = (
        f"MATCH ({start})<-[:FOR_ACCOUNT]-{opportunity}-[:HAS_LINE]->{product}\nWHERE o.state = 'OPEN'\n"
        "RETURN collect(DISTINCT p.uid) AS proposed"
    )
    clauses = [call(start, owned), call(start, proposed)]
    values: dict[str | Part, str] = {"id": f"{start}.uid", "owned": "owned", "proposed": "proposed", "siblings": "[]"}
    if selects(selection.parts, "siblings"):
        clauses.append(call(start, _siblings(builder, start, dict(selection.arguments)["hierarchy"])))
        values["siblings"] = "siblings"
    values["similar"] = str(selects(selection.parts, "similarAccounts")).lower()
    return Figures(clauses, values)


def _order(builder: CypherBuilder) -> str:
    return builder.node("o", "SalesOrder")


def _siblings(builder: CypherBuilder, start: str, hierarchy: Slot) -> str:
    """Returns Cypher that binds the other accounts below the top of the group, and the products that they ordered."""
    up = EdgePattern(start, builder.fresh("r"), "top", hierarchy=hierarchy)
    down = EdgePattern("top", builder.fresh("r"), "sibling", hierarchy=hierarchy)
    product = builder.node("p", "Product", labelled=False)
    member = down.end
    return (
        f"MATCH {climb(builder, True, up)}\n"
        f"WITH {start}, top, size({up.edge}) AS levels ORDER BY levels DESC, top.uid LIMIT 1\n"
        f"MATCH {climb(builder, False, down)}\nWITH DISTINCT {start}, {member} WHERE {member} <> {start}\n"
        f"MATCH ({member})<-[:FOR_ACCOUNT]-{_order(builder)}-[:HAS_LINE]->{product}\nWHERE o.state <> 'CANCELED'\n"
        f"WITH {member}, collect(DISTINCT p.uid) AS products\nRETURN collect([{member}.uid, products]) AS siblings"
    )
