"""The GraphQL types of every declared mutation: its input, its payload and the field of the mutation root."""

from __future__ import annotations

import strawberry

from graph.models.properties import Kind
from graph.mutations.declarations import MUTATIONS, Copy, Expression, Group, Input, Mutation, RecordInput, Value
from graph.vocabulary import Property
from schema.exposure import graphql_name
from schema.typing import Argument, Field, input_type, optional, output, type_name

_U = strawberry.UNSET

DRY_RUN = Field(
    "dryRun",
    optional("bool"),
    "If true, the mutation runs all checks and returns the payload that it would produce, but saves no changes.",
    default=False,
)
_COMMON = (
    Field(
        "idempotencyKey",
        optional("str"),
        "A key that the caller chooses for this request, such as a UUID, kept for 24 hours. If you repeat the request "
        "with the same key, the payload has the records of the first request, and no data is changed.",
        default=_U,
    ),
    DRY_RUN,
)
_ALLOW_FUTURE = Field(
    "allowFuture",
    optional("bool"),
    "If true, dates and times in the input may be far ahead. Without it, one that is more than 366 days ahead, or more "
    "than five years for an expected close date, is taken for a slip and refused.",
    default=False,
)
_IF_VERSION = Field(
    "ifVersion",
    optional("str"),
    "The `version` of the record that your change is based on. If the record has another version, the mutation fails.",
    default=_U,
)


def mutation_fields() -> list[Field]:
    """Creates the types of every mutation; returns the fields of the mutation root in alphabetical order."""
    return [_field(MUTATIONS[name]) for name in sorted(MUTATIONS)]


def _field(mutation: Mutation) -> Field:
    title = f"{mutation.name[0].upper()}{mutation.name[1:]}"
    own = input_fields(mutation)
    common = _COMMON if mutation.creates else (_IF_VERSION, *_COMMON)
    input_type(f"{title}Input", f"The input of `{mutation.name}`.", [*own, *common])
    records = [Field(one.name, optional(graphql_name(one.label)), one.description) for one in mutation.payload]
    documents = [Field(one.name, optional("str"), one.description) for one in mutation.texts()]
    output(f"{title}Payload", f"The result of `{mutation.name}`.", [*records, *documents])
    argument = Argument("input", f"{title}Input", "The records and values of the mutation.")
    return Field(mutation.name, optional(f"{title}Payload"), mutation.description, (argument,))


def input_fields(mutation: Mutation) -> list[Field]:
    """The input fields that are particular to a mutation, required ones first."""
    own = sorted((_input(one) for one in mutation.inputs()), key=lambda field: field.default is _U)
    return [*own, _ALLOW_FUTURE] if mutation.timed else own


def _input(one: Input) -> Field:
    if isinstance(one, RecordInput):
        return Field(one.name, "ID", one.description) if one.required else _optional(one.name, "ID", one.description)
    if isinstance(one, Value):
        written = _written(one.declared)
        made = Field(one.name, written, one.description, title=one.declared.title, among=one.among)
        if one.required:
            return made
        description = f"{one.description}{_default(one)}"
        return made._replace(type=optional(written), description=description, default=_U)
    return _optional(one.name, _group(one), one.description)


def _optional(name: str, written: str, description: str) -> Field:
    return Field(name, optional(written), description, default=_U)


def _group(group: Group) -> str:
    input_type(group.type, group.description, [_input(one) for one in group.inputs])
    return f"list[{group.type}]" if group.many else group.type


def _written(one: Property) -> str:
    return "MoneyInput" if one.kind is Kind.MONEY else type_name(one)


def _default(one: Value) -> str:
    """A sentence about the default of an input."""
    if one.default is None:
        return ""
    if isinstance(one.default, Copy | Expression):
        return f" By default {one.default.description}."
    return f" By default {getattr(one.default, '__name__', one.default)}."
