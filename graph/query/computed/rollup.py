"""The hierarchy rollup: figures over an account and all accounts below it; each record counts once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from graph.models.account import Account
from graph.models.choices import Described, Hierarchy
from graph.query.builder import CypherBuilder, EdgePattern, Figures, computed
from graph.query.computed.speaking import last_spoke
from graph.query.cypher import call, where
from graph.query.party_ties import known
from graph.query.projection import project_value
from graph.query.selection import Computed, Part, Slot
from graph.query.traversals import account_timeline, climb
from graph.query.values import Argument, Money
from graph.query.withheld import withheld
from graph.vocabulary import entity


class RollupSemantics(Described):
    """The part of each account's figures that a rollup counts."""

    FULL = "All figures of the account and of every account below it."


_KNOWN = "The number of these people to whom one of our users has a tie of at least 40."
_WITHHELD = (
    "The number of accounts, people, opportunities, orders and activities that you may not read; no figure counts them."
)
_SPOKE = "The latest meeting or call with their people, or email from them, while they worked there."


@dataclass(frozen=True, slots=True)
class AccountRollupShare:
    """A part of a rollup: the account's own figures, or those of a direct child with the accounts below it."""

    account: Annotated[Account, "The account of the part."]
    own: Annotated[bool, "True for the account's own part, without the accounts below it."]
    won: Annotated[Money, "The value of the won opportunities, in the base currency."]
    open_pipeline: Annotated[Money, "The estimated value of the open opportunities, in the base currency."]
    accounts: Annotated[int, "The number of accounts in the part."]
    contacts: Annotated[int, "The number of people who work at any of the accounts; each counts once."]
    known: Annotated[int, _KNOWN]
    last_spoke_at: Annotated[datetime | None, _SPOKE]


@dataclass(frozen=True, slots=True)
class AccountRollup:
    """Live figures over an account and all accounts below it in a hierarchy; each record counts once."""

    accounts: Annotated[int, "The number of accounts, including the account itself."]
    depth: Annotated[int, "The number of levels below the account; 0 without a child."]
    contacts: Annotated[int, "The number of people who work at any of the accounts; each counts once."]
    known: Annotated[int, _KNOWN]
    open_opportunities: Annotated[int, "The number of open opportunities."]
    open_pipeline: Annotated[Money, "The estimated value of the open opportunities, in the base currency."]
    weighted_pipeline: Annotated[
        Money, "The estimated value times the probability of each, rounded half even to minor units, then summed."
    ]
    won_opportunities: Annotated[int, "The number of won opportunities."]
    won: Annotated[Money, "The value of the won opportunities, in the base currency."]
    win_rate: Annotated[float | None, "Won divided by won and lost; null if no opportunity was decided."]
    ordered: Annotated[Money, "The value of all orders that were not canceled, in the base currency."]
    interactions: Annotated[
        int,
        "The completed activities with the accounts, or with their people while they worked there; each counts once.",
    ]
    last_interaction_at: Annotated[datetime | None, "The time of the latest of these activities."]
    last_spoke_at: Annotated[datetime | None, _SPOKE]
    withheld: Annotated[int, _WITHHELD]
    by_child: Annotated[
        list[AccountRollupShare],
        "The account's own figures, and those of each direct child with the accounts below; they add up to the total.",
    ]


_OPEN, _WON, _LOST = "o.state = 'OPEN'", "o.state = 'WON'", "o.state = 'LOST'"

# Every figure over the opportunities, as an aggregate over each opportunity `o` once.
OPPORTUNITIES = {
    "openOpportunities": f"sum(CASE WHEN {_OPEN} THEN 1 ELSE 0 END)",
    "openPipeline": f"sum(CASE WHEN {_OPEN} THEN o.estimatedValueBase END)",
    "weightedPipeline": (
        f"sum(CASE WHEN {_OPEN} THEN "
        "toInteger(round(o.estimatedValueBase * o.closeProbability / 100.0, 0, 'HALF_EVEN')) END)"
    ),
    "wonOpportunities": f"sum(CASE WHEN {_WON} THEN 1 ELSE 0 END)",
    "won": f"sum(CASE WHEN {_WON} THEN o.actualValueBase END)",
    "lostOpportunities": f"sum(CASE WHEN {_LOST} THEN 1 ELSE 0 END)",
}
NEEDS = {"winRate": ("wonOpportunities", "lostOpportunities")}
_INTERACTIONS = {"interactions": "count(a)", "lastInteractionAt": "max(a.startedAt)"}
_FIGURES = {
    *OPPORTUNITIES,
    *_INTERACTIONS,
    "accounts",
    "depth",
    "winRate",
    "contacts",
    "known",
    "ordered",
    "lastSpokeAt",
}


class AccountFigures:
    """The accounts of a tree and the figures over them, each under a variable of its own."""

    def __init__(self, builder: CypherBuilder, at: Slot | None) -> None:
        self._builder = builder
        self._at = at
        self._names: dict[str, str] = {}
        self.members = builder.fresh("t")
        self.depth = builder.fresh("f")

    def tree(self, start: str, hierarchy: Slot, depth: bool) -> str:
        """Returns clauses that bind the accounts of the tree below `start`, and its depth."""
        way = EdgePattern(start, self._builder.fresh("r"), self._builder.fresh("d"), self._at, hierarchy)
        deepest = f", max(size({way.edge})) AS {self.depth}" if depth else ""
        return f"MATCH {climb(self._builder, False, way)}\nWITH collect(DISTINCT {way.end}) AS {self.members}{deepest}"

    def subqueries(self, wanted: frozenset[str]) -> list[str]:
        """Returns subqueries that bind each requested figure."""
        unwind = f"UNWIND {self.members} AS m\n"
        parts = []
        deals = sorted(wanted & OPPORTUNITIES.keys())
        if deals:
            aggregates = ", ".join(f"{OPPORTUNITIES[deal]} AS {self._new(deal)}" for deal in deals)
            opportunity = self._builder.node("o", "Opportunity")
            parts.append(f"{unwind}MATCH (m)<-[:FOR_ACCOUNT]-{opportunity}\nWITH DISTINCT o\nRETURN {aggregates}")
        if "contacts" in wanted:
            parts.append(f"{unwind}{self._people()}\nRETURN count(DISTINCT c) AS {self._new('contacts')}")
        if "known" in wanted:
            those = known(self._builder, "c", self._at)
            parts.append(f"{unwind}{self._people()}\nWITH DISTINCT c\n{those}\nRETURN count(c) AS {self._new('known')}")
        if "lastSpokeAt" in wanted:
            spoke = call("m", last_spoke(self._builder, "m", self._at, "spoke"))
            parts.append(f"{unwind}{spoke}\nRETURN max(spoke) AS {self._new('lastSpokeAt')}")
        if "ordered" in wanted:
            parts.append(f"{unwind}{self._ordered()}")
        interactions = sorted(wanted & _INTERACTIONS.keys())
        if interactions:
            parts.append(f"{unwind}{self._interactions(interactions)}")
        return [call(self.members, part) for part in parts]

    def records(self, record: str, *, activities: bool) -> str:
        """Returns clauses that bind in each row an account of the tree, or a record that its figures count."""
        deal = self._builder.node(record, "Opportunity")
        found = [
            f"RETURN m AS {record}",
            f"{self._people()}\nRETURN c AS {record}",
            f"MATCH (m)<-[:FOR_ACCOUNT]-{deal}\nRETURN {record}",
            f"{self._orders(record)}\nRETURN {record}",
        ]
        if activities:
            found.append(f"{self._completed()}\nRETURN a AS {record}")
        union = "\nUNION ALL\n".join(found)
        return f"UNWIND {self.members} AS m\n{call('m', union)}"

    def _new(self, figure: str) -> str:
        self._names[figure] = self._builder.fresh("f")
        return self._names[figure]

    def _people(self) -> str:
        works = entity("Account").links["contacts"].model
        contact = self._builder.node("c", "Contact", labelled=False)
        return (
            f"MATCH (m)<-[w:WORKS_AT]-{contact}{where(self._builder.validity_predicates('w', works, self._at, None))}"
        )

    def _orders(self, variable: str) -> str:
        order = self._builder.node(variable, "SalesOrder")
        return f"MATCH (m)<-[:FOR_ACCOUNT]-{order}\nWHERE {variable}.state <> 'CANCELED'"

    def _ordered(self) -> str:
        orders, product = self._orders("o"), self._builder.passed("p", "Product")
        lines = call("o", f"MATCH (o)-[l:HAS_LINE]->{product}\nRETURN sum(l.extendedAmountBase) AS lined")
        return (
            f"{orders}\nWITH DISTINCT o\n"
            f"{lines}\nRETURN sum(coalesce(o.totalAmountBase, lined)) AS {self._new('ordered')}"
        )

    def _completed(self) -> str:
        moment = "$now" if self._at is None else f"${self._at.name}"
        timeline = account_timeline(self._builder, EdgePattern("m", self._builder.fresh("e"), "a"))
        return f"{timeline}\nWHERE a.status = 'COMPLETED' AND a.startedAt <= {moment}"

    def _interactions(self, wanted: list[str]) -> str:
        return (
            f"{self._completed()}\nWITH DISTINCT a\n"
            f"RETURN {', '.join(f'{_INTERACTIONS[one]} AS {self._new(one)}' for one in wanted)}"
        )

    def number(self, figure: str) -> str:
        """Returns the expression of a figure; money is in minor units of the base currency."""
        if figure == "accounts":
            return f"size({self.members})"
        if figure == "depth":
            return self.depth
        if figure == "winRate":
            won, lost = self._names["wonOpportunities"], self._names["lostOpportunities"]
            return f"CASE WHEN {won} + {lost} > 0 THEN toFloat({won}) / ({won} + {lost}) END"
        return self._names[figure]

    def numbers(self, parts: tuple[Part, ...]) -> dict[str | Part, str]:
        """Returns the expressions of the requested figures."""
        return {part.name: self.number(part.name) for part in parts if part.name in _FIGURES}


def withheld_below(
    builder: CypherBuilder, start: str, at: Slot | None, hierarchy: Slot, *, activities: bool
) -> tuple[list[str], str]:
    """Returns subqueries for the records that figures over a tree would count and the caller may not read."""

    def found(each: CypherBuilder, record: str) -> str:
        figures = AccountFigures(each, at)
        tree = figures.tree(start, hierarchy, depth=False)
        return f"{tree}\n{figures.records(record, activities=activities)}"

    return withheld(builder, start, found)


def _wanted(parts: tuple[Part, ...]) -> frozenset[str]:
    names = {part.name for part in parts}
    return frozenset(names.union(*(NEEDS.get(one, ()) for one in names)))


def _share(
    builder: CypherBuilder, figures: AccountFigures, part: Part, account: str, own: bool
) -> tuple[list[str], str]:
    values: dict[str | Part, str] = {
        **figures.numbers(part.parts),
        "account": account,
        "own": "true" if own else "false",
    }
    return project_value(builder, part.parts, AccountRollupShare, values)


def _by_child(
    builder: CypherBuilder, part: Part, start: str, answer: str, at: Slot | None, hierarchy: Slot
) -> list[str]:
    """Returns subqueries that bind as `answer` the account's own row and one for each direct child's tree."""
    wanted = _wanted(part.parts)
    children = entity("Account").links["children"]
    way = EdgePattern(start, builder.fresh("e"), builder.fresh("n"), at, hierarchy)
    own, rest = builder.fresh("a"), builder.fresh("a")
    pattern, rules = builder.hop(children, "Account", way)
    figures = AccountFigures(builder, at)
    tree = call(way.end, f"{figures.tree(way.end, hierarchy, False)}\nRETURN {figures.members}")
    subqueries = figures.subqueries(wanted)
    before, expression = _share(builder, figures, part, way.end, False)
    below = [
        f"MATCH {pattern}{where(rules)}",
        f"WITH {way.end} ORDER BY {way.end}.name, {way.end}.uid",
        tree,
        *subqueries,
        *before,
        f"RETURN collect({expression}) AS {rest}",
    ]
    figures = AccountFigures(builder, at)
    itself = f"WITH {start}, [{start}] AS {figures.members}"
    subqueries = figures.subqueries(wanted)
    before, expression = _share(builder, figures, part, start, True)
    alone = [itself, *subqueries, *before, f"RETURN {expression} AS {own}"]
    return [
        call(start, "\n".join(alone)),
        call(start, "\n".join(below)),
        f"WITH *, [{own}] + {rest} AS {answer}",
    ]


@computed(
    on=Account,
    returns=AccountRollup,
    args=(
        Argument("hierarchy", Hierarchy, "The hierarchy.", Hierarchy.CRM),
        Argument("semantics", RollupSemantics, "The part of each account's figures that counts.", RollupSemantics.FULL),
        Argument("asOf", datetime | None, "The point in time; the default is now."),
    ),
)
def rollup(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """Live figures over the account and all accounts below it; each record counts once."""
    arguments = dict(selection.arguments)
    at, hierarchy = arguments.get("asOf"), arguments["hierarchy"]
    wanted = _wanted(selection.parts)
    figures = AccountFigures(builder, at)
    clauses = [figures.tree(start, hierarchy, "depth" in wanted), *figures.subqueries(wanted)]
    values = figures.numbers(selection.parts)
    for part in selection.parts:
        if part.name == "byChild":
            answer = builder.fresh("a")
            clauses += _by_child(builder, part, start, answer, at, hierarchy)
            values[part] = answer
        elif part.name == "withheld":
            counts, values[part.name] = withheld_below(builder, start, at, hierarchy, activities=True)
            clauses += counts
    return Figures(clauses, values)
