from __future__ import annotations

import socket

import pytest

from api import sockets
from graph.errors import Unavailable
from graph.settings import Settings


def test_port_0_selects_a_free_port() -> None:
    with sockets.listening_socket(Settings.read(port=0)) as listener:
        port = listener.getsockname()[1]
        assert sockets.url(listener) == f"http://127.0.0.1:{port}"
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            pass


def test_a_port_in_use_is_unavailable() -> None:
    with sockets.listening_socket(Settings.read(port=0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Unavailable) as caught, sockets.listening_socket(Settings.read(port=port)):
            pass
    assert str(port) in caught.value.message
    assert "KITH_PORT" in caught.value.remedy
    with sockets.listening_socket(Settings.read(port=port)):
        pass


def test_a_host_that_is_not_this_machine_is_unavailable() -> None:
    with pytest.raises(Unavailable), sockets.listening_socket(Settings.read(host="nowhere.invalid")):
        pass


def test_an_ipv6_address_is_written_in_brackets() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with sockets.listening_socket(Settings.read(host="::1", port=0)) as listener:
        assert sockets.url(listener).startswith("http://[::1]:")
