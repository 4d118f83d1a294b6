"""The host names under which Kith answers, which protects it from DNS rebinding."""

from __future__ import annotations

from collections.abc import Iterable

from api.graphql_request import RejectedRequest
from graph.errors import Refused

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_CACHE_SIZE = 64


class AllowedHosts:
    """Checks the `Host` header against the loopback names and `names`.

    Without this check a web page could resolve its own host name to 127.0.0.1 and read the graph as same-origin.
    Starlette's TrustedHostMiddleware answers in plain text and parses the header of every request; this check caches
    the headers it has accepted.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = frozenset(name.lower() for name in (*_LOOPBACK, *names))
        self._accepted: set[bytes] = set()

    def check(self, headers: dict[bytes, bytes]) -> None:
        """Raises RejectedRequest with status 421 when the `Host` header is not an allowed name, with any port."""
        host = headers.get(b"host", b"")
        if host in self._accepted:
            return
        name = host.decode("latin-1").lower()
        bare, colon, port = name.rpartition(":")
        if colon and port.isdigit():
            name = bare
        if name not in self.names:
            raise RejectedRequest(
                421,
                Refused(
                    f"The Host header {name[:80]!r} is not a name of this server.",
                    remedy="Use http://127.0.0.1; for another name, set KITH_PUBLIC_URL or KITH_HOSTS.",
                ),
            )
        if len(self._accepted) < _CACHE_SIZE:
            self._accepted.add(host)
