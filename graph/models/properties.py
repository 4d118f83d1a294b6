"""Property kinds and relationship classes, as neomodel has them, that carry their description and rules."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from neomodel import (
    AsyncStructuredRel,
    BooleanProperty,
    FloatProperty,
    IntegerProperty,
    StringProperty,
)
from neomodel.properties import Property as NeomodelProperty

from graph.models.formats import Format
from graph.money import Rates

# The greatest length of a text that an index contains, of any other text, and of a list.
MAX_INDEXED_LENGTH = 400
MAX_PART = 199  # of a name that consists of two parts
MAX_LENGTH = 100_000
MAX_ITEMS = 1_000

# A date or time further ahead has to be confirmed; one that only the past can have may still be tomorrow in UTC.
CONFIRMED_AHEAD = timedelta(days=366)
FORESEEABLE = timedelta(days=5 * 366)
TODAY = timedelta(days=1)
EARLIEST = date(1500, 1, 1)


class Kind(enum.Enum):
    """The type of a property's value, in the database and in GraphQL."""

    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    MONEY = "money"
    TEXTS = "texts"
    INTS = "ints"


class ModelProperty:
    """Settings that every property of a model has beside neomodel's own.

    `search` finds records by the text: it names the property of the full-text index that holds its words, of which a
    record has one each, such as `title`. `writable=False` keeps a property out of inputs, `hidden` out of GraphQL. A
    missing value means `default` to every reader; a new record gets `initial` when its creator gives no value.
    `minimum` and `maximum` are the inclusive bounds of a number or an amount. A new record without a value gets a
    number that begins with `numbered`, if there is one. `record` is the label of the record whose id the value is.
    `format` and the greatest length `longest` apply to texts. `max_ahead` is how far after the present a date or time
    may lie; a caller can confirm a later one, unless only the `past` can have it. A value is not below that of the
    property `not_below`. Two records with the same `identifying` value are the same. A `secured` value is read and
    written only by roles that have the permission, a `personal` one is erased with the person who the record is about.
    To change an `administered` value takes the privilege to change every record of the entity.
    People read the `title` as the label; by default the name in words.
    """

    kind: Kind
    description: str
    title: str | None
    search: str | None
    writable: bool
    required: bool
    hidden: bool
    initial: object
    minimum: float | None
    maximum: float | None
    numbered: str | None
    record: str | None
    format: Format | None
    longest: int
    max_ahead: timedelta | None
    confirmable: bool
    not_below: str | None
    identifying: bool
    secured: bool
    personal: bool
    administered: bool

    def __init__(
        self,
        description: str,
        *,
        title: str | None = None,
        required: bool = False,
        index: bool = False,
        search: str | None = None,
        unique: bool = False,
        writable: bool = True,
        hidden: bool = False,
        initial: enum.Enum | Callable[[], object] | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
        numbered: str | None = None,
        record: str | None = None,
        format: Format | None = None,  # noqa: A002  the word for it
        longest: int | None = None,
        max_ahead: timedelta | None = CONFIRMED_AHEAD,
        past: bool = False,
        not_below: str | None = None,
        identifying: bool = False,
        secured: bool = False,
        personal: bool = False,
        administered: bool = False,
        **more: Any,
    ) -> None:
        # the neomodel property stands beside this class in every kind
        super().__init__(required=required, index=index, unique_index=unique, help_text=description, **more)  # type: ignore[call-arg]
        self.description, self.title = description, title
        self.search = search
        self.writable = writable
        self.hidden = hidden
        self.initial = initial.name if isinstance(initial, enum.Enum) else initial
        self.minimum, self.maximum = minimum, maximum
        self.numbered, self.record = numbered, record
        self.format = format
        self.longest = longest or (MAX_INDEXED_LENGTH if index or unique else MAX_LENGTH)
        self.max_ahead = min(max_ahead or timedelta(), TODAY) if past else max_ahead
        self.confirmable = not past and max_ahead is not None
        self.not_below, self.identifying, self.secured, self.personal = not_below, identifying, secured, personal
        self.administered = administered


class Text(ModelProperty, StringProperty):
    """A text. Lists in the order of a `collated` one ignore case and accents; set it to False for ids and numbers.

    A sort key is stored beside it if it is required and indexed. A unique text is never collated.
    """

    kind = Kind.TEXT

    def __init__(self, description: str, *, collated: bool = True, unique: bool = False, **more: Any) -> None:
        super().__init__(description, unique=unique, **more)
        self.collated = collated and not unique


class Choice(ModelProperty, StringProperty):
    """One member of an enumeration, stored by its name.

    An import stores `unknown` for a record of which only the key is known.
    """

    kind = Kind.CHOICE

    def __init__(
        self,
        members: type[enum.Enum],
        description: str,
        *,
        unknown: enum.Enum | None = None,
        default: enum.Enum | None = None,
        **more: Any,
    ) -> None:
        super().__init__(description, choices={member.name: member.name for member in members}, **more)
        self.members = members
        self.unknown = unknown.name if unknown is not None else None
        self.default_member = default.name if default is not None else None


class Int(ModelProperty, IntegerProperty):
    """A 32-bit integer."""

    kind = Kind.INT


class Float(ModelProperty, FloatProperty):
    """A double-precision number."""

    kind = Kind.FLOAT


class Bool(ModelProperty, BooleanProperty):
    """A boolean."""

    kind = Kind.BOOL


class Money(ModelProperty, IntegerProperty):
    """An amount: `x` in minor units, `xCurrency` (ISO 4217) and `xBase` in minor units of the base currency."""

    kind = Kind.MONEY


class _Native(ModelProperty, NeomodelProperty[Any]):
    """A value that the driver stores as it is."""

    def inflate(self, value: Any, rethrow: bool = True) -> Any:  # noqa: ARG002  the signature is neomodel's
        """The value as the driver returns it."""
        return value

    def deflate(self, value: Any, rethrow: bool = True) -> Any:  # noqa: ARG002  the signature is neomodel's
        """The value as the driver accepts it."""
        return value


class Date(_Native):
    """A calendar date."""

    kind = Kind.DATE
    native_type = date


class DateTime(_Native):
    """A timestamp, stored as a zoned date-time in UTC."""

    kind = Kind.DATETIME
    native_type = datetime


class Texts(_Native):
    """A list of texts."""

    kind = Kind.TEXTS
    native_type = list


class Choices(Texts):
    """A list of members of an enumeration."""

    def __init__(self, members: type[enum.Enum], description: str, **more: Any) -> None:
        super().__init__(description, **more)
        self.members = members


class Ints(_Native):
    """A list of integers."""

    kind = Kind.INTS
    native_type = list


Property = Text | Choice | Int | Float | Bool | Money | Date | DateTime | Texts | Ints


# ---------- relationships --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Acyclic:
    """No cycle of such relationships at any point in time, among those that agree in `keys` and match `where`."""

    keys: tuple[str, ...] = ()
    where: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class AtMostOne:
    """At most one such relationship at a time per start (or per end); `keys` and `where` as for `Acyclic`."""

    per: str = "start"
    keys: tuple[str, ...] = ()
    where: tuple[tuple[str, object], ...] = ()


class Relationship(AsyncStructuredRel):
    """A relationship; each subclass declares its type, its properties and its invariants.

    `derived` relationships are computed and never written by hand. `noun` names the mutations that add, change and end
    or remove them (`addEmployment`), and the one that withdraws them. If `mutations` of their own add and end them,
    only the last one is derived. `ends` are the inputs for the records at both ends, by default named after their
    labels. `keys` are the properties that tell apart relationships between the same two records. `assigns` is the end,
    "start" or "end", whose record gets a responsibility or a place; an unavailable record cannot be put there. The
    amounts of `additive` relationships between the same two records add up. `privileges` are the types of privileges
    that a caller needs on the records at the start and at the end; by default WRITE on the record that a mutation is
    about, and APPEND on the other. `shares` ones share the record at the end with the user or team at the start.
    """

    type: ClassVar[str] = ""
    acyclic: ClassVar[Acyclic | None] = None
    at_most_one: ClassVar[tuple[AtMostOne, ...]] = ()
    derived: ClassVar[bool] = False
    noun: ClassVar[str | None] = None
    ends: ClassVar[tuple[str, str] | None] = None
    keys: ClassVar[tuple[str, ...]] = ()
    mutations: ClassVar[tuple[str, ...]] = ()
    additive: ClassVar[bool] = False
    assigns: ClassVar[str | None] = None
    privileges: ClassVar[tuple[str, str] | None] = None
    shares: ClassVar[bool] = False

    createdAt = DateTime("When the relationship was recorded.", writable=False, hidden=True)
    origin = Text(
        "The source system that the relationship was imported from.", db_property="source", writable=False, hidden=True
    )
    sourceKey = Text("The key of the relationship in its source system.", writable=False)

    @classmethod
    def complete(cls, values: dict[str, Any], rates: Rates) -> dict[str, Any]:
        """Returns the values with those derived from them; never overwrites a value."""
        del rates
        return values


class PlainRelationship(Relationship):
    """A relationship without properties of its own."""
