from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, cast

import anyio
import psutil
import pytest

from api.serve import health
from graph import engine
from graph.engine import Folder
from graph.store import Reads
from tests.api.running import Running, serving


def test_the_server_is_ready_and_answers(running: Running) -> None:
    assert running.get("/healthz") == {"alive": True, "works": True, "reasons": []}
    assert running.get("/readyz") == {"ready": True, "reasons": []}
    assert running.ask("{ __typename }") == {"data": {"__typename": "Query"}}
    assert f"{running.url}/graphql" in running.err.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_request_in_progress_finish(
    server: engine.Server, tmp_path: Path, number: signal.Signals
) -> None:
    with serving(server, tmp_path) as kith:
        host, port = kith.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as client:
            body = b'{"query": "{ __typename }"}'
            head = f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5])
            time.sleep(0.3)
            kith.process.send_signal(number)
            time.sleep(0.5)
            assert kith.process.poll() is None
            with pytest.raises(ConnectionError):
                socket.create_connection((host, int(port)), timeout=5)
            client.sendall(body[5:])
            answer = b""
            while part := client.recv(65536):
                answer += part
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b'{"data":{"__typename":"Query"}}')
        assert kith.process.wait(30) == 0
        assert [line["event"] for line in kith.logged()] == ["started", "request", "stopped"]


def test_a_signal_during_the_start_exits_with_0(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {
            **os.environ,
            "NEO4J_URI": f"bolt://127.0.0.1:{silent.getsockname()[1]}",
            "NEO4J_PASSWORD": "x",
            "KITH_PORT": "0",
        }
        err = tmp_path / "err"
        with err.open("wb") as output:
            process = subprocess.Popen([sys.executable, "-m", "api"], env=environment, stderr=output)
        connected, _ = silent.accept()
        with connected:
            process.terminate()
            assert process.wait(30) == 0
    assert err.read_text() == "Kith was stopped before it started serving.\n"


def test_a_signal_during_the_start_of_the_local_database_stops_both(tmp_path: Path) -> None:
    data, err = tmp_path / "data", tmp_path / "err"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    environment |= {"KITH_DATA": str(data), "KITH_WORLD": "none", "KITH_PORT": "0", "KITH_MEMORY": "384m"}
    with err.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "api"], env=environment, stderr=output)
    until = time.monotonic() + 60
    while "Starting Neo4j" not in err.read_text() or not Folder(data).is_supervised():
        assert time.monotonic() < until, err.read_text()
        time.sleep(0.05)
    process.terminate()
    assert process.wait(30) == 0
    assert err.read_text().endswith("Kith was stopped before it started serving.\n")
    until = time.monotonic() + 60
    while Folder(data).is_supervised():
        assert time.monotonic() < until, "The database was not stopped."
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("KITH_JWT_ISSUER", "https://login.example", "KITH_JWT_ISSUER is set, but KITH_JWT_AUDIENCE is not."),
        ("KITH_PORT", "http", "KITH_PORT must be 0 to 65535 (0 selects a free port); got 'http'"),
        ("KITH_WORLD", "huge", "KITH_WORLD must be none, small, medium or large; got 'huge'"),
    ],
)
def test_an_invalid_setting_is_reported_with_its_allowed_values(name: str, value: str, message: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api"], env={**os.environ, name: value}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_reported_before_the_database_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        environment = {**os.environ, "KITH_PORT": port, "KITH_DATA": str(tmp_path / "data")}
        done = subprocess.run(
            [sys.executable, "-m", "api"], env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert f"Kith cannot listen at 127.0.0.1:{port}" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")
def test_idle_clients_do_not_use_up_the_files_of_a_process(server: engine.Server, tmp_path: Path) -> None:
    import resource

    with serving(server, tmp_path) as kith:
        resource.prlimit(kith.process.pid, resource.RLIMIT_NOFILE, (128, 128))
        host, port = kith.url.removeprefix("http://").split(":")
        idle = [socket.create_connection((host, int(port)), timeout=30) for _ in range(400)]
        try:
            assert kith.ask("{ __typename }") == {"data": {"__typename": "Query"}}
            assert kith.get("/healthz")["works"]
            assert psutil.Process(kith.process.pid).num_fds() < 100
        finally:
            for one in idle:
                one.close()
        assert kith.ask("{ __typename }") == {"data": {"__typename": "Query"}}


class Silent:
    """A database that does not answer."""

    async def records(self, _: object) -> Any:
        await anyio.sleep_forever()

    ask = records


class Broken:
    """A database that refuses connections."""

    async def records(self, _: object) -> Any:
        raise ConnectionError("secret")

    ask = records


async def test_a_database_that_does_not_answer_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.serve._READINESS_SECONDS", 0.05)
    for reads, reason in (
        (Silent(), "The database did not answer within 0.05 seconds."),
        (Broken(), "The database did not answer: ConnectionError."),
    ):
        checks = health(cast("Reads", reads))
        assert await checks.ready() == [reason]
        assert await checks.answers() == [reason]
