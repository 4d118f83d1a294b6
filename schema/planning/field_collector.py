"""Collects the fields of selections, as graphql-core does when it executes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from schema.planning.arguments import ArgumentValue, VariableUsage, argument, literal

Collected = Mapping[str, list[FieldNode]]


class FieldCollector:
    """Reads selections of a document: fields by response key, with fragments, directives and arguments resolved."""

    def __init__(
        self, core: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], usage: VariableUsage
    ) -> None:
        self._core = core
        self._fragments = fragments
        self.usage = usage

    def collected(self, nodes: Iterable[FieldNode], type_name: str) -> Collected:
        """Collects the fields selected below nodes on a concrete type, by response key, in order."""
        return self.selected([node.selection_set for node in nodes if node.selection_set is not None], type_name)

    def selected(self, sets: Iterable[SelectionSetNode], type_name: str) -> Collected:
        """Collects the fields of selection sets on a concrete type, by response key, in order."""
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for one in sets:
            self._collect(one, type_name, found, spread)
        return found

    def _collect(
        self, chosen: SelectionSetNode, type_name: str, found: dict[str, list[FieldNode]], spread: set[str]
    ) -> None:
        """Collects into `found`; reads each fragment once, because nested spreads would multiply."""
        for one in chosen.selections:
            if not self._included(one.directives):
                continue
            if isinstance(one, FieldNode):
                key = one.alias.value if one.alias else one.name.value
                found.setdefault(key, []).append(one)
            elif isinstance(one, InlineFragmentNode):
                if one.type_condition is None or self._applies(one.type_condition.name.value, type_name):
                    self._collect(one.selection_set, type_name, found, spread)
            elif isinstance(one, FragmentSpreadNode) and one.name.value not in spread:
                spread.add(one.name.value)
                fragment = self._fragments[one.name.value]
                if self._applies(fragment.type_condition.name.value, type_name):
                    self._collect(fragment.selection_set, type_name, found, spread)

    def _applies(self, condition: str, type_name: str) -> bool:
        if condition == type_name:
            return True
        wanted, here = self._core.type_map[condition], self._core.type_map[type_name]
        return (
            isinstance(wanted, GraphQLInterfaceType)
            and isinstance(here, GraphQLObjectType)
            and (self._core.is_sub_type(wanted, here))
        )

    def _included(self, directives: Iterable[DirectiveNode] | None) -> bool:
        for one in directives or ():
            if one.name.value in ("skip", "include"):
                value = literal(self.usage, GraphQLNonNull(GraphQLBoolean), (one.arguments or ())[0].value).value()
                if value is (one.name.value == "skip"):
                    return False
        return True

    def arguments(self, declared: GraphQLField, node: FieldNode) -> Callable[[str], ArgumentValue | None]:
        """Returns a function that looks up the arguments of a field, with defaults applied."""
        given = {one.name.value: one.value for one in node.arguments or ()}
        return lambda name: (
            argument(self.usage, declared.args[name], given.get(name)) if name in declared.args else None
        )

    def declared(self, type_name: str, node: FieldNode) -> GraphQLField:
        """Returns the declaration of a field."""
        owner = self._core.type_map[type_name]
        assert isinstance(owner, GraphQLObjectType | GraphQLInterfaceType)
        found: GraphQLField = owner.fields[node.name.value]
        return found


@cache
def fields_of_record(text: str) -> FieldNode:
    """Parses fields of a record, written as GraphQL, into the selection of a field."""
    (operation,) = parse(f"{{ record {{ {text} }} }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    (node,) = operation.selection_set.selections
    assert isinstance(node, FieldNode)
    return node
