"""The data of a tree of accounts: each account with its parent, its name and its own figures."""

from __future__ import annotations

from datetime import datetime

from graph.models.account import Account
from graph.models.choices import Described, Hierarchy
from graph.query.builder import CypherBuilder, EdgePattern, Figures, computed
from graph.query.computed.reporting import selects
from graph.query.computed.rollup import OPPORTUNITIES, AccountFigures, withheld_below
from graph.query.cypher import call, where
from graph.query.selection import Computed, Part, Slot
from graph.query.traversals import climb
from graph.query.values import Argument
from graph.vocabulary import entity


class TreeMeasure(Described):
    """The order of siblings in a tree of accounts, which is then that of their names."""

    WON = "The value of the won opportunities, the largest first."
    OPEN_PIPELINE = "The estimated value of the open opportunities, the largest first."
    WEIGHTED_PIPELINE = "The weighted value of the open opportunities, the largest first."
    ORDERED = "The value of the orders that were not canceled, the largest first."
    ACCOUNTS = "The number of accounts, the largest first."
    NAME = "The name."


FIGURES = ("openOpportunities", "openPipeline", "weightedPipeline", "wonOpportunities", "won", "ordered")
"""The figures of an account alone that add up over a tree."""
MEASURES = {
    "WON": "won",
    "OPEN_PIPELINE": "openPipeline",
    "WEIGHTED_PIPELINE": "weightedPipeline",
    "ORDERED": "ordered",
}
"""The figure of each measure that has one."""

TREE_ARGUMENTS = (
    Argument("hierarchy", Hierarchy, "The hierarchy.", Hierarchy.CRM),
    Argument("asOf", datetime | None, "The point in time; the default is now."),
    Argument("measure", TreeMeasure, "The order of siblings.", TreeMeasure.WON),
)


def period_bound(time: str) -> str:
    """Returns the expression of a time in microseconds since 1970, rounded up as in columns."""
    return f"{time}.epochSeconds * 1000000 + ({time}.nanosecond + 999) / 1000"


@computed(on=Account, args=TREE_ARGUMENTS)
def subtree(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """`top`: the id; `accounts`: [uid, lines, name, figures, people]; a line is [depth, parent, since].

    The figures are in the order of `FIGURES`. `withheld`: the number of hidden records, if selected.
    """
    arguments = dict(selection.arguments)
    at = arguments.get("asOf")
    wanted = frozenset(one for one in (*FIGURES, "contacts") if selects(selection.parts, one))
    way = EdgePattern(start, builder.fresh("r"), "account", at, arguments["hierarchy"])
    clauses = [
        f"MATCH {climb(builder, False, way)}",
        f"WITH {start}, account, last({way.edge}) AS line, size({way.edge}) AS depth",
        f"WITH {start}, account, collect([depth, endNode(line).uid, {period_bound('line.validFrom')}]) AS lines",
    ]
    values = _figures(builder, clauses, wanted, arguments["measure"], at)
    people = "[]"
    if "contacts" in wanted:
        people = "people"
        contact = builder.node("c", "Contact", labelled=False)
        rules = builder.validity_predicates("w", entity("Account").links["contacts"].model, at, None)
        clauses.append(
            call("account", f"MATCH (account)<-[w:WORKS_AT]-{contact}{where(rules)}\nRETURN collect(c.uid) AS people")
        )
    row = f"[account.uid, lines, account.name, [{', '.join(values)}], {people}]"
    clauses.append(f"WITH {start}, collect({row}) AS accounts")
    found: dict[str | Part, str] = {"top": f"{start}.uid", "accounts": "accounts"}
    if selects(selection.parts, "withheld"):
        counts, found["withheld"] = withheld_below(builder, start, at, arguments["hierarchy"], activities=False)
        clauses += counts
    return Figures(clauses, found)


def _figures(
    builder: CypherBuilder, clauses: list[str], wanted: frozenset[str], measure: Slot, at: Slot | None
) -> list[str]:
    """Adds the subqueries of the figures that are needed; returns the expressions of all figures."""
    values = dict.fromkeys(FIGURES, "null")
    for group in (frozenset(FIGURES) & OPPORTUNITIES.keys(), frozenset(FIGURES) - OPPORTUNITIES.keys()):
        figures = AccountFigures(builder, at)
        measures = [one for one, figure in MEASURES.items() if figure in group]
        needed = (
            "[account]" if group & wanted else f"CASE WHEN ${measure.name} IN {measures} THEN [account] ELSE [] END"
        )
        clauses.append(f"WITH *, {needed} AS {figures.members}")
        clauses += figures.subqueries(group)
        values.update({one: figures.number(one) for one in group})
    return list(values.values())
