"""The order of a page: its sort keys, its bounds, and the cursors of its rows."""

from __future__ import annotations

from typing import NamedTuple

from graph.collation import SUFFIX
from graph.models.properties import Kind
from graph.query.builder import COMPUTED, CypherBuilder, EdgePattern
from graph.query.cypher import call, either, letters, quoted
from graph.query.masking import usable
from graph.query.selection import AllOf, Missing, Order, Page, Position, Slot, Test, Where
from graph.query.values import value_fields
from graph.vocabulary import Property, entity


class Key(NamedTuple):
    """A sort key: its expression, the kind of its values, whether it can be missing, and whether it is unique.

    A unique key is never missing, and determines the order alone. `shown` is the expression of the value in a cursor,
    where it is another one. A key is `by_letters` if the database computes it from a text.
    """

    expression: str
    kind: Kind
    descending: bool
    missing: bool
    unique: bool = False
    shown: str | None = None
    nulls_first: bool = False
    by_letters: bool = False

    def nulls_last(self, backward: bool) -> bool:
        """Whether null comes last in the order of the key, or in its reverse."""
        return self.nulls_first is backward


def computed_variables(keys: list[Key], before: list[str], known: list[str]) -> list[str]:
    """Returns the variables of `sort_keys` that are needed beside the known ones."""
    computed = [key for key, text in zip(keys, before, strict=True) if text]
    used = {value.partition(".")[0]: None for key in computed for value in (key.expression, key.shown) if value}
    return [one for one in used if one not in known]


def sort_keys(builder: CypherBuilder, page: Page, variable: str) -> tuple[list[str], list[Key]]:
    """Returns the sort keys, and for each the subquery that computes it, or an empty text for a property."""
    before: list[str] = []
    keys: list[Key] = []
    for order in page.order:
        found = sorted_by(builder, page.label, order)
        if found is None:
            subquery, key = _computed_key(builder, page.label, order, variable)
        elif order.part is None:
            subquery, key = _property_key(builder, page, found, order, variable)
        else:
            subquery, key = _link_key(builder, page.label, found, order, variable)
        before.append(subquery)
        keys.append(key)
    return before, keys


def sorted_by(builder: CypherBuilder, label: str, order: Order) -> Property | None:
    """Returns the property, of the record or of a linked one, that a sort key is; None for a computed field.

    Raises Refused if the caller may not read it.
    """
    if order.part is None:
        return usable(builder.access, label, order.property)
    link = entity(label).links.get(order.property)
    return None if link is None else usable(builder.access, link.target, order.part)


def _property_key(builder: CypherBuilder, page: Page, found: Property, order: Order, variable: str) -> tuple[str, Key]:
    missing = not found.required and not _is_present(page.where, order.property)
    subquery, expression = "", sort_expression(found, variable)
    if _by_letters(found):
        value = builder.fresh("k")
        subquery, expression = f"WITH *, {expression} AS {value}", value
    shown = f"{variable}.{found.name}" if found.collated else None
    unique = found.unique and found.required
    key = Key(expression, found.kind, order.descending, missing, unique, shown, order.nulls_first, _by_letters(found))
    return subquery, key


def _link_key(builder: CypherBuilder, label: str, found: Property, order: Order, variable: str) -> tuple[str, Key]:
    link = entity(label).links[order.property]
    record, by_letters = builder.fresh("k"), _by_letters(found)
    way = EdgePattern(variable, builder.fresh("e"), builder.fresh("x"), None, dict(order.arguments).get("hierarchy"))
    body = [builder.follow(link, label, way, []), f"WITH {way.end} ORDER BY {way.end}.uid LIMIT 1"]
    subquery = call(variable, "\n".join([*body, f"RETURN head(collect({way.end})) AS {record}"]))
    value, shown = sort_expression(found, record), f"{record}.{found.name}" if found.collated else None
    if by_letters:
        value = builder.fresh("k")
        subquery += f"\nWITH *, {sort_expression(found, record)} AS {value}"
    return subquery, Key(value, found.kind, order.descending, True, False, shown, order.nulls_first, by_letters)


def _computed_key(builder: CypherBuilder, label: str, order: Order, variable: str) -> tuple[str, Key]:
    value, name = builder.fresh("k"), f"{label}.{order.property}"
    assert order.part is not None
    clauses, expression = builder.part(name, order.part, order.arguments, variable)
    returns = COMPUTED[name].returns
    assert returns is not None
    kind = value_fields(returns)[order.part].kind
    assert kind is not None
    subquery = call(variable, "\n".join([*clauses, f"RETURN {expression} AS {value}"]))
    return subquery, Key(value, kind, order.descending, True, nulls_first=order.nulls_first)


def linked_property(label: str, order: Order) -> Property:
    """Returns the property of the linked record that a sort key is."""
    assert order.part is not None
    return entity(entity(label).links[order.property].target).properties[order.part]


def sort_expression(one: Property, variable: str) -> str:
    """Returns the expression that lists in the order of a property are ordered by."""
    if one.kind is Kind.MONEY:
        return f"{variable}.{one.name}Base"
    if one.has_sort_key:
        return f"{variable}.{one.name}{SUFFIX}"
    return letters(f"{variable}.{one.name}") if one.collated else f"{variable}.{one.name}"


def _by_letters(one: Property) -> bool:
    return one.collated and not one.has_sort_key


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
    if page.order[0].part is not None or keys[0].missing or keys[0].by_letters:
        return []
    if keys[0].unique or entity(page.label).properties[first].indexed:
        return [f"{keys[0].expression} IS NOT NULL"]
    return []


def ordering(keys: list[Key], variable: str, backward: bool = False) -> str:
    """Returns the ORDER BY of a page, or of the reverse order."""
    parts = []
    for key in keys:
        descending = key.descending is not backward
        # Neo4j sorts null last in ascending order, and first in descending order.
        if key.missing and key.nulls_last(backward) is descending:
            parts.append(f"{key.expression} IS NULL{'' if descending else ' DESC'}")
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
    """Returns the predicates for the rows after a position (`backward`: before it); `inclusive` adds the position.

    The planner reads one range of an index in order, because it does not take the disjunctions apart.
    """
    equal = "=" if inclusive else ""
    found = [f"{variable}.uid {'<' if backward else '>'}{equal} ${position.uid.name}"]
    for key, slot in zip(reversed(keys), reversed(position.keys), strict=True):
        nulls_last = key.missing and key.nulls_last(backward)
        if slot is None:
            tie = [f"{key.expression} IS NULL", *found]
            found = tie if nulls_last else [either([f"{key.expression} IS NOT NULL", f"({' AND '.join(tie)})"])]
            continue
        value, compared = _value(key, slot), "<" if key.descending is not backward else ">"
        if key.unique:
            found = [f"{key.expression} {compared}{equal} {value}"]
            continue
        reached = f"{key.expression} {compared}= {value}"
        further = [reached, either([f"{key.expression} <> {value}", f"({' AND '.join(found)})"])]
        found = [either([f"{key.expression} IS NULL", f"({' AND '.join(further)})"])] if nulls_last else further
    return found


def _value(key: Key, slot: Slot) -> str:
    if key.by_letters:
        return letters(f"${slot.name}")
    written = {Kind.DATETIME: f"datetime(${slot.name})", Kind.DATE: f"date(${slot.name})"}
    return written.get(key.kind, f"${slot.name}")


def order_mark(order: tuple[Order, ...]) -> str:
    """Returns the prefix of a cursor that identifies the sort order, so that other orders reject it."""
    return ",".join(
        f"{one.property}{'.' + one.part if one.part else ''}{'-' if one.descending else '+'}"
        f"{'^' if one.nulls_first else ''}"
        for one in order
    )


def cursor(page: Page, keys: list[Key], variable: str) -> str:
    """Returns the cursor of a row: the order, each key (`~n` for null) and the id, separated by bars."""
    parts = [quoted(order_mark(page.order) + "|")]
    for key in keys:
        escaped = f"replace(replace(toString({key.shown or key.expression}), '~', '~0'), '|', '~1')"
        parts.append(f"coalesce({escaped}, '~n') + '|'" if key.missing else f"{escaped} + '|'")
    return " + ".join([*parts, f"{variable}.uid"])
