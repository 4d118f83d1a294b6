"""Heavy statements run a few at a time, and light ones beside them; a statement ends with the one that waits for it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from graph import admission, engine, store
from graph.admission import HEAVY_SECONDS, Admission, HeavyEntry, Lane
from graph.errors import Busy, KithError
from graph.store import Bound, Statement, Store, connect

HEAVY = 2
LIMIT = 60.0
ROWS = 8_000_000
# A statement that takes a time that depends on a parameter.
WORK = "UNWIND range(1, $rows) AS n WITH toString(n) AS text WHERE text CONTAINS $kind RETURN count(text)"
ENDLESS = 1_000_000_000

_RUNNING = Statement(
    "admission.running",
    "SHOW TRANSACTIONS YIELD metaData, currentQuery WHERE metaData.name STARTS WITH 'heavy' RETURN count(*) AS running",
)


def work(rows: int, kind: str = "") -> Bound:
    return Bound("heavy.test", f"{WORK} // {kind}", {"rows": rows, "kind": "x"})


@pytest.fixture
async def limited(server: engine.Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """A store that runs two heavy statements at a time, and for which those of `ROWS` rows are heavy."""
    monkeypatch.setattr(admission, "HEAVY_SECONDS", 0.15)
    monkeypatch.setattr(store, "HEAVY_SECONDS", 0.15)
    async with connect(server.uri, server.user, server.password, seconds=LIMIT, heavy=HEAVY) as opened:
        yield opened


async def running(opened: Store) -> int:
    """The number of heavy statements that the database runs, asked beside the lanes."""
    return int((await opened.writes.records(_RUNNING.bind()))[0]["running"])


async def until_none_runs(opened: Store) -> None:
    async with asyncio.timeout(LIMIT / 4):
        while await running(opened):  # noqa: ASYNC110  (the database does not notify)
            await asyncio.sleep(0.02)


async def learned(opened: Store, bound: Bound) -> None:
    """Runs a statement until it is known to be heavy."""
    while not isinstance(opened.reads.admission.lane(bound.text, bound.parameters), HeavyEntry):
        await opened.reads.ask(bound)


async def test_a_few_heavy_statements_run_at_a_time_while_light_ones_pass(limited: Store) -> None:
    await learned(limited, work(ROWS))
    light = Bound("light.test", "RETURN $n", {"n": 1})
    await limited.reads.ask(light)
    asked = [asyncio.create_task(limited.reads.ask(work(ROWS))) for _ in range(5)]
    most = answered = 0
    while not all(one.done() for one in asked):
        most = max(most, await running(limited))
        await limited.reads.ask(light)
        answered += not asked[0].done()
        await asyncio.sleep(0.01)
    assert 1 <= most <= HEAVY
    assert answered > 0
    assert {type(one.exception()) for one in asked} <= {type(None), Busy}, asked
    assert sum(one.exception() is None for one in asked) >= HEAVY


async def test_a_statement_that_would_wait_for_too_long_is_refused_with_a_remedy(
    limited: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited.reads.admission.heavy, "_seconds", 1.0)
    await learned(limited, work(ROWS))
    asked = [asyncio.create_task(limited.reads.ask(work(ROWS))) for _ in range(40)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    refused = [one for one in answers if isinstance(one, KithError)]
    assert 0 < len(refused) < len(asked)
    assert answers[:HEAVY] == [0] * HEAVY
    for one in refused:
        assert isinstance(one, Busy)
        assert one.extensions["code"] == "UNAVAILABLE"
        assert "Try again in" in one.remedy
    assert await limited.reads.ask(work(ROWS)) == 0


async def test_the_same_text_with_other_values_is_light(limited: Store) -> None:
    large, small = work(ROWS, "shared"), work(1, "shared")
    for _ in range(3):
        await limited.reads.ask(small)
    await learned(limited, large)
    asked = [asyncio.create_task(limited.reads.ask(large)) for _ in range(4)]
    await asyncio.sleep(0.05)
    await limited.reads.ask(small)
    assert not all(one.done() for one in asked)
    await asyncio.gather(*asked, return_exceptions=True)


@pytest.mark.parametrize("known", [False, True])
async def test_a_statement_ends_with_the_task_that_waits_for_it(limited: Store, known: bool) -> None:
    if known:
        await learned(limited, work(ROWS, "leaves"))
    asked = asyncio.create_task(limited.reads.ask(work(ENDLESS, "leaves")))
    while not await running(limited):  # noqa: ASYNC110  (the database does not notify)
        await asyncio.sleep(0.01)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await until_none_runs(limited)


async def test_a_task_that_ends_while_it_waits_gives_its_place_to_the_next(limited: Store) -> None:
    await learned(limited, work(ROWS, "place"))
    asked = [asyncio.create_task(limited.reads.ask(work(ROWS, "place"))) for _ in range(5)]
    await asyncio.sleep(0.1)
    for one in asked[1:-1]:
        one.cancel()
    assert await asked[0] == 0
    assert await asked[-1] == 0
    await until_none_runs(limited)
    assert limited.reads.admission.heavy.expected == pytest.approx(0)
    assert await asyncio.gather(*(limited.reads.ask(work(ROWS, "place")) for _ in range(HEAVY))) == [0] * HEAVY


async def test_many_writes_wait_and_leave_connections_to_reads(limited: Store) -> None:
    locked = Bound("write.test", "MERGE (n:Lock {name: 'admission'}) SET n.at = timestamp() RETURN 1", {})
    slow = Bound("write.slow", "UNWIND range(1, 200000) AS n WITH n WHERE n % 7 = 8 RETURN count(n)", {})
    await limited.writes.change(locked)
    writes = [asyncio.create_task(limited.writes.change(locked, slow)) for _ in range(150)]
    await asyncio.sleep(0.05)
    assert await limited.reads.ask(Bound("light.test", "RETURN 1", {})) == 1
    answers = await asyncio.gather(*writes, return_exceptions=True)
    assert set(map(type, answers)) <= {int, Busy}
    assert answers[0] == 0


@pytest.mark.parametrize("seed", range(20))
async def test_lanes_are_never_overfull_and_every_turn_is_given_back(seed: int) -> None:
    """Random statements with random costs, of which some are cancelled while they wait or run."""
    rng = random.Random(seed)
    admitted = Admission(heavy=HEAVY, seconds=1.0)
    inside: Counter[int] = Counter()

    async def statement(text: str, parameters: dict[str, Any]) -> None:
        entry = admitted.lane(text, parameters)
        lane = entry.lane if isinstance(entry, HeavyEntry) else entry
        await entry.enter()
        try:
            inside[id(lane)] += 1
            assert inside[id(lane)] <= lane.size
            await asyncio.sleep(rng.random() / 500)
            seconds = HEAVY_SECONDS * (2 if "heavy" in text or parameters["n"] == 3 else rng.random())
            admitted.took(text, parameters, seconds)
        finally:
            inside[id(lane)] -= 1
            entry.leave()

    tasks = []
    for _ in range(300):
        text = rng.choice(["light", "heavy", "mixed", f"new {rng.randrange(20)}"])
        tasks.append(asyncio.create_task(statement(text, {"n": rng.randrange(4)})))
        if rng.random() < 0.2:
            rng.choice(tasks).cancel()
        if rng.random() < 0.3:
            await asyncio.sleep(rng.random() / 1000)
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(one) for one in answers} <= {type(None), Busy, asyncio.CancelledError}
    assert admitted.heavy.expected == pytest.approx(0)
    for lane in (admitted.light, admitted.new, admitted.heavy):
        for _ in range(lane.size):
            assert not lane._turns.locked()
            await lane.enter()
    assert isinstance(admitted.lane("heavy", {"n": 0}), HeavyEntry)
    assert admitted.lane("light", {"n": 0}) is admitted.light
    assert isinstance(admitted.lane("mixed", {"n": 3}), HeavyEntry | Lane)


def test_one_pause_of_the_database_does_not_make_a_statement_heavy() -> None:
    admitted = Admission(heavy=1)
    light = ("light", {"n": 1})
    assert admitted.lane(*light) is admitted.new
    admitted.took(*light, 0.001)
    assert admitted.lane(*light) is admitted.light
    admitted.took(*light, 5 * HEAVY_SECONDS)
    assert admitted.lane(*light) is admitted.light
    admitted.took(*light, 0.001)
    admitted.took(*light, 2 * HEAVY_SECONDS)
    admitted.took("light", {"n": 2}, 0.001)
    admitted.took(*light, 2 * HEAVY_SECONDS)
    assert isinstance(admitted.lane(*light), HeavyEntry)
    assert admitted.lane("light", {"n": 2}) is admitted.light
    admitted.took(*light, 0.001)
    assert admitted.lane(*light) is admitted.light


def test_a_new_statement_whose_planning_took_long_stays_in_the_lane_of_new_ones() -> None:
    admitted = Admission(heavy=1)
    admitted.took("new", {}, 12.0)
    assert admitted.lane("new", {}) is admitted.new
    admitted.took("new", {}, 12.0)
    assert isinstance(admitted.lane("new", {}), HeavyEntry)
    admitted.took("new", {}, 0.001)
    assert admitted.lane("new", {}) is admitted.light
