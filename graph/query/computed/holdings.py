"""The sales to the accounts of a group by product, and the orders of all accounts."""

from __future__ import annotations

from functools import lru_cache

from graph.collation import SUFFIX
from graph.models.account import Account
from graph.models.choices import Hierarchy
from graph.models.relationships import HasNoUseFor
from graph.query.access_shape import AccessShape
from graph.query.availability import unavailable
from graph.query.builder import CypherBuilder, EdgePattern, Figures, computed
from graph.query.cypher import call, where
from graph.query.selection import Computed
from graph.query.traversals import climb
from graph.query.values import Argument
from graph.vocabulary import entity

HIERARCHY = Argument("hierarchy", Hierarchy, "The hierarchy.", Hierarchy.CRM)


@lru_cache
def sold(access: AccessShape) -> str:
    """Returns Cypher that reads the lines of each readable order that was not canceled, and the catalogue.

    The value is a map: `orders`, a list of pairs of an account (null if it is unknown) and its lines, which are pairs
    of a product and an amount in the base currency; and `products`, the columns of `algorithms.sales.Listed`.
    """
    builder = CypherBuilder(access)
    product = builder.node("p", "Product", labelled=False)
    account = builder.node("a", "Account", labelled=False)
    return "\n".join(
        [
            f"MATCH {builder.node('o', 'SalesOrder')}",
            "WHERE o.state <> 'CANCELED'",
            call("o", f"MATCH (o)-[l:HAS_LINE]->{product}\nRETURN collect([p.uid, l.extendedAmountBase]) AS lines"),
            "WITH o, lines WHERE size(lines) > 0",
            call("o", f"OPTIONAL MATCH (o)-[:FOR_ACCOUNT]->{account}\nRETURN min(a.uid) AS account"),
            "WITH collect([account, lines]) AS orders",
            call("", f"{_listed(builder)} AS products"),
            "RETURN {orders: orders, products: products} AS answer",
        ]
    )


@lru_cache
def catalogue(access: AccessShape) -> str:
    """Returns Cypher that reads the readable products: the columns of `algorithms.sales.Listed`, in no order."""
    return f"{_listed(CypherBuilder(access))} AS answer"


def _listed(builder: CypherBuilder) -> str:
    family = builder.node("f", "Product")
    families = call("p", f"OPTIONAL MATCH (p)-[:CHILD_OF]->{family}\nRETURN min(f.uid) AS family")
    return (
        f"MATCH {builder.node('p', 'Product')}\n{families}\nRETURN collect([p.uid, p.name, p.productNumber, "
        f"coalesce(p.structure = 'FAMILY', false), family, NOT ({unavailable('p', 'Product')})])"
    )


@computed(on=Account, args=(HIERARCHY,))
def holdings(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """The accounts of the group (`members`), their lines by product (`sales`), and their dismissals (`dismissed`)."""
    hierarchy = dict(selection.arguments)["hierarchy"]
    way = EdgePattern(start, builder.fresh("r"), "m", hierarchy=hierarchy)
    clauses = [
        f"MATCH {climb(builder, False, way)}",
        f"WITH DISTINCT m, CASE WHEN size({way.edge}) > 0 THEN endNode(last({way.edge})).uid END AS above",
        f"WITH m, above ORDER BY m.name{SUFFIX}, m.uid, above",
        "WITH collect([m.uid, above]) AS members, collect(DISTINCT m) AS accounts",
        call("accounts", _lines(builder, "SalesOrder", "ordered")),
        call("accounts", _lines(builder, "Opportunity", "offered")),
        call("accounts", _dismissed(builder)),
    ]
    return Figures(clauses, {"members": "members", "sales": "ordered + offered", "dismissed": "dismissed"})


# The kind of a line by the state of its record, and the condition on that state.
_KINDS = {
    "SalesOrder": ("CASE o.state WHEN 'CANCELED' THEN 'CANCELED' ELSE 'BOUGHT' END", ""),
    "Opportunity": ("o.state", "\nWHERE o.state IN ['OPEN', 'LOST']"),
}


def _lines(builder: CypherBuilder, label: str, answer: str) -> str:
    """Returns the amounts of the lines of orders or opportunities by account, product and kind."""
    kind, condition = _KINDS[label]
    record, product = builder.node("o", label), builder.node("p", "Product", labelled=False)
    return (
        f"UNWIND accounts AS m\nMATCH (m)<-[:FOR_ACCOUNT]-{record}-[l:HAS_LINE]->{product}{condition}\n"
        f"WITH m, p, {kind} AS kind, sum(l.extendedAmountBase) AS amount\n"
        f"RETURN collect([m.uid, p.uid, kind, amount]) AS {answer}"
    )


def _dismissed(builder: CypherBuilder) -> str:
    model = entity("Account").links["dismissedProducts"].model
    rules = where(builder.validity_predicates("n", model, None, None))
    product = builder.node("p", "Product", labelled=False)
    return (
        f"UNWIND accounts AS m\nMATCH (m)-[n:{HasNoUseFor.type}]->{product}{rules}\n"
        "RETURN collect([m.uid, p.uid, n.reason]) AS dismissed"
    )
