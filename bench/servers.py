"""The servers side by side: Kith as users run it, the peer, and the bare driver; one process each, on loopback."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
import psutil

from api.build import EXPLORER, Notify, find_node, install_packages
from bench.load import FailedResponseError, fetch, request
from bench.queries import WrongResultError
from graph.engine import Server
from graph.errors import Unavailable
from graph.store import Bound

HERE = Path(__file__).resolve().parent
_PEER = HERE / "peer"
_PYTHON = Path("Scripts/python.exe") if os.name == "nt" else Path("bin/python")
_START_SECONDS = 60.0
_STOP_SECONDS = 60.0

GRAPHQL_PROBE = request(b'{"query":"{ __typename }"}')


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A running server: its name, port and process ids, the path of a query by its key, and further header lines.

    The CPU time of all processes counts, and that of their children.
    """

    name: str
    port: int
    pids: tuple[int, ...]
    path: Callable[[str], str]
    peer: bool = False
    headers: tuple[str, ...] = ()

    def requests(self, key: str, bodies: list[bytes]) -> list[bytes]:
        """Returns the bodies as HTTP requests to this server."""
        return [request(body, self.path(key), self.headers) for body in bodies]

    def data(self, title: str, message: bytes) -> dict[str, Any]:
        """Sends a request and returns the data of the response. Raises WrongResultError."""
        body = orjson.loads(fetch(self.port, message))
        if body.get("errors"):
            raise WrongResultError(f"{self.name} on {title}: {body['errors']}")
        return dict(body["data"])

    def cpu_seconds(self) -> float:
        """Returns the CPU time of the processes in seconds."""
        return sum(_cpu_seconds(psutil.Process(pid)) for pid in self.pids)

    def memory(self) -> list[int]:
        """Returns the resident memory of each process in bytes."""
        return [psutil.Process(pid).memory_info().rss for pid in self.pids]


def _cpu_seconds(process: psutil.Process) -> float:
    spent = 0.0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            # With that of children that have ended.
            spent += sum(one.cpu_times()[:4])
    return spent


def _graphql(_key: str) -> str:
    return "/graphql"


def free_port() -> int:
    """Returns a free port of the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _database(server: Server) -> dict[str, str]:
    return {
        "NEO4J_URI": server.uri,
        "NEO4J_USER": server.user,
        "NEO4J_PASSWORD": server.password,
        "NEO4J_DATABASE": server.database,
    }


@contextlib.contextmanager
def process(
    command: list[str],
    environment: Mapping[str, str],
    log: Path,
    folder: Path = HERE.parent,
    *,
    identity: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a child process in a folder and stops it at the end of the context.

    `identity` are the arguments of Popen that select another user.
    """
    with log.open("wb") as output:
        running = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            **identity,
        )
        try:
            yield running
        finally:
            with contextlib.suppress(ProcessLookupError):
                running.send_signal(signal.SIGTERM)
            try:
                running.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def wait_for_start(name: str, running: subprocess.Popen[bytes], attempt: Callable[[], object], log: Path) -> None:
    """Waits until an attempt to reach the server succeeds. Raises Unavailable with the end of its log otherwise."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and running.poll() is None:
        try:
            attempt()
        except (OSError, FailedResponseError):
            time.sleep(0.2)
        else:
            return
    end = log.read_text(errors="replace")[-1500:]
    raise Unavailable(f"The server {name!r} did not start:\n{end}", remedy=f"See {log.name} in the data folder.")


@contextlib.contextmanager
def serve(
    name: str,
    port: int,
    command: list[str],
    environment: Mapping[str, str],
    log: Path,
    probe: bytes = GRAPHQL_PROBE,
    *,
    folder: Path = HERE.parent,
    database: int | None = None,
    path: Callable[[str], str] = _graphql,
    peer: bool = False,
) -> Iterator[RunningServer]:
    """Runs an HTTP server and waits until it answers the probe; the process `database` counts as a part of it.

    Raises Unavailable when it does not start.
    """
    with process(command, environment, log, folder) as running:
        wait_for_start(name, running, lambda: fetch(port, probe), log)
        yield RunningServer(name, port, (running.pid,) if database is None else (running.pid, database), path, peer)


def kith(
    server: Server,
    folder: Path,
    other: Path | None = None,
    *,
    name: str = "kith",
    settings: Mapping[str, str] = MappingProxyType({}),
    database: int | None = None,
) -> contextlib.AbstractContextManager[RunningServer]:
    """Runs `python -m api` of this or of another checkout; other settings than those given have their defaults."""
    port = free_port()
    environment = {"KITH_PORT": str(port), "KITH_WORLD": "none", **_database(server), **settings}
    program = other.absolute() / ".venv" / _PYTHON if other else Path(sys.executable)
    return serve(
        name,
        port,
        [str(program), "-m", "api"],
        environment,
        log_file(folder, name),
        folder=other or HERE.parent,
        database=database,
    )


def bare(
    server: Server, folder: Path, statements: Mapping[str, tuple[str, Bound]]
) -> contextlib.AbstractContextManager[RunningServer]:
    """Runs the bare driver with these statements, each with the key of its result in `data`."""
    port, path = free_port(), folder / "bench-bare.json"
    path.write_bytes(orjson.dumps({name: _serialize(key, bound) for name, (key, bound) in statements.items()}))
    command = [sys.executable, "-m", "bench.bare", str(path), str(port)]
    probe = request(b'{"variables":{"id":""}}', "/one")
    return serve("bare", port, command, _database(server), log_file(folder, "bare"), probe, path="/{}".format)


def peer(
    server: Server, folder: Path, notify: Notify, *, unit: str = "", name: str = "peer"
) -> contextlib.AbstractContextManager[RunningServer]:
    """Runs @neo4j/graphql behind graphql-yoga; with a unit, `@authorization` admits only the records of that unit.

    Raises Unavailable when npm cannot be reached.
    """
    node = find_node(EXPLORER, notify)
    install_packages(node, _PEER, notify)
    port = free_port()
    settings = {"PORT": str(port), "UNIT": unit, "NODE_ENV": "production", **_database(server)}
    command = [node.program, str(_PEER / "server.js")]
    return serve(name, port, command, settings, log_file(folder, name), peer=True)


def log_file(folder: Path, name: str) -> Path:
    """Returns the path of the log of a server."""
    return (folder / f"bench-{name}.log").absolute()


def _serialize(key: str, bound: Bound) -> dict[str, Any]:
    """Returns a statement as JSON; the id and the current time are set by each request."""
    fixed, id_name, now_name = {}, None, None
    for name, value in bound.parameters.items():
        if isinstance(value, datetime):
            now_name = name
        elif isinstance(value, str) and value == PROBE:
            id_name = name
        else:
            fixed[name] = value
    return {"text": bound.text, "parameters": fixed, "id": id_name, "now": now_name, "key": key}


PROBE = "probe"
