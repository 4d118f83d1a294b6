"""The order of a page: its sort keys, its start after a cursor, and the cursors of its rows."""

from __future__ import annotations

from typing import NamedTuple

from graph.models.properties import Kind
from graph.query.builder import COMPUTED, CypherBuilder
from graph.query.cypher import call, quoted
from graph.query.selection import Order, Page
from graph.query.values import value_fields
from graph.vocabulary import entity


class Key(NamedTuple):
    """A sort key: its expression, the kind of its values, whether it can be missing, and whether it is unique.

    A unique key is never missing, and determines the order alone.
    """

    expression: str
    kind: Kind
    descending: bool
    missing: bool
    unique: bool = False


def sort_keys(builder: CypherBuilder, page: Page, variable: str) -> tuple[list[str], list[Key]]:
    """Returns the sort keys, and for each the subquery that computes it, or an empty text for a property."""
    before: list[str] = []
    keys: list[Key] = []
    for order in page.order:
        if order.part is None:
            found = entity(page.label).properties[order.property]
            stored = f"{order.property}Base" if found.kind is Kind.MONEY else order.property
            before.append("")
            unique = found.unique and found.required
            keys.append(Key(f"{variable}.{stored}", found.kind, order.descending, not found.required, unique))
        else:
            value = builder.fresh("k")
            key = f"{page.label}.{order.property}"
            clauses, expression = builder.part(key, order.part, order.arguments, variable)
            body = "\n".join([*clauses, f"RETURN {expression} AS {value}"])
            before.append(call(variable, body))
            returns = COMPUTED[key].returns
            assert returns is not None
            kind = value_fields(returns)[order.part].kind
            assert kind is not None
            keys.append(Key(value, kind, order.descending, True))
    return before, keys


def anchor(page: Page, keys: list[Key], variable: str, linked: bool) -> list[str]:
    """Returns a predicate on a required key that lets the planner read an index in order."""
    if linked or not page.order:
        return [] if linked else [f"{variable}.uid IS NOT NULL"]
    first = page.order[0]
    if first.part is not None or keys[0].missing:
        return []
    if keys[0].unique or entity(page.label).properties[first.property].indexed:
        return [f"{keys[0].expression} IS NOT NULL"]
    return []


def ordering(keys: list[Key], variable: str) -> str:
    """Returns the ORDER BY of a page; null sorts last in both directions."""
    parts = []
    for key in keys:
        if key.missing and key.descending:
            parts.append(f"{key.expression} IS NULL")
        parts.append(f"{key.expression}{' DESC' if key.descending else ''}")
        if key.unique:
            return ", ".join(parts)
    return ", ".join([*parts, f"{variable}.uid"])


def after(page: Page, keys: list[Key], variable: str) -> list[str]:
    """Returns the predicates for the rows after the cursor; null sorts last in both directions."""
    assert page.after is not None
    text = f"{variable}.uid > ${page.after.uid.name}"
    for key, slot in zip(reversed(keys), reversed(page.after.keys), strict=True):
        if slot is None:
            text = f"({key.expression} IS NULL AND {text})"
            continue
        value = {Kind.DATETIME: f"datetime(${slot.name})", Kind.DATE: f"date(${slot.name})"}.get(
            key.kind, f"${slot.name}"
        )
        beyond = f"{key.expression} {'<' if key.descending else '>'} {value}"
        if key.unique:
            text = beyond
            continue
        last = f" OR {key.expression} IS NULL" if key.missing else ""
        text = f"({beyond}{last} OR ({key.expression} = {value} AND {text}))"
    first, slot = (keys[0], page.after.keys[0]) if keys else (None, None)
    if first is None or slot is None or first.missing or first.unique:
        return [text]
    value = {Kind.DATETIME: f"datetime(${slot.name})", Kind.DATE: f"date(${slot.name})"}.get(
        first.kind, f"${slot.name}"
    )
    return [f"{first.expression} {'<=' if first.descending else '>='} {value}", text]


def order_mark(order: tuple[Order, ...]) -> str:
    """Returns the prefix of a cursor that identifies the sort order, so that other orders reject it."""
    parts = [f"{one.property}{'.' + one.part if one.part else ''}{'-' if one.descending else '+'}" for one in order]
    return ",".join(parts)


def cursor(page: Page, keys: list[Key], variable: str) -> str:
    """Returns the cursor of a row: the order, each key (`~n` for null) and the id, separated by bars."""
    parts = [quoted(order_mark(page.order) + "|")]
    for key in keys:
        escaped = f"replace(replace(toString({key.expression}), '~', '~0'), '|', '~1')"
        parts.append(f"coalesce({escaped}, '~n') + '|'" if key.missing else f"{escaped} + '|'")
    return " + ".join([*parts, f"{variable}.uid"])
