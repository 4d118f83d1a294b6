"""The scalars of the contract."""

from __future__ import annotations

import datetime as dt
from typing import Any, NewType

import strawberry
from graphql import GraphQLError


def _moment(value: object) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise GraphQLError(f"{value!r} is not a moment: write it like 2026-01-31T09:30:00Z, with its offset.")
    return moment.astimezone(dt.UTC)


def _day(value: object) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise GraphQLError(f"{value!r} is not a day: write it like 2026-01-31.") from None


def _shown(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def moment_of(seconds: float) -> DateTime:
    """The moment that many seconds after 1970 in UTC."""
    return DateTime(dt.datetime.fromtimestamp(seconds, dt.UTC))


DateTime = NewType("DateTime", dt.datetime)
Date = NewType("Date", dt.date)

SCALARS: dict[object, Any] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A moment as ISO 8601 with its offset; given back in UTC.",
        serialize=_shown,
        parse_value=_moment,
    ),
    Date: strawberry.scalar(name="Date", description="A day as ISO 8601.", serialize=_shown, parse_value=_day),
}
