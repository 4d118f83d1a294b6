"""Loading again after people's edits: what they changed stays, and what both changed is reported."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from graph.access import unrestricted
from graph.bulk.nodes import merge_nodes
from graph.bulk.provenance import Provenance, brief, first_text, merge, stamp
from graph.identity import uid
from graph.store import Store
from schema.execution import Executor, Options
from tests.schema.mutations.stage import Stage
from tests.seed.conftest import Desk, totals

CUSTOMERS = """
currency = "USD"
[[nodes]]
file = "customers.csv"
label = "Account"
key = "id"
[nodes.fields]
name = "name"
relationship = { value = "CUSTOMER" }
city = "city"
industry = "branch"
revenue = { column = "turnover", currency = { column = "money" } }
"""
HEADER = "id,name,city,branch,turnover,money\n"

PEOPLE = """
[[nodes]]
file = "people.csv"
label = "Contact"
key = "id"
[nodes.fields]
firstName = "first"
lastName = "last"
[[edges]]
file = "people.csv"
type = "WORKS_AT"
from = { label = "Contact", key = "id" }
to = { label = "Account", key = "customer" }
[edges.fields]
jobTitle = "job"
department = "unit"
validFrom = "since"
"""
PERSON = "id,first,last,customer,job,unit,since\n"

GROUP = """
[[edges]]
file = "group.csv"
type = "CHILD_OF"
from = { label = "Account", key = "child" }
to = { label = "Account", key = "parent" }
[edges.fields]
hierarchy = { value = "CRM" }
"""

ORDERS = """
[[nodes]]
file = "orders.csv"
label = "SalesOrder"
key = "no"
[nodes.fields]
state = { value = "ACTIVE" }
[[nodes]]
file = "orders.csv"
label = "Product"
key = "article"
[nodes.fields]
name = "article"
[[edges]]
file = "orders.csv"
type = "FOR_ACCOUNT"
from = { label = "SalesOrder", key = "no" }
to = { label = "Account", key = "customer" }
[[edges]]
file = "orders.csv"
type = "HAS_LINE"
from = { label = "SalesOrder", key = "no" }
to = { label = "Product", key = "article" }
[edges.fields]
quantity = "pieces"
"""
ORDER = "no,customer,article,pieces\n"


@pytest.fixture
def stage(store: Store) -> Stage:
    """Mutations on the graph of the loads."""
    return Stage(Executor(store.reads, store.writes, Options(), policy=unrestricted), store)


def of(desk: Desk, label: str, key: str) -> str:
    return uid(desk.source, label, key)


async def customer(desk: Desk, *names: str, key: str = "C1") -> list[Any]:
    (row,) = await desk.ask("MATCH (n:Account {source: $source, sourceKey: $key}) RETURN properties(n)", key=key)
    return [row[0].get(name) for name in names]


async def same(desk: Desk, text: str) -> None:
    """Loads again: nothing is created, changed, rejected or in conflict."""
    lines = await desk.load(text)
    assert totals(lines) == (0, 0, 0), desk.rejected()
    assert sum(one.conflicts for one in lines.values()) == 0
    assert desk.rejected() == []


async def test_a_corrected_and_a_filled_in_value_stay_when_the_same_file_is_loaded_again(
    desk: Desk, stage: Stage
) -> None:
    desk.write("customers.csv", HEADER + "C1,Alder Works,Bonn,,100.00,USD\nC2,Birch Tools,Ulm,retail,,\n")
    await desk.load(CUSTOMERS)
    await stage.do("updateAccount", {"city": "Köln", "industry": "manufacturing"}, uid=of(desk, "Account", "C1"))
    version = await customer(desk, "modifiedAt")
    for _ in range(2):
        await same(desk, CUSTOMERS)
    assert await customer(desk, "city", "industry") == ["Köln", "manufacturing"]
    assert await customer(desk, "modifiedAt") == version
    desk.write("customers.csv", HEADER + "C1,Alder Works AG,Bonn,,,\nC2,Birch Tools,Ulm,,,\n")
    assert totals(await desk.load(CUSTOMERS)) == (0, 2, 0)
    assert desk.rejected() == []
    assert await customer(desk, "name", "city", "industry", "revenue") == [
        "Alder Works AG",
        "Köln",
        "manufacturing",
        None,
    ]
    assert await customer(desk, "industry", key="C2") == [None]
    assert (await customer(desk, "modifiedAt"))[0] > version[0]


async def test_a_value_that_both_changed_stays_and_is_reported_until_it_is_overwritten(
    desk: Desk, stage: Stage
) -> None:
    desk.write("customers.csv", HEADER + "C1,Alder Works,Bonn,,100.00,USD\n")
    await desk.load(CUSTOMERS)
    given = {"city": "Köln", "industry": "retail", "revenue": {"amount": 150, "currency": "USD"}}
    await stage.do("updateAccount", given, uid=of(desk, "Account", "C1"))
    desk.write("customers.csv", HEADER + "C1,Alder Works,Ulm,mfg,100.00,EUR\n")
    for _ in range(2):
        lines = await desk.load(CUSTOMERS)
        assert (totals(lines), lines["Account (customers.csv)"].conflicts) == ((0, 0, 0), 3)
        why = "Account C1: since the last load"
        facts = [
            ("city", "Ulm", "city", "'Bonn'", "'Köln'"),
            ("branch", "mfg", "industry", "no value", "'retail'"),
            ("turnover", "100.00 EUR", "revenue", "'100.00 USD'", "'150.00 USD'"),
        ]
        assert [row[:4] for row in desk.rejected()] == [("customers.csv", 2, *one[:2]) for one in facts]
        assert [row[4] for row in desk.rejected()] == [
            f"{why}, {field} was changed from {last} to {here} in Kith and to '{new}' in the source; {here} stays"
            for _, new, field, last, here in facts
        ]
    names = ("city", "industry", "revenue", "revenueCurrency", "revenueBase")
    assert await customer(desk, *names) == ["Köln", "retail", 15000, "USD", 15000]
    assert totals(await desk.load(CUSTOMERS, overwrite=True)) == (0, 1, 0)
    assert await customer(desk, *names) == ["Ulm", "mfg", 10000, "EUR", 12500]
    await same(desk, CUSTOMERS)


async def test_a_value_that_the_source_removes_is_removed_unless_people_changed_it(desk: Desk, stage: Stage) -> None:
    desk.write("customers.csv", HEADER + "C1,a,Bonn,mfg,,\n")
    await desk.load(CUSTOMERS)
    await stage.do("updateAccount", {"city": "Köln"}, uid=of(desk, "Account", "C1"))
    desk.write("customers.csv", HEADER + "C1,a,,,,\n")
    lines = await desk.load(CUSTOMERS)
    assert (totals(lines), lines["Account (customers.csv)"].conflicts) == ((0, 1, 0), 1)
    assert await customer(desk, "city", "industry") == ["Köln", None]
    await stage.do("updateAccount", {"city": None}, uid=of(desk, "Account", "C1"))
    await same(desk, CUSTOMERS)


async def test_a_name_follows_from_its_parts_where_each_side_changed_one(desk: Desk, stage: Stage) -> None:
    desk.write("customers.csv", HEADER + "C1,a,,,,\n")
    desk.write("people.csv", PERSON + "p,Ann,Lee,C1,buyer,x,2024-01-01\n")
    await desk.load(CUSTOMERS + PEOPLE)
    await stage.do("updateContact", {"lastName": "Poe"}, uid=of(desk, "Contact", "p"))
    desk.write("people.csv", PERSON + "p,Anna,Lee,C1,buyer,x,2024-01-01\n")
    assert totals(await desk.load(CUSTOMERS + PEOPLE)) == (0, 1, 0)
    assert desk.rejected() == []
    found = await desk.ask("MATCH (n:Contact {source: $source}) RETURN n.firstName, n.lastName, n.name, n.fullName")
    assert found == [["Anna", "Poe", "Anna Poe", "Anna Poe"]]
    await same(desk, CUSTOMERS + PEOPLE)


async def test_a_value_on_a_relationship_that_a_person_corrected_stays(desk: Desk, stage: Stage) -> None:
    desk.write("customers.csv", HEADER + "C1,a,,,,\n")
    desk.write("people.csv", PERSON + "p,Ann,Lee,C1,buyer,x,2024-01-01\n")
    text = CUSTOMERS + PEOPLE
    await desk.load(text)
    ends = {"contact": of(desk, "Contact", "p"), "account": of(desk, "Account", "C1")}
    await stage.do("updateEmployment", {**ends, "jobTitle": "head buyer"})
    await same(desk, text)
    desk.write("people.csv", PERSON + "p,Ann,Lee,C1,clerk,y,2024-01-01\n")
    lines = await desk.load(text)
    assert (totals(lines), lines["WORKS_AT (people.csv)"].conflicts) == ((0, 1, 0), 1)
    (row,) = desk.rejected()
    assert row[:4] == ("people.csv", 2, "job", "clerk")
    assert row[4] == (
        "WORKS_AT of Contact p → Account C1: since the last load, jobTitle was changed from 'buyer' to 'head buyer' in"
        " Kith and to 'clerk' in the source; 'head buyer' stays"
    )
    jobs = "MATCH (:Contact {source: $source})-[r:WORKS_AT]->() RETURN r.jobTitle, r.department, r.validTo IS NULL"
    assert await desk.ask(jobs) == [["head buyer", "y", True]]
    await stage.do("endEmployment", ends)
    assert totals(await desk.load(text, overwrite=True)) == (0, 1, 0)
    assert await desk.ask(jobs) == [["clerk", "y", False]]
    await same(desk, text)


async def test_a_relationship_that_a_person_withdrew_is_not_created_again(desk: Desk, stage: Stage) -> None:
    desk.write("customers.csv", HEADER + "C1,a,,,,\n")
    desk.write("people.csv", PERSON + "p,Ann,Lee,C1,buyer,x,2024-01-01\n")
    await desk.load(CUSTOMERS + PEOPLE)
    ends = {"contact": of(desk, "Contact", "p"), "account": of(desk, "Account", "C1")}
    await stage.do("withdrawEmployment", ends)
    await same(desk, CUSTOMERS + PEOPLE)
    assert await desk.ask("MATCH (:Contact {source: $source})-[r:WORKS_AT]->() RETURN r") == []


async def test_a_parent_that_a_person_ended_or_replaced_stays_so(desk: Desk, stage: Stage) -> None:
    desk.write("customers.csv", HEADER + "".join(f"C{n},c{n},,,,\n" for n in range(5)))
    desk.write("group.csv", "child,parent\nC1,C0\nC2,C0\nC3,C0\n")
    text = CUSTOMERS + GROUP
    await desk.load(text)
    one, two, four = (of(desk, "Account", key) for key in ("C1", "C2", "C4"))
    await stage.do("reparentAccount", {"account": one, "parent": None})
    await stage.do("reparentAccount", {"account": two, "parent": four})
    await same(desk, text)
    desk.write("group.csv", "child,parent\nC1,C0\nC2,C3\nC3,C4\n")
    lines = await desk.load(text)
    assert totals(lines) == (1, 1, 1)
    assert "set by a user" in desk.rejected()[0][4]
    parents = """MATCH (n:Account {source: $source})-[r:CHILD_OF]->(p) WHERE r.validTo IS NULL
    WITH n.sourceKey + p.sourceKey AS link RETURN link ORDER BY link"""
    assert await desk.ask(parents) == [["C2C4"], ["C3C4"]]
    assert totals(await desk.load(text, overwrite=True))[2] == 0
    assert await desk.ask(parents) == [["C2C3"], ["C3C4"]]
    await same(desk, text)


async def test_a_link_without_dates_that_a_person_removed_or_replaced_stays_so(desk: Desk, stage: Stage) -> None:
    desk.write("customers.csv", HEADER + "C1,a,,,,\nC2,b,,,,\n")
    desk.write("orders.csv", ORDER + "1,C1,saw,3\n2,C1,saw,1\n")
    text = CUSTOMERS + ORDERS
    await desk.load(text)
    first, second = of(desk, "SalesOrder", "1"), of(desk, "SalesOrder", "2")
    await stage.do("updateSalesOrder", {"account": of(desk, "Account", "C2")}, uid=first)
    await stage.do("updateSalesOrder", {"account": None}, uid=second)
    await stage.do("removeLine", {"record": first, "product": of(desk, "Product", "saw")})
    for _ in range(2):
        await same(desk, text)
    customers = "MATCH (o:SalesOrder {source: $source})-[:FOR_ACCOUNT]->(a) RETURN o.sourceKey + a.sourceKey"
    assert await desk.ask(customers) == [["1C2"]]
    desk.write("orders.csv", ORDER + "1,C1,saw,4\n2,C1,saw,1\n")
    lines = await desk.load(text)
    assert (totals(lines), lines["HAS_LINE (orders.csv)"].conflicts) == ((0, 0, 0), 1)
    why = "HAS_LINE of SalesOrder 1 → Product saw: it was removed in Kith and changed in the source since the last load"
    assert [row[4] for row in desk.rejected()] == [f"{why}; it stays removed"]
    assert totals(await desk.load(text, overwrite=True)) == (1, 0, 0)
    await same(desk, text)
    assert await desk.ask(customers) == [["1C2"]]


async def test_tables_and_mappings_that_add_to_one_record_keep_each_others_values(desk: Desk, stage: Stage) -> None:
    desk.write("customers.csv", HEADER + "C1,a,Bonn,,,\n")
    desk.write("more.csv", "id,note,branch\nC1,first,mfg\n")
    more = '[[nodes]]\nfile = "more.csv"\nlabel = "Account"\nkey = "id"\n[nodes.fields]\ndescription = "note"\n'
    alone = more + 'name = { value = "a" }\nrelationship = { value = "CUSTOMER" }\nindustry = "branch"\n'
    await desk.load(CUSTOMERS + more)
    for _ in range(2):
        await same(desk, CUSTOMERS + more)
    assert totals(await desk.load(alone)) == (0, 1, 0)
    await stage.do("updateAccount", {"description": "second"}, uid=of(desk, "Account", "C1"))
    for text in (CUSTOMERS, alone, CUSTOMERS + more, alone):
        await desk.load(text)
    assert await customer(desk, "description", "city") == ["second", "Bonn"]


async def test_two_sources_of_one_record_do_not_undo_each_other(desk: Desk) -> None:
    def rows(**values: Any) -> list[dict[str, Any]]:
        named = {"uid": "two-sources", "source": desk.source, "sourceKey": "t", "name": "t"}
        return [{**named, "relationship": "CUSTOMER", **values}]

    async def write(source: str, **values: Any) -> tuple[int, int]:
        tally = await merge_nodes(desk.store.writes, "Account", rows(**values), source=source)
        return tally.created + tally.changed, len(tally.kept)

    assert await write("one", city="Bonn") == (1, 0)
    assert await write("two", city="Ulm") == (0, 1)
    assert await write("one", city="Bonn", industry="mfg") == (1, 0)
    assert await write("two", city=None, description="x") == (1, 0)
    assert await write("one", city="Köln") == (1, 0)
    assert await write("one", city="Bonn", industry="mfg") == (1, 0)


async def test_values_of_loads_before_provenance_are_the_sources_unless_an_event_says_otherwise(
    desk: Desk, stage: Stage
) -> None:
    desk.write("customers.csv", HEADER + "C1,a,Bonn,mfg,,\n")
    await desk.load(CUSTOMERS)
    await stage.do("updateAccount", {"city": "Köln"}, uid=of(desk, "Account", "C1"))
    await desk.change("MATCH (n:Account {source: $source}) REMOVE n.provenance RETURN count(n)")
    desk.write("customers.csv", HEADER + "C1,a,Bonn,retail,,\n")
    lines = await desk.load(CUSTOMERS)
    assert (totals(lines), lines["Account (customers.csv)"].conflicts) == ((0, 1, 0), 1)
    assert await customer(desk, "city", "industry") == ["Köln", "retail"]


def test_what_is_remembered_is_read_as_it_was_written() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    values = {
        "uid": "u", "source": "s", "name": 'A {"x"} =', "none": None, "list": ["a", "b"], "born": date(1948, 12, 8),
        "at": moment, "share": 0.1, "count": 3, "open": False, "text": "x" * 5_000,
    }  # fmt: skip
    row = stamp("s", values, ("HAS_ACCESS", "a", "b", None))
    found = Provenance.read(first_text("s", row))
    assert (found.identity, found.tokens) == (row.identity, (row.token,))
    assert set(found.last["s"]) == set(values) - {"uid", "source", "none"}
    assert all(found.last["s"].get(name) == brief(values[name]) for name in found.last["s"])
    assert len(first_text("s", row)) < 400
    assert stamp("s", {**values, "count": 4}).token != stamp("s", values).token


@pytest.mark.parametrize(
    ("sent", "stored", "last", "written"),
    [
        ("a", "a", "a", "a"),
        ("a", "b", "a", "b"),
        ("b", "a", "a", "b"),
        ("b", "b", "a", "b"),
        ("b", "c", "a", "c"),
        (None, "a", "a", None),
        (None, "b", "a", "b"),
        ("a", None, "a", None),
        ("b", None, "a", None),
        (None, "b", None, "b"),
        ("a", None, None, "a"),
        ("a", "b", None, "b"),
    ],
)
def test_each_pair_of_changes_ends_as_the_guide_says(sent: Any, stored: Any, last: Any, written: Any) -> None:
    result = merge({"x": sent}, {"x": stored}, {} if last is None else {"x": last})
    after = {"x": stored, **result.changes}
    assert after["x"] == written
    conflict = len({sent, stored, last}) == 3
    assert len(result.conflicts) == conflict
    over = merge({"x": sent}, {"x": stored}, {} if last is None else {"x": last}, overwrite=True)
    assert {"x": stored, **over.changes}["x"] == (sent if conflict else written)
