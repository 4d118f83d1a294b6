"""Secured fields in statements: values that are masked, and uses that are refused (decision 0033)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.errors import Refused
from graph.query.access_shape import AccessShape, Fields
from graph.query.cypher import literals
from graph.query.selection import Constant, Field, Leaf, MoneyLeaf
from graph.secured_fields import written
from graph.vocabulary import Property, deleted_label, entity


def usable(access: AccessShape, label: str, name: str) -> Property:
    """Returns the property that a condition, a sort key, a figure or a group of records of a label uses.

    Every statement takes such a property from here, because its result would tell the value. Raises Refused if the
    caller may not read it.
    """
    for field in sorted(access.masked_at(label, name)):
        raise Refused(
            f"You may not read `{written(field)}`, so no condition, order, figure or group can use it.",
            remedy="Leave the field out, or ask an administrator for the permission to read it.",
            entity=field[0],
            field=field[1],
        )
    return entity(label).properties[name]


def visible(access: AccessShape, label: str, fields: Iterable[Field], masked: set[tuple[str, str]]) -> Iterator[Field]:
    """Yields selected fields of a record, with null in place of those that the caller may not read.

    The latter are added to `masked`.
    """
    for one in fields:
        hidden: Fields = frozenset()
        if access.masked and isinstance(one, Leaf | MoneyLeaf) and not one.edge:
            hidden = access.masked_at(label, one.property)
        masked |= hidden
        yield Constant(one.key, None) if hidden else one


def masks(access: AccessShape, record: str, field: str) -> str:
    """Returns whether the caller may not read a field of a record, deleted or not; both are expressions."""
    names = [f"{one}.{name}" for label, name in sorted(access.masked) for one in (label, deleted_label(label))]
    return f"any(label IN labels({record}) WHERE label + '.' + {field} IN {literals(names)})" if names else "false"
