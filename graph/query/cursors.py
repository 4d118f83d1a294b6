"""The order of a page: its sort keys, its bounds, and the cursors of its rows."""

from __future__ import annotations

from typing import NamedTuple

from graph.models.properties import Kind
from graph.query.builder import COMPUTED, CypherBuilder
from graph.query.cypher import call, quoted
from graph.query.selection import AllOf, Missing, Order, Page, Position, Slot, Test, Where
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
            missing = not found.required and not _is_present(page.where, order.property)
            keys.append(Key(f"{variable}.{stored}", found.kind, order.descending, missing, unique))
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


def _is_present(condition: Where | None, property_name: str) -> bool:
    """Whether a condition holds only for records that have a value of the property."""
    match condition:
        case Test():
            return condition.property == property_name and condition.operator != "ne"
        case Missing():
            return condition.property == property_name and not condition.missing
        case AllOf():
            return any(_is_present(part, property_name) for part in condition.of)
        case _:
            return False


def anchor(page: Page, keys: list[Key], variable: str, linked: bool) -> list[str]:
    """Returns predicates on a required key that let the planner read an index in order."""
    if linked:
        return []
    first = page.order[0].property if page.order else "uid"
    if first == "uid":
        # Only records have an index of the ids of several entities.
        shared = not entity(page.label).concrete and not page.deleted
        return [*([f"{variable}:Record"] if shared else []), f"{variable}.uid IS NOT NULL"]
    if page.order[0].part is not None or keys[0].missing:
        return []
    if keys[0].unique or entity(page.label).properties[first].indexed:
        return [f"{keys[0].expression} IS NOT NULL"]
    return []


def ordering(keys: list[Key], variable: str, backward: bool = False) -> str:
    """Returns the ORDER BY of a page, or of the reverse order; null sorts last in both directions of a key."""
    parts = []
    for key in keys:
        descending = key.descending is not backward
        # Neo4j sorts null last in ascending order, and first in descending order.
        if key.missing and descending is not backward:
            parts.append(f"{key.expression} IS NULL{' DESC' if backward else ''}")
        parts.append(f"{key.expression}{' DESC' if descending else ''}")
        if key.unique:
            return ", ".join(parts)
    return ", ".join([*parts, f"{variable}.uid{' DESC' if backward else ''}"])


def bounds(page: Page, keys: list[Key], variable: str) -> list[str]:
    """Returns the predicates for the rows between the positions of a page."""
    found = []
    if page.after is not None:
        found += beyond(keys, page.after, variable)
    if page.before is not None:
        found += beyond(keys, page.before, variable, backward=True)
    return found


def beyond(
    keys: list[Key], position: Position, variable: str, *, backward: bool = False, inclusive: bool = False
) -> list[str]:
    """Returns the predicates for the rows after a position (`backward`: before it); `inclusive` adds the position."""
    equal = "=" if inclusive else ""
    text = f"{variable}.uid {'<' if backward else '>'}{equal} ${position.uid.name}"
    for key, slot in zip(reversed(keys), reversed(position.keys), strict=True):
        if slot is None:
            tie = f"{key.expression} IS NULL AND {text}"
            text = f"({key.expression} IS NOT NULL OR ({tie}))" if backward else f"({tie})"
            continue
        less = key.descending is not backward
        if key.unique:
            text = f"{key.expression} {'<' if less else '>'}{equal} {_value(key, slot)}"
            continue
        further = f"{key.expression} {'<' if less else '>'} {_value(key, slot)}"
        last = f" OR {key.expression} IS NULL" if key.missing and not backward else ""
        text = f"({further}{last} OR ({key.expression} = {_value(key, slot)} AND {text}))"
    first, slot = (keys[0], position.keys[0]) if keys else (None, None)
    if first is None or slot is None or first.unique or (first.missing and not backward):
        return [text]
    less = first.descending is not backward
    return [f"{first.expression} {'<=' if less else '>='} {_value(first, slot)}", text]


def _value(key: Key, slot: Slot) -> str:
    written = {Kind.DATETIME: f"datetime(${slot.name})", Kind.DATE: f"date(${slot.name})"}
    return written.get(key.kind, f"${slot.name}")


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
