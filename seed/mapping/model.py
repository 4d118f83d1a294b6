"""A mapping as frozen dataclasses: the tables of a source and the nodes and relationships that they become."""

from __future__ import annotations

import re
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from seed.mapping.numbers import NumberNotation

Scalar = str | int | float | bool | date | datetime
As = Literal["text", "int", "float", "bool", "money", "date", "datetime", "list"]

KINDS: tuple[As, ...] = ("text", "int", "float", "bool", "money", "date", "datetime", "list")
OPERATORS = ("eq", "not", "in", "matches", "gt", "lt")
FOLDS = ("first", "second")
ROW_NUMBER = "#row"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One problem of a mapping: its place, a message and a remedy."""

    place: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is the same for every row."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a column."""

    name: str


@dataclass(frozen=True, slots=True)
class RowNumber:
    """The number of the row in its file, from 1."""


@dataclass(frozen=True, slots=True)
class KeyColumn(Column):
    """The value of a column as a part of a key: its codes mapped, and as a whole number if `kind` is "int"."""

    codes: AbstractMapping[str, str] = field(default_factory=dict)
    kind: As | None = None
    number: NumberNotation | None = None


KeyPart = KeyColumn | Constant | RowNumber


@dataclass(frozen=True, slots=True)
class Template:
    """A text composed of columns: literal pieces, each followed by a column (None after the last)."""

    text: str
    pieces: tuple[tuple[str, str | None], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return tuple(column for _, column in self.pieces if column is not None)


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule by which a property gets its value from a row.

    `default` stands for a missing value. `number` is the notation of numbers. A local time is one of `zone`; `fold`
    decides which of two readings is meant where the clocks change. `allow_future` confirms dates and times that are so
    far ahead that they would be rejected.
    """

    origin: Column | Constant | Template
    codes: AbstractMapping[str, str] = field(default_factory=dict)
    strict: bool = False
    kind: As | None = None
    scale: str | None = None
    format: str | None = None
    currency: Rule | None = None
    split: str | None = None
    number: NumberNotation | None = None
    zone: str | None = None
    fold: str | None = None
    default: str | None = None
    allow_future: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a column that selected rows fulfil."""

    column: str
    operator: str
    operand: Scalar | tuple[Scalar, ...] | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a source and its format; None stands for the default of its kind.

    `skip` is the number of lines before the header, or before the first row if the mapping declares the header.
    """

    name: str
    delimiter: str | None = None
    encoding: str = "utf-8"
    header: tuple[str, ...] | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Each:
    """The list column of which every element is a row; `split` separates the elements of a text.

    `field` is the field that declares it, if there is one. It need not be a property.
    """

    column: str
    split: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """One end of a relationship: the node of that label with that key."""

    label: str
    key: tuple[KeyPart, ...]
    create_missing: bool = False


@dataclass(frozen=True, slots=True)
class NodeTable:
    """Rows that become nodes."""

    place: str
    file: File
    where: tuple[Condition, ...]
    each: Each | None
    fields: AbstractMapping[str, Rule]
    label: str
    key: tuple[KeyPart, ...]


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Rows that become relationships."""

    place: str
    file: File
    where: tuple[Condition, ...]
    each: Each | None
    fields: AbstractMapping[str, Rule]
    type: str
    start: End
    end: End
    key: tuple[KeyPart, ...]


AnyTable = NodeTable | EdgeTable


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file."""

    name: str
    source: str
    currency: str | None
    null: frozenset[str]
    nodes: tuple[NodeTable, ...]
    edges: tuple[EdgeTable, ...]

    @property
    def tables(self) -> tuple[AnyTable, ...]:
        """The node tables and then the edge tables, each in the order of the file."""
        return (*self.nodes, *self.edges)


def columns(table: AnyTable) -> dict[str, str]:
    """The columns that a table reads, each with the first place that names it."""
    found: dict[str, str] = {}
    keys = {"key": table.key}
    if isinstance(table, EdgeTable):
        keys = {"from.key": table.start.key, "to.key": table.end.key, "key": table.key}
    for place, parts in keys.items():
        for part in parts:
            if isinstance(part, Column):
                found.setdefault(part.name, place)
    for test in table.where:
        found.setdefault(test.column, f"where.{test.column}")
    if table.each is not None:
        found.setdefault(table.each.column, "each")
    for name, rule in table.fields.items():
        for column in _of_rule(rule):
            found.setdefault(column, f"fields.{name}")
    return found


def _of_rule(rule: Rule) -> tuple[str, ...]:
    own: tuple[str, ...] = ()
    if isinstance(rule.origin, Template):
        own = rule.origin.columns
    elif isinstance(rule.origin, Column):
        own = (rule.origin.name,)
    return own if rule.currency is None else (*own, *_of_rule(rule.currency))
