"""The load client, against a server with canned responses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.load import FailedResponseError, fetch, request, run_load
from tests.bench.canned import Canned, serving

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
REFUSED = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\n\r\noops"


@pytest.fixture
def canned() -> Iterator[Canned]:
    with serving() as server:
        yield server


@pytest.mark.parametrize("response", [WHOLE, CHUNKED])
def test_a_response_is_read_completely_with_either_framing(canned: Canned, response: bytes) -> None:
    canned.answer = response
    assert fetch(canned.server_address[1], request(b"{}")) == b"hello world"


@pytest.mark.parametrize("response", [WHOLE, CHUNKED])
def test_a_load_run_counts_every_response(canned: Canned, response: bytes) -> None:
    canned.answer = response
    sample = run_load(canned.server_address[1], [request(b"{}")], connections=4, seconds=0.2)
    assert sample.requests == len(sample.latencies) >= 4
    assert sample.latencies == tuple(sorted(sample.latencies))
    assert sample.latencies[0] <= sample.median <= sample.latencies[-1]
    assert sample.rate == pytest.approx(sample.requests / sample.seconds)


def test_a_response_other_than_200_stops_the_load_run(canned: Canned) -> None:
    canned.answer = REFUSED
    with pytest.raises(FailedResponseError, match="500 Internal Server Error"):
        run_load(canned.server_address[1], [request(b"{}")], connections=2, seconds=1)
