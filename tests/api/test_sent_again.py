"""A client whose connection is cut before the answer sends its mutation again, under the same idempotency key."""

from __future__ import annotations

import json
import socket
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import pytest

from graph import engine
from graph.identity import new_uid
from graph.store import Statement, Store
from tests.api.running import Running, serving

pytestmark = pytest.mark.slow

QUERY = "mutation ($name: String!) { createAccount(input: { name: $name }) { account { id name } event { id } } }"
WRITTEN = Statement("test.written", "MATCH (n:Account {name: $name}) RETURN count(n)")


def send(kith: Running, name: str, key: str, *, cut: bool) -> bytes:
    """Sends the mutation; a client that is `cut` off closes its connection without waiting for the answer."""
    body = json.dumps({"query": QUERY, "variables": {"name": name}}).encode()
    place = urlsplit(kith.url)
    assert place.hostname is not None
    lines = [
        "POST /graphql HTTP/1.1", f"Host: {place.netloc}", "Content-Type: application/json",
        "Accept: application/json", f"Idempotency-Key: {key}", f"Content-Length: {len(body)}", "Connection: close",
    ]  # fmt: skip
    answer = b""
    with socket.create_connection((place.hostname, place.port or 80), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        while not cut and (part := connection.recv(65_536)):
            answer += part
    return answer


async def test_a_mutation_that_is_sent_three_times_leaves_one_record(
    server: engine.Server, store: Store, tmp_path: Path
) -> None:
    name, key = f"Once {new_uid()}", new_uid()
    with serving(server, tmp_path) as kith:
        for cut in (True, True, False):
            answer = await anyio.to_thread.run_sync(partial(send, kith, name, key, cut=cut))
    payload = json.loads(answer.split(b"\r\n\r\n", 1)[1])["data"]["createAccount"]
    assert payload["account"]["name"] == name
    assert payload["event"]["id"]
    assert await store.reads.ask(WRITTEN.bind(name=name)) == 1
