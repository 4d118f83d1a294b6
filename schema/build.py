"""The schema: made of the models and of what is declared here, then taught to read answers that are already shaped."""

from __future__ import annotations

from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from graph.query.selection import ById
from schema import generated_types
from schema.context import Context
from schema.inputs import make_inputs
from schema.insights.fields import RESOLVERS, TYPES, Insights
from schema.mutations import make_verbs
from schema.mutations.resolver import resolve_mutation
from schema.outputs import enumerations, make_outputs, root_fields
from schema.planning.plan import within
from schema.planning.roots import SHAPED_ROOTS, question
from schema.scalars import SCALARS
from schema.typing import known, output
from schema.values import SHAPED


def by_key(source: Any, info: GraphQLResolveInfo[Any], **_: Any) -> Any:
    """A shaped answer holds each field under the key it is asked for by."""
    return source[info.path.key]


def kind_of(value: Any, *_: Any) -> str:
    """The concrete type of a shaped record."""
    return str(value["__typename"])


@cache
def build() -> tuple[strawberry.Schema, GraphQLSchema]:
    """The schema as strawberry's and as graphql-core's, made once."""
    enumerations()
    for name, one in TYPES.items():
        known(name, one)
    make_outputs()
    make_inputs()
    query = output("Query", "What can be asked.", root_fields(), bases=(Insights,))
    mutation = output("Mutation", "What can be changed.", make_verbs())
    built = strawberry.Schema(
        query=query,
        mutation=mutation,
        types=[value for value in vars(generated_types).values() if hasattr(value, "__strawberry_definition__")],
        config=StrawberryConfig(auto_camel_case=False, scalar_map=SCALARS),
    )
    core: GraphQLSchema = built._schema  # noqa: SLF001  strawberry offers no other way to it
    _teach(core)
    return built, core


def _teach(core: GraphQLSchema) -> None:
    """Lets graphql-core read answers that are already shaped: records as maps from response keys."""
    roots = (core.query_type, core.mutation_type)
    for name, one in core.type_map.items():
        if isinstance(one, GraphQLInterfaceType):
            one.resolve_type = kind_of
        elif isinstance(one, GraphQLObjectType) and one not in roots:
            one.is_type_of = None
            if name in SHAPED or getattr(vars(generated_types).get(name), "__module__", "") == generated_types.__name__:
                for key, field in one.fields.items():
                    field.resolve = RESOLVERS.get(key, by_key)
    assert core.query_type is not None
    for name in SHAPED_ROOTS:
        core.query_type.fields[name].resolve = ask_root
    core.query_type.fields["me"].resolve = ask_me
    assert core.mutation_type is not None
    for verb in core.mutation_type.fields.values():
        verb.resolve = resolve_mutation


async def ask_root(_: Any, info: GraphQLResolveInfo[Any], **__: Any) -> Any:
    """Answers a root field that is one statement, for graphql-core to walk."""
    context: Context = info.context
    selection_builder = context.selection_builder(info)
    asked = question(selection_builder, list(info.field_nodes))
    context.cost += selection_builder.cost
    within(context.cost, context.limits)
    return await context.ask(selection_builder, asked)


async def ask_me(_: Any, info: GraphQLResolveInfo[Any]) -> Any:
    """Who is calling, with what is asked of the user."""
    context: Context = info.context
    selection_builder = context.selection_builder(info)
    shown = {}
    for key, nodes in selection_builder.collected(info.field_nodes, "Caller").items():
        asked = ById(
            "User", selection_builder.usage.constant(context.principal.user), selection_builder.row(nodes, "User")
        )
        shown[key] = None if context.principal.user is None else await context.ask(selection_builder, asked)
    return shown
