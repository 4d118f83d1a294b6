"""Introductions over GraphQL: options, the contacts of each hop, and reporting lines where nobody knows the target."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from graph.access import Access, Principal
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue
from graph.query.selection import Not as Unless
from graph.query.selection import Test as Compare
from graph.store import Bound, Store
from schema.execution import Executor, Options
from seed.world.generate import you
from tests.conftest import fill
from tests.schema.conftest import Ask

WAYS = """query ($to: ID!, $not: [ID!], $contacts: Int! = 30) { introductions(to: $to, exclude: $not, minStrength: 10,
  distinctBy: LAST_HOP, leftOut: 5) { strength leftOut hops { strength kind confidence reason interactions lastAt
  from { id } to { id } contacts(first: $contacts) { at kind subject direction copied activity { id } } } } }"""

# Every activity of two people, with their roles, as it is stored.
COMMON = """MATCH (:Record {uid: $one})-[mine:PARTICIPATED_IN]->(a)<-[theirs:PARTICIPATED_IN]-(:Record {uid: $other})
WHERE (a:Appointment OR a:PhoneCall OR a:Email) AND a.status = 'COMPLETED' AND a.startedAt <= $now
WITH a, collect(DISTINCT mine.role) AS mine, collect(DISTINCT theirs.role) AS theirs
RETURN collect({id: a.uid, at: a.startedAt.epochMillis, mail: a:Email, meeting: a:Appointment, subject: a.subject,
  mine: mine, theirs: theirs}) AS found"""


@pytest.fixture
async def target(world: None, store: Store) -> str:
    """A chief executive whom nobody of us knows well."""
    return str(await store.reads.ask(Bound("whom", "MATCH (n:Contact {name: 'Ulwin Ahrlechner'}) RETURN n.uid", {})))


def people(way: Any) -> list[str]:
    return [way["hops"][0]["from"]["id"], *(hop["to"]["id"] for hop in way["hops"])]


def expected(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The contacts of two people, from everything that they took part in."""
    found = []
    mailing, attending = {"FROM", "TO", "CC", "BCC"}, {"FROM", "TO", "CC", "BCC", "REQUIRED", "OPTIONAL", "ORGANIZER"}
    for row in rows:
        counts = mailing if row["mail"] else attending
        mine, theirs = set(row["mine"]) & counts, set(row["theirs"]) & counts
        sent, received = "FROM" in mine, "FROM" in theirs
        if not mine or not theirs or (row["mail"] and sent == received):
            continue
        found.append(
            {
                "at": row["at"],
                "kind": "EMAIL" if row["mail"] else "MEETING" if row["meeting"] else "CALL",
                "subject": row["subject"],
                "direction": "BOTH" if not row["mail"] else "FORWARD" if sent else "BACKWARD",
                "copied": row["mail"] and "TO" not in (theirs if sent else mine),
                "activity": {"id": row["id"]},
            }
        )
    return sorted(found, key=lambda one: (-one["at"], one["activity"]["id"]))


async def test_the_contacts_of_a_hop_are_the_activities_of_its_tie(target: str, ask: Ask, store: Store) -> None:
    ways = (await ask(WAYS, {"to": target, "contacts": 100}, statements=2))["introductions"]
    hops = {(hop["from"]["id"], hop["to"]["id"]): hop for way in ways for hop in way["hops"]}
    assert len(hops) > 3
    seen = set()
    for (one, other), hop in hops.items():
        bound = Bound("common", COMMON, {"one": one, "other": other, "now": datetime.now(UTC)})
        contacts = expected(await store.reads.ask(bound))
        found = [
            contact | {"at": datetime.fromisoformat(contact["at"]).timestamp() * 1000} for contact in hop["contacts"]
        ]
        assert found == contacts[:100]
        assert hop["interactions"] == len(contacts)
        assert hop["contacts"][0]["at"] == hop["lastAt"]
        assert hop["kind"] == "KNOWS"
        assert hop["confidence"] is None
        assert hop["reason"].endswith(str(datetime.fromisoformat(hop["lastAt"]).year))
        seen |= {(contact["kind"], contact["direction"], contact["copied"]) for contact in contacts}
    assert {kind for kind, _, _ in seen} == {"MEETING", "CALL", "EMAIL"}
    assert {direction for _, direction, _ in seen} == {"BOTH", "FORWARD", "BACKWARD"}
    assert {copied for _, _, copied in seen} == {True, False}


async def test_the_page_of_contacts_is_bounded_and_both_executors_agree(
    target: str, ask: Ask, executor: Executor, refused: Any
) -> None:
    variables = {"to": target, "contacts": 2}
    query = WAYS.replace(" strength", "")  # strengths decay with time
    data = await ask(query, variables, statements=2)
    assert {len(hop["contacts"]) for way in data["introductions"] for hop in way["hops"]} <= {1, 2}
    ordinary = await executor.execute(query, variables, None, principal=Principal(you()), ordinary=True)
    assert orjson.dumps(ordinary.body) == orjson.dumps({"data": data})
    none = await ask(WAYS, {"to": target, "contacts": 0}, statements=2)
    assert {len(hop["contacts"]) for way in none["introductions"] for hop in way["hops"]} == {0}
    error = await refused(WAYS, {"to": target, "contacts": 101})
    assert error["message"] == "`first` must be between 0 and 100; got 101."
    assert error["extensions"]["code"] == "INVALID"


async def test_ways_are_distinct_by_their_last_hop_and_the_others_say_why_they_are_left_out(
    target: str, ask: Ask
) -> None:
    ways = (await ask(WAYS, {"to": target, "contacts": 1}, statements=2))["introductions"]
    chosen = [way for way in ways if way["leftOut"] is None]
    rest = [way for way in ways if way["leftOut"] is not None]
    ends = [tuple(people(way)[-2:]) for way in chosen]
    assert len(set(ends)) == len(ends) > 1
    assert len(rest) == 5
    for way in rest:
        folded = tuple(people(way)[-2:]) in ends
        assert way["leftOut"] == ("SAME_LAST_HOP" if folded else "BELOW_MINIMUM")
        assert folded or way["strength"] < 10
    assert {way["leftOut"] for way in rest} >= {"SAME_LAST_HOP"}
    assert all(way["strength"] >= 10 for way in chosen)


async def test_nobody_who_is_excluded_is_on_a_way(target: str, ask: Ask) -> None:
    best = (await ask(WAYS, {"to": target}, statements=2))["introductions"][0]
    nelna = people(best)[1]
    ways = (await ask(WAYS, {"to": target, "not": [nelna]}, statements=2))["introductions"]
    assert ways
    assert all(nelna not in people(way) for way in ways)


async def test_a_hidden_activity_is_not_a_contact(target: str, ask: Ask, store: Store) -> None:
    hop = (await ask(WAYS, {"to": target}, statements=2))["introductions"][0]["hops"][0]
    hidden = hop["contacts"][0]["activity"]["id"]
    rule = ("Activity", Unless(Compare("uid", "eq", AccessValue("uid"))))
    narrow = Executor(
        store.reads, store.writes, Options(), policy=lambda _: Access(AccessShape((rule,)), {"uid": hidden})
    )
    body = (await narrow.execute(WAYS, {"to": target}, None, principal=Principal(you()))).body
    seen = body["data"]["introductions"][0]["hops"][0]["contacts"]
    assert [one["activity"]["id"] for one in seen[:5]] == [one["activity"]["id"] for one in hop["contacts"][1:6]]


async def test_the_tie_of_the_caller_needs_no_id(target: str, ask: Ask) -> None:
    query = "query ($to: ID!, $me: ID!) { mine: tie(to: $to) { strength } same: tie(from: $me, to: $to) { strength } }"
    data = await ask(query, {"to": target, "me": you()}, statements=2)
    assert data["mine"] == data["same"]


LINES = """query ($to: ID!, $lines: Boolean!) { introductions(from: "me", to: $to, minStrength: 10, leftOut: 3,
  reportingLines: $lines, maxHops: 4) { strength leftOut
  hops { kind confidence reason to { id } contacts { at } } } }"""

# me met Ada yesterday; Ada reports to Bo, Bo to Cy; Dora reported to Cy until last year; Eve got a mailing long ago.
ADA = """CREATE (me:Record:Party:User {uid: 'me', name: 'Me'}), (ada:Record:Party:Contact {uid: 'ada', name: 'Ada'}),
  (bo:Record:Party:Contact {uid: 'bo', name: 'Bo'}), (cy:Record:Party:Contact {uid: 'cy', name: 'Cy'}),
  (dora:Record:Party:Contact {uid: 'dora', name: 'Dora'}), (eve:Record:Party:Contact {uid: 'eve', name: 'Eve'}),
  (ada)-[:REPORTS_TO {kind: 'SOLID', confidence: 'CONFIRMED'}]->(bo),
  (bo)-[:REPORTS_TO {kind: 'SOLID', confidence: 'ASSUMED'}]->(cy),
  (dora)-[:REPORTS_TO {kind: 'SOLID', validTo: datetime() - duration('P300D')}]->(cy),
  (me)-[:KNOWS {both: 9.0, `in`: 0.0, out: 0.0, meetings: 3, calls: 0, inCount: 0, outCount: 0, firstAt: datetime(),
    lastAt: datetime(), asOf: datetime()}]->(ada),
  (me)-[:KNOWS {both: 0.0, `in`: 0.0, out: 0.001, meetings: 0, calls: 0, inCount: 0, outCount: 1, firstAt: datetime(),
    lastAt: datetime(), asOf: datetime()}]->(eve)
RETURN 1 AS done"""


@pytest.fixture
async def lines(store: Store) -> None:
    """One tie, and reporting lines beyond it."""

    async def make() -> None:
        await store.writes.change(Bound("lines", ADA, {}))

    await fill(store, "reporting lines", make)


@pytest.mark.usefixtures("lines")
async def test_reporting_lines_are_followed_where_nobody_knows_the_target(ask: Ask) -> None:
    assert (await ask(LINES, {"to": "cy", "lines": False}))["introductions"] == []
    [way] = (await ask(LINES, {"to": "cy", "lines": True}, statements=2))["introductions"]
    assert [(hop["to"]["id"], hop["kind"], hop["confidence"]) for hop in way["hops"]] == [
        ("ada", "KNOWS", None),
        ("bo", "REPORTS_TO", "CONFIRMED"),
        ("cy", "REPORTS_TO", "ASSUMED"),
    ]
    assert [hop["reason"] for hop in way["hops"][1:]] == ["reports to the next person"] * 2
    assert 15 < way["strength"] < 16
    assert way["leftOut"] is None


@pytest.mark.usefixtures("lines")
async def test_a_line_that_has_ended_is_not_followed(ask: Ask) -> None:
    assert (await ask(LINES, {"to": "dora", "lines": True}))["introductions"] == []


@pytest.mark.usefixtures("lines")
async def test_who_is_known_needs_no_reporting_line(ask: Ask) -> None:
    [way] = (await ask(LINES, {"to": "ada", "lines": True}, statements=2))["introductions"]
    assert [hop["kind"] for hop in way["hops"]] == ["KNOWS"]


@pytest.mark.usefixtures("lines")
async def test_a_way_that_is_worth_nothing_does_not_come_back(ask: Ask) -> None:
    assert (await ask('{ introductions(from: "me", to: "eve") { strength } }'))["introductions"] == []
    assert (await ask(LINES, {"to": "eve", "lines": True}))["introductions"] == []
    all_of_them = await ask('{ introductions(from: "me", to: "eve", minStrength: 0) { strength } }')
    assert 0 < all_of_them["introductions"][0]["strength"] < 0.05
