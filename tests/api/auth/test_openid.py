"""Sign-in at a real OpenID Connect provider, and every way to misuse its answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from graph import engine
from graph.sign_in.identities import Identity, tie
from graph.sign_in.users import set_disabled
from graph.store import Bound, Store
from tests.api.auth.conftest import SESSION, me, person, refused, user_of
from tests.api.running import Running, serving
from tests.provider.running import AUDIENCE, RunningProvider, approve, free_port, providing

ACCOUNTS = {
    "ada": {"email": "ada@openid.example", "email_verified": True, "name": "Ada Berg"},
    "unverified": {"email": "ada@openid.example", "email_verified": False, "name": "Eve"},
    "stranger": {"email": "stranger@openid.example", "email_verified": True, "name": "Stranger"},
}


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def provider(port: int) -> Iterator[RunningProvider]:
    with providing(port, ACCOUNTS) as running:
        yield running


@pytest.fixture(scope="module")
def kith(
    server: engine.Server, store: Store, port: int, provider: RunningProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Kith whose users sign in at the provider, and whose programs have its tokens."""
    more = {
        **provider.settings(),
        "KITH_PORT": str(port),
        "KITH_JWT_ISSUER": provider.issuer,
        "KITH_JWT_AUDIENCE": AUDIENCE,
    }
    with serving(server, tmp_path_factory.mktemp("openid"), **more) as running:
        yield running


@pytest.fixture
async def browser(kith: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=kith.url, timeout=30) as client:
        yield client


@pytest.fixture
async def ada(store: Store) -> str:
    """The user who has the address of the account, and no identity."""
    who = await person(store)
    text = (
        "OPTIONAL MATCH (i:SignInIdentity) DELETE i WITH count(*) AS n "
        "OPTIONAL MATCH (o:User {emailAddress1: $email}) REMOVE o.emailAddress1 WITH count(*) AS n "
        "MATCH (u:User {uid: $user}) SET u.emailAddress1 = $email RETURN n"
    )
    await store.writes.change(Bound("account", text, {"user": who.user, "email": "ada@openid.example"}))
    return who.user


async def begun(browser: httpx.AsyncClient, next_path: str = "/") -> str:
    """The URL at the provider to which Kith sends a browser."""
    answer = await browser.get("/sign-in/oidc", params={"next": next_path})
    assert answer.status_code == 303
    return answer.headers["location"]


def message_of(answer: httpx.Response) -> str:
    """The code of the message with which a browser is sent back to the sign-in page."""
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.startswith("../../sign-in?"), location
    assert SESSION not in answer.headers.get("set-cookie", "").partition("=")[0]
    return parse_qs(urlsplit(location).query)["message"][0]


async def test_a_browser_signs_in_at_the_provider(browser: httpx.AsyncClient, ada: str) -> None:
    assert "Sign in with your organization" in (await browser.get("/sign-in")).text
    url = await begun(browser, "/account/abc?tab=people")
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert query["code_challenge_method"] == "S256"
    assert len(query["state"]) >= 43
    assert len(query["nonce"]) >= 43
    callback = await approve(browser, url, "ada")
    answer = await browser.get(callback)
    assert (answer.status_code, answer.headers["location"]) == (303, "../../account/abc?tab=people")
    assert user_of(await me(browser)) == ada


async def test_an_answer_of_the_provider_is_taken_once(browser: httpx.AsyncClient, ada: str) -> None:
    callback = await approve(browser, await begun(browser), "ada")
    binding = browser.cookies["kith_oidc"]
    assert (await browser.get(callback)).headers["location"] == "../../"
    browser.cookies.delete(SESSION)
    browser.cookies.set("kith_oidc", binding, domain="127.0.0.1", path="/")
    assert message_of(await browser.get(callback)) == "provider"
    assert refused(await me(browser)) == "The request has no credentials."


async def test_a_code_is_exchanged_once_even_under_a_new_state(browser: httpx.AsyncClient, ada: str) -> None:
    callback = await approve(browser, await begun(browser), "ada")
    await browser.get(callback)
    code = parse_qs(urlsplit(callback).query)["code"][0]
    state = parse_qs(urlsplit(await begun(browser)).query)["state"][0]
    assert message_of(await browser.get("/sign-in/oidc/callback", params={"code": code, "state": state})) == "provider"


async def test_an_answer_works_only_in_the_browser_that_asked(
    kith: Running, browser: httpx.AsyncClient, ada: str
) -> None:
    callback = await approve(browser, await begun(browser), "ada")
    async with httpx.AsyncClient(base_url=kith.url, timeout=30) as victim:
        assert message_of(await victim.get(callback)) == "provider"
        await begun(victim)
        assert message_of(await victim.get(callback)) == "provider"
        assert refused(await me(victim)) == "The request has no credentials."


@pytest.mark.parametrize(
    "query",
    [{}, {"state": "x"}, {"code": "x"}, {"code": "x", "state": "x"}, {"error": "access_denied", "state": "x"}],
    ids=str,
)
async def test_an_answer_that_nobody_asked_for_is_refused(browser: httpx.AsyncClient, query: dict[str, str]) -> None:
    await begun(browser)
    assert message_of(await browser.get("/sign-in/oidc/callback", params=query)) == "provider"


async def test_an_answer_of_another_issuer_is_refused(browser: httpx.AsyncClient, ada: str) -> None:
    callback = await approve(browser, await begun(browser), "ada")
    mixed_up = httpx.URL(callback).copy_set_param("iss", "https://evil.example")
    assert message_of(await browser.get(mixed_up)) == "provider"


async def test_an_answer_that_is_too_late_is_refused(browser: httpx.AsyncClient, ada: str, store: Store) -> None:
    callback = await approve(browser, await begun(browser), "ada")
    text = "MATCH (r:SignInRequest) SET r.expiresAt = datetime() RETURN count(r)"
    await store.writes.change(Bound("late", text, {}))
    assert message_of(await browser.get(callback)) == "provider"


@pytest.mark.parametrize("login", ["unverified", "stranger"])
async def test_an_account_that_is_no_user_is_told_so(browser: httpx.AsyncClient, ada: str, login: str) -> None:
    callback = await approve(browser, await begun(browser), login)
    answer = await browser.get(callback)
    assert message_of(answer) == "unknown"
    page = await browser.get(str(httpx.URL(callback).join(answer.headers["location"])))
    assert "you are no user of Kith" in page.text


async def test_a_disabled_user_does_not_sign_in(browser: httpx.AsyncClient, ada: str, store: Store) -> None:
    await set_disabled(store.writes, ada, disabled=True)
    callback = await approve(browser, await begun(browser), "ada")
    assert message_of(await browser.get(callback)) == "unknown"
    await set_disabled(store.writes, ada, disabled=False)


async def test_the_sign_in_returns_to_no_other_host(browser: httpx.AsyncClient, ada: str) -> None:
    callback = await approve(browser, await begun(browser, "//evil.example"), "ada")
    assert (await browser.get(callback)).headers["location"] == "../../"


async def test_a_program_with_a_token_of_the_provider_is_the_linked_user(
    browser: httpx.AsyncClient, ada: str, provider: RunningProvider, store: Store
) -> None:
    token = provider.token_of_program()
    assert "no user of Kith" in refused(await me(browser, authorization=f"Bearer {token}"))
    await tie(store.writes, Identity(provider.issuer, "program"), ada)
    assert user_of(await me(browser, authorization=f"Bearer {token}")) == ada
    assert "signature" in refused(await me(browser, authorization=f"Bearer {token[:-8]}AAAAAAAA"))
