"""Statements whose planning Neo4j does not end, on a server of this module's own, because it plans them on and on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import psutil
import pytest

from graph import engine, store
from graph.errors import TooExpensive, Unavailable
from graph.settings import Settings
from graph.store import Bound, Store, connect

pytestmark = pytest.mark.slow

LIMIT = 2.0
RECOVERY = 60.0
GRACE = 2.0  # after the limit of the database, Kith ends a statement itself


def nested(template: str, levels: int) -> Bound:
    """A count with a condition in a condition, deeper than any that Kith compiles from a document within its limits."""
    condition = "n.name = 'x'"
    for level in range(levels):
        condition = template.format(condition, level)
    return Bound("test.endless", f"MATCH (n:Account) WHERE {condition} RETURN count(n)", {})


ENDLESS = (
    nested("({} XOR n.p{} = 1)", 40),
    nested("NOT ({} XOR NOT (n.p{} = 1))", 40),
    nested("NOT ({})", 200),
)


@pytest.fixture
async def own(
    tmp_path_factory: pytest.TempPathFactory, anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    """A store with a short limit on a server of its own, with as many connections as there are endless statements."""
    monkeypatch.setattr(store, "_MAX_CONNECTIONS", len(ENDLESS) + 1)
    monkeypatch.setattr(store, "_RETRY_SECONDS", 0)  # a write also waits for its retries
    settings = Settings.read(data=tmp_path_factory.mktemp("endless") / "data", memory="384m", neo4j_uri=None)
    async with (
        engine.server(settings) as server,
        connect(server.uri, server.user, server.password, seconds=LIMIT) as opened,
    ):
        yield opened


def connections() -> set[int]:
    """The local ports of this process's connections to a database."""
    found = psutil.Process().net_connections("tcp")
    return {one.laddr.port for one in found if one.status == psutil.CONN_ESTABLISHED and one.laddr}


async def answered(send: Callable[[Bound], Awaitable[object]], statement: Bound) -> object:
    """Returns what the database answers when it has recovered; it may go on planning for some time."""
    async with asyncio.timeout(RECOVERY):
        while True:
            try:
                return await send(statement)
            except (Unavailable, TooExpensive):
                await asyncio.sleep(0.1)


async def test_kith_ends_statements_that_are_planned_for_ever_and_replaces_their_connections(own: Store) -> None:
    started = time.perf_counter()
    asked = [asyncio.create_task(own.reads.ask(one)) for one in ENDLESS]
    asked.append(asyncio.create_task(own.writes.change(ENDLESS[0])))
    await asyncio.sleep(LIMIT)
    busy = connections()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    seconds = time.perf_counter() - started
    *reads, write = answers
    # Where planning leaves no core to the server, it does not answer the probe of Kith either.
    for one in reads:
        assert isinstance(one, TooExpensive | Unavailable), one
        assert "longer than 2 seconds" in one.message or "did not answer" in one.message
    # Kith does not know the outcome of a write whose connection it closed, unless the database ended that one in time.
    assert isinstance(write, Unavailable | TooExpensive)
    assert LIMIT + GRACE <= seconds < 3 * (LIMIT + GRACE), "the database has not ended them"
    assert busy - connections(), "no connection was replaced"
    assert await answered(own.reads.ask, Bound("test", "RETURN 1", {})) == 1
    for _ in range(3):
        numbers = await asyncio.gather(*(own.reads.ask(Bound("test", "RETURN $n", {"n": n})) for n in range(8)))
        assert numbers == list(range(8))
    written = Bound("test", "MERGE (n:Lock {name: 'after'}) RETURN n.name", {})
    assert await answered(own.writes.change, written) == "after"
