"""Parses TOML to a mapping and reports all problems of its structure at once."""

from __future__ import annotations

import codecs
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from seed.mapping.model import (
    OPERATORS,
    Complaint,
    Condition,
    Each,
    EdgeTable,
    End,
    File,
    Mapping,
    NodeTable,
    Rule,
)
from seed.mapping.rules import RuleReader

TOP = {"source", "currency", "null", "nodes", "edges"}
_FILE = {"file", "delimiter", "encoding", "header", "skip"}
NODES = _FILE | {"where", "each", "fields", "label", "key"}
EDGES = _FILE | {"where", "each", "fields", "type", "from", "to", "key"}
_MOST_SKIPPED = 10_000


def read(name: str, text: str) -> tuple[Mapping | None, list[Complaint]]:
    """Parses a mapping and reports the problems of its structure; None if the text is not TOML."""
    try:
        raw = tomllib.loads(unicodedata.normalize("NFC", text))
    except tomllib.TOMLDecodeError as error:
        return None, [Complaint(name, f"This is not TOML: {error}.", "Fix the text at that line and column.")]
    reading = _Reading(name)
    return reading.mapping(raw), reading.complaints


@dataclass
class _Reading(RuleReader):
    """One pass over the parsed TOML."""

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
        columns = None if header is None else self.header(header, f"{place}, header")
        return File(name, delimiter, encoding, columns, self.skip(raw.get("skip", 0), f"{place}, skip"))

    def skip(self, raw: object, place: str) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= _MOST_SKIPPED:
            self.wrong(place, f"{raw!r} is not a number of lines.", f"Give 0 to {_MOST_SKIPPED}.")
            return 0
        return raw

    def header(self, raw: object, place: str) -> tuple[str, ...]:
        names = tuple(self.texts(place, raw))
        if sum(name.startswith("*") for name in names) > 1:
            self.wrong(place, "More than one column has a star.", "Only one column can take a varying number of cells.")
        plain = [name.removeprefix("*") for name in names]
        if not names or len(set(plain)) != len(plain):
            self.wrong(place, "It is empty or contains a name twice.", "Give each column a unique name.")
        return names

    def each(self, raw: AbstractMapping[str, Any], place: str) -> Each | None:
        each, fields = raw.get("each"), raw.get("fields")
        if each is None:
            return None
        if isinstance(each, dict):
            self.unknown(f"{place}, each", each, {"column", "split"})
            return Each(self.text(f"{place}, each", each, "column"), self.optional(f"{place}, each", each, "split"))
        named = self.text(place, raw, "each")
        rule = fields.get(named) if isinstance(fields, dict) else None
        if isinstance(rule, dict) and isinstance(rule.get("column"), str) and "split" in rule:
            return Each(rule["column"], self.optional(f"{place}, fields.{named}", rule, "split"), named)
        return Each(named)

    def fields(self, raw: AbstractMapping[str, Any], place: str) -> dict[str, Rule]:
        fields = raw.get("fields", {})
        if not isinstance(fields, dict):
            self.wrong(f"{place}, fields", "It is not a table.", "Add lines of the form `property = column`.")
            return {}
        return {name: self.rule(one, f"{place}, fields.{name}") for name, one in fields.items()}

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
