"""The hierarchy rollup: figures over an account and everything below it, each record once."""

from __future__ import annotations

from graph.compile.match import Way, Writer
from graph.compile.rows import NUMBER, Told, computed, show
from graph.compile.text import call, name, quoted, where
from graph.compile.traversals import account_timeline, climb
from graph.selection import Computed, Order, Part, Slot
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
_EXPRESSION = {
    "accounts": "size(members)",
    "winRate": (
        "CASE WHEN wonOpportunities + lostOpportunities = 0 THEN null "
        "ELSE toFloat(wonOpportunities) / (wonOpportunities + lostOpportunities) END"
    ),
    "lastInteractionAt": "toString(lastInteractionAt)",
}


def _members(writer: Writer, start: str, at: Slot | None, hierarchy: Slot, depth: bool) -> str:
    """Clauses that leave `members`, the accounts of the tree below and with `start`, and its `depth`."""
    way = Way(start, writer.fresh("r"), writer.fresh("d"), at, hierarchy)
    deepest = f", max(size({way.edge})) AS depth" if depth else ""
    return f"MATCH {climb(writer, False, way)}\nWITH collect(DISTINCT {way.end}) AS members{deepest}"


def _figures(writer: Writer, wanted: frozenset[str], at: Slot | None) -> list[str]:
    """Subqueries over `members` that leave each wanted figure under its own name."""
    parts = []
    deals = sorted(wanted & _OPPORTUNITIES.keys())
    if deals:
        aggregates = ", ".join(f"{_OPPORTUNITIES[deal]} AS {deal}" for deal in deals)
        sight = where(writer.visible("o", "Opportunity"))
        parts.append(
            f"UNWIND members AS m\nMATCH (m)<-[:FOR_ACCOUNT]-(o:Opportunity){sight}\n"
            f"WITH DISTINCT o\nRETURN {aggregates}"
        )
    if "contacts" in wanted:
        works = entity("Account").links["contacts"].model
        rules = writer.holds("w", works, at, None) + writer.visible("c", "Contact")
        parts.append(
            f"UNWIND members AS m\nMATCH (m)<-[w:WORKS_AT]-(c){where(rules)}\nRETURN count(DISTINCT c) AS contacts"
        )
    if "ordered" in wanted:
        parts.append(_ordered(writer))
    happened = sorted(wanted & {"interactions", "lastInteractionAt"})
    if happened:
        moment = "$now" if at is None else f"${at.name}"
        texts = {"interactions": "count(a)", "lastInteractionAt": "max(a.startedAt)"}
        timeline = account_timeline(writer, Way("m", writer.fresh("e"), "a"))
        parts.append(
            f"UNWIND members AS m\n{timeline}\nWHERE a.status = 'COMPLETED' AND a.startedAt <= {moment}\n"
            f"WITH DISTINCT a\nRETURN {', '.join(f'{texts[one]} AS {one}' for one in happened)}"
        )
    return [call("members", part) for part in parts]


def _ordered(writer: Writer) -> str:
    sight = ["o.state <> 'CANCELED'", *writer.visible("o", "SalesOrder")]
    hidden = writer.visible("p", "Product")
    product = f"(p){where(hidden)}" if hidden else "()"
    lines = call("o", f"MATCH (o)-[l:HAS_LINE]->{product}\nRETURN sum(l.extendedAmountBase) AS lined")
    return (
        f"UNWIND members AS m\nMATCH (m)<-[:FOR_ACCOUNT]-(o:SalesOrder){where(sight)}\nWITH DISTINCT o\n"
        f"{lines}\nRETURN sum(coalesce(o.totalAmountBase, lined)) AS ordered"
    )


def _wanted(parts: tuple[Part, ...]) -> frozenset[str]:
    names = {part.name for part in parts}
    return frozenset(names.union(*(_NEEDS.get(one, ()) for one in names)))


def _expression(part: Part) -> str:
    if part.name == "__typename":
        return quoted("AccountRollup")
    if part.name in _MONEY:
        texts = {"amount": f"{part.name} / $unit", "currency": "$currency", "__typename": quoted("Money")}
        return f"{{{', '.join(f'{name(inner.key)}: {texts[inner.name]}' for inner in part.parts)}}}"
    return _EXPRESSION.get(part.name, part.name)


def _share(writer: Writer, part: Part, account: str, own: bool) -> tuple[list[str], str]:
    before, texts = [], []
    for inner in part.parts:
        if inner.row is not None:
            subqueries, expression = show(writer, inner.row, Told(account, "Account"))
            before += subqueries
        elif inner.name == "own":
            expression = "true" if own else "false"
        elif inner.name == "__typename":
            expression = quoted("AccountRollupShare")
        else:
            expression = _expression(inner)
        texts.append(f"{name(inner.key)}: {expression}")
    return before, f"{{{', '.join(texts)}}}"


def _by_child(writer: Writer, part: Part, start: str, answer: str, at: Slot | None, hierarchy: Slot) -> list[str]:
    """Subqueries that leave, as `answer`, the account's own row and one for each direct child's tree."""
    wanted = _wanted(part.parts)
    children = entity("Account").links["children"]
    way = Way(start, writer.fresh("e"), writer.fresh("n"), at, hierarchy)
    own, rest = writer.fresh("a"), writer.fresh("a")
    pattern, rules = writer.hop(children, "Account", way)
    before, expression = _share(writer, part, way.end, False)
    tree = call(way.end, f"{_members(writer, way.end, at, hierarchy, False)}\nRETURN members")
    below = [
        f"MATCH {pattern}{where(rules)}",
        f"WITH {way.end} ORDER BY {way.end}.name, {way.end}.uid",
        tree,
        *_figures(writer, wanted, at),
        *before,
        f"RETURN collect({expression}) AS {rest}",
    ]
    before, expression = _share(writer, part, start, True)
    alone = [
        f"WITH {start}, [{start}] AS members",
        *_figures(writer, wanted, at),
        *before,
        f"RETURN {expression} AS {own}",
    ]
    return [
        call(start, "\n".join(alone)),
        call(start, "\n".join(below)),
        f"WITH *, [{own}] + {rest} AS {answer}",
    ]


@computed("Account.rollup")
def rollup(writer: Writer, asked: Computed, start: str) -> str:
    """The parts of a rollup that are asked for, and nothing else."""
    arguments = dict(asked.arguments)
    at, hierarchy = arguments.get("asOf"), arguments["hierarchy"]
    wanted = _wanted(asked.parts)
    lines = [_members(writer, start, at, hierarchy, "depth" in wanted), *_figures(writer, wanted, at)]
    texts = []
    for part in asked.parts:
        if part.name == "byChild":
            answer = writer.fresh("a")
            lines += _by_child(writer, part, start, answer, at, hierarchy)
            texts.append(f"{name(part.key)}: {answer}")
        else:
            texts.append(f"{name(part.key)}: {_expression(part)}")
    return "\n".join([*lines, f"RETURN {{{', '.join(texts)}}}"])


def rollup_number(writer: Writer, order: Order, start: str, answer: str) -> str:
    """One figure of a rollup, to sort by: money in minor units of the base currency."""
    assert order.part is not None
    arguments = dict(order.arguments)
    part = Part(order.part, order.part)
    wanted = _wanted((part,))
    figure = order.part if order.part in _MONEY else _expression(part)
    members = _members(writer, start, None, arguments["hierarchy"], "depth" in wanted)
    return "\n".join([members, *_figures(writer, wanted, None), f"RETURN {figure} AS {answer}"])


NUMBER["Account.rollup"] = rollup_number
