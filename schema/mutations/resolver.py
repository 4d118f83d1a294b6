"""Every mutation is resolved here: one statement, and what it shows of the record it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from graph.identity import new_uid
from graph.mutations.execution import execute_after_read, execute_mutation, stored
from graph.query.selection import ById, MutationResult
from graph.store import Bound
from schema.context import Context
from schema.mutations.registry import MUTATIONS, MutationCall
from schema.planning.plan import within

ANONYMOUS = "anonymous"


async def resolve_mutation(_: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Carries a verb out and gives the record as it is asked for."""
    context: Context = info.context
    verb = MUTATIONS[info.field_name]
    selection_builder = context.selection_builder(info)
    row = selection_builder.row(list(info.field_nodes), verb.label)
    context.cost += selection_builder.cost
    within(context.cost, context.limits)
    asked = verb.asks(arguments, context.rates)
    given = {**asked.input, **_common(context, asked)}
    again = context.bound(selection_builder, ById(verb.label, selection_builder.usage.constant(asked.subject), row))
    written = MutationResult(verb.name, verb.label, row)

    def made(more: Mapping[str, Any]) -> Bound:
        return context.bound(selection_builder, written, input={**given, **more}, **asked.more)

    if asked.following is None or asked.reads is None:
        shown = await execute_mutation(context.writes, made({}), again=again)
    else:
        following = asked.following
        first = stored(asked.reads, given, context.now)
        shown = await execute_after_read(context.writes, first, lambda before: made(following(before)), again=again)
    return await context.fill(selection_builder, shown)


def _common(context: Context, asked: MutationCall) -> dict[str, Any]:
    """What every verb's input has: the event it leaves and who it is by, and what it locks, in order."""
    touched = {asked.subject, *(one for one in asked.touches if one is not None)}
    return {
        "event": new_uid(),
        "who": context.principal.user or ANONYMOUS,
        "held": sorted(touched),
        "locks": sorted(asked.locks),
    }
