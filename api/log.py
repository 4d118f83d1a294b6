"""Structured logs: one JSON object per line, without any value from a query."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import UTC, datetime
from typing import BinaryIO

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

_FLUSH_SECONDS = 0.05


class BufferedLines:
    """Collects lines and writes them together, because one write per line costs more than rendering the line."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lines: list[bytes] = []
        self._scheduled = False

    def msg(self, line: bytes) -> None:
        """Adds a line, which is written within 50 milliseconds, or at once outside an event loop."""
        self._lines.append(line)
        if self._scheduled:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        self._scheduled = True
        loop.call_later(_FLUSH_SECONDS, self.flush)

    def flush(self) -> None:
        """Writes all lines that were added since the last flush."""
        self._scheduled = False
        lines, self._lines = self._lines, []
        self._stream.write(b"\n".join((*lines, b"")))
        self._stream.flush()

    log = debug = info = warning = error = critical = msg


def create_logger(lines: BufferedLines, *, level: str = "info") -> FilteringBoundLogger:
    """Returns a logger that writes to `lines`; warnings and errors of `logging` are written there too."""
    logger: FilteringBoundLogger = structlog.wrap_logger(
        lines,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[_render],
        cache_logger_on_first_use=True,
    ).bind()
    logging.basicConfig(handlers=[_StandardLibrary(logger)], level=logging.WARNING, force=True)
    return logger


def _render(_logger: WrappedLogger, method: str, event: EventDict) -> bytes:
    """Renders one line of JSON. `error` becomes a type and a traceback, because its message may quote a query."""
    line = {"at": datetime.now(UTC), "level": method, **event}
    error = line.pop("error", None)
    if isinstance(error, BaseException):
        line["error"] = type(error).__qualname__
        line["traceback"] = [
            f"{frame.filename.rpartition('/site-packages/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        if error.__cause__ is not None:
            line["cause"] = type(error.__cause__).__qualname__
    return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z)


class _StandardLibrary(logging.Handler):
    """Writes records of the standard library's logging in the same form."""

    def __init__(self, logger: FilteringBoundLogger) -> None:
        super().__init__(logging.WARNING)
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the message template without its arguments, because those may be values from a query."""
        template = record.msg if isinstance(record.msg, str) else type(record.msg).__qualname__
        fields = {
            "logger": record.name,
            "message": template.strip(),
            "error": record.exc_info[1] if record.exc_info else None,
            "request_id": getattr(record, "request_id", None),
        }
        present = {name: value for name, value in fields.items() if value is not None}
        self._logger.log(max(record.levelno, logging.WARNING), "library", **present)
