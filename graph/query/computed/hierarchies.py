"""The data of hierarchies over time and beside each other."""

from __future__ import annotations

from datetime import datetime

from graph.models.account import Account
from graph.models.choices import Hierarchy
from graph.query.builder import CypherBuilder, EdgePattern, Figures, computed
from graph.query.computed.subtree import period_bound
from graph.query.cypher import call, where
from graph.query.selection import Computed
from graph.query.traversals import climb
from graph.query.values import Argument
from graph.vocabulary import entity

HISTORY_ARGUMENTS = (Argument("hierarchy", Hierarchy, "The hierarchy.", Hierarchy.CRM),)
COMPARISON_ARGUMENTS = (
    Argument("a", Hierarchy, "The first hierarchy.", Hierarchy.CRM),
    Argument("b", Hierarchy, "The second hierarchy.", Hierarchy.LEGAL),
    Argument("asOf", datetime | None, "The point in time; the default is now."),
)


@computed(on=Account, args=HISTORY_ARGUMENTS)
def lineage(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """`top`: the id; `lines`: [uid, parent, begin, end] of all lines at any time below the account."""
    hierarchy = dict(selection.arguments)["hierarchy"].name
    node = builder.passed("below", "Account")
    step = f"[step:CHILD_OF WHERE step.hierarchy = ${hierarchy}]"
    begin, end = period_bound("line.validFrom"), period_bound("line.validTo")
    child = builder.node("child", "Account", labelled=False)
    clauses = [
        # One path for each account: after many moves there are far more paths than accounts.
        f"MATCH ANY SHORTEST ({start}) (()<-{step}-{node})* (reached)",
        f"WITH {start}, reached AS parent",
        f"OPTIONAL MATCH (parent)<-[line:CHILD_OF WHERE line.hierarchy = ${hierarchy}]-{child}",
        f"WITH {start}, collect(CASE WHEN child IS NOT NULL THEN [child.uid, parent.uid, {begin}, {end}] END) AS lines",
    ]
    return Figures(clauses, {"top": f"{start}.uid", "lines": "lines"})


@computed(on=Account, args=COMPARISON_ARGUMENTS)
def parents(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """`parents`: [uid, name, parent, parent] of the accounts below the account whose parents differ."""
    arguments = dict(selection.arguments)
    at = arguments.get("asOf")
    below, above = [], []
    link = entity("Account").links["parent"]
    for name in ("a", "b"):
        way = EdgePattern(start, builder.fresh("r"), "account", at, arguments[name])
        below.append(f"MATCH {climb(builder, False, way, '+')}\nRETURN DISTINCT account")
        hop = EdgePattern("account", builder.fresh("e"), builder.fresh("x"), at, arguments[name])
        pattern, rules = builder.hop(link, "Account", hop)
        found = f"OPTIONAL MATCH {pattern}{where(rules)}\nRETURN min({hop.end}.uid) AS parent_{name}"
        above.append(call("account", found))
    clauses = [
        call(start, "\nUNION\n".join(below)),
        f"WITH {start}, account WHERE account <> {start}",
        *above,
        "WITH account, parent_a, parent_b WHERE coalesce(parent_a, '') <> coalesce(parent_b, '')",
        "WITH collect([account.uid, account.name, parent_a, parent_b]) AS parents",
    ]
    return Figures(clauses, {"parents": "parents"})
