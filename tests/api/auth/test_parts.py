"""The parts of signing in that need no server."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from api.auth.credentials import Credentials, client_address
from api.auth.next_path import local_path, relative
from api.auth.throttle import PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS, SignInThrottle, Throttle

PROXIES = (ip_network("10.0.0.0/24"),)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _credentials(peer: str, *headers: tuple[str, str]) -> Credentials:
    listed = [(name.encode(), value.encode()) for name, value in headers]
    return Credentials({"headers": listed, "method": "GET", "client": (peer, 1)})


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
    ],
)
def test_the_address_of_a_client_comes_from_trusted_proxies_only(peer: str, forwarded: str, address: str) -> None:
    assert client_address(_credentials(peer, ("x-forwarded-for", forwarded)), PROXIES) == address


def test_a_repeated_header_has_all_its_values() -> None:
    assert _credentials("", ("remote-email", "a"), ("remote-email", "b")).headers == {b"remote-email": b"a, b"}


def test_failures_are_forgotten_one_by_one() -> None:
    clock = Clock()
    throttle = SignInThrottle(Throttle(clock))
    for _ in range(PER_ACCOUNT_AND_ADDRESS.burst):
        assert throttle.begin("ada", "192.0.2.1") == 0
    assert 0 < throttle.begin("ada", "192.0.2.1") <= PER_ACCOUNT_AND_ADDRESS.seconds
    assert throttle.begin("ada", "192.0.2.2") == 0
    clock.now += PER_ACCOUNT_AND_ADDRESS.seconds
    assert throttle.begin("ada", "192.0.2.1") == 0
    assert throttle.begin("ada", "192.0.2.1") > 0


def test_an_address_may_not_try_many_accounts() -> None:
    throttle = SignInThrottle(Throttle(Clock()))
    for number in range(PER_ADDRESS.burst):
        assert throttle.begin(f"user {number}", f"2001:db8:1:2::{number:x}") == 0
    assert throttle.begin("another", "2001:db8:1:2:ffff::1") > 0
    assert throttle.begin("another", "2001:db8:1:3::1") == 0


def test_a_success_takes_back_its_attempt_and_forgets_the_failures_of_the_account() -> None:
    throttle = SignInThrottle(Throttle(Clock()))
    for _ in range(10 * PER_ADDRESS.burst):
        assert throttle.begin("ada", "192.0.2.1") == 0
        throttle.succeeded("ada", "192.0.2.1")


@pytest.mark.parametrize("path", ["/", "/account/1", "/a?x=/y//z", "/account/%C3%A4?as=%2F", "/map/s/0#x"])
def test_a_path_of_kith_is_kept(path: str) -> None:
    assert local_path(path) == path
    assert relative(path, 0) == f".{path}"


@pytest.mark.parametrize("path", ["/ä", "/a b", "/a\r\nset-cookie: x", "/" + "x" * 5_000, "", "?x", "/sign-in?next=/"])
def test_another_text_is_no_path(path: str) -> None:
    assert local_path(path) == "/"


def test_the_page_has_the_colours_of_the_explorer(project: Path) -> None:
    token = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")
    page = token.findall((project / "api" / "auth" / "page.css").read_text(encoding="utf-8"))
    explorer = token.findall((project / "explorer" / "src" / "style" / "tokens.css").read_text(encoding="utf-8"))
    assert len(page) > 20
    assert set(page) <= set(explorer)
    light, dark = page[: len(page) // 2], page[len(page) // 2 :]
    assert {name for name, _ in dark} <= {name for name, _ in light}
