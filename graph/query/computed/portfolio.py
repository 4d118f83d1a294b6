"""The figures over the accounts of a user and all accounts below them; each record counts once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from graph.models.choices import Hierarchy
from graph.models.user import User
from graph.query.builder import CypherBuilder, EdgePattern, Figures, computed
from graph.query.computed.rollup import AccountFigures
from graph.query.cypher import call
from graph.query.portfolio import accounts_of
from graph.query.selection import Computed, Part
from graph.query.traversals import climb
from graph.query.values import Argument, Money


@dataclass(frozen=True, slots=True)
class UserRollup:
    """Live figures over the accounts of a user and all accounts below them; each record counts once."""

    own: Annotated[int, "The number of accounts that the user is responsible for."]
    accounts: Annotated[int, "The number of these accounts and all accounts below them."]
    open_opportunities: Annotated[int, "The number of open opportunities."]
    open_pipeline: Annotated[Money, "The estimated value of the open opportunities, in the base currency."]
    won: Annotated[Money, "The value of the won opportunities, in the base currency."]


_FIGURES = frozenset({"openOpportunities", "openPipeline", "won"})


@computed(on=User, returns=UserRollup, args=(Argument("hierarchy", Hierarchy, "The hierarchy.", Hierarchy.CRM),))
def rollup(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """Live figures over the accounts of the user and all accounts below them; each record counts once."""
    wanted = frozenset(part.name for part in selection.parts)
    figures = AccountFigures(builder, None)
    own, hierarchy = builder.fresh("f"), dict(selection.arguments)["hierarchy"]
    way = EdgePattern("mine", builder.fresh("r"), "member", None, hierarchy)
    tree = call("mine", f"MATCH {climb(builder, False, way)}\nRETURN collect(DISTINCT member) AS below")
    accounts = (
        f"{accounts_of(builder, start, 'mine')}\n{tree}\n"
        f"WITH count(mine) AS {own}, collect(below) AS trees\n"
        f"UNWIND CASE WHEN {own} = 0 THEN [[null]] ELSE trees END AS tree\nUNWIND tree AS member\n"
        f"RETURN {own}, collect(DISTINCT member) AS {figures.members}"
    )
    clauses = [call(start, accounts), *figures.subqueries(wanted & _FIGURES)]
    values: dict[str | Part, str] = {**figures.numbers(selection.parts), "own": own}
    return Figures(clauses, values)
