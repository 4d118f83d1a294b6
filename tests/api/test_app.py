from __future__ import annotations

import pytest

from api.metrics import kith_version
from tests.api.scripted import Wire


def test_healthz_says_that_the_process_lives(wire: Wire) -> None:
    wire.because.append("The database does not answer.")
    response = wire.client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"alive": True})
    assert response.headers["cache-control"] == "no-store"


def test_readyz_is_503_with_the_reasons_until_there_are_none(wire: Wire) -> None:
    assert wire.client.get("/readyz").json() == {"ready": True, "because": []}
    wire.because.append("The database does not answer.")
    response = wire.client.get("/readyz")
    assert (response.status_code, response.json()["ready"]) == (503, False)
    assert response.json()["because"] == ["The database does not answer."]


def test_metrics_tell_what_runs(wire: Wire) -> None:
    wire.post({"query": "query A { a }"})
    wire.request_log.metrics.statement("accounts", 0.004)
    response = wire.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    assert 'kith_build_info{neo4j="0",python="3.' in response.text
    assert f'version="{kith_version()}"' in response.text
    assert 'kith_requests_total{operation="A",outcome="ok"} 1.0' in response.text
    assert 'kith_statement_seconds_bucket{le="0.005",statement="accounts"} 1.0' in response.text
    assert "kith_requests_in_flight 0.0" in response.text
    assert "process_resident_memory_bytes" in response.text


def test_the_root_leads_to_the_page(wire: Wire) -> None:
    response = wire.client.get("/", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, "./graphql")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/graphql/", 404, "NOT_FOUND"),
        ("POST", "/healthz", 405, "INVALID"),
    ],
)
def test_other_addresses_err_in_the_form_of_graphql(wire: Wire, method: str, path: str, status: int, code: str) -> None:
    response = wire.client.request(method, path)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (status, code)
    assert error["message"]
    assert error["extensions"]["remedy"]


def test_health_checks_that_go_well_are_not_logged(wire: Wire) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/nothing"):
        wire.client.get(path)
    wire.because.append("No.")
    wire.client.get("/readyz")
    assert [(line["path"], line["status"]) for line in wire.logged] == [("/nothing", 404), ("/readyz", 503)]
