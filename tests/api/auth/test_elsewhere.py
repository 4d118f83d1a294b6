"""Kith on an address that other machines can reach, behind a reverse proxy with TLS."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from graph import engine
from graph.store import Store
from tests.api.auth.conftest import Person, me, refused, sign_in, user_of
from tests.api.running import Running, serving

HOST = {"host": "kith.example", "accept": "application/json"}


@pytest.fixture(scope="module")
def kith(server: engine.Server, store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kith that listens on all addresses."""
    more = {"KITH_HOST": "0.0.0.0", "KITH_PUBLIC_URL": "https://kith.example", "KITH_HOSTS": "kith.internal"}
    with serving(server, tmp_path_factory.mktemp("elsewhere"), **more) as running:
        yield running


@pytest.fixture
async def browser(kith: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=kith.url, timeout=30, headers=HOST) as client:
        yield client


async def test_other_machines_have_to_sign_in(browser: httpx.AsyncClient) -> None:
    assert refused(await me(browser)) == "The request has no credentials."
    opened = await browser.get("/", headers={"accept": "text/html"})
    assert (opened.status_code, opened.headers["location"]) == (303, "./sign-in?next=/")


async def test_the_cookie_is_secure_and_belongs_to_this_host(browser: httpx.AsyncClient, ada: Person) -> None:
    answer = await sign_in(browser, ada)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-kith_session=")
    assert cookie.endswith("; HttpOnly; SameSite=Lax; Secure")
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    sent = cookie.partition(";")[0]
    assert user_of(await me(browser, cookie=sent)) == ada.user
    assert user_of(await me(browser, cookie=sent, origin="https://kith.example")) == ada.user
    assert (await me(browser, cookie=sent, origin="https://evil.example")).status_code == 403
    assert refused(await me(browser, cookie=sent.removeprefix("__Host-"))) == "The request has no credentials."
    twice = await me(browser, cookie=f"{sent}; {sent}x")
    assert refused(twice) == "The request has no credentials."


@pytest.mark.parametrize(("name", "status"), [("kith.internal", 200), ("evil.example", 421), ("127.0.0.1", 200)])
async def test_only_known_host_names_are_answered(browser: httpx.AsyncClient, name: str, status: int) -> None:
    assert (await browser.get("/sign-in", headers={"host": name})).status_code == status


def test_the_public_url_is_printed(kith: Running) -> None:
    assert "https://kith.example/graphql" in kith.err.read_text()
