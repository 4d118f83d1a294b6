"""Writes the CSV file that lists rejected rows with their place and reason."""

from __future__ import annotations

import csv
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from seed.rows.row import Fault

COLUMNS = ("file", "line", "column", "value", "reason")
_REMEMBERED = 1_000_000


class Rejects:
    """Writes rejected rows, each reason for a row once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        self._lock = threading.Lock()
        self._reported: set[int] = set()
        self._causes: dict[str, tuple[str, int]] = {}

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(COLUMNS)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, file: str, line: int, fault: Fault) -> None:
        """Adds a row, identified by the name of its file and the line on which it begins."""
        reported = hash((file, line, *fault))
        with self._lock:
            if reported in self._reported:
                return
            if len(self._reported) < _REMEMBERED:
                self._reported.add(reported)
            self.written += 1
            self._rows.writerow((file, line, *fault))

    def node(self, uid: str, file: str, line: int) -> None:
        """Records that the row of a node was rejected, for rows that refer to the node."""
        if len(self._causes) < _REMEMBERED:
            self._causes.setdefault(uid, (file, line))

    def cause(self, uid: str) -> tuple[str, int] | None:
        """The file and the line of the rejected row of a node."""
        return self._causes.get(uid)
