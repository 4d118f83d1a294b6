"""The listening socket: bound before anything costly starts, so that a port in use is reported at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import Unavailable
from graph.settings import Settings


@contextmanager
def listening_socket(settings: Settings) -> Iterator[socket.socket]:
    """Yields a socket that listens at KITH_HOST and KITH_PORT, and closes it at the end.

    Raises Unavailable when the host is not an address of this machine or the port is in use.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise Unavailable(
            f"KITH_HOST is {settings.host!r}, which is not an address of this machine: {error.strerror}.",
            remedy="Set KITH_HOST to 127.0.0.1.",
        ) from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            # Two processes may bind the same port, but only one may listen on it.
            listener.listen(2048)
        except OSError as error:
            raise Unavailable(
                f"Kith cannot listen at {settings.host}:{settings.port}: {error.strerror}.",
                remedy="Stop the process that listens there, or set KITH_PORT to another port (0 selects a free one).",
            ) from error
        yield listener


def url(listener: socket.socket) -> str:
    """Returns the URL of a listening socket, with an IPv6 address in brackets."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
