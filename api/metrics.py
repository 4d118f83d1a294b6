"""Prometheus metrics, served at `/metrics`."""

from __future__ import annotations

import platform
from collections.abc import Callable

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

from graph.version import kith_version

CONTENT_TYPE = CONTENT_TYPE_LATEST

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_MAX_LABELS = 100
OTHER = "(other)"
UNNAMED = "(unnamed)"


class Metrics:
    """The metrics of one process, in a registry of their own; at most 100 operation names get a label of their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the function has no annotations
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "kith_requests", "GraphQL requests answered", ("operation", "outcome"), registry=self.registry
        )
        self._seconds = Histogram(
            "kith_request_seconds",
            "Duration of a GraphQL request in seconds",
            ("operation",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._statements = Histogram(
            "kith_statement_seconds", "Duration of a database statement in seconds", ("statement",),
            buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self._bytes = Counter("kith_response_bytes", "Bytes of GraphQL response bodies", registry=self.registry)
        self._in_flight = Gauge("kith_requests_in_flight", "GraphQL requests in progress", registry=self.registry)
        self._build = Gauge(
            "kith_build_info", "Versions of this process; the value is always 1", ("version", "python", "neo4j"),
            registry=self.registry,
        )  # fmt: skip
        self._by_operation: dict[tuple[str | None, str], tuple[Counter, Histogram]] = {}
        self._operations: set[str] = set()
        self._by_statement: dict[str, Histogram] = {}

    def set_build_info(self, *, neo4j: str, in_flight: Callable[[], float]) -> None:
        """Sets the version labels, and the function that returns the number of requests in progress."""
        self._build.labels(kith_version(), platform.python_version(), neo4j).set(1)
        self._in_flight.set_function(in_flight)

    def observe_request(self, operation: str | None, outcome: str, seconds: float, size: int) -> None:
        """Counts one GraphQL request: its outcome, its duration in seconds and the size of its body in bytes."""
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
        # Only a document that was executed gets a label, so that typing errors and attacks do not use them up.
        if outcome not in ("ok", "errors") or len(self._operations) >= _MAX_LABELS:
            return OTHER
        self._operations.add(operation)
        return operation

    def observe_statement(self, name: str, seconds: float) -> None:
        """Observes the duration of one statement; a `graph.store.Observer`."""
        try:
            histogram = self._by_statement[name]
        except KeyError:
            label = name if len(self._by_statement) < _MAX_LABELS else OTHER
            histogram = self._statements.labels(label)
            if label != OTHER:
                self._by_statement[name] = histogram
        histogram.observe(seconds)

    def render(self) -> bytes:
        """Returns all metrics in the Prometheus text format."""
        return generate_latest(self.registry)
