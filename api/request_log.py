"""What happened to each request: a line in the log and a place in the metrics."""

from __future__ import annotations

from structlog.typing import FilteringBoundLogger

from api.metrics import Metrics
from api.reply import Reply

_PAGE = "page"
_QUIET = ("/healthz", "/readyz", "/metrics")


class RequestLog:
    """Notes requests as they end, and knows how many have not yet ended."""

    def __init__(self, metrics: Metrics, log: FilteringBoundLogger) -> None:
        self.metrics = metrics
        self.log = log
        self.in_flight = 0

    def note(self, request_id: str, method: str, reply: Reply, seconds: float) -> None:
        """A request that was answered."""
        if reply.outcome != _PAGE:
            self.metrics.answered(reply.operation, reply.outcome, seconds, len(reply.body))
        line: dict[str, object] = {
            "request": request_id,
            "method": method,
            "status": reply.status,
            "ms": round(seconds * 1000, 3),
            "bytes": len(reply.body),
            "outcome": reply.outcome,
            "operation": reply.operation,
        }
        if reply.codes:
            line["codes"] = reply.codes
        self.log.info("request", **line)

    def other(self, method: str, path: str, status: int, seconds: float) -> None:
        """A request to another address than GraphQL's; health checks that go well are not worth a line."""
        if status < 400 and path in _QUIET:
            return
        self.log.info("other", method=method, path=path[:200], status=status, ms=round(seconds * 1000, 3))

    def left(self, request_id: str, seconds: float) -> None:
        """A request whose client went away before it was whole."""
        self.metrics.answered(None, "left", seconds, 0)
        self.log.info("request", request=request_id, status=None, ms=round(seconds * 1000, 3), outcome="left")

    def failed(self, request_id: str, operation: str | None, error: Exception) -> None:
        """A fault of Kith itself, with the way it came; the request's own line follows."""
        self.log.error("failed", request=request_id, operation=operation, error=error)
