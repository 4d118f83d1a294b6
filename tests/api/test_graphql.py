from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from api import graphql as under_test
from graph.errors import NotFound, Unavailable
from schema.execution import Answer
from tests.api.scripted import BODY_LIMIT, Client

JSON = "application/json; charset=utf-8"
GRAPHQL = "application/graphql-response+json; charset=utf-8"
QUERY = {"query": "{ name }"}
WRONG = Answer("invalid", {"errors": [{"message": "no", "extensions": {"code": "INVALID", "remedy": "x"}}]})


def error_code(response: Any) -> str:
    (error,) = response.json()["errors"]
    assert error["message"]
    assert error["extensions"]["remedy"]
    assert "data" not in response.json()
    return str(error["extensions"]["code"])


def test_a_post_is_answered_in_the_requested_media_type(client: Client) -> None:
    for accept, kind in (("application/json", JSON), ("application/graphql-response+json", GRAPHQL), ("*/*", JSON)):
        response = client.post(QUERY, accept=accept)
        assert (response.status_code, response.headers["content-type"]) == (200, kind)
        assert response.json() == {"data": {"name": "Kith"}}
        assert int(response.headers["content-length"]) == len(response.content)
        assert response.headers["x-content-type-options"] == "nosniff"


def test_the_executor_receives_the_request_and_the_caller(client: Client) -> None:
    client.post({"query": "query A { a }", "variables": {"x": 1}, "operationName": "A"}, x_request_id="r-1")
    (call,) = client.executor.calls
    assert call.pop("principal").user == "u1"
    assert callable(call.pop("confirmed"))
    assert call == {
        "query": "query A { a }",
        "variables": {"x": 1},
        "operation": "A",
        "reads_only": False,
        "request_id": "r-1",
        "idempotency_key": None,
        "explain": False,
        "budget": None,
    }


@pytest.mark.parametrize("sent", ["key-1", '"key-1"', ' "key-1" '])
def test_an_idempotency_key_is_a_token_or_a_string_in_quotes(client: Client, sent: str) -> None:
    client.post(QUERY, idempotency_key=sent)
    assert client.executor.calls[0]["idempotency_key"] == "key-1"


def test_a_get_is_read_only_and_is_not_cached(client: Client) -> None:
    response = client.http.get("/graphql", params={"query": "{ name }", "variables": '{"a": [1]}'})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "accept"
    assert client.executor.calls[0]["reads_only"] is True
    assert client.executor.calls[0]["variables"] == {"a": [1]}


def test_a_head_has_the_headers_of_a_get_and_no_body(client: Client) -> None:
    get = client.http.get("/graphql", params=QUERY)
    head = client.http.head("/graphql", params=QUERY)
    assert head.content == b""
    ignored = {"x-request-id"}
    assert {*head.headers.items()} - {("x-request-id", head.headers["x-request-id"])} == {
        (name, value) for name, value in get.headers.items() if name not in ignored
    }


def test_a_mutation_by_get_is_405_and_allows_post(client: Client) -> None:
    client.executor.result = Answer("not_allowed", WRONG.body)
    for accept in ("application/json", "application/graphql-response+json"):
        response = client.http.get("/graphql", params=QUERY, headers={"accept": accept})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_an_invalid_document_is_400_or_200_in_application_json(client: Client) -> None:
    client.executor.result = WRONG
    assert client.post(QUERY, accept="application/graphql-response+json").status_code == 400
    assert client.post(QUERY, accept="application/json").status_code == 200


def test_errors_with_data_are_200(client: Client) -> None:
    client.executor.result = Answer("ok", {"data": None, "errors": WRONG.body["errors"]})
    assert client.post(QUERY, accept="application/graphql-response+json").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_405_with_an_allow_header(client: Client, method: str) -> None:
    response = client.http.request(method, "/graphql", json=QUERY)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")
    assert error_code(response) == "INVALID"


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/json;q=0", "application/xml"])
def test_an_accept_header_without_a_supported_type_is_406(client: Client, accept: str) -> None:
    response = client.post(QUERY, accept=accept)
    assert (response.status_code, response.headers["content-type"], error_code(response)) == (406, JSON, "INVALID")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/jsonp",
        "",
    ],
)
def test_a_content_type_that_needs_no_preflight_is_415(client: Client, kind: str) -> None:
    response = client.post(QUERY, content_type=kind)
    assert (response.status_code, error_code(response)) == (415, "INVALID")
    assert client.executor.calls == []


def test_a_post_without_content_type_is_415(client: Client) -> None:
    assert client.http.post("/graphql", content=b"{}").status_code == 415


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json;charset=utf-8", 'Application/JSON; charset="UTF-8"', "application/json;"],
)
def test_json_in_utf_8_is_accepted(client: Client, kind: str) -> None:
    assert client.post(QUERY, content_type=kind).status_code == 200


def test_a_compressed_body_is_415_and_accepts_identity(client: Client) -> None:
    response = client.post(QUERY, content_encoding="gzip")
    assert (response.status_code, response.headers["accept-encoding"]) == (415, "identity")
    assert client.post(QUERY, content_encoding="identity").status_code == 200


def test_a_malformed_request_is_400_in_either_media_type(client: Client) -> None:
    for accept, kind in (("application/json", JSON), ("application/graphql-response+json", GRAPHQL)):
        response = client.post([QUERY], accept=accept)
        assert (response.status_code, response.headers["content-type"], error_code(response)) == (400, kind, "INVALID")


def test_a_body_at_the_limit_is_accepted_and_a_larger_one_is_413(client: Client) -> None:
    room = BODY_LIMIT - len(orjson.dumps({"query": ""}))
    assert client.post(orjson.dumps({"query": "x" * room})).status_code == 200
    response = client.post(orjson.dumps({"query": "x" * (room + 1)}))
    assert (response.status_code, error_code(response)) == (413, "TOO_EXPENSIVE")
    assert len(client.executor.calls) == 1


def test_a_url_above_the_limit_is_414(client: Client) -> None:
    response = client.http.get("/graphql", params={"query": "x" * BODY_LIMIT})
    assert (response.status_code, error_code(response)) == (414, "TOO_EXPENSIVE")


def test_a_cross_site_get_is_403(client: Client) -> None:
    response = client.http.get("/graphql", params=QUERY, headers={"sec-fetch-site": "cross-site"})
    assert (response.status_code, error_code(response)) == (403, "REFUSED")


def test_a_host_that_is_not_allowed_is_421(client: Client) -> None:
    for method in ("GET", "POST"):
        response = client.http.request(method, "/graphql", json=QUERY, headers={"host": "evil.example:8000"})
        assert (response.status_code, error_code(response)) == (421, "REFUSED")
    assert client.executor.calls == []


def test_a_valid_request_id_is_kept_and_an_invalid_one_is_replaced(client: Client) -> None:
    assert client.post(QUERY, x_request_id="a-1.B_2:c/d").headers["x-request-id"] == "a-1.B_2:c/d"
    made = {client.post(QUERY, x_request_id=wrong).headers["x-request-id"] for wrong in ("", "a b", "x" * 129, '{"a"}')}
    assert len(made) == 4
    assert all(each.isascii() and " " not in each and '"' not in each for each in made)


def test_an_internal_error_is_500_and_shows_only_the_request_id(client: Client) -> None:
    client.executor.result = ValueError("secret value")
    response = client.post(QUERY, x_request_id="r-9")
    assert (response.status_code, error_code(response)) == (500, "ERROR")
    assert "secret" not in response.text
    assert "r-9" in response.text
    failed, request = client.logged
    assert (failed["event"], failed["error"], failed["request_id"]) == ("failed", "ValueError", "r-9")
    assert any("scripted.py" in place for place in failed["traceback"])
    assert request["status"] == 500
    assert "secret" not in json.dumps([failed, request])


def test_an_error_of_the_executor_keeps_its_code(client: Client) -> None:
    client.executor.result = Unavailable("The database did not answer.", remedy="Try again.")
    response = client.post(QUERY)
    assert (response.status_code, error_code(response)) == (503, "UNAVAILABLE")
    client.executor.result = NotFound("The record was not found.", remedy="Check the id.")
    assert (client.post(QUERY).status_code, error_code(client.post(QUERY))) == (400, "NOT_FOUND")


async def asgi(kith: Any, messages: list[dict[str, Any]], **headers: str) -> list[dict[str, Any]]:
    """Calls the application with body messages as a server would; returns the messages it sent."""
    sent: list[dict[str, Any]] = []
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        try:
            return next(waiting)
        except StopIteration:
            return await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    lines = {"host": "localhost", "content-type": "application/json"} | headers
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in lines.items()],
    }
    await kith(scope, receive, send)
    return sent


def chunk(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


DISCONNECT = {"type": "http.disconnect"}


async def test_a_body_in_chunks_is_joined(client: Client) -> None:
    sent = await asgi(
        client.http.app, [chunk(b'{"query":', more=True), chunk(b' "{ a }"', more=True), chunk(b"}", more=False)]
    )
    assert sent[0]["status"] == 200
    assert client.executor.calls[0]["query"] == "{ a }"


async def test_a_client_that_disconnects_is_counted_and_not_answered(client: Client) -> None:
    for messages in ([DISCONNECT], [chunk(b"{", more=True), DISCONNECT]):
        assert await asgi(client.http.app, messages) == []
    assert [line["outcome"] for line in client.logged] == ["disconnected", "disconnected"]
    assert client.metric("kith_requests_in_flight") == 0


async def test_an_endless_body_is_read_up_to_a_bounded_size(client: Client) -> None:
    received = 0

    async def receive() -> dict[str, Any]:
        nonlocal received
        received += 1024
        return chunk(b"x" * 1024, more=True)

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await client.http.app(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert received <= 10 * BODY_LIMIT


async def test_a_body_that_is_declared_too_large_is_not_read(client: Client) -> None:
    sent = await asgi(client.http.app, [], expect="100-continue", content_length=str(BODY_LIMIT + 1))
    assert sent[0]["status"] == 413


async def test_a_body_that_does_not_arrive_is_408(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_BODY_TIMEOUT_SECONDS", 0.05)
    sent = await asgi(client.http.app, [chunk(b"{", more=True)])
    assert sent[0]["status"] == 408


async def test_a_repeated_header_is_combined_into_a_list(client: Client) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return chunk(b'{"query": "{ a }"}', more=False)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [
        (b"host", b"localhost"),
        (b"content-type", b"application/json"),
        (b"accept", b"text/html"),
        (b"accept", b"application/graphql-response+json"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await client.http.app(scope, receive, send)  # type: ignore[arg-type]
    assert (b"content-type", GRAPHQL.encode()) in sent[0]["headers"]


def test_a_browser_gets_an_explanation_when_the_page_is_not_built(client: Client) -> None:
    response = client.http.get("/graphql", headers={"accept": "text/html"})
    assert response.status_code == 503
    assert "python -m api.build" in response.text


def test_every_request_is_logged_and_counted_once(create_client: Callable[..., Client]) -> None:
    client = create_client()
    client.post({"query": "query Who($a: String) { name }", "variables": {"a": "secret"}}, x_request_id="r-1")
    client.executor.result = WRONG
    client.post({"query": "{ name }", "operationName": "Other"})
    client.post(b"{")
    first, second, third = client.logged
    assert first.pop("at").endswith("Z")
    assert first.pop("ms") >= 0
    assert first == {
        "level": "info", "request_id": "r-1", "method": "POST", "status": 200, "bytes": 24,
        "outcome": "ok", "operation": "Who", "event": "request",
    }  # fmt: skip
    assert (second["outcome"], second["codes"], third["outcome"]) == ("invalid", ["INVALID"], "refused")
    assert "secret" not in json.dumps(client.logged)
    assert client.metric("kith_requests_total", operation="Who", outcome="ok") == 1
    assert client.metric("kith_requests_total", operation="(other)", outcome="invalid") == 1
    assert client.metric("kith_requests_total", operation="(unnamed)", outcome="refused") == 1
    assert client.metric("kith_request_seconds_count", operation="Who") == 1


def test_an_answer_above_the_limit_is_refused_and_says_that_a_mutation_was_done(client: Client) -> None:
    large = {"data": {"name": "x" * 100_000}}
    client.executor.result = Answer("ok", large)
    refused = client.post({"query": "{ name }"}, accept="application/graphql-response+json")
    (error,) = refused.json()["errors"]
    assert refused.status_code == 400
    assert error["extensions"]["code"] == "TOO_EXPENSIVE"
    assert error["extensions"]["limit"] == 100_000
    client.executor.result = Answer("ok", large, mutation=True)
    (error,) = client.post({"query": "mutation { name }"}).json()["errors"]
    assert error["extensions"]["done"] is True
    client.executor.result = Answer("ok", {"data": {"name": "x" * 90_000}})
    assert client.post({"query": "{ name }"}).status_code == 200
