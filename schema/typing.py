"""How the kinds of the models are called in GraphQL, and how types are made under names known only at run time."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Optional

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

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


class Argument(NamedTuple):
    """An argument of a field: its type as written in Python, what it description, and a default."""

    name: str
    type: str
    description: str
    default: Any = strawberry.UNSET


class Member(NamedTuple):
    """A member of an enumeration, as a default."""

    enumeration: str
    name: str


class Field(NamedTuple):
    """A field of a type: its type as written in Python, what it description, and its arguments."""

    name: str
    type: str
    description: str
    arguments: tuple[Argument, ...] = ()
    default: Any = None


def known(name: str, value: object) -> None:
    """Makes a type known by name to the types made here."""
    setattr(generated_types, name, value)


def annotation(text: str) -> StrawberryAnnotation:
    """A type written in Python over the names of the types made here."""
    return StrawberryAnnotation(text, namespace=vars(generated_types))


def _safe(name: str) -> str:
    return f"{name}_"


def _default(value: Any) -> Any:
    return vars(generated_types)[value.enumeration][value.name] if isinstance(value, Member) else value


def output(
    name: str, description: str, fields: Iterable[Field], *, bases: tuple[type, ...] = (), interface: bool = False
) -> Any:
    """A GraphQL object or interface type."""
    body: dict[str, Any] = {"__annotations__": {}, "__module__": generated_types.__name__, "__doc__": description}
    for one in fields:
        made_field = StrawberryField(
            graphql_name=one.name, type_annotation=annotation(one.type), description=one.description, default=None
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


def _resolve_late(result: Any, types: dict[str, str]) -> None:
    """Strawberry evaluates annotations while the class is made, when later types are not known yet; this undoes it."""
    for one in result.__strawberry_definition__.fields:
        if one.python_name in types:
            one.type_annotation = annotation(types[one.python_name])


def input_type(name: str, description: str, fields: Iterable[Field]) -> Any:
    """A GraphQL input type; fields without a default are required, those with UNSET can be left out."""
    body: dict[str, Any] = {"__annotations__": {}, "__module__": generated_types.__name__, "__doc__": description}
    for one in fields:
        default = {} if one.default is None else {"default": one.default}
        body[_safe(one.name)] = strawberry.field(name=one.name, description=one.description, **default)
        body["__annotations__"][_safe(one.name)] = one.type
    result: Any = strawberry.input(type(name, (object,), body), name=name, description=description)
    _resolve_late(result, body["__annotations__"])
    known(name, result)
    return result


def optional(text: str) -> str:
    """The type, or null."""
    return f"Optional[{text}]"


def enumeration(members: type[enum.Enum], name: str | None = None) -> str:
    """The name of the GraphQL enumeration for a choice of the models; made on first use.

    TypeError when another choice has that name already.
    """
    name = name or members.__name__
    if name not in vars(generated_types):
        told = {one.name: str(one.value) for one in members}
        enumeration_of(name, (members.__doc__ or "").strip(), told)
    elif [one.name for one in vars(generated_types)[name]] != [one.name for one in members]:
        raise TypeError(f"Two enumerations are called {name}.")
    return name


def enumeration_of(name: str, description: str, members: Mapping[str, str]) -> Any:
    """A GraphQL enumeration of these members, by what each says."""
    values = {one: strawberry.enum_value(one, description=told) for one, told in members.items()}
    members_type: Any = enum.Enum(name, values)  # type: ignore[misc]
    made_enum = strawberry.enum(members_type, name=name, description=description)
    known(name, made_enum)
    return made_enum


def type_name(one: Property) -> str:
    """The GraphQL type of a property, as written in Python, without null."""
    if one.kind is Kind.CHOICE:
        assert one.members is not None
        return enumeration(one.members)
    return NAMES[one.kind]


def concrete_labels() -> tuple[str, ...]:
    """Every label a record can have."""
    return tuple(ENTITIES)


def super_labels() -> tuple[str, ...]:
    """Every label that several kinds of record share."""
    return tuple(SUPERS)
