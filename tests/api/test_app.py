from __future__ import annotations

import pytest

from graph.version import kith_version
from tests.api.scripted import Client


def test_healthz_is_503_with_the_reasons_while_the_database_does_not_answer(client: Client) -> None:
    response = client.http.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"alive": True, "works": True, "reasons": []})
    assert response.headers["cache-control"] == "no-store"
    client.reasons.append("The database does not answer.")
    response = client.http.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"alive": True, "works": False, "reasons": ["The database does not answer."]}


def test_readyz_is_503_with_the_reasons_while_the_database_is_not_ready(client: Client) -> None:
    assert client.http.get("/readyz").json() == {"ready": True, "reasons": []}
    client.reasons.append("The database does not answer.")
    response = client.http.get("/readyz")
    assert (response.status_code, response.json()["ready"]) == (503, False)
    assert response.json()["reasons"] == ["The database does not answer."]


def test_metrics_contain_versions_requests_and_statements(client: Client) -> None:
    client.post({"query": "query A { a }"})
    client.request_log.metrics.observe_statement("accounts", 0.004)
    response = client.http.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    assert 'kith_build_info{neo4j="0",python="3.' in response.text
    assert f'version="{kith_version()}"' in response.text
    assert 'kith_requests_total{operation="A",outcome="ok"} 1.0' in response.text
    assert 'kith_statement_seconds_bucket{le="0.005",statement="accounts"} 1.0' in response.text
    assert "kith_requests_in_flight 0.0" in response.text
    assert "process_resident_memory_bytes" in response.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/graphql/", 404, "NOT_FOUND"),
        ("POST", "/healthz", 405, "INVALID"),
    ],
)
def test_errors_of_other_paths_have_the_form_of_graphql_errors(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    response = client.http.request(method, path)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (status, code)
    assert error["message"]
    assert error["extensions"]["remedy"]


def test_successful_health_checks_are_not_logged(client: Client) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/nothing"):
        client.http.get(path)
    client.reasons.append("No.")
    client.http.get("/readyz")
    assert [(line["path"], line["status"]) for line in client.logged] == [("/nothing", 404), ("/readyz", 503)]
