"""The data folder: password, state of the server, and leases of the processes that use it."""

from __future__ import annotations

import contextlib
import errno
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
_LONGEST_PASSWORD = 1_000
SECONDS_BETWEEN_TRIES = 0.01


class Phase(StrEnum):
    """The phases of a server."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class State:
    """The state of a server as last written by its supervisor; valid only while the supervisor holds its lock."""

    phase: Phase
    port: int = 0
    pid: int = 0
    born: float = 0.0
    supervisor: int = 0
    message: str = ""
    attempt: str = ""

    @property
    def uri(self) -> str:
        """The URI of the server."""
        return f"bolt://127.0.0.1:{self.port}"


def _take(path: Path) -> IO[bytes] | None:
    """Opens and locks a file, or returns None when another process holds it; the kernel releases it at process exit."""
    file = path.open("ab")
    try:
        portalocker.lock(file, LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING)
    except portalocker.LockException:
        file.close()
        return None
    return file


@contextmanager
def locked(path: Path, seconds: float = SECONDS_FOR_A_LOCK) -> Iterator[None]:
    """Holds a lock file, and waits while another process holds it. Raises `Unavailable` after a timeout."""
    until = time.monotonic() + seconds
    while (file := _take(path)) is None:
        if time.monotonic() > until:
            raise Unavailable(
                f"Another process has held {path} for more than {seconds:.0f} s.", remedy="Stop it and try again."
            )
        time.sleep(0.1)
    with file:
        yield


@dataclass(frozen=True)
class Folder:
    """The data folder of one local server."""

    path: Path

    @property
    def home(self) -> Path:
        """The home folder of Neo4j: databases, logs, configuration."""
        return self.path / "neo4j"

    @property
    def password_file(self) -> Path:
        """The file with the password, readable by its owner only."""
        return self.path / "password"

    @property
    def log(self) -> Path:
        """The log with the output of the supervisor and the server process."""
        return self.path / "server.log"

    @property
    def backups(self) -> Path:
        """The folder of the backups that are made before a migration."""
        return self.path / "backups"

    @property
    def unfinished_restore(self) -> Path:
        """The mark of a restore that has begun to replace the databases."""
        return self.path / "restoring"

    @property
    def _suspension(self) -> Path:
        return self.path / "suspended"

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

    @contextmanager
    def written(self) -> Iterator[None]:
        """Translates the failure of a write in the context. Raises `Unavailable` without permission or room."""
        try:
            yield
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise Unavailable(
                f"The data folder {self.path} cannot be written ({error.strerror}).",
                remedy="Make room on its disk." if full else "Set KITH_DATA to a folder that this user can write.",
            ) from error

    def make(self) -> None:
        """Creates the folder, accessible by its owner only. Raises `Unavailable` if it cannot be written."""
        with self.written():
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._leases.mkdir(exist_ok=True, mode=0o700)
            self.home.mkdir(exist_ok=True, mode=0o700)
            # A folder that exists may be on a disk that is full or mounted for reading only.
            probe = self.path / f"written.{secrets.token_hex(4)}"
            try:
                probe.write_bytes(b"written")
            finally:
                probe.unlink(missing_ok=True)

    # the password

    def password(self) -> str:
        """Returns the password of the server, which is generated on first use.

        Raises `Unavailable` if there are databases but their password is gone, or if the file has no password.
        """
        if not self.password_file.exists():
            self._generate_password()
        try:
            password = self.password_file.read_text(encoding="ascii").strip()
        except UnicodeDecodeError:
            password = ""
        if not password or not password.isprintable() or len(password) > _LONGEST_PASSWORD:
            raise Unavailable(
                f"The file {self.password_file} does not contain a password: one line of ASCII characters.",
                remedy=f"Restore it, or delete {self.path} to start with an empty graph.",
            )
        return password

    def _generate_password(self) -> None:
        if (self.home / "data" / "databases" / "system").exists():
            raise Unavailable(
                f"The password of the databases in {self.home} is gone.",
                remedy=f"Restore {self.password_file}, or delete {self.path} to start with an empty graph.",
            )
        with self.written():
            fresh = self.path / f"password.{secrets.token_hex(4)}"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(24), encoding="ascii")
            # Atomic, and the first of several processes wins.
            with contextlib.suppress(FileExistsError):
                os.link(fresh, self.password_file)
            fresh.unlink()

    def is_password_readable_by_others(self) -> bool:
        """Returns whether other users of this machine can read the password."""
        return os.name == "posix" and bool(self.password_file.stat().st_mode & 0o077)

    # the state of the server

    def state(self) -> State:
        """Returns the last state that the supervisor wrote, or STOPPED when there is no readable one."""
        try:
            known = json.loads(self._state.read_text(encoding="utf-8"))
            return State(**{**known, "phase": Phase(known["phase"])})
        except (OSError, ValueError, TypeError, KeyError):
            return State(Phase.STOPPED)

    def write_state(self, state: State) -> None:
        """Replaces the state atomically."""
        fresh = self._state.with_name(f"server.{os.getpid()}.json")
        try:
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
            fresh.replace(self._state)
        finally:
            fresh.unlink(missing_ok=True)

    # the supervisor

    def take_supervision(self) -> IO[bytes] | None:
        """Acquires the lock of the supervisor; returns None when another process holds it."""
        for _ in range(TRIES):
            if (file := _take(self._supervision)) is not None:
                return file
            # `is_supervised` in another process may hold the lock for a moment.
            time.sleep(SECONDS_BETWEEN_TRIES)
        return None

    def is_supervised(self) -> bool:
        """Returns whether a supervisor is alive, which is independent of the state file."""
        if not self.path.exists():
            return False
        if (file := _take(self._supervision)) is None:
            return True
        file.close()
        return False

    # the suspension of the server while its files are copied

    @contextmanager
    def suspension(self, seconds: float = SECONDS_FOR_A_LOCK) -> Iterator[None]:
        """Hold the right to suspend the server; raises `Unavailable` when another process holds it for too long."""
        until = time.monotonic() + seconds
        while (file := _take(self._suspension)) is None or not self._suspension.exists():
            if file is not None:
                file.close()
            if time.monotonic() > until:
                raise Unavailable(
                    f"Another process has kept Neo4j suspended for {seconds:.0f} s.", remedy="End it and try again."
                )
            time.sleep(SECONDS_BETWEEN_TRIES)
        try:
            yield
        finally:
            self._suspension.unlink(missing_ok=True)
            file.close()

    def take_abandoned_suspension(self) -> bool:
        """Whether a process that suspended the server ended without resuming it; the caller has to resume it."""
        if not self._suspension.exists() or (file := _take(self._suspension)) is None:
            return False
        self._suspension.unlink(missing_ok=True)
        file.close()
        return True

    # leases and the wish to stay

    @contextmanager
    def lease(self) -> Iterator[None]:
        """Holds a lease: the server of this folder is not stopped while the lease is held and this process lives."""
        while True:
            path = self._leases / f"{os.getpid()}.{secrets.token_hex(4)}"
            with self.written():
                file = _take(path)
            if file is None:
                continue
            # A supervisor may have deleted the file before it was locked.
            if path.exists():
                break
            file.close()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            file.close()

    def holders(self) -> tuple[int, ...]:
        """Returns the ids of the processes that hold a lease, and deletes the leases of dead processes."""
        alive = []
        for path in self._leases.glob("*.*"):
            if (file := _take(path)) is None:
                alive.append(int(path.name.partition(".")[0]))
                continue
            path.unlink(missing_ok=True)
            file.close()
        return tuple(sorted(set(alive)))

    def is_kept(self) -> bool:
        """Returns whether the server keeps running without a lease."""
        return self._keep.exists()

    def keep(self, wanted: bool) -> None:
        """Sets whether the server keeps running without a lease."""
        if wanted:
            self._keep.touch(mode=0o600)
        else:
            self._keep.unlink(missing_ok=True)
