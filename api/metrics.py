"""What Kith counts, for Prometheus to collect from `/metrics`."""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_MOST_NAMES = 100
OTHER = "(other)"
UNNAMED = "(unnamed)"


@cache
def kith_version() -> str:
    """The version of Kith that runs: Kith is never installed, so it is read where it is written."""
    text = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text()
    return str(tomllib.loads(text)["project"]["version"])


class Metrics:
    """All counters of one process, in a registry of its own; the names a client chooses are kept to a hundred."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "kith_requests", "GraphQL requests answered", ("operation", "outcome"), registry=self.registry
        )
        self._seconds = Histogram(
            "kith_request_seconds",
            "Time of a request in Kith",
            ("operation",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._statements = Histogram(
            "kith_statement_seconds", "Time of a statement, as Kith saw it", ("statement",),
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._bytes = Counter("kith_response_bytes", "Bytes of GraphQL answers", registry=self.registry)
        self._in_flight = Gauge("kith_requests_in_flight", "GraphQL requests being answered", registry=self.registry)
        self._build = Gauge(
            "kith_build_info", "What is running; the value is always 1", ("version", "python", "neo4j"),
            registry=self.registry,
        )  # fmt: skip
        self._by_operation: dict[tuple[str | None, str], tuple[Counter, Histogram]] = {}
        self._operations: set[str] = set()
        self._by_statement: dict[str, Histogram] = {}

    def running(self, *, neo4j: str, in_flight: Callable[[], float]) -> None:
        """Says what runs, and where to read the number of requests being answered."""
        self._build.labels(kith_version(), platform.python_version(), neo4j).set(1)
        self._in_flight.set_function(in_flight)

    def answered(self, operation: str | None, outcome: str, seconds: float, size: int) -> None:
        """Counts one GraphQL request."""
        try:
            counter, histogram = self._by_operation[operation, outcome]
        except KeyError:
            label = self._label(operation, outcome)
            counter, histogram = self._requests.labels(label, outcome), self._seconds.labels(label)
            if label != OTHER:
                self._by_operation[operation, outcome] = counter, histogram
        counter.inc()
        histogram.observe(seconds)
        self._bytes.inc(size)

    def _label(self, operation: str | None, outcome: str) -> str:
        if operation is None:
            return UNNAMED
        if operation in self._operations:
            return operation
        # Only a document that ran may take one of the places: typing errors and attacks do not.
        if outcome not in ("ok", "errors") or len(self._operations) >= _MOST_NAMES:
            return OTHER
        self._operations.add(operation)
        return operation

    def statement(self, name: str, seconds: float) -> None:
        """Counts one statement; the signature is `graph.store.Observer`."""
        try:
            histogram = self._by_statement[name]
        except KeyError:
            label = name if len(self._by_statement) < _MOST_NAMES else OTHER
            histogram = self._statements.labels(label)
            if label != OTHER:
                self._by_statement[name] = histogram
        histogram.observe(seconds)

    def shown(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self.registry)
