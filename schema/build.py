"""The schema, derived from the models, the computed fields, the insights and the mutations."""

from __future__ import annotations

from functools import cache
from typing import Any

import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    parse,
    validate,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition

from graph.mutations.bulk import BULK
from schema import generated_types
from schema.aggregates import make_aggregate_inputs
from schema.context import Context
from schema.inputs import make_inputs
from schema.insights.registry import INSIGHTS, QUERY
from schema.mutations.bulk import bulk_fields, resolve_bulk
from schema.mutations.imports import IMPORTS, import_fields, resolve_import
from schema.mutations.resolver import resolve_mutation
from schema.mutations.types import mutation_fields
from schema.outputs import enumerations, make_outputs, root_fields
from schema.planning.plan import InsightRoot, insight_root, within
from schema.planning.record_roots import record_root
from schema.planning.roots import root_selection
from schema.scalars import SCALARS
from schema.typing import output

RESOLVERS = {**dict.fromkeys(BULK, resolve_bulk), **dict.fromkeys(IMPORTS, resolve_import)}


def by_key(source: Any, info: GraphQLResolveInfo[Any], **_: Any) -> Any:
    """Resolves a field from a map that has its value under the response key."""
    return source[info.path.key]


def concrete_type(value: Any, *_: Any) -> str:
    """Returns the name of the concrete type of a record."""
    return str(value["__typename"])


@cache
def build() -> tuple[strawberry.Schema, GraphQLSchema]:
    """Builds the schema once, and returns it as strawberry's and graphql-core's object."""
    enumerations()
    make_outputs()
    make_inputs()
    make_aggregate_inputs()
    query = output(QUERY, "Queries: reads without side effects.", root_fields())
    mutation = output(
        "Mutation",
        "Mutations: each changes one record and the records linked to it, or many records, in one transaction.",
        sorted([*mutation_fields(), *bulk_fields(), *import_fields()]),
    )
    built = strawberry.Schema(
        query=query,
        mutation=mutation,
        types=[value for value in vars(generated_types).values() if hasattr(value, "__strawberry_definition__")],
        config=StrawberryConfig(auto_camel_case=False, scalar_map=SCALARS),
    )
    core: GraphQLSchema = built._schema  # noqa: SLF001  strawberry has no public way to it
    _set_one_of(built, core)
    _set_resolvers(core)
    _check_insights(core)
    return built, core


def _set_one_of(built: strawberry.Schema, core: GraphQLSchema) -> None:
    """Passes `@oneOf` on to graphql-core, which validates it in documents and variables; strawberry keeps it apart."""
    for one in core.type_map.values():
        if isinstance(one, GraphQLInputObjectType):
            declared = built.get_type_by_name(one.name)
            one.is_one_of = isinstance(declared, StrawberryObjectDefinition) and declared.is_one_of


def _set_resolvers(core: GraphQLSchema) -> None:
    """Sets resolvers for values that already have the requested shape: maps by response key."""
    assert core.query_type is not None
    assert core.mutation_type is not None
    for one in core.type_map.values():
        if isinstance(one, GraphQLInterfaceType):
            one.resolve_type = concrete_type
        elif isinstance(one, GraphQLObjectType) and not one.name.startswith("__"):
            one.is_type_of = None
            for field in one.fields.values():
                field.resolve = by_key
    for field in core.query_type.fields.values():
        field.resolve = resolve_root
    for name, field in core.mutation_type.fields.items():
        field.resolve = RESOLVERS.get(name, resolve_mutation)


def _check_insights(core: GraphQLSchema) -> None:
    """Raises TypeError when the fields that an insight reads are not fields of its record."""
    for one in INSIGHTS.values():
        reads = {one.on: one.reads} if isinstance(one.reads, str) else {}
        for on, text in (*reads.items(), *(() if one.gathers is None else one.gathers.reads.items())):
            if errors := validate(core, parse(f'{{ node(id: "") {{ ... on {on} {{ {text} }} }} }}')):
                raise TypeError(f"{one.on}.{one.name} reads fields of {on} that it cannot read: {errors[0].message}")


async def resolve_root(_: Any, info: GraphQLResolveInfo[Any], **__: Any) -> Any:
    """Resolves a root field for graphql-core's own execution."""
    context: Context = info.context
    selection_builder = context.selection_builder(info)
    nodes = list(info.field_nodes)
    record = record_root(str(info.path.key), nodes)
    nodes = nodes if record is None else record.fields
    insights = insight_root(selection_builder, nodes, context.access.shape)
    selection = root_selection(selection_builder, nodes) if insights is None else None
    context.cost += selection_builder.cost
    within(context.cost, context.limits)
    if selection is not None:
        answer = await context.ask(selection_builder, selection)
        return answer if record is None else record.value(answer)
    assert insights is not None
    root = InsightRoot(str(info.path.key), True, [], insights)
    return await root.answer(selection_builder.usage.variables, context.request)
