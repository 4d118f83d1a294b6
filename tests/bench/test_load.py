"""The client that drives the servers, against a server that answers what it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from bench.load import BrokenError, answer, drive, request

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
REFUSED = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\n\r\noops"


class Canned(socketserver.ThreadingTCPServer):
    """Answers every request with the same bytes, in two pieces."""

    daemon_threads = True
    answer = WHOLE


class Talk(socketserver.BaseRequestHandler):
    """One connection of it."""

    server: Canned

    def handle(self) -> None:
        while self.request.recv(65_536):
            middle = len(self.server.answer) // 2
            self.request.sendall(self.server.answer[:middle])
            self.request.sendall(self.server.answer[middle:])


@pytest.fixture
def canned() -> Iterator[Canned]:
    with Canned(("127.0.0.1", 0), Talk) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("sent", [WHOLE, CHUNKED])
def test_an_answer_is_read_to_its_end_however_it_is_framed(canned: Canned, sent: bytes) -> None:
    canned.answer = sent
    assert answer(canned.server_address[1], request(b"{}")) == b"hello world"


@pytest.mark.parametrize("sent", [WHOLE, CHUNKED])
def test_a_drive_counts_every_answer(canned: Canned, sent: bytes) -> None:
    canned.answer = sent
    sample = drive(canned.server_address[1], [request(b"{}")], connections=4, seconds=0.2)
    assert sample.requests == len(sample.latencies) >= 4
    assert sample.latencies == tuple(sorted(sample.latencies))
    assert sample.latencies[0] <= sample.median <= sample.latencies[-1]
    assert sample.rate == pytest.approx(sample.requests / sample.seconds)


def test_an_answer_that_is_no_200_stops_the_drive_with_what_was_said(canned: Canned) -> None:
    canned.answer = REFUSED
    with pytest.raises(BrokenError, match="500 Internal Server Error"):
        drive(canned.server_address[1], [request(b"{}")], connections=2, seconds=1)
