"""The memory of the local server: the one of the settings, or a share of what the machine has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from graph.settings import MEBIBYTE, Settings

SHARE = 8
"""By default the server takes this part of the memory: an eighth."""

_LEAST, _MOST = 640 * MEBIBYTE, 4096 * MEBIBYTE
# A small machine also needs about 300 MB for the rest of the server, and 200 MB for Kith.
_SMALL_SHARE = 3
_FEWEST = 256 * MEBIBYTE

_HEAP_SHARE = 0.75
_TRANSACTION_SHARE = 3

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


@dataclass(frozen=True, slots=True)
class Memory:
    """Heap and page cache of a server together, in bytes; `machine` is what the machine has, if that decided."""

    size: int
    machine: int | None = None

    @property
    def heap(self) -> int:
        """The size of the heap in KiB."""
        return int(self.size * _HEAP_SHARE) // 1024

    @property
    def page_cache(self) -> int:
        """The size of the page cache in KiB."""
        return self.size // 1024 - self.heap

    @property
    def transaction(self) -> int:
        """The memory that one transaction may take, in KiB."""
        return self.heap // _TRANSACTION_SHARE

    def __str__(self) -> str:
        """Returns the sizes and their reason, for the operator."""
        why = "" if self.machine is None else f", for a machine with {self.machine // MEBIBYTE:,} MiB"
        return f"{self.heap // 1024:,} MiB of heap and {self.page_cache // 1024:,} MiB of page cache{why}"


def memory_of(settings: Settings) -> Memory:
    """Returns the memory of the server of these settings."""
    if settings.memory is not None:
        return Memory(settings.memory)
    machine = memory_of_machine()
    return Memory(automatic(machine), machine)


def automatic(machine: int) -> int:
    """Returns the memory of a server on a machine with so many bytes."""
    return max(_FEWEST, min(max(machine // SHARE, _LEAST), machine // _SMALL_SHARE, _MOST))


def memory_of_machine(own: Path = _OWN_CGROUP, cgroups: Path = _CGROUPS) -> int:
    """Returns the memory of this machine in bytes, or less where a control group of this process has a limit."""
    return min([int(psutil.virtual_memory().total), *_limits(own, cgroups)])


def _limits(own: Path, cgroups: Path) -> Iterator[int]:
    """Yields the limits of the control groups that this process is in, of both versions."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            root, name = cgroups, "memory.max"
        elif "memory" in controllers.split(","):
            root, name = cgroups / "memory", "memory.limit_in_bytes"
        else:
            continue
        group = root / path.lstrip("/")
        for folder in (group, *group.parents):
            try:
                limit = (folder / name).read_text().strip()
            except OSError:
                limit = ""
            if limit.isdigit():
                yield int(limit)
            if folder == root:
                break
