"""Backups of a server of this module's own, because it is suspended and its process is looked at."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from graph import engine, indexes, schema_version
from graph.backup.create import Backup, create
from graph.backup.restore import restore
from graph.counts import counts
from graph.engine import java
from graph.engine.folder import Folder
from graph.engine.suspension import unchanging
from graph.errors import Refused, Unavailable
from graph.event_chain.sealing import seal
from graph.event_chain.verification import verify
from graph.events import write_batch_event
from graph.settings import Settings
from graph.store import Statement, Store, connect

pytestmark = pytest.mark.slow

WRITERS = 4
ACKNOWLEDGED_BEFORE = 500
NEWEST = 2
PAIR = Statement(
    "test.pair",
    "CREATE (:Record:Half {uid: $first, number: $number})<-[:OF]-(:Record:Half {uid: $second, number: $number, "
    "text: $text}) RETURN $number AS number",
)
HALVES = Statement(
    "test.halves",
    "MATCH (n:Half) WITH n.number AS number, count(n) AS halves, sum(COUNT { (n)-[:OF]->() }) AS edges "
    "RETURN {numbers: collect(number), broken: sum(CASE WHEN halves = 2 AND edges = 1 THEN 0 ELSE 1 END)} AS found",
)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a data folder of this module's own."""
    return Settings.read(data=tmp_path_factory.mktemp("backup") / "data", memory="384m", neo4j_uri=None)


@pytest.fixture(scope="module")
async def live(own: Settings, anyio_backend: str) -> AsyncIterator[Store]:
    """A store on a local server, with indexes and a version."""
    async with engine.server(own) as server, opened(server) as store:
        await indexes.install(store.writes)
        await schema_version.write(store.writes, NEWEST)
        for _ in range(3):
            await write_batch_event(store.writes, "test", {}, now=datetime.now(UTC))
        await seal(store.writes)
        yield store


def opened(server: engine.Server) -> AbstractAsyncContextManager[Store]:
    return connect(server.uri, server.user, server.password, seconds=60)


async def write_pairs(
    store: Store, writer: int, acknowledged: list[int], many: asyncio.Event, stop: asyncio.Event
) -> None:
    """Writes pairs as fast as it can: two records and what connects them, each pair in one transaction."""
    number = writer
    while not stop.is_set():
        names = {"first": f"{number}-first", "second": f"{number}-second"}
        await store.writes.change(PAIR.bind(number=number, text="x" * (number % 3000), **names))
        acknowledged.append(number)
        if len(acknowledged) >= ACKNOWLEDGED_BEFORE:
            many.set()
        number += WRITERS


async def test_a_backup_under_load_holds_whole_transactions_and_all_that_were_committed_before(
    live: Store, own: Settings, tmp_path: Path
) -> None:
    acknowledged: list[int] = []
    many, stop = asyncio.Event(), asyncio.Event()
    writers = [asyncio.create_task(write_pairs(live, writer, acknowledged, many, stop)) for writer in range(WRITERS)]
    await many.wait()
    before = set(acknowledged)
    backup = await create(own, tmp_path / "backup")
    after = set(acknowledged)
    stop.set()
    await asyncio.gather(*writers)
    assert len(after) > len(before), "the writers went on while the backup was made"

    found, halves = await restored(backup, tmp_path / "other")
    assert halves["broken"] == 0
    assert before <= set(halves["numbers"]) <= set(acknowledged)
    assert len(halves["numbers"]) == len(set(halves["numbers"]))
    manifest = backup.manifest
    assert found == {
        "nodes": manifest.nodes,
        "relationships": manifest.relationships,
        "labels": {**dict.fromkeys(found["labels"], 0), **manifest.labels},
    }
    assert manifest.labels["Half"] == 2 * manifest.relationships == 2 * len(halves["numbers"])
    assert manifest.schemaVersion == NEWEST
    assert names(tmp_path) == ["backup", "other"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def restored(backup: Backup, data: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a server finds in a backup that was restored into another folder, with indexes as they were."""
    settings = Settings.read(data=data, memory="384m", neo4j_uri=None)
    restore(settings, backup.path, newest=NEWEST)
    async with engine.server(settings) as server, opened(server) as store:
        assert not await indexes.drift(store.reads)
        assert (await schema_version.read(store.reads)).version == NEWEST
        events = await verify(store.reads)
        assert (events.checked, events.problem) == (3, None)
        return dict(await counts(store.reads)), await store.reads.ask(HALVES.bind())


async def test_the_server_answers_before_and_after_and_only_waits_in_between(live: Store, own: Settings) -> None:
    folder = Folder(own.data)
    process = java.server_process(folder)
    assert process is not None
    one = Statement("test.one", "RETURN 1 AS one")
    with unchanging(folder):
        assert process.status() == psutil.STATUS_STOPPED
        waiting = asyncio.create_task(live.reads.ask(one.bind()))
        await asyncio.sleep(0.5)
        assert not waiting.done()
    assert await asyncio.wait_for(waiting, 10) == 1
    assert folder.state().pid == process.pid


def test_a_server_whose_backup_was_killed_is_resumed(live: Store, own: Settings, project: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom graph.engine.folder import Folder\n"
        "from graph.engine.suspension import unchanging\n"
        "with unchanging(Folder(Path(sys.argv[1]))):\n    print('suspended', flush=True)\n    time.sleep(600)\n"
    )
    server = java.server_process(Folder(own.data))
    assert server is not None
    with subprocess.Popen(
        [sys.executable, "-c", code, str(own.data)], cwd=project, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "suspended\n"
        assert not java.answers(Folder(own.data).state().port, 0.5)
        process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while not java.answers(Folder(own.data).state().port):
        assert time.monotonic() < until
    assert java.server_process(Folder(own.data)) == server
    with unchanging(Folder(own.data)):
        pass


def test_a_copy_during_which_the_server_was_resumed_is_none(live: Store, own: Settings) -> None:
    process = java.server_process(Folder(own.data))
    assert process is not None

    def resumed() -> None:
        with unchanging(Folder(own.data)):
            process.resume()
            time.sleep(0.1)

    with pytest.raises(Unavailable, match="did not stay suspended"):
        resumed()


async def test_a_path_that_is_taken_or_a_folder_without_a_database_is_refused(own: Settings, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(Refused, match="already exists"):
        await create(own, tmp_path / "taken")
    empty = Settings.read(data=tmp_path / "none", neo4j_uri=None)
    with pytest.raises(Refused, match="No database found in"):
        await create(empty, tmp_path / "backup")
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be written"):
        await create(own, tmp_path / "file" / "backup")


def ran(project: Path, settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    return subprocess.run(
        [sys.executable, "-m", "graph", *arguments],
        cwd=project,
        env=environment | {"KITH_DATA": str(settings.data), "KITH_MEMORY": "384m"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_make_a_backup_in_a_folder_and_restore_it(
    live: Store, own: Settings, project: Path, tmp_path: Path
) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    (tmp_path / f".kith-backup-{int(ended.stdout)}-killed").mkdir()
    (tmp_path / f".kith-backup-{os.getpid()}-alive").mkdir()
    done = ran(project, own, "backup", str(tmp_path))
    assert done.returncode == 0, done.stderr
    made = next(tmp_path.glob("kith-*.kith.tar.gz"))
    assert done.stdout.startswith(f"{made}: ")
    assert names(tmp_path) == [f".kith-backup-{os.getpid()}-alive", made.name]
    refused = ran(project, own, "restore", str(made))
    assert refused.returncode == 1
    assert "A Neo4j server runs in" in refused.stderr
    other = Settings.read(data=tmp_path / "other", neo4j_uri=None)
    done = ran(project, other, "restore", str(made))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Restored ")
    refused = ran(project, other, "restore", str(made))
    assert refused.returncode == 2
    assert "already contains a database" in refused.stderr
    assert ran(project, other, "restore", str(made), "--replace").returncode == 0
