"""Mutations of import jobs: they change the mapping of a job, or begin or end its work in the background."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo

from graph.errors import NotFound, Unavailable
from graph.events import ANONYMOUS, EventHeader
from graph.query.selection import Records as SelectedRecords
from schema.context import Context
from schema.imports import ImportJobs, hidden_records
from schema.mutations.resolver import plain_input
from schema.typing import Argument, Field, input_type, optional, output

_LABEL = "ImportJob"
_ID = Field("id", "ID", "The id of the import job.")
_U = strawberry.UNSET

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportMutation:
    """A mutation of an import job; `execute` receives the jobs, the input and the header of the events."""

    name: str
    description: str
    execute: Callable[[ImportJobs, Given, EventHeader], Awaitable[None]]
    inputs: tuple[Field, ...] = ()


IMPORTS: dict[str, ImportMutation] = {
    one.name: one
    for one in (
        ImportMutation(
            "changeImportMapping",
            "Changes what the columns of an uploaded file become. The job has to be checked again.",
            lambda jobs, given, _: jobs.change(given["id"], given),
            (
                Field("target", optional("str"), "The type of the records. It guesses the fields again.", default=_U),
                Field("source", optional("str"), "The name of the source, which the records belong to.", default=_U),
                Field("keyColumn", optional("str"), "The column whose value identifies a row.", default=_U),
                Field("columns", optional("list[ImportColumnInput]"), "The columns to change.", default=_U),
            ),
        ),
        ImportMutation(
            "checkImport",
            "Begins to check all rows of an import job: what is new, changed, the same and rejected. Writes nothing.",
            lambda jobs, given, _: jobs.check(given["id"]),
        ),
        ImportMutation(
            "startImport",
            "Begins to load the rows of an import job, or continues a load that was stopped or failed.",
            lambda jobs, given, header: jobs.start(given["id"], header),
        ),
        ImportMutation(
            "stopImport",
            "Stops a check or a load after the rows in progress. What a load wrote stays, and can be undone.",
            lambda jobs, given, _: jobs.stop(given["id"]),
        ),
        ImportMutation(
            "undoImport",
            "Begins to undo everything that an import job wrote. Fails with `CONFLICT` if one of its records changed "
            "since, and changes nothing then.",
            lambda jobs, given, header: jobs.undo(given["id"], header),
        ),
    )
}


def import_fields() -> list[Field]:
    """Creates the types of the mutations; returns their fields of the mutation root."""
    input_type(
        "ImportColumnInput",
        "What a column of an uploaded file becomes.",
        [
            Field("column", "str", "The name of the column."),
            Field("field", optional("str"), "The field, one of `targetFields`; null for none.", default=_U),
        ],
    )
    return [_field(IMPORTS[name]) for name in sorted(IMPORTS)]


def _field(one: ImportMutation) -> Field:
    title = f"{one.name[0].upper()}{one.name[1:]}"
    input_type(f"{title}Input", f"The input of `{one.name}`.", [_ID, *one.inputs])
    job = Field("importJob", optional(_LABEL), "The job after the mutation.")
    output(f"{title}Payload", f"The result of `{one.name}`.", [job])
    argument = Argument("input", f"{title}Input", "The job, and what changes.")
    return Field(one.name, optional(f"{title}Payload"), one.description, (argument,))


async def resolve_import(_: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Executes a mutation of an import job, and returns the job as the caller selects it."""
    context: Context = info.context
    mutation, given = IMPORTS[info.field_name], plain_input(arguments["input"])
    if context.imports is None:
        raise Unavailable("This server does not import files.", remedy="Use `python -m seed load`.")
    if not context.access.shape.unrestricted:
        raise hidden_records()
    uid = str(given["id"])
    if await _read(context, info, uid) is None:
        raise NotFound(
            f"The import job {uid} was not found.", remedy="Read `importJobs` for the existing jobs.", field="input.id"
        )
    user = context.principal.user or ANONYMOUS
    await mutation.execute(context.imports, given, EventHeader(user, context.request_id or None, uid))
    return await _read(context, info, uid)


async def _read(context: Context, info: GraphQLResolveInfo[Any], uid: str) -> dict[str, Any] | None:
    """The payload, or None if the job does not exist or the caller may not read it."""
    selection_builder = context.selection_builder(info)
    payload = f"{info.field_name[0].upper()}{info.field_name[1:]}Payload"
    shown = selection_builder.collected(info.field_nodes, payload)
    jobs = {key: nodes for key, nodes in shown.items() if nodes[0].name.value != "__typename"}
    uids = selection_builder.usage.constant([uid])
    rows = tuple((_LABEL, uids, selection_builder.row(nodes, _LABEL)) for nodes in jobs.values())
    if not rows:
        return {}
    found = await context.ask(selection_builder, SelectedRecords(rows))
    values = {key: dict(pairs).get(uid) for key, pairs in zip(jobs, found, strict=True)}
    return None if None in values.values() else values
