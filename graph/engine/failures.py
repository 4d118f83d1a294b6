"""The causes of failures of the server, from what it printed."""

from __future__ import annotations

import re
from pathlib import Path

_LOG_BYTES = 200_000
_LINES = 5
_OUT_OF_MEMORY = "java.lang.OutOfMemoryError"
# Stack frames, continuations of them, and remarks of the virtual machine about its options.
_NOISE = re.compile(r"^\s+at |^\s*\.\.\. \d+ more|^\[[\d.]+s\]|^(?:OpenJDK|Java HotSpot).* warning:|^WARNING: |^\s*$")
_CAUSE = re.compile(r"^\s*Caused by: (?:[\w$.]+(?:Exception|Error): )?(\S.*)")
_ERROR = re.compile(r"\bERROR\s+(\S.*)|^(?:Exception in thread \S+ )?[\w$.]+(?:Exception|Error): (\S.*)")


def size_of(log: Path) -> int:
    """Returns the size of a log, after which a new process writes."""
    return log.stat().st_size if log.exists() else 0


def printed_since(log: Path, size: int) -> str:
    """Returns what was appended to a log since it had a size, or the end of that."""
    try:
        with log.open("rb") as file:
            file.seek(max(size, size_of(log) - _LOG_BYTES))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def ran_out_of_memory(printed: str) -> bool:
    """Returns whether the virtual machine ended because its heap was too small."""
    return _OUT_OF_MEMORY in printed or "There is insufficient memory for the Java Runtime" in printed


def cause_of(printed: str) -> str:
    """Returns the innermost cause in the output of a server, else its last error, else its last lines without noise."""
    lines = [line for line in printed.splitlines() if not _NOISE.search(line)]
    causes = [match[1] for line in lines if (match := _CAUSE.search(line))]
    if causes:
        return causes[-1].strip()
    errors = [(match[1] or match[2]).strip() for line in lines if (match := _ERROR.search(line))]
    return errors[-1] if errors else "\n".join(lines[-_LINES:])
