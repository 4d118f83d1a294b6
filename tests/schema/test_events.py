"""Events in GraphQL: `events`, `history` and changes, as far as their records are readable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from bench import hits
from graph import engine
from graph.access import Access, Principal
from graph.events import BatchCount, write_batch_event
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue
from graph.query.selection import Not as Unless
from graph.query.selection import Test as Compare
from graph.store import Bound, Store
from schema.execution import Executor, Options
from tests.graph.event_writing import NOW, create_accounts, record, remove_accounts
from tests.schema.conftest import Ask

CHANGES = """changes { field record { id __typename ... on Account { name } }
  before { text number money { amount currency } records { id } }
  after { text number boolean date dateTime texts money { amount currency }
    records { id ... on Account { name } } } }"""
HISTORY = f"""query ($id: ID!, $first: Int! = 50, $after: String) {{ node(id: $id) {{ id
  history(first: $first, after: $after) {{ totalCount pageInfo {{ hasNextPage endCursor }}
    nodes {{ position at actor mutation requestId subject {{ id }} {CHANGES} }} }} }} }}"""
EVENTS = """query ($first: Int! = 50, $after: String, $where: EventWhere) {
  events(first: $first, after: $after, where: $where) { nodes { position actor subject { id } } pageInfo { endCursor } }
}"""


@pytest.fixture
async def accounts(store: Store) -> AsyncIterator[list[str]]:
    """The ids of some accounts without events."""
    uids = await create_accounts(store)
    yield uids
    await remove_accounts(store, uids)


async def test_a_change_is_shown_with_its_type(ask: Ask, store: Store, accounts: list[str]) -> None:
    one, other, *_ = accounts
    values: dict[str, Any] = {
        "text": "a", "number": 3, "boolean": True, "date": date(2026, 1, 2), "dateTime": NOW, "texts": ["a", "b"],
    }  # fmt: skip
    parts = [f"{{record: n, field: '{name}', before: null, after: $values.{name}}}" for name in values]
    parts.append(
        "{record: n, field: 'money', before: {amount: 5, currency: 'JPY'}, after: {amount: 5, currency: 'EUR'}}"
    )
    parts.append("{record: n, field: 'parent', before: null, after: other}")
    parts.append("{record: other, field: 'employees', before: 4, after: null}")
    await record(store, one, f"[{', '.join(parts)}]", other=other, values=values)
    (event,) = (await ask(HISTORY, {"id": one}))["node"]["history"]["nodes"]
    assert (event["actor"], event["mutation"], event["requestId"]) == ("user-1", "testAccount", "request-1")
    assert (event["at"], event["subject"]) == ("2026-05-04T10:30:00Z", {"id": one})
    changes = {change["field"]: change for change in event["changes"]}
    assert list(changes) == [*values, "money", "parent", "employees"]
    sent = {"date": "2026-01-02", "dateTime": "2026-05-04T10:30:00Z"}
    nothing = dict.fromkeys((*values, "money", "records"))
    for name, value in values.items():
        assert changes[name]["before"] is None
        assert changes[name]["after"] == {**nothing, name: sent.get(name, value)}
    assert changes["money"]["before"]["money"] == {"amount": 5, "currency": "JPY"}
    assert changes["money"]["after"] == {**nothing, "money": {"amount": 0.05, "currency": "EUR"}}
    assert changes["parent"]["after"] == {**nothing, "records": [{"id": other, "name": other}]}
    assert (changes["employees"]["record"]["id"], changes["employees"]["after"]) == (other, None)
    assert (await ask(HISTORY, {"id": other}))["node"]["history"]["nodes"] == [event]


async def test_the_ordinary_path_gives_the_same_answer(
    ask: Ask, executor: Executor, store: Store, accounts: list[str]
) -> None:
    change = (
        "[{record: n, field: 'parent', before: other, after: n}, {record: n, field: 'name', before: 'a', after: 'b'}]"
    )
    await record(store, accounts[0], change, other=accounts[1])
    planned = await ask(HISTORY, {"id": accounts[0]})
    ordinary = await executor.execute(HISTORY, {"id": accounts[0]}, None, principal=Principal(), ordinary=True)
    assert ordinary.body["data"] == planned


async def test_history_comes_newest_first_in_pages(ask: Ask, store: Store, accounts: list[str]) -> None:
    for at in range(5):
        await record(store, accounts[0], f"[{{record: n, field: 'employees', before: {at}, after: {at + 1}}}]")
    seen: list[int] = []
    after = None
    while True:
        page = (await ask(HISTORY, {"id": accounts[0], "first": 2, "after": after}))["node"]["history"]
        assert page["totalCount"] == 5
        seen += [one["changes"][0]["after"]["number"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [5, 4, 3, 2, 1]
    of_lists = '{ accounts(where: { name: { startsWith: "event-account" } }) { nodes { history { totalCount } } } }'
    counts = [one["history"]["totalCount"] for one in (await ask(of_lists))["accounts"]["nodes"]]
    assert sorted(counts) == [0, 0, 0, 5]


async def test_a_page_after_a_position_costs_the_page_and_not_the_events_that_follow(
    store: Store, server: engine.Server, accounts: list[str]
) -> None:
    text = """MATCH (n:Account {uid: $uid}) UNWIND range(1, 1000) AS at
        CREATE (:Event {uid: 'event-' + at, position: 1000000 + at, at: $now, actor: 'user-1', mutation: 'test'})
          -[:CHANGED {isSubject: true, fields: [], linkFields: []}]->(n) RETURN count(*)"""
    await store.writes.change(Bound("test.many", text, {"uid": accounts[0], "now": NOW}))
    variables = {"first": 20, "after": "position+|1000100|event-100"}
    found = await hits.count(store, server.database, {"events": (EVENTS, variables)})
    assert found["events"] < 200


async def test_a_batch_is_one_event_with_counts(ask: Ask, store: Store) -> None:
    counts = {"WORKS_AT": BatchCount(3, 2, 1), "Account": BatchCount(5)}
    position = await write_batch_event(store.writes, "load", counts, now=NOW, source="erp")
    query = """query ($where: EventWhere) { events(where: $where) { nodes { mutation actor source subject { id }
      changes { field } counts { type created changed unchanged } } } }"""
    (event,) = (await ask(query, {"where": {"position": {"eq": position}}}))["events"]["nodes"]
    assert event == {
        "mutation": "load", "actor": "import", "source": "erp", "subject": None, "changes": [],
        "counts": [
            {"type": "Account", "created": 5, "changed": 0, "unchanged": 0},
            {"type": "WORKS_AT", "created": 3, "changed": 2, "unchanged": 1},
        ],
    }  # fmt: skip
    restricted = Executor(store.reads, store.writes, Options(), policy=lambda _: hiding("nobody"))
    body = (
        await restricted.execute(query, {"where": {"position": {"eq": position}}}, None, principal=Principal())
    ).body
    assert body == {"data": {"events": {"nodes": []}}}
    gone = Bound("test.gone", "MATCH (e:Event {position: $position}) DELETE e RETURN 0", {"position": position})
    await store.writes.change(gone)


def hiding(uid: str) -> Access:
    """The access of a caller who may not read one account."""
    return Access(AccessShape((("Account", Unless(Compare("uid", "eq", AccessValue("uid")))),)), {"uid": uid})


async def test_nothing_of_a_hidden_record_leaks_through_events(
    executor: Executor, store: Store, accounts: list[str]
) -> None:
    shown, hidden, *_ = accounts
    of_both = """[{record: n, field: 'name', before: 'a', after: 'b'},
      {record: other, field: 'name', before: 'c', after: 'd'},
      {record: n, field: 'parent', before: null, after: other},
      {record: n, field: 'parent.hierarchy', before: null, after: 'CRM'},
      {record: n, field: 'related', before: [other], after: [n, other]}]"""
    await record(store, shown, of_both, other=hidden)
    await record(store, hidden, of_both, other=shown)
    await record(store, hidden, "[]")
    questions: list[tuple[str, dict[str, Any]]] = [
        (HISTORY, {"id": shown}),
        (HISTORY, {"id": hidden}),
        (EVENTS, {"where": {"actor": {"eq": "user-1"}}}),
        (EVENTS, {"where": {"subject": {"is": {"id": {"eq": hidden}}}}}),
        ('{ events(where: { actor: { eq: "user-1" } }) { totalCount } }', {}),
        ('{ accounts(where: { history: { some: { actor: { eq: "user-1" } } } }) { nodes { id } } }', {}),
    ]
    restricted = Executor(store.reads, store.writes, Options(), policy=lambda _: hiding(hidden))

    async def answers(executor: Executor) -> list[Any]:
        found = []
        for query, variables in questions:
            body = (await executor.execute(query, variables, None, principal=Principal())).body
            assert "errors" not in body, body
            found.append(body["data"])
        return found

    everything, within = await answers(executor), await answers(restricted)
    (event,) = within[0]["node"]["history"]["nodes"]
    assert [change["field"] for change in event["changes"]] == ["name", "related"]
    assert (event["changes"][1]["before"], event["changes"][1]["after"]["records"]) == (
        None,
        [{"id": shown, "name": shown}],
    )
    assert within[1] == {"node": None}
    assert [one["position"] for one in within[2]["events"]["nodes"]] == [event["position"]]
    gone = "MATCH (n:Account {uid: $uid}) DETACH DELETE n RETURN count(*)"
    await store.writes.change(Bound("test.gone", gone, {"uid": hidden}))
    narrowed = await answers(Executor(store.reads, store.writes, Options(), policy=lambda _: hiding("nobody")))
    assert within == narrowed != everything
    await store.writes.change(
        Bound("test.gone", "MATCH (e:Event {actor: 'user-1'}) DETACH DELETE e RETURN count(*)", {})
    )


async def test_a_reader_of_events_misses_none_of_eight_concurrent_writers(
    ask: Ask, executor: Executor, store: Store, accounts: list[str]
) -> None:
    """The reader polls `events(after:)` and sees every event exactly once, in order."""
    seen: list[tuple[int, str]] = []
    busy = True
    where = {"actor": {"eq": "user-1"}}

    async def write(writer: int) -> None:
        for turn in range(10):
            work = f"reduce(sum = 0, one IN range(0, {(writer * 7 + turn * 3) % 5 * 10_000}) | sum + one)"
            change = f"[{{record: n, field: 'employees', before: {turn}, after: {work}}}]"
            await record(store, accounts[writer % 4], change)

    async def poll() -> None:
        after = None
        while True:
            more = busy
            body = (
                await executor.execute(
                    EVENTS, {"first": 7, "after": after, "where": where}, None, principal=Principal()
                )
            ).body
            page = body["data"]["events"]
            seen.extend((one["position"], one["subject"]["id"]) for one in page["nodes"])
            after = page["pageInfo"]["endCursor"] or after
            if not page["nodes"] and not more:
                return

    poller = asyncio.create_task(poll())
    await asyncio.gather(*(write(writer) for writer in range(8)))
    busy = False
    await poller
    positions = [position for position, _ in seen]
    assert len(positions) == 80
    assert positions == sorted(set(positions))
