"""The hierarchy rollup: figures over an account and everything below it, each record once."""

from __future__ import annotations

from graph.query.builder import CypherBuilder, EdgePattern
from graph.query.cypher import call, name, quoted, where
from graph.query.projection import NUMBER, NodeRef, computed, show
from graph.query.selection import Computed, Order, Part, Slot
from graph.query.traversals import account_timeline, climb
from graph.vocabulary import entity

_OPEN, _WON, _LOST = "o.state = 'OPEN'", "o.state = 'WON'", "o.state = 'LOST'"

# Every figure over the opportunities, as an aggregate over each opportunity `o` once.
_OPPORTUNITIES = {
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
_NEEDS = {"winRate": ("wonOpportunities", "lostOpportunities")}
_MONEY = frozenset({"openPipeline", "weightedPipeline", "won", "ordered"})
_HAPPENED = {"interactions": "count(a)", "lastInteractionAt": "max(a.startedAt)"}


class _Figures:
    """The accounts of a tree and the figures over them, each under a variable of its own."""

    def __init__(self, builder: CypherBuilder, at: Slot | None) -> None:
        self._builder = builder
        self._at = at
        self._names: dict[str, str] = {}
        self.members = builder.fresh("t")
        self.depth = builder.fresh("f")

    def tree(self, start: str, hierarchy: Slot, depth: bool) -> str:
        """Clauses that leave the accounts below and with `start`, and the levels below it."""
        way = EdgePattern(start, self._builder.fresh("r"), self._builder.fresh("d"), self._at, hierarchy)
        deepest = f", max(size({way.edge})) AS {self.depth}" if depth else ""
        return f"MATCH {climb(self._builder, False, way)}\nWITH collect(DISTINCT {way.end}) AS {self.members}{deepest}"

    def subqueries(self, wanted: frozenset[str]) -> list[str]:
        """Subqueries that leave each wanted figure."""
        unwind = f"UNWIND {self.members} AS m\n"
        parts = []
        deals = sorted(wanted & _OPPORTUNITIES.keys())
        if deals:
            aggregates = ", ".join(f"{_OPPORTUNITIES[deal]} AS {self._new(deal)}" for deal in deals)
            opportunity = self._builder.node("o", "Opportunity")
            parts.append(f"{unwind}MATCH (m)<-[:FOR_ACCOUNT]-{opportunity}\nWITH DISTINCT o\nRETURN {aggregates}")
        if "contacts" in wanted:
            works = entity("Account").links["contacts"].model
            contact = self._builder.node("c", "Contact", labelled=False)
            rules = where(self._builder.validity_predicates("w", works, self._at, None))
            people = f"MATCH (m)<-[w:WORKS_AT]-{contact}{rules}"
            parts.append(f"{unwind}{people}\nRETURN count(DISTINCT c) AS {self._new('contacts')}")
        if "ordered" in wanted:
            parts.append(f"{unwind}{self._ordered()}")
        happened = sorted(wanted & _HAPPENED.keys())
        if happened:
            parts.append(f"{unwind}{self._happened(happened)}")
        return [call(self.members, part) for part in parts]

    def _new(self, figure: str) -> str:
        self._names[figure] = self._builder.fresh("f")
        return self._names[figure]

    def _ordered(self) -> str:
        order, product = self._builder.node("o", "SalesOrder"), self._builder.passed("p", "Product")
        lines = call("o", f"MATCH (o)-[l:HAS_LINE]->{product}\nRETURN sum(l.extendedAmountBase) AS lined")
        return (
            f"MATCH (m)<-[:FOR_ACCOUNT]-{order}\nWHERE o.state <> 'CANCELED'\nWITH DISTINCT o\n"
            f"{lines}\nRETURN sum(coalesce(o.totalAmountBase, lined)) AS {self._new('ordered')}"
        )

    def _happened(self, wanted: list[str]) -> str:
        moment = "$now" if self._at is None else f"${self._at.name}"
        timeline = account_timeline(self._builder, EdgePattern("m", self._builder.fresh("e"), "a"))
        return (
            f"{timeline}\nWHERE a.status = 'COMPLETED' AND a.startedAt <= {moment}\nWITH DISTINCT a\n"
            f"RETURN {', '.join(f'{_HAPPENED[one]} AS {self._new(one)}' for one in wanted)}"
        )

    def number(self, figure: str) -> str:
        """A figure as a number, or a moment as it is stored; money in minor units of the base currency."""
        if figure == "accounts":
            return f"size({self.members})"
        if figure == "depth":
            return self.depth
        if figure == "winRate":
            won, lost = self._names["wonOpportunities"], self._names["lostOpportunities"]
            return f"CASE WHEN {won} + {lost} > 0 THEN toFloat({won}) / ({won} + {lost}) END"
        return self._names[figure]

    def shown(self, part: Part) -> str:
        """A figure as callers see it."""
        if part.name == "__typename":
            return quoted("AccountRollup")
        number = self.number(part.name)
        if part.name in _MONEY:
            texts = {"amount": f"{number} / $unit", "currency": "$currency", "__typename": quoted("Money")}
            return f"{{{', '.join(f'{name(inner.key)}: {texts[inner.name]}' for inner in part.parts)}}}"
        return f"toString({number})" if part.name == "lastInteractionAt" else number


def _wanted(parts: tuple[Part, ...]) -> frozenset[str]:
    names = {part.name for part in parts}
    return frozenset(names.union(*(_NEEDS.get(one, ()) for one in names)))


def _share(builder: CypherBuilder, figures: _Figures, part: Part, account: str, own: bool) -> tuple[list[str], str]:
    before, texts = [], []
    for inner in part.parts:
        if inner.row is not None:
            subqueries, expression = show(builder, inner.row, NodeRef(account, "Account"))
            before += subqueries
        elif inner.name == "own":
            expression = "true" if own else "false"
        elif inner.name == "__typename":
            expression = quoted("AccountRollupShare")
        else:
            expression = figures.shown(inner)
        texts.append(f"{name(inner.key)}: {expression}")
    return before, f"{{{', '.join(texts)}}}"


def _by_child(
    builder: CypherBuilder, part: Part, start: str, answer: str, at: Slot | None, hierarchy: Slot
) -> list[str]:
    """Subqueries that leave, as `answer`, the account's own row and one for each direct child's tree."""
    wanted = _wanted(part.parts)
    children = entity("Account").links["children"]
    way = EdgePattern(start, builder.fresh("e"), builder.fresh("n"), at, hierarchy)
    own, rest = builder.fresh("a"), builder.fresh("a")
    pattern, rules = builder.hop(children, "Account", way)
    figures = _Figures(builder, at)
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
    figures = _Figures(builder, at)
    itself = f"WITH {start}, [{start}] AS {figures.members}"
    subqueries = figures.subqueries(wanted)
    before, expression = _share(builder, figures, part, start, True)
    alone = [itself, *subqueries, *before, f"RETURN {expression} AS {own}"]
    return [
        call(start, "\n".join(alone)),
        call(start, "\n".join(below)),
        f"WITH *, [{own}] + {rest} AS {answer}",
    ]


@computed("Account.rollup")
def rollup(builder: CypherBuilder, asked: Computed, start: str) -> str:
    """The parts of a rollup that are asked for, and nothing else."""
    arguments = dict(asked.arguments)
    at, hierarchy = arguments.get("asOf"), arguments["hierarchy"]
    wanted = _wanted(asked.parts)
    figures = _Figures(builder, at)
    lines = [figures.tree(start, hierarchy, "depth" in wanted), *figures.subqueries(wanted)]
    texts = []
    for part in asked.parts:
        if part.name == "byChild":
            answer = builder.fresh("a")
            lines += _by_child(builder, part, start, answer, at, hierarchy)
            texts.append(f"{name(part.key)}: {answer}")
        else:
            texts.append(f"{name(part.key)}: {figures.shown(part)}")
    return "\n".join([*lines, f"RETURN {{{', '.join(texts)}}}"])


def rollup_number(builder: CypherBuilder, order: Order, start: str, answer: str) -> str:
    """One figure of a rollup, to sort by: money in minor units of the base currency."""
    assert order.part is not None
    wanted = _wanted((Part(order.part, order.part),))
    figures = _Figures(builder, None)
    members = figures.tree(start, dict(order.arguments)["hierarchy"], "depth" in wanted)
    return "\n".join([members, *figures.subqueries(wanted), f"RETURN {figures.number(order.part)} AS {answer}"])


NUMBER["Account.rollup"] = rollup_number
