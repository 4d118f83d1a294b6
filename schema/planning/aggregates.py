"""Translates aggregates and groups of connections into parts of a `Selection`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graphql import FieldNode, get_named_type

from graph.errors import Invalid, TooExpensive
from graph.models.properties import Kind
from graph.query.figures import (
    Aggregate,
    Figure,
    FigureField,
    FigureMap,
    GroupKey,
    GroupOrder,
    Groups,
    Having,
    KeyField,
    KeyMap,
    Source,
    result_kind,
)
from graph.query.selection import Constant, Row, Slot
from schema.aggregates import MAX_KEYS
from schema.exposure import EXPOSED_TYPES, ExposedType
from schema.limits import SUBQUERY_FIELDS, Meter
from schema.planning.arguments import ArgumentValue
from schema.planning.field_collector import FieldCollector
from schema.planning.filters import Filters

Rows = Callable[[list[FieldNode], str], Row]
Get = Callable[[str], ArgumentValue | None]


class Aggregates:
    """Translates the fields `aggregate` and `groups`; `rows` translates the fields of a record.

    Each of these two fields counts as a linked list of records, and each figure as a field.
    """

    def __init__(self, fields: FieldCollector, filters: Filters, meter: Meter, rows: Rows) -> None:
        self._fields, self._filters, self._meter, self._rows = fields, filters, meter, rows
        self._hierarchy: Slot | None = None

    def aggregate(self, key: str, nodes: list[FieldNode], label: str) -> Aggregate:
        """Returns the selected figures over all records of a connection to records of a label."""
        self._meter.field(SUBQUERY_FIELDS)
        face = EXPOSED_TYPES[label]
        type_name = f"{face.name}Aggregate"
        collected = self._fields.collected(nodes, type_name)
        return Aggregate(key, tuple(self._part(k, n, face, type_name) for k, n in collected.items()))

    def groups(self, key: str, nodes: list[FieldNode], label: str, get: Get) -> Groups:
        """Returns the groups of the records of a connection. Raises Invalid when an argument is not valid."""
        self._meter.field(SUBQUERY_FIELDS)
        face = EXPOSED_TYPES[label]
        given, first = get("by"), get("first")
        assert given is not None
        assert first is not None
        by = self._by(given, face)
        type_name = f"{face.name}Group"
        fields: list[FigureField | FigureMap | KeyMap | Constant] = []
        for k, n in self._fields.collected(nodes, type_name).items():
            if n[0].name.value == "key":
                fields.append(self._key_map(k, n, face, by))
            else:
                fields.append(self._part(k, n, face, type_name))
        return Groups(
            key, tuple(by.values()), first.slot(), tuple(fields), self._having(get("having"), face),
            self._order(get("orderBy"), face, by),
        )  # fmt: skip

    # ---------- figures ----------------------------------------------------------------------------------------------

    def _part(
        self, key: str, nodes: list[FieldNode], face: ExposedType, type_name: str
    ) -> FigureField | FigureMap | Constant:
        function = nodes[0].name.value
        if function == "__typename":
            return Constant(key, type_name)
        if function == "count":
            return FigureField(key, Figure(function))
        below = str(get_named_type(self._fields.declared(type_name, nodes[0]).type))
        collected = self._fields.collected(nodes, below)
        return FigureMap(key, tuple(self._figure(k, n, face, function, below) for k, n in collected.items()))

    def _figure(
        self, key: str, nodes: list[FieldNode], face: ExposedType, function: str, type_name: str
    ) -> FigureField | Constant:
        name = nodes[0].name.value
        if name == "__typename":
            return Constant(key, type_name)
        source = self._source(name, face)
        parts: tuple[tuple[str, str], ...] = ()
        if _result_kind(source, function, face) is Kind.MONEY:
            parts = tuple((k, n[0].name.value) for k, n in self._fields.collected(nodes, "Money").items())
        return FigureField(key, Figure(function, source), parts)

    def _source(self, name: str, face: ExposedType) -> Source:
        link = face.model.links.get(name)
        self._meter.field(1 if link is None else SUBQUERY_FIELDS)
        if link is not None:
            if link.hierarchical and self._hierarchy is None:
                self._hierarchy = self._fields.usage.constant("CRM")
            return Source("link", name, self._hierarchy if link.hierarchical else None)
        return Source("property" if name in face.properties else "type", name)

    # ---------- groups -----------------------------------------------------------------------------------------------

    def _by(self, given: ArgumentValue, face: ExposedType) -> dict[str, GroupKey]:
        found: dict[str, GroupKey] = {}
        items = given.items()
        if not 1 <= len(items) <= MAX_KEYS:
            raise Invalid(
                f"`by` must have 1 to {MAX_KEYS} keys; got {len(items)}.",
                remedy="Group by fewer fields, or select `groups` several times under aliases.",
                field="by",
            )
        for one in items:
            ((name, value),) = one.fields().items()
            chosen = value.value()
            if chosen is False:
                raise Invalid(
                    f"`{name}` must be true in `by`; got false.", remedy="Set it to true or remove the key.", field="by"
                )
            if name in found:
                raise Invalid(
                    f"`by` has the key `{name}` twice.",
                    remedy="Name each key once, or select `groups` several times under aliases.",
                    field="by",
                )
            found[name] = GroupKey(self._source(name, face), None if chosen is True else chosen)
        return found

    def _key_map(self, key: str, nodes: list[FieldNode], face: ExposedType, by: dict[str, GroupKey]) -> KeyMap:
        type_name = f"{face.name}GroupValues"
        fields: list[KeyField | Constant] = []
        for k, n in self._fields.collected(nodes, type_name).items():
            name = n[0].name.value
            if name == "__typename":
                fields.append(Constant(k, type_name))
                continue
            link = face.model.links.get(name)
            fields.append(KeyField(k, by.get(name), self._rows(n, link.target) if link and name in by else None))
        return KeyMap(key, tuple(fields))

    def _having(self, given: ArgumentValue | None, face: ExposedType) -> tuple[Having, ...]:
        found = []
        for figure, one in _figures_of(given, lambda name: self._source(name, face)):
            kind = _result_kind(figure.of, figure.function, face)
            found.append(Having(figure, self._filters.tests("", kind, one, "having")))
        return tuple(found)

    def _order(self, given: ArgumentValue | None, face: ExposedType, by: dict[str, GroupKey]) -> tuple[GroupOrder, ...]:
        found: dict[Figure | int, GroupOrder] = {}
        items = [] if given is None else given.items()
        self._meter.keys(len(items))
        for item in items:
            for figure, one in _figures_of(item, lambda name: self._source(name, face)):
                name = "count" if figure.of is None else figure.of.name
                of: Figure | int = figure
                if figure.function == "key":
                    if name not in by:
                        raise Invalid(
                            f"`orderBy` sorts by the key `{name}`, which is not in `by`.",
                            remedy=f"Add `{name}` to `by`, or sort by a figure such as `count`.",
                            field="orderBy",
                        )
                    of = list(by).index(name)
                if of in found:
                    raise Invalid(
                        f"`orderBy` has the sort key `{name}` twice.",
                        remedy="Name each sort key once.",
                        field="orderBy",
                    )
                found[of] = GroupOrder(of, one.value() == "DESC")
        return tuple(found.values())


def group_limit(get: Get, most: int) -> ArgumentValue:
    """Returns the number of groups requested. Raises KithError when it is negative or above the limit."""
    given = get("first")
    assert given is not None
    first: int = given.value()
    if first < 0:
        raise Invalid(
            f"`first` must not be negative; got {first}.", remedy=f"Use a number from 0 to {most}.", field="first"
        )
    if first > most:
        raise TooExpensive(
            f"`first` is {first}; at most {most} groups are returned.",
            remedy=f"Use a number up to {most}, with `having` or `where` to leave out groups that you do not need.",
            limit=most,
            field="first",
        )
    return given


def _figures_of(given: ArgumentValue | None, source: Callable[[str], Source]) -> Iterator[tuple[Figure, ArgumentValue]]:
    """Yields the figures that an input names, each with its value: `count`, or functions below a field."""
    for name, one in (given.fields() if given is not None else {}).items():
        if one.null:
            continue
        if name == "count":
            yield Figure(name), one
            continue
        for function, value in one.fields().items():
            if not value.null:
                yield Figure(function, source(name)), value


def _result_kind(source: Source | None, function: str, face: ExposedType) -> Kind:
    if source is None or source.kind != "property":
        return Kind.INT
    return result_kind(function, face.model.properties[source.name].kind)
