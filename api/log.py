"""Structured logs: one JSON object a line, never with a value out of a query."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import UTC, datetime
from typing import BinaryIO

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

_MOMENT = 0.05

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class Lines:
    """Where the lines go: gathered for a moment, since a write for each would cost more than the line itself."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting: list[bytes] = []
        self._due = False

    def msg(self, line: bytes) -> None:
        """Takes one line; it is out within a twentieth of a second, or at once outside an event loop."""
        self._waiting.append(line)
        if self._due:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        self._due = True
        loop.call_later(_MOMENT, self.flush)

    def flush(self) -> None:
        """Writes all that waits."""
        self._due = False
        lines, self._waiting = self._waiting, []
        self._stream.write(b"\n".join((*lines, b"")))
        self._stream.flush()

    log = debug = info = warning = error = critical = msg


def opened(lines: Lines, *, level: str = "info") -> FilteringBoundLogger:
    """A logger that writes to `lines`; it also takes over what libraries log as warnings and errors."""
    logger: FilteringBoundLogger = structlog.wrap_logger(
        lines,
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        processors=[_rendered],
        cache_logger_on_first_use=True,
    ).bind()
    logging.basicConfig(handlers=[_Library(logger)], level=logging.WARNING, force=True)
    return logger


def _rendered(_logger: WrappedLogger, method: str, event: EventDict) -> bytes:
    """One line of JSON; `error` becomes its type and the places it came through, as its message may quote a query."""
    line = {"at": datetime.now(UTC), "level": method, **event}
    error = line.pop("error", None)
    if isinstance(error, BaseException):
        line["error"] = type(error).__qualname__
        line["through"] = [
            f"{frame.filename.rpartition('/site-packages/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        if error.__cause__ is not None:
            line["because"] = type(error.__cause__).__qualname__
    return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z)


class _Library(logging.Handler):
    """Gives the warnings of libraries the same form."""

    def __init__(self, logger: FilteringBoundLogger) -> None:
        super().__init__(logging.WARNING)
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record's text without its arguments, since those may be values."""
        error = record.exc_info[1] if record.exc_info else None
        description = record.msg if isinstance(record.msg, str) else type(record.msg).__qualname__
        line: dict[str, object] = {"library": record.name, "description": description.strip(), "error": error}
        request = getattr(record, "request_id", None)
        self._logger.log(max(record.levelno, logging.WARNING), "library", **_there(line, request=request))


def _there(line: dict[str, object], **more: object) -> dict[str, object]:
    return {name: value for name, value in (line | more).items() if value is not None}
