"""Compression, cross-origin requests, the schema document and persisted queries, with a scripted executor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import with_cors
from api.compression import accepts_gzip
from graph.errors import Invalid
from graph.settings import Settings
from schema.execution import Answer
from tests.api.scripted import Client

LARGE = {"query": "query Large { a }"}


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        (b"gzip", True),
        (b"br, gzip;q=0.5", True),
        (b"GZIP", True),
        (b"*", True),
        (b"x-gzip", True),
        (b"gzip;q=0", False),
        (b"gzip; q=0.0, br", False),
        (b"*;q=0", False),
        (b"gzip;q=x", False),
        (b"br, zstd", False),
        (b"", False),
        (b"identity, gzipped", False),
        (b"gzip," * 5_000, True),
    ],
)
def test_gzip_is_used_if_the_client_accepts_it(accept: bytes, accepted: bool) -> None:
    assert accepts_gzip(accept) is accepted


def test_a_large_response_is_compressed_and_a_small_one_is_not(client: Client) -> None:
    plain = client.http.get("/metrics", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    raw = client.http.send(client.http.build_request("GET", "/metrics", headers={"accept-encoding": "gzip"}))
    assert raw.headers["content-encoding"] == "gzip"
    assert int(raw.headers["content-length"]) < len(plain.content) / 2
    assert raw.text.splitlines()[0] == plain.text.splitlines()[0]
    small = client.post({"query": "query Small { a }"}, **{"accept-encoding": "gzip"})
    assert "content-encoding" not in small.headers


def test_a_large_answer_of_graphql_is_compressed_and_names_the_header_it_depends_on(client: Client) -> None:
    client.executor.result = Answer("ok", {"data": {"a": "x" * 5_000}})
    response = client.post(LARGE, **{"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in response.headers["vary"].lower()
    assert response.json()["data"]["a"] == "x" * 5_000
    assert "content-encoding" not in client.post(LARGE, **{"accept-encoding": "gzip;q=0"}).headers


def test_responses_are_not_cached_and_the_schema_is_revalidated_by_its_entity_tag(
    client: Client, project: Path
) -> None:
    assert client.http.get("/graphql", params={"query": "{ a }"}).headers["cache-control"] == "no-store"
    first = client.http.get("/graphql/schema.graphql")
    assert first.status_code == 200
    assert first.text == (project / "schema.graphql").read_text(encoding="utf-8")
    again = client.http.get("/graphql/schema.graphql", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.http.get("/graphql/schema.graphql", headers={"if-none-match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics", "/graphql/schema.graphql", "/nothing"])
def test_every_path_checks_the_host(client: Client, path: str) -> None:
    response = client.http.get(path, headers={"host": "evil.example"}, follow_redirects=False)
    assert response.status_code == 421
    assert response.json()["errors"][0]["extensions"]["code"] == "REFUSED"


def test_a_hash_without_a_document_is_answered_as_clients_expect(client: Client) -> None:
    body = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}
    for accept, status in (("application/json", 200), ("application/graphql-response+json", 400)):
        response = client.post(body, accept=accept)
        (error,) = response.json()["errors"]
        assert response.status_code == status
        assert error["message"] == "PersistedQueryNotSupported"
        assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"
    # A client that sends the document with its hash is answered.
    assert client.post({"query": "{ a }", **body}).json()["data"]


def test_only_listed_origins_may_read_responses(create_client: Callable[..., Client]) -> None:
    client = create_client()
    origin = "https://crm.example"
    assert "access-control-allow-origin" not in client.post({"query": "{ a }"}, origin=origin).headers
    http = TestClient(with_cors(client.http.app, [origin]), base_url="http://127.0.0.1:8000")
    asked = {"origin": origin, "access-control-request-method": "POST"}
    preflight = http.options("/graphql", headers=asked | {"access-control-request-headers": "content-type"})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == origin
    response = http.post("/graphql", json={"query": "{ a }"}, headers={"origin": origin})
    assert response.headers["access-control-allow-origin"] == origin
    assert "origin" in response.headers["vary"].lower()
    other = http.post("/graphql", json={"query": "{ a }"}, headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize(
    "origins", ["*", "crm.example", "https://crm.example/", "https://CRM.example", "null", "ftp://a"]
)
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    monkeypatch.setenv("KITH_CORS_ORIGINS", f"https://good.example,{origins}")
    with pytest.raises(Invalid, match="is not an origin"):
        Settings.read()


def test_origins_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_CORS_ORIGINS", "https://crm.example, http://localhost:5173,http://[::1]:80")
    assert Settings.read().cors_origins == ("https://crm.example", "http://localhost:5173", "http://[::1]:80")
