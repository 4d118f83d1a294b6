"""Insights as declarations: one read, one pure function, and the dataclass that the function returns.

The dataclass is the GraphQL type, see `graph.query.values` and `algorithms.results`. Records that it refers to are
read for all places and all parents at once, with exactly the selected fields; they may hold insights in turn.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.columns import Snapshot
from graph.query.builder import ComputedField
from graph.query.selection import Part
from graph.query.values import Argument, ValueType, camel_case, value_type
from graph.store import Bound
from schema.request import Request

QUERY = "Query"


@dataclass(frozen=True, slots=True)
class SharedColumns:
    """The value of a shared read from columns: the tables it needs, and what is read besides.

    `function` receives the state of the columns and the answer to `read`.
    """

    tables: frozenset[str]
    read: Callable[[Request], Bound]
    function: Callable[[Snapshot, Any], Any]


@dataclass(frozen=True, slots=True)
class SharedRead:
    """A read that all parents of a request share, and the pure function that is applied to its answer once.

    With `columns` they give the same value, where they are loaded.
    """

    read: Callable[[Request], Bound]
    function: Callable[[Any], Any]
    columns: SharedColumns | None = None


Gathered = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""The records that an insight gathered: for each label, their fields by uid."""


@dataclass(frozen=True, slots=True, eq=False)
class Gathering:
    """Records that an insight needs besides its own, read in one statement a label for all parents.

    `reads` are the fields for each label, as GraphQL; they may be insights. `ids` finds the labels and uids of the
    records in what was read of a parent.
    """

    reads: Mapping[str, str]
    ids: Callable[[Any], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True, eq=False)
class FollowUp:
    """A second read, of facts about the results of an insight, for all parents at once.

    `read` receives the request, the selected parts and the results, and returns the statement; None if no part needs
    it. `function` adds the answer to one result.
    """

    read: Callable[[Request, tuple[Part, ...], list[Any]], Bound | None]
    function: Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Insight:
    """A field that a pure function computes.

    `on` is `Query` or the label of a record. `reads` is, on Query, a function from the request, the selected parts and
    the arguments to a statement. On a record it is a computed field, or fields of the record as GraphQL, such as
    `contacts { nodes { id } }`; both become part of the statement that reads the record. The function receives what
    was read, the request, the result of `shares` if there is one, the records that it `gathers`, if any, and the
    arguments by name.

    A statement returns ids of records that exist and that the caller may read. So a record of which only the id is
    selected is not read again. `threaded` returns True if the function takes long with what was read and the arguments.
    `about` is the argument that names the record if the insight is a root field as well. `follow_up` is a second read,
    which depends on the results.
    """

    on: str
    name: str
    description: str
    returns: ValueType
    arguments: tuple[Argument, ...]
    reads: ComputedField | str | Callable[..., Bound] | None
    shares: SharedRead | None
    threaded: Callable[..., bool]
    function: Callable[..., Any]
    about: str | None = None
    gathers: Gathering | None = None
    follow_up: FollowUp | None = None


INSIGHTS: dict[tuple[str, str], Insight] = {}

Function = typing.TypeVar("Function", bound=Callable[..., Any])


def always(_: Any, **__: Any) -> bool:
    """The value of `threaded` for functions that may always take long."""
    return True


def insight(
    *,
    on: str,
    args: tuple[Argument, ...] = (),
    reads: ComputedField | str | Callable[..., Bound] | None = None,
    shares: SharedRead | None = None,
    threaded: Callable[..., bool] = lambda _, **__: False,
    about: str | None = None,
    gathers: Gathering | None = None,
    follow_up: FollowUp | None = None,
) -> Callable[[Function], Function]:
    """Declares an insight; its name, description and type are those of the decorated function.

    The function runs outside the event loop when `threaded` returns True for what was read and the arguments. `about`
    makes the insight a root field too, with that argument for the id of the record; the declarations on all types agree
    in everything that callers see.
    """

    def register(function: Function) -> Function:
        name = camel_case(function.__name__)
        returns = value_type(typing.get_type_hints(function, include_extras=True)["return"])
        description = " ".join((function.__doc__ or "").split())
        INSIGHTS[on, name] = Insight(
            on, name, description, returns, args, reads, shares, threaded, function, about, gathers,
            follow_up,
        )  # fmt: skip
        return function

    return register


def insights_on(type_name: str) -> list[Insight]:
    """The insights on a type, in the order of their names."""
    return [found for (on, _), found in sorted(INSIGHTS.items()) if on == type_name]


def record_roots() -> dict[str, list[Insight]]:
    """The insights on records that are root fields as well, on each type, by name."""
    found: dict[str, list[Insight]] = {}
    for (_, name), one in sorted(INSIGHTS.items()):
        if one.about is not None:
            found.setdefault(name, []).append(one)
    return found
