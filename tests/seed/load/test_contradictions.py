"""Rows that contradict earlier ones are rejected with the place of the first, and never lose it."""

from __future__ import annotations

import pytest

from tests.seed.conftest import Desk, totals
from tests.seed.load.test_exports import JOBS
from tests.seed.load.test_load import ACCOUNTS, again

LINES = """
currency = "USD"
[[nodes]]
file = "lines.csv"
label = "SalesOrder"
key = "no"
[nodes.fields]
state = { value = "ACTIVE" }

[[nodes]]
file = "lines.csv"
label = "Product"
key = "sku"
[nodes.fields]
name = "sku"

[[edges]]
file = "lines.csv"
type = "HAS_LINE"
KEY
from = { label = "SalesOrder", key = "no" }
to = { label = "Product", key = "sku" }
[edges.fields]
quantity = "n"
pricePerUnit = "price"
"""


async def test_a_line_that_is_there_twice_is_never_merged_in_silence(desk: Desk) -> None:
    desk.write("lines.csv", "no,sku,n,price\n1,p,1,5.00\n1,p,1,5.00\n1,p,2,5.00\n2,p,1,5.00\n")
    assert totals(await desk.load(LINES.replace("KEY", ""))) == (2 + 1 + 2, 0, 2)
    assert [(line, column, value, reason.split(";")[0]) for _, line, column, value, reason in desk.rejected()] == [
        (3, "", "", "an earlier row (line 2) gives it the same values"),
        (4, "n", "2", "an earlier row (line 2) gives it another quantity"),
    ]
    assert all("give the table a `key`" in reason for *_, reason in desk.rejected())
    assert totals(await desk.load(LINES.replace("KEY", 'key = "#row"')))[2] == 0


async def test_a_contradicting_row_takes_no_room_from_others(desk: Desk) -> None:
    desk.write("people.csv", "id,name,job,title,primary\n1,p,A,x,yes\n1,p,A,y,no\n1,p,B,z,yes\n")
    desk.write("accounts.csv", "id,name\nA,a\nB,b\n")
    jobs = JOBS.replace("FILE", "csv").replace("each = EACH\n", "").replace('key = "jobs"', 'key = "job"')
    text = f'{ACCOUNTS}{jobs}[edges.fields]\njobTitle = "title"\nisPrimary = "primary"\n'
    assert totals(await desk.load(text)) == (2 + 1 + 1, 0, 2)
    assert sorted(line for _, line, *_ in desk.rejected()) == [3, 4]
    await again(desk, text)


async def test_more_contradictions_than_are_explained_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from seed.load import steps

    monkeypatch.setattr(steps, "_EXPLAINED_TOGETHER", 7)
    count = 3_000
    rows = [f"{n % (count // 2)},name {n}\n" for n in range(count)]
    desk.write("accounts.csv", "id,name\n" + "".join(rows[: count // 2]) + "".join(rows[count // 2 :][:50]))
    assert totals(await desk.load(ACCOUNTS)) == (count // 2, 0, 50)
    found = desk.rejected()
    assert len(found) == 50
    for _, line, _, _, reason in found:
        assert reason.startswith(f"an earlier row (line {line - count // 2}) gives it another name;")


async def test_a_row_that_contradicts_an_earlier_one_is_rejected_with_its_place(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,parent\nA,,\nA,first,\nA,second,\nA,first,\nB,b,\n")
    for expected in ((2, 0, 2), (0, 0, 2)):
        assert totals(await desk.load(ACCOUNTS)) == expected
        assert desk.rejected()[1] == (
            "accounts.csv",
            4,
            "name",
            "second",
            (
                "an earlier row (line 3) gives it another name;"
                " correct one of them, or choose a `key` that tells the records apart"
            ),
        )
    assert await desk.ask("MATCH (n:Account {source: $source, sourceKey: 'A'}) RETURN n.name") == [["first"]]


async def test_a_row_that_contradicts_one_of_another_table_is_rejected_with_its_file_and_line(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,city\nA,a,here\nB,b,here\nC,c,\n")
    desk.write("more.csv", "id,city,country\nA,there,X\nX,nowhere,X\nB,here,Y\nC,there,Z\n")
    more = '[[nodes]]\nfile = "more.csv"\nlabel = "Account"\nkey = "id"\n[nodes.fields]\ncity = "city"\n'
    text = ACCOUNTS + 'city = "city"\n' + more + 'country = "country"\n'
    lines = await desk.load(text)
    assert (lines["Account (more.csv)"].changed, lines["Account (more.csv)"].rejected) == (1, 3)
    assert sorted(desk.rejected()) == [
        (
            "more.csv",
            2,
            "city",
            "there",
            (
                "an earlier row (line 2 of accounts.csv) gives it another city;"
                " correct one of them, or set city in one of the tables only"
            ),
        ),
        ("more.csv", 3, "id", "X", "no Account with this key exists, and this table creates none"),
        (
            "more.csv",
            5,
            "city",
            "there",
            (
                "an earlier row (line 4 of accounts.csv) gives it no city;"
                " correct one of them, or set city in one of the tables only"
            ),
        ),
    ]
    cities = "MATCH (n:Account {source: $source}) RETURN n.sourceKey, n.city, n.country ORDER BY n.sourceKey"
    assert await desk.ask(cities) == [["A", "here", None], ["B", "here", "Y"], ["C", None, None]]
    await again(desk, text)
