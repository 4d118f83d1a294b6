"""Figures over all records of a connection, as one aggregate or for each group of records, as data.

The functions and the kinds of property that they apply to decide which figures and keys an entity has.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from graph.models.properties import Kind
from graph.query.selection import Aggregation, Constant, Missing, Row, Slot, Test
from graph.vocabulary import Entity, Link

_NUMBERS = frozenset({Kind.INT, Kind.FLOAT, Kind.MONEY})
_TIMES = frozenset({Kind.DATE, Kind.DATETIME})

# The functions of figures, each with the kinds of property that it applies to.
FUNCTIONS: Mapping[str, frozenset[Kind]] = {
    "sum": _NUMBERS,
    "avg": _NUMBERS,
    "min": _NUMBERS | _TIMES,
    "max": _NUMBERS | _TIMES,
    "countDistinct": frozenset(Kind) - {Kind.TEXTS, Kind.INTS},
}
KEY_KINDS = FUNCTIONS["countDistinct"] - {Kind.MONEY}
TYPE_KEY = "type"


class DateUnit(enum.Enum):
    """The unit by which dates and timestamps are grouped; periods begin and end in UTC."""

    DAY = "A day."
    WEEK = "A week, from Monday (ISO 8601)."
    MONTH = "A month."
    QUARTER = "A quarter."
    YEAR = "A year."


def result_kind(function: str, kind: Kind) -> Kind:
    """Returns the kind of a function's result: sums and averages of numbers are floats, of money they are money."""
    if function == "countDistinct":
        return Kind.INT
    return Kind.FLOAT if function in ("sum", "avg") and kind is Kind.INT else kind


def figure_properties(model: Entity, function: str) -> tuple[str, ...]:
    """Returns the properties of an entity that a function applies to; hidden ones are left out."""
    kinds = FUNCTIONS[function]
    return tuple(one.name for one in model.properties.values() if not one.hidden and one.kind in kinds)


def key_links(model: Entity) -> tuple[Link, ...]:
    """Returns the links of an entity to at most one record."""
    return tuple(one for one in model.links.values() if one.one and not one.hidden)


# ---------- selections -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """The values that figures and keys are made from: a property, a link to one record, or the type of the record."""

    kind: Literal["property", "link", "type"]
    name: str
    hierarchy: Slot | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A function of a source over several records; `count` has no source."""

    function: str
    of: Source | None = None


@dataclass(frozen=True, slots=True)
class FigureField:
    """A figure under a key; for money with the selected parts."""

    key: str
    figure: Figure
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FigureMap:
    """The figures of one function under a key."""

    key: str
    fields: tuple[FigureField | Constant, ...]


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A key by which records are grouped; dates and timestamps by a unit."""

    of: Source
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class KeyField:
    """The value of a group's key under a key, null if the groups do not have it; `row` for a record."""

    key: str
    of: GroupKey | None
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class KeyMap:
    """The values of a group's keys under a key."""

    key: str
    fields: tuple[KeyField | Constant, ...]


@dataclass(frozen=True, slots=True)
class GroupOrder:
    """One key to sort groups by: a figure, or the value of a key of the group by its index."""

    of: Figure | int
    descending: bool


@dataclass(frozen=True, slots=True)
class Having:
    """A figure of a group meets all tests."""

    figure: Figure
    tests: tuple[Test | Missing, ...]


@dataclass(frozen=True, slots=True)
class Aggregate(Aggregation):
    """Figures over all records of a connection."""

    fields: tuple[FigureField | FigureMap | Constant, ...]


@dataclass(frozen=True, slots=True)
class Withheld(Aggregation):
    """The number of records of a connection that the caller may not read, whatever its conditions and its page."""


@dataclass(frozen=True, slots=True)
class Groups(Aggregation):
    """The records of a connection in groups of equal keys, up to `first` groups that meet the conditions, in order."""

    by: tuple[GroupKey, ...]
    first: Slot
    fields: tuple[FigureField | FigureMap | KeyMap | Constant, ...]
    having: tuple[Having, ...] = ()
    order: tuple[GroupOrder, ...] = ()
