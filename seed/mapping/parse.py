"""From TOML to a mapping: everything that is wrong with its shape is found, not only the first."""

from __future__ import annotations

import codecs
import re
import string
import tomllib
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Given
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
    """The mapping written in a TOML text, and what is wrong with its shape; None where it is no TOML at all."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [Complaint(name, f"This is not TOML: {error}.", "Fix the text at that line and column.")]
    reading = _Reading(name)
    return reading.mapping(given), reading.complaints


@dataclass
class _Reading:
    """One pass over the parsed TOML; what does not fit becomes a complaint and a harmless stand-in."""

    name: str
    complaints: list[Complaint] = field(default_factory=list)

    def wrong(self, place: str, message: str, remedy: str) -> None:
        self.complaints.append(Complaint(f"{self.name}, {place}" if place else self.name, message, remedy))

    def mapping(self, given: Given[str, Any]) -> Mapping:
        self.unknown("", given, TOP)
        null = self.texts("null", given.get("null", [""]))
        nodes = tuple(self.node_table(one, place) for place, one in self.tables(given, "nodes", "label"))
        edges = tuple(self.edge_table(one, place) for place, one in self.tables(given, "edges", "type"))
        if not nodes and not edges:
            self.wrong("", "It contains no tables.", "Add a [[nodes]] or [[edges]] table.")
        source = self.text("", given, "source")
        return Mapping(self.name, source, self.currency(given.get("currency")), frozenset(null), nodes, edges)

    def currency(self, given: object) -> str | None:
        if given is None:
            return None
        return self.currency_code("currency", given)

    def currency_code(self, place: str, given: object) -> str:
        try:
            exponent(given if isinstance(given, str) else "")
        except Invalid:
            self.wrong(place, f"{given!r} is not a currency.", "Give an ISO 4217 code such as USD or EUR.")
        return str(given)

    def tables(self, given: Given[str, Any], kind: str, names: str) -> Iterator[tuple[str, Given[str, Any]]]:
        listed = given.get(kind, [])
        if not isinstance(listed, list):
            self.wrong(kind, "It is not a list of tables.", f"Write [[{kind}]] with double brackets.")
            return
        for number, one in enumerate(listed, 1):
            if isinstance(one, dict):
                yield f"[[{kind}]] {number} ({one.get(names, '?')} from {one.get('file', '?')})", one
            else:
                self.wrong(f"{kind} {number}", "It is not a table.", f"Write [[{kind}]] with double brackets.")

    def node_table(self, given: Given[str, Any], place: str) -> NodeTable:
        self.unknown(place, given, NODES)
        return NodeTable(
            place,
            self.file(given, place),
            tuple(self.where(given.get("where", {}), f"{place}, where")),
            self.each(given, place),
            self.fields(given, place),
            self.text(place, given, "label"),
            self.key(given.get("key"), f"{place}, key", needed=True),
        )

    def edge_table(self, given: Given[str, Any], place: str) -> EdgeTable:
        self.unknown(place, given, EDGES)
        return EdgeTable(
            place,
            self.file(given, place),
            tuple(self.where(given.get("where", {}), f"{place}, where")),
            self.each(given, place),
            self.fields(given, place),
            self.text(place, given, "type"),
            self.end(given.get("from"), f"{place}, from"),
            self.end(given.get("to"), f"{place}, to"),
            self.key(given.get("key"), f"{place}, key", needed=False),
        )

    def end(self, given: object, place: str) -> End:
        if not isinstance(given, dict):
            self.wrong(place, "It is missing or not a table.", 'Write { label = "Account", key = "customerID" }.')
            return End("?", ())
        self.unknown(place, given, {"label", "key", "create_missing"})
        create = self.flag(place, given, "create_missing")
        return End(self.text(place, given, "label"), self.key(given.get("key"), f"{place}.key", needed=True), create)

    def file(self, given: Given[str, Any], place: str) -> File:
        name = self.text(place, given, "file")
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            self.wrong(f"{place}, file", f"{name!r} is outside of DIR.", "Name a file in the folder that is loaded.")
        encoding = self.text(place, given, "encoding", "utf-8")
        try:
            codecs.lookup(encoding)
        except LookupError:
            self.wrong(
                f"{place}, encoding", f"{encoding!r} is not an encoding.", 'Give one such as "utf-8" or "cp1252".'
            )
            encoding = "utf-8"
        delimiter = given.get("delimiter")
        if delimiter is not None and not (
            isinstance(delimiter, str) and (len(delimiter) == 1 or delimiter == "whitespace")
        ):
            self.wrong(
                f"{place}, delimiter", f"{delimiter!r} is not a delimiter.", 'Give one character or "whitespace".'
            )
            delimiter = None
        header = given.get("header")
        return File(name, delimiter, encoding, None if header is None else self.header(header, f"{place}, header"))

    def header(self, given: object, place: str) -> tuple[str, ...]:
        names = tuple(self.texts(place, given))
        if sum(name.startswith("*") for name in names) > 1:
            self.wrong(place, "More than one column has a star.", "Only one column can take a varying number of cells.")
        plain = [name.removeprefix("*") for name in names]
        if not names or len(set(plain)) != len(plain):
            self.wrong(place, "It is empty or contains a name twice.", "Give each column a unique name.")
        return names

    def each(self, given: Given[str, Any], place: str) -> str | None:
        return None if given.get("each") is None else self.text(place, given, "each")

    def fields(self, given: Given[str, Any], place: str) -> dict[str, Rule]:
        fields = given.get("fields", {})
        if not isinstance(fields, dict):
            self.wrong(f"{place}, fields", "It is not a table.", "Add lines of the form `property = column`.")
            return {}
        return {name: self.rule(one, f"{place}, fields.{name}") for name, one in fields.items()}

    def rule(self, given: object, place: str) -> Rule:
        if isinstance(given, str):
            return Rule(Column(given))
        if not isinstance(given, dict):
            self.wrong(place, f"{given!r} is not a column or a table.", "Write a constant as { value = … }.")
            return Rule(Constant(""))
        self.unknown(place, given, RULE)
        kind = given.get("as")
        if kind is not None and kind not in KINDS:
            self.wrong(f"{place}.as", f"{kind!r} is not a value type.", f"Give one of {', '.join(KINDS)}.")
            kind = None
        return Rule(
            self.origin(given, place),
            self.codes(given.get("map", {}), f"{place}.map"),
            self.flag(place, given, "strict"),
            kind,
            self.scale(given.get("scale"), f"{place}.scale"),
            self.optional(place, given, "format"),
            self.rule_currency(given.get("currency"), f"{place}.currency"),
            self.optional(place, given, "split"),
            self.decimal(place, given),
        )

    def origin(self, given: Given[str, Any], place: str) -> Column | Constant | Template:
        named = [one for one in ("column", "value", "template") if one in given]
        if len(named) != 1:
            found = " and ".join(named) or "none"
            self.wrong(
                place, f"It requires exactly one of column, value and template; got {found}.", "Keep exactly one."
            )
            return Constant("")
        if named == ["value"]:
            return Constant(self.scalar(given["value"], f"{place}.value"))
        if named == ["column"]:
            return Column(self.text(place, given, "column"))
        return self.template(self.text(place, given, "template"), f"{place}.template")

    def template(self, text: str, place: str) -> Template:
        try:
            parsed = list(string.Formatter().parse(text))
        except ValueError as error:
            self.wrong(place, f"{text!r}: {error}.", "Write columns as {name}, and double literal braces.")
            return Template(text, ())
        if any(spec or conversion for _, _, spec, conversion in parsed) or not any(one[1] for one in parsed):
            self.wrong(place, f"{text!r} contains no column, or a format.", "Write columns as {name}.")
        return Template(text, tuple((literal, column or None) for literal, column, _, _ in parsed))

    def codes(self, given: object, place: str) -> dict[str, str]:
        if not isinstance(given, dict) or not all(isinstance(one, _SCALARS) for one in given.values()):
            self.wrong(place, "It is not a table of values.", 'Write { "what the source says" = "what is meant" }.')
            return {}
        return {key: as_text(value) for key, value in given.items()}

    def scale(self, given: object, place: str) -> str | None:
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int | float) or not Decimal(str(given)).is_finite():
            self.wrong(place, f"{given!r} is not a number.", "Give the number to multiply with, such as 1000000.")
            return None
        return str(given)

    def rule_currency(self, given: object, place: str) -> Column | Constant | None:
        if given is None:
            return None
        if isinstance(given, dict):
            self.unknown(place, given, {"column"})
            return Column(self.text(place, given, "column"))
        return Constant(self.currency_code(place, given))

    def decimal(self, place: str, given: Given[str, Any]) -> str | None:
        mark = self.optional(place, given, "decimal")
        if mark is not None and mark not in (".", ","):
            self.wrong(f"{place}.decimal", f"{mark!r} is not a decimal mark.", 'Give "." or ",".')
            return None
        return mark

    def key(self, given: object, place: str, *, needed: bool) -> tuple[KeyPart, ...]:
        if given is None and not needed:
            return ()
        listed = given if isinstance(given, list) else [given]
        parts = tuple(part for one in listed if (part := self.key_part(one, place)) is not None)
        if not listed:
            self.wrong(place, "It is empty.", "Give at least one column.")
        return parts

    def key_part(self, given: object, place: str) -> KeyPart | None:
        if given == ROW_NUMBER:
            return RowNumber()
        if isinstance(given, str) and given:
            return Column(given)
        if isinstance(given, dict) and given.keys() == {"value"}:
            return Constant(self.scalar(given["value"], f"{place}.value"))
        remedy = 'Give a column, several: ["a", "b"], the row\'s number: "#row", or a constant: { value = "…" }.'
        self.wrong(place, f"{'It is missing' if given is None else f'{given!r} is not a key'}.", remedy)
        return None

    def where(self, given: object, place: str) -> Iterator[Condition]:
        if not isinstance(given, dict):
            self.wrong(place, "It is not a table.", 'Write { column = { eq = "value" } }.')
            return
        for column, tests in given.items():
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

    def scalar(self, given: Any, place: str) -> Scalar:
        if not isinstance(given, _SCALARS):
            self.wrong(place, f"{given!r} is not a single value.", "Give a text, a number, true, false or a date.")
            return ""
        return given

    def text(self, place: str, given: Given[str, Any], name: str, default: str | None = None) -> str:
        value = given.get(name, default)
        if not isinstance(value, str) or not value.strip():
            message = "It is missing." if name not in given else f"{value!r} is not a text."
            self.wrong(f"{place}, {name}" if place else name, message, f'Write {name} = "…".')
            return "?"
        return value

    def optional(self, place: str, given: Given[str, Any], name: str) -> str | None:
        value = given.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            self.wrong(f"{place}.{name}", f"{value!r} is not a text.", f'Write {name} = "…".')
            return None
        return value

    def texts(self, place: str, given: object) -> list[str]:
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            self.wrong(place, "It is not a list of texts.", 'Write ["a", "b"].')
            return []
        return given

    def flag(self, place: str, given: Given[str, Any], name: str) -> bool:
        value = given.get(name, False)
        if not isinstance(value, bool):
            self.wrong(f"{place}.{name}", f"{value!r} is neither true nor false.", "Write true or false.")
            return False
        return value

    def unknown(self, place: str, given: Given[str, Any], known: set[str]) -> None:
        for name in sorted(given.keys() - known):
            self.wrong(f"{place}, {name}" if place else name, "Unknown option.", f"Use {', '.join(sorted(known))}.")


def as_text(value: Scalar) -> str:
    """A TOML value as the text a source would have for it.

    >>> as_text(True), as_text(date(2024, 1, 31)), as_text(1.5)
    ('true', '2024-01-31', '1.5')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    writes: Callable[[], str] | None = getattr(value, "isoformat", None)
    return writes() if writes is not None else str(value).strip()
