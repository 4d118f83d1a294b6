"""A door to GraphQL on the demo world, and a way to ask that counts statements."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from graph import engine, indexes
from graph.settings import Settings
from graph.store import Bound, Store, connect
from graph.vocabulary import ENDPOINTS, ENTITIES
from schema.context import Caller
from schema.door import Door
from seed.world.generate import you
from seed.world.writing import write
from tests.schema.verbs_stage import Stage

UNTIL = datetime(2026, 6, 30, tzinfo=UTC)

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="session")
def sent() -> list[str]:
    """The names of the statements sent, in order."""
    return []


@pytest.fixture(scope="session")
async def store(server: engine.Server, sent: list[str]) -> AsyncIterator[Store]:
    """A store on the server of this run, with constraints and indexes."""
    address = (server.uri, server.user, server.password)
    async with connect(
        *address, database=server.database, seconds=60, observe=lambda name, _: sent.append(name)
    ) as opened:
        await indexes.install(opened.writes)
        await speak(opened)
        yield opened


async def speak(opened: Store) -> None:
    """Makes every label, type and property name known to the database, which remarks on unknown ones."""
    labels = sorted({label for one in ENTITIES.values() for label in one.labels})
    names = sorted({name for one in ENTITIES.values() for name in one.properties})
    carried = sorted({name for one in ENDPOINTS for name in one.model.properties})
    money = [name + more for name in (*names, *carried) for more in ("Currency", "Base")]
    await opened.writes.change(
        Bound("speak", f"CREATE (n:{':'.join(labels)}) SET n = $values DELETE n RETURN 0", {
            "values": dict.fromkeys((*names, *carried, *money), "x"),
        })
    )  # fmt: skip
    for edge in sorted({one.edge for one in ENDPOINTS}):
        text = f"CREATE (n:Tokens)-[e:{edge}]->(n) DELETE e, n RETURN 0"
        await opened.writes.change(Bound("speak", text, {}))


@pytest.fixture(scope="session")
def door(store: Store) -> Door:
    """The door to GraphQL; it outlives what is in the graph."""
    return Door(store.reads, store.writes)


async def fill(store: Store, name: str, load: Callable[[], Awaitable[object]]) -> None:
    """Leaves `name` in the graph: nothing is done when it is there, whoever wiped the graph wiped the note too."""
    note = Bound("note", "MATCH (c:Contents) WHERE c.name = $name RETURN count(c)", {"name": name})
    if await store.reads.ask(note):
        return
    await store.writes.alone(
        Bound("wipe", "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS", {}), seconds=120
    )
    await load()
    await store.writes.change(Bound("note", "CREATE (c:Contents {name: $name}) RETURN c.name", {"name": name}))


@pytest.fixture
async def world(store: Store, settings: Settings) -> None:
    """The small demo world, as of a fixed day."""
    await fill(store, "world", lambda: write(store, settings, "small", 1, UNTIL, replace=True))


@pytest.fixture
def ask(door: Door, sent: list[str]) -> Ask:
    """Asks and gives `data`; fails on errors, and when the number of statements is not the stated one."""

    async def asked(query: str, variables: dict[str, Any] | None = None, *, statements: int = 1) -> Any:
        before = len(sent)
        answer = await door.answer(query, variables, None, caller=Caller(you()))
        assert "errors" not in answer.body, answer.body["errors"]
        assert len(sent) - before == statements, sent[before:]
        return answer.body["data"]

    return asked


@pytest.fixture
def refused(door: Door) -> Ask:
    """Asks and gives the first error; fails without one."""

    async def asked(query: str, variables: dict[str, Any] | None = None) -> Any:
        answer = await door.answer(query, variables, None, caller=Caller(you()))
        return answer.body["errors"][0]

    return asked


@pytest.fixture
async def stage(store: Store, door: Door) -> Stage:
    """A stage for verbs, with nothing else in the graph."""

    async def nothing() -> None:
        """An empty graph."""

    await fill(store, "verbs", nothing)
    return Stage(door, store)
