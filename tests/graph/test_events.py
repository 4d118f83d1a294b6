"""Events: typed changes, and positions that a reader can resume after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from graph.events import BatchCount, EventHeader, property_changes, write_batch_event, write_event
from graph.query.cypher import call
from graph.store import Bound, Store
from tests.graph.event_writing import NOW, create_accounts, record, remove_accounts


@pytest.fixture
async def accounts(store: Store) -> AsyncIterator[list[str]]:
    """The ids of some accounts without events."""
    uids = await create_accounts(store)
    yield uids
    await remove_accounts(store, uids)


async def stored(store: Store, uid: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The properties of an event, and those of its changes by the id of the record."""
    text = """MATCH (e:Event {uid: $uid}) RETURN [properties(e),
        COLLECT { MATCH (e)-[c:CHANGED]->(r) RETURN [r.uid, properties(c)] }]"""
    event, changes = await store.reads.ask(Bound("test.stored", text, {"uid": uid}))
    return event, dict(changes)


async def test_a_change_keeps_the_type_of_its_values(store: Store, accounts: list[str]) -> None:
    one, other, *_ = accounts
    values: dict[str, Any] = {
        "text": "a", "number": 3, "fraction": 0.5, "flag": True, "day": date(2026, 1, 2), "at": NOW,
        "texts": ["a", "b"], "none": None,
    }  # fmt: skip
    parts = [f"{{record: n, field: '{name}', before: null, after: $values.{name}}}" for name in values]
    parts.append("{record: n, field: 'money', before: {amount: 5, currency: 'JPY'}, after: null}")
    parts.append("{record: n, field: 'link', before: [n, other], after: other}")
    parts.append("{record: n, field: 'emptied', before: ['a'], after: []}")
    parts.append("{record: other, field: 'parent', before: null, after: n}")
    header = await record(store, one, f"[{', '.join(parts)}]", other=other, values=values)
    event, changes = await stored(store, header.uid)
    assert (event["actor"], event["mutation"], event["requestId"]) == ("user-1", "testAccount", "request-1")
    assert event["at"].to_native() == NOW
    assert "batchId" not in event
    own = changes[one]
    assert own["isSubject"]
    assert own["fields"] == [*values, "money", "link", "emptied"]
    assert own["linkFields"] == ["link"]
    kept: dict[str, Any] = {name: own.get(f"after.{name}") for name in values}
    native = {name: value.to_native() if hasattr(value, "to_native") else value for name, value in kept.items()}
    assert native == values
    assert (own["before.money"], own["before.money.currency"], own.get("after.money")) == (5, "JPY", None)
    assert (own["before.link"], own["after.link"]) == ([one, other], [other])
    assert (own["before.emptied"], own["after.emptied"]) == (["a"], [])
    assert changes[other] == {
        "isSubject": False, "fields": ["parent"], "linkFields": ["parent"], "after.parent": [one],
    }  # fmt: skip


async def test_differing_properties_become_changes_and_money_is_one(store: Store, accounts: list[str]) -> None:
    wanted = {
        "name": "event-account-0", "employees": 4, "city": "Oslo",
        "revenue": 100, "revenueCurrency": "USD", "revenueBase": 100, "creditLimit": None,
    }  # fmt: skip
    changes = property_changes("$keys", "n", "$wanted")
    header = await record(store, accounts[0], changes, keys=sorted(wanted), wanted=wanted)
    _, found = await stored(store, header.uid)
    own = found[accounts[0]]
    assert own["fields"] == ["city", "employees", "revenue"]
    assert (own["before.revenue"], own["before.revenue.currency"]) == (100, "EUR")
    assert (own["after.revenue"], own["after.revenue.currency"]) == (100, "USD")
    assert (own["before.employees"], own["after.employees"], own["after.city"]) == (3, 4, "Oslo")
    assert "before.city" not in own


async def test_an_event_without_changes_still_names_its_subject(store: Store, accounts: list[str]) -> None:
    header = await record(store, accounts[0], "[]")
    event, found = await stored(store, header.uid)
    assert event["position"] > 0
    assert found == {accounts[0]: {"isSubject": True, "fields": [], "linkFields": []}}


async def test_a_batch_leaves_one_event_with_its_counts(store: Store) -> None:
    counts = {"WORKS_AT": BatchCount(3, 2, 1), "Account": BatchCount(5)}
    first = await write_batch_event(store.writes, "load", counts, now=NOW, source="erp")
    second = await write_batch_event(store.writes, "load", counts, now=NOW)
    assert second == first + 1
    text = "MATCH (e:Event {position: $position}) RETURN properties(e)"
    event = await store.reads.ask(Bound("test.batch", text, {"position": first}))
    assert (event["actor"], event["mutation"], event["source"]) == ("import", "load", "erp")
    assert event["batchId"]
    assert event["countTypes"] == ["Account", "WORKS_AT"]
    assert (event["countCreated"], event["countChanged"], event["countUnchanged"]) == ([5, 3], [0, 2], [0, 1])
    gone = "MATCH (e:Event) WHERE e.position >= $position DETACH DELETE e RETURN count(*)"
    await store.writes.change(Bound("test.gone", gone, {"position": first}))


async def test_a_reader_misses_no_event_of_eight_concurrent_writers(store: Store, accounts: list[str]) -> None:
    """The writers differ in how long they take, so that transactions commit in another order than they begin."""
    last = "OPTIONAL MATCH (s:Sequence {name: 'events'}) RETURN coalesce(s.value, 0)"
    start = await store.reads.ask(Bound("test.last", last, {}))
    text = "\n".join(
        [
            "MATCH (n:Account {uid: $uid}) SET n.held = true REMOVE n.held",
            "WITH n, reduce(sum = 0, one IN range(0, $work) | sum + one) AS work",
            call("n", write_event("testAccount", changes="[{record: n, field: 'name', before: 'a', after: 'b'}]")),
            "RETURN n.uid",
        ]
    )
    written: list[str] = []
    seen: list[tuple[int, str]] = []
    busy = True

    async def write(writer: int) -> None:
        for turn in range(15):
            header = EventHeader(f"writer-{writer}")
            given = {"uid": accounts[writer % 4], "event": header.parameter(), "now": NOW}
            given["work"] = (writer * 7 + turn * 3) % 5 * 20_000
            await store.writes.change(Bound("test.event", text, given))
            written.append(header.uid)

    async def poll() -> None:
        read = """CALL () { MATCH (e:Event) WHERE e.position > $after RETURN e ORDER BY e.position LIMIT 7 }
            RETURN collect([e.position, e.uid])"""
        while True:
            more = busy
            after = seen[-1][0] if seen else start
            page = await store.reads.ask(Bound("test.poll", read, {"after": after}))
            seen.extend((position, uid) for position, uid in page)
            if not page and not more:
                return

    poller = asyncio.create_task(poll())
    await asyncio.gather(*(write(writer) for writer in range(8)))
    busy = False
    await poller
    assert [position for position, _ in seen] == list(range(start + 1, start + 121))
    assert sorted(uid for _, uid in seen) == sorted(written)
