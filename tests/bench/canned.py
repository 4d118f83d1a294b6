"""A server that answers every request with the same bytes."""

from __future__ import annotations

import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Canned(socketserver.ThreadingTCPServer):
    """Answers every request with the same bytes, in two chunks."""

    daemon_threads = True
    answer = b""

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


@contextmanager
def serving() -> Iterator[Canned]:
    """Runs the server in a thread."""
    with Canned(("127.0.0.1", 0), Connection) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
