from __future__ import annotations

from pathlib import Path

import pytest

from api.metrics import OTHER, UNNAMED, Metrics
from graph.version import kith_version


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_the_number_of_operation_labels_is_bounded(metrics: Metrics) -> None:
    for number in range(500):
        metrics.observe_request(f"Op{number}", "ok", 0.01, 10)
    text = metrics.render().decode()
    assert len({line for line in text.splitlines() if line.startswith("kith_requests_total{")}) == 101
    assert value(metrics, "kith_requests_total", operation=OTHER, outcome="ok") == 400
    metrics.observe_request("Op1", "ok", 0.01, 10)
    assert value(metrics, "kith_requests_total", operation="Op1", outcome="ok") == 2
    assert value(metrics, "kith_response_bytes_total") == 5010


def test_only_an_executed_operation_gets_a_label(metrics: Metrics) -> None:
    for number in range(500):
        metrics.observe_request(f"Wrong{number}", "invalid", 0.01, 10)
    metrics.observe_request("Right", "errors", 0.01, 10)
    metrics.observe_request("Right", "invalid", 0.01, 10)
    assert value(metrics, "kith_requests_total", operation="Right", outcome="errors") == 1
    assert value(metrics, "kith_requests_total", operation="Right", outcome="invalid") == 1
    assert value(metrics, "kith_requests_total", operation=OTHER, outcome="invalid") == 500


def test_unnamed_operations_have_a_label(metrics: Metrics) -> None:
    metrics.observe_request(None, "ok", 0.01, 10)
    assert value(metrics, "kith_request_seconds_count", operation=UNNAMED) == 1


def test_statements_are_observed_by_name_and_bounded(metrics: Metrics) -> None:
    for number in range(300):
        metrics.observe_statement(f"s{number}", 0.002)
    assert value(metrics, "kith_statement_seconds_count", statement="s7") == 1
    assert value(metrics, "kith_statement_seconds_count", statement=OTHER) == 200
    assert value(metrics, "kith_statement_seconds_bucket", statement="s7", le="0.002") == 1


def test_the_version_is_the_one_of_the_project(project: Path) -> None:
    assert f'version = "{kith_version()}"' in (project / "pyproject.toml").read_text()
