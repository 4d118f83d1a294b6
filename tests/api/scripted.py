"""A schema that answers what a test says, and a client of the HTTP in front of it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from api.log import Lines
from api.request_log import RequestLog
from schema.execution import Answer

BODY_LIMIT = 4096


@dataclass
class ScriptedDoor:
    """Answers what the test says, and remembers what it was asked."""

    says: Answer | Exception = field(default_factory=lambda: Answer("ok", {"data": {"name": "Kith"}}))
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def answer(
        self, query: str, variables: dict[str, object] | None, operation_name: str | None, **more: Any
    ) -> Answer:
        self.asked.append({"query": query, "variables": variables, "operation": operation_name, **more})
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@dataclass
class Wire:
    """A client, the door behind it, and what was logged and counted."""

    client: TestClient
    door: ScriptedDoor
    request_log: RequestLog
    stream: io.BytesIO
    lines: Lines
    because: list[str]

    def post(self, body: object = None, **headers: str) -> Any:
        """POSTs a body as JSON; header names with _ for -."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"content-type": "application/json"} | {name.replace("_", "-"): each for name, each in headers.items()}
        return self.client.post("/graphql", content=content, headers=sent)

    @property
    def logged(self) -> list[dict[str, Any]]:
        """Every line of the log so far."""
        self.lines.flush()
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def counted(self, metric: str, **labels: str) -> float | None:
        """The value of a metric."""
        return self.request_log.metrics.registry.get_sample_value(metric, labels)
