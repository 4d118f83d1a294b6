"""The health of a server that runs: Neo4j closes a database for good when a write to its disk fails."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time

from neo4j.exceptions import DriverError, Neo4jError

from graph.engine.folder import Folder
from graph.engine.warmup import check
from graph.errors import Unavailable
from graph.settings import MEBIBYTE

SECONDS_BETWEEN_CHECKS = 10.0
SECONDS_AFTER_A_FAILURE = 2.0
FAILURES = 3
# The codes of a database that has closed itself; others, such as those of a server without memory, pass.
_BROKEN = ("Neo.DatabaseError.", "Neo.TransientError.General.DatabaseUnavailable")
ROOM = 64 * MEBIBYTE
SECONDS_FOR_A_CHECK = 20.0


class Health:
    """Checks a server in the background with a small statement.

    A server is broken when it has refused the statement several times, as it does after a write to a full disk, and its
    disk has room again. One that does not answer at all may be suspended for a backup, or busy: it is not broken.
    """

    def __init__(self, port: int, folder: Folder) -> None:
        self._port, self._folder = port, folder
        self._failures = 0
        self._next = time.monotonic() + SECONDS_BETWEEN_CHECKS
        self._check: threading.Thread | None = None

    def is_broken(self) -> bool:
        """Returns at once what the checks have found, and starts the next one when it is due."""
        if (self._check is None or not self._check.is_alive()) and time.monotonic() >= self._next:
            self._check = threading.Thread(target=self._run, name="check of Neo4j", daemon=True)
            self._check.start()
        return self._failures >= FAILURES and self._has_room()

    def _run(self) -> None:
        try:
            asyncio.run(asyncio.wait_for(check(self._port, self._folder.password()), SECONDS_FOR_A_CHECK))
        except (Neo4jError, DriverError, TimeoutError, OSError, Unavailable) as error:
            refused = str(getattr(error, "code", "")).startswith(_BROKEN)
            self._failures = self._failures + 1 if refused else 0
        else:
            self._failures = 0
        self._next = time.monotonic() + (SECONDS_AFTER_A_FAILURE if self._failures else SECONDS_BETWEEN_CHECKS)

    def _has_room(self) -> bool:
        try:
            return shutil.disk_usage(self._folder.home).free >= ROOM
        except OSError:
            return False
