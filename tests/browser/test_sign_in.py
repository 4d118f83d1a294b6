"""Signing in and out in a browser: with a password, and at a real OpenID Connect provider."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from api.build import build, to_stderr
from graph import engine
from graph.sign_in.passwords import set_password
from graph.sign_in.users import create_user
from graph.store import Bound, Store
from seed.world.generate import you
from tests.api.running import Running, serving
from tests.browser.conftest import Tab
from tests.conftest import fill, wipe
from tests.provider.running import RunningProvider, free_port, providing

PASSWORD = secrets.token_urlsafe(16)
ADA = "ada@browser.example"


@dataclass
class SignInServer:
    """Kith where everybody has to sign in, here or at a provider."""

    running: Running
    provider: RunningProvider


@pytest.fixture(scope="module")
async def kith(
    server: engine.Server, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SignInServer]:
    build(to_stderr)
    # Kith prints the password of the demo user only when it writes the world.
    await wipe(store)
    await fill(store, "the small demo world", _left_to_kith)
    port = free_port()
    account = {"email": ADA, "email_verified": True, "name": "Ada Berg"}
    with providing(port, {"ada": account}) as provider:
        more = {"KITH_PORT": str(port), "KITH_WORLD": "small", **provider.settings()}
        with serving(server, tmp_path_factory.mktemp("sign_in"), **more) as running:
            user = await create_user(store.writes, "Ada Berg", ADA)
            await set_password(store.writes, user, ADA, PASSWORD)
            yield SignInServer(running, provider)


async def _left_to_kith() -> None:
    """Kith itself writes the demo world at its start when the graph is empty."""


async def _sign_in(page: Page, password: str, email: str = ADA) -> None:
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def test_a_reader_signs_in_returns_to_the_page_and_signs_out(tab: Tab, kith: SignInServer) -> None:
    page, url = tab.page, kith.running.url
    await page.goto(f"{url}/deals?view=table")
    await expect(page).to_have_title("Sign in · Kith")
    await _sign_in(page, "a wrong password")
    await expect(page.get_by_role("alert")).to_have_text("The email address or the password is wrong.")
    await expect(page.get_by_label("Password")).to_be_focused()
    await _sign_in(page, PASSWORD)
    await page.wait_for_url(f"{url}/deals?view=table**")
    me = page.get_by_role("group", name="You")
    await expect(me).to_contain_text("Ada Berg")
    (cookie,) = [one for one in await page.context.cookies() if one["name"] == "kith_session"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert await page.evaluate("document.cookie") == ""
    await me.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_title("Sign in · Kith")
    await page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": url}])
    await page.goto(f"{url}/deals")
    await expect(page).to_have_title("Sign in · Kith")
    assert await page.evaluate("localStorage.getItem('kith.session')") is None
    # The browser reports the answer to the wrong password.
    assert [one for one in tab.problems if "401" not in one] == []


async def test_the_users_of_the_demo_world_sign_in_with_the_passwords_that_are_printed_once(
    tab: Tab, kith: SignInServer, store: Store
) -> None:
    printed = re.findall(r"^ *(\S.*?) {2,}(\S+@\S+) +(\S+)$", kith.running.err.read_text(), re.MULTILINE)
    passwords = {role: (email, password) for role, email, password in printed}
    assert passwords.keys() >= {"System administrator", "Sales manager", "Salesperson", "Marketing", "Reader"}
    email, password = passwords["Salesperson"]
    name = await store.reads.ask(
        Bound("name", "MATCH (u:User {emailAddress1: $email}) RETURN u.name", {"email": email})
    )
    await tab.page.goto(kith.running.url)
    await _sign_in(tab.page, password, email)
    await expect(tab.page.get_by_role("group", name="You")).to_contain_text(name)
    await tab.page.get_by_role("link", name="People").first.click()
    await tab.page.locator("main a[href*='/contact/']").first.click()
    birthday = tab.page.locator("dt", has_text="Born").locator("xpath=following-sibling::dd")
    await expect(birthday).to_have_text("hidden from you")
    if folder := os.environ.get("KITH_SCREENSHOTS"):
        await tab.page.screenshot(path=f"{folder}/hidden.png")


async def test_a_reader_whose_session_ends_signs_in_again_and_comes_back(tab: Tab, kith: SignInServer) -> None:
    page, url = tab.page, kith.running.url
    await page.goto(url)
    await _sign_in(page, PASSWORD)
    await expect(page.get_by_role("group", name="You")).to_contain_text("Ada Berg")
    await page.context.clear_cookies()
    await page.get_by_role("link", name="Accounts").first.click()
    await expect(page).to_have_title("Sign in · Kith")
    await _sign_in(page, PASSWORD)
    await page.wait_for_url(f"{url}/accounts**")


async def test_a_reader_signs_in_at_the_provider(tab: Tab, kith: SignInServer) -> None:
    page, url = tab.page, kith.running.url
    await page.goto(f"{url}/people")
    await page.get_by_role("link", name="Sign in with your organization").click()
    await page.wait_for_url(f"{kith.provider.issuer}/**")
    await page.locator("input[name=login]").fill("ada")
    await page.locator("input[name=password]").fill("any")
    await page.locator("button[type=submit]").click()
    await page.locator("button[type=submit]").click()
    await page.wait_for_url(f"{url}/people**")
    await expect(page.get_by_role("group", name="You")).to_contain_text("Ada Berg")


async def test_graphiql_needs_a_session_too(tab: Tab, kith: SignInServer) -> None:
    await tab.page.goto(f"{kith.running.url}/graphql")
    await expect(tab.page).to_have_title("Sign in · Kith")
    await _sign_in(tab.page, PASSWORD)
    await tab.page.wait_for_url("**/graphql")


@pytest.mark.parametrize("tab", ["light", "dark"], indirect=True)
async def test_the_sign_in_page_works_without_scripts_and_has_contrast(tab: Tab, kith: SignInServer) -> None:
    page = tab.page
    await page.goto(f"{kith.running.url}/sign-in")
    await expect(page.get_by_label("Email address")).to_be_focused()
    colours = await page.evaluate(
        "['main', 'button', '.button'].map(one => getComputedStyle(document.querySelector(one)))"
        ".map(style => [style.color, style.backgroundColor])"
    )
    for text, ground in colours:
        assert _contrast(text, ground) >= 4.5, (text, ground)
    await page.set_viewport_size({"width": 320, "height": 600})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all(one.startswith(kith.running.url) for one in tab.requests)
    assert tab.problems == []


def _contrast(first: str, second: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(one) / 255 for one in colour.removeprefix("rgb(").rstrip(")").split(", ")]
        linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


async def test_a_reader_at_this_machine_is_told_that_the_sign_in_was_automatic(
    tab: Tab, planner: Running, chromium: Browser
) -> None:
    await tab.page.goto(planner.url)
    me = tab.page.get_by_role("group", name="You")
    await expect(me).to_contain_text("Signed in automatically")
    await expect(me.get_by_role("button", name="Sign out")).to_have_count(0)
    assert planner.get("/session") == {"user": you(), "automatic": True, "session": False}
