"""The filters, orders and plain inputs that follow from what an entity shows."""

from __future__ import annotations

import enum

import strawberry

from graph.models.properties import Kind
from graph.query.builder import COMPUTED
from graph.query.values import sortable_parts
from graph.vocabulary import Link, Property
from schema import generated_types
from schema.exposure import EXPOSED_TYPES, ExposedType
from schema.typing import Field, enumeration, input_type, optional, type_name

U = strawberry.UNSET

_SAYS = {
    "eq": "Is equal to it.",
    "ne": "Is not equal to it, or missing.",
    "in": "Is one of them.",
    "contains": "Contains it.",
    "startsWith": "Starts with it.",
    "endsWith": "Ends with it.",
    "gt": "Is greater.",
    "gte": "Is greater or equal.",
    "lt": "Is less.",
    "lte": "Is less or equal.",
    "isNull": "Whether it is missing.",
}
_EQUAL = ("eq", "ne", "in")
_RANGE = ("gt", "gte", "lt", "lte")
_PARTS = ("contains", "startsWith", "endsWith")

_FILTERS = {
    Kind.TEXT: ("TextWhere", "str", (*_EQUAL, *_PARTS, *_RANGE)),
    Kind.INT: ("IntWhere", "int", (*_EQUAL, *_RANGE)),
    Kind.FLOAT: ("FloatWhere", "float", (*_EQUAL, *_RANGE)),
    Kind.BOOL: ("BooleanWhere", "bool", ("eq", "ne")),
    Kind.DATE: ("DateWhere", "Date", (*_EQUAL, *_RANGE)),
    Kind.DATETIME: ("DateTimeWhere", "DateTime", (*_EQUAL, *_RANGE)),
    Kind.MONEY: ("MoneyWhere", "float", (*_EQUAL, *_RANGE)),
}
_FILTER_SAYS = {
    "TextWhere": "Conditions on a text; all of them must hold.",
    "MoneyWhere": "Conditions on an amount, in units of the base currency; all of them must hold.",
}


class SortDirection(enum.Enum):
    """Which way to sort; what is missing comes last either way."""

    ASC = "Smallest first."
    DESC = "Greatest first."


def _filter(name: str, value: str, operators: tuple[str, ...]) -> None:
    fields = [
        Field(one, optional(f"list[{value}]" if one == "in" else value), _SAYS[one], default=U) for one in operators
    ]
    fields.append(Field("isNull", optional("bool"), _SAYS["isNull"], default=U))
    if name == "TextWhere":
        fields.append(Field("ignoreCase", "bool", "Whether upper and lower case are the same.", default=False))
    description = _FILTER_SAYS.get(name, f"Conditions on a {name.removesuffix('Where')}; all of them must hold.")
    input_type(name, description, fields)


def property_filter(one: Property) -> str | None:
    """The input type that filters a property; None for lists."""
    if one.kind is Kind.CHOICE:
        choice = type_name(one)
        name = f"{choice}Where"
        if not hasattr(generated_types, name):
            _filter(name, choice, _EQUAL)
        return name
    return _FILTERS[one.kind][0] if one.kind in _FILTERS else None


def _links_of(face: ExposedType) -> list[Link]:
    return [face.model.links[one] for one in face.links]


def target_face(link: Link) -> ExposedType:
    """What is shown of the records a link leads to."""
    return EXPOSED_TYPES[link.target]


def make_inputs() -> None:
    """Makes every filter and order type, in no particular order: they name each other."""
    enumeration(SortDirection)
    for name, value, operators in _FILTERS.values():
        _filter(name, value, operators)
    _filter("IDWhere", "ID", _EQUAL)
    for face in EXPOSED_TYPES.values():
        _where(face)
        _order(face)


def _where(face: ExposedType) -> None:
    name = f"{face.name}Where"
    fields = [Field("id", optional("IDWhere"), "Conditions on the id.", default=U)]
    for one in face.properties:
        found = face.model.properties[one]
        filtered = property_filter(found)
        if filtered is not None:
            fields.append(Field(one, optional(filtered), found.description, default=U))
    for link in _links_of(face):
        related = f"{target_face(link).name}{'Link' if link.one else 'List'}Where"
        fields.append(Field(link.name, optional(related), link.description, default=U))
    for one in face.fields:
        declared = COMPUTED[f"{face.model.label}.{one}"]
        if declared.many:
            continue
        assert declared.returns is not None
        type_ = f"{declared.returns.__name__}Where"
        parts = [
            Field(part, optional(_FILTERS[of.kind][0]), of.description, default=U)
            for part, of in sortable_parts(declared.returns).items()
            if of.kind is not None
        ]
        input_type(type_, f"Conditions on `{one}` with its default arguments; all of them must hold.", parts)
        fields.append(Field(one, optional(type_), declared.description, default=U))
    fields += [
        Field("and", optional(f"list[{name}]"), "All of them hold.", default=U),
        Field("or", optional(f"list[{name}]"), "At least one of them holds.", default=U),
        Field("not", optional(name), "It does not hold.", default=U),
    ]
    what = face.name
    input_type(name, f"Conditions on a record of type {what}; all of them must hold.", fields)
    input_type(
        f"{what}ListWhere",
        f"Conditions on several linked records of type {what}; all of them must hold.",
        [
            Field("some", optional(name), "At least one is so.", default=U),
            Field("none", optional(name), "Not one is so.", default=U),
            Field("all", optional(name), "Every one is so; true when there is none.", default=U),
        ],
    )
    input_type(
        f"{what}LinkWhere",
        f"Conditions on a linked record of type {what}; all of them must hold.",
        [
            Field("is", optional(name), "There is one and it is so.", default=U),
            Field("exists", optional("bool"), "Whether there is one.", default=U),
        ],
    )


def _order(face: ExposedType) -> None:
    fields = [Field("id", optional("SortDirection"), "By the id.", default=U)]
    for one in face.properties:
        found = face.model.properties[one]
        if found.kind is not Kind.TEXTS:
            fields.append(Field(one, optional("SortDirection"), found.description, default=U))
    for name in face.fields:
        declared = COMPUTED[f"{face.model.label}.{name}"]
        if declared.many:
            continue
        assert declared.returns is not None
        type_ = f"{declared.returns.__name__}Order"
        parts = [
            Field(part, optional("SortDirection"), one.description, default=U)
            for part, one in sortable_parts(declared.returns).items()
        ]
        input_type(type_, f"The part of `{name}` to sort by: exactly one.", parts)
        fields.append(Field(name, optional(type_), declared.description, default=U))
    input_type(f"{face.name}Order", f"What to sort records of type {face.name} by: exactly one key.", fields)
