"""What a caller gave: arguments as trees whose leaves are constants or places in the variables.

A question is usage once for each shape of its variables. Reading a *shape* (which keys an object has, how long a list
is, whether something is null, an enumeration's member) leaves a guard; reading a *value* leaves only a getter.
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

Path = tuple[str | int, ...]
Variables = Mapping[str, Any]
Probe = Callable[[Any], Any]
Getter = Callable[[Variables], Any]


def found(path: Path, variables: Variables) -> Any:
    """What is at that place in the variables; Undefined when nothing is."""
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
    """What a usage question may depend on without depending on the value itself."""
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
    """Whether a value is there, null or absent; how long a list of values is does not matter to that."""
    if value is Undefined:
        return "absent"
    return "null" if value is None else "there"


def same(value: Any) -> Any:
    """The value itself: for enumeration members, booleans and page sizes."""
    return value


@dataclass(frozen=True, slots=True)
class Guard:
    """What the variables must look like for a usage question to be the right one."""

    path: Path
    probe: Probe
    expected: Any

    def holds(self, variables: Variables) -> bool:
        """Whether these variables look like that."""
        return bool(self.probe(found(self.path, variables)) == self.expected)


@dataclass(slots=True)
class VariableUsage:
    """What a trace leaves: guards, and how to get the value of each slot."""

    variables: Variables
    guards: list[Guard] = field(default_factory=list)
    getters: list[Getter] = field(default_factory=list)

    def look(self, path: Path, probe: Probe) -> Any:
        """What the probe sees at a place in the variables; leaves a guard."""
        seen = probe(found(path, self.variables))
        guard = Guard(path, probe, seen)
        if guard not in self.guards:
            self.guards.append(guard)
        return seen

    def slot(self, getter: Getter) -> Slot:
        """A new slot filled by that getter."""
        self.getters.append(getter)
        return Slot(len(self.getters) - 1)

    def constant(self, value: Any) -> Slot:
        """A slot with the same value always."""
        return self.slot(lambda _: value)


def plain(value: Any) -> Any:
    """A coerced input value as the database takes it: enumeration members become their names."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


@dataclass(frozen=True, slots=True)
class ArgumentValue:
    """One given value: a constant, or a place in the variables, or an object or list of given ones."""

    usage: VariableUsage
    type: GraphQLInputType
    constant: Any = Undefined
    path: Path | None = None
    node: ValueNode | None = None

    def _child(self, type_: GraphQLInputType, node: ValueNode) -> ArgumentValue:
        return literal(self.usage, type_, node)

    @property
    def null(self) -> bool:
        """Whether it is null or not there at all."""
        if self.path is not None:
            return self.usage.look(self.path, presence) in ("absent", "null")
        if self.node is not None:
            return isinstance(self.node, NullValueNode)
        return self.constant is None or self.constant is Undefined

    def fields(self) -> dict[str, ArgumentValue]:
        """The fields of an input object that are there, by their GraphQL names."""
        object_type = get_nullable_type(self.type)
        assert isinstance(object_type, GraphQLInputObjectType)
        if isinstance(self.node, ObjectValueNode):
            made = {}
            for one in self.node.fields:
                child = self._child(object_type.fields[one.name.value].type, one.value)
                if child.path is None or self.usage.look(child.path, presence) != "absent":
                    made[one.name.value] = child
            for name, declared in object_type.fields.items():
                if name not in made and declared.default_value is not Undefined:
                    made[name] = ArgumentValue(self.usage, declared.type, constant=declared.default_value)
            return made
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
        """The items of a list; one that is no list stands for a list of itself."""
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
        """The value itself, which the question then depends on."""
        if self.path is not None:
            return plain(self.usage.look(self.path, same))
        return plain(self._literal())

    def probe(self, probe: Probe) -> Any:
        """What a probe sees in the value, which the question then depends on."""
        if self.path is not None:
            return self.usage.look(self.path, probe)
        return probe(self._literal())

    def getter(self, convert: Callable[[Any], Any] = plain) -> Getter:
        """How to get the value, converted, from variables of the same shape."""
        if self.path is not None:
            path = self.path
            if len(path) == 1:
                name = path[0]
                return lambda variables: convert(variables[name])  # type: ignore[index]
            return lambda variables: convert(found(path, variables))
        if self.node is not None and holds_variable(self.node):
            return self._mixed(convert)
        value = convert(self._literal())
        return lambda _: value

    def _mixed(self, convert: Callable[[Any], Any]) -> Getter:
        getters = [one.getter(lambda value: value) for one in self.items()]
        return lambda variables: convert([getter(variables) for getter in getters])

    def slot(self, convert: Callable[[Any], Any] = plain) -> Slot:
        """A slot for the value, converted."""
        return self.usage.slot(self.getter(convert))

    def _literal(self) -> Any:
        return coerce_input_literal(self.node, self.type) if self.node is not None else self.constant


def holds_variable(node: ValueNode) -> bool:
    """Whether a literal has a variable somewhere inside."""
    if isinstance(node, VariableNode):
        return True
    if isinstance(node, ListValueNode):
        return any(holds_variable(one) for one in node.values)
    return isinstance(node, ObjectValueNode) and any(holds_variable(one.value) for one in node.fields)


def literal(usage: VariableUsage, type_: GraphQLInputType, node: ValueNode) -> ArgumentValue:
    """A value written in the document."""
    if isinstance(node, VariableNode):
        return ArgumentValue(usage, type_, path=(node.name.value,))
    return ArgumentValue(usage, type_, node=node)


def argument(usage: VariableUsage, declared: GraphQLArgument, node: ValueNode | None) -> ArgumentValue | None:
    """An argument as given or by its default; None when there is neither, or it is null."""
    given = None
    if node is not None:
        given = literal(usage, declared.type, node)
        if given.path is not None and usage.look(given.path, presence) == "absent":
            given = None
    if given is None and declared.default_value is not Undefined:
        given = ArgumentValue(usage, declared.type, constant=declared.default_value)
    if given is None or not given.null:
        return given
    if isinstance(declared.type, GraphQLNonNull):
        raise Invalid(
            f"An argument of type {declared.type} must not be null.", remedy="Give a value, or leave the argument out."
        )
    return None
