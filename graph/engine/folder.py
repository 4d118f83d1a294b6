"""What lies in the data folder: the password, what is known of the server, and the leases of those who use it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

import portalocker
from portalocker import LockFlags

from graph.errors import Unavailable

SECONDS_FOR_A_LOCK = 600.0
TRIES = 10
SECONDS_BETWEEN_TRIES = 0.01


class Phase(StrEnum):
    """Where a server is in its life."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class State:
    """What the supervisor last wrote of its server; true only while the supervisor's lock is held."""

    phase: Phase
    port: int = 0
    pid: int = 0
    born: float = 0.0
    supervisor: int = 0
    message: str = ""
    attempt: str = ""

    @property
    def uri(self) -> str:
        """The address of the server on this machine."""
        return f"bolt://127.0.0.1:{self.port}"


def _take(path: Path) -> IO[bytes] | None:
    """The file, opened and locked, or None when another process holds it; the kernel frees it however this one ends."""
    file = path.open("ab")
    try:
        portalocker.lock(file, LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING)
    except portalocker.LockException:
        file.close()
        return None
    return file


@contextmanager
def locked(path: Path, seconds: float = SECONDS_FOR_A_LOCK) -> Iterator[None]:
    """Hold a lock file, waiting for another process to let go of it; raises `Unavailable` when it does not."""
    until = time.monotonic() + seconds
    while (file := _take(path)) is None:
        if time.monotonic() > until:
            raise Unavailable(f"Another process has held {path} for {seconds:.0f} s.", remedy="End it and try again.")
        time.sleep(0.1)
    with file:
        yield


@dataclass(frozen=True)
class Folder:
    """The data folder of one local server."""

    path: Path

    @property
    def home(self) -> Path:
        """The server's own home: databases, logs, configuration."""
        return self.path / "neo4j"

    @property
    def password_file(self) -> Path:
        """Where the password is, readable by its owner only."""
        return self.path / "password"

    @property
    def log(self) -> Path:
        """What the supervisor and the server's process print."""
        return self.path / "server.log"

    @property
    def _leases(self) -> Path:
        return self.path / "leases"

    @property
    def _keep(self) -> Path:
        return self.path / "keep"

    @property
    def _supervision(self) -> Path:
        return self.path / "supervisor.lock"

    @property
    def _state(self) -> Path:
        return self.path / "server.json"

    def make(self) -> None:
        """Make the folder, for its owner only; raises `Unavailable` where that is not allowed."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._leases.mkdir(exist_ok=True, mode=0o700)
            self.home.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unavailable(
                f"The data folder {self.path} cannot be made or written ({error.strerror}).",
                remedy="Set KITH_DATA to a folder that this user may write.",
            ) from error

    # the password

    def password(self) -> str:
        """The password of the server, made at random the first time."""
        if not self.password_file.exists():
            fresh = self.path / f"password.{secrets.token_hex(4)}"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(24), encoding="ascii")
            # whole or not at all, and the first of several wins
            with contextlib.suppress(FileExistsError):
                os.link(fresh, self.password_file)
            fresh.unlink()
        return self.password_file.read_text(encoding="ascii")

    # what is known of the server

    def state(self) -> State:
        """What the supervisor last wrote; STOPPED when it wrote nothing that can be read."""
        try:
            known = json.loads(self._state.read_text(encoding="utf-8"))
            return State(**{**known, "phase": Phase(known["phase"])})
        except (OSError, ValueError, TypeError, KeyError):
            return State(Phase.STOPPED)

    def write_state(self, state: State) -> None:
        """Replace what is known, at once and whole."""
        fresh = self._state.with_name(f"server.{os.getpid()}.json")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
        fresh.replace(self._state)

    # the supervisor

    def take_supervision(self) -> IO[bytes] | None:
        """The lock that makes this process the only supervisor here, or None when there is one."""
        for _ in range(TRIES):
            if (file := _take(self._supervision)) is not None:
                return file
            # it may be someone who only looked whether there is a supervisor
            time.sleep(SECONDS_BETWEEN_TRIES)
        return None

    def is_supervised(self) -> bool:
        """Whether a supervisor is alive, whatever any file says."""
        if not self.path.exists():
            return False
        if (file := _take(self._supervision)) is None:
            return True
        file.close()
        return False

    # leases and the wish to stay

    @contextmanager
    def lease(self) -> Iterator[None]:
        """While held, and this process lives, the server of this folder is not stopped."""
        while True:
            path = self._leases / f"{os.getpid()}.{secrets.token_hex(4)}"
            if (file := _take(path)) is None:
                continue
            # a supervisor may have swept the file away between its making and its locking
            if path.exists():
                break
            file.close()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            file.close()

    def holders(self) -> tuple[int, ...]:
        """The processes that hold a lease; what dead ones left is swept away."""
        alive = []
        for path in self._leases.glob("*.*"):
            if (file := _take(path)) is None:
                alive.append(int(path.name.partition(".")[0]))
                continue
            path.unlink(missing_ok=True)
            file.close()
        return tuple(sorted(set(alive)))

    def is_kept(self) -> bool:
        """Whether the server is to run on without a lease."""
        return self._keep.exists()

    def keep(self, wanted: bool) -> None:
        """Ask for the server to run on without a lease, or no longer."""
        if wanted:
            self._keep.touch(mode=0o600)
        else:
            self._keep.unlink(missing_ok=True)
