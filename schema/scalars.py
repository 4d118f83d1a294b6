"""The scalars of the schema."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NewType

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped


def _timestamp(value: object) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise GraphQLError(f"{value!r} is not a timestamp with an offset; use a value such as 2026-01-31T09:30:00Z.")
    try:
        return found.astimezone(dt.UTC)
    except OverflowError:
        raise GraphQLError(f"{value!r} is not between the years 1 and 9999 in UTC.") from None


def _date(value: object) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise GraphQLError(f"{value!r} is not a date; use a value such as 2026-01-31.") from None


def _literals(parse: Callable[[object], Any]) -> Callable[..., Any]:
    """Returns a function that parses a literal, and gives its location with an error."""

    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        try:
            return parse(value_from_ast_untyped(node, variables))
        except GraphQLError as error:
            raise GraphQLError(error.message, node) from None

    return parse_literal


def text_of(value: object) -> str:
    """A timestamp in UTC, or a date, as ISO 8601."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return str(value)


# The grammar of both: `date-time` and `full-date`.
_SPECIFICATION = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"

DateTime = NewType("DateTime", dt.datetime)
Date = NewType("Date", dt.date)

SCALARS: dict[object, Any] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A timestamp in ISO 8601 with an offset, such as 2026-01-31T09:30:00Z; responses are in UTC.",
        specified_by_url=_SPECIFICATION,
        serialize=text_of,
        parse_value=_timestamp,
        parse_literal=_literals(_timestamp),
    ),
    Date: strawberry.scalar(
        name="Date",
        description="A date in ISO 8601, such as 2026-01-31.",
        specified_by_url=_SPECIFICATION,
        serialize=text_of,
        parse_value=_date,
        parse_literal=_literals(_date),
    ),
}
