"""Import jobs on the real database: what a check says is what a load does, and undoing leaves what was before."""

from __future__ import annotations

import asyncio
import csv
import json
import resource
from pathlib import Path

import pytest

from graph.errors import Conflict, Invalid
from graph.event_chain.sealing import seal
from graph.event_chain.verification import verify
from graph.events import EventHeader
from graph.import_targets import importable, targets
from graph.vocabulary import entity
from seed.load.execution import load
from seed.load.plan import build_plan
from seed.load.rejects import Rejects
from tests.seed.conftest import RATES
from tests.seed.jobs.conftest import Office

CUSTOMERS = """Customer ID;Company;Parent ID;Sector;Annual revenue;Website
C1;Alder Works;;manufacturing;1.200.000,50;https://alder.example
C2;Birch Tools;C1;manufacturing;310.000,00;https://birch.example
C3;Cedar & Sons;C9;retail;a lot;https://cedar.example
C4;Dill;C1;retail;5.000,00;https://dill.example
C5;Elder;C1;retail;7.500,00;https://elder.example
C6;Fir;C5;retail;1.000,00;https://fir.example
"""
COUNTS = ("created", "changed", "unchanged", "links", "rejected", "conflicts")


def counts(job: dict[str, object]) -> dict[str, object]:
    return {name: job[name] for name in COUNTS}


async def test_a_mapping_is_guessed_from_the_columns(office: Office) -> None:
    job = await office.job(await office.upload(CUSTOMERS))
    assert (job["state"], job["target"], job["keyColumn"], job["source"]) == (
        "UPLOADED", "Account", "Customer ID", "customers",
    )  # fmt: skip
    assert (job["rows"], job["encoding"]) == (6, "utf-8")
    assert job["storedFields"] == ["", "name", "parent", "industry", "revenue", "websiteUrl"]
    second = json.loads(job["storedColumns"][1])
    assert second == {"name": "Company", "samples": ["Alder Works", "Birch Tools", "Cedar & Sons"]}


async def test_a_check_writes_nothing_and_says_what_a_load_does(office: Office) -> None:
    uid = await office.upload(CUSTOMERS)
    before = await office.graph()
    checked = await office.check(uid)
    assert (checked["state"], checked["message"]) == ("CHECKED", None)
    assert await office.graph() == before
    assert await office.ask("MATCH (e:Event) RETURN count(e)") == [[0]]
    assert counts(checked) == {
        "created": 5, "changed": 0, "unchanged": 0, "links": 4, "rejected": 1, "conflicts": 0,
    }  # fmt: skip
    (reject,) = map(json.loads, checked["storedRejects"])
    assert (reject["row"], reject["column"], reject["value"]) == (4, "Annual revenue", "a lot")
    assert "is not a number" in reject["reason"]
    titles = [json.loads(one)["title"] for one in checked["storedSamples"]]
    assert sorted(titles) == ["Alder Works", "Birch Tools", "Dill", "Elder", "Fir"]
    loaded = await office.load(uid)
    assert loaded["state"] == "LOADED"
    assert counts(loaded) == counts(checked)
    revenue = "MATCH (a:Account {sourceKey: 'C1'}) RETURN a.revenue, a.revenueCurrency, a.source"
    assert await office.ask(revenue) == [[120000050, "USD", "customers"]]


async def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    first = await office.upload(CUSTOMERS)
    await office.load(first)
    before = await office.graph()
    events = await office.ask("MATCH (e:Event) RETURN count(e)")
    second = await office.upload(CUSTOMERS)
    checked = await office.check(second)
    assert (checked["created"], checked["changed"], checked["unchanged"], checked["links"]) == (0, 0, 5, 0)
    loaded = await office.load(second)
    assert (loaded["created"], loaded["changed"], loaded["unchanged"], loaded["canUndo"]) == (0, 0, 5, False)
    assert await office.graph() == before
    assert await office.ask("MATCH (e:Event) RETURN count(e)") == events


async def test_an_undone_import_leaves_what_was_before(office: Office) -> None:
    await office.load(await office.upload(CUSTOMERS))
    before = await office.graph()
    changed = CUSTOMERS.replace("Birch Tools;C1;manufacturing", "Birch;C4;retail").replace("a lot", "9,00")
    uid = await office.upload(changed + "C7;Gorse;C2;retail;1,00;https://gorse.example\n")
    checked = await office.check(uid)
    assert (checked["created"], checked["changed"], checked["links"]) == (2, 1, 3)
    samples = [one for one in map(json.loads, checked["storedSamples"]) if not one["isNew"]]
    assert samples[0]["changes"] == [
        {"field": "name", "before": "Birch Tools", "after": "Birch"},
        {"field": "industry", "before": "manufacturing", "after": "retail"},
    ]
    await office.load(uid)
    await seal(office.store.writes)
    assert await office.graph() != before
    history = "MATCH (:Account {sourceKey: 'C2'})<-[c:CHANGED]-(e:Event) RETURN e.actor, c.fields ORDER BY e.position"
    found = [row for row in await office.ask(history) if row[1]]
    assert ["tester", ["parent"]] in found
    undone = await office.undo(uid)
    assert (undone["state"], undone["canUndo"], undone["message"]) == ("UNDONE", False, None)
    assert await office.graph() == before
    await seal(office.store.writes)
    assert (await verify(office.store.reads)).problem is None
    again = await office.check(await office.upload(changed))
    assert (again["created"], again["changed"]) == (1, 1)


async def test_undo_is_refused_if_a_record_changed_since(office: Office) -> None:
    uid = await office.upload(CUSTOMERS)
    await office.load(uid)
    await office.change("MATCH (a:Account {sourceKey: 'C4'}) SET a.city = 'Ulm', a.name = 'Dill Ltd' RETURN count(*)")
    other = await office.upload(CUSTOMERS.replace("Birch Tools", "Birch"))
    await office.load(other)
    before = await office.graph()
    with pytest.raises(Conflict, match="The source customers was imported again"):
        await office.runner.undo(uid, EventHeader("tester", None, uid))
    assert await office.graph() == before
    assert (await office.job(uid))["state"] == "LOADED"
    await office.undo(other)
    contact = (
        "MATCH (a:Account {sourceKey: 'C4'}) CREATE (:Contact:Party:Record {uid: 'p'})-[:WORKS_AT]->(a) RETURN count(*)"
    )
    await office.change(contact)
    before = await office.graph()
    with pytest.raises(Conflict, match=r"1 record changed since the import: Dill Ltd\."):
        await office.runner.undo(uid, EventHeader("tester", None, uid))
    assert await office.graph() == before


async def test_a_stopped_load_says_what_it_wrote_and_can_be_undone_or_continued(office: Office) -> None:
    rows = "".join(f"K{n},Company {n}\n" for n in range(20_000))
    uid = await office.upload(f"id,company\n{rows}")
    before = await office.graph()
    await office.runner.start(uid, EventHeader("tester", None, uid))
    while not (await office.ask("MATCH (a:Account) RETURN count(a)"))[0][0]:
        assert (await office.job(uid))["state"] == "LOADING"
        await asyncio.sleep(0.02)
    await office.runner.stop(uid)
    stopped = await office.ended(uid)
    stored = (await office.ask("MATCH (a:Account) RETURN count(a)"))[0][0]
    assert (stopped["state"], stopped["created"], stopped["canUndo"]) == ("STOPPED", stored, True)
    assert 0 < stored < 20_000
    assert (await office.load(uid))["state"] == "LOADED"
    assert (await office.job(uid))["created"] == 20_000
    assert (await office.undo(uid))["state"] == "UNDONE"
    assert await office.graph() == before


async def test_a_server_that_stopped_ends_its_jobs(office: Office) -> None:
    uid = await office.upload(CUSTOMERS)
    await office.change("MATCH (j:ImportJob) SET j.state = 'LOADING', j.startedAt = datetime() RETURN count(*)")
    await office.runner.recover()
    job = await office.job(uid)
    assert (job["state"], job["message"]) == ("STOPPED", "The server stopped while the job was in progress.")
    assert (await office.load(uid))["state"] == "LOADED"


async def test_a_hundred_thousand_rows_take_flat_memory(office: Office) -> None:
    rows = "".join(f"K{n},Company {n},City {n % 100}\n" for n in range(100_000))
    uid = await office.upload(f"id,company,city\n{rows}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    checked = await office.check(uid)
    assert (checked["created"], checked["rejected"]) == (100_000, 0)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 150


# ---------- hostile files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"id,name\n", "a header and no rows"),
        (b"PK\x03\x04....", "a spreadsheet"),
        (b"id\0name\n1\0a", "not a text"),
        (b",".join(b"c%d" % n for n in range(600)) + b"\n1", "600 columns"),
    ],
)
async def test_a_file_without_a_table_is_refused(office: Office, content: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        await office.upload(content)
    assert await office.ask("MATCH (j:ImportJob) RETURN count(j)") == [[0]]


async def test_another_encoding_is_recognised(office: Office) -> None:
    uid = await office.upload("id,company\n1,Bäcker\n".encode("cp1252"))
    assert (await office.job(uid))["encoding"] == "cp1252"
    await office.load(uid)
    assert await office.ask("MATCH (a:Account) RETURN a.name") == [["Bäcker"]]
    utf16 = await office.upload("id,company\n2,Büchner\n".encode("utf-16"))
    await office.load(utf16)
    assert await office.ask("MATCH (a:Account {sourceKey: '2'}) RETURN a.name") == [["Büchner"]]


async def test_equal_headers_long_cells_and_formulas(office: Office) -> None:
    hostile = ["=HYPERLINK(1)", "+1", "<script>alert(1)</script>", "\u202ereversed", "😀"]
    rows = "".join(f"{at},{name},second\n" for at, name in enumerate(hostile))
    uid = await office.upload(f"id,company,company,\n{rows}9,{'x' * 10_000},y,\nZ\n".replace(",second", ",second,"))
    job = await office.job(uid)
    assert [json.loads(one)["name"] for one in job["storedColumns"]] == ["id", "company", "company (2)", "column 4"]
    checked = await office.check(uid)
    assert (checked["created"], checked["rejected"]) == (5, 2)
    await office.load(uid)
    assert [row[0] for row in await office.ask("MATCH (a:Account) RETURN a.name ORDER BY a.sourceKey")] == hostile
    bad = await office.upload("id,company,employees\n1,A,=1+1\n2,B,3\n3,C,4\n4,D,5\n5,E,6\n6,F,7\n", "x.csv")
    await office.check(bad)
    with office.runner.file_of(bad, "rejects.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["value"] == "'=1+1"


async def test_a_missing_field_is_named_before_anything_is_written(office: Office) -> None:
    uid = await office.upload("number,colour\n1,red\n")
    checked = await office.check(uid)
    assert checked["state"] == "UPLOADED"
    assert "requires name" in checked["message"]
    await office.runner.change(uid, {"target": "Account", "columns": [{"column": "colour", "field": "name"}]})
    assert (await office.check(uid))["created"] == 1
    with pytest.raises(Invalid, match=r"`columns.0.field`"):
        await office.runner.change(uid, {"columns": [{"column": "colour", "field": "owner"}]})
    with pytest.raises(Invalid, match="`keyColumn`"):
        await office.runner.change(uid, {"keyColumn": "size"})


async def test_a_load_that_fails_before_it_writes_leaves_the_mapping_to_be_changed(office: Office) -> None:
    uid = await office.upload("number,colour\n1,red\n")
    failed = await office.load(uid)
    assert failed["state"] == "UPLOADED"
    assert not failed["canUndo"]
    await office.runner.change(uid, {"target": "Account", "columns": [{"column": "colour", "field": "name"}]})
    loaded = await office.load(uid)
    assert loaded["state"] == "LOADED"
    assert loaded["created"] == 1


def test_no_field_that_only_kith_writes_is_a_target() -> None:
    for label in importable():
        for name, one in targets(label).items():
            assert one.link is not None or entity(label).properties[name].writable, name


# ---------- published data -------------------------------------------------------------------------------------------


async def test_published_accounts_are_guessed_loaded_and_undone(office: Office, shared_data: Path) -> None:
    uid = await office.upload((shared_data / "maven_crm" / "accounts.csv").read_bytes(), "accounts.csv")
    job = await office.job(uid)
    fields = {
        json.loads(one)["name"]: field for one, field in zip(job["storedColumns"], job["storedFields"], strict=True)
    }
    assert (job["target"], job["keyColumn"]) == ("Account", "account")
    assert fields == {
        "account": "name", "sector": "industry", "year_established": "", "revenue": "revenue",
        "employees": "employees", "office_location": "country", "subsidiary_of": "parent",
    }  # fmt: skip
    checked = await office.check(uid)
    loaded = await office.load(uid)
    assert counts(loaded) == counts(checked)
    assert loaded["created"] == 85
    children = "MATCH (:Account)-[c:CHILD_OF {hierarchy: 'CRM'}]->(:Account) RETURN count(c)"
    assert await office.ask(children) == [[loaded["links"]]]
    assert loaded["links"] == 15
    await office.undo(uid)
    assert await office.graph() == ([], [])


async def test_the_mapping_of_a_job_works_on_the_command_line(office: Office, tmp_path: Path) -> None:
    uid = await office.upload(CUSTOMERS)
    await office.load(uid)
    before = await office.graph()
    folder = office.runner.file_of(uid, "")
    planned, complaints = build_plan(str(folder / "mapping.toml"), folder, RATES)
    assert complaints == []
    assert planned is not None
    with Rejects(tmp_path / "rejects.csv") as rejects:
        await load(office.store, planned, rejects)
    assert await office.graph() == before
