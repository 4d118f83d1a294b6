"""The names Kith is reached by: a page of another site, resolved to this machine, is not one of them."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from api.graphql_request import TurnedAway
from graph.errors import Refused

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_REMEMBERED = 64


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Hosts:
    """Checks the `Host` header, which holds the name the browser believes it talks to.

    Without it a web page anywhere could point its own name at 127.0.0.1 and read the whole graph as same-origin.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = frozenset(name.lower() for name in (*_LOOPBACK, *names))
        self._known: set[bytes] = set()

    def check(self, headers: dict[bytes, bytes]) -> None:
        """Raises TurnedAway with 421 for a request to a name that is not ours."""
        host = headers.get(b"host", b"")
        if host in self._known:
            return
        name = host.decode("latin-1").lower()
        bare, colon, port = name.rpartition(":")
        if colon and port.isdigit():
            name = bare
        if name not in self.names:
            raise TurnedAway(
                421,
                Refused(
                    f"Kith is not reached by the name {name[:80]!r}.",
                    remedy="Use http://127.0.0.1; a reverse proxy in front must send `Host: 127.0.0.1`.",
                ),
            )
        if len(self._known) < _REMEMBERED:
            self._known.add(host)
