"""The process that owns the local server: starts it, starts it again when it dies, stops it when nobody is left."""

from __future__ import annotations

import asyncio
import contextlib
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

from graph.engine import java
from graph.engine.aot_cache import AotCache
from graph.engine.folder import Folder, Phase, State
from graph.engine.jars import JarCache
from graph.engine.warmup import greet
from graph.errors import KithError, Unavailable

SECONDS_TO_START = 600.0
SECONDS_BETWEEN_LOOKS = 0.1
LINES_OF_LOG = 15
RESTARTS_AT_MOST = 5
SECONDS_THAT_FORGIVE = 60.0


class Supervisor:
    """One server of one folder, from its start to its end."""

    def __init__(self, folder: Folder, jar_cache: JarCache, memory: int, attempt: str) -> None:
        self.folder = folder
        self.jar_cache = jar_cache
        self.memory = memory
        self.state = State(Phase.STARTING, port=folder.state().port, attempt=attempt)
        self.ended = False

    def run(self) -> int:
        """Supervise, as a process of its own, until nobody wants the server; returns the status of this process.

        Does nothing where another supervisor is at work: whoever asked finds that one.
        """
        if (lock := self.folder.take_supervision()) is None:
            return 0
        # whoever asked waits for its child, and the child's child, which shares the lock, stays without a parent
        if hasattr(os, "fork") and os.fork():
            return 0
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with lock:
            try:
                self._supervise()
            except KithError as error:
                self._tell(phase=Phase.FAILED, message=f"{error.message}\n{error.remedy}", pid=0)
                return 1
            except Exception as error:
                self._tell(
                    phase=Phase.FAILED,
                    message=f"The supervisor of Neo4j failed: {error!r}.\nSee {self.folder.log}.",
                    pid=0,
                )
                raise
            self._tell(phase=Phase.STOPPED, pid=0)
            return 0

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.ended = True

    def _tell(self, **change: object) -> None:
        self.state = replace(self.state, **change)  # type: ignore[arg-type]  # names of State's own fields
        self.folder.write_state(self.state)

    def _supervise(self) -> None:
        if (orphan := java.Orphan.of(self.folder)) is not None:
            java.stop(orphan.process)
        # a wish to stay that an earlier server left, before the machine was switched off, is not for this one
        self.folder.keep(False)
        self._tell(supervisor=os.getpid())
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
            restarts = [at for at in restarts if time.monotonic() - at < SECONDS_THAT_FORGIVE] + [time.monotonic()]
            if len(restarts) > RESTARTS_AT_MOST:
                raise Unavailable(self._why(f"Neo4j died {len(restarts)} times in a minute."), remedy=self._see())

    def _start(self) -> subprocess.Popen[bytes]:
        port = java.free_port(self.state.port)
        java.prepare(self.folder, port, self.memory)
        arguments = java.command(self.jar_cache, self.folder.home, self.memory, *AotCache(self.jar_cache).options())
        process = java.run(arguments, self.folder.log)
        self._tell(phase=Phase.STARTING, port=port, pid=process.pid, born=psutil.Process(process.pid).create_time())
        try:
            self._await(process, port)
        except BaseException:
            java.stop(process)
            raise
        self._tell(phase=Phase.READY)
        return process

    def _await(self, process: subprocess.Popen[bytes], port: int) -> None:
        """Wait until a server that was just started answers; raises `Unavailable` with the end of its log."""
        until = time.monotonic() + SECONDS_TO_START
        while not java.answers(port):
            if process.poll() is not None:
                reason = f"Neo4j ended while it started (status {process.returncode})."
                raise Unavailable(self._why(reason), remedy=self._see())
            if time.monotonic() > until or self.ended:
                reason = f"Neo4j did not answer within {SECONDS_TO_START:.0f} s."
                raise Unavailable(self._why(reason), remedy=self._see())
            time.sleep(SECONDS_BETWEEN_LOOKS)
        try:
            asyncio.run(greet(port, self.folder.password()))
        except (Neo4jError, DriverError) as error:
            reason = f"Neo4j started but does not answer: {error}"
            raise Unavailable(self._why(reason), remedy=self._see()) from error

    def _watch(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait while the server lives and is wanted; whether it still lives."""
        while process.poll() is None:
            if not self._is_wanted():
                # a lease taken after this is written is seen below; one that finds it waits for the end
                self._tell(phase=Phase.STOPPING)
                if not self._is_wanted():
                    return True
                self._tell(phase=Phase.READY)
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return False

    def _is_wanted(self) -> bool:
        return not self.ended and (self.folder.is_kept() or bool(self.folder.holders()))

    def _see(self) -> str:
        return f"See {self.folder.log}."

    def _why(self, sentence: str) -> str:
        with contextlib.suppress(OSError):
            lines = self.folder.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_OF_LOG:]
            return "\n".join((sentence, *lines))
        return sentence


def spawn(folder: Folder, cache: Path, memory: int) -> str:
    """Start a supervisor that outlives this process and belongs to no terminal; returns the name of this attempt.

    Raises `Unavailable` when not even the supervisor starts.
    """
    attempt = secrets.token_hex(8)
    root = Path(__file__).parent.parent.parent
    own = {"KITH_DATA": str(folder.path), "KITH_CACHE": str(cache), "KITH_MEMORY": str(memory)}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KITH_", "NEO4J_"))}
    with folder.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "graph", "supervise", attempt],
            cwd=root,
            env=inherited | own,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    if hasattr(os, "fork") and process.wait():
        raise Unavailable(
            f"The supervisor of Neo4j ended with status {process.returncode}.", remedy=f"See {folder.log}."
        )
    return attempt
