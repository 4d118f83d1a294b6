"""Failures of the data folder and of the server: sentences instead of tracebacks, and recovery without a restart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from neo4j.exceptions import Neo4jError, ServiceUnavailable

from graph import engine
from graph.engine import failures, java, server_lease
from graph.engine.folder import Folder, Phase, State
from graph.engine.health import Health
from graph.engine.memory import Memory
from graph.engine.supervisor import Supervisor
from graph.errors import Unavailable
from graph.settings import Settings
from graph.store import Bound, Store, connect

Mount = Callable[[str], Path]


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Mount]:
    """Returns a function that mounts a file system of its own with these options."""
    at = tmp_path / "disk"

    def mount(options: str) -> Path:
        at.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(at)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("DISK FAILURES NOT TESTED: there is no command `mount`")
        if done.returncode:
            pytest.skip(f"DISK FAILURES NOT TESTED: a tmpfs cannot be mounted: {done.stderr.strip()}")
        return at

    yield mount
    for _ in range(100):
        if (
            not os.path.ismount(at)
            or not subprocess.run(["umount", str(at)], capture_output=True, check=False).returncode
        ):
            return
        time.sleep(0.2)


# the data folder


def test_a_folder_on_a_disk_without_room_is_refused_with_a_sentence(mounted: Mount) -> None:
    disk = mounted("size=64k")
    folder = Folder(disk / "data")
    folder.make()
    with suppress(OSError), (disk / "fill").open("wb") as file:
        while True:
            file.write(b"x" * 4_096)
            file.flush()
    for use in (folder.make, folder.password):
        with pytest.raises(Unavailable, match=r"cannot be written \(No space left on device\)") as refused:
            use()
        assert refused.value.remedy == "Make room on its disk."
    assert not [path for path in folder.path.iterdir() if "written" in path.name]


def test_a_folder_that_is_read_only_is_refused_with_a_sentence(mounted: Mount, project: Path) -> None:
    disk = mounted("size=1m")
    Folder(disk / "data").make()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for command in ("graph", "api"):
        done = subprocess.run(
            [sys.executable, "-m", command, *(["start"] if command == "graph" else [])],
            cwd=project,
            env={**os.environ, "KITH_DATA": str(disk / "data"), "KITH_PORT": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "cannot be written (Read-only file system)" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"secret\n", b"secret\r\n", b" secret "])
def test_white_space_around_the_password_is_ignored(tmp_path: Path, content: bytes) -> None:
    folder = Folder(tmp_path)
    folder.password_file.write_bytes(content)
    assert folder.password() == "secret"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"a\x00b", "passwört".encode(), b"a\nb", b"a" * 5_000])
def test_a_file_without_a_password_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    folder = Folder(tmp_path)
    folder.password_file.write_bytes(content)
    with pytest.raises(Unavailable, match="does not contain a password: one line of ASCII characters"):
        folder.password()


def test_no_password_is_generated_for_databases_that_have_one(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (folder.home / "data" / "databases" / "system").mkdir(parents=True)
    with pytest.raises(Unavailable, match=r"The password of the databases in .* is gone"):
        folder.password()
    assert not folder.password_file.exists()


async def test_a_password_that_others_can_read_is_reported(
    settings: Settings, server: engine.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = server_lease.folder_of(settings)
    if not server.local:
        pytest.skip("NEO4J_URI is set: there is no password file")
    folder.password_file.chmod(0o644)
    try:
        async with engine.server(settings):
            assert "Warning: other users can read" in capsys.readouterr().err
    finally:
        folder.password_file.chmod(0o600)
    async with engine.server(settings):
        assert "Warning" not in capsys.readouterr().err


# the server process


def test_a_process_is_recognized_after_the_clock_has_been_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, folder = psutil.Process(), Folder(tmp_path)
    folder.make()
    monkeypatch.setattr(java, "MAIN_CLASS", own.cmdline()[-1])
    folder.write_state(State(Phase.READY, pid=own.pid, born=java.born(own)))
    assert java.server_process(folder) == own
    folder.write_state(State(Phase.READY, pid=own.pid, born=java.born(own) - 100))
    assert java.server_process(folder) is None


def test_a_crash_of_the_virtual_machine_is_dumped_into_the_data_folder(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    process = java.run([sys.executable, "-c", "import os; print(os.getcwd())"], log)
    assert process.wait() == 0
    assert log.read_text().strip() == str(tmp_path)


NESTED = """ERROR Failed to start.
java.lang.RuntimeException: Error
\tat org.neo4j.A(A.java:1)
Caused by: org.neo4j.B: outer
\t... 5 more
Caused by: java.io.IOException: No space left on device
"""


@pytest.mark.parametrize(
    ("printed", "cause"),
    [
        (NESTED, "No space left on device"),
        ("2026-01-01 INFO  Starting...\n2026-01-01 ERROR The port 1 is in use\n\tat x.Y(Z)\n", "The port 1 is in use"),
        ("[0.003s][warning][aot] a remark\nWARNING: another\nError: unsupported\n", "Error: unsupported"),
        ("", ""),
    ],
)
def test_the_cause_is_found_in_what_a_server_prints(printed: str, cause: str) -> None:
    assert failures.cause_of(printed) == cause


@pytest.mark.parametrize(
    "printed",
    ["Terminating due to java.lang.OutOfMemoryError: Java heap space\n", "Caused by: java.lang.OutOfMemoryError: x\n"],
)
def test_a_server_without_memory_asks_for_more(tmp_path: Path, printed: str) -> None:
    folder = Folder(tmp_path)
    folder.log.write_text(f"an older failure\n{printed}")
    supervisor = Supervisor(folder, None, Memory(640 * 1024 * 1024), "")  # type: ignore[arg-type]  # no jars are needed
    error = supervisor._failure("Neo4j exited during the start with status 3.")
    assert error.message == "Neo4j ran out of memory (KITH_MEMORY is 640 MiB)."
    assert error.remedy == "Set KITH_MEMORY to more, such as 1280MiB."


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("Neo.DatabaseError.Transaction.TransactionStartFailed", True),
        ("Neo.TransientError.General.DatabaseUnavailable", True),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", False),
        ("Neo.ClientError.Security.Unauthorized", False),
        ("", False),
    ],
)
def test_only_a_server_that_refuses_every_transaction_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, broken: bool
) -> None:
    async def check(*_: object) -> None:
        raise Neo4jError._hydrate_neo4j(code=code, message="refused") if code else ServiceUnavailable("no answer")

    folder = Folder(tmp_path)
    folder.make()
    monkeypatch.setattr("graph.engine.health.check", check)
    health = Health(1, folder)
    for _ in range(3):
        health._run()
    assert health.is_broken() is broken
    monkeypatch.setattr("graph.engine.health.ROOM", 1 << 62)
    assert not health.is_broken()


# a full disk


async def works(store: Store) -> bool:
    try:
        await store.writes.change(Bound("test.write", "CREATE (n:Kept {text: $text}) RETURN 1", {"text": "x" * 5_000}))
    except Unavailable:
        return False
    return True


@pytest.mark.slow
async def test_neo4j_is_restarted_when_a_full_disk_has_room_again(mounted: Mount) -> None:
    disk = mounted("size=260m")
    settings = Settings.read(data=disk / "data", memory="384m", neo4j_uri=None)
    async with (
        engine.server(settings) as server,
        connect(server.uri, server.user, server.password, seconds=20) as store,
    ):
        first = json.loads((disk / "data" / "server.json").read_text())["pid"]
        assert await works(store)
        with suppress(OSError), (disk / "fill").open("wb") as file:
            while True:
                file.write(b"x" * 1_000_000)
                file.flush()
        acknowledged = 1
        while await works(store):
            acknowledged += 1
        (disk / "fill").unlink()
        until = time.monotonic() + 240
        while not await works(store):
            assert time.monotonic() < until, "Neo4j did not come back"
        assert json.loads((disk / "data" / "server.json").read_text())["pid"] != first
        kept = await store.reads.ask(Bound("test.count", "MATCH (n:Kept) RETURN count(n)", {}))
        assert acknowledged + 1 <= kept <= acknowledged + 2
