"""Translates filters, sort keys and cursors from arguments into parts of a `Selection`."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from graphql import get_nullable_type

from graph.collation import sort_key
from graph.errors import Invalid
from graph.models.properties import Kind
from graph.money import exact, exponent
from graph.query.builder import COMPUTED, ComputedField
from graph.query.cursors import linked_property, order_mark
from graph.query.selection import (
    AllOf,
    AnyOf,
    ComputedTest,
    EdgeTest,
    Missing,
    Not,
    Order,
    Position,
    Related,
    Slot,
    Test,
    Where,
)
from graph.query.values import value_fields
from graph.vocabulary import Link
from schema.exposure import EXPOSED_TYPES, ExposedType
from schema.limits import SUBQUERY_CONDITIONS, Meter
from schema.planning.arguments import ArgumentValue, VariableUsage, plain

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})")
_DATETIME = re.compile(
    rf"({_DATE.pattern}T\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)?(Z|[+-]\d{{2}}:\d{{2}}))(\[[\w/+-]+\])?"
)


class Filters:
    """Translates filters and sort keys; `base` is the base currency, in which amounts are compared."""

    def __init__(self, usage: VariableUsage, base: str, meter: Meter) -> None:
        self._usage = usage
        self._meter = meter
        self._base = base

    def where(self, argument: ArgumentValue | None, face: ExposedType, path: str = "where") -> Where | None:
        """Translates a `…Where` input into a condition; None when it is empty.

        Raises Invalid for a null within it: it names no condition. `path` is that of the input.
        """
        if argument is None or argument.null:
            return None
        with self._meter.level():
            conditions = _conditions(argument, path)
            parts = [part for name, one in conditions for part in self._part(name, one, face, f"{path}.{name}")]
        if not parts:
            self._meter.condition()
        return _all_of(parts)

    def _linked(self, argument: ArgumentValue, link: Link, path: str) -> Where | None:
        """Translates conditions on a linked record, and on the relationship to it where the connection shows it."""
        target = EXPOSED_TYPES[link.target]
        if link.one or link.connection is None:
            return self.where(argument, target, path)
        parts: list[Where] = []
        with self._meter.level():
            for name, one in _conditions(argument, path):
                inner = f"{path}.{name}"
                if name == "node":
                    node = self.where(one, target, inner)
                    parts += [] if node is None else [node]
                elif name == "edge":
                    parts += self._on_edge(one, link, inner)
                else:
                    parts += self._part(name, one, target, inner)
        if not parts:
            self._meter.condition()
        return _all_of(parts)

    def _on_edge(self, argument: ArgumentValue, link: Link, path: str) -> Iterator[EdgeTest]:
        for name, one in _conditions(argument, path):
            kind = link.model.properties[name].kind
            yield from map(EdgeTest, self.tests(name, kind, one, f"{path}.{name}"))

    def _part(self, name: str, argument: ArgumentValue, face: ExposedType, path: str) -> list[Where]:
        if name in ("and", "or"):
            self._meter.condition()
            items = enumerate(argument.items())
            several = [self.where(one, face, f"{path}.{at}") or AllOf(()) for at, one in items]
            return [AllOf(tuple(several)) if name == "and" else AnyOf(tuple(several))]
        if name == "not":
            return [Not(self.where(argument, face, path) or AllOf(()))]
        if name in face.links:
            return self._related(face.model.links[name], argument, path)
        if name in face.fields:
            return self._computed(COMPUTED[f"{face.model.label}.{name}"], argument, path)
        stored = face.model.properties["uid" if name == "id" else name]
        return [*self.tests(stored.name, stored.kind, argument, path)]

    def _computed(self, declared: ComputedField, argument: ArgumentValue, path: str) -> list[Where]:
        found: list[Where] = []
        for part, one in _conditions(argument, path):
            tests = self.tests(part, _part_kind(declared, part), one, f"{path}.{part}")
            if tests:
                self._meter.condition(SUBQUERY_CONDITIONS - 1)
                found.append(ComputedTest(declared.key, part, self._defaults(declared), tests))
        return found

    def _defaults(self, declared: ComputedField) -> tuple[tuple[str, Slot], ...]:
        """Returns the default arguments of a computed field."""
        return tuple(
            (one.name, self._usage.constant(one.default.name if isinstance(one.default, enum.Enum) else one.default))
            for one in declared.arguments
            if one.default is not None
        )

    def _related(self, link: Link, argument: ArgumentValue, path: str) -> list[Where]:
        hierarchy = self._usage.constant("CRM") if link.hierarchical else None
        found: list[Where] = []
        for name, one in _conditions(argument, path):
            self._meter.condition(SUBQUERY_CONDITIONS)
            if name == "exists":
                found.append(Related(link.name, "exists" if one.value() else "absent", None, None, hierarchy))
            else:
                quantifier: Any = "some" if name == "is" else name
                found.append(Related(link.name, quantifier, self._linked(one, link, f"{path}.{name}"), None, hierarchy))
        return found

    def tests(self, name: str, kind: Kind, argument: ArgumentValue, path: str) -> tuple[Test | Missing, ...]:
        """Translates the operators of a filter into tests of a property or of another value of a kind."""
        fields = dict(_conditions(argument, path))
        ignore = fields.pop("ignoreCase", None)
        fold = ignore is not None and bool(ignore.value())
        found: list[Test | Missing] = []
        for operator, one in fields.items():
            self._meter.condition()
            if operator == "isNull":
                found.append(Missing(name, bool(one.value())))
            else:
                compared: Any = operator
                convert = {Kind.MONEY: self._money, Kind.TEXT: _composed}.get(kind, plain)
                found.append(Test(name, compared, one.slot(convert), fold))
        return tuple(found)

    def _money(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._money(one) for one in value]
        units = exact(value).scaleb(exponent(self._base))
        # An amount between two minor units equals no stored amount, but still compares with those on either side.
        whole = units == units.to_integral_value() and abs(units) < 2**63
        return int(units) if whole else float(units)

    def order(self, argument: ArgumentValue | None, face: ExposedType) -> tuple[Order, ...]:
        """Translates an `orderBy` list into sort keys."""
        if argument is None or argument.null:
            return ()
        items = argument.items()
        self._meter.keys(len(items))
        keys = tuple(self._key(one, face) for one in items)
        named = [(key.property, key.part) for key in keys]
        repeated = next((name for at, name in enumerate(named) if name in named[:at]), None)
        if repeated is not None:
            raise Invalid(
                f"`orderBy` names `{'.'.join(filter(None, repeated))}` twice.",
                remedy="Name each key once.",
                field="orderBy",
            )
        return keys

    def _key(self, argument: ArgumentValue, face: ExposedType) -> Order:
        name, one = _single(argument, face.name)
        if name in face.fields:
            declared = COMPUTED[f"{face.model.label}.{name}"]
            part, direction = _single(one, f"{face.name}.{name}")
            return Order(name, *_direction(direction), part, self._defaults(declared))
        if name in face.links:
            link = face.model.links[name]
            part, direction = _single(one, f"{face.name}.{name}")
            hierarchy = (("hierarchy", self._usage.constant("CRM")),) if link.hierarchical else ()
            return Order(name, *_direction(direction), "uid" if part == "id" else part, hierarchy)
        return Order("uid" if name == "id" else name, *_direction(one))

    def position(
        self, name: str, argument: ArgumentValue | None, order: tuple[Order, ...], face: ExposedType
    ) -> Position | None:
        """Translates the cursor in `after` or `before` into the values that it contains."""
        if argument is None or argument.null:
            return None
        mark, keys = order_mark(order), len(order)
        missing = argument.probe(
            lambda cursor: tuple(key is None for key in split_cursor(name, str(cursor), mark, keys))
        )

        def piece(at: int, read: Callable[[str | None], Any]) -> Slot:
            return argument.slot(lambda cursor: read(split_cursor(name, str(cursor), mark, keys)[at]))

        values = tuple(None if missing[at] else piece(at, _reader(name, one, face)) for at, one in enumerate(order))
        return Position(values, piece(keys, lambda text: _read(name, text, Kind.TEXT)))


def _all_of(parts: list[Where]) -> Where | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _conditions(argument: ArgumentValue, path: str) -> list[tuple[str, ArgumentValue]]:
    """Returns the conditions that a filter has. Raises Invalid if one is null; an absent variable leaves it out."""
    found = list(argument.fields().items())
    for name, one in found:
        if one.null:
            remedy = "Omit the condition."
            if "isNull" in getattr(get_nullable_type(argument.type), "fields", ()):
                remedy = "Omit the condition, or write `isNull: true` to find records without a value."
            raise Invalid(f"`{path}.{name}` must not be null.", remedy=remedy, field=f"{path}.{name}")
    return found


def _direction(argument: ArgumentValue) -> tuple[bool, bool]:
    """Whether a sort key is descending, and whether null comes first."""
    direction, _, nulls_first = str(argument.value()).partition("_")
    return direction == "DESC", bool(nulls_first)


def _composed(value: Any) -> Any:
    """Texts in the normal form in which they are stored."""
    if isinstance(value, list):
        return [_composed(one) for one in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _single(argument: ArgumentValue, what: str) -> tuple[str, ArgumentValue]:
    """Returns the only field of a sort key. Validation does not find a null variable in a key within a list."""
    fields = {name: one for name, one in argument.fields().items() if not one.null}
    if len(fields) != 1:
        raise Invalid(
            f"Each sort key of {what} must set exactly one field; the variable in one is null.",
            remedy="Declare the variable with the type `SortDirection!`.",
            field="orderBy",
        )
    return next(iter(fields.items()))


def _part_kind(declared: ComputedField, part: str) -> Kind:
    assert declared.returns is not None
    kind = value_fields(declared.returns)[part].kind
    assert kind is not None
    return kind


def _reader(argument: str, order: Order, face: ExposedType) -> Callable[[str | None], Any]:
    """Returns a function that converts a value in a cursor to the one that the database compares."""
    if order.part is not None and order.property in face.fields:
        kind = _part_kind(COMPUTED[f"{face.model.label}.{order.property}"], order.part)
        return lambda text: _read(argument, text, kind)
    found = face.model.properties[order.property] if order.part is None else linked_property(face.model.label, order)
    if found.has_sort_key:
        return lambda text: sort_key(str(_read(argument, text, found.kind)))
    return lambda text: _read(argument, text, found.kind)


def split_cursor(argument: str, cursor: str, mark: str, keys: int) -> list[str | None]:
    """Splits a cursor into its keys (None for null) and the id. Raises Invalid for another sort order."""
    begins, *pieces = cursor.split("|")
    if begins != mark or len(pieces) != keys + 1:
        raise Invalid(
            f"The cursor in `{argument}` belongs to another list or sort order.",
            remedy=f"Use a cursor from the same field with the same `orderBy`, or omit `{argument}`.",
            field=argument,
        )
    return [None if piece == "~n" else piece.replace("~1", "|").replace("~0", "~") for piece in pieces]


def _stored(number: int | Decimal) -> int:
    """An integer that the database can represent. Raises ValueError for others."""
    if not -(2**63) <= number < 2**63:
        raise ValueError(number)
    return int(number)


def _temporal(text: str, pattern: re.Pattern[str]) -> str:
    """A date or timestamp as the database writes it. Raises ValueError for others."""
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(text)
    datetime.fromisoformat(found[1])
    return text


def _read(argument: str, text: str | None, kind: Kind) -> Any:
    try:
        match kind:
            case Kind.INT | Kind.MONEY:
                return _stored(int(str(text)))
            case Kind.FLOAT:
                number = Decimal(str(text))
                whole = number == number.to_integral_value() and "." not in str(text)
                return _stored(number) if whole else float(number)
            case Kind.BOOL:
                return text == "true"
            case Kind.DATE | Kind.DATETIME:
                return _temporal(str(text), _DATE if kind is Kind.DATE else _DATETIME)
            case _:
                return text
    except (ValueError, ArithmeticError):
        raise Invalid(
            f"The cursor in `{argument}` is not valid.",
            remedy="Use a cursor exactly as you received it.",
            field=argument,
        ) from None
