"""The process that owns the local server: starts it, restarts it after a crash, and stops it when no lease is left."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType

import psutil
from neo4j.exceptions import DriverError, Neo4jError

from graph.engine import failures, java
from graph.engine.aot_cache import AotCache
from graph.engine.folder import Folder, Phase, State
from graph.engine.health import Health
from graph.engine.jars import JarCache
from graph.engine.memory import Memory
from graph.engine.warmup import wait_for_statements
from graph.errors import KithError, Unavailable
from graph.settings import MEBIBYTE

SECONDS_TO_START = 600.0
POLL_SECONDS = 0.1
MAX_RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0


class Supervisor:
    """Supervises the server of one folder."""

    def __init__(self, folder: Folder, jar_cache: JarCache, memory: Memory, attempt: str) -> None:
        self.folder = folder
        self.jar_cache = jar_cache
        self.memory = memory
        self.state = State(Phase.STARTING, port=folder.state().port, attempt=attempt)
        self.terminated = False
        self._logged_before = 0

    def run(self) -> int:
        """Supervises the server in a forked process until no lease is left; returns the exit status of this process.

        Returns at once when the folder already has a supervisor.
        """
        if (lock := self.folder.take_supervision()) is None:
            return 0
        # The caller waits for this process; the forked one shares the lock and is adopted by init.
        if hasattr(os, "fork") and os.fork():
            return 0
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with lock:
            try:
                self._supervise()
            except KithError as error:
                self._write(phase=Phase.FAILED, message=f"{error.message}\n{error.remedy}", pid=0)
                return 1
            except Exception as error:
                self._write(
                    phase=Phase.FAILED,
                    message=f"The supervisor of Neo4j failed: {error!r}.\nRead {self.folder.log}.",
                    pid=0,
                )
                raise
            self._write(phase=Phase.STOPPED, pid=0)
            return 0

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.terminated = True

    def _write(self, **change: object) -> None:
        self.state = replace(self.state, **change)  # type: ignore[arg-type]  # names of State's own fields
        self.folder.write_state(self.state)

    def _supervise(self) -> None:
        if (orphan := java.Orphan.of(self.folder)) is not None:
            java.stop(orphan.process)
        # `keep` may be left from before a reboot; it does not apply to this server.
        self.folder.keep(False)
        self._write(supervisor=os.getpid())
        restarts: list[float] = []
        while True:
            process = self._start()
            try:
                died = not self._watch(process)
            finally:
                if process.poll() is None:
                    java.stop(process)
            if not died:
                return
            restarts = [at for at in restarts if time.monotonic() - at < RESTART_WINDOW_SECONDS] + [time.monotonic()]
            if len(restarts) > MAX_RESTARTS:
                raise self._failure(f"Neo4j crashed {len(restarts)} times within a minute.")

    def _start(self) -> subprocess.Popen[bytes]:
        port = java.free_port(self.state.port)
        java.prepare(self.folder, port, self.memory)
        arguments = java.command(self.jar_cache, self.folder.home, self.memory, *AotCache(self.jar_cache).options())
        self._logged_before = failures.size_of(self.folder.log)
        process = java.run(arguments, self.folder.log)
        self._write(phase=Phase.STARTING, port=port, pid=process.pid, born=java.born(psutil.Process(process.pid)))
        try:
            self._wait_until_ready(process, port)
        except BaseException:
            java.stop(process)
            raise
        self._write(phase=Phase.READY)
        return process

    def _wait_until_ready(self, process: subprocess.Popen[bytes], port: int) -> None:
        """Waits until a new server answers. Raises `Unavailable` with the end of its log."""
        until = time.monotonic() + SECONDS_TO_START
        while not java.answers(port):
            if process.poll() is not None:
                raise self._failure(f"Neo4j exited during the start with status {process.returncode}.")
            if time.monotonic() > until or self.terminated:
                raise self._failure(f"Neo4j did not answer within {SECONDS_TO_START:.0f} s.")
            time.sleep(POLL_SECONDS)
        try:
            asyncio.run(wait_for_statements(port, self.folder.password()))
        except (Neo4jError, DriverError) as error:
            raise self._failure(f"Neo4j started but does not answer statements: {error}") from error

    def _watch(self, process: subprocess.Popen[bytes]) -> bool:
        """Waits while the server works and is wanted. Returns whether it still works."""
        health = Health(self.state.port, self.folder)
        while process.poll() is None:
            if health.is_broken():
                return False
            if self.folder.take_abandoned_suspension():
                psutil.Process(process.pid).resume()
            if not self._is_wanted():
                # A lease that is taken after this write is seen below; one that finds STOPPING waits for the end.
                self._write(phase=Phase.STOPPING)
                if not self._is_wanted():
                    return True
                self._write(phase=Phase.READY)
            time.sleep(POLL_SECONDS)
        return False

    def _is_wanted(self) -> bool:
        return not self.terminated and (self.folder.is_kept() or bool(self.folder.holders()))

    def _failure(self, message: str) -> Unavailable:
        """The error for a server that does not start or ends: its cause, and a remedy for it."""
        printed = failures.printed_since(self.folder.log, self._logged_before)
        if failures.ran_out_of_memory(printed):
            megabytes = self.memory.size // MEBIBYTE
            return Unavailable(
                f"Neo4j ran out of memory (KITH_MEMORY is {megabytes} MiB).",
                remedy=f"Set KITH_MEMORY to more, such as {2 * megabytes}MiB.",
            )
        cause = failures.cause_of(printed)
        return Unavailable(
            f"{message} {cause}".strip(),
            remedy=f"Read {self.folder.log} and {self.folder.home / 'logs'}.",
        )


def spawn(folder: Folder, cache: Path, memory: Memory) -> str:
    """Starts a supervisor as a daemon; returns an id of this attempt, which the supervisor writes into the state.

    Raises `Unavailable` when the supervisor does not start.
    """
    attempt = secrets.token_hex(8)
    root = Path(__file__).parent.parent.parent
    explicit = {"KITH_DATA": str(folder.path), "KITH_CACHE": str(cache), "KITH_MEMORY": str(memory.size)}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KITH_", "NEO4J_"))}
    with folder.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "graph", "supervise", attempt],
            cwd=root,
            env=inherited | explicit,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    if hasattr(os, "fork") and process.wait():
        raise Unavailable(
            f"The supervisor of Neo4j exited with status {process.returncode}.", remedy=f"Read {folder.log}."
        )
    return attempt
