"""Bulk mutations as callers see them: their types, derived from the mutations of one record, and their resolver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLResolveInfo

from graph.errors import Invalid, KithError
from graph.events import ANONYMOUS, EventHeader
from graph.identity import new_uid
from graph.mutations.bulk import BULK, MOST, BulkMutation, RowCall, execute_bulk
from graph.mutations.compiler import compile_references
from graph.mutations.declarations import Value
from graph.mutations.inputs import parameters, raise_errors
from graph.query.selection import Branch, Connection, Leaf, Nodes, Order, Page, Row
from graph.query.selection import Records as SelectedRecords
from schema.context import Context
from schema.exposure import EXPOSED_TYPES, graphql_name
from schema.mutations.resolver import Records, call_of, check_payload, filled, plain_input
from schema.mutations.types import DRY_RUN, input_fields
from schema.planning.filters import Filters
from schema.planning.selection_builder import SelectionBuilder
from schema.typing import Argument, Field, input_type, optional, output

Given = Mapping[str, Any]

_BATCH_SIZE = Field(
    "batchSize",
    optional("int"),
    f"From 1 to {MOST}: each batch of so many records is all or nothing by itself, and `results` has the errors. "
    "Without it, the whole mutation is all or nothing.",
    default=strawberry.UNSET,
)
_IDS = Field("ids", optional("list[ID]"), f"The ids of up to {MOST} records.", default=strawberry.UNSET)


# ---------- types ----------------------------------------------------------------------------------------------------


def bulk_fields() -> list[Field]:
    """Creates the types of every bulk mutation; returns their fields of the mutation root in alphabetical order."""
    output(
        "BulkError",
        "An error of a record in a bulk mutation.",
        [
            Field("code", "str", "The code, the same as in `extensions.code`."),
            Field("message", "str", "What is wrong."),
            Field("remedy", "str", "What to do."),
            Field("field", optional("str"), "The path into the input, such as `input.items.3.name`."),
        ],
    )
    output(
        "BulkResult",
        "The result for one record in a bulk mutation.",
        [
            Field("index", "int", "The position of the record among those of the mutation, from 0."),
            Field("recordId", optional("ID"), "The id of the record; null if it was not created or changed."),
            Field("errors", "list[BulkError]", "Why the record was not created or changed."),
        ],
    )
    return [_field(BULK[name]) for name in sorted(BULK)]


def _field(bulk: BulkMutation) -> Field:
    title, each = f"{bulk.name[0].upper()}{bulk.name[1:]}", bulk.each
    common = (_BATCH_SIZE, DRY_RUN)
    if each.creates:
        item = f"list[Create{each.label}Input]"
        own = [Field("items", item, f"Up to {MOST} records, each as the input of `{each.name}`.")]
        what = f"Creates up to {MOST} records; each is an input of `{each.name}`."
    else:
        values = [one for one in each.inputs() if isinstance(one, Value)]
        alone = {"id", *(one.name for one in values if one.declared.unique or one.declared.identifying)}
        changes = [one for one in input_fields(each) if one.name not in alone]
        input_type(f"{title}Changes", f"The changes of `{bulk.name}`.", changes)
        conditions = f"The conditions that the records meet, up to {MOST} of them."
        where = Field("where", optional(f"{graphql_name(each.label)}Where"), conditions, default=strawberry.UNSET)
        own = [Field("changes", f"{title}Changes", "What changes in every record."), _IDS, where]
        what = (
            f"Makes the same changes to up to {MOST} records, as `{each.name}` does: exactly one of `ids` and `where`."
        )
    input_type(f"{title}Input", f"The input of `{bulk.name}`.", [*own, *common])
    done = "created" if each.creates else "updated"
    output(
        f"{title}Payload",
        f"The result of `{bulk.name}`.",
        [
            Field(bulk.plural, f"list[{graphql_name(each.label)}]", f"The records that were {done}."),
            Field("results", "list[BulkResult]", "The result for each record, in the order of the input."),
            Field("count", "int", f"The number of records that were {done}."),
            Field("batchId", optional("str"), "The `batchId` of all events of the mutation; null for a dry run."),
        ],
    )
    argument = Argument("input", f"{title}Input", "The records, and what changes.")
    return Field(bulk.name, optional(f"{title}Payload"), what, (argument,))


# ---------- resolver -------------------------------------------------------------------------------------------------


async def resolve_bulk(_: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Executes a bulk mutation and returns its payload."""
    context: Context = info.context
    bulk, given = BULK[info.field_name], plain_input(arguments["input"])
    if context.idempotency_key is not None:
        raise Invalid(
            "The header Idempotency-Key does not apply to a mutation of several records.", remedy="Omit the header."
        )
    _check(bulk, given)
    selection_builder = context.selection_builder(info)
    shown = selection_builder.collected(info.field_nodes, f"{bulk.name[0].upper()}{bulk.name[1:]}Payload")
    subject = bulk.each.payload[0].name
    records: Records = tuple(
        (key, subject, selection_builder.row(nodes, bulk.each.label))
        for key, nodes in shown.items()
        if nodes[0].name.value == bulk.plural
    )
    items, path = await _items(context, selection_builder, info, bulk, given)
    check_payload(context, selection_builder, len(items))
    batch = new_uid()
    rows = [_row(context, selection_builder, bulk, records, item, path(at), batch) for at, item in enumerate(items)]
    size, dry_run = given.get("batchSize"), bool(given.get("dryRun"))
    await execute_bulk(context.writes, bulk.name, rows, size=size, dry_run=dry_run)
    await _read_lost(context, selection_builder, bulk, records, rows)
    payload = _payload(selection_builder, bulk, shown, rows, None if dry_run else batch)
    return await filled(context, selection_builder, payload, None, dry_run=dry_run)


def _check(bulk: BulkMutation, given: Given) -> None:
    """Raises the errors of the input that concern no single record."""
    errors: list[KithError] = []
    size = given.get("batchSize")
    if size is not None and not 1 <= size <= MOST:
        message = f"`batchSize` must be between 1 and {MOST}; got {size}."
        errors.append(Invalid(message, remedy="Send a number within the bounds.", field="input.batchSize"))
    name = "items" if bulk.each.creates else "ids"
    many = given.get(name)
    if not bulk.each.creates and (many is None) is (given.get("where") is None):
        message = f"Exactly one of `ids` and `where` is needed; got {0 if many is None else 2}."
        errors.append(Invalid(message, remedy="Send one of them.", field="input.ids"))
    if many is not None and len(many) > MOST:
        errors.append(_too_many(name, f"got {len(many)}"))
    elif many is not None:
        errors += _misplaced(many) if bulk.each.creates else _repeated(many)
    raise_errors(errors)


def _misplaced(items: Sequence[Given]) -> Iterator[KithError]:
    """An error for each item with an input that concerns the mutation as a whole."""
    for at, item in enumerate(items):
        for name in ("idempotencyKey", "dryRun"):
            if item.get(name):
                message = f"`{name}` does not apply to a single record of a mutation of several."
                yield Invalid(message, remedy="Omit it.", field=f"input.items.{at}.{name}")


def _repeated(uids: Sequence[str]) -> Iterator[KithError]:
    """An error for each id that was listed before."""
    for at, uid in enumerate(uids):
        if uid in uids[:at]:
            yield Invalid(f"The id {uid} is listed twice.", remedy="List each id once.", field=f"input.ids.{at}")


def _too_many(name: str, got: str) -> Invalid:
    message = f"A mutation has at most {MOST} records; {got}."
    return Invalid(message, remedy="Send several mutations.", field=f"input.{name}", limit=MOST)


async def _items(
    context: Context,
    selection_builder: SelectionBuilder,
    info: GraphQLResolveInfo[Any],
    bulk: BulkMutation,
    given: Given,
) -> tuple[list[Given], Callable[[int], Callable[[str | None], str]]]:
    """The input of each record, and what turns the field of an error in it into the path within the bulk input."""
    if bulk.each.creates:
        return given["items"], _within_item
    uids = given.get("ids")
    by_ids = uids is not None
    if uids is None:
        uids = await _matching(context, selection_builder, info.field_nodes[0], bulk)
        if len(uids) > MOST:
            raise _too_many("where", "more match")
    return [{**given["changes"], "id": uid} for uid in uids], lambda at: _within_changes(
        f"ids.{at}" if by_ids else "where"
    )


def _within_item(at: int) -> Callable[[str | None], str]:
    return lambda field: ".".join(["input", "items", str(at), *(field or "").split(".")[1:]])


def _within_changes(subject: str) -> Callable[[str | None], str]:
    def path(field: str | None) -> str:
        if field is None or field == "input.id":
            return f"input.{subject}"
        return ".".join(["input", "changes", *field.split(".")[1:]])

    return path


async def _matching(
    context: Context, selection_builder: SelectionBuilder, node: FieldNode, bulk: BulkMutation
) -> list[str]:
    """The ids of the records that meet the condition and that the caller may read; one too many if there are."""
    label = bulk.each.label
    given = selection_builder.arguments(selection_builder.declared("Mutation", node), node)("input")
    assert given is not None
    filters = Filters(selection_builder.usage, context.request.constants["currency"], context.meter)
    where = filters.where(given.fields()["where"], EXPOSED_TYPES[label], "input.where")
    shows = (Nodes("nodes", Row((Branch((label,), (Leaf("id", "uid"),)),))),)
    first = selection_builder.usage.constant(MOST + 1)
    page = Page(label, None, first, shows, where, (Order("uid"),))
    found = await context.reads.ask(context.bound(selection_builder, Connection(page)))
    return [one["id"] for one in found["nodes"]]


def _row(
    context: Context,
    selection_builder: SelectionBuilder,
    bulk: BulkMutation,
    records: Records,
    given: Given,
    path: Callable[[str | None], str],
    batch: str,
) -> RowCall:
    values, errors = parameters(bulk.each, given, context.rates, context.now)
    header = EventHeader(context.principal.user or ANONYMOUS, context.request_id or None, batch)
    call = call_of(context, selection_builder, bulk.each, records, values, header)
    references = compile_references(bulk.each.name, context.access.shape)
    bound = references.bind([], access=context.access.values, input=values)
    row = RowCall(call, bound, path, given.get("id"))
    for error in errors:
        row.fail(error)
    return row


async def _read_lost(
    context: Context,
    selection_builder: SelectionBuilder,
    bulk: BulkMutation,
    records: Records,
    rows: Sequence[RowCall],
) -> None:
    """Reads the records of rows that were done, but whose answer was lost."""
    lost = {row.done.uids[bulk.each.payload[0].name]: row for row in rows if row.done and row.done.payload is None}
    if not lost or not records:
        return
    uids = selection_builder.usage.constant(list(lost))
    selection = SelectedRecords(tuple((bulk.each.label, uids, row) for _, _, row in records))
    found = await context.reads.ask(context.bound(selection_builder, selection))
    for uid, row in lost.items():
        assert row.done is not None
        payload = {key: dict(pairs).get(uid) for (key, _, _), pairs in zip(records, found, strict=True)}
        row.done = type(row.done)(row.done.uids, payload)


# ---------- payload --------------------------------------------------------------------------------------------------


def _payload(
    selection_builder: SelectionBuilder,
    bulk: BulkMutation,
    shown: Mapping[str, list[FieldNode]],
    rows: Sequence[RowCall],
    batch: str | None,
) -> dict[str, Any]:
    subject = bulk.each.payload[0].name
    done = [row.done for row in rows if row.done is not None]
    results = [
        {
            "index": at,
            "recordId": None if row.done is None else row.done.uids[subject],
            "errors": [
                {"code": one.code, "message": one.message, "remedy": one.remedy, "field": one.details.get("field")}
                for one in row.errors
            ],
        }
        for at, row in enumerate(rows)
    ]
    payload: dict[str, Any] = {}
    for key, nodes in shown.items():
        match nodes[0].name.value:
            case "results":
                payload[key] = _by_key(selection_builder, nodes, "BulkResult", results)
            case "count":
                payload[key] = len(done)
            case "batchId":
                payload[key] = batch
            case bulk.plural:
                found = [one.payload[key] for one in done if one.payload is not None]
                payload[key] = [one for one in found if one is not None]
    return payload


def _by_key(
    selection_builder: SelectionBuilder, nodes: list[FieldNode], name: str, values: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Maps of plain values by response key instead of by field."""
    shown = [
        (key, same[0].name.value, same)
        for key, same in selection_builder.collected(nodes, name).items()
        if same[0].name.value != "__typename"
    ]
    return [
        {
            key: _by_key(selection_builder, same, "BulkError", one[field]) if field == "errors" else one[field]
            for key, field, same in shown
        }
        for one in values
    ]
