"""The changes and counts of an event, if the caller may read their records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from graph.models.event import Event
from graph.models.record import Record
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.cypher import amount, call, name, quoted
from graph.query.masking import masks
from graph.query.projection import NodeRef, show
from graph.query.selection import Computed, Part
from graph.query.values import Money


@dataclass(frozen=True, slots=True)
class ChangeValue:
    """The value of a property or a link; exactly one field is set, the one of its type."""

    text: Annotated[str | None, "A string, or the name of an enumeration value."]
    number: Annotated[float | None, "An integer or a floating-point number."]
    boolean: Annotated[bool | None, "A boolean."]
    date: Annotated[date | None, "A date."]
    date_time: Annotated[datetime | None, "A timestamp."]
    money: Annotated[Money | None, "An amount of money, in its own currency."]
    texts: Annotated[list[str] | None, "A list of strings."]
    records: Annotated[list[Record] | None, "The records that the link leads to, if you may read them."]


@dataclass(frozen=True, slots=True)
class EventChange:
    """The change of one property or link of one record."""

    record: Annotated[Record, "The record that changed."]
    field: Annotated[str, "The name of the property or the link; `link.property` for a property of a relationship."]
    before: Annotated[ChangeValue | None, "The value before; null if it was missing."]
    after: Annotated[ChangeValue | None, "The value after; null if it was cleared."]
    masked: Annotated[bool, "True if you may not read the field: then both values are null."]


@dataclass(frozen=True, slots=True)
class EventCount:
    """The number of records or relationships of one type that a batch wrote."""

    type: Annotated[str, "The type of the records, or the type of the relationships."]
    created: Annotated[int, "The number created."]
    changed: Annotated[int, "The number changed."]
    unchanged: Annotated[int, "The number that the batch left unchanged."]


_MASKED = "isMasked"

_VALUES = {
    "text": "CASE WHEN {v} IS :: STRING NOT NULL THEN {v} END",
    "number": "CASE WHEN {c} IS NULL AND ({v} IS :: INTEGER NOT NULL OR {v} IS :: FLOAT NOT NULL) THEN {v} END",
    "boolean": "CASE WHEN {v} IS :: BOOLEAN NOT NULL THEN {v} END",
    "date": "CASE WHEN {v} IS :: DATE NOT NULL THEN toString({v}) END",
    "dateTime": "CASE WHEN {v} IS :: ZONED DATETIME NOT NULL THEN toString({v}) END",
    "texts": "CASE WHEN NOT isLink AND {v} IS :: LIST<STRING NOT NULL> NOT NULL THEN {v} END",
    "__typename": quoted("ChangeValue"),
}


@computed(on=Event, returns=list[EventChange])
def changes(builder: CypherBuilder, selection: Computed, start: str) -> Figures:
    """The changes of the records that you may read, those of the subject first.

    A change of a link without a readable record on either side is left out, with the changes of its properties. A
    property of a link has no value on a side with a record that you may not read.
    """
    record = builder.fresh("n")
    lines = [
        f"MATCH ({start})-[changed:CHANGED]->{builder.node(record, 'Record', labelled=False)}",
        *readable_fields(builder, record),
        f"ORDER BY changed.isSubject DESC, {record}.uid, place",
    ]
    values: dict[str | Part, str] = {"record": record, "field": "field", "masked": masked(builder)}
    for part in selection.parts:
        if part.name in ("before", "after"):
            before, values[part] = _value(builder, part)
            lines += before
    return Figures(lines, values)


def readable_fields(builder: CypherBuilder, *kept: str) -> list[str]:
    """Returns clauses with a row for each `field` of `changed` that the caller may know of, and its `place`.

    `ids` are the ids of the records of its `link` before and after, and `readable` those that the caller may read. If
    there are fields that the caller may not read, `isMasked` is True for these.
    """
    builder.masked |= builder.access.masked
    hidden = [f"WITH *, {masks(builder.access, 'endNode(changed)', 'field')} AS {_MASKED}"]
    ids = "[side IN ['before', 'after'] | coalesce(changed[side + '.' + link], [])] AS ids"
    linked = builder.node("linked", "Record", uid="uid")
    readable = f"UNWIND ids[0] + ids[1] AS uid\nMATCH {linked}\nRETURN collect(uid) AS readable"
    return [
        "UNWIND range(0, size(changed.fields) - 1) AS place",
        f"WITH {', '.join(('changed', *kept))}, place, changed.fields[place] AS field",
        "WITH *, field IN changed.linkFields AS isLink,",
        "  head([link IN changed.linkFields WHERE field = link OR field STARTS WITH link + '.']) AS link",
        f"WITH *, {ids}",
        call("ids", readable),
        "WITH * WHERE link IS NULL OR size(readable) > 0",
        *(hidden if builder.access.masked else ()),
    ]


def masked(builder: CypherBuilder) -> str:
    """Returns whether the caller may not read a field of `readable_fields`."""
    return _MASKED if builder.access.masked else "false"


def _changed(builder: CypherBuilder, key: str) -> str:
    """Returns a value of a change; null if the caller may not read the field."""
    value = f"changed[{key}]"
    return f"CASE WHEN {_MASKED} THEN null ELSE {value} END" if builder.access.masked else value


def unreadable(place: int) -> str:
    """Returns whether the records of a link on one side are not all readable."""
    return f"any(uid IN ids[{place}] WHERE NOT uid IN readable)"


def _value(builder: CypherBuilder, side: Part) -> tuple[list[str], str]:
    """Returns one side of a change: null without a value, or if no record of a link is readable."""
    value, currency, money = builder.fresh("v"), builder.fresh("v"), builder.fresh("v")
    key = f"'{side.name}.' + field"
    stored, stored_currency = _changed(builder, key), _changed(builder, f"{key} + '.currency'")
    lines = [
        f"WITH *, {stored} AS {value}, {stored_currency} AS {currency}",
        f"WITH *, {{value: {value}, valueCurrency: {currency}}} AS {money}",
    ]
    linked, records = builder.fresh("n"), builder.fresh("a")
    uids = f"UNWIND CASE WHEN isLink THEN coalesce({value}, []) ELSE [] END AS uid"
    match = f"{uids}\nMATCH {builder.node(linked, 'Record', uid='uid')}"
    texts = []
    shown: dict[str, str] = {}
    collected = ["count(*) AS " + records]
    before: list[str] = []
    for part in side.parts:
        if part.row is not None:
            shown[part.key] = builder.fresh("a")
            subqueries, expression = show(builder, part.row, NodeRef(linked, "Record"))
            before += subqueries
            collected.append(f"collect({expression}) AS {shown[part.key]}")
            texts.append(f"{name(part.key)}: CASE WHEN isLink THEN {shown[part.key]} END")
        elif part.name == "money":
            parts = {"amount": amount(money, "value"), "currency": currency, "__typename": quoted("Money")}
            inner = ", ".join(f"{name(one.key)}: {parts[one.name]}" for one in part.parts)
            texts.append(f"{name(part.key)}: CASE WHEN {currency} IS NULL THEN null ELSE {{{inner}}} END")
        else:
            texts.append(f"{name(part.key)}: {_VALUES[part.name].format(v=value, c=currency)}")
    lines.append(call(f"isLink, {value}", "\n".join([match, *before, f"RETURN {', '.join(collected)}"])))
    place = ("before", "after").index(side.name)
    hidden = f"CASE WHEN isLink THEN {records} = 0 ELSE {unreadable(place)} END"
    absent = f"{value} IS NULL OR {hidden}"
    return lines, f"CASE WHEN {absent} THEN null ELSE {{{', '.join(texts)}}} END"


@computed(on=Event, returns=list[EventCount])
def counts(_: CypherBuilder, __: Computed, start: str) -> Figures:
    """The number of records and relationships that a batch wrote, by type; empty for a mutation."""
    values: dict[str | Part, str] = {
        "type": f"{start}.countTypes[place]",
        "created": f"{start}.countCreated[place]",
        "changed": f"{start}.countChanged[place]",
        "unchanged": f"{start}.countUnchanged[place]",
    }
    return Figures([f"UNWIND range(0, size(coalesce({start}.countTypes, [])) - 1) AS place"], values)
