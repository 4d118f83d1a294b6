"""The input types that are derived from the models: filters and sort keys."""

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

_OPERATOR_DESCRIPTIONS = {
    "eq": "Equals the value.",
    "ne": "Does not equal the value, or is null.",
    "in": "Equals one of the values.",
    "contains": "Contains the text.",
    "startsWith": "Starts with the text.",
    "endsWith": "Ends with the text.",
    "gt": "Is greater than the value.",
    "gte": "Is greater than or equal to the value.",
    "lt": "Is less than the value.",
    "lte": "Is less than or equal to the value.",
    "isNull": "True to match null, false to match all other values.",
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
# The input type that filters values of a kind.
RANGE_FILTERS = {kind: name for kind, (name, _, _) in _FILTERS.items()}
_FILTER_DESCRIPTIONS = {
    "TextWhere": "Conditions on a text; all of them must hold.",
    "MoneyWhere": "Conditions on an amount, in units of the base currency; all of them must hold.",
}


class SortDirection(enum.Enum):
    """The sort direction. Records without a value come last, unless the direction says that they come first."""

    ASC = "Ascending: the smallest value first."
    DESC = "Descending: the greatest value first."
    ASC_NULLS_FIRST = "Ascending, after the records without a value."
    DESC_NULLS_FIRST = "Descending, after the records without a value."


def _filter(name: str, value: str, operators: tuple[str, ...]) -> None:
    fields = [
        Field(one, optional(f"list[{value}]" if one == "in" else value), _OPERATOR_DESCRIPTIONS[one], default=U)
        for one in operators
    ]
    fields.append(Field("isNull", optional("bool"), _OPERATOR_DESCRIPTIONS["isNull"], default=U))
    if name == "TextWhere":
        fields.append(
            Field("ignoreCase", "bool", "True to ignore the difference between upper and lower case.", default=False)
        )
    description = _FILTER_DESCRIPTIONS.get(
        name, f"Conditions on a value of type {name.removesuffix('Where')}; all of them must hold."
    )
    input_type(name, description, fields)


def property_filter(one: Property) -> str | None:
    """Returns the name of the input type that filters a property; None for lists."""
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
    """Returns the GraphQL type of the records that a link leads to."""
    return EXPOSED_TYPES[link.target]


def make_inputs() -> None:
    """Creates every filter and sort type; the types refer to each other by name."""
    enumeration(SortDirection)
    for name, value, operators in _FILTERS.values():
        _filter(name, value, operators)
    _filter("IDWhere", "ID", _EQUAL)
    fields = {label: _where(face) for label, face in EXPOSED_TYPES.items()}
    for face in EXPOSED_TYPES.values():
        _order(face)
        for link in _links_of(face):
            if link.connection is not None and not link.one:
                _connected(link, fields[link.target])


def _where(face: ExposedType) -> list[Field]:
    name = f"{face.name}Where"
    fields = [Field("id", optional("IDWhere"), "Conditions on the id.", default=U)]
    for one in face.properties:
        found = face.model.properties[one]
        filtered = property_filter(found)
        if filtered is not None:
            fields.append(Field(one, optional(filtered), found.description, default=U))
    fields += [Field(link.name, optional(_related(link)), link.description, default=U) for link in _links_of(face)]
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
        Field("and", optional(f"list[{name}]"), "All of these conditions must hold.", default=U),
        Field("or", optional(f"list[{name}]"), "At least one of these conditions must hold.", default=U),
        Field("not", optional(name), "This condition must not hold.", default=U),
    ]
    what = face.name
    input_type(name, f"Conditions on a record of type {what}; all of them must hold.", fields)
    _quantified(what, name)
    input_type(
        f"{what}LinkWhere",
        f"Conditions on a linked record of type {what}; all of them must hold.",
        [
            Field("is", optional(name), "A linked record exists and matches.", default=U),
            Field(
                "exists", optional("bool"), "True if a linked record must exist, false if none may exist.", default=U
            ),
        ],
    )

    return fields


def _quantified(what: str, name: str) -> None:
    input_type(
        f"{what}ListWhere",
        f"Conditions on several linked records of type {what}; all of them must hold.",
        [
            Field("some", optional(name), "At least one linked record matches.", default=U),
            Field("none", optional(name), "No linked record matches.", default=U),
            Field("all", optional(name), "Every linked record matches; also true without linked records.", default=U),
        ],
    )


def _related(link: Link) -> str:
    """Returns the name of the input type of the conditions on a link."""
    if link.one:
        return f"{target_face(link).name}LinkWhere"
    return f"{link.connection or target_face(link).name}ListWhere"


def _connected(link: Link, fields: list[Field]) -> None:
    """Creates the conditions on a linked record together with the relationship to it; `fields` are the record's."""
    name, target = link.connection, target_face(link).name
    assert name is not None
    if hasattr(generated_types, f"{name}Where"):
        return
    edge = [
        Field(one.name, optional(filtered), one.description, default=U)
        for one in link.model.properties.values()
        if not one.hidden and (filtered := property_filter(one)) is not None
    ]
    input_type(f"{name}EdgeWhere", f"Conditions on an edge of {name}Connection; all of them must hold.", edge)
    own = [
        Field("edge", optional(f"{name}EdgeWhere"), "Conditions on the relationship to the record.", default=U),
        Field("node", optional(f"{target}Where"), "Conditions on the record; you can also write them here.", default=U),
    ]
    input_type(f"{name}Where", f"Conditions on an edge of {name}Connection and its record.", [*own, *fields])
    _quantified(name, f"{name}Where")


def _order(face: ExposedType) -> None:
    fields = [Field("id", optional("SortDirection"), "Sorts by the id.", default=U)]
    for one in face.properties:
        found = face.model.properties[one]
        if found.kind is not Kind.TEXTS:
            fields.append(Field(one, optional("SortDirection"), found.description, default=U))
    what = f"A sort key for the records that a link leads to, of type {face.name}."
    input_type(f"{face.name}LinkOrder", what, list(fields), one_of=True)
    fields += [
        Field(link.name, optional(f"{target_face(link).name}LinkOrder"), link.description, default=U)
        for link in _links_of(face)
        if link.one
    ]
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
        input_type(type_, f"A sort key within `{name}`.", parts, one_of=True)
        fields.append(Field(name, optional(type_), declared.description, default=U))
    input_type(f"{face.name}Order", f"A sort key for records of type {face.name}.", fields, one_of=True)
