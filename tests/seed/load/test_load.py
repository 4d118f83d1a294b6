"""Loads on the real server: what each row becomes, what is rejected and why, and that a second load changes nothing."""

from __future__ import annotations

import gc
import gzip
from datetime import UTC, datetime

import polars as pl

from tests.seed.conftest import Desk, totals

ACCOUNTS = """
[[nodes]]
file = "accounts.csv"
label = "Account"
key = "id"
[nodes.fields]
name = "name"
relationship = { value = "CUSTOMER" }
"""
PARENTS = """
[[edges]]
file = "accounts.csv"
where = { parent = { not = "" } }
type = "CHILD_OF"
from = { label = "Account", key = "id" }
to = { label = "Account", key = "parent" }
[edges.fields]
hierarchy = { value = "CRM" }
"""
ORDERS = """
[[nodes]]
file = "orders.csv"
label = "SalesOrder"
key = "id"
[nodes.fields]
state = { value = "ACTIVE" }
submitDate = "day"

[[edges]]
file = "orders.csv"
type = "FOR_ACCOUNT"
from = { label = "SalesOrder", key = "id" }
to = { label = "Account", key = "account" }
"""


async def again(desk: Desk, text: str) -> None:
    """Loads once more; nothing may be created or changed."""
    assert totals(await desk.load(text))[:2] == (0, 0)


async def test_the_example_of_the_format_loads_as_it_stands(desk: Desk) -> None:
    desk.write(
        "customers.csv",
        "customerID,companyName,sector,revenue,year_established,contactTitle,contactName\n"
        "ALFKI,Alfreds,technolgy,1.5,1996,Owner,Maria\n,Nobody,,,,,\n",
    )
    desk.write("orders.csv", "orderID,customerID,orderDate\n1,ALFKI,1996-07-04 00:00:00.000\n2,,1996-07-05\n")
    text = """
currency = "USD"
null     = ["", "NULL"]

[[nodes]]
file  = "customers.csv"
label = "Account"
key   = "customerID"
where = { customerID = { not = "" } }
[nodes.fields]
name         = "companyName"
relationship = { value = "CUSTOMER" }
industry     = { column = "sector", map = { technolgy = "technology" } }
revenue      = { column = "revenue", as = "money", scale = 1000000 }
createdAt    = { column = "year_established", as = "date", format = "%Y" }
description  = { template = "{contactTitle} {contactName}" }

[[nodes]]
file = "orders.csv"
label = "SalesOrder"
key = "orderID"
[nodes.fields]
state = { value = "ACTIVE" }

[[edges]]
file = "orders.csv"
type = "FOR_ACCOUNT"
from = { label = "SalesOrder", key = "orderID" }
to   = { label = "Account", key = "customerID" }
where = { customerID = { not = "" } }
[edges.fields]
validFrom = { column = "orderDate", as = "datetime" }
"""
    assert totals(await desk.load(text)) == (4, 0, 0)
    (stored,) = await desk.ask("MATCH (n:Account {source: $source}) RETURN properties(n)")
    account = stored[0]
    assert account["createdAt"].to_native() == datetime(1996, 1, 1, tzinfo=UTC)
    assert (account["revenue"], account["revenueCurrency"], account["revenueBase"]) == (150_000_000, "USD", 150_000_000)
    assert (account["industry"], account["description"], account["sourceKey"]) == ("technology", "Owner Maria", "ALFKI")
    (edge,) = await desk.ask("MATCH (:SalesOrder {source: $source})-[r:FOR_ACCOUNT]->() RETURN r.validFrom, r.source")
    assert (edge[0].to_native(), edge[1]) == (datetime(1996, 7, 4, tzinfo=UTC), desk.source)
    await again(desk, text)


EVERY_KIND = """
[[nodes]]
file = "a.csv"
delimiter = ";"
label = "Account"
key = "id"
[nodes.fields]
name = { template = "{id}" }
relationship = { value = "CUSTOMER" }
employees = { column = "n", decimal = ",", scale = 2 }
creditOnHold = "b"
revenue = { column = "paid", decimal = ",", currency = { column = "cur" } }
modifiedAt = { column = "when", as = "datetime", format = "unix" }

[[nodes]]
file = "calls.parquet"
label = "PhoneCall"
key = "id"
[nodes.fields]
startedAt = "at"
status = { value = "OPEN" }
subject = "kind"

[[nodes]]
file = "people.jsonl"
label = "Contact"
key = "id"
[nodes.fields]
firstName = "first"
lastName = "last"
birthDate = "born"
gdprOptOut = "out"

[[edges]]
file = "a.csv"
delimiter = ";"
type = "WORKS_AT"
from = { label = "Contact", key = { value = 3 } }
to = { label = "Account", key = "id" }
[edges.fields]
roles = { column = "list", split = "|", map = { y = "Y" } }
"""


async def test_every_kind_of_value_and_file_loads(desk: Desk) -> None:
    desk.write("a.csv.gz", gzip.compress(b'id;n;b;list;when;paid;cur\n1;1.234,5;yes;"x| y|";1700000000;12,30;EUR\n'))
    frame = pl.DataFrame({"id": [2], "kind": ["PhoneCall"], "at": [datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)]})
    frame.write_parquet(desk.folder / "calls.parquet")
    desk.write("people.jsonl", '{"id": 3, "first": " Ada ", "last": "L.", "born": "1815-12-10", "out": false}\n')
    assert totals(await desk.load(EVERY_KIND)) == (4, 0, 0)
    (account,) = await desk.ask(
        "MATCH (n:Account {source: $source}) RETURN n.employees, n.creditOnHold, n.revenue, n.revenueCurrency,"
        " n.revenueBase, toString(n.modifiedAt)"
    )
    assert account == [2469, True, 1230, "EUR", 1538, "2023-11-14T22:13:20Z"]
    (call,) = await desk.ask("MATCH (n:PhoneCall {source: $source}) RETURN toString(n.startedAt), n.subject")
    assert call == ["2026-01-02T03:04:05.000678Z", "PhoneCall"]
    (person,) = await desk.ask(
        "MATCH (n:Contact {source: $source})"
        " RETURN n.name, n.fullName, toString(n.birthDate), n.gdprOptOut, n.sourceKey"
    )
    assert person == ["Ada L.", "Ada L.", "1815-12-10", False, "3"]
    assert await desk.ask("MATCH (:Contact {source: $source})-[r:WORKS_AT]->() RETURN r.roles") == [[["x", "Y"]]]
    await again(desk, EVERY_KIND)


NOT_A_NUMBER = (
    "the value is not a number, so it cannot be stored in Account.employees;"
    " for another notation, give `number` in the mapping"
)
NOT_UTF_8 = "the bytes are not valid utf-8; if the file has another encoding, give `encoding` in the mapping"


async def test_each_broken_row_is_rejected_with_its_place_and_reason_and_no_other(desk: Desk) -> None:
    desk.write(
        "a.csv",
        b"id,name,employees,kind,paid\n"
        b'1,"two\nlines",1,CUSTOMER,1\n'
        b"2,half\n"
        b"3,many,x,CUSTOMER,1\n"
        b"4,code,1,FRIEND,1\n"
        b"5,b\xfftes,1,CUSTOMER,1\n"
        b"6,,1,CUSTOMER,1\n"
        b",keyless,1,CUSTOMER,1\n"
        b"7,cents,1,CUSTOMER,1.001\n"
        b"8,last,1,CUSTOMER,1\n",
    )
    text = """
currency = "USD"
[[nodes]]
file = "a.csv"
label = "Account"
key = "id"
[nodes.fields]
name = "name"
employees = "employees"
relationship = "kind"
revenue = "paid"
"""
    assert totals(await desk.load(text)) == (2, 0, 7)
    kinds = (
        "COMPETITOR, CONSULTANT, CUSTOMER, INFLUENCER, INVESTOR, OTHER, PARTNER, PRESS, PROSPECT, RESELLER, SUPPLIER"
    )
    assert desk.rejected() == [
        ("a.csv", 4, "", "2,half", "the row has 2 columns, not 5"),
        ("a.csv", 5, "employees", "x", NOT_A_NUMBER),
        (
            "a.csv",
            6,
            "kind",
            "FRIEND",
            (
                f"the value is not one of {kinds}, VENDOR, so it cannot be stored in Account.relationship;"
                " for other codes, give `map` in the mapping"
            ),
        ),
        ("a.csv", 7, "name", "b\\xfftes", NOT_UTF_8),
        ("a.csv", 8, "name", "", "Account.name is required but has no value"),
        ("a.csv", 9, "id", "", "the key has no value"),
        (
            "a.csv",
            10,
            "paid",
            "1.001",
            ("The amount 1.001 has more than 2 decimals, the maximum for USD. Round it to 2 decimals."),
        ),
    ]
    assert await desk.ask("MATCH (n:Account {source: $source}) RETURN n.sourceKey ORDER BY n.sourceKey") == [
        ["1"],
        ["8"],
    ]
    assert totals(await desk.load(text)) == (0, 0, 7)


async def test_a_key_that_points_at_nothing_is_rejected_and_a_rejected_row_is_told_once(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name\nA,a\nB,\n")
    desk.write("orders.csv", "id,day,account\n1,2026-01-01,A\n2,2026-01-01,X\n3,soon,A\n4,2026-01-01,B\n")
    text = ACCOUNTS + ORDERS
    assert totals(await desk.load(text)) == (5, 0, 5)
    assert desk.rejected() == [
        ("accounts.csv", 3, "name", "", "Account.name is required but has no value"),
        (
            "orders.csv",
            4,
            "day",
            "soon",
            (
                "the value is not an ISO 8601 date and time, so it cannot be stored in SalesOrder.submitDate;"
                " for another form, give `format` in the mapping"
            ),
        ),
        ("orders.csv", 3, "account", "X", "no Account with this key exists"),
        (
            "orders.csv",
            5,
            "account",
            "B",
            "no Account with this key exists; its row was rejected: line 3 of accounts.csv",
        ),
    ]


async def test_a_missing_end_can_be_made_with_its_key_and_a_name(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,parent\nA,a,B\nC,c,B\nB2,b2,\n")
    text = ACCOUNTS + PARENTS.replace('key = "parent" }', 'key = "parent", create_missing = true }')
    assert (await desk.load(text))["Account (created for CHILD_OF)"].created == 1
    found = await desk.ask("MATCH (n:Account {source: $source, sourceKey: 'B'}) RETURN keys(n), n.relationship")
    keys = ["createdAt", "modifiedAt", "name", "nameSortKey", "provenance", "relationship", "searchWords"]
    assert (sorted(found[0][0]), found[0][1]) == ([*keys, "source", "sourceKey", "uid"], "OTHER")
    await again(desk, text)


async def test_each_element_of_a_list_becomes_a_row(desk: Desk) -> None:
    desk.write("baskets.csv", "milk,bread\nmilk\n\nrolls/buns,,milk\n")
    text = """
[[nodes]]
file = "baskets.csv"
header = ["*items"]
each = "items"
label = "Product"
key = "items"
[nodes.fields]
name = "items"

[[nodes]]
file = "baskets.csv"
header = ["*items"]
label = "SalesOrder"
key = "#row"
[nodes.fields]
state = { value = "FULFILLED" }

[[edges]]
file = "baskets.csv"
header = ["*items"]
each = "items"
type = "HAS_LINE"
from = { label = "SalesOrder", key = "#row" }
to = { label = "Product", key = "items" }
"""
    assert totals(await desk.load(text)) == (3 + 3 + 5, 0, 0)
    baskets = (
        "MATCH (o:SalesOrder {source: $source})-[:HAS_LINE]->(p) RETURN o.sourceKey, count(p) ORDER BY o.sourceKey"
    )
    assert await desk.ask(baskets) == [["1", 2], ["2", 1], ["3", 2]]
    await again(desk, text)


async def test_a_load_leaves_the_collection_of_garbage_as_it_was(desk: Desk) -> None:
    usual = gc.get_threshold()
    desk.write("accounts.csv", "id,name,parent\nA,Alder,\n")
    await desk.load(ACCOUNTS)
    assert gc.get_threshold() == usual
