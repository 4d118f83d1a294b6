"""Declarations of reports: their tables and columns, from which every format is derived."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `path` leads from the row to the value. Kind and definition follow from the field of the query. A column with
    `value` is computed from the row; unless `of` names a field, the docstring of the function is its definition, and
    `kind` is required.
    """

    name: str
    title: str
    path: str = ""
    value: Callable[[Row], Any] | None = None
    kind: str = ""
    total: str | None = None
    """The path in the answer of the figure that the column adds up to; `sum` for the sum of the rows."""
    of: str = ""
    """The path in the answer of the field that the value comes from, for rows that a function returns."""
    shown: bool = True
    """False for a column that is in the data formats only."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report: `rows` is the path of a list in the answer, or a function of the answer."""

    name: str
    title: str
    rows: str | Callable[[Data], Sequence[Row]]
    columns: tuple[Column, ...]
    empty: str
    """The sentence that stands in place of a table without rows."""
    of: str | None = None
    """The path of the total number of rows, for a table that may hold only the first ones."""


@dataclass(frozen=True, slots=True)
class Each:
    """A query that runs once for each row of `rows`, with the value at `path` in the variable `about`."""

    query: str
    rows: str
    path: str
    most: int = 200


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A report: its subject, its query and its tables. `name` and `query` come from its folder."""

    title: str
    description: str
    about: str
    subject: str
    """The path in the answer of the name of the subject; its first part is the root field."""
    tables: tuple[Table, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    """Figures outside the tables whose definitions the report states: title by path in the answer."""
    notes: tuple[str, ...] = ()
    """What a reader has to know about the limits of the figures."""
    each: Each | None = None
    optional: bool = False
    """Whether the report may run without a subject, which is then the caller."""
    prepare: Callable[[Data], Mapping[str, Any]] | None = None
    """Returns values for the template, computed from the answer."""
    name: str = ""
    query: str = ""
    each_query: str = ""


def definition(function: Callable[..., Any]) -> str:
    """Returns the definition of a computed column: the docstring of its function."""
    return " ".join((inspect.getdoc(function) or "").split())


def at(value: Any, path: str) -> Any:
    """Returns the value at a path of names; null and absent parts lead to None.

    >>> at({"account": {"rollup": {"accounts": 3}}}, "account.rollup.accounts")
    3
    """
    for part in path.split(".") if path else ():
        if value is None:
            return None
        value = value.get(part)
    return value


def rows_at(value: Any, path: str) -> list[Any]:
    """Returns the values at a path that leads through lists, flattened.

    >>> rows_at({"a": [{"b": [1, 2]}, {"b": [3]}]}, "a.b")
    [1, 2, 3]
    """
    values = [value]
    for part in path.split("."):
        found = [None if one is None else one.get(part) for one in values]
        values = [each for one in found for each in (one if isinstance(one, list) else [one]) if each is not None]
    return values
