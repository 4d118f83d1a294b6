"""Structured logs: one JSON object a line, on standard output, never with a value out of a query."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any, BinaryIO

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def opened(stream: BinaryIO | None = None, *, level: str = "info") -> FilteringBoundLogger:
    """A logger that writes to `stream`, standard output by default; takes over what libraries log as warnings."""
    stream = sys.stdout.buffer if stream is None else stream
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.BytesLogger(stream),
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _without_values,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        cache_logger_on_first_use=True,
    )
    library = _Library(logger)
    logging.basicConfig(handlers=[library], level=logging.WARNING, force=True)
    return logger


def _dumps(event: EventDict, default: Any = None, **_: object) -> bytes:
    return orjson.dumps(event, default=str)


def _without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Turns `error` into its type and the places it came through: its message may quote what somebody asked."""
    error = event.pop("error", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["through"] = [
            f"{frame.filename.rpartition('/site-packages/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        if error.__cause__ is not None:
            event["because"] = type(error.__cause__).__qualname__
    return event


class _Library(logging.Handler):
    """Gives the warnings of libraries the same form."""

    def __init__(self, logger: FilteringBoundLogger) -> None:
        super().__init__(logging.WARNING)
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record's text without its arguments, since those may be values."""
        error = record.exc_info[1] if record.exc_info else None
        says = record.msg if isinstance(record.msg, str) else type(record.msg).__qualname__
        level = "error" if record.levelno >= logging.ERROR else "warning"
        self._logger.log(LEVELS[level], "library", library=record.name, says=says.strip(), error=error)
