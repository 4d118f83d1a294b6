"""Selections as data: frozen, hashable and without values; a `Slot` is the place of a value.

Selections of the same shape are equal whatever their values, and share one Cypher text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operator = Literal["eq", "ne", "in", "contains", "startsWith", "endsWith", "gt", "gte", "lt", "lte"]
Quantifier = Literal["some", "none", "all", "exists", "absent"]


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a value: the parameter `$p<index>` of a selection."""

    index: int

    @property
    def name(self) -> str:
        """The name of the parameter."""
        return f"p{self.index}"


@dataclass(frozen=True, slots=True)
class AccessValue:
    """The place of a value that belongs to the caller: a key of the parameter `$access`."""

    key: str

    @property
    def name(self) -> str:
        """The parameter and the key in it."""
        return f"access.{self.key}"


Value = Slot | AccessValue


@dataclass(frozen=True, slots=True)
class Test:
    """A property compared with a value; false if the property is missing, except for `ne`."""

    property: str
    operator: Operator
    value: Value
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """A test whether a property is missing."""

    property: str
    missing: bool


@dataclass(frozen=True, slots=True)
class EdgeTest:
    """A test of a property of the relationship that leads to the record."""

    test: Test | Missing


@dataclass(frozen=True, slots=True)
class OfKind:
    """A test whether the concrete label of the record is one of several."""

    labels: Value


@dataclass(frozen=True, slots=True)
class Labelled:
    """The record has a label and, as a record of that label, meets a condition."""

    label: str
    where: Where


@dataclass(frozen=True, slots=True)
class LabelledAny:
    """The record has one of several labels and, as a record, meets a condition."""

    labels: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Shared:
    """The record is shared with one of the caller's principals (`$access.principals`), with the right of a bit."""

    right: int


@dataclass(frozen=True, slots=True)
class AllOf:
    """All conditions hold; true without conditions."""

    of: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds; false without conditions."""

    of: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    of: Where


@dataclass(frozen=True, slots=True)
class Related:
    """A condition on some, none or all targets of a link; `exists` and `absent` test only for the link."""

    link: str
    quantifier: Quantifier
    where: Where | None
    at: Slot | None
    hierarchy: Slot | None


@dataclass(frozen=True, slots=True)
class ComputedTest:
    """A part of a computed field, with the arguments of the field, meets all tests."""

    name: str
    part: str
    arguments: tuple[tuple[str, Slot], ...]
    tests: tuple[Test | Missing, ...]


Where = (
    Test | Missing | EdgeTest | OfKind | Labelled | LabelledAny | Shared | AllOf | AnyOf | Not | Related | ComputedTest
)


# The key of a material that holds the number of its insight; no response key can equal it.
INSIGHT = "#insight"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A property of the node, or of the edge that leads to it, under a key."""

    key: str
    property: str
    edge: bool = False


@dataclass(frozen=True, slots=True)
class MoneyLeaf:
    """An amount under a key, with the selected parts: (key, `amount` | `currency` | `__typename`)."""

    key: str
    property: str
    parts: tuple[tuple[str, str], ...]
    edge: bool = False


@dataclass(frozen=True, slots=True)
class Typename:
    """The concrete label under a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant text under a key: the name of a type that is not a record; None for null."""

    key: str
    text: str | None


@dataclass(frozen=True, slots=True)
class One:
    """The target of a link to at most one record, or null."""

    key: str
    link: str
    row: Row
    at: Slot | None = None
    hierarchy: Slot | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """A page of the targets of a link."""

    key: str
    page: Page


@dataclass(frozen=True, slots=True)
class Computed:
    """A field that the database computes, with its arguments and the parts that were requested."""

    key: str
    name: str
    arguments: tuple[tuple[str, Slot], ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a computed field; `row` where it is a record, `parts` where it has parts of its own."""

    key: str
    name: str
    parts: tuple[Part, ...] = ()
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """The data of a record that an insight reads, under a key: a map of its number (see INSIGHT) and the data."""

    key: str
    number: int
    of: Computed | Row


Field = Leaf | MoneyLeaf | Typename | Constant | One | Many | Computed | Material


@dataclass(frozen=True, slots=True)
class Branch:
    """The fields selected on records of some concrete labels."""

    labels: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The fields selected on a record: one branch, or one for each group of labels with different fields."""

    branches: tuple[Branch, ...]


def flat(row: Row) -> bool:
    """Returns True if a row has enough plain values, and only such, that a list is faster to read than a map."""
    plain = (Leaf, MoneyLeaf, Typename, Constant)
    return (
        len(row.branches) == 1
        and len(row.branches[0].labels) == 1
        and len(row.branches[0].fields) >= 4
        and all(isinstance(one, plain) for one in row.branches[0].fields)
    )


@dataclass(frozen=True, slots=True)
class Order:
    """One key to sort by: a property, or the `part` of a computed field or of the record that a link leads to."""

    property: str
    descending: bool = False
    nulls_first: bool = False
    part: str | None = None
    arguments: tuple[tuple[str, Slot], ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """A position in a list, as a cursor gives it: a value for each key, None for null, and the id."""

    keys: tuple[Slot | None, ...]
    uid: Slot


@dataclass(frozen=True, slots=True)
class Nodes:
    """The records of a page under a key."""

    key: str
    row: Row


@dataclass(frozen=True, slots=True)
class Cursor:
    """An edge's cursor under a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Node:
    """An edge's record under a key."""

    key: str
    row: Row


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of a page under a key: cursor, record and the relationship's own properties."""

    key: str
    fields: tuple[Cursor | Node | Leaf | MoneyLeaf | Constant, ...]


@dataclass(frozen=True, slots=True)
class PageInfo:
    """The page information under a key: (key, the name of a field of `PageInfo`, or `__typename`)."""

    key: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Total:
    """The total number of records, under a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Figures over all records of a page, under a key; see `graph.query.figures`."""

    key: str


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `size` records of a label (at the root) or of a link, filtered, in order, between two positions.

    They are the first such records, or the last if `backward`; `deleted` adds deleted ones, `below` those of a group.
    """

    label: str
    link: str | None
    size: Slot
    shows: tuple[Nodes | Edges | PageInfo | Total | Constant | Aggregation, ...]
    where: Where | None = None
    order: tuple[Order, ...] = ()
    after: Position | None = None
    before: Position | None = None
    backward: bool = False
    at: Slot | None = None
    hierarchy: Slot | None = None
    depth: Slot | None = None
    below: Slot | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ById:
    """The record of a label with an id, or null; `deleted` looks among the deleted records too."""

    label: str
    uid: Slot
    row: Row
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Records:
    """Records by label and ids, several such lists at once: a list of pairs of id and row for each.

    `deleted` looks among the deleted records too.
    """

    of: tuple[tuple[str, Slot, Row], ...]
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """A page of all records of a label."""

    page: Page


@dataclass(frozen=True, slots=True)
class Search:
    """Full-text search by a `SearchQuery`: the requested (key, part) of each hit, after a rank and an id."""

    labels: tuple[str, ...]
    query: Slot
    phrase: Slot
    words: Slot
    marks: Slot
    misspelled: Slot | None
    first: Slot
    after: tuple[Slot, Slot] | None
    parts: tuple[tuple[str, str], ...]
    row: Row | None


Selection = ById | Records | Connection | Search
