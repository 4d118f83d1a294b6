"""Home: the verdict with its receipts, what needs the reader, the accounts, and what is saved for the reader."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Browser, expect

from tests.api.running import Running
from tests.browser.conftest import Tab
from tests.browser.test_explorer import graphql_requests, violations
from tests.browser.views import opened

SETTINGS = "{ me { user { settings { pins { id } filters { name address } snoozed { rule subject { id } } } } } }"
PORTFOLIO = """{ me { user { name headline { text parts { text figure { unit evidence { text } } } }
  insights(first: 100) { severity says } rollup { own accounts }
  accounts(first: 200) { totalCount nodes { name } } } } }"""


async def saved(kith: Running, name: str, count: int) -> None:
    """Waits until the server has so many settings of a kind; the first change takes the database seconds to plan."""
    for _ in range(200):
        if len(kith.ask(SETTINGS)["data"]["me"]["user"]["settings"][name]) == count:
            return
        await asyncio.sleep(0.3)
    raise AssertionError(f"the server does not have {count} {name}")


async def home(tab: Tab, kith: Running, search: str = "") -> None:
    await tab.page.goto(f"{kith.url}/{search}")
    await opened(tab.page)
    await expect(tab.page.locator(".portfolio")).to_be_visible()


async def test_home_says_what_the_server_concludes_in_one_request(tab: Tab, planner: Running) -> None:
    user = planner.ask(PORTFOLIO)["data"]["me"]["user"]
    await tab.page.goto(f"{planner.url}/accounts")
    await opened(tab.page)
    tab.requests.clear()
    await tab.page.keyboard.press("g")
    await tab.page.keyboard.press("h")
    await expect(tab.page).to_have_url(f"{planner.url}/")
    await expect(tab.page.locator(".verdict p")).to_have_text(user["headline"]["text"])
    assert graphql_requests(tab, planner) == 1
    needed = [one["says"] for one in user["insights"] if one["severity"] != "NOTE"]
    shown = tab.page.locator(".needs .t")
    assert await shown.count() <= 7
    assert await shown.first.inner_text() == needed[0]
    rows = tab.page.locator(".pf tbody tr")
    await expect(rows).to_have_count(user["accounts"]["totalCount"])
    foot = tab.page.locator(".pf tfoot")
    own, below = user["rollup"]["own"], user["rollup"]["accounts"]
    await expect(foot).to_contain_text(f"{own} accounts, {below} with what is below")
    assert tab.problems == []


async def test_a_figure_of_the_verdict_opens_its_receipt(tab: Tab, planner: Running) -> None:
    parts = planner.ask(PORTFOLIO)["data"]["me"]["user"]["headline"]["parts"]
    first = next(part for part in parts if part["figure"])
    await home(tab, planner)
    await tab.page.keyboard.press("e")
    panel = tab.page.locator("aside.panel")
    await expect(panel).to_contain_text(first["figure"]["evidence"][0]["text"])
    await expect(tab.page.locator(".rcpt.on")).to_have_text(first["text"])
    assert await violations(tab) == []
    await tab.page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)


async def test_rows_are_chosen_filtered_and_opened_with_the_keyboard(tab: Tab, planner: Running) -> None:
    await home(tab, planner)
    rows = tab.page.locator(".pf tbody tr")
    everything = await rows.count()
    await expect(rows.first).to_have_attribute("aria-current", "true")
    await tab.page.keyboard.press("2")
    await expect(tab.page.get_by_role("button", name=re.compile("^Needs me"))).to_have_attribute("aria-pressed", "true")
    await expect(tab.page).to_have_url(re.compile(r"\?f=needs"))
    assert 0 < await rows.count() < everything
    await tab.page.keyboard.press("1")
    await expect(rows).to_have_count(everything)
    await tab.page.keyboard.press("t")
    marks = tab.page.locator(".plot .mark")
    await expect(marks).to_have_count(everything)
    await tab.page.keyboard.press("j")
    chosen = tab.page.locator(".plot .mark[aria-pressed='true'] .name")
    name = await chosen.inner_text()
    assert await violations(tab) == []
    await tab.page.keyboard.press("t")
    await expect(tab.page.locator(".pf tr[aria-current]")).to_contain_text(name)
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text(name)
    assert tab.problems == []


async def test_an_insight_is_snoozed_for_the_reader_and_taken_back(tab: Tab, planner: Running) -> None:
    await home(tab, planner)
    first = await tab.page.locator(".needs .t").first.inner_text()
    await tab.page.keyboard.press("s")
    await expect(tab.page.locator(".needs .t").first).not_to_have_text(first)
    await expect(tab.page.locator(".toast")).to_contain_text(first)
    await saved(planner, "snoozed", 1)
    await tab.page.reload()
    await expect(tab.page.locator(".snoozed summary")).to_have_text("1 snoozed")
    await tab.page.locator(".snoozed summary").click()
    await tab.page.get_by_role("button", name="Show again").click()
    await expect(tab.page.locator(".needs .t").first).to_have_text(first)
    await tab.page.keyboard.press("s")
    await expect(tab.page.locator(".snoozed")).to_be_visible()
    await tab.page.keyboard.press("z")
    await expect(tab.page.locator(".needs .t").first).to_have_text(first)
    await saved(planner, "snoozed", 0)
    await tab.page.reload()
    await expect(tab.page.locator(".needs .t").first).to_have_text(first)


async def test_pins_and_filters_follow_the_reader_to_another_browser(
    tab: Tab, planner: Running, chromium: Browser
) -> None:
    await home(tab, planner, "?f=unjudged&sort=won+DESC")
    await tab.page.get_by_role("button", name="Save filter").click()
    await tab.page.get_by_role("textbox", name="Name of the filter").fill("Unknown ones")
    await tab.page.keyboard.press("Enter")
    chip = tab.page.get_by_role("button", name=re.compile("^Unknown ones"))
    await expect(chip).to_have_attribute("aria-pressed", "true")
    name = await tab.page.locator(".pf tbody .row-link").first.inner_text()
    await tab.page.locator(".pf tbody .row-link").first.click()
    await expect(tab.page.get_by_role("heading", level=1)).not_to_have_text("Home")
    pinned = await tab.page.get_by_role("heading", level=1).inner_text()
    assert pinned in name
    pins = len(planner.ask(SETTINGS)["data"]["me"]["user"]["settings"]["pins"])
    await tab.page.keyboard.press("p")
    await expect(tab.page.locator(".toast")).to_contain_text(pinned)
    await saved(planner, "pins", pins + 1)
    await saved(planner, "filters", 1)
    context = await chromium.new_context()
    other = await context.new_page()
    await other.goto(f"{planner.url}/")
    await expect(other.locator(".rail .nav .cut")).to_have_count(pins + 1)
    chosen = other.get_by_role("button", name=re.compile("^Unknown ones"))
    await chosen.click()
    await expect(other).to_have_url(re.compile(r"f=unjudged"))
    await other.get_by_role("button", name="Remove Unknown ones").click()
    await expect(chosen).to_have_count(0)
    await context.close()
    await tab.page.keyboard.press("p")
    await expect(tab.page.locator(".rail .nav .cut")).to_have_count(pins)
    await saved(planner, "pins", pins)
