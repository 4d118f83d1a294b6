"""Columns give the answers of the database: after every mutation, at any time, and while other programs write."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from graph.access import Access, Principal
from graph.columns import Columns
from graph.columns.tables import DEALS, KNOWS
from graph.query import selection
from graph.query.access_shape import AccessShape
from graph.store import Reads, Store
from graph.unrecorded import position, unrecorded
from schema.execution import Executor, Options
from tests.conftest import wipe
from tests.schema.play import Pair, begun

STEPS = int(os.environ.get("KITH_COLUMN_STEPS", "4000"))
_WRITES = 0.4
_WHOLE_GRAPH = 500
"""The number of steps after which every account is compared."""
_ROLLUP = """rollup(hierarchy: $hierarchy, asOf: $at) {
  accounts depth contacts openOpportunities openPipeline { amount currency } weightedPipeline { amount }
  wonOpportunities won { amount } winRate ordered { amount }
  byChild { own accounts won { amount } openPipeline { amount } account { id name } }
}"""
_CHART = """orgChart(asOf: $at, layout: true) {
  people depth roots warnings { kind contactIds message }
  seats {
    contactId managerId dottedManagerIds level span descendants jobTitle department roles strength leftOn confidence x y
    contact { name }
  }
}"""
_SEATS = """orgChart(asOf: $at) {
  people depth roots warnings { kind message } seats { contactId managerId level span descendants jobTitle leftOn }
}"""
_BELOW = """below: descendants(hierarchy: $hierarchy, asOf: $at, maxDepth: $levels, first: $first, after: $after) {
  totalCount __typename
  nodes { id kind: __typename }
  edges { cursor depth node { id name rollup(hierarchy: $hierarchy, asOf: $at) { accounts } } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}
ids: descendants(hierarchy: $hierarchy, asOf: $at, first: $first) { nodes { id } }"""
_SPANS = """openOpportunities openPipeline { amount } weightedPipeline { amount }
  wonOpportunities won { amount } ordered { amount }"""
_TREE = f"""tree(hierarchy: $hierarchy, asOf: $at, open: $open, measure: $measure, first: $size, offset: $offset) {{
  total rows {{
    depth accounts childCount position siblingCount parentId parentSince account {{ id name }}
    own {{ {_SPANS} contacts }} sum {{ {_SPANS} contacts }} offset {{ {_SPANS} }}
  }}
}}
names: tree(measure: $measure) {{ rows {{ account {{ id }} }} }}"""
_SIZES = "sizeHistory(hierarchy: $hierarchy, since: $at, first: $size) { at accounts }"
_DIFFERENCES = """compareHierarchies(a: $hierarchy, b: $other, asOf: $at, first: $size, offset: $offset) {
  differing rows { account { id name } parentA { id } parentB { id name } reason }
}"""
_SALES = """crossSell(first: 5, hierarchy: $hierarchy) {
  score alreadyProposed expectedValue { amount } product { id name }
  evidence { sampleSize rules { confidence lift orders } similarAccounts { account { id } } }
}
whitespace(hierarchy: $hierarchy, by: PRODUCT, first: 20) { orders expected { amount } moves { expected { amount } } }
whitespaceValue(hierarchy: $hierarchy) { amount }"""
_QUESTIONS = (_ROLLUP, _CHART, _SEATS, _BELOW, _TREE, _SIZES, _DIFFERENCES, _SALES)
_TYPES = {
    "id": "ID!", "hierarchy": "Hierarchy", "at": "DateTime", "levels": "Int", "first": "Int", "after": "String",
    "other": "Hierarchy", "open": "[ID!]", "measure": "TreeMeasure", "size": "Int", "offset": "Int",
}  # fmt: skip
_ROLLUPS = "{ accounts(first: 1000) { nodes { id rollup { accounts won { amount } } } } }"


@pytest.fixture
async def empty(store: Store) -> AsyncIterator[Store]:
    await wipe(store)
    yield store
    await wipe(store)


def query(asked: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A query of some fields, with the variables that they have."""
    used = {name: value for name, value in values.items() if f"${name}" in asked}
    declared = ", ".join(f"${name}: {_TYPES[name]}" for name in used)
    return f"query ({declared}) {{ {asked} }}" if used else f"{{ {asked} }}", used


async def test_answers_agree_in_any_order_of_writes_and_reads(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, STEPS)
    assert await pair.columns.load()
    done = written = 0
    for step in range(STEPS):
        if play.rng.random() < _WRITES:
            written += 1
            done += await play.step()
            continue
        if not pair.columns.ready:
            assert await pair.columns.load()
        question = play.rng.choice(_QUESTIONS)
        whole = step % _WHOLE_GRAPH == 0
        asked = (
            f"accounts(first: 500) {{ nodes {{ id {question} }} }}" if whole else f"account(id: $id) {{ {question} }}"
        )
        await pair.agree(*query(asked, {"id": play.pick("Account"), **play.arguments()}))
    assert done > written / 4


async def test_requests_at_once_follow_the_same_events(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 2)
    assert await pair.columns.load()

    async def write() -> None:
        for _ in range(15):
            await play.deal()

    async def read() -> None:
        for _ in range(15):
            answer = await pair.fast.execute(_ROLLUPS, {}, None, principal=Principal(None))
            assert "errors" not in answer.body
            assert pair.columns.ready

    await asyncio.gather(*(write() for _ in range(3)), *(read() for _ in range(6)))
    await pair.agree(_ROLLUPS)


async def test_a_request_that_was_overtaken_keeps_the_columns(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 5)
    assert await pair.columns.load()
    overtaken = asyncio.Event()

    async def slow(reads: Reads) -> Any:
        found = await position(reads)
        await overtaken.wait()
        return found

    monkeypatch.setattr("graph.columns.follow.position", slow)
    waiting = asyncio.ensure_future(pair.columns.current({DEALS.name}))
    await asyncio.sleep(0.2)
    monkeypatch.setattr("graph.columns.follow.position", position)
    assert await play.deal()
    assert await pair.columns.current({DEALS.name}) is not None
    overtaken.set()
    assert await waiting is not None
    assert pair.columns.ready


async def test_an_explained_answer_says_what_columns_answered_and_which_events_it_contains(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 6)
    asked = "{ accounts(first: 1) { nodes { name rollup { accounts } descendants { nodes { id } } } } }"

    async def explained(query: str) -> Any:
        answer = await pair.fast.execute(query, {}, None, principal=Principal(None), explain=True)
        return answer.body["extensions"]["explain"]

    before = await explained(asked)
    assert before == {"position": (await position(empty.reads)).event, "columns": []}
    assert await pair.columns.load()
    assert await play.deal()
    after = {"position": before["position"] + 1, "columns": ["Account.descendants", "Account.rollup"]}
    assert await explained(asked) == after
    assert await explained("{ accounts { totalCount } }") == {**after, "columns": []}
    plain = await pair.fast.execute(asked, {}, None, principal=Principal(None))
    assert "extensions" not in plain.body


async def test_a_table_is_read_again_only_for_questions_that_need_it(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 7)
    assert await pair.columns.load()
    before = await pair.columns.current({KNOWS.name, DEALS.name})
    assert before is not None
    while not await play.log():
        pass
    after = await pair.columns.current({DEALS.name})
    assert after is not None
    assert after.position > before.position
    assert after.tables is before.tables
    followed = await pair.columns.current({KNOWS.name})
    assert followed is not None
    assert followed.tables[DEALS.name] is before.tables[DEALS.name]
    assert followed.tables[KNOWS.name] is not before.tables[KNOWS.name]
    await pair.agree(_ROLLUPS)


async def test_a_change_that_columns_do_not_have_keeps_what_was_computed(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 8)
    assert await pair.columns.load()
    before = await pair.columns.current({DEALS.name})
    assert before is not None
    deal = play.pick("Opportunity")
    assert await play.send("updateOpportunity", {"id": deal, "name": "Another name"})
    after = await pair.columns.current({DEALS.name})
    assert after is not None
    assert after.tables[DEALS.name] is before.tables[DEALS.name]
    assert await play.send("updateOpportunity", {"id": deal, "estimatedValue": {"amount": 0.07, "currency": "USD"}})
    changed = await pair.columns.current({DEALS.name})
    assert changed is not None
    assert changed.tables[DEALS.name] is not before.tables[DEALS.name]


async def test_a_chart_that_is_kept_changes_when_an_employment_ends(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 9)
    account, contact = play.pick("Account"), play.pick("Contact")
    assert await play.send("addEmployment", {"contact": contact, "account": account})
    async with unrecorded(empty.writes):
        ends = "MATCH (:Contact {uid: $uid})-[job:WORKS_AT]->() SET job.validTo = datetime() + $soon RETURN count(job)"
        await play.stage.write(ends, uid=contact, soon=timedelta(seconds=3))
    assert await pair.columns.load()
    chart = query(f"account(id: $id) {{ {_SEATS} }}", {"id": account, "at": None})
    answers = [await pair.agree(*chart) for _ in range(2)]
    assert [len(one["account"]["orgChart"]["seats"]) for one in answers] == [1, 1]
    await asyncio.sleep(3)
    assert (await pair.agree(*chart))["account"]["orgChart"]["seats"] == []
    assert pair.columns.ready


async def test_callers_with_rules_are_answered_by_the_database(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 3)
    assert await pair.columns.load()
    here = "MATCH (a:Account) SET a.city = CASE WHEN a.uid = $uid THEN 'Ely' END RETURN count(a)"
    await play.stage.write(here, uid=play.pick("Account"))
    shape = AccessShape((("Account", selection.Test("city", "eq", selection.AccessValue("city"))),))
    narrow = Executor(
        empty.reads, empty.writes, Options(), policy=lambda _: Access(shape, {"city": "Ely"}), columns=pair.columns
    )
    answer = await narrow.execute(_ROLLUPS, {}, None, principal=Principal(None))
    assert [one["rollup"]["accounts"] for one in answer.body["data"]["accounts"]["nodes"]] == [1]


async def test_a_graph_that_is_too_large_is_left_to_the_database(empty: Store) -> None:
    lines: list[str] = []
    pair = Pair(empty)
    await begun(pair, empty, 4)
    columns = Columns(empty.reads, 1, lines.append)
    await asyncio.wait_for(columns.run(), 10)
    assert not columns.ready
    assert "need more than the 1 bytes of KITH_COLUMNS" in lines[0]


async def test_the_database_answers_while_writes_leave_no_events(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 1)
    assert await pair.columns.load()
    async with unrecorded(empty.writes):
        await play.stage.write("MATCH (o:Opportunity) SET o.estimatedValueBase = 77 RETURN count(o)")
        await pair.agree(_ROLLUPS)
        assert not await pair.columns.load()
    assert not pair.columns.ready
    assert await pair.columns.load()
    await pair.agree(_ROLLUPS)


async def test_the_database_reads_what_an_insight_is_computed_from(empty: Store) -> None:
    pair = Pair(empty)
    play = await begun(pair, empty, 40)
    for _ in range(40):
        await play.step()
    assert await pair.columns.load()
    await pair.agree("{ accounts(first: 1000) { nodes { id insights(first: 20) { rule severity says } } } }")
