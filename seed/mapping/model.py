"""A mapping as frozen dataclasses: the tables of a source and the nodes and relationships that they become."""

from __future__ import annotations

import re
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Scalar = str | int | float | bool | date | datetime
As = Literal["text", "int", "float", "bool", "money", "date", "datetime", "list"]

KINDS: tuple[As, ...] = ("text", "int", "float", "bool", "money", "date", "datetime", "list")
OPERATORS = ("eq", "not", "in", "matches", "gt", "lt")
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


KeyPart = Column | Constant | RowNumber


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
    """The rule by which a property gets its value from a row."""

    origin: Column | Constant | Template
    codes: AbstractMapping[str, str] = field(default_factory=dict)
    strict: bool = False
    kind: As | None = None
    scale: str | None = None
    format: str | None = None
    currency: Column | Constant | None = None
    split: str | None = None
    decimal: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a column that selected rows fulfil."""

    column: str
    operator: str
    operand: Scalar | tuple[Scalar, ...] | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a source and its format; None stands for the default of its kind."""

    name: str
    delimiter: str | None = None
    encoding: str = "utf-8"
    header: tuple[str, ...] | None = None


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
    each: str | None
    fields: AbstractMapping[str, Rule]
    label: str
    key: tuple[KeyPart, ...]


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Rows that become relationships."""

    place: str
    file: File
    where: tuple[Condition, ...]
    each: str | None
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
        found.setdefault(table.each, "each")
    for name, rule in table.fields.items():
        named = rule.origin.columns if isinstance(rule.origin, Template) else ()
        singles = tuple(one.name for one in (rule.origin, rule.currency) if isinstance(one, Column))
        for column in (*named, *singles):
            found.setdefault(column, f"fields.{name}")
    return found
