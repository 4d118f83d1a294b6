"""The servers side by side: Kith as users run it, the peer, and the bare driver; one process each, on loopback."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from api.build import EXPLORER, Notify, find_node, install_packages
from bench.load import FailedResponseError, fetch, request
from bench.queries import Query
from graph.engine import Server
from graph.errors import Unavailable
from graph.store import Bound

HERE = Path(__file__).resolve().parent
_PEER = HERE / "peer"
_PYTHON = Path("Scripts/python.exe") if os.name == "nt" else Path("bin/python")
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A running server: its name, port and process id, and the path of each query."""

    name: str
    port: int
    pid: int
    paths: Mapping[str, str]
    peer: bool = False

    def requests(self, query: Query, bodies: list[bytes]) -> list[bytes]:
        """Returns the bodies as HTTP requests to this server."""
        return [request(body, self.paths[query.key]) for body in bodies]

    def cpu_seconds(self) -> float | None:
        """Returns the CPU time of the process in seconds, or None where /proc is not available."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
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
def _process(
    command: list[str], environment: Mapping[str, str], log: Path, folder: Path = HERE.parent
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a child process in a folder and stops it at the end of the context."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_start(name: str, process: subprocess.Popen[bytes], port: int, probe: bytes, log: Path) -> None:
    """Waits until the server answers the probe. Raises Unavailable with the end of its log when it does not."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            fetch(port, probe)
        except (OSError, FailedResponseError):
            time.sleep(0.2)
        else:
            return
    end = log.read_text(errors="replace")[-1500:]
    raise Unavailable(f"The server {name!r} did not start:\n{end}", remedy=f"See {log.name} in the data folder.")


@contextlib.contextmanager
def kith(
    server: Server,
    folder: Path,
    probe: bytes,
    other: Path | None = None,
    *,
    name: str = "kith",
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[RunningServer]:
    """Runs `python -m api` of this or of another checkout; other settings than those given have their defaults."""
    port, log = _free_port(), (folder / f"bench-{name}.log").absolute()
    environment = {"KITH_PORT": str(port), "KITH_WORLD": "none", **_database(server), **settings}
    program = other.absolute() / ".venv" / _PYTHON if other else Path(sys.executable)
    with _process([str(program), "-m", "api"], environment, log, other or HERE.parent) as process:
        _wait_for_start(name, process, port, request(probe), log)
        yield RunningServer(name, port, process.pid, _same_path("/graphql"))


@contextlib.contextmanager
def bare(server: Server, folder: Path, statements: Mapping[str, tuple[str, Bound]]) -> Iterator[RunningServer]:
    """Runs the bare driver with these statements, each with the key of its result in `data`."""
    port, log, path = _free_port(), folder / "bench-bare.log", folder / "bench-bare.json"
    path.write_bytes(orjson.dumps({name: _serialize(key, bound) for name, (key, bound) in statements.items()}))
    command = [sys.executable, "-m", "bench.bare", str(path), str(port)]
    with _process(command, _database(server), log) as process:
        probe = request(b'{"variables":{"id":""}}', "/one")
        _wait_for_start("bare", process, port, probe, log)
        yield RunningServer("bare", port, process.pid, {name: f"/{name}" for name in statements})


@contextlib.contextmanager
def peer(server: Server, folder: Path, notify: Notify) -> Iterator[RunningServer]:
    """Runs @neo4j/graphql behind graphql-yoga. Raises Unavailable when npm cannot be reached."""
    node = find_node(EXPLORER, notify)
    install_packages(node, _PEER, notify)
    port, log = _free_port(), folder / "bench-peer.log"
    settings = {"PORT": str(port), "NODE_ENV": "production", **_database(server)}
    with _process([node.program, str(_PEER / "server.js")], settings, log) as process:
        _wait_for_start("peer", process, port, request(b'{"query":"{ __typename }"}'), log)
        yield RunningServer("peer", port, process.pid, _same_path("/graphql"), peer=True)


def _same_path(path: str) -> Mapping[str, str]:
    return dict.fromkeys(("one", "tree", "page"), path)


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
