"""The resolver of every mutation: reads the input, executes the statement and returns the selected payload."""

from __future__ import annotations

import enum
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from graphql import GraphQLResolveInfo

from graph.errors import Invalid, KithError, Unavailable
from graph.events import ANONYMOUS, EventHeader
from graph.mutations.compiler import Payload, compile_locking, compile_mutation, compile_near, compile_references
from graph.mutations.completion import completed
from graph.mutations.declarations import MUTATIONS, Mutation, Value, words
from graph.mutations.execution import Call, Done
from graph.mutations.groups import execute_mutation
from graph.mutations.idempotency import IdempotencyKey
from graph.mutations.inputs import parameters, raise_errors
from graph.mutations.reasons import error_of
from graph.query.selection import Records as SelectedRecords
from graph.query.selection import Row
from graph.search.analysis import search_words
from graph.store import Bound
from schema.context import Context
from schema.planning.insights import fail_unfilled
from schema.planning.plan import within
from schema.planning.selection_builder import SelectionBuilder

log = logging.getLogger("kith.schema")

Records = tuple[tuple[str, str, Row], ...]


async def resolve_mutation(_: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Executes a mutation and returns its payload."""
    context: Context = info.context
    mutation = MUTATIONS[info.field_name]
    selection_builder = context.selection_builder(info)
    records = _selected(selection_builder, info, mutation)
    check_payload(context, selection_builder)
    given = plain_input(arguments["input"])
    values, errors = parameters(mutation, given, context.rates, context.now)
    if errors:
        fields = {error.details.get("field") for error in errors}
        missing = await _missing(context, mutation, values)
        raise_errors([*errors, *(error for error in missing if error.details.get("field") not in fields)])
    header = EventHeader(context.principal.user or ANONYMOUS, context.request_id or None)
    call = call_of(context, selection_builder, mutation, records, values, header)
    key = _key(context, selection_builder, info, given.get("idempotencyKey"))
    if key is not None:
        call = call.under(IdempotencyKey.of(context.principal.user, key, mutation.name, given))
    done = await execute_mutation(context.writes, call, dry_run=bool(given.get("dryRun")))
    written = done.uids.get(mutation.payload[0].name)
    try:
        payload = done.payload
        if payload is None:
            payload = await _read(context, selection_builder, mutation, records, done)
    except KithError as error:
        raise _unread("its payload could not be read", error, written) from error
    if mutation.texts():
        executed = done.payload is not None and not given.get("dryRun")
        documents = await _documents(context, selection_builder, info, mutation, written if executed else None)
        payload = {**payload, **documents}
    return await filled(context, selection_builder, payload, written, dry_run=bool(given.get("dryRun")))


async def _documents(
    context: Context,
    selection_builder: SelectionBuilder,
    info: GraphQLResolveInfo[Any],
    mutation: Mutation,
    uid: str | None,
) -> dict[str, str | None]:
    """The selected documents of a payload, by response key; null without the id of a record."""
    documents = {one.name: one for one in mutation.texts()}
    found = selection_builder.collected(info.field_nodes, _payload_type(mutation))
    return {
        key: None if uid is None else await documents[nodes[0].name.value].read(context.reads, uid)
        for key, nodes in found.items()
        if nodes[0].name.value in documents
    }


def _payload_type(mutation: Mutation) -> str:
    return f"{mutation.name[0].upper()}{mutation.name[1:]}Payload"


def check_payload(context: Context, selection_builder: SelectionBuilder, times: int = 1) -> None:
    """Raises KithError when the payload, for so many records, is too expensive or an argument in it is not valid."""
    context.cost += selection_builder.cost * times
    within(context.cost, context.limits)
    insights = selection_builder.insight_plan(context.access.shape)
    if insights is not None:  # They are computed after the commit, so their arguments are checked before it.
        insights.check(selection_builder.usage.variables)


async def filled(
    context: Context, selection_builder: SelectionBuilder, payload: Any, written: str | None, *, dry_run: bool
) -> Any:
    """The payload with its insights; one that could not be computed is an error at its place, and the rest stays."""
    try:
        return await context.fill(selection_builder, payload)
    except Exception as error:
        if dry_run:
            raise
        if not isinstance(error, KithError):
            log.exception("an insight failed after its mutation was done", extra={"request_id": context.request_id})
        fail_unfilled(payload, _unread("an insight in its payload could not be computed", error, written))
        return payload


def _unread(what: str, error: Exception, written: str | None) -> Unavailable:
    """The error of a mutation that was done, but not answered in full; `written` is the id of its record."""
    more = {} if written is None else {"id": written}
    reason = error.message if isinstance(error, KithError) else "An internal error occurred."
    return Unavailable(
        f"The mutation was done, but {what}: {reason}",
        remedy="Read the record. Do not send the mutation again.", done=True, **more,
    )  # fmt: skip


async def _read(
    context: Context, selection_builder: SelectionBuilder, mutation: Mutation, records: Records, done: Done
) -> Any:
    """Reads the payload of a mutation that was executed before."""
    labels = {one.name: one.label for one in mutation.payload}
    uids = [done.uids.get(field) or "" for _, field, _ in records]
    selection = SelectedRecords(
        tuple(
            (labels[field], selection_builder.usage.constant([uid]), row)
            for (_, field, row), uid in zip(records, uids, strict=True)
        ),
        deleted=context.access.may_read_deleted,
    )
    found = await context.reads.ask(context.bound(selection_builder, selection)) if records else []
    return {key: dict(pairs).get(uid) for (key, _, _), uid, pairs in zip(records, uids, found, strict=True)}


def _selected(selection_builder: SelectionBuilder, info: GraphQLResolveInfo[Any], mutation: Mutation) -> Records:
    """The selected records of the payload: response key, payload field and selection."""
    labels = {one.name: one.label for one in mutation.payload}
    found = selection_builder.collected(info.field_nodes, _payload_type(mutation))
    return tuple(
        (key, nodes[0].name.value, selection_builder.row(nodes, labels[nodes[0].name.value]))
        for key, nodes in found.items()
        if nodes[0].name.value in labels
    )


def call_of(
    context: Context,
    selection_builder: SelectionBuilder,
    mutation: Mutation,
    records: Records,
    values: Mapping[str, Any],
    header: EventHeader,
) -> Call:
    """The call of a mutation with the parameters of its input."""
    if mutation.creates:  # the caller, whose business unit a new record takes over, stays as they are until the end
        values = {**values, "held": sorted({*values["held"], header.actor})}
    compiled = compile_mutation(Payload(mutation.name, records), context.access.shape)
    more = {"event": header.parameter(), **mutation.constants()}
    derives = mutation.derives(context.rates)
    searched = [given.declared for given in mutation.inputs() if isinstance(given, Value) and given.stored]

    def bound(stored: Mapping[str, Any]) -> Bound:
        changing = values["values"] if derives is None else completed(derives, values["values"], stored)
        given = {**values, "values": changing, "keys": sorted(changing)}
        given["words"] = search_words(searched, changing)
        return context.bind(compiled, selection_builder, input=given, **more)

    locking = None
    if derives is not None:
        shape = context.access.shape
        locking = context.bind(compile_locking(mutation.name, shape), selection_builder, input=values)
    near = compile_near(mutation.name, context.access.shape)
    subject = mutation.payload[0].name
    key = None
    if values["ifVersion"] is not None and selection_builder.insight_plan(context.access.shape) is None:
        key = next((key for key, field, _ in records if field == subject), None)
    return Call(
        name=mutation.name,
        now=context.now,
        text=compiled.text,
        statement=bound,
        uids={subject: _subject(mutation, values), "event": header.uid},
        record=words(mutation.label),
        held=values["held"],
        locks=values["locks"],
        near=None if near is None else partial(context.bind, near, selection_builder, input=values),
        locking=locking,
        current=key,
    )


def _subject(mutation: Mutation, values: Mapping[str, Any]) -> str | None:
    """The id of the subject, as the input names it."""
    if mutation.creates:
        return str(values["id"])
    return next((values[one] for one in mutation.subjects if values.get(one) is not None), None)


async def _missing(context: Context, mutation: Mutation, values: Mapping[str, Any]) -> list[KithError]:
    """The errors of the ids that were not found, for an input with other errors."""
    compiled = compile_references(mutation.name, context.access.shape)
    found = await context.reads.ask(compiled.bind([], access=context.access.values, input=values))
    return [error_of(one, words(mutation.label)) for one in found]


def _key(
    context: Context, selection_builder: SelectionBuilder, info: GraphQLResolveInfo[Any], sent: str | None
) -> str | None:
    """The idempotency key in the input, or else in the header, which belongs to the only mutation of a request."""
    if context.idempotency_key is None:
        return sent
    if sent is not None and sent != context.idempotency_key:
        raise Invalid(
            "The header Idempotency-Key and `idempotencyKey` differ.",
            remedy="Send one of them, or the same key in both.",
            field="input.idempotencyKey",
        )
    if len(selection_builder.selected([info.operation.selection_set], "Mutation")) > 1:
        raise Invalid(
            "The header Idempotency-Key belongs to one mutation, and the request has several.",
            remedy="Send `idempotencyKey` in each input instead.",
        )
    return context.idempotency_key


def plain_input(value: Any) -> Any:
    """A coerced input without strawberry's enumerations."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain_input(one) for key, one in value.items()}
    return [plain_input(one) for one in value] if isinstance(value, list) else value
