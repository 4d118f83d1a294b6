"""The server suspended for as long as its files are copied: the files are then what a crash would leave behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil

from graph.engine import java
from graph.engine.folder import Folder
from graph.errors import Unavailable

SECONDS_TO_SUSPEND = 30.0
SECONDS_BETWEEN_LOOKS = 0.002
_STOPPED = ("T", "t")


@contextmanager
def unchanging(folder: Folder) -> Iterator[None]:
    """Let nothing change the databases of a data folder; statements under way wait until the context ends.

    A server that runs is suspended, and resumed in the end; where none runs, none starts. Should this process be
    killed in between, the supervisor resumes the server.
    Raises `Unavailable` when the server cannot be suspended, or ended or went on during the context.
    """
    if (supervision := take_supervision(folder)) is not None:
        with supervision:
            yield
        return
    with folder.suspension():
        process = java.server_process(folder)
        if process is None:
            raise Unavailable("The local Neo4j is starting or stopping.", remedy="Try again in a few seconds.")
        try:
            process.suspend()
            _await_suspension(process)
            yield
            if not _is_suspended(process):
                raise Unavailable("The local Neo4j did not stay suspended.", remedy="Try again.")
        except psutil.NoSuchProcess as error:
            raise Unavailable("The local Neo4j ended while it was suspended.", remedy="Try again.") from error
        finally:
            if process.is_running():
                process.resume()


def take_supervision(folder: Folder) -> IO[bytes] | None:
    """The lock that keeps a server from starting in a data folder, or None while one is supervised there.

    A server that outlived its supervisor is stopped.
    """
    supervision = folder.take_supervision()
    if supervision is not None and (orphan := java.Orphan.of(folder)) is not None:
        java.stop(orphan.process)
    return supervision


def _await_suspension(process: psutil.Process) -> None:
    until = time.monotonic() + SECONDS_TO_SUSPEND
    while not _is_suspended(process):
        if time.monotonic() > until:
            raise Unavailable(
                f"The local Neo4j could not be suspended within {SECONDS_TO_SUSPEND:.0f} s.", remedy="Try again."
            )
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _is_suspended(process: psutil.Process) -> bool:
    """Whether every thread of a process is stopped: a thread in a system call first finishes it."""
    if not process.is_running():
        return False
    threads = Path(f"/proc/{process.pid}/task")
    if not threads.is_dir():
        return bool(process.status() == psutil.STATUS_STOPPED)
    states = []
    for thread in threads.iterdir():
        try:
            # the state follows the name of the program, which is in brackets and may hold any character
            states.append((thread / "stat").read_text(errors="replace").rpartition(")")[2].split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return all(state in _STOPPED for state in states)
