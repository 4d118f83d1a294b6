"""Neo4j killed amid a load: whole batches are there, and the load run again completes it."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from graph import engine, indexes
from graph.bulk.batch import BATCH
from graph.engine import Folder
from graph.errors import Unavailable
from graph.settings import MEBIBYTE, Settings
from graph.store import connect
from tests.conftest import back
from tests.seed.conftest import Desk, totals

COUNT = 16 * BATCH

PEOPLE = """
[[nodes]]
file = "people.csv"
label = "Contact"
key = "id"
[nodes.fields]
fullName = "name"

[[edges]]
file = "people.csv"
type = "REPORTS_TO"
where = { boss = { not = "" } }
from = { label = "Contact", key = "id" }
to = { label = "Contact", key = "boss" }
"""


async def test_after_a_kill_of_neo4j_amid_a_load_the_next_load_completes_it(tmp_path: Path) -> None:
    settings = Settings.read(data=tmp_path / "data", neo4j_uri=None, memory=512 * MEBIBYTE)
    folder = tmp_path / "source"
    folder.mkdir()
    async with (
        engine.server(settings) as server,
        connect(server.uri, server.user, server.password, database=server.database, seconds=60) as store,
    ):
        await indexes.install(store.writes)
        desk = Desk(store, folder, tmp_path / "rejects.csv")
        people = "".join(f"{n},person {n},{n // 2 or ''}\n" for n in range(1, COUNT + 1))
        desk.write("people.csv", f"id,name,boss\n{people}")
        mapping = desk.mapping(PEOPLE)
        loading = asyncio.create_task(desk.by(mapping, folder))
        while await desk.ask("MATCH (n:Contact) RETURN count(n)") == [[0]]:  # noqa: ASYNC110  nothing else tells
            await asyncio.sleep(0.02)
        os.kill(Folder(settings.data).state().pid, signal.SIGKILL)
        # The driver's patience may outlast the restart, then the load has gone on; if not, it says what is wrong.
        with suppress(Unavailable):
            await loading
        await back(store)
        ((left,),) = await desk.ask("MATCH (n:Contact) RETURN count(n)")
        assert left % BATCH == 0
        line = (await desk.by(mapping, folder))["Contact (people.csv)"]
        # A batch that was under way beside the one that failed may still have come through: it is there in full.
        assert left <= line.unchanged <= COUNT
        assert line.unchanged % BATCH == 0
        assert line.created == COUNT - line.unchanged
        assert await desk.ask("MATCH (n:Contact) RETURN count(n)") == [[COUNT]]
        assert await desk.ask("MATCH (:Contact)-[r:REPORTS_TO]->(:Contact) RETURN count(r)") == [[COUNT - 1]]
        assert totals(await desk.by(mapping, folder)) == (0, 0, 0)
