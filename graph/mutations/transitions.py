"""Transitions: mutations that change a state of a record and the values that depend on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.collation import SUFFIX
from graph.events import property_changes
from graph.models.properties import Kind
from graph.mutations.declarations import Body, Copy, Expression, Given, Guard, Input, Mutation, RecordInput, Value, once
from graph.mutations.frame import TOUCH, ordered
from graph.mutations.reasons import BEYOND, DIRECTION, STATE
from graph.query.builder import CypherBuilder
from graph.query.cypher import literal, quoted
from graph.vocabulary import Property, entity


@dataclass(frozen=True, slots=True)
class Step:
    """A target that lies `by` members further in the enumeration, or any later member that the caller chooses."""

    by: int = 1


@dataclass(frozen=True, kw_only=True)
class Transition(Mutation):
    """Moves `state` of a record of `label` from one of `sources` (any, when empty) to `target`.

    `when` requires values of other properties, `sets` are further constants to store. `takes` names properties of
    the entity that the caller may set, and further inputs; an input without a value takes its default, or keeps the
    stored value. `clears` are properties that become empty. `effects` are Cypher clauses over `n`, `changes` and
    `$input` that run with the change, with the constants `parameters`; `near` are queries for further records to lock.
    """

    state: str = "state"
    sources: tuple[str, ...] = ()
    target: str | Step
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sets: Mapping[str, object] = field(default_factory=dict)
    clears: tuple[str, ...] = ()
    takes: tuple[str | Given | Value | RecordInput, ...] = ()
    guards: tuple[Guard, ...] = ()
    effects: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @once
    def inputs(self) -> tuple[Input, ...]:
        """The id of the record, then the inputs of the transition."""
        owner = entity(self.label).properties
        subject = RecordInput(self.subject, self.label, "The id of the record.", variable="n")
        own: list[Input] = [subject]
        if isinstance(self.target, Step):
            way = "next" if self.target.by > 0 else "previous"
            default = Expression("null", f"the {way} one")
            own.append(Given(self.state, default=default).of(owner))
        for one in self.takes:
            given = Given(one) if isinstance(one, str) else one
            own.append(given.of(owner) if isinstance(given, Given) else given)
        return tuple(own)

    @property
    def subject(self) -> str:
        """The name of the input with the record's id."""
        return self.label[0].lower() + self.label[1:]

    @property
    def members(self) -> tuple[str, ...]:
        """The states in their order."""
        members = entity(self.label).properties[self.state].members
        assert members is not None
        return tuple(one.name for one in members)

    def body(self, builder: CypherBuilder) -> Body:
        """Sets the target state and the values that depend on it, if they differ."""
        del builder
        owner = entity(self.label).properties
        wanted = {self.state: literal(self.target), **{key: literal(value) for key, value in self.sets.items()}}
        wanted |= {f"{key}{part}": "null" for key in self.clears for part in parts(owner[key])}
        prepare: tuple[str, ...] = ()
        guards = [*self._states()]
        if isinstance(self.target, Step):
            prepare, wanted[self.state] = self._stages(self.target), "stages[there]"
            guards += _steps(self.state, self.target)
        for one in self.inputs():
            if isinstance(one, Value) and one.stored and one.name != self.state:
                wanted.update(_taken(one, owner))
        keys = f"[{', '.join(map(quoted, wanted))}]"
        guards += ordered(self, owner, lambda key: wanted.get(key, f"n.{key}"), keys)
        return Body(
            near=self.near,
            prepare=prepare,
            guards=(*guards, *self.guards),
            plan=(f"WITH *, {{{', '.join(f'{key}: {text}' for key, text in wanted.items())}}} AS wanted",),
            changes=property_changes(keys, "n", "wanted"),
            imports=("wanted",),
            writes=(f"{TOUCH} SET n += wanted", *self.effects),
        )

    def constants(self) -> Mapping[str, Any]:
        """The declared parameters."""
        return self.parameters

    def _states(self) -> Iterator[Guard]:
        for key, states in {self.state: self.sources, **self.when}.items():
            if states:
                text = {"state": f"n.{key}", "property": quoted(key), "wanted": quoted(" or ".join(states))}
                yield Guard(f"NOT coalesce(n.{key} IN [{', '.join(map(quoted, states))}], false)", STATE, text)

    def _stages(self, step: Step) -> tuple[str, ...]:
        place = "[at IN range(0, size(stages) - 1) WHERE stages[at] = {}][0]"
        return (
            f"WITH *, [{', '.join(map(quoted, self.members))}] AS stages",
            f"WITH *, coalesce({place.format(f'n.{self.state}')}, -1) AS here",
            f"WITH *, {place.format(f'$input.values.{self.state}')} AS there",
            f"WITH *, coalesce(there, here + {step.by}) AS there",
        )


def _steps(state: str, step: Step) -> tuple[Guard, Guard]:
    text = {"property": quoted(state), "state": f"coalesce(n.{state}, 'not set')"}
    return (
        Guard("there < 0 OR there >= size(stages)", BEYOND, text, state),
        Guard(f"there {'<' if step.by > 0 else '>'} here", DIRECTION, text, state),
    )


def parts(one: Property) -> tuple[str, ...]:
    """The suffixes of the properties that store a value: an amount of money has three, a text often a sort key."""
    if one.kind is Kind.MONEY:
        return ("", "Currency", "Base")
    return ("", SUFFIX) if one.has_sort_key else ("",)


def _taken(one: Value, owner: Mapping[str, Property]) -> Mapping[str, str]:
    """The stored parts of an input, each the input value, else its default, else the stored value."""
    found = {}
    for part in parts(owner[one.name]):
        default = f"n.{one.name}{part}"
        if isinstance(one.default, Copy):
            default = f"n.{one.default.source}{part}"
        elif isinstance(one.default, Expression):
            default = one.default.cypher
        elif one.default is not None:
            default = literal(one.default)
        value = f"$input.values.{one.name}"
        found[f"{one.name}{part}"] = f"CASE WHEN {value} IS NULL THEN {default} ELSE {value}{part} END"
    return found
