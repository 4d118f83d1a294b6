"""A closed-loop HTTP/1.1 client on raw sockets: its own cost is small, so that the server is measured."""

from __future__ import annotations

import heapq
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_LARGEST = 4 * 1024 * 1024
_TIMEOUT_SECONDS = 30.0


class FailedResponseError(Exception):
    """A server closed the connection, timed out or answered with another status than 200."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The result of a load run: answered requests, duration, sorted latencies and the client's CPU time, in seconds."""

    requests: int
    seconds: float
    latencies: tuple[float, ...]
    client: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    @property
    def median(self) -> float:
        """The median latency, in seconds."""
        return self.percentile(50)

    def percentile(self, percent: int) -> float:
        """The latency that this share of the requests does not exceed, in seconds."""
        return self.latencies[len(self.latencies) * percent // 100]


class Connection:
    """One keep-alive connection, which sends a request after the previous response is complete."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(_LARGEST)
        self._view = memoryview(self._buffer)
        self._length = 0
        self._body_start = 0
        self._response_end = 0
        self.number = 0
        self.sent = 0.0

    def send(self, request: bytes, number: int = 0) -> None:
        """Sends a request, which has a number; `receive` reads the response."""
        self._length = self._response_end = 0
        self.number = number
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Reads available bytes; returns whether the response is complete. Raises FailedResponseError."""
        count = self.socket.recv_into(self._view[self._length :])
        if count == 0:
            raise FailedResponseError("The server closed the connection.")
        self._length += count
        if not self._response_end:
            end = self._buffer.find(b"\r\n\r\n", 0, self._length)
            if end < 0:
                return False
            self._parse_head(bytes(self._view[:end]), end + 4)
        if self._response_end < 0:
            return self._buffer[self._length - 5 : self._length] == b"0\r\n\r\n"
        return self._length >= self._response_end

    def _parse_head(self, head: bytes, body: int) -> None:
        self._body_start = body
        lower = head.lower()
        at = lower.find(b"content-length:")
        # Without a length the response is chunked; the last chunk is empty.
        self._response_end = body + int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else -1

    def check(self) -> None:
        """Raises FailedResponseError when the status of the last response is not 200."""
        if not self._buffer.startswith(b"HTTP/1.1 200"):
            raise FailedResponseError(bytes(self._view[: self._length]).decode("utf-8", "replace")[:600])

    def answer(self) -> bytes:
        """Returns the body of the last response."""
        body = bytes(self._view[self._body_start : self._length])
        return body if self._response_end > 0 else _decode_chunks(body)


def _decode_chunks(chunked: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while True:
        line = chunked.index(b"\r\n", at)
        size = int(chunked[at:line], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(chunked[line + 2 : line + 2 + size])
        at = line + size + 4


def request(body: bytes, path: str = "/graphql", headers: tuple[str, ...] = ()) -> bytes:
    """Returns a POST request with a JSON body and further header lines, as bytes."""
    lines = (
        f"POST {path} HTTP/1.1",
        "host: 127.0.0.1",
        "content-type: application/json",
        "accept: application/json",
        f"content-length: {len(body)}",
        *headers,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def fetch(port: int, message: bytes) -> bytes:
    """Sends one request and returns the body. Raises FailedResponseError or OSError."""
    connection = Connection(port)
    try:
        connection.send(message)
        while not connection.receive():
            pass
        connection.check()
        return connection.answer()
    finally:
        connection.socket.close()


@dataclass(frozen=True, slots=True)
class Stream:
    """Requests that a number of connections send in turn.

    `record` receives each connection with a complete response, and the latency in seconds; it returns the seconds that
    the connection waits before its next request.
    """

    requests: Sequence[bytes]
    connections: int
    record: Callable[[Connection, float], float]


def drive(port: int, streams: Sequence[Stream], seconds: float) -> None:
    """Sends the requests of all streams at the same time for some seconds, then waits for the last responses.

    Raises FailedResponseError when the server closes a connection or does not respond, and OSError without a listener.
    """
    turns = [0] * len(streams)
    pool: list[Connection] = []
    waiting: list[tuple[float, int, Connection, int]] = []

    def send(connection: Connection, stream: int) -> None:
        requests = streams[stream].requests
        number = turns[stream] % len(requests)
        connection.send(requests[number], number)
        turns[stream] += 1

    with selectors.DefaultSelector() as selector:
        try:
            until = time.perf_counter() + seconds
            for at, stream in enumerate(streams):
                for _ in range(stream.connections):
                    connection = Connection(port)
                    pool.append(connection)
                    selector.register(connection.socket, selectors.EVENT_READ, (connection, at))
                    send(connection, at)
            busy = len(pool)
            while busy:
                now = time.perf_counter()
                while waiting and waiting[0][0] <= now:
                    *_, connection, at = heapq.heappop(waiting)
                    send(connection, at)
                events = selector.select(waiting[0][0] - now if waiting else _TIMEOUT_SECONDS)
                if not events and not waiting:
                    raise FailedResponseError(f"No response within {_TIMEOUT_SECONDS:g} seconds.")
                for key, _ in events:
                    connection, at = key.data
                    if not connection.receive():
                        continue
                    now = time.perf_counter()
                    pause = streams[at].record(connection, now - connection.sent)
                    if now + pause >= until:
                        busy -= 1
                    elif pause:
                        heapq.heappush(waiting, (now + pause, id(connection), connection, at))
                    else:
                        send(connection, at)
        finally:
            for connection in pool:
                connection.socket.close()


def run_load(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Sample:
    """Sends the requests in turn over a number of connections for some seconds, then waits for the last responses.

    Raises FailedResponseError when a response is not 200, and OSError without a listener.
    """
    latencies: list[float] = []

    def record(connection: Connection, latency: float) -> float:
        connection.check()
        latencies.append(latency)
        return 0.0

    started, cpu = time.perf_counter(), time.thread_time()
    drive(port, [Stream(requests, connections, record)], seconds)
    return Sample(len(latencies), time.perf_counter() - started, tuple(sorted(latencies)), time.thread_time() - cpu)
