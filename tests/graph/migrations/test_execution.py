"""Migrations of a server of this module's own, because they change the version of the whole graph."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from graph import engine, schema_version
from graph.backup import archive
from graph.bulk.create import with_derived
from graph.engine.folder import Folder
from graph.errors import Conflict, Refused
from graph.migrations import execution
from graph.migrations.execution import CURRENT, incomplete, migrate, repair
from graph.migrations.registry import STEPS as DECLARED
from graph.migrations.registry import Change, Step
from graph.migrations.steps import to_2_reporting_kind
from graph.settings import Settings
from graph.store import Bound, Statement, Store, connect
from tests.graph.migrations import old

pytestmark = pytest.mark.slow

MANY = 40_000
STEPS = list(range(2, CURRENT + 1))

# migrates as `python -m graph migrate` does, one row a transaction, so that it can be killed in the middle
SLOWLY = """
import anyio
from graph import commands
from graph.migrations import execution
from graph.settings import Settings

execution._ROWS = 1
execution._SECONDS_BETWEEN_REPORTS = 0.05
anyio.run(lambda: commands.migrate(Settings.read(), yes=False))
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a data folder of this module's own."""
    return Settings.read(data=tmp_path_factory.mktemp("migrations") / "data", memory="384m", neo4j_uri=None)


@pytest.fixture(scope="module")
async def local(own: Settings, anyio_backend: str) -> AsyncIterator[engine.Server]:
    """The server of that folder."""
    async with engine.server(own) as server:
        yield server


@pytest.fixture(scope="module")
def foreign(own: Settings, local: engine.Server) -> Settings:
    """The settings of somebody who did not start that server."""
    return own.model_copy(update={"neo4j_uri": local.uri, "data": own.data.parent / "none"})


@pytest.fixture
async def store(local: engine.Server) -> AsyncIterator[Store]:
    """A store on that server, with the graph that 0.1.0 left."""
    async with connect(local.uri, local.user, local.password, seconds=60) as opened:
        await old.write(opened)
        yield opened


async def version(store: Store) -> int | None:
    return (await schema_version.read(store.reads)).version


async def without_kind(store: Store) -> int:
    return int(await store.reads.ask(to_2_reporting_kind.PENDING.bind()))


async def elsewhere(foreign: Settings) -> engine.Server:
    async with engine.server(foreign) as server:
        assert not server.local
        return server


async def test_a_migration_that_is_killed_goes_on_with_the_backup_it_began_with(
    store: Store, own: Settings, local: engine.Server, project: Path
) -> None:
    backups = Folder(own.data).backups
    backups.mkdir()
    for year in (2021, 2022, 2023):
        (backups / f"before-migration-{year}0101T000000.kith.tar.gz").touch()
    add = (
        "UNWIND range(1, $many) AS i CALL (i) { CREATE (a:Record {uid: 'many' + i})-[:REPORTS_TO]->(a) } "
        "IN TRANSACTIONS OF 5000 ROWS"
    )
    await store.writes.autocommit(Bound("test.add", add, {"many": MANY}))
    total = await without_kind(store)
    assert total == MANY + old.WITHOUT_KIND
    assert await version(store) == schema_version.FIRST

    await asyncio.to_thread(killed_in_the_middle, project, own)
    left = await without_kind(store)
    assert 0 < left < total
    stored = await schema_version.read(store.reads)
    assert stored.version == schema_version.FIRST
    assert stored.backup is not None

    said: list[str] = []
    first, second = await asyncio.gather(*(migrate(store, own, local, said.append) for _ in range(2)))
    assert [one.to for one in (*first, *second)] == STEPS
    assert any(f"the backup before it is {stored.backup}." in line for line in said)
    assert await without_kind(store) == 0
    assert await schema_version.read(store.reads) == schema_version.Stored(CURRENT, None)
    assert [path.name[:21] for path in sorted(backups.iterdir())] == [
        "before-migration-2022", "before-migration-2023", stored.backup[:21],
    ]  # fmt: skip
    manifest = archive.read_manifest(backups / stored.backup)
    assert manifest.schemaVersion == schema_version.FIRST
    assert manifest.labels["Event"] == old.EVENTS


def killed_in_the_middle(project: Path, settings: Settings) -> None:
    """Starts a migration in a process of its own and kills it while the step is under way."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    with subprocess.Popen(
        [sys.executable, "-u", "-c", SLOWLY],
        cwd=project,
        env=environment | {"KITH_DATA": str(settings.data), "KITH_MEMORY": "384m"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("  ") and not line.startswith("  0 of"):
                break
        assert lines[0].startswith("Pending: version 2, "), lines
        process.send_signal(signal.SIGKILL)
    # the statement that was under way ends when the server finds that its caller is gone
    time.sleep(2)


async def test_an_unattended_start_never_migrates_a_server_that_kith_did_not_start(
    store: Store, foreign: Settings
) -> None:
    server = await elsewhere(foreign)
    with pytest.raises(Refused, match="has schema version 1; this version of Kith needs") as refusal:
        await migrate(store, foreign, server, print)
    assert refusal.value.remedy.endswith("run `python -m graph migrate --yes`.")
    assert await without_kind(store) == old.WITHOUT_KIND
    assert [one.to for one in await migrate(store, foreign, server, print, confirmed=True)] == STEPS
    assert await without_kind(store) == 0
    assert await version(store) == CURRENT
    assert await migrate(store, foreign, server, print) == ()
    assert not foreign.data.exists()


async def test_events_get_positions_in_the_order_of_time_and_changes_with_types(
    store: Store, foreign: Settings
) -> None:
    await migrate(store, foreign, await elsewhere(foreign), print, confirmed=True)
    text = (
        "MATCH (event:Event)-[changed:CHANGED]->(record:Record) ORDER BY event.position "
        "RETURN collect({event: properties(event), changed: properties(changed), record: record.uid}) AS events"
    )
    events = await store.reads.ask(Bound("test.events", text, {}))
    assert [one["event"]["position"] for one in events] == list(range(1, old.EVENTS + 1))
    assert [one["event"]["at"] for one in events] == sorted(one["event"]["at"] for one in events)
    assert {tuple(sorted(one["event"])) for one in events} == {("actor", "at", "mutation", "position", "uid")}
    changes = {(one["event"]["mutation"], one["record"]): one["changed"] for one in events if one["changed"]["fields"]}
    assert all(changed.pop("isSubject") for changed in changes.values())

    won = changes["winOpportunity", "zf4a6ruuaola3tqmhcajzq7t"]
    assert won.pop("after.actualCloseDate").to_native() == date(2026, 11, 25)
    assert won == {
        "fields": ["state", "status", "closeProbability", "actualCloseDate", "actualValue"],
        "linkFields": [],
        "before.state": "OPEN", "after.state": "WON",
        "before.status": "IN_PROGRESS", "after.status": "WON",
        "after.closeProbability": 100,
        "after.actualValue": 10000, "after.actualValue.currency": "USD",
    }  # fmt: skip
    moved = changes["moveContact", "22u46kfrwihtwr7l4k4ylo5k"]
    assert moved.pop("after.account.validFrom").to_native() == datetime(2026, 11, 25, 21, 43, 58, 894952, UTC)
    assert moved == {
        "fields": ["account", "account.jobTitle", "account.isPrimary", "account.validFrom"],
        "linkFields": ["account"],
        "before.account": ["bhzk7musxdezq46zu7h5zipb"], "after.account": ["264vk7w6scerjyflnfnsibhb"],
        "before.account.jobTitle": "Accounting Manager",
        "before.account.isPrimary": True,
    }  # fmt: skip
    assert await store.reads.ask(Bound("test.old", "RETURN COUNT { ()-[:SUBJECT]->() }", {})) == 0
    last = "MATCH (sequence:Sequence {name: 'events'}) RETURN sequence.value"
    assert await store.reads.ask(Bound("test.last", last, {})) == old.EVENTS


async def test_a_graph_of_a_newer_version_is_not_touched(store: Store, own: Settings, local: engine.Server) -> None:
    await schema_version.write(store.writes, CURRENT + 1)
    with pytest.raises(Refused, match="this version of Kith supports"):
        await migrate(store, own, local, print)
    assert await version(store) == CURRENT + 1
    assert await without_kind(store) == old.WITHOUT_KIND


async def test_an_empty_graph_gets_the_current_version(store: Store, own: Settings, local: engine.Server) -> None:
    await store.writes.autocommit(Bound("test.wipe", "MATCH (n) DETACH DELETE n", {}))
    assert await version(store) is None
    assert await migrate(store, own, local, print) == ()
    assert await version(store) == CURRENT


async def test_the_version_moves_only_when_nothing_of_the_old_form_is_left(
    store: Store, foreign: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    useless = Statement("test.useless", "MATCH (n:Lock) CALL (n) { SET n.seen = true } IN TRANSACTIONS OF $rows ROWS")
    broken = Step(2, "Broken", (Change(to_2_reporting_kind.PENDING, useless),))
    monkeypatch.setitem(DECLARED, 2, broken)
    with pytest.raises(Conflict, match="2 of 2 are not migrated"):
        await migrate(store, foreign, await elsewhere(foreign), print, confirmed=True)
    assert await version(store) == schema_version.FIRST
    monkeypatch.undo()
    await migrate(store, foreign, await elsewhere(foreign), print, confirmed=True)
    assert await version(store) == CURRENT


async def test_the_command_shows_what_is_pending_and_runs_it_when_it_is_told_to(
    store: Store, local: engine.Server, project: Path
) -> None:
    environment = {"NEO4J_URI": local.uri, "NEO4J_USER": local.user, "NEO4J_PASSWORD": local.password}

    def ran(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *words]
        return subprocess.run(
            command, cwd=project, env=os.environ | environment, capture_output=True, text=True, check=False
        )

    for words, status in ((("graph", "migrate"), 2), (("graph", "indexes"), 2), (("seed", "world"), 3), (("api",), 2)):
        refused = await asyncio.to_thread(ran, *words)
        assert refused.returncode == status, refused.stderr
        assert "Back up that database, then run `python -m graph migrate --yes`." in refused.stderr
        assert refused.stdout.startswith("Pending: version 2, ") or words != ("graph", "migrate")
    done = await asyncio.to_thread(ran, "graph", "migrate", "--yes")
    assert done.returncode == 0, done.stderr
    assert f"The data has schema version {CURRENT}." in done.stdout
    done = await asyncio.to_thread(ran, "graph", "migrate")
    assert done.stdout == f"The data has schema version {CURRENT}. Nothing is pending.\n"


async def stored(store: Store, uid: str) -> dict[str, Any]:
    text = "MATCH (n:Record|Deleted {uid: $uid}) RETURN properties(n)"
    return dict(await store.reads.ask(Bound("test.stored", text, {"uid": uid})))


def nfd(text: str) -> str:
    return normalize("NFD", text)


async def test_texts_in_another_normal_form_are_stored_in_nfc(store: Store, foreign: Settings) -> None:
    text = """CREATE (a:Account:Party:Record {uid: 'nfd-1', name: $name, city: $city, source: $name, sourceKey: $name}),
      (c:Contact:Party:Record {uid: 'nfd-2', name: 'Ada', fullName: 'Ada'}),
      (c)-[:WORKS_AT {jobTitle: $name, roles: [$city, 'x']}]->(a),
      (:DeletedAccount:Deleted {uid: 'nfd-3', name: $name}),
      (:Case:Record {uid: 'nfd-4', title: $name, ticketNumber: $name}),
      (:Case:Record {uid: 'nfd-5', title: 'x', ticketNumber: $nfc}),
      (:Case:Record {uid: 'nfd-6', title: 'y', ticketNumber: $city}) RETURN 1"""
    values = {"name": nfd("Éclair"), "nfc": "Éclair", "city": nfd("Ålborg 가")}
    await store.writes.change(Bound("test.nfd", text, values))
    await migrate(store, foreign, await elsewhere(foreign), print, confirmed=True)
    account, ticket = await stored(store, "nfd-1"), await stored(store, "nfd-4")
    assert (account["name"], account["city"]) == ("Éclair", "Ålborg 가")
    assert account["source"] == account["sourceKey"] == nfd("Éclair"), "its id is derived from them"
    assert (await stored(store, "nfd-3"))["name"] == "Éclair"
    assert (ticket["title"], ticket["ticketNumber"]) == ("Éclair", nfd("Éclair")), "another case has the number"
    assert (await stored(store, "nfd-6"))["ticketNumber"] == "Ålborg 가"
    work = "MATCH (:Contact {uid: 'nfd-2'})-[work:WORKS_AT]->() RETURN [work.jobTitle, work.roles]"
    assert await store.reads.ask(Bound("test.work", work, {})) == ["Éclair", ["Ålborg 가", "x"]]


async def test_records_that_another_program_wrote_are_noticed_and_completed(
    store: Store, foreign: Settings, local: engine.Server, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(store, foreign, await elsewhere(foreign), print, confirmed=True)
    assert await incomplete(store.reads) == {}
    names = {"other-1": "Filiale 10", "other-2": "Österreich", "other-3": "\U0001f600" * 40 + "é"}
    for uid, name in names.items():
        values = with_derived("Account", {"name": name}) if uid == "other-3" else {"name": name}
        text = "CREATE (n:Account:Party:Record {uid: $uid}) SET n += $values RETURN 1"
        await store.writes.change(Bound("test.other", text, {"uid": uid, "values": values}))
    assert await incomplete(store.reads) == {4: 2, 6: 2}
    rename = "MATCH (n:Account {uid: 'other-3'}) SET n.name = $name RETURN 1"
    await store.writes.change(Bound("test.rename", rename, {"name": "Zürich"}))
    assert await incomplete(store.reads) == {4: 2, 6: 3}, "its key is that of another name"
    await store.writes.change(Bound("test.rename", rename, {"name": nfd("Zürich")}))
    assert await incomplete(store.reads) == {4: 2, 6: 3, 7: 1}
    names["other-3"] = "Zürich"

    monkeypatch.setattr(execution, "_ROWS", 1)
    said: list[str] = []
    assert [one.to for one in await repair(store, said.append)] == [4, 6, 7]
    assert said[0] == "Completing records that another program wrote (2): Store the words of searched texts."
    assert await incomplete(store.reads) == {}
    for uid, name in names.items():
        expected = with_derived("Account", {"uid": uid, "name": name})
        if uid == "other-3":
            expected["searchWords"] = (await stored(store, uid))["searchWords"]
        assert await stored(store, uid) == expected

    await store.writes.change(Bound("test.rename", rename, {"name": "Zug"}))
    environment = {"NEO4J_URI": local.uri, "NEO4J_USER": local.user, "NEO4J_PASSWORD": local.password}
    for lines in (
        f"Completing records that another program wrote (1): {DECLARED[6].description}.\n",
        f"The data has schema version {CURRENT}. Nothing is pending.\n",
    ):
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "graph", "migrate"], cwd=project, env=os.environ | environment,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout == lines
