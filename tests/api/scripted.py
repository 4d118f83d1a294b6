"""An executor with scripted answers, and a client of the HTTP application in front of it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from api.log import BufferedLines
from api.request_log import RequestLog
from schema.execution import Answer

BODY_LIMIT = 4096
ANSWER_LIMIT = 100_000


@dataclass
class ScriptedExecutor:
    """Returns or raises `result`, and records its calls."""

    result: Answer | Exception = field(default_factory=lambda: Answer("ok", {"data": {"name": "Kith"}}))
    calls: list[dict[str, Any]] = field(default_factory=list)

    async def execute(
        self, query: str, variables: dict[str, object] | None, operation_name: str | None, **more: Any
    ) -> Answer:
        self.calls.append({"query": query, "variables": variables, "operation": operation_name, **more})
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


@dataclass
class Client:
    """An HTTP client with the executor behind the application, its log and its metrics."""

    http: TestClient
    executor: ScriptedExecutor
    request_log: RequestLog
    stream: io.BytesIO
    lines: BufferedLines
    reasons: list[str]

    def post(self, body: object = None, **headers: str) -> Any:
        """POSTs a body as JSON; header names are written with _ for -."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        defaults = {"content-type": "application/json"}
        return self.http.post(
            "/graphql",
            content=content,
            headers=defaults | {name.replace("_", "-"): value for name, value in headers.items()},
        )

    @property
    def logged(self) -> list[dict[str, Any]]:
        """All lines of the log so far."""
        self.lines.flush()
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def metric(self, name: str, **labels: str) -> float | None:
        """The value of a metric."""
        return self.request_log.metrics.registry.get_sample_value(name, labels)
