"""The list of rejected rows: a CSV file that says of each where it is and why."""

from __future__ import annotations

import csv
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from seed.rows.files import Fault

COLUMNS = ("file", "line", "column", "value", "reason")
_REMEMBERED = 1_000_000


class Rejects:
    """Writes rejected rows as they come; what is said of a row twice is written once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        self._lock = threading.Lock()
        self._said: set[int] = set()
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
        """One rejected row, by the file's name and the physical line it begins on."""
        said = hash((file, line, *fault))
        with self._lock:
            if said in self._said:
                return
            if len(self._said) < _REMEMBERED:
                self._said.add(said)
            self.written += 1
            self._rows.writerow((file, line, *fault))

    def node(self, uid: str, file: str, line: int) -> None:
        """That the row of this node was rejected, so that what refers to it can say so."""
        if len(self._causes) < _REMEMBERED:
            self._causes.setdefault(uid, (file, line))

    def cause(self, uid: str) -> tuple[str, int] | None:
        """File and line of the rejected row of a node."""
        return self._causes.get(uid)
