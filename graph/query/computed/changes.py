"""The changes and counts of an event, as far as the caller may read the records that they are about."""

from __future__ import annotations

from graph.query.builder import CypherBuilder
from graph.query.cypher import amount, call, name, quoted
from graph.query.projection import NodeRef, computed, show
from graph.query.selection import Computed, Part

_VALUES = {
    "text": "CASE WHEN {v} IS :: STRING NOT NULL THEN {v} END",
    "number": "CASE WHEN {c} IS NULL AND ({v} IS :: INTEGER NOT NULL OR {v} IS :: FLOAT NOT NULL) THEN {v} END",
    "boolean": "CASE WHEN {v} IS :: BOOLEAN NOT NULL THEN {v} END",
    "date": "CASE WHEN {v} IS :: DATE NOT NULL THEN toString({v}) END",
    "dateTime": "CASE WHEN {v} IS :: ZONED DATETIME NOT NULL THEN toString({v}) END",
    "texts": "CASE WHEN NOT isLink AND {v} IS :: LIST<STRING NOT NULL> NOT NULL THEN {v} END",
    "__typename": quoted("ChangeValue"),
}


@computed("Event.changes")
def changes(builder: CypherBuilder, field: Computed, start: str) -> str:
    """The changes of an event, those of its subject first.

    A change of a link without a readable record on either side is left out, with the changes of its properties.
    """
    record = builder.fresh("n")
    target, linked = builder.node(record, "Record", labelled=False), builder.node("linked", "Record", uid="uid")
    both = "coalesce(changed['before.' + link], []) + coalesce(changed['after.' + link], [])"
    readable = (
        f"UNWIND CASE WHEN link IS NULL THEN [] ELSE {both} END AS uid\nMATCH {linked}\nRETURN count(*) AS readable"
    )
    lines = [
        f"MATCH ({start})-[changed:CHANGED]->{target}",
        "UNWIND range(0, size(changed.fields) - 1) AS place",
        f"WITH changed, {record}, place, changed.fields[place] AS field",
        "WITH *, field IN changed.linkFields AS isLink,",
        "  head([link IN changed.linkFields WHERE field = link OR field STARTS WITH link + '.']) AS link",
        call("changed, link", readable),
        f"WITH * WHERE link IS NULL OR readable > 0 ORDER BY changed.isSubject DESC, {record}.uid, place",
    ]
    texts = []
    for part in field.parts:
        before, expression = _part(builder, part, record)
        lines += before
        texts.append(f"{name(part.key)}: {expression}")
    return "\n".join([*lines, f"RETURN collect({{{', '.join(texts)}}})"])


def _part(builder: CypherBuilder, part: Part, record: str) -> tuple[list[str], str]:
    if part.row is not None:
        return show(builder, part.row, NodeRef(record, "Record"))
    if part.name in ("before", "after"):
        return _value(builder, part)
    return [], {"field": "field", "__typename": quoted("EventChange")}[part.name]


def _value(builder: CypherBuilder, side: Part) -> tuple[list[str], str]:
    """One side of a change: null where there was no value, or no record of a link is readable."""
    value, currency, money = builder.fresh("v"), builder.fresh("v"), builder.fresh("v")
    key = f"'{side.name}.' + field"
    lines = [
        f"WITH *, changed[{key}] AS {value}, changed[{key} + '.currency'] AS {currency}",
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
    absent = f"{value} IS NULL OR isLink AND {records} = 0"
    return lines, f"CASE WHEN {absent} THEN null ELSE {{{', '.join(texts)}}} END"


@computed("Event.counts")
def counts(builder: CypherBuilder, field: Computed, start: str) -> str:  # noqa: ARG001  it reads no other record
    """The counts of a batch; none for a mutation."""
    values = {
        "type": f"{start}.countTypes[place]",
        "created": f"{start}.countCreated[place]",
        "changed": f"{start}.countChanged[place]",
        "unchanged": f"{start}.countUnchanged[place]",
        "__typename": quoted("EventCount"),
    }
    texts = ", ".join(f"{name(part.key)}: {values[part.name]}" for part in field.parts)
    return f"RETURN [place IN range(0, size(coalesce({start}.countTypes, [])) - 1) | {{{texts}}}]"
