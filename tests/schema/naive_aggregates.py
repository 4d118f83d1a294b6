"""Aggregates and groups over plain dicts, by looking at every record: what the database must agree with."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from graph.models.properties import Kind
from graph.vocabulary import Entity, Property

Row = dict[str, Any]
TIMES = (Kind.DATE, Kind.DATETIME)
NUMBERS = (Kind.INT, Kind.FLOAT, Kind.MONEY)
UNITS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
FIGURES = ("sum", "avg", "min", "max", "countDistinct")


@dataclass(frozen=True)
class Model:
    """The fields of an entity: the kinds of its properties, its links to one record, and whether it has a type."""

    kinds: dict[str, Kind]
    links: tuple[str, ...]
    typed: bool

    @classmethod
    def of(cls, entity: Entity) -> Model:
        """The fields of an entity of the vocabulary."""

        def shown(one: Property) -> bool:
            return not one.hidden and one.kind not in (Kind.TEXTS, Kind.INTS)

        kinds = {name: one.kind for name, one in entity.properties.items() if shown(one)}
        links = tuple(name for name, one in entity.links.items() if one.one and not one.hidden)
        return cls(kinds, links, not entity.concrete)

    def some(self, source: random.Random) -> Model:
        """A few of the fields, since planning a statement takes longer the more it reads."""
        names = source.sample(sorted(self.kinds), min(len(self.kinds), 5))
        links = source.sample(self.links, min(len(self.links), 1))
        return Model({name: self.kinds[name] for name in names}, tuple(links), self.typed)

    def fields(self, function: str) -> list[str]:
        """The fields that a function applies to."""
        if function == "countDistinct":
            return [*self.kinds, *self.links]
        kinds = NUMBERS if function in ("sum", "avg") else (*NUMBERS, *TIMES)
        return [name for name, kind in self.kinds.items() if kind in kinds]

    @property
    def keys(self) -> list[str]:
        """The fields that records can be grouped by."""
        plain = [name for name, kind in self.kinds.items() if kind is not Kind.MONEY]
        return [*plain, *self.links, *(["type"] if self.typed else [])]

    def selection(self) -> str:
        """Every figure there is, as a document selects it."""
        parts = []
        for function in FIGURES:
            money = "" if function == "countDistinct" else " { amount currency }"
            names = [f"{name}{money if self.kinds.get(name) is Kind.MONEY else ''}" for name in self.fields(function)]
            if names:
                parts.append(f"{function} {{ {' '.join(names)} }}")
        return f"count {' '.join(parts)}"


# ---------- figures --------------------------------------------------------------------------------------------------


def figure(model: Model, rows: list[Row], function: str, name: str) -> Any:
    """A figure as a number, a date or a timestamp; money in minor units."""
    values = [row[name] for row in rows if row[name] is not None]
    kind = model.kinds.get(name)
    if function == "countDistinct":
        return len(set(values))
    if function == "sum":
        return math.fsum(values) if kind is Kind.FLOAT else sum(values)
    if not values:
        return None
    if function == "avg":
        exact = Fraction(sum(values)) / len(values) if kind is not Kind.FLOAT else Fraction(0)
        return math.fsum(values) / len(values) if kind is Kind.FLOAT else round(exact) if kind is Kind.MONEY else exact
    return (min if function == "min" else max)(values)


def figures(model: Model, rows: list[Row]) -> dict[str, Any]:
    """Every figure there is, as a response has it."""
    found: dict[str, Any] = {"count": len(rows)}
    for function in FIGURES:
        names = model.fields(function)
        if names:
            found[function] = {
                name: _shown(model, function, name, figure(model, rows, function, name)) for name in names
            }
    return found


def _shown(model: Model, function: str, name: str, value: Any) -> Any:
    if value is None or function == "countDistinct":
        return value
    kind = model.kinds[name]
    if kind is Kind.MONEY:
        return {"amount": value / 100, "currency": "USD"}
    if isinstance(value, date):
        return text(value)
    return float(value) if function in ("sum", "avg") else value


def text(value: date) -> str:
    """A date or a timestamp as a response has it."""
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def same(one: Any, other: Any) -> bool:
    """Whether two responses are equal; numbers that are not whole may differ in the last places."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return type(one) is type(other) and bool(one == other)


# ---------- groups ---------------------------------------------------------------------------------------------------


@dataclass
class Question:
    """The arguments of `groups`: keys with their units, conditions on figures, sort keys, and the number of groups."""

    by: list[tuple[str, str | None]]
    having: list[tuple[str, str, str, Any]] = field(default_factory=list)
    order: list[tuple[str, str, bool]] = field(default_factory=list)
    first: int = 1000

    def written(self, model: Model) -> str:
        """The arguments as a document has them."""
        by = ", ".join(f"{{ {name}: {unit or 'true'} }}" for name, unit in self.by)
        parts = [f"by: [{by}]", f"first: {self.first}"]
        if self.having:
            tests = " ".join(_nested(f, name, f"{{ {op}: {_literal(value)} }}") for f, name, op, value in self.having)
            parts.append(f"having: {{ {tests} }}")
        if self.order:
            keys = (f"{{ {_nested(f, name, 'DESC' if down else 'ASC')} }}" for f, name, down in self.order)
            parts.append(f"orderBy: [{', '.join(keys)}]")
        names = (f"{name} {{ id }}" if name in model.links else name for name, _ in self.by)
        return f"groups({' '.join(parts)}) {{ key {{ {' '.join(names)} }} {model.selection()} }}"


def _nested(function: str, name: str, value: str) -> str:
    return f"count: {value}" if function == "count" else f"{name}: {{ {function}: {value} }}"


def _literal(value: Any) -> str:
    return f'"{text(value)}"' if isinstance(value, date) else str(value)


def question(model: Model, rows: list[Row], source: random.Random) -> Question:
    """Random arguments, with conditions that some of the groups meet."""
    names = source.sample(model.keys, source.choice((1, 1, 2, 2, 3, 4)))
    by = [(name, source.choice(UNITS) if model.kinds.get(name) in TIMES else None) for name in names]
    asked = Question(by)
    options = [(f, name) for f in FIGURES for name in model.fields(f)] + [("count", "")]
    for function, name in source.sample(options, source.choice((0, 0, 1, 2))):
        if name in [used for _, used, _, _ in asked.having]:
            continue
        some = source.sample(rows, min(len(rows), 2))
        value = len(some) if function == "count" else figure(model, some, function, name)
        kind = model.kinds.get(name)
        if value is not None:
            if kind is Kind.MONEY and function != "countDistinct":
                value = value / 100
            elif isinstance(value, Fraction):
                value = float(value)
            asked.having.append((function, name, source.choice(("gt", "gte", "lt", "lte", "ne")), value))
    keys = [("key", name) for name in names]
    for function, name in source.sample([*options, *keys], source.choice((0, 1, 1, 2))):
        asked.order.append((function, name, source.random() < 0.5))
    asked.first = source.choice((1, 3, 1000, 1000))
    return asked


def groups(model: Model, rows: list[Row], asked: Question) -> list[dict[str, Any]]:
    """The groups as a response has them."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(_period(row[name], unit) for name, unit in asked.by), []).append(row)
    kept = [(key, those) for key, those in found.items() if _meets(model, those, asked)]
    kept.sort(key=lambda one: [_sortable(value, False) for value in one[0]])
    at = [name for name, _ in asked.by]
    for function, name, down in reversed(asked.order):

        def value(one: tuple[tuple[Any, ...], list[Row]], function: str = function, name: str = name) -> Any:
            if function == "key":
                return one[0][at.index(name)]
            return len(one[1]) if function == "count" else figure(model, one[1], function, name)

        there = sorted((one for one in kept if value(one) is not None), key=value, reverse=down)
        kept = there + [one for one in kept if value(one) is None]
    return [
        {"key": {name: _key(model, name, value) for name, value in zip(at, key, strict=True)}, **figures(model, those)}
        for key, those in kept[: asked.first]
    ]


def _sortable(value: Any, down: bool) -> tuple[bool, Any]:
    return (value is None, 0 if value is None else value)


def _key(model: Model, name: str, value: Any) -> Any:
    if name in model.links:
        return None if value is None else {"id": value}
    return text(value) if isinstance(value, date) else value


def _period(value: Any, unit: str | None) -> Any:
    if value is None or unit is None:
        return value
    day = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    match unit:
        case "WEEK":
            return day - timedelta(days=day.weekday())
        case "MONTH":
            return day.replace(day=1)
        case "QUARTER":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "YEAR":
            return date(day.year, 1, 1)
    return day


def _meets(model: Model, rows: list[Row], asked: Question) -> bool:
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "gt": lambda mine, other: mine > other, "gte": lambda mine, other: mine >= other,
        "lt": lambda mine, other: mine < other, "lte": lambda mine, other: mine <= other,
        "ne": lambda mine, other: mine != other,
    }  # fmt: skip
    for function, name, operator, wanted in asked.having:
        mine = len(rows) if function == "count" else figure(model, rows, function, name)
        if mine is None:
            if operator != "ne":
                return False
            continue
        if model.kinds.get(name) is Kind.MONEY and function != "countDistinct":
            mine = mine / 100
        if not compare[operator](float(mine) if isinstance(mine, Fraction) else mine, wanted):
            return False
    return True


def plain(rows: Iterable[Row]) -> list[Row]:
    """The records, each once."""
    return list({row["id"]: row for row in rows}.values())
