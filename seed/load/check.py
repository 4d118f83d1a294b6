"""Checks a mapping against the vocabulary and reports all problems at once."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import replace

from graph.errors import Invalid
from graph.models.properties import Kind
from graph.money import Rates
from graph.vocabulary import ENDPOINTS, ENTITIES, IMPORTABLE, SUPERS, Property, endpoint, entity
from seed.mapping.model import (
    AnyTable,
    Column,
    Complaint,
    Constant,
    EdgeTable,
    Mapping,
    NodeTable,
    RowNumber,
    Rule,
    columns,
)
from seed.mapping.options import as_text
from seed.rows.context import Context, RejectedError
from seed.rows.fields import FITTING, setter
from seed.rows.files import kind_of
from seed.rows.row import UnreadableError
from seed.rows.tables import edge_properties, required_of

_AUTOMATIC = ("uid", "source", "sourceKey")
_DELIMITERS = ";\t|,"


def check(mapping: Mapping, rates: Rates) -> list[Complaint]:
    """All problems of a mapping that are independent of its files."""
    return [*_all(mapping, rates), *_row_numbers(mapping)]


def _all(mapping: Mapping, rates: Rates) -> Iterator[Complaint]:
    for table in mapping.tables:
        yield from _file(table, mapping)
        if isinstance(table, NodeTable):
            yield from _nodes(table, mapping, rates)
        else:
            yield from _edges(table, mapping, rates)


def creates(mapping: Mapping, table: NodeTable) -> bool:
    """True if the table sets all required properties, or if no other table of its label does."""
    return not _lacking(table) or not any(not _lacking(one) for one in mapping.nodes if one.label == table.label)


def _lacking(table: NodeTable) -> list[str]:
    if table.label not in IMPORTABLE:
        return []
    completed = entity(table.label).complete(dict.fromkeys(table.fields, "value"))
    return [name for name in required_of(table.label) if name not in completed]


def place_of(mapping: Mapping, table: AnyTable, more: str = "") -> str:
    """The name of a place in a mapping, as complaints show it."""
    return f"{mapping.name}, {table.place}{f', {more}' if more else ''}"


def _file(table: AnyTable, mapping: Mapping) -> Iterator[Complaint]:
    try:
        kind, _ = kind_of(table.file)
    except UnreadableError as error:
        yield Complaint(place_of(mapping, table, "file"), *sentences(error))
        return
    if kind != "text" and (table.file.header is not None or table.file.delimiter is not None or table.file.skip):
        remedy = "Leave out `header`, `delimiter` and `skip`."
        yield Complaint(place_of(mapping, table, "file"), f"A {kind} file defines its own columns.", remedy)
    each = table.each
    if (
        kind == "text"
        and each is not None
        and each.split is None
        and f"*{each.column}" not in (table.file.header or ())
    ):
        remedy = f'Give the separator of its elements: each = {{ column = "{each.column}", split = ";" }}.'
        yield Complaint(place_of(mapping, table, "each"), f"{each.column!r} is not a list.", remedy)


def _nodes(table: NodeTable, mapping: Mapping, rates: Rates) -> Iterator[Complaint]:
    if table.label not in IMPORTABLE:
        super_label = " It is a super-label of several labels." if table.label in SUPERS else ""
        message = f"{_not_importable(table.label)}{super_label}"
        yield Complaint(place_of(mapping, table, "label"), message, _nearest(table.label, IMPORTABLE))
        return
    lacking = _lacking(table)
    if lacking and creates(mapping, table):
        message = f"{table.label} requires {' and '.join(lacking)}."
        yield Complaint(place_of(mapping, table, "fields"), message, "Give each a column or a constant.")
    properties = {name: one for name, one in entity(table.label).properties.items() if name not in _AUTOMATIC}
    yield from _fields(table, properties, table.label, mapping, rates)


def _not_importable(label: str) -> str:
    return f"A {label} cannot be imported." if label in ENTITIES else f"{label!r} is not a label of a record."


def _edges(table: EdgeTable, mapping: Mapping, rates: Rates) -> Iterator[Complaint]:
    known = True
    for name, end in (("from", table.start), ("to", table.end)):
        if end.label not in IMPORTABLE:
            known = False
            message = _not_importable(end.label)
            yield Complaint(place_of(mapping, table, f"{name}.label"), message, _nearest(end.label, IMPORTABLE))
    types = {one.edge for one in ENDPOINTS if not one.model.derived}
    if any(one.edge == table.type and one.model.derived for one in ENDPOINTS):
        message = f"{table.type} is derived from other data and cannot be loaded."
        remedy = "Load the data that it is derived from; the load computes it."
        yield Complaint(place_of(mapping, table, "type"), message, remedy)
    elif table.type not in types:
        message = f"{table.type!r} is not a relationship type."
        yield Complaint(place_of(mapping, table, "type"), message, _nearest(table.type, types))
    elif known:
        yield from _joined(table, mapping, rates)


def _joined(table: EdgeTable, mapping: Mapping, rates: Rates) -> Iterator[Complaint]:
    if endpoint(table.type, table.start.label, table.end.label) is None:
        pairs = sorted(f"{one.start} to {one.end}" for one in ENDPOINTS if one.edge == table.type)
        message = f"{table.type} does not lead from {table.start.label} to {table.end.label}."
        yield Complaint(place_of(mapping, table, "type"), message, f"It leads from {'; '.join(pairs)}.")
        return
    declared = edge_properties(table.type, table.start.label, table.end.label)
    lacking = [name for name, one in declared.items() if one.required and name not in table.fields]
    if lacking:
        message = f"{table.type} requires {' and '.join(lacking)}."
        yield Complaint(place_of(mapping, table, "fields"), message, "Give each a column or a constant.")
    properties = {name: one for name, one in declared.items() if name not in _AUTOMATIC}
    yield from _fields(table, properties, table.type, mapping, rates)


def _fields(
    table: AnyTable, properties: AbstractMapping[str, Property], owner: str, mapping: Mapping, rates: Rates
) -> Iterator[Complaint]:
    for name, rule in table.fields.items():
        place = place_of(mapping, table, f"fields.{name}")
        if name in _AUTOMATIC:
            yield Complaint(place, "It is derived from `source` and `key`.", "Leave it out.")
        elif name not in properties:
            if table.each is not None and table.each.field == name:
                continue
            yield Complaint(place, f"{owner} has no property {name!r}.", _nearest(name, properties))
        else:
            yield from _rule(table, properties[name], rule, place, mapping, rates)


def _rule(
    table: AnyTable, declared: Property, rule: Rule, place: str, mapping: Mapping, rates: Rates
) -> Iterator[Complaint]:
    kind = declared.kind
    fitting = FITTING[kind]
    if rule.kind is not None and rule.kind not in fitting:
        message = f"{declared.name} stores {kind.value}, which cannot be read as {rule.kind!r}."
        yield Complaint(f"{place}.as", message, f"Leave it out, or give {' or '.join(fitting)}.")
        return
    is_each = table.each is not None and table.each.field == declared.name
    yield from _options(declared, rule, place, is_each=is_each)
    if kind is Kind.MONEY and rule.currency is None and mapping.currency is None:
        remedy = 'Give `currency = "USD"` here or at the top of the mapping.'
        yield Complaint(place, f"{declared.name} is an amount without a currency.", remedy)
        return
    if kind is Kind.CHOICE:
        assert declared.members is not None
        members = declared.members.__members__
        for code, meant in rule.codes.items():
            if meant not in members and meant not in mapping.null and meant:
                message = f"{code!r} is mapped to {meant!r}, which is not a code of {declared.name}."
                yield Complaint(f"{place}.map", message, f"Use {', '.join(sorted(members))}.")
    if kind is Kind.TEXTS and isinstance(rule.origin, Column) and rule.split is None and _is_text(table, rule.origin):
        message = f"{declared.name} is a list, but no separator is given."
        yield Complaint(place, message, 'Give the separator, such as `split = ";"`.')
    yield from _money(declared, rule, place, mapping, rates)
    if isinstance(rule.origin, Constant):
        yield from _constant(declared, rule, f"{place}.value", mapping, rates)
    elif rule.default is not None and kind is not Kind.TEXTS:
        default = replace(rule, origin=Constant(rule.default), codes={}, default=None)
        yield from _constant(declared, default, f"{place}.default", mapping, rates)


def _is_text(table: AnyTable, column: Column) -> bool:
    try:
        kind, _ = kind_of(table.file)
    except UnreadableError:
        return False
    return kind == "text" and f"*{column.name}" not in (table.file.header or ())


def _options(declared: Property, rule: Rule, place: str, *, is_each: bool) -> Iterator[Complaint]:
    """Finds options that have no effect on a property of this kind."""
    numbers, moments = (Kind.INT, Kind.FLOAT, Kind.MONEY), (Kind.DATE, Kind.DATETIME)
    for option, value, kinds in (
        ("scale", rule.scale, numbers),
        ("number", rule.number, numbers),
        ("format", rule.format, moments),
        ("zone", rule.zone, (Kind.DATETIME,)),
        ("currency", rule.currency, (Kind.MONEY,)),
        ("split", rule.split, (Kind.TEXTS,)),
        ("allow_future", rule.allow_future or None, moments),
        ("default", rule.default, tuple(kind for kind in Kind if kind is not Kind.TEXTS)),
    ):
        if value is not None and declared.kind not in kinds and not (option == "split" and is_each):
            message = f"`{option}` does not apply to {declared.name}, which stores {declared.kind.value}."
            yield Complaint(f"{place}.{option}", message, "Leave it out.")
    if rule.strict and not rule.codes:
        yield Complaint(f"{place}.strict", "`strict` requires `map`.", "Add `map`, or remove `strict`.")


def _money(declared: Property, rule: Rule, place: str, mapping: Mapping, rates: Rates) -> Iterator[Complaint]:
    if declared.kind is not Kind.MONEY:
        return
    fixed = rule.currency is None or isinstance(rule.currency.origin, Constant)
    used = [mapping.currency if rule.currency is None else None]
    if rule.currency is not None:
        used = [*rule.currency.codes.values(), rule.currency.default]
        used += [as_text(rule.currency.origin.value)] if isinstance(rule.currency.origin, Constant) else []
    for currency in dict.fromkeys(filter(None, used)):
        try:
            rates.in_base(0, currency)
        except Invalid as error:
            yield Complaint(place if fixed else f"{place}.currency", error.message, error.remedy)


def _constant(declared: Property, rule: Rule, place: str, mapping: Mapping, rates: Rates) -> Iterator[Complaint]:
    context = Context({}, mapping.null, mapping.currency or rates.base, rates)
    fixed = rule.currency is not None and isinstance(rule.currency.origin, Constant)
    try:
        setter(declared.name, declared, rule if fixed else replace(rule, currency=None), context, "")([], {})
    except RejectedError as error:
        message = f"{error.fault.value!r}: {error.fault.reason.replace('.' + declared.name, declared.name)}."
        yield Complaint(place, message, "Give a value that the property can store.")


def _row_numbers(mapping: Mapping) -> Iterator[Complaint]:
    """Finds files that use row numbers as keys of the same label, and would overwrite each other."""
    seen: dict[str, str] = {}
    for table in mapping.nodes:
        if any(isinstance(part, RowNumber) for part in table.key):
            first = seen.setdefault(table.label, table.file.name)
            if first != table.file.name and len(table.key) == 1:
                message = f"{first} and {table.file.name} both use row numbers as keys of {table.label}."
                yield Complaint(place_of(mapping, table, "key"), message, 'Add a constant: ["#row", { value = "…" }].')


def needed(mapping: Mapping, table: AnyTable, found: Iterable[str]) -> Iterator[Complaint]:
    """Finds columns that the file of a table lacks, or has more than once."""
    there = list(found)
    for column, place in columns(table).items():
        if column not in there:
            message = f"{table.file.name} has no column {column!r}."
            yield Complaint(place_of(mapping, table, place), message, _column_remedy(column, there))
        elif there.count(column) > 1:
            message = f"{table.file.name} has the column {column!r} more than once."
            yield Complaint(place_of(mapping, table, place), message, "Give unique names in `header`.")


def _column_remedy(column: str, there: list[str]) -> str:
    """What to change in the mapping if a file has other columns."""
    delimiter = next((one for one in _DELIMITERS if one in there[0]), None) if len(there) == 1 else None
    if delimiter is not None:
        return (
            f"Its only column is {there[0]!r}: give `delimiter = {json.dumps(delimiter)}`, or `skip` lines before it."
        )
    return _nearest(column, there)


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    folded = {one.casefold(): one for one in reversed(names)}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
    if near:
        return f"Did you mean {folded[near[0]]!r}?"
    return (
        f"Use one of {', '.join(names)}." if len(names) <= 40 else f"None of the {len(names)} known names is similar."
    )


def sentences(error: Exception) -> tuple[str, str]:
    """Splits an error text into its message, the first sentence, and its remedy."""
    message, _, remedy = str(error).partition(". ")
    return f"{message.rstrip('.')}.", remedy or "Check the file."
