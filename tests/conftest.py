"""What every test may ask for: one event loop and one Neo4j server for the whole run."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import neo4j
import pytest

from graph import engine, indexes, schema_version
from graph.errors import Unavailable
from graph.migrations.execution import CURRENT
from graph.search.analysis import WORDS
from graph.settings import MEBIBYTE, Settings
from graph.store import Bound, Statement, Store, connect
from graph.vocabulary import ENDPOINTS, ENTITIES, READ_ONLY, deleted_label


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run on asyncio: session-wide, so that fixtures and tests share one event loop."""
    return "asyncio"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of this run: a data folder of its own, and memory for the plans of every statement there is."""
    return Settings.read(data=tmp_path_factory.mktemp("kith"), memory=2048 * MEBIBYTE)


@pytest.fixture(scope="session")
async def server(settings: Settings, anyio_backend: str) -> AsyncIterator[engine.Server]:
    """The Neo4j server of this run, started once."""
    async with engine.server(settings) as running:
        yield running


@pytest.fixture(scope="session")
async def driver(server: engine.Server) -> AsyncIterator[neo4j.AsyncDriver]:
    """The official driver, connected to the server of this run."""
    async with neo4j.AsyncGraphDatabase.driver(server.uri, auth=(server.user, server.password)) as connected:
        yield connected


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the repository."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; skips where it is absent, since the golden figures cannot be checked without."""
    root = Path(__file__).parents[1]
    folder = (root / os.environ.get("KITH_SHARED_DATA", "../shared/data")).resolve()
    if not (folder / "EXPECTED.json").is_file():
        pytest.skip(f"GOLDEN FIGURES NOT CHECKED: no EXPECTED.json in {folder}; set KITH_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def expected(shared_data: Path) -> Callable[[str], Any]:
    """What is published about one of the data sets."""
    answers = json.loads((shared_data / "EXPECTED.json").read_text(encoding="utf-8"))
    return lambda name: answers[name]


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
        await schema_version.write(opened.writes, CURRENT)
        await speak(opened)
        yield opened


async def speak(opened: Store) -> None:
    """Makes every label, type and property name known to the database, which remarks on unknown ones."""
    entities = [*ENTITIES.values(), *READ_ONLY.values()]
    labels = sorted({label for one in entities for label in one.labels} | {"Sequence", "DeletedRelationship"})
    labels += [deleted_label(label) for label in ENTITIES]
    names = sorted(
        {name for one in entities for name in one.properties}
        | {"value", "held", "other", "outgoing", "type", "provenance", "removed", "after.contact", "after.record"}
        | {WORDS}
    )
    carried = sorted({name for one in ENDPOINTS for name in one.model.properties})
    money = [name + more for name in (*names, *carried) for more in ("Currency", "Base")]
    await opened.writes.change(
        Bound("speak", f"CREATE (n:{':'.join(labels)}) SET n = $values DELETE n RETURN 0", {
            "values": dict.fromkeys((*names, *carried, *money), "x"),
        })
    )  # fmt: skip
    for edge in sorted({one.edge for one in ENDPOINTS} | {"HAD_RELATIONSHIP"}):
        text = f"CREATE (n:Tokens)-[e:{edge}]->(n) DELETE e, n RETURN 0"
        await opened.writes.change(Bound("speak", text, {}))


async def wipe(store: Store) -> None:
    """Removes everything from the graph but its version, without which a server that starts would refuse it."""
    text = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
    await store.writes.autocommit(Bound("wipe", text, {}), seconds=120)
    await schema_version.write(store.writes, CURRENT)


async def fill(store: Store, name: str, load: Callable[[], Awaitable[object]]) -> None:
    """Leaves `name` in the graph: nothing is done when it is there, whoever wiped the graph wiped the note too.

    Statements are planned again, because a plan for the data of another test may need more memory than is allowed.
    """
    note = Bound("note", "MATCH (c:Contents) WHERE c.name = $name RETURN count(c)", {"name": name})
    if await store.reads.ask(note):
        return
    await wipe(store)
    await load()
    await indexes.replan(store.writes)
    await store.writes.change(Bound("note", "CREATE (c:Contents {name: $name}) RETURN c.name", {"name": name}))


async def back(store: Store) -> None:
    """Waits until the server answers again."""
    for _ in range(600):
        try:
            await store.reads.ask(Statement("test.back", "RETURN 1").bind())
        except Unavailable:
            await asyncio.sleep(0.5)
        else:
            return
    raise AssertionError("The server did not come back.")
