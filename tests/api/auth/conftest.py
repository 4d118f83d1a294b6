"""Kith where everybody has to sign in, with people who can."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest

from graph import engine, roles
from graph.sign_in.passwords import set_password
from graph.sign_in.users import create_user, grant
from graph.store import Store
from tests.api.running import Running, serving

SESSION = "kith_session"


@dataclass(frozen=True)
class Person:
    """A User with an email address and a password."""

    user: str
    email: str
    password: str


@pytest.fixture(scope="module")
def kith(server: engine.Server, store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kith on loopback, where everybody has to sign in."""
    with serving(server, tmp_path_factory.mktemp("required"), KITH_SIGN_IN="required") as running:
        yield running


async def person(store: Store, name: str = "Ada Berg") -> Person:
    """Creates a user of its own with a password."""
    email, password = f"{secrets.token_hex(6)}@kith.example", secrets.token_urlsafe(16)
    user = await create_user(store.writes, name, email)
    await set_password(store.writes, user, email, password)
    await roles.install(store.writes)
    await grant(store.writes, user, "administrator")
    return Person(user, email, password)


@pytest.fixture
async def ada(store: Store) -> Person:
    """A user with a password."""
    return await person(store)


@pytest.fixture
async def browser(kith: Running) -> AsyncIterator[httpx.AsyncClient]:
    """A client that keeps cookies and does not follow redirects."""
    async with httpx.AsyncClient(base_url=kith.url, timeout=30) as client:
        yield client


async def sign_in(client: httpx.AsyncClient, who: Person, **form: str) -> httpx.Response:
    """Sends the form of the sign-in page."""
    return await client.post("/sign-in", data={"email": who.email, "password": who.password, **form})


async def me(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    """Asks who the caller is."""
    return await client.post(
        "/graphql",
        json={"query": "{ me { user { id } } }"},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def user_of(response: httpx.Response) -> str:
    """The id of the user in an answer to `me`."""
    assert response.status_code == 200, response.text
    return str(response.json()["data"]["me"]["user"]["id"])


def refused(response: httpx.Response) -> str:
    """The message of an answer to a request without valid credentials."""
    assert response.status_code == 401, response.text
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert error["extensions"]["remedy"]
    assert response.headers["www-authenticate"].startswith("Bearer")
    return str(error["message"])
