"""Records each request in the log and in the metrics."""

from __future__ import annotations

import asyncio

from structlog.typing import FilteringBoundLogger

from api.metrics import Metrics
from api.reply import Reply

_PAGE = "page"
_NOT_LOGGED = ("/healthz", "/readyz", "/metrics")


class RequestLog:
    """Records requests as they end.

    `in_flight` is the number of GraphQL requests that have not ended; `idle` is set while there are none.
    """

    def __init__(self, metrics: Metrics, log: FilteringBoundLogger) -> None:
        self.metrics = metrics
        self.log = log
        self.in_flight = 0
        self.idle = asyncio.Event()
        self.idle.set()

    def begin(self) -> None:
        """Counts a GraphQL request that arrived."""
        self.in_flight += 1
        self.idle.clear()

    def end(self) -> None:
        """Counts a GraphQL request that ended."""
        self.in_flight -= 1
        if not self.in_flight:
            self.idle.set()

    def graphql(self, request_id: str, method: str, reply: Reply, seconds: float) -> None:
        """Records a request to `/graphql` that was answered."""
        if reply.outcome != _PAGE:
            self.metrics.observe_request(reply.operation, reply.outcome, seconds, len(reply.body))
        fields: dict[str, object] = {
            "request_id": request_id,
            "method": method,
            "status": reply.status,
            "ms": round(seconds * 1000, 3),
            "bytes": len(reply.body),
            "outcome": reply.outcome,
            "operation": reply.operation,
        }
        if reply.codes:
            fields["codes"] = reply.codes
        self.log.info("request", **fields)

    def http(self, method: str, path: str, status: int, seconds: float) -> None:
        """Records a request to another path; successful health checks and scrapes are not logged."""
        if status < 400 and path in _NOT_LOGGED:
            return
        self.log.info("http", method=method, path=path[:200], status=status, ms=round(seconds * 1000, 3))

    def disconnected(self, request_id: str, seconds: float) -> None:
        """Records a request whose client disconnected before it was answered."""
        self.metrics.observe_request(None, "disconnected", seconds, 0)
        self.log.info("request", request_id=request_id, ms=round(seconds * 1000, 3), outcome="disconnected")

    def failed(self, request_id: str, operation: str | None, error: Exception) -> None:
        """Logs an unexpected exception with its traceback; the line of the request itself follows."""
        self.log.error("failed", request_id=request_id, operation=operation, error=error)
