"""The socket Kith listens on: taken before anything costly starts, so that a port in use is told at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from api.hosts import is_loopback
from graph.errors import Refused, Unavailable
from graph.settings import Settings


def refuse_strangers(settings: Settings) -> None:
    """Raises Refused when other machines could reach Kith, which knows no passwords."""
    if not is_loopback(settings.host):
        raise Refused(
            f"KITH_HOST is {settings.host!r}: other machines could reach Kith there, and it has no authentication.",
            remedy="Keep KITH_HOST at 127.0.0.1 and put a reverse proxy in front that authenticates, forwards to that"
            " address and sends `Host: 127.0.0.1`; docs/http.md shows one.",
        )


@contextmanager
def taken(settings: Settings) -> Iterator[socket.socket]:
    """A bound socket at KITH_HOST and KITH_PORT, closed in the end; raises Unavailable when it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        held = socket.socket(family, kind, protocol)
    except OSError as error:
        raise Unavailable(
            f"KITH_HOST is {settings.host!r}, which is no address of this machine: {error.strerror}.",
            remedy="Set KITH_HOST to 127.0.0.1.",
        ) from error
    with held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind(address)
            # Bound is not yet taken: two processes may bind one port, only one may listen.
            held.listen(2048)
        except OSError as error:
            raise Unavailable(
                f"Kith cannot listen at {settings.host}:{settings.port}: {error.strerror}.",
                remedy="Stop what listens there, or set KITH_PORT to another port (0 takes a free one).",
            ) from error
        yield held


def url(held: socket.socket) -> str:
    """The address of a socket as a browser takes it."""
    host, port = held.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
