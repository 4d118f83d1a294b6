from __future__ import annotations

import pytest

from api.graphql_request import RejectedRequest
from api.hosts import AllowedHosts
from graph.sign_in_settings import is_loopback


@pytest.mark.parametrize(
    "host", [b"localhost", b"LocalHost:8000", b"127.0.0.1", b"127.0.0.1:1", b"[::1]", b"[::1]:8000", b"kith.example"]
)
def test_allowed_names_pass_with_any_port(host: bytes) -> None:
    hosts = AllowedHosts(["Kith.Example"])
    for _ in range(2):
        hosts.check({b"host": host})


@pytest.mark.parametrize(
    "host", [b"", b"evil.example", b"127.0.0.1.evil.example", b"localhost.evil.example:8000", b"[::2]", b"localhost:x"]
)
def test_other_names_are_rejected(host: bytes) -> None:
    with pytest.raises(RejectedRequest) as caught:
        AllowedHosts().check({b"host": host})
    assert caught.value.status == 421


def test_a_request_without_a_host_is_rejected() -> None:
    with pytest.raises(RejectedRequest):
        AllowedHosts().check({})


def test_the_cache_of_accepted_headers_is_bounded() -> None:
    hosts = AllowedHosts()
    for port in range(1000):
        hosts.check({b"host": b"localhost:%d" % port})
    assert len(hosts._accepted) < 100


@pytest.mark.parametrize(
    ("host", "loopback"),
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
def test_only_loopback_addresses_are_private_to_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
