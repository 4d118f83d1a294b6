"""Parses TOML to a mapping and reports all problems of its structure at once."""

from __future__ import annotations

import codecs
import re
import string
import tomllib
from collections.abc import Callable, Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from graph.errors import Invalid
from graph.money import exponent
from seed.mapping.model import (
    KINDS,
    OPERATORS,
    ROW_NUMBER,
    Column,
    Complaint,
    Condition,
    Constant,
    EdgeTable,
    End,
    File,
    KeyPart,
    Mapping,
    NodeTable,
    RowNumber,
    Rule,
    Scalar,
    Template,
)

TOP = {"source", "currency", "null", "nodes", "edges"}
_FILE = {"file", "delimiter", "encoding", "header"}
NODES = _FILE | {"where", "each", "fields", "label", "key"}
EDGES = _FILE | {"where", "each", "fields", "type", "from", "to", "key"}
RULE = {"column", "value", "template", "map", "strict", "as", "scale", "format", "currency", "split", "decimal"}
_SCALARS = (str, int, float, bool, date, datetime)


def read(name: str, text: str) -> tuple[Mapping | None, list[Complaint]]:
    """Parses a mapping and reports the problems of its structure; None if the text is not TOML."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [Complaint(name, f"This is not TOML: {error}.", "Fix the text at that line and column.")]
    reading = _Reading(name)
    return reading.mapping(raw), reading.complaints


@dataclass
class _Reading:
    """One pass over the parsed TOML; an invalid part becomes a complaint and a harmless substitute."""

    name: str
    complaints: list[Complaint] = field(default_factory=list)

    def wrong(self, place: str, message: str, remedy: str) -> None:
        self.complaints.append(Complaint(f"{self.name}, {place}" if place else self.name, message, remedy))

    def mapping(self, raw: AbstractMapping[str, Any]) -> Mapping:
        self.unknown("", raw, TOP)
        null = self.texts("null", raw.get("null", [""]))
        nodes = tuple(self.node_table(one, place) for place, one in self.tables(raw, "nodes", "label"))
        edges = tuple(self.edge_table(one, place) for place, one in self.tables(raw, "edges", "type"))
        if not nodes and not edges:
            self.wrong("", "It contains no tables.", "Add a [[nodes]] or [[edges]] table.")
        source = self.text("", raw, "source")
        return Mapping(self.name, source, self.currency(raw.get("currency")), frozenset(null), nodes, edges)

    def currency(self, raw: object) -> str | None:
        if raw is None:
            return None
        return self.currency_code("currency", raw)

    def currency_code(self, place: str, raw: object) -> str:
        try:
            exponent(raw if isinstance(raw, str) else "")
        except Invalid:
            self.wrong(place, f"{raw!r} is not a currency.", "Give an ISO 4217 code such as USD or EUR.")
        return str(raw)

    def tables(
        self, raw: AbstractMapping[str, Any], kind: str, names: str
    ) -> Iterator[tuple[str, AbstractMapping[str, Any]]]:
        listed = raw.get(kind, [])
        if not isinstance(listed, list):
            self.wrong(kind, "It is not a list of tables.", f"Write [[{kind}]] with double brackets.")
            return
        for number, one in enumerate(listed, 1):
            if isinstance(one, dict):
                yield f"[[{kind}]] {number} ({one.get(names, '?')} from {one.get('file', '?')})", one
            else:
                self.wrong(f"{kind} {number}", "It is not a table.", f"Write [[{kind}]] with double brackets.")

    def node_table(self, raw: AbstractMapping[str, Any], place: str) -> NodeTable:
        self.unknown(place, raw, NODES)
        return NodeTable(
            place,
            self.file(raw, place),
            tuple(self.where(raw.get("where", {}), f"{place}, where")),
            self.each(raw, place),
            self.fields(raw, place),
            self.text(place, raw, "label"),
            self.key(raw.get("key"), f"{place}, key", needed=True),
        )

    def edge_table(self, raw: AbstractMapping[str, Any], place: str) -> EdgeTable:
        self.unknown(place, raw, EDGES)
        return EdgeTable(
            place,
            self.file(raw, place),
            tuple(self.where(raw.get("where", {}), f"{place}, where")),
            self.each(raw, place),
            self.fields(raw, place),
            self.text(place, raw, "type"),
            self.end(raw.get("from"), f"{place}, from"),
            self.end(raw.get("to"), f"{place}, to"),
            self.key(raw.get("key"), f"{place}, key", needed=False),
        )

    def end(self, raw: object, place: str) -> End:
        if not isinstance(raw, dict):
            self.wrong(place, "It is missing or not a table.", 'Write { label = "Account", key = "customerID" }.')
            return End("?", ())
        self.unknown(place, raw, {"label", "key", "create_missing"})
        create = self.flag(place, raw, "create_missing")
        return End(self.text(place, raw, "label"), self.key(raw.get("key"), f"{place}.key", needed=True), create)

    def file(self, raw: AbstractMapping[str, Any], place: str) -> File:
        name = self.text(place, raw, "file")
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            self.wrong(f"{place}, file", f"{name!r} is outside of DIR.", "Name a file in the folder that is loaded.")
        encoding = self.text(place, raw, "encoding", "utf-8")
        try:
            codecs.lookup(encoding)
        except LookupError:
            self.wrong(
                f"{place}, encoding", f"{encoding!r} is not an encoding.", 'Give one such as "utf-8" or "cp1252".'
            )
            encoding = "utf-8"
        delimiter = raw.get("delimiter")
        if delimiter is not None and not (
            isinstance(delimiter, str) and (len(delimiter) == 1 or delimiter == "whitespace")
        ):
            self.wrong(
                f"{place}, delimiter", f"{delimiter!r} is not a delimiter.", 'Give one character or "whitespace".'
            )
            delimiter = None
        header = raw.get("header")
        return File(name, delimiter, encoding, None if header is None else self.header(header, f"{place}, header"))

    def header(self, raw: object, place: str) -> tuple[str, ...]:
        names = tuple(self.texts(place, raw))
        if sum(name.startswith("*") for name in names) > 1:
            self.wrong(place, "More than one column has a star.", "Only one column can take a varying number of cells.")
        plain = [name.removeprefix("*") for name in names]
        if not names or len(set(plain)) != len(plain):
            self.wrong(place, "It is empty or contains a name twice.", "Give each column a unique name.")
        return names

    def each(self, raw: AbstractMapping[str, Any], place: str) -> str | None:
        return None if raw.get("each") is None else self.text(place, raw, "each")

    def fields(self, raw: AbstractMapping[str, Any], place: str) -> dict[str, Rule]:
        fields = raw.get("fields", {})
        if not isinstance(fields, dict):
            self.wrong(f"{place}, fields", "It is not a table.", "Add lines of the form `property = column`.")
            return {}
        return {name: self.rule(one, f"{place}, fields.{name}") for name, one in fields.items()}

    def rule(self, raw: object, place: str) -> Rule:
        if isinstance(raw, str):
            return Rule(Column(raw))
        if not isinstance(raw, dict):
            self.wrong(place, f"{raw!r} is not a column or a table.", "Write a constant as { value = … }.")
            return Rule(Constant(""))
        self.unknown(place, raw, RULE)
        kind = raw.get("as")
        if kind is not None and kind not in KINDS:
            self.wrong(f"{place}.as", f"{kind!r} is not a value type.", f"Give one of {', '.join(KINDS)}.")
            kind = None
        return Rule(
            self.origin(raw, place),
            self.codes(raw.get("map", {}), f"{place}.map"),
            self.flag(place, raw, "strict"),
            kind,
            self.scale(raw.get("scale"), f"{place}.scale"),
            self.optional(place, raw, "format"),
            self.rule_currency(raw.get("currency"), f"{place}.currency"),
            self.optional(place, raw, "split"),
            self.decimal(place, raw),
        )

    def origin(self, raw: AbstractMapping[str, Any], place: str) -> Column | Constant | Template:
        named = [one for one in ("column", "value", "template") if one in raw]
        if len(named) != 1:
            found = " and ".join(named) or "none"
            self.wrong(
                place, f"It requires exactly one of column, value and template; got {found}.", "Keep exactly one."
            )
            return Constant("")
        if named == ["value"]:
            return Constant(self.scalar(raw["value"], f"{place}.value"))
        if named == ["column"]:
            return Column(self.text(place, raw, "column"))
        return self.template(self.text(place, raw, "template"), f"{place}.template")

    def template(self, text: str, place: str) -> Template:
        try:
            parsed = list(string.Formatter().parse(text))
        except ValueError as error:
            self.wrong(place, f"{text!r}: {error}.", "Write columns as {name}, and double literal braces.")
            return Template(text, ())
        if any(spec or conversion for _, _, spec, conversion in parsed) or not any(one[1] for one in parsed):
            self.wrong(place, f"{text!r} contains no column, or a format.", "Write columns as {name}.")
        return Template(text, tuple((literal, column or None) for literal, column, _, _ in parsed))

    def codes(self, raw: object, place: str) -> dict[str, str]:
        if not isinstance(raw, dict) or not all(isinstance(one, _SCALARS) for one in raw.values()):
            self.wrong(place, "It is not a table of values.", 'Write { "what the source says" = "what is meant" }.')
            return {}
        return {key: as_text(value) for key, value in raw.items()}

    def scale(self, raw: object, place: str) -> str | None:
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not Decimal(str(raw)).is_finite():
            self.wrong(place, f"{raw!r} is not a number.", "Give the number to multiply with, such as 1000000.")
            return None
        return str(raw)

    def rule_currency(self, raw: object, place: str) -> Column | Constant | None:
        if raw is None:
            return None
        if isinstance(raw, dict):
            self.unknown(place, raw, {"column"})
            return Column(self.text(place, raw, "column"))
        return Constant(self.currency_code(place, raw))

    def decimal(self, place: str, raw: AbstractMapping[str, Any]) -> str | None:
        mark = self.optional(place, raw, "decimal")
        if mark is not None and mark not in (".", ","):
            self.wrong(f"{place}.decimal", f"{mark!r} is not a decimal mark.", 'Give "." or ",".')
            return None
        return mark

    def key(self, raw: object, place: str, *, needed: bool) -> tuple[KeyPart, ...]:
        if raw is None and not needed:
            return ()
        listed = raw if isinstance(raw, list) else [raw]
        parts = tuple(part for one in listed if (part := self.key_part(one, place)) is not None)
        if not listed:
            self.wrong(place, "It is empty.", "Give at least one column.")
        return parts

    def key_part(self, raw: object, place: str) -> KeyPart | None:
        if raw == ROW_NUMBER:
            return RowNumber()
        if isinstance(raw, str) and raw:
            return Column(raw)
        if isinstance(raw, dict) and raw.keys() == {"value"}:
            return Constant(self.scalar(raw["value"], f"{place}.value"))
        remedy = 'Give a column, several: ["a", "b"], the row\'s number: "#row", or a constant: { value = "…" }.'
        self.wrong(place, f"{'It is missing' if raw is None else f'{raw!r} is not a key'}.", remedy)
        return None

    def where(self, raw: object, place: str) -> Iterator[Condition]:
        if not isinstance(raw, dict):
            self.wrong(place, "It is not a table.", 'Write { column = { eq = "value" } }.')
            return
        for column, tests in raw.items():
            if not isinstance(tests, dict) or not tests:
                self.wrong(f"{place}.{column}", "It is not a test.", f"Write {{ {column} = {{ eq = … }} }}.")
                continue
            for operator, operand in tests.items():
                test = self.test(column, operator, operand, f"{place}.{column}")
                if test is not None:
                    yield test

    def test(self, column: str, operator: str, operand: Any, place: str) -> Condition | None:
        if operator not in OPERATORS:
            self.wrong(place, f"{operator!r} is not a test.", f"Use {', '.join(OPERATORS)}.")
            return None
        if operator == "matches":
            try:
                return Condition(column, operator, re.compile(operand))
            except (re.error, TypeError) as error:
                self.wrong(f"{place}.matches", f"{operand!r}: {error}.", "Give a regular expression.")
                return None
        many = operator in ("in", "not") and isinstance(operand, list)
        if operator == "in" and not many:
            self.wrong(f"{place}.in", f"{operand!r} is not a list.", "Give the values in brackets.")
            return None
        if many:
            return Condition(column, operator, tuple(self.scalar(one, f"{place}.{operator}") for one in operand))
        return Condition(column, operator, self.scalar(operand, f"{place}.{operator}"))

    def scalar(self, raw: Any, place: str) -> Scalar:
        if not isinstance(raw, _SCALARS):
            self.wrong(place, f"{raw!r} is not a single value.", "Give a text, a number, true, false or a date.")
            return ""
        return raw

    def text(self, place: str, raw: AbstractMapping[str, Any], name: str, default: str | None = None) -> str:
        value = raw.get(name, default)
        if not isinstance(value, str) or not value.strip():
            message = "It is missing." if name not in raw else f"{value!r} is not a text."
            self.wrong(f"{place}, {name}" if place else name, message, f'Write {name} = "…".')
            return "?"
        return value

    def optional(self, place: str, raw: AbstractMapping[str, Any], name: str) -> str | None:
        value = raw.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            self.wrong(f"{place}.{name}", f"{value!r} is not a text.", f'Write {name} = "…".')
            return None
        return value

    def texts(self, place: str, raw: object) -> list[str]:
        if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
            self.wrong(place, "It is not a list of texts.", 'Write ["a", "b"].')
            return []
        return raw

    def flag(self, place: str, raw: AbstractMapping[str, Any], name: str) -> bool:
        value = raw.get(name, False)
        if not isinstance(value, bool):
            self.wrong(f"{place}.{name}", f"{value!r} is neither true nor false.", "Write true or false.")
            return False
        return value

    def unknown(self, place: str, raw: AbstractMapping[str, Any], known: set[str]) -> None:
        for name in sorted(raw.keys() - known):
            self.wrong(f"{place}, {name}" if place else name, "Unknown option.", f"Use {', '.join(sorted(known))}.")


def as_text(value: Scalar) -> str:
    """A TOML value as text, as a source would contain it.

    >>> as_text(True), as_text(date(2024, 1, 31)), as_text(1.5)
    ('true', '2024-01-31', '1.5')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    writes: Callable[[], str] | None = getattr(value, "isoformat", None)
    return writes() if writes is not None else str(value).strip()
