"""The servers side by side: Kith as users run it, the peer, and the bare driver; one process each, on loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from api.build import EXPLORER, find_node
from bench.load import BrokenError, answer, request
from bench.questions import Question
from graph.engine import Server
from graph.errors import KithError, Unavailable
from graph.store import Bound

HERE = Path(__file__).resolve().parent
_PEER = HERE / "peer"
_SECONDS_TO_OPEN = 60.0
_SECONDS_TO_END = 20.0
_UNREACHED = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "ETIMEDOUT", "network")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its name, its port, its process, and where and as what it is asked each question."""

    name: str
    port: int
    pid: int
    paths: Mapping[str, str]
    peer: bool = False

    def requests(self, question: Question, bodies: list[bytes]) -> list[bytes]:
        """The bodies as requests to this server."""
        return [request(body, self.paths[question.key]) for body in bodies]

    def burnt(self) -> float | None:
        """Seconds of processor time the process has used; None where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _database(server: Server) -> dict[str, str]:
    return {
        "NEO4J_URI": server.uri,
        "NEO4J_USER": server.user,
        "NEO4J_PASSWORD": server.password,
        "NEO4J_DATABASE": server.database,
    }


@contextlib.contextmanager
def _process(call: list[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child process that is ended with the context, whatever happens."""
    with log.open("wb") as lines:
        process = subprocess.Popen(
            call,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.STDOUT,
            cwd=HERE.parent,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _opened(name: str, process: subprocess.Popen[bytes], port: int, probe: bytes, log: Path) -> None:
    """Waits until the server answers the probe; Unavailable, with the end of its log, when it does not."""
    until = time.monotonic() + _SECONDS_TO_OPEN
    while time.monotonic() < until and process.poll() is None:
        try:
            answer(port, probe)
        except (OSError, BrokenError):
            time.sleep(0.2)
        else:
            return
    end = log.read_text(errors="replace")[-1500:]
    raise Unavailable(f"The server {name!r} did not open:\n{end}", remedy=f"See {log.name} in the data folder.")


@contextlib.contextmanager
def kith(server: Server, folder: Path, probe: bytes) -> Iterator[Served]:
    """`python -m api`, with the settings a user gets who sets none but the port and the database."""
    port, log = _free_port(), folder / "bench-kith.log"
    settings = {"KITH_PORT": str(port), "KITH_WORLD": "none", **_database(server)}
    with _process([sys.executable, "-m", "api"], settings, log) as process:
        _opened("kith", process, port, request(probe), log)
        yield Served("kith", port, process.pid, _everywhere("/graphql"))


@contextlib.contextmanager
def bare(server: Server, folder: Path, asked: Mapping[str, tuple[str, Bound]]) -> Iterator[Served]:
    """The bare driver, which sends these statements; each with the key its answer stands under."""
    port, log, listed = _free_port(), folder / "bench-bare.log", folder / "bench-bare.json"
    listed.write_bytes(orjson.dumps({path: _written(key, bound) for path, (key, bound) in asked.items()}))
    call = [sys.executable, "-m", "bench.bare", str(listed), str(port)]
    with _process(call, _database(server), log) as process:
        probe = request(b'{"variables":{"id":""}}', "/one")
        _opened("bare", process, port, probe, log)
        yield Served("bare", port, process.pid, {path: f"/{path}" for path in asked})


@contextlib.contextmanager
def peer(server: Server, folder: Path, say: Say) -> Iterator[Served]:
    """@neo4j/graphql behind graphql-yoga; raises Unavailable when npm cannot be reached."""
    node = find_node(EXPLORER, say)
    installed_peer(node.npm, node.program)
    port, log = _free_port(), folder / "bench-peer.log"
    settings = {"PORT": str(port), "NODE_ENV": "production", **_database(server)}
    with _process([node.program, str(_PEER / "server.js")], settings, log) as process:
        _opened("peer", process, port, request(b'{"query":"{ __typename }"}'), log)
        yield Served("peer", port, process.pid, _everywhere("/graphql"), peer=True)


def installed_peer(npm: tuple[str, ...], program: str) -> None:
    """Fetches the peer's packages by their lock, once; raises Unavailable when npm cannot be reached."""
    locked = (_PEER / "package-lock.json").read_text()
    stamp = _PEER / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text() == locked:
        return
    path = os.pathsep.join((str(Path(program).parent), os.environ.get("PATH", "")))
    call = [shutil.which(npm[0]) or npm[0], *npm[1:], "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        call, cwd=_PEER, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        output = done.stdout + done.stderr
        if any(word in output for word in _UNREACHED):
            raise Unavailable("npm cannot be reached, so the peer is left out.", remedy="Run it again when it can.")
        raise KithError(f"npm ci failed:\n{output[-1500:]}", remedy="Run it by hand in bench/peer.")
    stamp.write_text(locked)


def _everywhere(path: str) -> Mapping[str, str]:
    return dict.fromkeys(("one", "tree", "page"), path)


def _written(key: str, bound: Bound) -> dict[str, Any]:
    """A statement as JSON: the id is filled in by each request, the moment is its own."""
    fixed, given, moment = {}, None, None
    for name, value in bound.parameters.items():
        if isinstance(value, datetime):
            moment = name
        elif isinstance(value, str) and value == PROBE:
            given = name
        else:
            fixed[name] = value
    return {"text": bound.text, "parameters": fixed, "id": given, "now": moment, "key": key}


PROBE = "probe"
