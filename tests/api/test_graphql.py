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
from tests.api.scripted import BODY_LIMIT, Wire

JSON = "application/json; charset=utf-8"
GRAPHQL = "application/graphql-response+json; charset=utf-8"
QUERY = {"query": "{ name }"}
WRONG = Answer("invalid", {"errors": [{"message": "no", "extensions": {"code": "INVALID", "remedy": "x"}}]})


def code_of(response: Any) -> str:
    (error,) = response.json()["errors"]
    assert error["message"]
    assert error["extensions"]["remedy"]
    assert "data" not in response.json()
    return str(error["extensions"]["code"])


def test_a_post_is_answered_in_the_asked_for_media_type(wire: Wire) -> None:
    for accept, kind in (("application/json", JSON), ("application/graphql-response+json", GRAPHQL), ("*/*", JSON)):
        response = wire.post(QUERY, accept=accept)
        assert (response.status_code, response.headers["content-type"]) == (200, kind)
        assert response.json() == {"data": {"name": "Kith"}}
        assert int(response.headers["content-length"]) == len(response.content)
        assert response.headers["x-content-type-options"] == "nosniff"


def test_the_door_hears_what_was_asked_and_who_asks(wire: Wire) -> None:
    wire.post({"query": "query A { a }", "variables": {"x": 1}, "operationName": "A"}, x_request_id="r-1")
    (asked,) = wire.door.asked
    assert asked.pop("caller").user == "u1"
    assert asked == {
        "query": "query A { a }",
        "variables": {"x": 1},
        "operation": "A",
        "reads_only": False,
        "request_id": "r-1",
    }


def test_a_get_only_reads_and_is_never_cached(wire: Wire) -> None:
    response = wire.client.get("/graphql", params={"query": "{ name }", "variables": '{"a": [1]}'})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "accept"
    assert wire.door.asked[0]["reads_only"] is True
    assert wire.door.asked[0]["variables"] == {"a": [1]}


def test_a_head_has_the_headers_of_a_get_and_no_body(wire: Wire) -> None:
    get = wire.client.get("/graphql", params=QUERY)
    head = wire.client.head("/graphql", params=QUERY)
    assert head.content == b""
    ignored = {"x-request-id"}
    assert {*head.headers.items()} - {("x-request-id", head.headers["x-request-id"])} == {
        (name, value) for name, value in get.headers.items() if name not in ignored
    }


def test_a_mutation_by_get_is_405_and_says_post(wire: Wire) -> None:
    wire.door.says = Answer("not_allowed", WRONG.body)
    for accept in ("application/json", "application/graphql-response+json"):
        response = wire.client.get("/graphql", params=QUERY, headers={"accept": accept})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_a_refused_document_is_400_or_in_plain_json_200(wire: Wire) -> None:
    wire.door.says = WRONG
    assert wire.post(QUERY, accept="application/graphql-response+json").status_code == 400
    assert wire.post(QUERY, accept="application/json").status_code == 200


def test_errors_beside_data_are_200(wire: Wire) -> None:
    wire.door.says = Answer("ok", {"data": None, "errors": WRONG.body["errors"]})
    assert wire.post(QUERY, accept="application/graphql-response+json").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_405_and_say_which_are_allowed(wire: Wire, method: str) -> None:
    response = wire.client.request(method, "/graphql", json=QUERY)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")
    assert code_of(response) == "INVALID"


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/json;q=0", "application/xml"])
def test_nothing_acceptable_is_406(wire: Wire, accept: str) -> None:
    response = wire.post(QUERY, accept=accept)
    assert (response.status_code, response.headers["content-type"], code_of(response)) == (406, JSON, "INVALID")


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
def test_a_type_a_browser_may_forge_is_415(wire: Wire, kind: str) -> None:
    response = wire.post(QUERY, content_type=kind)
    assert (response.status_code, code_of(response)) == (415, "INVALID")
    assert wire.door.asked == []


def test_a_post_without_content_type_is_415(wire: Wire) -> None:
    assert wire.client.post("/graphql", content=b"{}").status_code == 415


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json;charset=utf-8", 'Application/JSON; charset="UTF-8"', "application/json;"],
)
def test_json_in_utf_8_is_understood(wire: Wire, kind: str) -> None:
    assert wire.post(QUERY, content_type=kind).status_code == 200


def test_a_compressed_body_is_415_and_says_identity(wire: Wire) -> None:
    response = wire.post(QUERY, content_encoding="gzip")
    assert (response.status_code, response.headers["accept-encoding"]) == (415, "identity")
    assert wire.post(QUERY, content_encoding="identity").status_code == 200


def test_a_malformed_request_is_400_in_either_media_type(wire: Wire) -> None:
    for accept, kind in (("application/json", JSON), ("application/graphql-response+json", GRAPHQL)):
        response = wire.post([QUERY], accept=accept)
        assert (response.status_code, response.headers["content-type"], code_of(response)) == (400, kind, "INVALID")


def test_a_body_at_the_limit_passes_and_one_above_is_413(wire: Wire) -> None:
    room = BODY_LIMIT - len(orjson.dumps({"query": ""}))
    assert wire.post(orjson.dumps({"query": "x" * room})).status_code == 200
    response = wire.post(orjson.dumps({"query": "x" * (room + 1)}))
    assert (response.status_code, code_of(response)) == (413, "TOO_EXPENSIVE")
    assert len(wire.door.asked) == 1


def test_a_url_above_the_limit_is_414(wire: Wire) -> None:
    response = wire.client.get("/graphql", params={"query": "x" * BODY_LIMIT})
    assert (response.status_code, code_of(response)) == (414, "TOO_EXPENSIVE")


def test_another_site_may_not_ask_by_get(wire: Wire) -> None:
    response = wire.client.get("/graphql", params=QUERY, headers={"sec-fetch-site": "cross-site"})
    assert (response.status_code, code_of(response)) == (403, "REFUSED")


def test_a_name_that_is_not_ours_is_421(wire: Wire) -> None:
    for method in ("GET", "POST"):
        response = wire.client.request(method, "/graphql", json=QUERY, headers={"host": "evil.example:8000"})
        assert (response.status_code, code_of(response)) == (421, "REFUSED")
    assert wire.door.asked == []


def test_a_sane_request_id_is_kept_and_another_is_replaced(wire: Wire) -> None:
    assert wire.post(QUERY, x_request_id="a-1.B_2:c/d").headers["x-request-id"] == "a-1.B_2:c/d"
    made = {wire.post(QUERY, x_request_id=wrong).headers["x-request-id"] for wrong in ("", "a b", "x" * 129, '{"a"}')}
    assert len(made) == 4
    assert all(each.isascii() and " " not in each and '"' not in each for each in made)


def test_a_fault_is_500_and_tells_no_more_than_the_request_id(wire: Wire) -> None:
    wire.door.says = ValueError("secret value 4711")
    response = wire.post(QUERY, x_request_id="r-9")
    assert (response.status_code, code_of(response)) == (500, "ERROR")
    assert "4711" not in response.text
    assert "r-9" in response.text
    failed, request = wire.logged
    assert (failed["event"], failed["error"], failed["request"]) == ("failed", "ValueError", "r-9")
    assert any("scripted.py" in place for place in failed["through"])
    assert request["status"] == 500
    assert "4711" not in json.dumps([failed, request])


def test_an_error_the_door_raises_keeps_its_code(wire: Wire) -> None:
    wire.door.says = Unavailable("The database did not answer.", remedy="Try again.")
    response = wire.post(QUERY)
    assert (response.status_code, code_of(response)) == (503, "UNAVAILABLE")
    wire.door.says = NotFound("There is no such thing.", remedy="Look.")
    assert (wire.post(QUERY).status_code, code_of(wire.post(QUERY))) == (400, "NOT_FOUND")


async def asgi(kith: Any, messages: list[dict[str, Any]], **headers: str) -> list[dict[str, Any]]:
    """Calls the application with body messages as a server would; gives what it sent."""
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


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


GONE = {"type": "http.disconnect"}


async def test_a_body_in_parts_is_put_together(wire: Wire) -> None:
    sent = await asgi(
        wire.client.app, [part(b'{"query":', more=True), part(b' "{ a }"', more=True), part(b"}", more=False)]
    )
    assert sent[0]["status"] == 200
    assert wire.door.asked[0]["query"] == "{ a }"


async def test_a_client_that_leaves_midway_is_not_answered_but_counted(wire: Wire) -> None:
    for messages in ([GONE], [part(b"{", more=True), GONE]):
        assert await asgi(wire.client.app, messages) == []
    assert [line["outcome"] for line in wire.logged] == ["left", "left"]
    assert wire.counted("kith_requests_in_flight") == 0


async def test_a_body_without_end_is_given_up_at_a_bounded_size(wire: Wire) -> None:
    eaten = 0

    async def receive() -> dict[str, Any]:
        nonlocal eaten
        eaten += 1024
        return part(b"x" * 1024, more=True)

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await wire.client.app(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert eaten <= 10 * BODY_LIMIT


async def test_a_body_that_is_announced_as_too_large_is_not_asked_for(wire: Wire) -> None:
    sent = await asgi(wire.client.app, [], expect="100-continue", content_length=str(BODY_LIMIT + 1))
    assert sent[0]["status"] == 413


async def test_a_body_that_never_comes_is_408(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_READING_SECONDS", 0.05)
    sent = await asgi(wire.client.app, [part(b"{", more=True)])
    assert sent[0]["status"] == 408


async def test_a_header_that_comes_twice_counts_as_a_list(wire: Wire) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return part(b'{"query": "{ a }"}', more=False)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [
        (b"host", b"localhost"),
        (b"content-type", b"application/json"),
        (b"accept", b"text/html"),
        (b"accept", b"application/graphql-response+json"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await wire.client.app(scope, receive, send)  # type: ignore[arg-type]
    assert (b"content-type", GRAPHQL.encode()) in sent[0]["headers"]


def test_a_browser_gets_a_sentence_where_the_page_is_not_built(wire: Wire) -> None:
    response = wire.client.get("/graphql", headers={"accept": "text/html"})
    assert response.status_code == 503
    assert "python -m api.build" in response.text


def test_every_request_is_one_line_and_one_count(wired: Callable[..., Wire]) -> None:
    wire = wired()
    wire.post({"query": "query Who($a: Int) { name }", "variables": {"a": 4711}}, x_request_id="r-1")
    wire.door.says = WRONG
    wire.post({"query": "{ name }", "operationName": "Other"})
    wire.post(b"{")
    first, second, third = wire.logged
    assert first.pop("at").endswith("Z")
    assert first.pop("ms") >= 0
    assert first == {
        "level": "info", "request": "r-1", "method": "POST", "status": 200, "bytes": 24,
        "outcome": "ok", "operation": "Who", "event": "request",
    }  # fmt: skip
    assert (second["outcome"], second["codes"], third["outcome"]) == ("invalid", ["INVALID"], "refused")
    assert "4711" not in json.dumps(wire.logged)
    assert wire.counted("kith_requests_total", operation="Who", outcome="ok") == 1
    assert wire.counted("kith_requests_total", operation="(other)", outcome="invalid") == 1
    assert wire.counted("kith_requests_total", operation="(unnamed)", outcome="refused") == 1
    assert wire.counted("kith_request_seconds_count", operation="Who") == 1
