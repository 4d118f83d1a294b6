"""The parts of a request that can name its caller."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from graph.sign_in_settings import Network

if TYPE_CHECKING:
    from starlette.types import Scope

_FORWARDED = (
    b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-server",
    b"x-real-ip", b"cf-connecting-ip", b"true-client-ip",
)  # fmt: skip


class Credentials:
    """The headers of a request by lower-case name, its method, and the address that it was sent from."""

    __slots__ = ("_version", "headers", "method", "peer")

    def __init__(self, scope: Scope) -> None:
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            # A repeated header has all its values, so that none of them is taken for the only one.
            headers[name] = headers[name] + b", " + value if name in headers else value
        self.headers, self.method = headers, scope["method"]
        client = scope.get("client")
        self.peer: str = client[0] if client else ""
        self._version = scope.get("http_version", "")

    @property
    def forwarded(self) -> bool:
        """Whether a proxy says that it forwards the request for another machine or program.

        Nginx adds no header by default, but speaks HTTP/1.0, which no browser does.
        """
        return self._version == "1.0" or any(name in self.headers for name in _FORWARDED)

    @property
    def bearer(self) -> str | None:
        """The token in `Authorization: Bearer`; other schemes are not credentials for Kith."""
        value = self.headers.get(b"authorization")
        if value is None:
            return None
        scheme, _, token = value.decode("latin-1").strip().partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Returns whether an address is in one of the networks.

    >>> from ipaddress import ip_network
    >>> is_within("10.1.2.3", [ip_network("10.0.0.0/8")]), is_within("::ffff:10.1.2.3", [ip_network("10.0.0.0/8")])
    (True, True)
    >>> is_within("", [ip_network("10.0.0.0/8")])
    False
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in network for network in networks)


def client_address(credentials: Credentials, proxies: Iterable[Network]) -> str:
    """Returns the address of the client: behind a trusted proxy, the last one in X-Forwarded-For that is no proxy."""
    networks = tuple(proxies)
    address = credentials.peer
    hops = credentials.headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
    while hops and is_within(address, networks):
        hop = hops.pop().strip()
        if not hop:
            break
        address = hop
    return address
