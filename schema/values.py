"""The GraphQL types of values that are not records, derived from dataclasses."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from algorithms.results import ID, MONEY, Choice, First, Ref
from graph.query.values import Argument as ValueArgument
from graph.query.values import Money, ValueType, value_fields, value_type
from schema import generated_types
from schema.exposure import graphql_name
from schema.typing import Argument, Field, Member, enumeration, input_type, optional, output

_SCALARS = {str: "str", int: "int", float: "float", bool: "bool", date: "Date", datetime: "DateTime"}


DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class PageInfo:
    """The position of a page in the list."""

    has_next_page: Annotated[bool, "True if more records follow this page."]
    has_previous_page: Annotated[bool, "True if records precede this page."]
    start_cursor: Annotated[str | None, "The cursor of the first record: the value of `before` for the previous page."]
    end_cursor: Annotated[str | None, "The cursor of the last record: the value of `after` for the next page."]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A record that matches a full-text search."""

    node: Annotated[str, Ref("Record"), "The record."]
    score: Annotated[float, "The relevance; it depends on the record and the search text only."]
    highlights: Annotated[list[str], "The texts of the record that contain the words."]
    cursor: Annotated[str, "The position of the hit in the list: a value for `after`."]


def make_money_input() -> None:
    """Creates the input type of an amount."""
    input_type(
        "MoneyInput",
        "An amount of money as an input.",
        [
            Field(
                "amount", "float", "The amount in units of the currency, with no more decimals than the currency has."
            ),
            Field(
                "currency",
                optional("str"),
                "The currency's ISO 4217 code; the default is the base currency.",
                default=strawberry.UNSET,
            ),
        ],
    )


def record_label(value: ValueType) -> str | None:
    """Returns the label of the records that a value refers to; None for other values."""
    for marker in value.markers:
        if isinstance(marker, Ref):
            return marker.label
    label: str | None = getattr(value.of, "__label__", None)
    return label


def graphql_type(value: ValueType) -> str:
    """Returns the GraphQL type of a value, as written in Python; creates the types that it names."""
    return _written(value, _name(value))


def _written(value: ValueType, text: str) -> str:
    if value.many:
        text = f"list[{text}]"
    return optional(text) if value.nullable else text


def input_object_type(of: type) -> str:
    """Returns the name of the GraphQL input type of a dataclass; creates the type on first use."""
    if of.__name__ not in vars(generated_types):
        fields = [
            Field(
                one.name,
                _argument_type(one.type),
                one.description,
                default=strawberry.UNSET if one.type.nullable else None,
            )
            for one in value_fields(of).values()
        ]
        input_type(of.__name__, (of.__doc__ or "").strip(), fields)
    return of.__name__


def _argument_type(value: ValueType) -> str:
    """Returns the GraphQL type of an argument; a dataclass is an input type."""
    return _written(value, input_object_type(value.of)) if value.nested else graphql_type(value)


def _name(value: ValueType) -> str:
    label = record_label(value)
    if label is not None:
        return graphql_name(label)
    for marker in value.markers:
        if marker is ID:
            return "ID"
        if marker is MONEY:
            return object_type(Money)
        if isinstance(marker, Choice):
            return marker.name
    if value.of in _SCALARS:
        return _SCALARS[value.of]
    if isinstance(value.of, type) and issubclass(value.of, enum.Enum):
        return enumeration(value.of)
    return object_type(value.of)


def object_type(of: type) -> str:
    """Returns the name of the GraphQL type of a dataclass; creates the type on first use."""
    if of.__name__ not in vars(generated_types):
        fields = [
            Field(one.name, graphql_type(one.type), one.description, _page(one.type))
            for one in value_fields(of).values()
        ]
        output(of.__name__, (of.__doc__ or "").strip(), fields)
    return of.__name__


def page_of(value: ValueType) -> First | None:
    """Returns how many items of a list callers may choose; None if they cannot choose."""
    return next((marker for marker in value.markers if isinstance(marker, First)), None)


def _page(value: ValueType) -> tuple[Argument, ...]:
    page = page_of(value)
    return () if page is None else (
        Argument("first", "int", f"The maximum number of items, from 0 to {page.most}.", page.default),
    )  # fmt: skip


def arguments(declared: tuple[ValueArgument, ...]) -> tuple[Argument, ...]:
    """Returns the GraphQL arguments of a computed field or an insight."""
    return tuple(
        Argument(one.name, _argument_type(value_type(one.type)), one.description, _default(one)) for one in declared
    )


def _default(declared: ValueArgument) -> Any:
    if isinstance(declared.default, enum.Enum):
        return Member(type(declared.default).__name__, declared.default.name)
    return strawberry.UNSET if declared.default is None else declared.default
