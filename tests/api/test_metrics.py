from __future__ import annotations

from pathlib import Path

import pytest

from api.metrics import OTHER, UNNAMED, Metrics, kith_version


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_the_names_clients_choose_are_bounded(metrics: Metrics) -> None:
    for number in range(500):
        metrics.answered(f"Op{number}", "ok", 0.01, 10)
    text = metrics.shown().decode()
    assert len({line for line in text.splitlines() if line.startswith("kith_requests_total{")}) == 101
    assert value(metrics, "kith_requests_total", operation=OTHER, outcome="ok") == 400
    metrics.answered("Op1", "ok", 0.01, 10)
    assert value(metrics, "kith_requests_total", operation="Op1", outcome="ok") == 2
    assert value(metrics, "kith_response_bytes_total") == 5010


def test_only_a_document_that_ran_takes_a_place(metrics: Metrics) -> None:
    for number in range(500):
        metrics.answered(f"Wrong{number}", "invalid", 0.01, 10)
    metrics.answered("Right", "errors", 0.01, 10)
    metrics.answered("Right", "invalid", 0.01, 10)
    assert value(metrics, "kith_requests_total", operation="Right", outcome="errors") == 1
    assert value(metrics, "kith_requests_total", operation="Right", outcome="invalid") == 1
    assert value(metrics, "kith_requests_total", operation=OTHER, outcome="invalid") == 500


def test_an_operation_without_a_name_has_a_place_of_its_own(metrics: Metrics) -> None:
    metrics.answered(None, "ok", 0.01, 10)
    assert value(metrics, "kith_request_seconds_count", operation=UNNAMED) == 1


def test_statements_are_timed_by_name_and_bounded(metrics: Metrics) -> None:
    for number in range(300):
        metrics.statement(f"s{number}", 0.002)
    assert value(metrics, "kith_statement_seconds_count", statement="s7") == 1
    assert value(metrics, "kith_statement_seconds_count", statement=OTHER) == 200
    assert value(metrics, "kith_statement_seconds_bucket", statement="s7", le="0.002") == 1


def test_the_version_is_the_one_of_the_project(project: Path) -> None:
    assert f'version = "{kith_version()}"' in (project / "pyproject.toml").read_text()
