"""Exports as other systems write them: notations, separators, blanks, keys and lists, each read as the mapping says."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from tests.seed.conftest import Desk, totals
from tests.seed.load.test_load import ACCOUNTS, again

REVENUE = ACCOUNTS.replace("accounts.csv", "{file}") + "revenue = {rule}\n"


def revenue(rule: str, file: str = "accounts.csv", top: str = 'currency = "USD"\n') -> str:
    """A mapping of accounts with their revenue."""
    return top + REVENUE.replace("{file}", file).replace("{rule}", rule)


async def amounts(desk: Desk) -> list[list[object]]:
    """The revenue of each account with its currency, by key."""
    text = "MATCH (n:Account {source: $source}) RETURN n.sourceKey, n.revenue, n.revenueCurrency ORDER BY n.sourceKey"
    return list(await desk.ask(text))


async def test_amounts_are_read_in_the_notation_of_the_mapping_and_others_rejected(desk: Desk) -> None:
    desk.write("accounts.csv", 'id,name,rev\n1,a,"1.234,50"\n2,b,"2,00"\n3,c,"1,234.50"\n4,d,1234.5\n5,e,\n')
    text = revenue('{ column = "rev", number = "(1.234,56)" }')
    assert totals(await desk.load(text)) == (3, 0, 2)
    assert await amounts(desk) == [["1", 123_450, "USD"], ["2", 200, "USD"], ["5", None, None]]
    assert desk.rejected()[0] == (
        "accounts.csv",
        4,
        "rev",
        "1,234.50",
        (
            "the value is not a number written like '(1.234,56)', so it cannot be stored in Account.revenue;"
            " show its groups, marks and symbols in `number`"
        ),
    )
    await again(desk, text)


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
async def test_a_number_that_a_file_stores_as_one_has_no_notation(desk: Desk, kind: str) -> None:
    if kind == "jsonl":
        desk.write("a.jsonl", '{"id": 1, "name": "a", "rev": 1.234}\n{"id": 2, "name": "b", "rev": "1.234,00"}\n')
    else:
        frame = {"id": ["1"], "name": ["a"], "rev": [Decimal("1.234")]}
        pl.DataFrame(frame).write_parquet(desk.folder / "a.parquet")
    text = revenue('{ column = "rev", number = "1.234,56", scale = 1000 }', f"a.{kind}")
    assert totals(await desk.load(text))[2] == 0
    assert (await amounts(desk))[0] == ["1", 123_400, "USD"]


@pytest.mark.parametrize(
    ("currency", "top", "found"),
    [
        ('{ column = "cur" }', 'currency = "USD"\n', [["1", 1000, "EUR"], ["2", 1000, "USD"]]),
        ('{ column = "cur", default = "EUR" }', 'currency = "USD"\n', [["1", 1000, "EUR"], ["2", 1000, "EUR"]]),
        ('{ column = "cur" }', "", [["1", 1000, "EUR"]]),
        (
            '{ column = "cur", map = { "€" = "EUR", "" = "USD" }, strict = true }',
            "",
            [["2", 1000, "USD"], ["3", 1000, "EUR"]],
        ),
    ],
)
async def test_a_currency_column_is_mapped_and_a_blank_means_the_default(
    desk: Desk, currency: str, top: str, found: list[list[object]]
) -> None:
    desk.write("accounts.csv", "id,name,rev,cur\n1,a,10.00,EUR\n2,b,10.00,\n3,c,10.00,€\n")
    await desk.load(revenue(f'{{ column = "rev", currency = {currency} }}', top=top))
    assert await amounts(desk) == found
    for file, _, column, _, reason in desk.rejected():
        assert (file, column) == ("accounts.csv", "cur")
        assert "currency.map" in reason or "`currency` at the top" in reason or "`map`" in reason


async def test_keys_that_are_whole_numbers_are_one_key_however_they_are_written(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name\n0012,a\n13.0,b\nx,c\n")
    desk.write(
        "orders.jsonl", '{"no": 1.0, "customer": 12.0}\n{"no": "2", "customer": "12"}\n{"no": 3, "customer": 13}\n'
    )
    text = (
        ACCOUNTS.replace('key = "id"', 'key = { column = "id", as = "int" }')
        + """
[[nodes]]
file = "orders.jsonl"
label = "SalesOrder"
key = { column = "no", as = "int" }
[nodes.fields]
state = { value = "ACTIVE" }

[[edges]]
file = "orders.jsonl"
type = "FOR_ACCOUNT"
from = { label = "SalesOrder", key = { column = "no", as = "int" } }
to = { label = "Account", key = { column = "customer", as = "int", map = { "13" = "12" } } }
"""
    )
    assert totals(await desk.load(text)) == (2 + 3 + 3, 0, 1)
    assert desk.rejected()[0][2:] == (
        "id",
        "x",
        "the value is not a number, so it cannot be a key; for another notation, give `number` in the mapping",
    )
    orders = (
        "MATCH (a:Account {source: $source})<-[:FOR_ACCOUNT]-(o) RETURN a.sourceKey, o.sourceKey ORDER BY o.sourceKey"
    )
    assert await desk.ask(orders) == [["12", "1"], ["12", "2"], ["12", "3"]]
    await again(desk, text)


async def test_letters_of_either_normal_form_are_one_key_one_column_and_one_code(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,größe\nÄ,a,groß\nB,b,\n")
    desk.write("orders.csv", unicodedata.normalize("NFD", "no,für,art\n1,Ä,gültig\n"))
    size = unicodedata.normalize("NFD", "größe")
    text = f"""{ACCOUNTS}category = {{ column = "{size}", map = {{ "groß" = "STANDARD" }} }}
[[nodes]]
file = "orders.csv"
label = "SalesOrder"
key = "no"
[nodes.fields]
state = {{ column = "art", map = {{ "gültig" = "ACTIVE" }} }}

[[edges]]
file = "orders.csv"
type = "FOR_ACCOUNT"
from = {{ label = "SalesOrder", key = "no" }}
to = {{ label = "Account", key = "für" }}
"""
    assert totals(await desk.load(text)) == (2 + 1 + 1, 0, 0)
    found = "MATCH (a:Account {source: $source})<-[:FOR_ACCOUNT]-(:SalesOrder) RETURN a.sourceKey, a.category"
    assert await desk.ask(found) == [["Ä", "STANDARD"]]


JOBS = """
[[nodes]]
file = "people.FILE"
label = "Contact"
key = "id"
[nodes.fields]
fullName = "name"

[[edges]]
file = "people.FILE"
each = EACH
type = "WORKS_AT"
from = { label = "Contact", key = "id" }
to = { label = "Account", key = "jobs" }
"""


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
async def test_every_element_of_a_cell_becomes_a_relationship(desk: Desk, kind: str) -> None:
    desk.write("accounts.csv", "id,name\nA,a\nB,b\n")
    people = {"id": ["1", "2", "3"], "name": ["p", "q", "r"], "jobs": ["A; B ;;X", "", " B"]}
    if kind == "csv":
        desk.write("people.csv", pl.DataFrame(people).write_csv())
    elif kind == "jsonl":
        rows = zip(*people.values(), strict=True)
        desk.write("people.jsonl", "".join(json.dumps(dict(zip(people, row, strict=True))) + "\n" for row in rows))
    else:
        pl.DataFrame(people).write_parquet(desk.folder / "people.parquet")
    text = ACCOUNTS + JOBS.replace("FILE", kind).replace("EACH", '{ column = "jobs", split = ";" }')
    assert totals(await desk.load(text)) == (2 + 3 + 3, 0, 1)
    assert desk.rejected() == [
        (f"people.{kind}", desk.rejected()[0][1], "jobs", "X", "no Account with this key exists")
    ]
    await again(desk, text)


def test_a_list_needs_a_separator_in_a_text_file(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name\nA,a\n")
    desk.write("people.csv", "id,name,jobs\n1,p,A\n")
    (wrong,) = desk.complaints(ACCOUNTS + JOBS.replace("FILE", "csv").replace("EACH", '"jobs"'))
    assert "each: 'jobs' is not a list. Give the separator" in wrong


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("sep=;\nid;name\n1;a\nx\n", ""),
        ('"SEP=|"\r\nid|name\r\n1|a\r\nx\r\n', ""),
        ("sep=\t\nid\tname\n1\ta\nx\n", 'delimiter = ";"'),
        ("\ufeffsep=;\nid;name\n1;a\nx\n", "skip = 1"),
        ("Report, of today\n\nid,name\n1,a\nx\n", "skip = 2"),
        ("sep=;\nReport\nid;name\n1;a\nx\n", "skip = 2"),
        ('"A ""report"""\nid,name\n1,a\nx\n', "skip = 1"),
        ("Report\nid,name\n1,a\nx\n", 'skip = 2\nheader = ["id", "name"]'),
        ("sep=;\n1;a\nx\n", 'header = ["id", "name"]'),
        ("\ufeffID ,\u00a0name\u00a0\n 1\u00a0,\u200ba\u00a0\nx\n".replace("ID", "id"), ""),
    ],
)
async def test_lines_before_the_header_are_left_out_and_rows_keep_their_lines(
    desk: Desk, content: str, options: str
) -> None:
    desk.write("accounts.csv", content)
    text = ACCOUNTS.replace('label = "Account"', f'{options}\nlabel = "Account"')
    assert totals(await desk.load(text)) == (1, 0, 1)
    assert await desk.ask("MATCH (n:Account {source: $source}) RETURN n.sourceKey, n.name") == [["1", "a"]]
    ((_, line, _, value, _),) = desk.rejected()
    assert (line, value) == (len(content.splitlines()), "x")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
async def test_a_byte_order_mark_declares_the_encoding(desk: Desk, encoding: str) -> None:
    desk.write("accounts.csv", "id,name\r\n1,Ähre\r\n".encode(encoding))
    assert totals(await desk.load(ACCOUNTS)) == (1, 0, 0)
    assert await desk.ask("MATCH (n:Account {source: $source}) RETURN n.name") == [["Ähre"]]


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        ("\ufeffid,name\n", 'encoding = "cp1252"', "byte order mark of UTF-8, but `encoding` is 'cp1252'"),
        (
            "id,name\n",
            'encoding = "utf-16"',
            "UTF-16 stream does not start with BOM. Check the file and its `encoding`",
        ),
        ("ID,Name\n", "", "has no column 'id'. Did you mean 'ID'?"),
        ("id;name\n", "", "Its only column is 'id;name': give `delimiter = \";\"`"),
        ("id,name\n", "skip = 5", "has no line after the first 5"),
        ("", "", "It is empty"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_what_to_change(
    desk: Desk, content: str, options: str, says: str
) -> None:
    desk.write("accounts.csv", content)
    found = desk.complaints(ACCOUNTS.replace('label = "Account"', f'{options}\nlabel = "Account"'))
    assert any(says in one for one in found), found


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a.xlsx", "is a spreadsheet, which cannot be read. Save its sheet as CSV (UTF-8)."),
        ("a.json", "is one JSON value, which cannot be read. Write one object a line (.jsonl)."),
        ("a.dat", "has an unknown extension. Give its `delimiter`."),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(desk: Desk, name: str, says: str) -> None:
    desk.write(name, b"PK")
    assert any(says in wrong for wrong in desk.complaints(ACCOUNTS.replace("accounts.csv", name)))


async def test_an_object_that_names_a_value_twice_is_rejected(desk: Desk) -> None:
    desk.write("a.jsonl", '{"id": 1, "name": "a", "name": "b"}\n{"id": 2, "name": "c"}\n')
    assert totals(await desk.load(ACCOUNTS.replace("accounts.csv", "a.jsonl"))) == (1, 0, 1)
    assert "it names 'name' twice" in desk.rejected()[0][4]


async def test_a_number_of_any_size_in_a_file_is_rejected_at_once(desk: Desk) -> None:
    numbers = ("1e999999999", "9" * 30, "1e99", "1E-400")
    lines = [f'{{"id": "{at}", "name": "a", "rev": {number}}}\n' for at, number in enumerate(numbers)]
    desk.write("a.jsonl", "".join(lines))
    assert totals(await desk.load(revenue('"rev"', "a.jsonl"))) == (0, 0, 4)


CALLS = """
[[nodes]]
file = "calls.FILE"
label = "PhoneCall"
key = "id"
[nodes.fields]
subject = "id"
status = { value = "COMPLETED" }
startedAt = { column = "at", zone = "America/New_York", format = "%d.%m.%Y %H:%M" }
"""


@pytest.mark.parametrize("kind", ["csv", "parquet"])
async def test_local_times_are_those_of_the_named_zone(desk: Desk, kind: str) -> None:
    if kind == "csv":
        desk.write(
            "calls.csv", "id,at\n1,15.01.2026 10:00\n2,15.07.2026 10:00\n3,08.03.2026 02:30\n4,01.11.2026 01:30\n"
        )
    else:
        days = [datetime(2026, 1, 15, 10), datetime(2026, 7, 15, 10), datetime(2026, 3, 8, 2, 30)]  # noqa: DTZ001
        frame = {"id": ["1", "2", "3", "4"], "at": [*days, datetime(2026, 11, 1, 1, 30)]}  # noqa: DTZ001
        pl.DataFrame(frame).write_parquet(desk.folder / "calls.parquet")
    text = CALLS.replace("FILE", kind)
    assert totals(await desk.load(text)) == (2, 0, 2)
    found = "MATCH (n:PhoneCall {source: $source}) RETURN toString(n.startedAt) ORDER BY n.sourceKey"
    assert await desk.ask(found) == [["2026-01-15T15:00:00Z"], ["2026-07-15T14:00:00Z"]]
    reasons = [reason for *_, reason in desk.rejected()]
    assert "does not exist in America/New_York, because the clocks change then" in reasons[0]
    assert "occurs twice in America/New_York" in reasons[1]
    assert all('decide with `fold = "first"` or "second"' in reason for reason in reasons)
    decided = text.replace('zone = "America/New_York"', 'zone = "America/New_York", fold = "second"')
    assert totals(await desk.load(decided)) == (2, 0, 0)
    assert (await desk.ask(found))[2:] == [["2026-03-08T06:30:00Z"], ["2026-11-01T06:30:00Z"]]


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ('revenue = { column = "id", number = "1,234" }', "could be a decimal mark or a group separator"),
        ('revenue = { column = "id", number = "1.5", decimal = "." }', "`number` already shows the decimal mark"),
        ('revenue = { column = "id", currency = { column = "id", default = "XXQ" } }', "'XXQ' is not a currency"),
        ('revenue = { column = "id", currency = { column = "id", map = { a = "b" } } }', "'b' is not a currency"),
        ('revenue = { column = "id", currency = { column = "id", default = "GBP" } }', "no exchange rate"),
        ('city = { column = "id", number = "1,234.5" }', "`number` does not apply to city"),
        ('city = { column = "id", zone = "Europe/Berlin" }', "`zone` does not apply to city"),
        ('employees = { column = "id", default = "many" }', "fields.employees.default: 'many'"),
        ('category = { column = "id", default = "GOOD" }', "fields.category.default: 'GOOD'"),
        (
            'createdAt = { column = "id", zone = "Europe/Berlin", fold = "both" }',
            "'both' is neither of first and second",
        ),
        ('createdAt = { column = "id", fold = "first" }', "`fold` requires `zone`"),
        ('createdAt = { column = "id", zone = "Mars" }', "'Mars' is not a time zone"),
        ('createdAt = { column = "id", format = "%d.%m.%y" }', "%y is refused"),
    ],
)
def test_an_option_that_guesses_or_has_no_effect_is_refused(desk: Desk, field: str, says: str) -> None:
    desk.write("accounts.csv", "id,name\n1,a\n")
    found = desk.complaints(f'currency = "USD"\n{ACCOUNTS}{field}\n')
    assert len(found) == 1, found
    assert says in found[0]


async def test_a_default_stands_for_a_missing_value(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,n,kind\n1,a,,x\n2,b,7,\n")
    fields = """
employees = { column = "n", default = 3 }
category = { column = "kind", map = { x = "" }, default = "STANDARD" }
"""
    assert totals(await desk.load(ACCOUNTS + fields)) == (2, 0, 0)
    found = "MATCH (n:Account {source: $source}) RETURN n.employees, n.category ORDER BY n.sourceKey"
    assert await desk.ask(found) == [[3, "STANDARD"], [7, "STANDARD"]]


async def test_dates_of_a_spreadsheet_and_words_for_true_are_read_as_the_mapping_says(desk: Desk) -> None:
    desk.write("people.csv", "id,born,out\n1,45292,WAHR\n2,01/02/2024,FALSCH\n3,45293,vielleicht\n")
    text = """
[[nodes]]
file = "people.csv"
label = "Contact"
key = "id"
[nodes.fields]
fullName = "id"
birthDate = { column = "born", format = "excel" }
gdprOptOut = { column = "out", map = { WAHR = true, FALSCH = false } }
"""
    assert totals(await desk.load(text)) == (1, 0, 2)
    ((born, out),) = await desk.ask("MATCH (n:Contact {source: $source}) RETURN n.birthDate, n.gdprOptOut")
    assert (born.to_native(), out) == (date(2024, 1, 1), True)
    assert "for other words, give `map`" in desk.rejected()[1][4]


async def test_a_moment_with_an_offset_keeps_it_in_a_column_of_local_times(desk: Desk) -> None:
    desk.write("calls.csv", "id,at\n1,2026-01-15T10:00:00+01:00\n2,2026-01-15 10:00\n")
    text = CALLS.replace("FILE", "csv").replace(', format = "%d.%m.%Y %H:%M"', "")
    assert totals(await desk.load(text)) == (2, 0, 0)
    found = await desk.ask("MATCH (n:PhoneCall {source: $source}) RETURN n.startedAt ORDER BY n.sourceKey")
    assert [one.to_native() for (one,) in found] == [datetime(2026, 1, 15, hour, tzinfo=UTC) for hour in (9, 15)]
