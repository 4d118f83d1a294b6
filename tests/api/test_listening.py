from __future__ import annotations

import socket

import pytest

from api import listening
from graph.errors import Refused, Unavailable
from graph.settings import Settings


def test_an_address_others_can_reach_is_refused_with_a_way_out() -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "kith.example"):
        with pytest.raises(Refused) as caught:
            listening.refuse_strangers(Settings.read(host=host))
        assert host in caught.value.message
        assert "reverse proxy" in caught.value.remedy
    listening.refuse_strangers(Settings.read(host="127.0.0.1"))


def test_a_free_port_is_taken_and_told() -> None:
    with listening.taken(Settings.read(port=0)) as held:
        port = held.getsockname()[1]
        assert listening.url(held) == f"http://127.0.0.1:{port}"
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            pass


def test_a_port_in_use_is_told_at_once() -> None:
    with listening.taken(Settings.read(port=0)) as held:
        port = held.getsockname()[1]
        with pytest.raises(Unavailable) as caught, listening.taken(Settings.read(port=port)):
            pass
    assert str(port) in caught.value.message
    assert "KITH_PORT" in caught.value.remedy
    with listening.taken(Settings.read(port=port)):
        pass


def test_no_address_of_this_machine_is_told() -> None:
    with pytest.raises(Unavailable), listening.taken(Settings.read(host="nowhere.invalid")):
        pass


def test_an_address_of_version_6_is_written_in_brackets() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listening.taken(Settings.read(host="::1", port=0)) as held:
        assert listening.url(held).startswith("http://[::1]:")
