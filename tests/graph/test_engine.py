"""The engine: one server per data folder, joined, recovered and ended."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import neo4j
import psutil
import pytest

from graph import engine
from graph.engine import java, server_lease
from graph.engine.folder import Folder, Phase, State
from graph.engine.memory import Memory
from graph.engine.warmup import forget_plans, wait_for_statements, warm_up
from graph.errors import Unavailable
from graph.settings import MEBIBYTE, Settings

# a process that is in the engine's context until it is ended, and tells where the server is
HOLDER = """
import anyio
from graph import engine
from graph.settings import Settings

async def hold():
    async with engine.server(Settings.read()) as server:
        print(server.uri, flush=True)
        await anyio.sleep_forever()

anyio.run(hold)
"""
SECONDS = 300.0


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited {SECONDS:.0f} s for {what}"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def environment(data: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    return inherited | {"KITH_DATA": str(data), "KITH_MEMORY": "384m"}


@pytest.fixture(name="holders")
def _holders(project: Path) -> Iterator[Callable[[Folder], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def hold(folder: Folder) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER], cwd=project, env=environment(folder.path), stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield hold
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Iterator[Folder]:
    folder = Folder(tmp_path / "data")
    yield folder
    until(lambda: not folder.is_supervised(), "the server of this test to end")


@pytest.fixture(name="local")
def _local(settings: Settings, server: engine.Server) -> Folder:
    if not server.local:
        pytest.skip("NEO4J_URI is set: there is no local server to look at")
    return server_lease.folder_of(settings)


def uri_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def driver_to(folder: Folder, uri: str) -> neo4j.AsyncDriver:
    return neo4j.AsyncGraphDatabase.driver(uri, auth=(java.USER, folder.password()))


async def written(folder: Folder, uri: str) -> None:
    async with driver_to(folder, uri) as driver:
        await driver.execute_query("CREATE (:Kept {id: 1})")


async def count(folder: Folder, uri: str) -> int:
    async with driver_to(folder, uri) as driver:
        return int((await driver.execute_query("MATCH (n:Kept) RETURN count(n) AS n")).records[0]["n"])


async def test_the_server_answers_with_the_version_of_the_lock(driver: neo4j.AsyncDriver, local: Folder) -> None:
    result = await driver.execute_query("CALL dbms.components() YIELD versions RETURN versions[0] AS version")
    assert result.records[0]["version"] == "2026.08.1"
    assert local.state().phase is Phase.READY


def test_a_second_process_joins_the_running_server(
    local: Folder, server: engine.Server, holders: Callable[[Folder], subprocess.Popen[str]]
) -> None:
    before = local.state().pid
    assert uri_of(holders(local)) == server.uri
    assert local.state().pid == before


def test_what_the_data_folder_holds_is_for_its_owner_only(local: Folder) -> None:
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (local.path, local.home, local.password_file)}
    assert modes == {local.path: 0o700, local.home: 0o700, local.password_file: 0o600}
    assert len(local.password()) >= 32


def test_the_server_listens_on_the_loopback_and_on_bolt_only(local: Folder) -> None:
    listening = [
        connection.laddr
        for connection in psutil.Process(local.state().pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert [(socket.gethostbyname(at.ip.removeprefix("::ffff:")), at.port) for at in listening] == [
        ("127.0.0.1", local.state().port)
    ]


def test_the_password_is_not_on_any_command_line(local: Folder) -> None:
    for pid in (local.state().pid, local.state().supervisor):
        assert local.password() not in " ".join(psutil.Process(pid).cmdline())


async def test_the_usage_report_is_off(driver: neo4j.AsyncDriver, local: Folder) -> None:
    shown = await driver.execute_query("SHOW SETTINGS 'dbms.usage_report.enabled' YIELD value RETURN value")
    assert [record["value"] for record in shown.records] == ["false"]


def test_two_processes_that_start_at_once_share_one_server_that_ends_with_the_last(
    folder: Folder, holders: Callable[[Folder], subprocess.Popen[str]]
) -> None:
    first, second = holders(folder), holders(folder)
    assert uri_of(first) == uri_of(second)
    state = folder.state()
    assert set(folder.holders()) == {first.pid, second.pid}
    first.send_signal(signal.SIGKILL)
    until(lambda: folder.holders() == (second.pid,), "the lease of a killed process to be freed")
    time.sleep(0.5)
    assert alive(state.pid)
    second.send_signal(signal.SIGKILL)
    until(lambda: not alive(state.pid) and not alive(state.supervisor), "the server to end with its last parent")
    assert folder.state().phase is Phase.STOPPED


async def test_a_server_killed_with_9_comes_back_by_itself_at_the_same_address_with_its_data(
    folder: Folder, holders: Callable[[Folder], subprocess.Popen[str]]
) -> None:
    uri = uri_of(holders(folder))
    await written(folder, uri)
    killed = folder.state().pid
    psutil.Process(killed).kill()
    until(lambda: folder.state().pid != killed and folder.state().phase is Phase.READY, "a new server")
    assert folder.state().uri == uri
    assert await count(folder, uri) == 1


async def test_after_everything_was_killed_with_9_the_next_start_finds_the_data(
    folder: Folder, holders: Callable[[Folder], subprocess.Popen[str]]
) -> None:
    first = holders(folder)
    await written(folder, uri_of(first))
    state = folder.state()
    for pid in (first.pid, state.supervisor, state.pid):
        psutil.Process(pid).kill()
    first.wait()
    assert folder.state().phase is Phase.READY, "what was written last is stale now"
    uri = uri_of(holders(folder))
    assert folder.state().pid != state.pid
    assert await count(folder, uri) == 1


async def test_a_process_brings_back_the_supervisor_it_depends_on(
    folder: Folder, holders: Callable[[Folder], subprocess.Popen[str]]
) -> None:
    uri = uri_of(holders(folder))
    await written(folder, uri)
    state = folder.state()
    psutil.Process(state.supervisor).kill()
    until(lambda: not alive(state.pid), "the server to end with its supervisor")
    until(
        lambda: folder.state().supervisor != state.supervisor and folder.state().phase is Phase.READY,
        "another supervisor",
    )
    assert await count(folder, folder.state().uri) == 1


def test_what_an_old_server_wrote_confuses_nobody(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.make()
    settings = Settings.read(data=tmp_path, neo4j_uri=None)
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        folder.write_state(State(Phase.READY, port=port, pid=os.getpid(), born=1.0, supervisor=os.getpid()))
        assert server_lease.running(settings) is None
        assert java.Orphan.of(folder) is None
        assert java.free_port(port) != port
    (tmp_path / "server.json").write_text("{half")
    assert folder.state() == State(Phase.STOPPED)


def test_a_lease_of_a_living_process_stays_and_one_of_a_dead_process_is_swept(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.make()
    (tmp_path / "leases" / "1.dead").touch()
    with folder.lease():
        assert folder.holders() == (os.getpid(),)
    assert folder.holders() == ()
    assert list((tmp_path / "leases").iterdir()) == []


async def test_neo4j_uri_is_used_instead_and_nothing_is_started(server: engine.Server, tmp_path: Path) -> None:
    settings = Settings.read(
        data=tmp_path / "none", neo4j_uri=server.uri, neo4j_user=server.user, neo4j_password=server.password
    )
    async with engine.server(settings) as other:
        assert (other.uri, other.user, other.password, other.local) == (server.uri, server.user, server.password, False)
        async with neo4j.AsyncGraphDatabase.driver(other.uri, auth=(other.user, other.password)) as driver:
            await driver.verify_connectivity()
    assert not (tmp_path / "none").exists()


def test_databases_without_their_password_are_told_and_not_given_another(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (folder.home / "data" / "databases" / "system").mkdir(parents=True)
    with pytest.raises(Unavailable, match=r"The password of the databases in .* is gone"):
        java.prepare(folder, 7687, Memory(1024 * MEBIBYTE))
    assert not folder.password_file.exists()


def test_the_password_is_the_same_for_all_who_ask_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        passwords = set(pool.map(lambda _: Folder(tmp_path).password(), range(32)))
    assert len(passwords) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["password"]


async def test_a_server_that_does_not_take_its_password_is_told(local: Folder) -> None:
    with pytest.raises(Unavailable, match="rejects the password"):
        await wait_for_statements(local.state().port, "another")


async def test_the_conversation_that_warms_a_server_is_understood_by_it(folder: Folder) -> None:
    """Runs on a server of its own, because it makes an index and deletes what it wrote."""
    async with engine.server(Settings.read(data=folder.path, memory="384m", neo4j_uri=None)) as server:
        await warm_up(folder.state().port, server.password, rounds=1)
        assert await count(folder, server.uri) == 0


async def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be written"):
        async with engine.server(Settings.read(data=tmp_path / "file" / "data", neo4j_uri=None)):
            pass


def test_a_server_that_cannot_start_is_told_with_the_end_of_its_log(folder: Folder, project: Path) -> None:
    folder.make()
    assert folder.password()
    (folder.home / "data").mkdir()
    (folder.home / "data" / "databases").write_text("a file where Neo4j wants a folder")
    ended = subprocess.run(
        [sys.executable, "-m", "graph", "start"],
        cwd=project,
        env=environment(folder.path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "\nNeo4j exited during the start" in ended.stderr
    assert str(folder.log) in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not folder.is_kept()


def test_the_configuration_shares_the_memory_between_heap_and_page_cache() -> None:
    lines = dict(line.split("=") for line in java.configuration(7687, Memory(640 * MEBIBYTE)).splitlines())
    assert lines["db.memory.transaction.max"] == f"{160 * 1024}k"
    assert lines["server.memory.heap.max_size"] == f"{480 * 1024}k"
    assert lines["server.memory.pagecache.size"] == f"{160 * 1024}k"
    assert json.loads(lines["server.http.enabled"]) is json.loads(lines["dbms.usage_report.enabled"]) is False


async def test_plans_are_forgotten_when_they_leave_too_little_of_the_heap(driver: neo4j.AsyncDriver) -> None:
    async with driver.session() as session:
        await (await session.run("RETURN 'a plan to forget' AS text")).consume()
        assert await forget_plans(session, share=1.0) is None
        assert "cleared" in str(await forget_plans(session, share=-1.0))
