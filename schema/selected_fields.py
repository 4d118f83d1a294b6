"""The fields that a query selects, with their types and descriptions, for programs that present its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    parse,
    validate,
)

from schema.build import build


@dataclass(frozen=True, slots=True)
class SelectedField:
    """A field of a query: the type that has it, its name, the type of its values, and its description."""

    parent: str
    name: str
    type: str
    description: str
    values: tuple[str, ...] = ()
    """The members of an enumeration."""
    as_of: bool = False
    """Whether the query sets the argument `asOf`."""


@dataclass(frozen=True, slots=True)
class SelectedFields:
    """The fields of a query by their path in the answer, such as `account.rollup.won`, and its variables."""

    by_path: Mapping[str, SelectedField]
    variables: frozenset[str]
    historical: tuple[str, ...]
    """The paths of the fields with an argument `asOf`."""


def selected_fields(query: str) -> SelectedFields:
    """Returns the fields that the operation of a document selects. Raises ValueError for an invalid document."""
    core = build()[1]
    document = parse(query)
    if errors := validate(core, document):
        raise ValueError(f"the query is not valid: {errors[0].message}")
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    found: dict[str, SelectedField] = {}
    _collect(core, fragments, operation.selection_set, core.query_type, "", found)
    names = frozenset(one.variable.name.value for one in operation.variable_definitions or ())
    historical = tuple(path for path, one in found.items() if one.as_of)
    return SelectedFields(found, names, historical)


def _collect(
    core: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    selection: SelectionSetNode,
    parent: GraphQLNamedType | None,
    prefix: str,
    found: dict[str, SelectedField],
) -> None:
    fields: Mapping[str, Any] = getattr(parent, "fields", {})
    for node in selection.selections:
        if isinstance(node, FieldNode):
            path = prefix + (node.alias or node.name).value
            field = fields.get(node.name.value)
            if field is None or parent is None:
                continue
            named = get_named_type(field.type)
            members = tuple(named.values) if isinstance(named, GraphQLEnumType) else ()
            description = " ".join((field.description or "").split())
            as_of = any(one.name.value == "asOf" for one in node.arguments or ())
            found.setdefault(path, SelectedField(parent.name, node.name.value, named.name, description, members, as_of))
            if node.selection_set is not None:
                _collect(core, fragments, node.selection_set, named, f"{path}.", found)
        elif isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            concrete = core.type_map[fragment.type_condition.name.value]
            _collect(core, fragments, fragment.selection_set, concrete, prefix, found)
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            concrete = parent if condition is None else core.type_map[condition.name.value]  # type: ignore[assignment]
            _collect(core, fragments, node.selection_set, concrete, prefix, found)
