"""A mapping against the vocabulary and its files: all that is unknown or unfit is said before any row is read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from graph.money import Rates
from seed.load.plan import build_plan

RATES = Rates("USD", {"EUR": Decimal("1.25")})
ACCOUNT = """
[[nodes]]
file = "a.csv"
label = "Account"
key = "id"
[nodes.fields]
name = "name"
relationship = { value = "CUSTOMER" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "source"
    there.mkdir()
    (there / "a.csv").write_text("id,name,x,x\n1,Ann,,\n")
    (there / "b.jsonl").write_text('{"id": 1}\n')
    return there


def complaints(folder: Path, text: str) -> list[str]:
    mapping = folder.parent / "m.toml"
    mapping.write_text(f'source = "s"\ncurrency = "USD"\n{text}', "utf-8")
    planned, wrong = build_plan(str(mapping), folder, RATES)
    assert (planned is None) == bool(wrong)
    assert all(one.remedy for one in wrong)
    return [str(one) for one in wrong]


def test_a_mapping_that_fits_has_nothing_said_of_it(folder: Path) -> None:
    assert complaints(folder, ACCOUNT) == []


def test_everything_wrong_is_said_at_once(folder: Path) -> None:
    text = """
[[nodes]]
file = "missing.csv"
label = "Acount"
key = "id"

[[nodes]]
file = "a.csv"
label = "Account"
key = "nr"
[nodes.fields]
nmae = "name"
relationship = { value = "FRIEND" }
employees = { column = "name", as = "date" }

[[edges]]
file = "a.csv"
type = "CHILD_OFF"
from = { label = "Account", key = "id" }
to = { label = "Account", key = "boss" }
"""
    found = complaints(folder, text)
    first, second, third = (
        "m, [[nodes]] 1 (Acount from missing.csv)",
        "m, [[nodes]] 2 (Account from a.csv)",
        "m, [[edges]] 1 (CHILD_OFF from a.csv)",
    )
    either = "Leave it out, or give int or float."
    friend = (
        f"{second}, fields.relationship.value: 'FRIEND': the value is not one of COMPETITOR, CONSULTANT, CUSTOMER, "
    )
    assert [one for one in found if not one.startswith(friend)] == [
        f"{first}, label: 'Acount' is not a label of a record. Did you mean 'Account'?",
        f"{second}, fields: Account requires name. Give each a column or a constant.",
        f"{second}, fields.nmae: Account has no property 'nmae'. Did you mean 'name'?",
        f"{second}, fields.employees.as: employees stores int, which cannot be read as 'date'. {either}",
        f"{third}, type: 'CHILD_OFF' is not a relationship type. Did you mean 'CHILD_OF'?",
        f"{first}, file: 'missing.csv' was not found in {folder}. Check the folder and the name.",
        f"{second}, key: a.csv has no column 'nr'. Use one of id, name, x, x.",
        f"{third}, to.key: a.csv has no column 'boss'. Use one of id, name, x, x.",
    ]
    assert len(found) == 9


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ('uid = "id"', "It is derived from `source` and `key`"),
        ('creditLimit = { column = "name", currency = "GBP" }', "no exchange rate to USD"),
        ('category = { column = "name", map = { a = "GOOD" } }', "'a' is mapped to 'GOOD'"),
        ('employees = { value = "many" }', "is not a number"),
        ('city = { column = "name", scale = 2 }', "`scale` does not apply"),
        ('city = { column = "name", strict = true }', "`strict` requires `map`"),
        ('city = "x"', "more than once"),
        ('city = { template = "{town}" }', "has no column 'town'"),
    ],
)
def test_fields_that_cannot_work_are_refused(folder: Path, field: str, says: str) -> None:
    (found,) = complaints(folder, ACCOUNT + field)
    assert says in found


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[[nodes]]\nfile = "a.csv"\nlabel = "Party"\nkey = "id"', "a super-label"),
        ('[[nodes]]\nfile = "a.csv"\nlabel = "Account"\nkey = "id"\neach = "name"', "'name' is not a list"),
        ('[[nodes]]\nfile = "b.jsonl"\nlabel = "Team"\nkey = "id"\nheader = ["id"]', "defines its own columns"),
        ('[[edges]]\nfile = "a.csv"\ntype = "KNOWS"', "derived from other data"),
        ('[[edges]]\nfile = "a.csv"\ntype = "WORKS_AT"', "does not lead from Account to Account"),
        ('[[edges]]\nfile = "a.csv"\ntype = "CHILD_OF"', "CHILD_OF requires hierarchy"),
    ],
)
def test_tables_that_cannot_work_are_refused(folder: Path, table: str, says: str) -> None:
    ends = '\nfrom = { label = "Account", key = "id" }\nto = { label = "Account", key = "id" }\n'
    found = complaints(folder, table + (ends if "[[edges]]" in table else "\n"))
    assert any(says in one for one in found), found


def test_a_list_of_a_text_file_needs_to_be_told_where_an_element_ends(folder: Path) -> None:
    table = """
[[edges]]
file = "a.csv"
type = "WORKS_AT"
from = { label = "Contact", key = "id" }
to = { label = "Account", key = "id" }
[edges.fields]
roles = "name"
"""
    (found,) = complaints(folder, table)
    assert "no separator is given" in found


def test_two_files_may_not_share_row_numbers_as_keys(folder: Path) -> None:
    (folder / "c.csv").write_text("name\nx\n")
    one = '[[nodes]]\nfile = "{}"\nlabel = "Team"\nkey = "#row"\n[nodes.fields]\nname = "name"\n'
    (found,) = complaints(folder, one.format("a.csv") + one.format("c.csv"))
    assert "both use row numbers" in found


def test_a_table_may_add_to_what_another_table_makes(folder: Path) -> None:
    more = '[[nodes]]\nfile = "a.csv"\nlabel = "Account"\nkey = "id"\n[nodes.fields]\ncity = "name"\n'
    assert complaints(folder, ACCOUNT + more) == []
    (found,) = complaints(folder, more)
    assert "Account requires relationship and name" in found or "Account requires name and relationship" in found


def test_a_file_is_found_below_the_folder_when_it_is_the_only_one_of_its_name(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "a.csv").rename(folder / "deep" / "a.csv")
    assert complaints(folder, ACCOUNT) == []
    (folder / "other").mkdir()
    (folder / "other" / "a.csv").write_text("id,name\n")
    (found,) = complaints(folder, ACCOUNT)
    assert "more than once: deep/a.csv, other/a.csv" in found


def test_what_is_no_mapping_and_no_folder_is_said(tmp_path: Path) -> None:
    _, wrong = build_plan("nowhere", tmp_path, RATES)
    assert "The mapping 'nowhere' cannot be read" in str(wrong[0])
    _, wrong = build_plan("northwind", tmp_path / "nowhere", RATES)
    assert "not a folder" in str(wrong[0])


def test_a_file_that_cannot_be_read_is_said_before_anything_is_loaded(folder: Path) -> None:
    (folder / "p.parquet").write_bytes(b"no parquet")
    (found,) = complaints(
        folder, '[[nodes]]\nfile = "p.parquet"\nlabel = "Team"\nkey = "id"\n[nodes.fields]\nname = "id"'
    )
    assert "cannot be read as parquet" in found
