"""Users whom a reverse proxy names: believed from its address only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from graph import engine
from graph.store import Store
from tests.api.auth.conftest import Person, me, refused, user_of
from tests.api.running import Running, serving


@pytest.fixture(scope="module")
def kith(server: engine.Server, store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kith behind a proxy at 127.0.0.2, which creates users."""
    more = {
        "KITH_PROXY_HEADER": "Remote-Email",
        "KITH_PROXY_ADDRESSES": "127.0.0.2,10.0.0.0/8",
        "KITH_CREATE_USERS": "true",
    }
    with serving(server, tmp_path_factory.mktemp("proxy"), **more) as running:
        yield running


@pytest.fixture
async def proxy(kith: Running) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
    async with httpx.AsyncClient(base_url=kith.url, timeout=30, transport=transport) as client:
        yield client


async def test_the_user_that_the_proxy_names_is_the_caller(proxy: httpx.AsyncClient, ada: Person) -> None:
    assert user_of(await me(proxy, remote_email=ada.email)) == ada.user
    assert user_of(await me(proxy, remote_email=ada.email.upper())) == ada.user


async def test_the_header_is_ignored_from_another_address(kith: Running, ada: Person) -> None:
    async with httpx.AsyncClient(base_url=kith.url, timeout=30) as client:
        assert refused(await me(client, remote_email=ada.email)) == "The request has no credentials."
        forged = await me(client, remote_email=ada.email, x_forwarded_for="127.0.0.2")
        assert refused(forged) == "The request has no credentials."


async def test_a_header_with_two_users_is_refused(proxy: httpx.AsyncClient, ada: Person) -> None:
    headers = [("remote-email", ada.email), ("remote-email", "evil@kith.example")]
    answer = await proxy.post("/graphql", json={"query": "{ me { user { id } } }"}, headers=headers)
    assert "does not name a user" in refused(answer)


async def test_a_user_is_created_at_the_first_request(proxy: httpx.AsyncClient, ada: Person) -> None:
    email = f"new-{ada.email}"
    user = user_of(await me(proxy, remote_email=email))
    assert user_of(await me(proxy, remote_email=email)) == user
    query = {"query": "query U($id: ID!) { user(id: $id) { name emailAddress1 } }", "variables": {"id": user}}
    found = (await proxy.post("/graphql", json=query, headers={"remote-email": email})).json()
    assert found["data"]["user"] == {"name": email, "emailAddress1": email}


async def test_a_page_of_another_site_cannot_use_the_users_of_a_proxy(proxy: httpx.AsyncClient, ada: Person) -> None:
    answer = await me(proxy, remote_email=ada.email, origin="https://evil.example")
    assert answer.status_code == 403
