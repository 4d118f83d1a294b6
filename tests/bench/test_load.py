"""The load client, against a server with canned responses."""

from __future__ import annotations

import socketserver
import sys
import threading
from collections.abc import Iterator

import pytest

from bench.load import FailedResponseError, fetch, request, run_load

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
REFUSED = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\n\r\noops"


class Canned(socketserver.ThreadingTCPServer):
    """Answers every request with the same bytes, in two chunks."""

    daemon_threads = True
    answer = WHOLE

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of a client that ended its run before the answer was complete."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Connection(socketserver.BaseRequestHandler):
    """One connection to the server."""

    server: Canned

    def handle(self) -> None:
        while self.request.recv(65_536):
            middle = len(self.server.answer) // 2
            self.request.sendall(self.server.answer[:middle])
            self.request.sendall(self.server.answer[middle:])


@pytest.fixture
def canned() -> Iterator[Canned]:
    with Canned(("127.0.0.1", 0), Connection) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


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
