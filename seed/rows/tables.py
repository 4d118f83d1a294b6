"""Compiles the tables of a mapping for their files: from rows to nodes and relationships."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graph.bulk.invariants import EdgeRow, Group, invariants
from graph.bulk.provenance import Stamp, stamp
from graph.errors import Invalid
from graph.identity import uid
from graph.models.properties import Kind
from graph.models.relationships import HasLine
from graph.money import Rates
from graph.validation import ordered_pairs, pair_problems, problem
from graph.vocabulary import ENDPOINTS, Property, endpoint, entity
from seed.mapping.model import AnyTable, Column, EdgeTable, End, Mapping, NodeTable, columns
from seed.rows.conditions import condition
from seed.rows.context import Context, RejectedError, Values, violated
from seed.rows.fields import Setter, setter
from seed.rows.files import Layout
from seed.rows.row import Row
from seed.rows.texts import key_reader
from seed.rows.values import BLANKS

_PERIOD = ("validFrom", "validTo", "confidence")


class Item(NamedTuple):
    """The result of a row: the stored properties of a node or a relationship, and the keys of its records.

    `stamp` is the form in which the values of the row are remembered.
    """

    line: int
    row: Any
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class TableReader:
    """The functions that read one table: the columns, the rows to select, and the items that they become."""

    table: AnyTable
    columns: tuple[str, ...]
    elements: Callable[[Row], Iterator[Row]]
    selects: Callable[[Row], bool]
    belongs_elsewhere: Callable[[Row], bool]
    key: Callable[[Row], tuple[str, ...]]
    groups: Callable[[Row], Iterable[Group]]
    build: Callable[[Row], Item]


def edge_properties(edge: str, start: str, end: str) -> AbstractMapping[str, Property]:
    """The properties that a mapping can set on a relationship, including a period for every type.

    Raises KeyError if the type does not join the labels.
    """
    found = endpoint(edge, start, end)
    if found is None:
        raise KeyError(edge)
    dated = next(one.model for one in ENDPOINTS if one.model.dated).properties
    return {**{name: dated[name] for name in _PERIOD}, **found.model.properties}


def table_reader(table: AnyTable, mapping: Mapping, layout: Layout, rates: Rates, *, creates: bool) -> TableReader:
    """Compiles a table; `creates` is False if it only adds to nodes of another table."""
    names = tuple(columns(table))
    positions = {name: at for at, name in enumerate(names)}
    context = Context(positions, mapping.null, mapping.currency, rates)
    tests = [condition(test, context) for test in table.where]
    if isinstance(table, NodeTable):
        build, key = _node_builder(table, mapping.source, context, creates=creates)
    else:
        build, key = _edge_builder(table, mapping.source, context)
    return TableReader(
        table,
        names,
        _elements(table, context),
        (lambda row: all(holds(row.cells) for holds in tests)) if tests else (lambda _: True),
        _belongs_elsewhere(table, layout, context),
        key,
        _groups(table, context),
        build,
    )


def _groups(table: AnyTable, context: Context) -> Callable[[Row], Iterable[Group]]:
    """Reads the groups in which a row's relationship is the only one at a time, without building it."""
    if isinstance(table, NodeTable):
        return lambda _: ()
    rules = invariants(table.type, table.start.label, table.end.label)
    properties = edge_properties(table.type, table.start.label, table.end.label)
    fields = {name: rule for name, rule in table.fields.items() if name in (*rules.reads, "validTo")}
    setters = [setter(name, properties[name], rule, context, table.type) for name, rule in fields.items()]
    start_key, end_key = key_reader(table.start.key, context), key_reader(table.end.key, context)

    def groups(row: Row) -> Iterable[Group]:
        values: Values = {}
        for put in setters:
            put(row.cells, values)
        if values.get("validTo") is not None and not rules.dated:
            return ()
        start, end = ("/".join((end.label, *key(row))) for end, key in ((table.start, start_key), (table.end, end_key)))
        return rules.groups(start, end, {**values, **_defaults(rules.defaults, values)})

    return groups if rules.at_most_one else lambda _: ()


def _defaults(defaults: AbstractMapping[str, Any], values: Values) -> Values:
    """The defaults of properties that have no value."""
    return {name: default for name, default in defaults.items() if values.get(name) is None}


def _elements(table: AnyTable, context: Context) -> Callable[[Row], Iterator[Row]]:
    if table.each is None:
        return lambda row: iter((row,))
    column, separator = table.each.column, table.each.split
    at, null = context.positions[column], context.null

    def split(row: Row) -> Iterator[Row]:
        cell = row.cells[at]
        if isinstance(cell, str) and separator is not None:
            cell = [] if cell.strip(BLANKS) in null else cell.split(separator)
        if cell is not None and not isinstance(cell, list):
            reason = "the value is single, but `each` requires a list; give the separator, `each = { column, split }`"
            raise RejectedError(column, cell, reason)
        for one in cell or ():
            if one is not None and not (isinstance(one, str) and one.strip(BLANKS) in null):
                yield row._replace(cells=[*row.cells[:at], one, *row.cells[at + 1 :]])

    return split


def _belongs_elsewhere(table: AnyTable, layout: Layout, context: Context) -> Callable[[Row], bool]:
    """Compiles a test for rows that are too short for this table and certainly belong to another one."""
    before = set(layout.columns[: layout.star]) if layout.star is not None else set()
    tests = [(context.positions[one.column], condition(one, context)) for one in table.where if one.column in before]

    def judge(row: Row) -> bool:
        try:
            return any(row.cells[at] is not None and not holds(row.cells) for at, holds in tests)
        except RejectedError:
            return False

    return judge


def _node_builder(
    table: NodeTable, source: str, context: Context, *, creates: bool
) -> tuple[Callable[[Row], Item], Callable[[Row], tuple[str, ...]]]:
    kind = entity(table.label)
    setters = _setters(table, kind.properties, context, table.label)
    key = key_reader(table.key, context)
    required = [name for name in required_of(table.label) if creates]
    label = table.label
    order = _order_checker(table, kind.properties, label)

    def build(row: Row) -> Item:
        parts = key(row)
        values: Values = {}
        for put in setters:
            put(row.cells, values)
        order(values)
        if creates:
            values = kind.complete(values)
            for name in required:
                if values.get(name) is None:
                    raise RejectedError(_column(table, name), "", f"{label}.{name} is required but has no value")
        values["uid"], values["source"], values["sourceKey"] = uid(source, label, *parts), source, "/".join(parts)
        return Item(row.line, values, ((label, parts),), stamp(source, values))

    return build, key


def required_of(label: str) -> tuple[str, ...]:
    """The properties that a mapping must set for every node of a label."""
    automatic = ("uid", "createdAt", "modifiedAt")
    return tuple(name for name, one in entity(label).properties.items() if one.required and name not in automatic)


def _edge_builder(
    table: EdgeTable, source: str, context: Context
) -> tuple[Callable[[Row], Item], Callable[[Row], tuple[str, ...]]]:
    properties = edge_properties(table.type, table.start.label, table.end.label)
    setters = _setters(table, properties, context, table.type)
    start_key, end_key = key_reader(table.start.key, context), key_reader(table.end.key, context)
    own_key = key_reader(table.key, context)
    start, end = table.start.label, table.end.label
    required = [name for name, one in properties.items() if one.required]
    rules = invariants(table.type, start, end)
    defaults = {name: default for name, default in rules.defaults.items() if name in table.fields}
    computed = computes_amount(table)
    order = _order_checker(table, properties, table.type)
    start_fits, end_fits = _name_checker(table.start, context), _name_checker(table.end, context)

    def build(row: Row) -> Item:
        start_parts, end_parts = start_key(row), end_key(row)
        start_fits(start_parts)
        end_fits(end_parts)
        values: Values = {"source": source}
        for put in setters:
            put(row.cells, values)
        if defaults:
            values.update(_defaults(defaults, values))
        for name in required:
            if values.get(name) is None:
                raise RejectedError(_column(table, name), "", f"{table.type}.{name} is required but has no value")
        _check_period(table, values)
        order(values)
        if computed:
            _set_amount(table, values, context.rates)
        key = "/".join(own_key(row)) if table.key else None
        start_uid, end_uid = uid(source, start, *start_parts), uid(source, end, *end_parts)
        remembered = rules.stamp_of(source, start_uid, end_uid, values, key)
        edge = EdgeRow(start_uid, end_uid, values, key, stamp=remembered)
        return Item(row.line, edge, ((start, start_parts), (end, end_parts)), remembered)

    return build, own_key


def _setters(table: AnyTable, properties: AbstractMapping[str, Property], context: Context, owner: str) -> list[Setter]:
    return [
        setter(name, properties[name], rule, context, owner)
        for name, rule in table.fields.items()
        if name in properties
    ]


def _column(table: AnyTable, name: str) -> str:
    rule = table.fields.get(name)
    return rule.origin.name if rule is not None and isinstance(rule.origin, Column) else ""


def _order_checker(table: AnyTable, properties: AbstractMapping[str, Property], owner: str) -> Callable[[Values], None]:
    """Compiles a check of the declared order of two values of a row."""
    if not any({high, low} <= table.fields.keys() for high, low in ordered_pairs(properties)):
        return lambda _: None

    def order(values: Values) -> None:
        for name, found in pair_problems(properties, values):
            raise violated(_column(table, name), values[name], owner, name, found)

    return order


def _name_checker(end: End, context: Context) -> Callable[[tuple[str, ...]], None]:
    """Compiles a check of a key that may become the name of a record that does not exist."""
    if not end.create_missing:
        return lambda _: None
    properties, column = (
        entity(end.label).properties,
        next((one.name for one in end.key if isinstance(one, Column)), ""),
    )
    named_by_key = [properties[name] for name, value in named(end.label, "key").items() if value == "key"]

    def check(parts: tuple[str, ...]) -> None:
        key = "/".join(parts)
        for declared in named_by_key:
            found = problem(declared, key, context.now)
            if found is not None:
                raise violated(column, key, end.label, declared.name, found)

    return check


def _check_period(table: EdgeTable, values: Values) -> None:
    begins, ends = values.get("validFrom"), values.get("validTo")
    if begins is not None and ends is not None and ends < begins:
        raise RejectedError(_column(table, "validTo"), ends.isoformat(), f"validTo is before validFrom, {begins}")


def computes_amount(table: EdgeTable) -> bool:
    """True if the amount of a line is computed: it has a price and a quantity, but no amount."""
    fields = table.fields.keys()
    properties = edge_properties(table.type, table.start.label, table.end.label)
    computable = "extendedAmount" in properties and "extendedAmount" not in fields
    return computable and {"pricePerUnit", "quantity"} <= fields


def _set_amount(table: EdgeTable, values: Values, rates: Rates) -> None:
    """Sets the amount of a line from its price, quantity and discount."""
    try:
        amounts = HasLine.complete(values, rates)
    except Invalid as error:
        raise RejectedError(_column(table, "quantity"), values["quantity"], f"{error.message} {error.remedy}") from None
    for name in ("extendedAmount", "extendedAmountBase", "extendedAmountCurrency"):
        values[name] = amounts.get(name)


def missing_node(end: End, source: str, parts: tuple[str, ...]) -> Values:
    """The node that `create_missing` creates: its key as its name, and `unknown` for required choices."""
    key = "/".join(parts)
    return {**named(end.label, key), "uid": uid(source, end.label, *parts), "source": source, "sourceKey": key}


def named(label: str, key: str) -> Values:
    """The required properties of a record of which only the key is known."""
    kind = entity(label)
    values = kind.complete({"name": key}) if "name" in kind.properties else {}
    for name in required_of(label):
        declared = kind.properties[name]
        if values.get(name) is None:
            first = declared.unknown if declared.unknown is not None else declared.initial
            values[name] = key if declared.kind is Kind.TEXT else first
    return values
