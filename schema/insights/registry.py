"""Insights as declarations: one read, one pure function, and the dataclass that the function returns.

The dataclass is the GraphQL type, see `graph.query.values` and `algorithms.results`. Records that it refers to are
read for all places and all parents at once, with exactly the selected fields; they may hold insights in turn.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph.query.builder import ComputedField
from graph.query.values import Argument, ValueType, camel_case, value_type
from graph.store import Bound
from schema.request import Request

QUERY = "Query"


@dataclass(frozen=True, slots=True)
class SharedRead:
    """A read that all parents of a request share, and the pure function that is applied to its answer once."""

    read: Callable[[Request], Bound]
    function: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Insight:
    """A field that a pure function computes.

    `on` is `Query` or the label of a record. `reads` is, on Query, a function from the request and the arguments to
    a statement. On a record it is a computed field, or fields of the record as GraphQL, such as
    `contacts { nodes { id } }`; both become part of the statement that reads the record. The function receives what
    was read, the request, the result of `shares` if there is one, and the arguments by name.
    """

    on: str
    name: str
    description: str
    returns: ValueType
    arguments: tuple[Argument, ...]
    reads: ComputedField | str | Callable[..., Bound] | None
    shares: SharedRead | None
    threaded: bool
    function: Callable[..., Any]


INSIGHTS: dict[tuple[str, str], Insight] = {}

Function = typing.TypeVar("Function", bound=Callable[..., Any])


def insight(
    *,
    on: str,
    args: tuple[Argument, ...] = (),
    reads: ComputedField | str | Callable[..., Bound] | None = None,
    shares: SharedRead | None = None,
    threaded: bool = False,
) -> Callable[[Function], Function]:
    """Declares an insight; its name, description and type are those of the decorated function.

    `threaded` runs the function outside the event loop.
    """

    def register(function: Function) -> Function:
        name = camel_case(function.__name__)
        returns = value_type(typing.get_type_hints(function, include_extras=True)["return"])
        description = " ".join((function.__doc__ or "").split())
        INSIGHTS[on, name] = Insight(on, name, description, returns, args, reads, shares, threaded, function)
        return function

    return register


def insights_on(type_name: str) -> list[Insight]:
    """The insights on a type, in the order of their names."""
    return [found for (on, _), found in sorted(INSIGHTS.items()) if on == type_name]
