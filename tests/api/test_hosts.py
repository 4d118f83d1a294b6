from __future__ import annotations

import pytest

from api.graphql_request import TurnedAway
from api.hosts import Hosts, is_loopback


@pytest.mark.parametrize(
    "host", [b"localhost", b"LocalHost:8000", b"127.0.0.1", b"127.0.0.1:1", b"[::1]", b"[::1]:8000", b"kith.example"]
)
def test_our_names_pass_with_any_port(host: bytes) -> None:
    hosts = Hosts(["Kith.Example"])
    for _ in range(2):
        hosts.check({b"host": host})


@pytest.mark.parametrize(
    "host", [b"", b"evil.example", b"127.0.0.1.evil.example", b"localhost.evil.example:8000", b"[::2]", b"localhost:x"]
)
def test_other_names_are_turned_away(host: bytes) -> None:
    with pytest.raises(TurnedAway) as caught:
        Hosts().check({b"host": host})
    assert caught.value.status == 421


def test_a_request_without_a_name_is_turned_away() -> None:
    with pytest.raises(TurnedAway):
        Hosts().check({})


def test_only_so_many_spellings_are_remembered() -> None:
    hosts = Hosts()
    for port in range(1000):
        hosts.check({b"host": b"localhost:%d" % port})
    assert len(hosts._known) < 100


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("kith.example", False),
        ("", False),
    ],
)
def test_only_loopback_is_reached_by_this_machine_alone(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone
