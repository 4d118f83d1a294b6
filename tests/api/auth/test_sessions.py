"""Sign-in with a password: sessions that begin, end and are not taken over."""

from __future__ import annotations

import hashlib
import statistics
import time

import httpx
import pytest

from graph.sign_in.passwords import set_password
from graph.sign_in.users import set_disabled
from graph.store import Bound, Store
from tests.api.auth.conftest import SESSION, Person, me, person, refused, sign_in, user_of
from tests.api.running import Running


async def test_a_browser_without_a_session_is_sent_to_the_sign_in_page(browser: httpx.AsyncClient) -> None:
    opened = await browser.get("/account/abc?tab=people", headers={"accept": "text/html"})
    assert opened.status_code == 303
    assert opened.headers["location"] == "../sign-in?next=/account/abc%3Ftab%3Dpeople"
    page = await browser.get(str(httpx.URL(str(opened.url)).join(opened.headers["location"])))
    assert page.status_code == 200
    assert 'name="next" value="/account/abc?tab=people"' in page.text
    graphiql = await browser.get("/graphql", headers={"accept": "text/html"})
    assert (graphiql.status_code, graphiql.headers["location"]) == (303, "./sign-in?next=/graphql")


@pytest.mark.parametrize("path", ["/reports", "/metrics", "/graphql/schema.graphql", "/links/x", "/session", "/"])
async def test_a_program_without_credentials_is_refused(browser: httpx.AsyncClient, path: str) -> None:
    assert refused(await browser.get(path)) == "The request has no credentials."


async def test_graphql_without_credentials_is_refused(browser: httpx.AsyncClient) -> None:
    assert refused(await me(browser)) == "The request has no credentials."
    assert refused(await me(browser, accept="application/json")) == "The request has no credentials."


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/sign-in"])
async def test_probes_and_the_sign_in_page_need_no_credentials(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 200


async def test_a_user_signs_in_and_returns_to_the_page(browser: httpx.AsyncClient, ada: Person) -> None:
    answer = await sign_in(browser, ada, next="/account/abc")
    assert (answer.status_code, answer.headers["location"]) == (303, "./account/abc")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert user_of(await me(browser)) == ada.user
    assert (await browser.get("/session")).json() == {"user": ada.user, "automatic": False, "session": True}


async def test_only_a_digest_of_the_session_is_stored(browser: httpx.AsyncClient, ada: Person, store: Store) -> None:
    await sign_in(browser, ada)
    secret = browser.cookies[SESSION]
    text = "MATCH (s:SignInSession {userId: $user}) RETURN properties(s)"
    stored = await store.reads.ask(Bound("stored", text, {"user": ada.user}))
    assert stored["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(stored)
    assert len(secret) >= 43


async def test_a_session_is_not_fixed_before_the_sign_in(browser: httpx.AsyncClient, ada: Person) -> None:
    browser.cookies.set(SESSION, "chosen-by-somebody-else", domain="127.0.0.1")
    assert refused(await me(browser)) == "The session has ended."
    browser.cookies.clear()
    await sign_in(browser, ada)
    first = browser.cookies[SESSION]
    await sign_in(browser, ada)
    second = browser.cookies[SESSION]
    assert first != second
    assert user_of(await me(browser)) == ada.user
    async with httpx.AsyncClient(base_url=browser.base_url, cookies={SESSION: first}) as other:
        assert refused(await me(other)) == "The session has ended."


async def test_a_cookie_does_not_work_after_sign_out(browser: httpx.AsyncClient, ada: Person) -> None:
    await sign_in(browser, ada)
    secret = browser.cookies[SESSION]
    answer = await browser.post("/sign-out", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "./sign-in")
    assert SESSION not in browser.cookies
    browser.cookies.set(SESSION, secret, domain="127.0.0.1")
    again = await me(browser)
    assert refused(again) == "The session has ended."
    assert "Max-Age=0" in again.headers["set-cookie"]


async def test_a_changed_password_ends_all_sessions(browser: httpx.AsyncClient, ada: Person, store: Store) -> None:
    await sign_in(browser, ada)
    await set_password(store.writes, ada.user, ada.email, "another password of some words")
    assert refused(await me(browser)) == "The session has ended."
    assert (await sign_in(browser, ada)).status_code == 401


async def test_a_disabled_user_is_refused_at_the_next_request(
    browser: httpx.AsyncClient, ada: Person, store: Store
) -> None:
    await sign_in(browser, ada)
    await set_disabled(store.writes, ada.user, disabled=True)
    assert refused(await me(browser)) == "The session has ended."
    browser.cookies.clear()
    assert (await sign_in(browser, ada)).status_code == 401
    await set_disabled(store.writes, ada.user, disabled=False)
    assert (await sign_in(browser, ada)).status_code == 303


async def test_an_idle_and_an_expired_session_are_refused(
    browser: httpx.AsyncClient, ada: Person, store: Store
) -> None:
    for name, hours in (("lastUsedAt", 9), ("expiresAt", 1)):
        await sign_in(browser, ada)
        assert user_of(await me(browser)) == ada.user
        text = f"MATCH (s:SignInSession {{userId: $user}}) SET s.{name} = datetime() - duration({{hours: {hours}}})"
        await store.writes.change(Bound("age", f"{text} RETURN count(s)", {"user": ada.user}))
        assert refused(await me(browser)) == "The session has ended."
        browser.cookies.clear()


async def test_a_session_in_use_is_written_at_most_once_a_minute(
    browser: httpx.AsyncClient, ada: Person, store: Store
) -> None:
    await sign_in(browser, ada)
    read = Bound("read", "MATCH (s:SignInSession {userId: $user}) RETURN s.lastUsedAt", {"user": ada.user})
    before = await store.reads.ask(read)
    await me(browser)
    assert await store.reads.ask(read) == before
    text = "MATCH (s:SignInSession {userId: $user}) SET s.lastUsedAt = s.lastUsedAt - duration({minutes: 2}) RETURN 0"
    await store.writes.change(Bound("age", text, {"user": ada.user}))
    await me(browser)
    assert await store.reads.ask(read) > before


async def test_unknown_wrong_and_disabled_have_the_same_answer_in_about_the_same_time(
    kith: Running, store: Store
) -> None:
    known, disabled = await person(store), await person(store)
    await set_disabled(store.writes, disabled.user, disabled=True)
    attempts = {
        "wrong": (known.email, "a wrong password"),
        "unknown": ("stranger" + known.email, known.password),
        "disabled": (disabled.email, disabled.password),
    }
    pages: dict[str, set[str]] = {name: set() for name in attempts}
    seconds: dict[str, list[float]] = {name: [] for name in attempts}
    async with httpx.AsyncClient(base_url=kith.url, timeout=30) as client:
        for _ in range(4):
            for name, (email, password) in attempts.items():
                started = time.perf_counter()
                answer = await client.post("/sign-in", data={"email": email, "password": password})
                seconds[name].append(time.perf_counter() - started)
                assert answer.status_code == 401, answer.text
                assert not answer.cookies
                pages[name].add(answer.text.replace(email, "EMAIL"))
    assert len(set.union(*pages.values())) == 1
    medians = [statistics.median(found) for found in seconds.values()]
    assert max(medians) < 2 * min(medians), seconds


async def test_guesses_are_slowed_down_without_locking_the_user_out_elsewhere(
    kith: Running, store: Store, ada: Person
) -> None:
    async with httpx.AsyncClient(base_url=kith.url, timeout=30) as client:
        for _ in range(5):
            assert (await client.post("/sign-in", data={"email": ada.email, "password": "x"})).status_code == 401
        limited = await sign_in(client, ada)
        assert limited.status_code == 429
        assert 0 < int(limited.headers["retry-after"]) <= 60
        assert "Too many attempts" in limited.text
        assert (await sign_in(client, await person(store))).status_code == 303
    elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
    async with httpx.AsyncClient(base_url=kith.url, timeout=30, transport=elsewhere) as client:
        assert (await sign_in(client, ada)).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:1"},
    ],
    ids=str,
)
async def test_a_page_of_another_site_can_neither_use_nor_change_a_session(
    browser: httpx.AsyncClient, ada: Person, headers: dict[str, str]
) -> None:
    await sign_in(browser, ada)
    body = {"query": "{ me { user { id } } }"}
    forged = await browser.post("/graphql", json=body, headers=headers)
    assert forged.status_code == 403
    assert forged.json()["errors"][0]["extensions"]["code"] == "REFUSED"
    assert (await browser.post("/sign-out", headers=headers)).status_code == 403
    assert (await browser.post("/sign-in", data={"email": "x"}, headers=headers)).status_code == 403
    assert (await browser.post("/links", json={"address": "/map/x/y?z"}, headers=headers)).status_code == 403
    form = await browser.post("/graphql", data=body)
    assert form.status_code == 415
    assert user_of(await me(browser)) == ada.user


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/%2f%2fevil.example", "/%5cevil.example",
     "/%255cevil.example", "javascript:alert(1)", "\t//evil.example", "/\n/evil.example", "evil.example", "/sign-out"],
)  # fmt: skip
async def test_a_sign_in_returns_to_no_other_host(browser: httpx.AsyncClient, ada: Person, target: str) -> None:
    page = await browser.get("/sign-in", params={"next": target})
    assert 'name="next" value="/"' in page.text
    answer = await sign_in(browser, ada, next=target)
    assert answer.headers["location"] == "./"


async def test_the_page_loads_nothing_and_runs_no_script(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/sign-in", params={"next": '/a"><script>alert(1)</script>'})
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert page.headers["cache-control"] == "no-store"


async def test_every_answer_has_the_security_headers(browser: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/sign-in", "/nothing", "/graphql", "/assets/x.js"):
        headers = (await browser.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert "frame-ancestors" in headers["content-security-policy"], path
        assert headers["referrer-policy"], path
        assert "strict-transport-security" not in headers, path
