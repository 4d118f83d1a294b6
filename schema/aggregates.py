"""The GraphQL types of aggregates and groups, derived from the properties and links of each entity.

The inputs name the field first, as `where` and `orderBy` do, so that entities share the types below a field; the
outputs name the function first.
"""

from __future__ import annotations

import strawberry

from graph.models.properties import Kind
from graph.query.figures import FUNCTIONS, KEY_KINDS, TYPE_KEY, DateUnit, figure_properties, key_links, result_kind
from graph.vocabulary import Property
from schema import generated_types
from schema.exposure import EXPOSED_TYPES, ExposedType, graphql_name
from schema.inputs import RANGE_FILTERS
from schema.typing import NAMES, Argument, Field, enumeration, input_type, optional, output, type_name

U = strawberry.UNSET
MAX_KEYS = 4
_TIMES = (Kind.DATE, Kind.DATETIME)

# The fields of an aggregate with the suffix of their type; `sum` and `avg` share one, `min` and `max` another.
_PARTS = {
    "sum": ("Numbers", "The sum of each number, 0 without values; money is in the base currency."),
    "avg": (
        "Numbers",
        "The average of each number, null without values; money is in the base currency, rounded half to even.",
    ),
    "min": ("Extremes", "The smallest value of each number, date and timestamp; null without values."),
    "max": ("Extremes", "The greatest value of each number, date and timestamp; null without values."),
    "countDistinct": ("DistinctCounts", "The number of different values of each field; null does not count."),
}
_SUFFIX_DESCRIPTIONS = {
    "Numbers": "The numbers of records of type {}, added up or averaged; money is in the base currency.",
    "Extremes": "The smallest or greatest values of records of type {}; money is in the base currency.",
    "DistinctCounts": "The numbers of different values of records of type {}; null does not count.",
}
_SORTS = {
    "key": "Sorts by the value itself, which must be in `by`; a record sorts by its id.",
    "sum": "Sorts by the sum.",
    "avg": "Sorts by the average.",
    "min": "Sorts by the smallest value.",
    "max": "Sorts by the greatest value.",
    "countDistinct": "Sorts by the number of different values.",
}
_TESTS = {
    "sum": "Conditions on the sum.",
    "avg": "Conditions on the average.",
    "min": "Conditions on the smallest value.",
    "max": "Conditions on the greatest value.",
    "countDistinct": "Conditions on the number of different values.",
}


def parts(face: ExposedType) -> dict[str, str]:
    """Returns the functions that an entity has figures for, each with the type of its figures."""
    return {
        function: f"{face.name}{suffix}"
        for function, (suffix, _) in _PARTS.items()
        if figure_properties(face.model, function)
    }


def aggregate_fields(face: ExposedType) -> list[Field]:
    """Returns the fields of every connection to an entity: its aggregate and its groups."""
    return [
        Field("aggregate", f"{face.name}Aggregate", "Figures over all records of the list; each record counts once."),
        Field(
            "groups",
            f"list[{face.name}Group]",
            "Figures over all records of the list for each group of records with equal keys; each record counts once.",
            (
                Argument(
                    "by",
                    f"list[{face.name}GroupKey]",
                    f"The keys of the groups, at least one and at most {MAX_KEYS}. A group of records without a value "
                    "has a null key.",
                ),
                Argument("having", optional(f"{face.name}Having"), "The conditions that a group must meet."),
                Argument(
                    "orderBy",
                    optional(f"list[{face.name}GroupOrder]"),
                    "The sort keys, the most significant first; the default is the keys in `by`.",
                ),
                Argument("first", "int", "The maximum number of groups, from 0 to 1000.", 1000),
            ),
        ),
    ]


def make_aggregates(face: ExposedType) -> None:
    """Creates the output types of an entity's aggregates and groups."""
    functions = parts(face)
    for function, type_ in functions.items():
        if not hasattr(generated_types, type_):
            text = _SUFFIX_DESCRIPTIONS[type_.removeprefix(face.name)].format(face.name)
            output(type_, text, _figures(face, function))
    figures = [
        Field("count", "int", "The number of records."),
        *(Field(function, type_, _PARTS[function][1]) for function, type_ in functions.items()),
    ]
    output(f"{face.name}Aggregate", f"Figures over all records of type {face.name} in a list.", figures)
    output(
        f"{face.name}GroupValues",
        f"The values that the records of a group of type {face.name} share; null for fields that are not in `by`.",
        _values(face),
    )
    output(
        f"{face.name}Group",
        f"Records of type {face.name} with equal keys, and figures over them.",
        [Field("key", f"{face.name}GroupValues", "The values that the records share."), *figures],
    )


def _figures(face: ExposedType, function: str) -> list[Field]:
    found = []
    for name in figure_properties(face.model, function):
        one = face.model.properties[name]
        kind = result_kind(function, one.kind)
        written = NAMES[kind]
        found.append(Field(name, written if function == "countDistinct" else optional(written), one.description))
    if function == "countDistinct":
        found += [Field(link.name, "int", link.description) for link in key_links(face.model)]
    return found


def key_properties(face: ExposedType) -> list[Property]:
    """Returns the properties that records can be grouped by."""
    found = (face.model.properties[name] for name in face.properties)
    return [one for one in found if one.kind in KEY_KINDS]


def _values(face: ExposedType) -> list[Field]:
    found = []
    for one in key_properties(face):
        if one.kind in _TIMES:
            found.append(Field(one.name, optional("Date"), f"The first day of the period. {one.description}"))
        else:
            found.append(Field(one.name, optional(type_name(one)), one.description))
    found += [Field(one.name, optional(graphql_name(one.target)), one.description) for one in key_links(face.model)]
    if not face.model.concrete:
        found.append(Field(TYPE_KEY, optional("str"), "The type of the record, such as `Email`."))
    return found


# ---------- inputs ---------------------------------------------------------------------------------------------------


def make_aggregate_inputs() -> None:
    """Creates the input types of groups: those that entities share, then those of each entity."""
    enumeration(DateUnit)
    for kind, stem in _STEMS.items():
        functions = [function for function, kinds in FUNCTIONS.items() if kind in kinds]
        sorts = (["key"] if kind in KEY_KINDS else []) + functions
        input_type(
            f"{stem}FigureOrder",
            "A sort key for groups; set exactly one field.",
            [Field(one, optional("SortDirection"), _SORTS[one], default=U) for one in sorts],
            one_of=True,
        )
        input_type(
            f"{stem}FigureWhere",
            "Conditions on figures of a group; all of them must hold.",
            [Field(one, optional(RANGE_FILTERS[result_kind(one, kind)]), _TESTS[one], default=U) for one in functions],
        )
    for face in EXPOSED_TYPES.values():
        _key_input(face)
        _having_and_order(face)


_STEMS = {
    Kind.INT: "Int", Kind.FLOAT: "Float", Kind.MONEY: "Money", Kind.DATE: "Date", Kind.DATETIME: "DateTime",
    Kind.TEXT: "Value",
}  # fmt: skip


def _stem(one: Property) -> str:
    return _STEMS.get(one.kind, _STEMS[Kind.TEXT])


def _key_input(face: ExposedType) -> None:
    fields = []
    for one in key_properties(face):
        unit = one.kind in _TIMES
        text = f"Groups by the {'period' if unit else 'value'} of: {one.description}"
        fields.append(Field(one.name, optional("DateUnit" if unit else "bool"), text, default=U))
    fields += [
        Field(link.name, optional("bool"), f"Groups by the record: {link.description}", default=U)
        for link in key_links(face.model)
    ]
    if not face.model.concrete:
        fields.append(Field(TYPE_KEY, optional("bool"), "Groups by the type of the record.", default=U))
    input_type(
        f"{face.name}GroupKey",
        f"A key of groups of type {face.name}: a field set to true, or a date set to a unit; set exactly one field.",
        fields,
        one_of=True,
    )


def _having_and_order(face: ExposedType) -> None:
    tests = [Field("count", optional("IntWhere"), "Conditions on the number of records.", default=U)]
    sorts = [Field("count", optional("SortDirection"), "Sorts by the number of records.", default=U)]
    for name in figure_properties(face.model, "countDistinct"):
        one = face.model.properties[name]
        tests.append(Field(name, optional(f"{_stem(one)}FigureWhere"), one.description, default=U))
        sorts.append(Field(name, optional(f"{_stem(one)}FigureOrder"), one.description, default=U))
    value = _STEMS[Kind.TEXT]
    for link in key_links(face.model):
        tests.append(Field(link.name, optional(f"{value}FigureWhere"), link.description, default=U))
        sorts.append(Field(link.name, optional(f"{value}FigureOrder"), link.description, default=U))
    if not face.model.concrete:
        sorts.append(Field(TYPE_KEY, optional(f"{value}FigureOrder"), "The type of the record.", default=U))
    input_type(f"{face.name}Having", f"Conditions on a group of type {face.name}; all of them must hold.", tests)
    input_type(
        f"{face.name}GroupOrder",
        f"A sort key for groups of type {face.name}; set exactly one field.",
        sorts,
        one_of=True,
    )
