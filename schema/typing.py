"""Maps the property kinds of the models to GraphQL, and creates types whose names are known only at run time."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Optional

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema_directive import Location
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from graph.kinds import constant_name
from graph.models.properties import Kind
from graph.vocabulary import ENTITIES, SUPERS, Property
from schema import generated_types
from schema.scalars import Date, DateTime

NAMES = {
    Kind.TEXT: "str",
    Kind.INT: "int",
    Kind.FLOAT: "float",
    Kind.BOOL: "bool",
    Kind.DATE: "Date",
    Kind.DATETIME: "DateTime",
    Kind.MONEY: "Money",
    Kind.TEXTS: "list[str]",
}

vars(generated_types).update({"Optional": Optional, "ID": strawberry.ID, "DateTime": DateTime, "Date": Date})


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.INPUT_FIELD_DEFINITION, Location.ENUM_VALUE],
    name="title",
    description="The label that people read; without it, they read the name in words.",
)
class Title:
    """The directive `@title`."""

    value: str


@strawberry.schema_directive(
    locations=[Location.INPUT_FIELD_DEFINITION],
    name="among",
    description="The values of the enumeration that the mutation accepts.",
)
class Among:
    """The directive `@among`."""

    values: list[str]


class Argument(NamedTuple):
    """An argument of a field: its type as written in Python, its description, and a default."""

    name: str
    type: str
    description: str
    default: Any = strawberry.UNSET


class Member(NamedTuple):
    """A member of an enumeration, as a default."""

    enumeration: str
    name: str


class Field(NamedTuple):
    """A field of a type: its type as written in Python, its description, and its arguments.

    `title` is the label that people read, and `among` are the values of an enumeration that an input accepts.
    """

    name: str
    type: str
    description: str
    arguments: tuple[Argument, ...] = ()
    default: Any = None
    title: str | None = None
    among: tuple[str, ...] = ()


def known(name: str, value: object) -> None:
    """Registers a type under a name, so that generated types can refer to it."""
    setattr(generated_types, name, value)


def annotation(text: str) -> StrawberryAnnotation:
    """Parses a type written in Python, in which the names of generated types may appear."""
    return StrawberryAnnotation(text, namespace=vars(generated_types))


def _safe(name: str) -> str:
    return f"{name}_"


def _default(value: Any) -> Any:
    return vars(generated_types)[value.enumeration][value.name] if isinstance(value, Member) else value


def output(
    name: str, description: str, fields: Iterable[Field], *, bases: tuple[type, ...] = (), interface: bool = False
) -> Any:
    """Creates a GraphQL object or interface type."""
    body: dict[str, Any] = {"__annotations__": {}, "__module__": generated_types.__name__, "__doc__": description}
    for one in fields:
        made_field = StrawberryField(
            graphql_name=one.name,
            type_annotation=annotation(one.type),
            description=one.description,
            default=None,
            directives=_directives(one),
        )
        made_field.arguments = [
            StrawberryArgument(
                _safe(a.name), a.name, annotation(a.type), description=a.description, default=_default(a.default)
            )
            for a in one.arguments
        ]
        body[_safe(one.name)] = made_field
        body["__annotations__"][_safe(one.name)] = one.type
    decorate = strawberry.interface if interface else strawberry.type
    result: Any = decorate(type(name, bases or (object,), body), name=name, description=description)
    _resolve_late(result, body["__annotations__"])
    known(name, result)
    return result


def _directives(one: Field) -> tuple[Title | Among, ...]:
    among = (Among(values=list(one.among)),) if one.among else ()
    return (*_titled(one.title), *among)


def _titled(title: str | None) -> tuple[Title, ...]:
    return () if title is None else (Title(value=title),)


def _resolve_late(result: Any, types: dict[str, str]) -> None:
    """Defers the evaluation of annotations: strawberry evaluates them at once, before all types exist."""
    for one in result.__strawberry_definition__.fields:
        if one.python_name in types:
            one.type_annotation = annotation(types[one.python_name])


def input_type(name: str, description: str, fields: Iterable[Field], *, one_of: bool = False) -> Any:
    """Creates a GraphQL input type; fields without a default are required, those with UNSET are optional.

    A caller sets exactly one field of a type that is `one_of`.
    """
    body: dict[str, Any] = {"__annotations__": {}, "__module__": generated_types.__name__, "__doc__": description}
    for one in fields:
        default = {} if one.default is None else {"default": one.default}
        body[_safe(one.name)] = strawberry.field(
            name=one.name, description=one.description, directives=_directives(one), **default
        )
        body["__annotations__"][_safe(one.name)] = one.type
    result: Any = strawberry.input(type(name, (object,), body), name=name, description=description, one_of=one_of)
    _resolve_late(result, body["__annotations__"])
    known(name, result)
    return result


def optional(text: str) -> str:
    """Returns the type as nullable."""
    return f"Optional[{text}]"


_ENUMERATIONS: dict[str, type[enum.Enum]] = {}


def enumeration(members: type[enum.Enum], *, deprecated: Mapping[str, str] = MappingProxyType({})) -> str:
    """Returns the name of the GraphQL enumeration of a choice of the models; creates it on first use.

    The value of a member is its name in the models. `deprecated` are further names of some members.
    Raises TypeError if another choice has that name already.
    """
    name = members.__name__
    if _ENUMERATIONS.setdefault(name, members) is not members:
        raise TypeError(f"Two enumerations have the name {name}.")
    if name not in vars(generated_types):
        values = {
            constant_name(one.name): strawberry.enum_value(
                one.name, description=str(one.value), directives=_titled(getattr(one.value, "label", None))
            )
            for one in members
        }
        for old, of in deprecated.items():
            now = constant_name(of)
            values[old] = strawberry.enum_value(
                of, description=f"The former name of {now}.", deprecation_reason=f"Use {now}."
            )
        members_type: Any = enum.Enum(name, values)  # type: ignore[misc]
        known(name, strawberry.enum(members_type, name=name, description=(members.__doc__ or "").strip()))
    return name


def type_name(one: Property) -> str:
    """Returns the non-null GraphQL type of a property, as written in Python."""
    if one.members is not None:
        name = enumeration(one.members)
        return name if one.kind is Kind.CHOICE else f"list[{name}]"
    return NAMES[one.kind]


def concrete_labels() -> tuple[str, ...]:
    """Returns every concrete label of a record."""
    return tuple(ENTITIES)


def super_labels() -> tuple[str, ...]:
    """Returns every label that several entities share."""
    return tuple(SUPERS)
