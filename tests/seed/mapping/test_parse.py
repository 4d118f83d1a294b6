"""The shape of a mapping: every form the format has is read, and everything wrong is said at once."""

from __future__ import annotations

from datetime import date

import pytest

from seed.mapping.model import Column, Constant, EdgeTable, KeyColumn, NodeTable, RowNumber, Rule, Template, columns
from seed.mapping.parse import read

WHOLE = """
source = "shop"
currency = "EUR"
null = ["", "-"]

[[nodes]]
file = "a.csv"
delimiter = ";"
encoding = "cp1252"
header = ["id", "*items", "last"]
each = "items"
label = "Account"
key = ["id", "#row", { value = 7 }]
where = { id = { not = "", in = ["1", 2] }, last = { matches = "^x", gt = 1.5, lt = 2024-01-31, eq = true } }
[nodes.fields]
name = "last"
relationship = { value = "CUSTOMER" }
industry = { column = "id", map = { a = "b", c = 1 }, strict = true }
revenue = { column = "id", as = "money", scale = 0.001, currency = { column = "last" }, decimal = "," }
description = { template = "{id} {{of}} {last}" }
createdAt = { column = "id", as = "date", format = "%Y" }

[[edges]]
file = "b.jsonl"
type = "CHILD_OF"
from = { label = "Account", key = "a" }
to = { label = "Account", key = ["b"], create_missing = true }
key = { value = "k" }
[edges.fields]
hierarchy = { value = "CRM" }
"""


def complaints(text: str) -> list[str]:
    return [str(one) for one in read("m", text)[1]]


def test_every_form_of_the_format_is_read() -> None:
    mapping, wrong = read("m", WHOLE)
    assert wrong == []
    assert mapping is not None
    assert (mapping.source, mapping.currency, mapping.null) == ("shop", "EUR", frozenset({"", "-"}))
    node, edge = mapping.tables
    assert isinstance(node, NodeTable)
    assert isinstance(edge, EdgeTable)
    assert (node.file.delimiter, node.file.encoding, node.file.header) == (";", "cp1252", ("id", "*items", "last"))
    assert node.key == (KeyColumn("id"), RowNumber(), Constant(7))
    assert [(test.column, test.operator) for test in node.where] == [
        ("id", "not"), ("id", "in"), ("last", "matches"), ("last", "gt"), ("last", "lt"), ("last", "eq"),
    ]  # fmt: skip
    assert node.where[4].operand == date(2024, 1, 31)
    assert node.fields["industry"].codes == {"a": "b", "c": "1"}
    assert node.fields["revenue"].scale == "0.001"
    assert node.fields["revenue"].currency == Rule(Column("last"))
    description = node.fields["description"].origin
    assert isinstance(description, Template)
    assert "".join(literal + (column or "") for literal, column in description.pieces) == "id {of} last"
    assert edge.end.create_missing
    assert edge.key == (Constant("k"),)


def test_the_columns_of_a_table_are_found_wherever_they_are_named() -> None:
    mapping, _ = read("m", WHOLE)
    assert mapping is not None
    assert [set(columns(one)) for one in mapping.tables] == [{"id", "items", "last"}, {"a", "b"}]


def test_what_is_no_toml_is_said_with_its_place() -> None:
    mapping, (wrong,) = read("m", "source = \n")
    assert mapping is None
    assert "line 1" in str(wrong)


def test_a_mapping_without_tables_or_source_is_wrong_in_both() -> None:
    assert complaints("") == [
        "m: It contains no tables. Add a [[nodes]] or [[edges]] table.",
        'm, source: It is missing. Write source = "…".',
    ]


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ('nodes = "x"', "m, nodes", "not a list"),
        ("nodes = [1]", "m, nodes 1", "not a table"),
        ('currency = "XXY"\n[[nodes]]', "m, currency", "not a currency"),
        ('colour = "red"\n[[nodes]]', "m, colour", "Unknown option"),
        ('null = ""\n[[nodes]]', "m, null", "not a list of texts"),
        ("[[nodes]]\ncolour = 1", "(? from ?), colour", "Unknown option"),
        ("[[nodes]]\nlabel = 3", ", label", "not a text"),
        ('[[nodes]]\nfile = "../x.csv"', ", file", "is outside of DIR"),
        ('[[nodes]]\nencoding = "utf-9"', ", encoding", "not an encoding"),
        ('[[nodes]]\ndelimiter = "||"', ", delimiter", "not a delimiter"),
        ('[[nodes]]\nheader = ["*a", "*b"]', ", header", "More than one column has a star"),
        ('[[nodes]]\nheader = ["a", "a"]', ", header", "twice"),
        ("[[nodes]]\neach = 1", ", each", "not a text"),
        ("[[nodes]]\nkey = 1", ", key", "not a key"),
        ("[[nodes]]\nkey = []", ", key", "is empty"),
        ("[[nodes]]\nkey = { value = [1] }", ", key.value", "not a single value"),
        ("[[nodes]]\nwhere = 1", ", where", "not a table"),
        ("[[nodes]]\nwhere = { a = 1 }", ", where.a", "not a test"),
        ("[[nodes]]\nwhere = { a = { like = 1 } }", ", where.a", "not a test"),
        ("[[nodes]]\nwhere = { a = { in = 1 } }", ", where.a.in", "not a list"),
        ('[[nodes]]\nwhere = { a = { matches = "(" } }', ", where.a.matches", "'('"),
        ("[[nodes]]\nfields = 1", ", fields", "not a table"),
        ("[[nodes]]\n[nodes.fields]\nname = 1", ", fields.name", "not a column or a table"),
        ("[[nodes]]\n[nodes.fields]\nname = { }", ", fields.name", "got none"),
        ('[[nodes]]\n[nodes.fields]\nname = { column = "a", value = 1 }', ", fields.name", "column and value"),
        ('[[nodes]]\n[nodes.fields]\nname = { column = "a", as = "blob" }', ", fields.name.as", "not a value type"),
        ('[[nodes]]\n[nodes.fields]\nname = { column = "a", trim = 1 }', ", fields.name, trim", "Unknown option"),
        ('[[nodes]]\n[nodes.fields]\nname = { column = "a", map = 1 }', ", fields.name.map", "not a table of values"),
        ('[[nodes]]\n[nodes.fields]\nname = { column = "a", scale = "2" }', ", fields.name.scale", "not a number"),
        ('[[nodes]]\n[nodes.fields]\nname = { column = "a", decimal = ";" }', ", fields.name.decimal", "decimal mark"),
        ('[[nodes]]\n[nodes.fields]\nname = { column = "a", strict = 1 }', ", fields.name.strict", "neither true"),
        ('[[nodes]]\n[nodes.fields]\nname = { template = "x" }', ", fields.name.template", "contains no column"),
        ('[[nodes]]\n[nodes.fields]\nname = { template = "{a" }', ", fields.name.template", "expected"),
        ('[[nodes]]\n[nodes.fields]\nname = { template = "{a!r}" }', ", fields.name.template", "or a format"),
        ("[[edges]]", "[[edges]] 1 (? from ?), from", "missing"),
        ("[[edges]]\nto = { key = 1 }", ", to.key", "not a key"),
        ('[[edges]]\nto = { label = "A", key = "a", make = true }', ", to, make", "Unknown option"),
    ],
)
def test_each_thing_that_is_wrong_is_said_with_its_place_and_a_remedy(line: str, place: str, message: str) -> None:
    _, wrong = read("m", line)
    fitting = [one for one in wrong if one.place.endswith(place) and message in one.message]
    assert fitting, "\n".join(map(str, wrong))
    assert all(one.remedy for one in wrong)
