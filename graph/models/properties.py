"""The kinds a property can have, as neomodel properties that also say what they mean."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from neomodel import (
    AsyncRelationshipFrom,
    AsyncRelationshipTo,
    BooleanProperty,
    FloatProperty,
    IntegerProperty,
    StringProperty,
)
from neomodel.async_.cardinality import AsyncZeroOrOne
from neomodel.async_.relationship_manager import AsyncRelationshipDefinition, AsyncZeroOrMore
from neomodel.properties import Property as NeomodelProperty


class Kind(enum.Enum):
    """What a property holds in the database and what callers see."""

    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    MONEY = "money"
    TEXTS = "texts"


class Declared:
    """What every property of ours says beside neomodel's own settings."""

    kind: Kind
    description: str
    search: bool
    writable: bool
    required: bool

    def __init__(
        self,
        description: str,
        *,
        required: bool = False,
        index: bool = False,
        search: bool = False,
        unique: bool = False,
        writable: bool = True,
        **more: Any,
    ) -> None:
        # neomodel's property stands beside this class in every kind.
        super().__init__(required=required, index=index, unique_index=unique, help_text=description, **more)  # type: ignore[call-arg]
        self.description = description
        self.search = search
        self.writable = writable


class Text(Declared, StringProperty):
    """A text."""

    kind = Kind.TEXT


class Choice(Declared, StringProperty):
    """One member of an enumeration, stored as its name; `unknown` is the one of a record nothing more is known of."""

    kind = Kind.CHOICE

    def __init__(
        self, members: type[enum.Enum], description: str, *, unknown: enum.Enum | None = None, **more: Any
    ) -> None:
        super().__init__(description, choices={member.name: member.name for member in members}, **more)
        self.members = members
        self.unknown = unknown.name if unknown is not None else None


class Int(Declared, IntegerProperty):
    """A whole number within 32 bits."""

    kind = Kind.INT


class Float(Declared, FloatProperty):
    """A double."""

    kind = Kind.FLOAT


class Bool(Declared, BooleanProperty):
    """True or false."""

    kind = Kind.BOOL


class Money(Declared, IntegerProperty):
    """An amount: `x` in minor units, `xCurrency` (ISO 4217) and `xBase` in minor units of the base currency."""

    kind = Kind.MONEY


class _Native(Declared, NeomodelProperty[Any]):
    """A value the driver stores as it is."""

    def inflate(self, value: Any, rethrow: bool = True) -> Any:  # noqa: ARG002  neomodel gives it
        """The value as the driver gives it."""
        return value

    def deflate(self, value: Any, rethrow: bool = True) -> Any:  # noqa: ARG002  neomodel gives it
        """The value as the driver takes it."""
        return value


class Date(_Native):
    """A day."""

    kind = Kind.DATE
    holds = date


class DateTime(_Native):
    """A moment with its offset, kept as a zoned date-time in UTC."""

    kind = Kind.DATETIME
    holds = datetime


class Texts(_Native):
    """A list of texts."""

    kind = Kind.TEXTS
    holds = list


Property = Text | Choice | Int | Float | Bool | Money | Date | DateTime | Texts


def _link(
    to: bool, target: str, edge: str, description: str, model: type | None, one: bool, where: Mapping[str, str] | None
) -> AsyncRelationshipDefinition:
    cardinality = AsyncZeroOrOne if one else AsyncZeroOrMore
    make = AsyncRelationshipTo if to else AsyncRelationshipFrom
    made: AsyncRelationshipDefinition = make(target, edge, cardinality=cardinality, model=model)
    made.declared = (target, edge, to, description, model, one, dict(where or {}))  # type: ignore[attr-defined]
    return made


def to(
    target: str,
    edge: str,
    description: str,
    *,
    model: type | None = None,
    one: bool = False,
    where: Mapping[str, str] | None = None,
) -> AsyncRelationshipDefinition:
    """A link along `(self)-[:edge]->(target)`; `where` fixes edge properties, `one` allows at most one."""
    return _link(True, target, edge, description, model, one, where)


def by(
    target: str,
    edge: str,
    description: str,
    *,
    model: type | None = None,
    one: bool = False,
    where: Mapping[str, str] | None = None,
) -> AsyncRelationshipDefinition:
    """A link along `(self)<-[:edge]-(target)`; `where` fixes edge properties, `one` allows at most one."""
    return _link(False, target, edge, description, model, one, where)
