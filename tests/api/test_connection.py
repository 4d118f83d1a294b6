"""The limits of a connection, with bytes that are sent to a server of this module."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
import pytest
import uvicorn

from api import connection
from api.connection import Connection, most_connections
from tests.api.scripted import Client

HEAD = b"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: application/json\r\n"
BODY = b'{"query": "{ a }"}'
REQUEST = HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY


class Peer:
    """A client that writes bytes and reads responses."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def response(self) -> tuple[int, Any]:
        """Returns the status and the JSON of the next response."""
        async with asyncio.timeout(20):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length: ")[1].split("\r\n")[0])
            body = await self.reader.readexactly(length)
        assert "application/json" in head
        return int(head.split()[1]), json.loads(body)

    async def error(self) -> tuple[int, str]:
        """Returns the status and the code of an error in GraphQL form, after which the server has closed."""
        status, body = await self.response()
        (error,) = body["errors"]
        assert error["message"]
        assert error["extensions"]["remedy"]
        assert await self.closed()
        return status, error["extensions"]["code"]

    async def closed(self) -> bool:
        """Waits until the server has closed the connection."""
        async with asyncio.timeout(20):
            try:
                return await self.reader.read() == b""
            except ConnectionError:
                return True


@pytest.fixture
async def server(client: Client) -> AsyncIterator[uvicorn.Server]:
    """A server with the scripted application."""
    config = uvicorn.Config(
        client.http.app,
        http=Connection,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        ws="none",
        log_config=None,
        timeout_keep_alive=1,
    )
    started = asyncio.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            started.set()

    running = Server(config)
    task = asyncio.create_task(running._serve())
    await started.wait()
    yield running
    running.should_exit = running.force_exit = True
    await task


@pytest.fixture
async def peer(server: uvicorn.Server) -> AsyncIterator[Callable[[], Any]]:
    """Returns a function that opens a connection."""
    port = server.servers[0].sockets[0].getsockname()[1]
    peers = []

    async def connect() -> Peer:
        peers.append(Peer(*await asyncio.open_connection("127.0.0.1", port)))
        return peers[-1]

    yield connect
    for one in peers:
        one.writer.close()


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortens the time for a request."""
    monkeypatch.setattr(connection, "SECONDS_FOR_A_REQUEST", 0.3)


async def test_a_request_is_answered_however_its_bytes_arrive(peer: Any) -> None:
    one = await peer()
    await one.send(REQUEST)
    assert (await one.response())[0] == 200
    for byte in (REQUEST[at : at + 7] for at in range(0, len(REQUEST), 7)):
        await one.send(byte)
        await asyncio.sleep(0)
    assert (await one.response())[0] == 200
    await one.send(REQUEST * 3)
    assert [(await one.response())[0] for _ in range(3)] == [200] * 3
    chunked = HEAD + b"transfer-encoding: chunked\r\n\r\n"
    await one.send(chunked + b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n")
    assert (await one.response())[0] == 200


@pytest.mark.usefixtures("quickly")
async def test_a_client_that_sends_nothing_is_disconnected(peer: Any) -> None:
    assert await (await peer()).closed()


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize(
    "part",
    [
        b"P",
        HEAD,
        HEAD + b"content-length: 10\r\n\r\n",
        HEAD + b"content-length: 10\r\n\r\n{",
        HEAD + b"transfer-encoding: chunked\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
)
async def test_a_request_that_stops_half_way_is_answered_with_408(peer: Any, part: bytes) -> None:
    one = await peer()
    await one.send(part)
    assert await one.error() == (408, "INVALID")
    two = await peer()
    await two.send(REQUEST)
    assert (await two.response())[0] == 200
    await two.send(part)
    assert await two.error() == (408, "INVALID")


@pytest.mark.usefixtures("quickly")
async def test_a_part_of_the_next_request_does_not_end_the_answer_to_this_one(client: Client, peer: Any) -> None:
    execute = client.executor.execute

    async def slow(*arguments: Any, **more: Any) -> Any:
        await asyncio.sleep(1)
        return await execute(*arguments, **more)

    client.executor.execute = slow  # type: ignore[method-assign]
    one = await peer()
    await one.send(REQUEST + HEAD)
    assert (await one.response())[0] == 200
    assert await one.error() == (408, "INVALID")


async def test_a_request_ends_when_its_client_goes_away(client: Client, peer: Any) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(*_: Any, **__: Any) -> Any:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    client.executor.execute = endless  # type: ignore[method-assign]
    one = await peer()
    await one.send(REQUEST + REQUEST)
    async with asyncio.timeout(20):
        await begun.wait()
        one.writer.close()
        await ended.wait()
        while client.metric("kith_requests_in_flight") != 0:  # noqa: ASYNC110  (a metric does not notify)
            await asyncio.sleep(0.01)
    assert [line["outcome"] for line in client.logged] == ["disconnected"]


@pytest.mark.usefixtures("quickly")
async def test_an_idle_connection_is_closed_after_the_keep_alive_time(peer: Any) -> None:
    one = await peer()
    await one.send(REQUEST)
    await one.response()
    await one.send(b"\r\n")
    assert await one.closed()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nx: " + b"a" * 300_000 + b"\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\n" + b"".join(b"x%d: y\r\n" % i for i in range(20_000)) + b"\r\n",
        b"GET /graphql?query=" + b"a" * 500_000 + b" HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        b"GET /" + b"%20" * 100_000 + b" HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
    ],
    ids=["a header", "many headers", "a query string", "a path"],
)
async def test_a_large_head_is_answered_with_431(peer: Any, head: bytes) -> None:
    one = await peer()
    await one.send(head)
    assert await one.error() == (431, "TOO_EXPENSIVE")


@pytest.mark.parametrize("request_", [b"\x16\x03\x01\x02\x00\x01", b"nothing\r\n\r\n", b"GET / HTTP/9\r\n\r\n"])
async def test_what_is_not_http_is_answered_in_json(peer: Any, request_: bytes) -> None:
    one = await peer()
    await one.send(request_)
    assert await one.error() == (400, "INVALID")


async def test_headers_without_end_do_not_grow_memory(peer: Any) -> None:
    before = psutil.Process().memory_info().rss
    for start in (b"x: ", b"", REQUEST + b"GET / HTTP/1.1\r\nx: ", HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\n"):
        one = await peer()
        line = b"a" * 60_000 if start.endswith(b" ") else b"x: " + b"a" * 60_000 + b"\r\n"
        sent = 0
        try:
            await one.send((b"" if start.startswith(b"P") else b"GET / HTTP/1.1\r\n") + start)
            while sent < 50_000_000:
                await one.send(line)
                sent += len(line)
        except ConnectionError:
            pass
        assert sent < 20_000_000
    assert psutil.Process().memory_info().rss - before < 30_000_000


async def test_a_trailer_does_not_become_a_header(client: Client, peer: Any) -> None:
    one = await peer()
    chunks = b"%x\r\n%s\r\n0\r\nidempotency-key: k\r\nhost: evil\r\n\r\n" % (len(BODY), BODY)
    await one.send(HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunks)
    assert (await one.response())[0] == 200
    assert client.executor.calls[-1]["idempotency_key"] is None


async def test_a_new_connection_replaces_the_one_that_was_idle_for_longest(
    peer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "most_connections", lambda: 3)
    used, silent, third = await peer(), await peer(), await peer()
    for one in (used, third):
        await one.send(REQUEST)
        await one.response()
    fourth = await peer()
    await fourth.send(REQUEST)
    assert (await fourth.response())[0] == 200
    assert await silent.closed()
    await used.send(REQUEST)
    assert (await used.response())[0] == 200


async def test_a_connection_is_refused_while_every_other_one_is_at_work(
    peer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "most_connections", lambda: 2)
    for _ in range(2):
        await (await peer()).send(HEAD)
        await asyncio.sleep(0.05)
    assert await (await peer()).error() == (503, "UNAVAILABLE")


def test_half_of_the_files_are_left_to_the_database() -> None:
    assert 16 <= most_connections() <= 4_096
