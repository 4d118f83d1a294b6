"""Argument values as trees whose leaves are constants or paths into the variables.

A plan is built once for each shape of the variables. Reading a *shape* (the keys of an object, the length of a list,
whether a value is null, an enumeration value) records a guard; reading a *value* records only a getter.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_nullable_type,
)
from graphql.utilities.coerce_input_value import coerce_input_literal

from graph.errors import Invalid
from graph.query.selection import Slot
from graph.vocabulary import deleted_label

Path = tuple[str | int, ...]
Variables = Mapping[str, Any]
Probe = Callable[[Any], Any]
Getter = Callable[[Variables], Any]


def value_at(path: Path, variables: Variables) -> Any:
    """Returns the value at a path in the variables, or Undefined."""
    here: Any = variables
    for step in path:
        if isinstance(here, Mapping):
            here = here.get(step, Undefined)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            return Undefined
    return here


def shape(value: Any) -> Any:
    """Returns the shape of a value: absent, null, the keys of an object, the length of a list, or another value."""
    if value is Undefined:
        return "absent"
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return tuple(sorted(value))
    if isinstance(value, list):
        return len(value)
    return "value"


def presence(value: Any) -> Any:
    """Returns whether a value is present, null or absent."""
    if value is Undefined:
        return "absent"
    return "null" if value is None else "there"


def identity(value: Any) -> Any:
    """Returns the value itself: for enumeration values, booleans and page sizes."""
    return value


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the shape of the variables under which a plan is valid."""

    path: Path
    probe: Probe
    expected: Any

    def holds(self, variables: Variables) -> bool:
        """Returns True if the variables meet the condition."""
        return bool(self.probe(value_at(self.path, variables)) == self.expected)


@dataclass(slots=True)
class VariableUsage:
    """The use of variables by a plan: guards, and a getter for the value of each slot."""

    variables: Variables
    guards: dict[tuple[Path, Probe], Guard] = field(default_factory=dict)
    getters: list[Getter] = field(default_factory=list)

    def look(self, path: Path, probe: Probe) -> Any:
        """Applies a probe to the value at a path, and records the result as a guard."""
        known = self.guards.get((path, probe))
        if known is None:
            known = self.guards[path, probe] = Guard(path, probe, probe(value_at(path, self.variables)))
        return known.expected

    def slot(self, getter: Getter) -> Slot:
        """Adds a slot whose value the getter returns."""
        self.getters.append(getter)
        return Slot(len(self.getters) - 1)

    def constant(self, value: Any) -> Slot:
        """Adds a slot with a constant value."""
        return self.slot(lambda _: value)


def plain(value: Any) -> Any:
    """Converts a coerced input value for the database: enumeration members become their names."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class ArgumentValue:
    """The value of an argument or input field: a constant, a path into the variables, or a literal with variables."""

    usage: VariableUsage
    type: GraphQLInputType
    constant: Any = Undefined
    path: Path | None = None
    node: ValueNode | None = None

    def _child(self, type_: GraphQLInputType, node: ValueNode) -> ArgumentValue:
        return literal(self.usage, type_, node)

    @property
    def default(self) -> bool:
        """True if the value is the default of the schema."""
        return self.constant is not Undefined

    @property
    def null(self) -> bool:
        """True if the value is null or absent."""
        if self.path is not None:
            return self.usage.look(self.path, presence) in ("absent", "null")
        if self.node is not None:
            return isinstance(self.node, NullValueNode)
        return self.constant is None or self.constant is Undefined

    def fields(self) -> dict[str, ArgumentValue]:
        """Returns the fields of an input object that are present, by their GraphQL names."""
        object_type = get_nullable_type(self.type)
        assert isinstance(object_type, GraphQLInputObjectType)
        if isinstance(self.node, ObjectValueNode):
            present = {}
            for one in self.node.fields:
                child = self._child(object_type.fields[one.name.value].type, one.value)
                if child.path is None or self.usage.look(child.path, presence) != "absent":
                    present[one.name.value] = child
            for name, declared in object_type.fields.items():
                if name not in present and declared.default_value is not Undefined:
                    present[name] = ArgumentValue(self.usage, declared.type, constant=declared.default_value)
            return present
        if self.path is not None:
            keys = self.usage.look(self.path, shape)
            return {
                name: ArgumentValue(self.usage, object_type.fields[name].type, path=(*self.path, name)) for name in keys
            }
        return {
            name: ArgumentValue(self.usage, object_type.fields[name].type, constant=value)
            for name, value in self.constant.items()
        }

    def items(self) -> list[ArgumentValue]:
        """Returns the items of a list; a single value is coerced to a list of one item."""
        list_type = get_nullable_type(self.type)
        assert isinstance(list_type, GraphQLList)
        inner = list_type.of_type
        if isinstance(self.node, ListValueNode):
            return [self._child(inner, one) for one in self.node.values]
        if self.node is not None:
            return [self._child(inner, self.node)]
        if self.path is not None:
            return [
                ArgumentValue(self.usage, inner, path=(*self.path, at))
                for at in range(self.usage.look(self.path, shape))
            ]
        return [ArgumentValue(self.usage, inner, constant=one) for one in self.constant]

    def value(self) -> Any:
        """Returns the value, and records it as a guard."""
        if self.path is not None:
            return plain(self.usage.look(self.path, identity))
        return plain(self._literal())

    def probe(self, probe: Probe) -> Any:
        """Returns the result of a probe, and records it as a guard."""
        if self.path is not None:
            return self.usage.look(self.path, probe)
        return probe(self._literal())

    def getter(self, convert: Callable[[Any], Any] = plain) -> Getter:
        """Returns a getter of the converted value for variables of the same shape."""
        if self.path is not None:
            path = self.path
            if len(path) == 1:
                name = path[0]
                return lambda variables: convert(variables[name])  # type: ignore[index]
            return lambda variables: convert(value_at(path, variables))
        if self.node is not None and holds_variable(self.node):
            return self._mixed(convert)
        value = convert(self._literal())
        return lambda _: value

    def _mixed(self, convert: Callable[[Any], Any]) -> Getter:
        if isinstance(self.node, ObjectValueNode):
            fields = {name: one.getter(lambda value: value) for name, one in self.fields().items()}
            return lambda variables: convert({name: getter(variables) for name, getter in fields.items()})
        getters = [one.getter(lambda value: value) for one in self.items()]
        return lambda variables: convert([getter(variables) for getter in getters])

    def slot(self, convert: Callable[[Any], Any] = plain) -> Slot:
        """Adds a slot for the converted value."""
        return self.usage.slot(self.getter(convert))

    def _literal(self) -> Any:
        return coerce_input_literal(self.node, self.type) if self.node is not None else self.constant


def holds_variable(node: ValueNode) -> bool:
    """Returns True if a literal contains a variable."""
    if isinstance(node, VariableNode):
        return True
    if isinstance(node, ListValueNode):
        return any(holds_variable(one) for one in node.values)
    return isinstance(node, ObjectValueNode) and any(holds_variable(one.value) for one in node.fields)


def literal(usage: VariableUsage, type_: GraphQLInputType, node: ValueNode) -> ArgumentValue:
    """Returns the value of a literal or variable in the document."""
    if isinstance(node, VariableNode):
        return ArgumentValue(usage, type_, path=(node.name.value,))
    return ArgumentValue(usage, type_, node=node)


def argument(usage: VariableUsage, declared: GraphQLArgument, node: ValueNode | None) -> ArgumentValue | None:
    """Returns the value of an argument or its default; None when it is null or absent."""
    value = None
    if node is not None:
        value = literal(usage, declared.type, node)
        if value.path is not None and usage.look(value.path, presence) == "absent":
            value = None
    if value is None and declared.default_value is not Undefined:
        value = ArgumentValue(usage, declared.type, constant=declared.default_value)
    if value is None or not value.null:
        return value
    if isinstance(declared.type, GraphQLNonNull):
        raise Invalid(
            f"An argument of type {declared.type} must not be null.", remedy="Send a value, or omit the argument."
        )
    return None


def labels_with_deleted(kinds: Any) -> list[str]:
    """The labels of records of some kinds, and those of the deleted ones."""
    labels = plain(kinds)
    return [*labels, *map(deleted_label, labels)]


def included(given: ArgumentValue | None) -> bool:
    """Whether a flag is given and true."""
    return given is not None and bool(given.value())
