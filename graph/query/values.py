"""Values that are not records: frozen dataclasses that declare the parts of a computed field or of an insight.

A field annotated with a description, such as `score: Annotated[float, "The confidence, 0 to 1."]`, is a GraphQL field;
a field without one stays internal. `snake_case` becomes `camelCase`, and a final underscore is dropped.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, NamedTuple

from graph.models.properties import Kind


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money. Kith stores and adds amounts in exact minor units."""

    amount: Annotated[float, "The amount in units of the currency."]
    currency: Annotated[str, "The currency's ISO 4217 code."]


KINDS: Mapping[Any, Kind] = {
    str: Kind.TEXT,
    int: Kind.INT,
    float: Kind.FLOAT,
    bool: Kind.BOOL,
    date: Kind.DATE,
    datetime: Kind.DATETIME,
    Money: Kind.MONEY,
}
SORTABLE = frozenset({Kind.INT, Kind.FLOAT, Kind.MONEY, Kind.DATETIME})


class Argument(NamedTuple):
    """An argument: its Python type (`X | None` if it can be omitted), default, and the inclusive bounds of a number.

    `page` marks the maximum number of results.
    """

    name: str
    type: Any
    description: str
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    page: bool = False


class ValueType(NamedTuple):
    """The parts of a Python type: the type of a single value, whether it is a list or nullable, and its markers."""

    of: Any
    many: bool = False
    nullable: bool = False
    markers: tuple[object, ...] = ()

    @property
    def nested(self) -> bool:
        """True if the values have fields of their own."""
        return is_dataclass(self.of)


class ValueField(NamedTuple):
    """A field of a value type: its attribute, its GraphQL name, its description and its type."""

    attribute: str
    name: str
    description: str
    type: ValueType

    @property
    def kind(self) -> Kind | None:
        """The kind of a single plain value; None for lists, records and nested values."""
        return None if self.type.many else KINDS.get(self.type.of)


def camel_case(name: str) -> str:
    """Returns the GraphQL name of a Python name.

    >>> camel_case("last_at"), camel_case("from_")
    ('lastAt', 'from')
    """
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name.rstrip("_"))


def value_type(annotation: Any) -> ValueType:
    """Splits a type into its parts: `Annotated`, `X | None`, `list[X]` and `tuple[X, ...]` in any of these orders."""
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is Annotated:
        inner = value_type(arguments[0])
        return inner._replace(markers=(*inner.markers, *arguments[1:]))
    if origin in (typing.Union, types.UnionType):
        (single,) = (one for one in arguments if one is not type(None))
        return value_type(single)._replace(nullable=True)
    if origin in (list, tuple):
        inner = value_type(arguments[0])
        return inner._replace(many=True)
    return ValueType(annotation)


@cache
def value_fields(of: type) -> Mapping[str, ValueField]:
    """Returns the GraphQL fields of a value type by name."""
    hints = typing.get_type_hints(of, include_extras=True)
    found: dict[str, ValueField] = {}
    assert is_dataclass(of)
    for one in fields(of):
        type_ = value_type(hints[one.name])
        texts = [marker for marker in type_.markers if isinstance(marker, str)]
        if texts:
            name = camel_case(one.name)
            markers = tuple(marker for marker in type_.markers if not isinstance(marker, str))
            found[name] = ValueField(one.name, name, texts[0], type_._replace(markers=markers))
    return found


def sortable_parts(of: type) -> dict[str, ValueField]:
    """Returns the parts of a value type that lists can be filtered and sorted by."""
    return {name: one for name, one in value_fields(of).items() if one.kind in SORTABLE}
