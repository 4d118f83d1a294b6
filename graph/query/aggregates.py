"""Computes figures over all records of a connection in the database, as one aggregate or for each group of records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graph.models.properties import Kind
from graph.query.builder import CypherBuilder, EdgePattern
from graph.query.comparison import comparison
from graph.query.cypher import call, literal, name, quoted, shown, type_of, where
from graph.query.figures import (
    Aggregate,
    Figure,
    FigureField,
    FigureMap,
    GroupKey,
    Groups,
    KeyField,
    KeyMap,
    Source,
    Withheld,
    result_kind,
)
from graph.query.masking import usable
from graph.query.selection import Constant, Edges, Nodes, Page, PageInfo, Row, Total
from graph.query.withheld import Found, withheld
from graph.vocabulary import Link, concrete, entity

# Sums of money are kept as two whole numbers, `high * _PART + low`: one alone could exceed 64 bits.
_PART = 1 << 20


class _Figures:
    """The expressions of figures over the records of a variable; each intermediate result has its own variable.

    `before` are subqueries for each record, `aggregates` the aggregating expressions, and `derived` expressions of
    those and of earlier derived ones.
    """

    def __init__(self, builder: CypherBuilder, label: str, variable: str, deleted: bool) -> None:
        self._builder, self._label, self._variable, self._deleted = builder, label, variable, deleted
        self._variables: dict[str | Source, str] = {}
        self.before: list[str] = []
        self.aggregates: list[str] = []
        self.derived: list[str] = []

    def value(self, source: Source) -> str:
        """Returns the expression of a source for one record."""
        if source.kind == "type":
            return type_of(self._variable, concrete(self._label), self._deleted)
        if source.kind == "link":
            if source not in self._variables:
                self._variables[source] = self._linked(source)
            return self._variables[source]
        kind = usable(self._builder.access, self._label, source.name).kind
        return f"{self._variable}.{source.name}Base" if kind is Kind.MONEY else f"{self._variable}.{name(source.name)}"

    def _linked(self, source: Source) -> str:
        """Adds the subquery of the record that a link leads to, the same that the field of the link shows."""
        link = entity(self._label).links[source.name]
        found = self._builder.fresh("x")
        way = EdgePattern(
            self._variable, self._builder.fresh("e"), self._builder.fresh("n"), hierarchy=source.hierarchy
        )
        followed = self._builder.follow(link, self._label, way, [])
        lines = [
            followed,
            f"WITH {way.end} ORDER BY {way.end}.uid LIMIT 1",
            f"RETURN head(collect({way.end})) AS {found}",
        ]
        self.before.append(call(self._variable, "\n".join(lines)))
        return found

    def kind(self, figure: Figure) -> Kind:
        """Returns the kind of a figure's values."""
        if figure.of is None or figure.of.kind != "property":
            return Kind.INT
        return result_kind(figure.function, entity(self._label).properties[figure.of.name].kind)

    def _step(self, steps: list[str], expression: str) -> str:
        if expression not in self._variables:
            self._variables[expression] = self._builder.fresh("f")
            steps.append(f"{expression} AS {self._variables[expression]}")
        return self._variables[expression]

    def aggregate(self, expression: str) -> str:
        """Returns the variable of an aggregating expression."""
        return self._step(self.aggregates, expression)

    def number(self, figure: Figure) -> str:
        """Returns the expression of a figure; money is in minor units of the base currency."""
        if figure.of is None:
            return self.aggregate(f"count({self._variable})")
        value = self.value(figure.of)
        match figure.function:
            case "countDistinct":
                return self.aggregate(f"count(DISTINCT {value})")
            case "min" | "max":
                return self.aggregate(f"{figure.function}({value})")
        if self.kind(figure) is Kind.MONEY:
            high, low = (self.aggregate(f"sum({value} {sign} {_PART})") for sign in "/%")
            return f"({high} * {_PART}.0 + {low})" if figure.function == "sum" else self._average(value, high, low)
        total = f"toFloat({self.aggregate(f'sum({value})')})"
        if figure.function == "sum":
            return total
        number = self.aggregate(f"count({value})")
        return f"CASE WHEN {number} > 0 THEN {total} / {number} END"

    def _average(self, value: str, high: str, low: str) -> str:
        """Returns the average of an amount in whole minor units, rounded half to even in integer arithmetic."""
        number = self.aggregate(f"count({value})")
        rest = self._step(self.derived, f"CASE WHEN {number} > 0 THEN {high} % {number} * {_PART} + {low} END")
        over = f"2 * abs({rest} % {number})"
        rounds = f"{over} > {number} OR ({over} = {number} AND {rest} / {number} % 2 <> 0)"
        return self._step(
            self.derived,
            f"CASE WHEN {number} > 0 THEN {high} / {number} * {_PART} + {rest} / {number} + "
            f"CASE WHEN {rounds} THEN sign({rest}) ELSE 0 END END",
        )

    def shown(self, field: FigureField) -> str:
        """Returns the expression of a figure in the form of a response."""
        number, kind = self.number(field.figure), self.kind(field.figure)
        if kind is not Kind.MONEY:
            return shown(kind, number)
        texts = {"amount": f"{number} / $unit", "currency": "$currency", "__typename": quoted("Money")}
        parts = ", ".join(f"{name(key)}: {texts[part]}" for key, part in field.parts)
        return (
            f"{{{parts}}}"
            if field.figure.function == "sum"
            else f"CASE WHEN {number} IS NULL THEN null ELSE {{{parts}}} END"
        )

    def fields(self, fields: tuple[FigureField | FigureMap | Constant, ...]) -> str:
        """Returns the expression of a map of figures."""
        return f"{{{', '.join(self.field(one) for one in fields)}}}"

    def field(self, field: FigureField | FigureMap | Constant) -> str:
        """Returns the key and the expression of a figure, of a map of figures or of a constant."""
        match field:
            case FigureField():
                return f"{name(field.key)}: {self.shown(field)}"
            case FigureMap():
                return f"{name(field.key)}: {self.fields(field.fields)}"
            case Constant():
                return f"{name(field.key)}: {literal(field.text)}"


# ---------- statements -----------------------------------------------------------------------------------------------

# Returns the clauses that bind a record in each row, of those that meet further predicates.
Matched = Callable[[list[str]], str]
Show = Callable[[CypherBuilder, Row, str, Link], tuple[list[str], str]]


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a connection: their variable, and the variables that the clauses which match them import.

    These are empty at the root. `listed` is the list of all records with their edges, empty without one. `show`
    projects the record that a link leads to. `place` binds the records without the conditions of the page.
    """

    page: Page
    variable: str
    start: str
    deleted: bool
    show: Show
    place: Found
    listed: str = ""

    def figures(self, builder: CypherBuilder) -> _Figures:
        """Returns the figures over these records."""
        return _Figures(builder, self.page.label, self.variable, self.deleted)


def readers(page: Page) -> int:
    """Returns how many parts of a page read all its records."""
    listing = any(isinstance(one, Nodes | Edges | PageInfo) for one in page.shows)
    counting = any(isinstance(one, Total | Aggregate) for one in page.shows)
    return listing + counting + sum(isinstance(one, Groups) for one in page.shows)


def over_all(builder: CypherBuilder, records: Records, matched: Matched) -> tuple[list[str], dict[str, str]]:
    """Returns the subqueries of all values of a page that depend on all of its records, and their expressions by key.

    Figures and groups count each record once; the total of a linked connection counts its edges.
    """
    shows = records.page.shows
    totals = [one for one in shows if isinstance(one, Total)]
    aggregates = [one for one in shows if isinstance(one, Aggregate)]
    clauses: list[str] = []
    found: dict[str, str] = {}
    if aggregates:
        clauses.append(_aggregates(builder, records, matched, aggregates, totals, found))
    elif totals and records.listed:
        found.update(dict.fromkeys((one.key for one in totals), f"size({records.listed})"))
    elif totals:
        total = builder.fresh("f")
        clauses.append(call(records.start, f"{matched([])}\nRETURN count({records.variable}) AS {total}"))
        found.update(dict.fromkeys((one.key for one in totals), total))
    for one in shows:
        if isinstance(one, Groups):
            found[one.key] = builder.fresh("a")
            clauses.append(call(records.start, "\n".join(_groups(builder, records, matched, one, found[one.key]))))
        elif isinstance(one, Withheld):
            subqueries, found[one.key] = withheld(builder, records.start, records.place)
            clauses += subqueries
    return clauses, found


def _aggregates(
    builder: CypherBuilder,
    records: Records,
    matched: Matched,
    aggregates: list[Aggregate],
    totals: list[Total],
    found: dict[str, str],
) -> str:
    figures = records.figures(builder)
    lines = [matched([])]
    edges = f"count({records.variable})"
    if records.start and not totals:
        lines.append(f"WITH DISTINCT {records.variable}")
    elif records.start:
        # Several relationships may lead to the same record.
        edges = builder.fresh("f")
        lines.append(f"WITH {records.variable}, count(*) AS {edges}")
        edges = f"sum({edges})"
    returned = {one.key: figures.fields(one.fields) for one in aggregates}
    returned.update({one.key: figures.aggregate(edges) for one in totals})
    found.update({key: builder.fresh("a") for key in returned})
    lines += [*figures.before, f"WITH {', '.join(figures.aggregates) or 'count(*) AS counted'}"]
    lines += [f"WITH *, {step}" for step in figures.derived]
    lines.append(f"RETURN {', '.join(f'{text} AS {found[key]}' for key, text in returned.items())}")
    return call(records.start, "\n".join(lines))


def _groups(builder: CypherBuilder, records: Records, matched: Matched, groups: Groups, answer: str) -> list[str]:
    figures = records.figures(builder)
    keys = {one: builder.fresh("k") for one in groups.by}
    grouped = [f"{_period(one, figures.value(one.of))} AS {key}" for one, key in keys.items()]
    conditions = [comparison(test, figures.number(having.figure)) for having in groups.having for test in having.tests]
    order = _ordering(groups, list(keys.values()), figures)
    projected: list[str] = []
    shows: list[str] = []
    for field in groups.fields:
        if isinstance(field, KeyMap):
            parts = [f"{name(one.key)}: {_key(builder, records, one, keys, shows)}" for one in field.fields]
            projected.append(f"{name(field.key)}: {{{', '.join(parts)}}}")
        else:
            projected.append(figures.field(field))
    return [
        matched([]),
        *([f"WITH DISTINCT {records.variable}"] if records.start else []),
        *figures.before,
        f"WITH {', '.join([*grouped, *(figures.aggregates or ['count(*) AS counted'])])}",
        *(f"WITH *, {step}" for step in figures.derived),
        *([f"WITH *{where(conditions)}"] if conditions else []),
        f"WITH * ORDER BY {order} LIMIT ${groups.first.name}",
        *shows,
        f"RETURN collect({{{', '.join(projected)}}}) AS {answer}",
    ]


def _period(key: GroupKey, value: str) -> str:
    if key.unit is None:
        return value
    return f"CASE WHEN {value} IS NOT NULL THEN date.truncate({quoted(key.unit.lower())}, {value}) END"


def _ordering(groups: Groups, keys: list[str], figures: _Figures) -> str:
    """Returns the ORDER BY of groups; null sorts last in both directions, and the keys make the order complete."""
    parts = []
    for one in groups.order:
        value = keys[one.of] if isinstance(one.of, int) else figures.number(one.of)
        uid = isinstance(one.of, int) and groups.by[one.of].of.kind == "link"
        parts.append(_descending(f"{value}.uid" if uid else value, one.descending))
    for key, by in zip(keys, groups.by, strict=True):
        parts.append(f"{key}.uid" if by.of.kind == "link" else key)
    return ", ".join(parts)


def _descending(value: str, descending: bool) -> str:
    return f"{value} IS NULL, {value} DESC" if descending else value


def _key(
    builder: CypherBuilder, records: Records, field: KeyField | Constant, keys: dict[GroupKey, str], shows: list[str]
) -> str:
    """Returns the expression of a group's key, and adds the subquery that shows the record of a link."""
    if isinstance(field, Constant):
        return literal(field.text)
    if field.of is None:
        return "null"
    value, source = keys[field.of], field.of.of
    if field.row is None:
        return shown(Kind.DATE, value) if field.of.unit is not None else value
    before, expression = records.show(builder, field.row, value, entity(records.page.label).links[source.name])
    answer = builder.fresh("a")
    lines = [f"WITH {value} WHERE {value} IS NOT NULL", *before, f"RETURN head(collect({expression})) AS {answer}"]
    shows.append(call(value, "\n".join(lines)))
    return answer
