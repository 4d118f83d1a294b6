"""The verbs by name: what each returns, takes and description, and what its statement is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry

from graph.money import Rates
from schema import generated_types
from schema.typing import Argument, Field, input_type, optional

Input = Mapping[str, Any]
U = strawberry.UNSET

VALID_FROM = Field("validFrom", optional("DateTime"), "From when it holds; now when left out.", default=U)


@dataclass(frozen=True, slots=True)
class MutationCall:
    """What a verb's statement is given.

    `subject` is the id of the record it returns, `touches` are the ids of the records it locks (null is left out),
    `locks` the names of the rules it waits for. `following` makes the part of the input that depends on what is
    stored of a record of the label `reads`; `more` are parameters beside the input.
    """

    subject: str
    input: Mapping[str, Any]
    touches: Iterable[str | None] = ()
    locks: tuple[str, ...] = ()
    reads: str | None = None
    following: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mutation: its name, the label and GraphQL type it returns, its arguments, and how they become parameters."""

    name: str
    label: str
    returns: str
    description: str
    arguments: tuple[Argument, ...]
    asks: Callable[[Input, Rates], MutationCall]


MUTATIONS: dict[str, Mutation] = {}


def declared(verb: Mutation) -> None:
    """Makes a verb a mutation."""
    MUTATIONS[verb.name] = verb


def takes(name: str, description: str, fields: Iterable[Field]) -> tuple[Argument, ...]:
    """The one argument of a verb: an input made of these fields."""
    input_type(name, description, fields)
    return (Argument("input", name, description),)


def member(enumeration: str, name: str) -> Any:
    """A member of an enumeration made before, as the default of an input's field."""
    return vars(generated_types)[enumeration][name]


def mutation_fields() -> list[Field]:
    """The fields of the mutation root."""
    return [Field(one.name, one.returns, one.description, one.arguments) for one in MUTATIONS.values()]


@dataclass(frozen=True, slots=True)
class Special:
    """What is special about the plain verbs of an entity.

    `defaults` are stored where a new record is given nothing, `hidden` and `fixed` are the properties that cannot be
    given when it is made and when it is changed; `fields` are added to the input that makes it. `judge` may refuse
    values to be stored; `add` gives what the added fields are for the statement, and the records it then locks.
    """

    defaults: Mapping[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    fields: tuple[Field, ...] = ()
    judge: Callable[[Mapping[str, Any]], None] | None = None
    add: Callable[[Input, Rates], tuple[Mapping[str, Any], tuple[str | None, ...]]] | None = None


SPECIAL: dict[str, Special] = {}
