"""A closed-loop HTTP/1.1 client on raw sockets: cheap enough that the server is what is measured."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

_LARGEST = 4 * 1024 * 1024
_PATIENCE = 30.0


class BrokenError(Exception):
    """A server did not answer as it should have."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What came of a drive: requests answered, seconds they took, each latency in seconds in order of size."""

    requests: int
    seconds: float
    latencies: tuple[float, ...]
    client: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def median(self) -> float:
        """The median latency, in seconds."""
        return self.latencies[len(self.latencies) // 2]


class _Connection:
    """One connection: a request is sent, its answer read to the end, then the next."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(_LARGEST)
        self._view = memoryview(self._buffer)
        self._filled = 0
        self._body = 0
        self._whole = 0
        self.sent = 0.0

    def send(self, request: bytes) -> None:
        """Sends a request; the answer is read by `received`."""
        self._filled = self._whole = 0
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def received(self) -> bool:
        """Reads what is there; True when the answer is whole. Raises BrokenError when it is not a 200."""
        count = self.socket.recv_into(self._view[self._filled :])
        if count == 0:
            raise BrokenError("The server closed the connection.")
        self._filled += count
        if not self._whole:
            end = self._buffer.find(b"\r\n\r\n", 0, self._filled)
            if end < 0:
                return False
            self._begun(bytes(self._view[:end]), end + 4)
        if self._whole < 0:
            return self._buffer[self._filled - 5 : self._filled] == b"0\r\n\r\n"
        return self._filled >= self._whole

    def _begun(self, head: bytes, body: int) -> None:
        if not head.startswith(b"HTTP/1.1 200"):
            raise BrokenError(bytes(self._view[: self._filled]).decode("utf-8", "replace")[:600])
        self._body = body
        lower = head.lower()
        at = lower.find(b"content-length:")
        # Without a length the answer comes in chunks, of which the last is empty.
        self._whole = body + int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else -1

    def answer(self) -> bytes:
        """The body of the answer just read."""
        body = bytes(self._view[self._body : self._filled])
        return body if self._whole > 0 else _joined(body)


def _joined(chunked: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while True:
        line = chunked.index(b"\r\n", at)
        size = int(chunked[at:line], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(chunked[line + 2 : line + 2 + size])
        at = line + size + 4


def request(body: bytes, path: str = "/graphql") -> bytes:
    """A POST of that JSON, as bytes for the wire."""
    lines = (
        f"POST {path} HTTP/1.1",
        "host: 127.0.0.1",
        "content-type: application/json",
        "accept: application/json",
        f"content-length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answer(port: int, sent: bytes) -> bytes:
    """The body of the answer to one request; raises BrokenError when it is not a 200, OSError when nobody listens."""
    connection = _Connection(port)
    try:
        connection.send(sent)
        while not connection.received():
            pass
        return connection.answer()
    finally:
        connection.socket.close()


def drive(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Sample:
    """Keeps that many connections asking these requests in turn, for so long; then lets the last answers come.

    Raises BrokenError when an answer is not a 200, OSError when nobody listens.
    """
    latencies: list[float] = []
    turn = 0
    with selectors.DefaultSelector() as selector:
        opened = [_Connection(port) for _ in range(connections)]
        try:
            busy, started, burnt = connections, time.perf_counter(), time.thread_time()
            until = started + seconds
            for one in opened:
                selector.register(one.socket, selectors.EVENT_READ, one)
                one.send(requests[turn % len(requests)])
                turn += 1
            while busy:
                events = selector.select(_PATIENCE)
                if not events:
                    raise BrokenError(f"No answer within {_PATIENCE:g} seconds.")
                for key, _ in events:
                    one = key.data
                    if not one.received():
                        continue
                    now = time.perf_counter()
                    latencies.append(now - one.sent)
                    if now < until:
                        one.send(requests[turn % len(requests)])
                        turn += 1
                    else:
                        busy -= 1
            ended, burnt = time.perf_counter(), time.thread_time() - burnt
        finally:
            for one in opened:
                one.socket.close()
    return Sample(len(latencies), ended - started, tuple(sorted(latencies)), burnt)
