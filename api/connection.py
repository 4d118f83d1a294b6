"""The HTTP connections of uvicorn, with limits on the size and duration of requests and on idle connections."""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache
from typing import Any, cast

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from graph.errors import Invalid, KithError, TooExpensive, Unavailable

MOST_HEADER_BYTES = 65_536
SECONDS_FOR_A_REQUEST = 30.0
"""Seconds within which a request has to arrive: after the connection, or after the first byte of the request."""

_MOST_FRAMING_BYTES = 65_536
_FRAMING_PER_BODY_BYTE = 8
_FILES_IN_RESERVE = 48
_MOST_CONNECTIONS = 4_096
_FEWEST_CONNECTIONS = 16

_MALFORMED = Invalid("The request is not valid HTTP/1.1.", remedy="Send a request that conforms to RFC 9112.")
_LARGE_HEAD = TooExpensive(
    f"The request line and the headers are larger than the limit of {MOST_HEADER_BYTES} bytes.",
    remedy="Send the document by POST, and fewer or shorter headers.",
    limit=MOST_HEADER_BYTES,
)
_LARGE_FRAMING = Invalid(
    "The chunks of the body are too small, or their trailers too large.",
    remedy="Send larger chunks without trailers, or a Content-Length.",
)
_SLOW = Invalid(
    f"The request did not arrive within {SECONDS_FOR_A_REQUEST:g} seconds.",
    remedy="Send the whole request at once, with its Content-Length.",
)
_CROWDED = Unavailable(
    "This process cannot hold more connections, and none of them is idle.",
    remedy="Try again in a few seconds, over fewer connections.",
)
_REASONS = {
    400: b"Bad Request",
    408: b"Request Timeout",
    431: b"Request Header Fields Too Large",
    503: b"Service Unavailable",
}


@lru_cache(maxsize=1)
def most_connections() -> int:
    """Raises the limit of open files of this process as far as allowed; returns how many connections it may hold.

    Half of the files are left to the connections to the database.
    """
    if os.name != "posix":
        return _MOST_CONNECTIONS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * _MOST_CONNECTIONS + _FILES_IN_RESERVE
    files = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return min(_MOST_CONNECTIONS, max(_FEWEST_CONNECTIONS, (files - _FILES_IN_RESERVE) // 2))


def _ending(cycle: RequestResponseCycle, app: Any) -> Any:
    """Returns the application, whose cancellation after its client went away is not an error."""

    async def run(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            if not cycle.disconnected:
                raise

    return run


class Connection(HttpToolsProtocol):
    """A connection that rejects large headers, ignores trailers, and ends when a request does not arrive in time.

    A request ends when its client goes away.
    When the process holds as many connections as it may, a new one replaces the one that has been idle for longest.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._in_head = True
        self._complete = True
        self._uncounted = 0
        self.idle_since = self.loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._started: tuple[RequestResponseCycle, asyncio.Task[None]] | None = None
        self._rejection: tuple[int, KithError] = (400, _MALFORMED)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Accepts the connection, if necessary in place of an idle one."""
        super().connection_made(transport)
        if len(self.connections) > most_connections() and not self._close_idle():
            self._reject(503, _CROWDED)
        else:
            self._timer = self.loop.call_later(SECONDS_FOR_A_REQUEST, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Releases the timer, and ends the request that is not answered."""
        self._stop_timer()
        super().connection_lost(exc)
        if self._started is not None and not self._started[0].response_complete:
            # With pipelining, uvicorn marks the last request, which has not started.
            cycle, task = self._started
            cycle.disconnected = True
            task.cancel()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Starts the application as uvicorn does, in a task that `connection_lost` can find."""
        task = self.loop.create_task(cycle.run_asgi(_ending(cycle, app)))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)
        self._started = cycle, task

    def data_received(self, data: bytes) -> None:
        """Parses the data, within the limits for what is not the content of a body."""
        self._uncounted += len(data)
        super().data_received(data)
        if self._complete:
            self._uncounted = 0
            if self._unanswered is not None:
                self._stop_timer()
                return
        if self.transport.is_closing():
            return
        if self._uncounted > (MOST_HEADER_BYTES if self._in_head else _MOST_FRAMING_BYTES):
            self._reject(*((431, _LARGE_HEAD) if self._in_head else (400, _LARGE_FRAMING)))
        elif self._timer is None:
            self._timer = self.loop.call_later(SECONDS_FOR_A_REQUEST, self._late)

    def on_message_begin(self) -> None:
        """Begins a request."""
        super().on_message_begin()
        self._in_head, self._complete = True, False

    def on_headers_complete(self) -> None:
        """Starts the application, unless the headers are too large."""
        size = len(self.url)
        if self._uncounted > MOST_HEADER_BYTES or size > MOST_HEADER_BYTES:
            size += sum(len(name) + len(value) for name, value in self.headers)
            if size > MOST_HEADER_BYTES:
                self._rejection = (431, _LARGE_HEAD)
                raise ValueError("the headers are too large")
        self._in_head, self._uncounted = False, 0
        super().on_headers_complete()
        # The request has the list of its headers; trailers, which come after them, are ignored (RFC 9110 §6.5.1).
        self.headers = []

    def on_body(self, body: bytes) -> None:
        """Adds a part of a body, which pays for the framing of chunks."""
        self._uncounted -= _FRAMING_PER_BODY_BYTE * len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Ends a request; the next one may follow."""
        self._in_head, self._complete, self._uncounted = True, True, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Remembers since when the connection is idle."""
        self.idle_since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (the signature is uvicorn's)
        """Answers a request that cannot be parsed, in the form of every other error."""
        self._reject(*self._rejection)

    @property
    def _unanswered(self) -> RequestResponseCycle | None:
        """The request whose response has not ended; uvicorn sets the first one when its headers are complete."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return None if cycle is None or cycle.response_complete else cycle

    @property
    def _is_answering(self) -> bool:
        cycle = self._unanswered
        return cycle is not None and (not cycle.more_body or bool(self.pipeline))

    @property
    def is_idle(self) -> bool:
        """Whether the client has sent nothing, or nothing since the last response."""
        return self._unanswered is None and self._complete

    def _close_idle(self) -> bool:
        """Closes the connection that has been idle for longest; returns False if every other one is at work."""
        others = [one for one in self.connections if isinstance(one, Connection) and one is not self]
        idle = [one for one in others if one.is_idle and not one.transport.is_closing()]
        if idle:
            min(idle, key=lambda one: one.idle_since).transport.close()
        return bool(idle)

    def _late(self) -> None:
        """Ends the connection: silently if nothing of a request has arrived, otherwise with an error."""
        self._timer = None
        if self.transport.is_closing():
            return
        if self._is_answering or self.flow.read_paused:
            # The next request waits for the answer to this one, not for the client.
            self._timer = self.loop.call_later(SECONDS_FOR_A_REQUEST, self._late)
        elif self._complete:
            self.transport.close()
        else:
            self._reject(408, _SLOW)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _reject(self, status: int, error: KithError) -> None:
        """Closes the connection, after an error unless the client still waits for, or receives, another answer."""
        self._stop_timer()
        if not self._is_answering and (self._unanswered is None or not self._unanswered.response_started):
            body = orjson.dumps({"errors": [{"message": error.message, "extensions": error.extensions}]})
            head = (
                b"HTTP/1.1 %d %s\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: %d\r\n"
                b"cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head % (status, _REASONS[status], len(body)) + body)
        self.transport.close()
