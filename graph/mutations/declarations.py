"""Mutations as data: inputs, guards, payloads, and the registry that every declaration adds itself to.

A subject file declares `Transition`s, `EdgeMutation`s and `Command`s; `create…` and `update…` follow from the entities.
GraphQL types, locks, access checks, the Event, `ifVersion`, `idempotencyKey`, `dryRun`, the reference page and the
generated tests are derived.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from graph.errors import KithError
from graph.models.properties import DateTime, Kind, ModelProperty
from graph.money import Rates
from graph.mutations.completion import Derives
from graph.mutations.reasons import Reason
from graph.query.builder import CypherBuilder
from graph.store import Reads
from graph.vocabulary import Property, properties

APPEND, ASSIGN, CREATE, DELETE, READ, SHARE, WRITE = "APPEND", "ASSIGN", "CREATE", "DELETE", "READ", "SHARE", "WRITE"

# ---------- inputs ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expression:
    """A default that the database computes from `n`, `$input` and `$now`, and its description for callers."""

    cypher: str
    description: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A default: the value of another property of the record."""

    source: str

    @property
    def description(self) -> str:
        """The default as callers read it."""
        return f"its `{self.source}`"


TODAY = Expression("date($now)", "today (UTC)")
NOW = Expression("$now", "now")


@dataclass(frozen=True, slots=True)
class Value:
    """An input with a value.

    `stored` ones are properties of the record or relationship: they arrive in the map `$input.values`, and the names
    of those that were sent in the list `$input.keys`. The others arrive as `$input.<name>`. `among` narrows an
    enumeration.
    """

    declared: Property
    required: bool = False
    default: object = None
    among: tuple[str, ...] = ()
    description: str = ""
    stored: bool = True

    @property
    def name(self) -> str:
        """The name of the input."""
        return self.declared.name


@dataclass(frozen=True, slots=True)
class Given:
    """A property of the record or relationship as an input, by its name; see `Value` for the attributes."""

    name: str
    required: bool = False
    default: object = None
    among: tuple[str, ...] = ()
    description: str = ""

    def of(self, owner: Mapping[str, Property]) -> Value:
        """The input, with the property that it names."""
        one = owner[self.name]
        default = one.default if self.default is None else self.default
        return Value(one, self.required, default, self.among, self.description or one.description)


def extra(name: str, declared: ModelProperty, *, required: bool = False, default: object = None) -> Value:
    """An input that is not a property of the record, declared like one: `extra("note", Text("The note."))`."""
    return Value(properties({name: declared})[name], required, default, (), declared.description, stored=False)


@dataclass(frozen=True, slots=True)
class RecordInput:
    """The id of a record, which arrives as `$input.<name>` and is bound to a variable, within the caller's access.

    `only` narrows a super-label. `explicit` ones may be null but not omitted. `stores` is the property of the
    relationship that keeps the id. `deleted` ones name a deleted record. `assigned` ones must be available, unless the
    relationship of the type `kept` leads from `n` to them already. The caller needs the `privilege` on the record,
    and, to send another one, the privilege `changes` on the subject.
    """

    name: str
    label: str
    description: str
    required: bool = True
    explicit: bool = False
    only: tuple[str, ...] = ()
    variable: str = ""
    stores: str = ""
    deleted: bool = False
    assigned: bool = False
    kept: str = ""
    privilege: str = APPEND
    changes: str = ""

    @property
    def bound(self) -> str:
        """The variable of the record."""
        return self.variable or self.name


@dataclass(frozen=True, slots=True)
class Group:
    """An object with its own inputs, or a list of such objects; `type` is its GraphQL input type.

    An object arrives as `$input.<name>`. A list is bound to the variable `<name>`: a list of maps, in which the id of
    a record is replaced by the record.
    """

    name: str
    type: str
    description: str
    inputs: tuple[Value | RecordInput, ...]
    many: bool = False
    defaults: Mapping[str, object] = field(default_factory=dict)


Input = Value | RecordInput | Group

VALID_FROM = extra("validFrom", DateTime("The start of the validity period."), default=NOW)
VALID_TO = extra("validTo", DateTime("The end of the validity period (exclusive)."), default=NOW)


# ---------- what a mutation does -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition (Cypher) under which a mutation is refused, and the reason; `field` is the input at fault.

    `details` are Cypher expressions for the placeholders of the reason.
    """

    predicate: str
    reason: Reason
    details: Mapping[str, str] = field(default_factory=dict)
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A record in the payload: the field, the variable that holds the record, and its label."""

    name: str
    variable: str
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text in the payload, which is read after the commit, from the id of the subject."""

    name: str
    description: str
    read: Callable[[Reads, str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Body:
    """The part of a statement that is specific to a mutation; the frame adds locks, checks and the Event.

    `near` are queries that return further records to lock as `one`; `prepare` runs before the guards, `create` (which
    binds `n`) and `plan` after them; `changes` is an expression for the changes that the Event records (see
    `graph.events.write_event`); `writes` run only if there are changes, over `n` and the variables in `imports`.
    `rewrites` is the variable of the positions of earlier events whose changes they rewrite, see decision 0034.
    """

    near: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    create: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    changes: str = "[]"
    imports: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    rewrites: str | None = None


_Result = TypeVar("_Result")


def once(method: Callable[[Any], _Result]) -> Callable[[Any], _Result]:
    """Computes the result of a method of a declaration, which never changes, at its first call."""
    key = f"_{method.__name__}"

    @wraps(method)
    def computed(self: Any) -> _Result:
        known: dict[str, _Result] = self.__dict__
        if key not in known:
            known[key] = method(self)
        return known[key]

    return computed


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A mutation; declaring one registers it. `label` is the label of its subject, the record `n`."""

    name: str
    label: str
    description: str

    def __post_init__(self) -> None:
        if self.name in MUTATIONS:
            raise TypeError(f"The mutation {self.name} is declared twice.")
        MUTATIONS[self.name] = self

    @property
    def creates(self) -> bool:
        """Whether the subject is a new record, whose id is `$input.id`."""
        return False

    @property
    def removes(self) -> bool:
        """Whether the caller cannot read the subject afterwards."""
        return False

    @property
    def privilege(self) -> str:
        """The privilege on the subject that the caller needs."""
        return CREATE if self.creates else WRITE

    def inputs(self) -> tuple[Input, ...]:
        """The inputs of this mutation, without the common ones such as `dryRun`."""
        raise NotImplementedError

    def returned(self) -> tuple[Returned, ...]:
        """The records in the payload except the Event; the first one is the subject."""
        return (Returned(field_name(self.label), "n", self.label, "The record after the mutation."),)

    def texts(self) -> tuple[Document, ...]:
        """The documents in the payload."""
        return ()

    def needed_everywhere(self) -> Mapping[str, tuple[str, ...]]:
        """The labels for each privilege that the caller needs on all their records."""
        return {}

    @property
    def timed(self) -> bool:
        """Whether the input has a date or time that can be far ahead, which the caller then has to confirm."""
        groups = [inner for one in self.inputs() if isinstance(one, Group) for inner in one.inputs]
        declared = [one.declared for one in (*self.inputs(), *groups) if isinstance(one, Value)]
        return any(one.kind in (Kind.DATE, Kind.DATETIME) and one.confirmable for one in declared)

    @property
    def payload(self) -> tuple[Returned, ...]:
        """The records in the payload; the first one is the subject, the last one the Event."""
        return (*self.returned(), Returned("event", "event", "Event", "The event that records the mutation."))

    @property
    def subjects(self) -> tuple[str, ...]:
        """The inputs that name the subject; exactly one of them is sent."""
        return tuple(one.name for one in self.inputs() if isinstance(one, RecordInput) and one.bound == "n")

    def body(self, builder: CypherBuilder) -> Body:
        """The Cypher of the mutation."""
        raise NotImplementedError

    def locks(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the locks that protect invariants over many records."""
        del values
        return ()

    def errors(self, values: Mapping[str, Any]) -> Iterator[KithError]:
        """Errors of an input that concern several of its fields."""
        del values
        return iter(())

    def derives(self, rates: Rates) -> Derives | None:
        """The entity or relationship of which the mutation stores derived values; None if it stores none."""
        del rates
        return None

    def stored(self, builder: CypherBuilder) -> tuple[str, ...]:
        """The clauses that bind `stored`, the properties that derived values are compared with, or null."""
        raise NotImplementedError

    @property
    def ids(self) -> tuple[str, ...]:
        """The inputs that are ids of new records; the server generates them."""
        return ("id",) if self.creates else ()

    def constants(self) -> Mapping[str, Any]:
        """Parameters of the statement in addition to `$input`."""
        return {}


MUTATIONS: dict[str, Mutation] = {}


def field_name(label: str) -> str:
    """The payload field of a label, such as `account`."""
    return "node" if label == "Record" else label[0].lower() + label[1:]


def words(label: str) -> str:
    """A label in words.

    >>> words("BusinessUnit")
    'business unit'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).lower()
