"""Kith on this machine without any configuration: signing in is not required, but invalid credentials are refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from api.auth.setup import sign_in_of
from graph import engine
from graph.errors import Refused
from graph.settings import Settings
from graph.store import Store
from tests.api.auth.conftest import SESSION, me, person, refused, sign_in, user_of
from tests.api.running import Running, serving


@pytest.fixture(scope="module")
def kith(server: engine.Server, store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kith on loopback, where signing in is not required."""
    with serving(server, tmp_path_factory.mktemp("automatic")) as running:
        yield running


@pytest.fixture
async def browser(kith: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=kith.url, timeout=30) as client:
        yield client


async def test_a_request_without_credentials_is_answered(browser: httpx.AsyncClient) -> None:
    answer = await me(browser)
    assert answer.json() == {"data": {"me": {"user": None}}}
    assert (await browser.get("/session")).json() == {"user": None, "automatic": True, "session": False}
    assert (await browser.get("/reports")).status_code == 200


async def test_invalid_credentials_are_refused(browser: httpx.AsyncClient) -> None:
    refused(await me(browser, authorization="Bearer kith_00000000_x"))
    refused(await me(browser, authorization="Bearer e30.e30.e30"))
    assert refused(await me(browser, cookie=f"{SESSION}=x")) == "The session has ended."


async def test_a_request_that_a_proxy_forwarded_is_not_one_of_this_machine(browser: httpx.AsyncClient) -> None:
    for name in ("x_forwarded_for", "via", "x_forwarded_proto"):
        assert refused(await me(browser, **{name: "192.0.2.1"})) == "The request has no credentials."


async def test_a_request_in_http_1_0_is_not_one_of_this_machine(kith: Running) -> None:
    host, port = kith.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /reports HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    answer = await reader.read(200)
    writer.close()
    assert b" 401 " in answer.split(b"\r\n")[0]


async def test_a_user_can_sign_in_all_the_same_and_out_again(browser: httpx.AsyncClient, store: Store) -> None:
    ada = await person(store)
    page = await browser.get("/sign-in", params={"next": "/deals"})
    assert '<a href="./deals">Continue without signing in</a>' in page.text
    await sign_in(browser, ada)
    assert user_of(await me(browser)) == ada.user
    assert (await browser.get("/session")).json() == {"user": ada.user, "automatic": False, "session": True}
    answer = await browser.post("/sign-out", headers={"accept": "*/*"})
    assert answer.status_code == 204
    assert (await browser.get("/session")).json()["automatic"] is True


async def test_a_scheduled_report_of_nobody_is_made_only_where_nobody_has_to_sign_in(store: Store) -> None:
    here = sign_in_of(Settings.read(), store, None)
    assert (await here.principal_of(None)).operator
    required = sign_in_of(Settings.read(sign_in="required"), store, None)
    with pytest.raises(Refused):
        await required.principal_of(None)
    unknown = await required.principal_of("unknown")
    assert not unknown.operator
    assert unknown.rights.holders == ()
