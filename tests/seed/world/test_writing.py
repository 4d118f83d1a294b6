"""A world in the real database: all of it, once, and nothing of one that was cut short."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from neo4j import AsyncManagedTransaction

from graph import fill_lock
from graph.bulk.create import create_nodes, with_derived
from graph.engine import Server
from graph.errors import Conflict, KithError, Refused
from graph.fill_lock import Found
from graph.query import ownership
from graph.settings import Settings
from graph.store import Bound, Store
from graph.ties import refresh
from seed.world import ensure, write, you
from seed.world.command import add_arguments
from tests.seed.world.rows import UNTIL, Rows, small


async def ask(store: Store, text: str, **parameters: Any) -> Any:
    return await store.reads.ask(Bound("test", text, parameters))


async def counts(store: Store) -> list[int]:
    """The records without the roles, which belong to no world, and the relationships."""
    roles = "COUNT { MATCH (:Role) }"
    found: list[int] = await ask(store, f"RETURN [COUNT {{ MATCH (:Record) }} - {roles}, COUNT {{ MATCH ()-->() }}]")
    return found


def expected(rows: Rows) -> list[int]:
    return [sum(len(one) for one in rows.nodes.values()), sum(len(one) for one in rows.lines.values())]


@pytest.fixture
async def empty(store: Store) -> AsyncIterator[Store]:
    await fill_lock.clear(store.writes)
    yield store
    await fill_lock.clear(store.writes)


class Interrupted(Exception):
    """What a test throws into a write."""


def after(rows: int) -> Any:
    """A progress that ends the write once so many rows are there."""
    done = 0

    def progress(more: int) -> None:
        nonlocal done
        done += more
        if done >= rows:
            raise Interrupted

    return progress


async def test_the_small_world_is_in_the_graph_as_it_was_generated(empty: Store, settings: Settings) -> None:
    written = await write(empty, settings, "small", 1, UNTIL)
    assert [written.nodes, written.relationships] == await counts(empty) == expected(small())
    for label, rows in small().nodes.items():
        stored = await ask(empty, f"MATCH (n:{label}) RETURN collect(properties(n))")
        assert {row["uid"]: plain(row) for row in stored} == {
            uid: plain(with_derived(label, row)) for uid, row in rows.items()
        }
    labels = await ask(empty, "MATCH (n:User {uid: $uid}) RETURN labels(n)", uid=you())
    assert set(labels) == {"Record", "Party", "User"}
    for edge in ("WORKS_AT", "KNOWS", "HAS_LINE", "CHILD_OF"):
        text = f"MATCH (a:Record)-[e:{edge}]->(b:Record) RETURN collect([a.uid, b.uid, properties(e)])"
        stored = sorted((start, end, repr(plain(values))) for start, end, values in await ask(empty, text))
        assert stored == sorted((line.start, line.end, repr(plain(line.values))) for line in small().lines[edge])
    assert await ask(empty, ownership.PENDING) == 0
    again = await refresh.rebuild(empty.writes, now=UNTIL)
    assert (again.created, again.changed, again.removed) == (0, 0, 0)
    assert again.ties == len(small().lines["KNOWS"])
    assert await ensure(empty, settings, "small") is None
    with pytest.raises(Refused, match="requires an empty graph"):
        await write(empty, settings, "small", 1)


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """The row in the order of its names, moments as seconds, days as Python's own."""
    native = {name: value.to_native() if hasattr(value, "to_native") else value for name, value in sorted(row.items())}
    return {name: value.timestamp() if isinstance(value, datetime) else value for name, value in native.items()}


async def test_a_write_that_failed_is_done_again_from_nothing(empty: Store, settings: Settings) -> None:
    with pytest.raises(Interrupted):
        await write(empty, settings, "small", 2, progress=after(5_000))
    assert (await counts(empty))[0] > 0
    assert await fill_lock.is_unfinished(empty.reads)
    written = await ensure(empty, settings, "small")
    assert written is not None
    assert await counts(empty) == [written.nodes, written.relationships]
    assert not await fill_lock.is_unfinished(empty.reads)


async def test_of_two_at_once_one_writes_and_the_other_waits_for_it(empty: Store, settings: Settings) -> None:
    both = await asyncio.gather(ensure(empty, settings, "small"), ensure(empty, settings, "small"))
    (written,) = [one for one in both if one is not None]
    assert await counts(empty) == [written.nodes, written.relationships]


async def test_a_writer_that_was_killed_is_found_out_at_once(
    empty: Store, settings: Settings, server: Server, project: Path
) -> None:
    environment = {
        **os.environ,
        "NEO4J_URI": server.uri,
        "NEO4J_USER": server.user,
        "NEO4J_PASSWORD": server.password,
        "PYTHONPATH": str(project),
    }
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "seed", "world", "--size", "medium", env=environment, cwd=project
    )
    while not (await counts(empty))[0]:
        assert writer.returncode is None
        await asyncio.sleep(0.05)
    writer.send_signal(signal.SIGKILL)
    await writer.wait()
    written = await asyncio.wait_for(ensure(empty, settings, "small"), fill_lock.SILENCE * 5)
    assert written is not None
    assert written.nodes < 10_000
    assert await counts(empty) == [written.nodes, written.relationships]


async def test_the_last_transaction_of_a_killed_writer_ends_before_another_writes(empty: Store) -> None:
    """The commit of a dead process can be on its way when the next one claims the lock."""
    _, first = await fill_lock.claim(empty.writes, "test")
    assert first is not None
    begun = asyncio.Event()

    async def work(transaction: AsyncManagedTransaction) -> None:
        await (await transaction.run("CREATE (:Record {uid: 'late'})")).consume()
        begun.set()
        await asyncio.sleep(1)

    late = asyncio.ensure_future(empty.writes.owned(first.token, first.check, 30).in_transaction(work, name="late"))
    await begun.wait()
    await first.give_up(empty.writes)
    _, second = await fill_lock.claim(empty.writes, "test")
    assert second is not None
    async with fill_lock.held(second, empty.writes, 30) as held:
        await fill_lock.clear(held.writes)
        with pytest.raises(KithError):
            await late
        assert await counts(empty) == [0, 0]
        with pytest.raises(Conflict, match="taken over"):
            await create_nodes(empty.writes.owned(first.token, first.check, 30), [])
        await second.finish(held.writes, 0, 0)


async def test_a_right_that_another_took_over_is_lost(empty: Store) -> None:
    found, right = await fill_lock.claim(empty.writes, "test")
    assert found is Found.EMPTY
    assert right is not None
    assert await fill_lock.claim(empty.writes, "test") == (Found.WRITING, None)
    await right.give_up(empty.writes)
    found, other = await fill_lock.claim(empty.writes, "test")
    assert found is Found.INTERRUPTED
    assert other is not None
    for lost in (right.beat(empty.writes), right.finish(empty.writes, 0, 0), right.give_up(empty.writes)):
        with pytest.raises(Conflict, match="taken over"):
            await lost
    with pytest.raises(Conflict, match="has 0 records"):
        await other.finish(empty.writes, 5, 5)
    await other.finish(empty.writes, 0, 0)
    assert (await fill_lock.claim(empty.writes, "test"))[0] is Found.EMPTY


def test_the_command_takes_a_day_and_refuses_what_is_none() -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_arguments(parser)
    assert parser.parse_args(["--until", "2026-01-05"]).until == datetime(2026, 1, 5, tzinfo=UNTIL.tzinfo)
    assert vars(parser.parse_args([])) == {"size": "small", "rng": 1, "until": None, "replace": False}
    with pytest.raises(argparse.ArgumentError, match="is not a date"):
        parser.parse_args(["--until", "yesterday"])
