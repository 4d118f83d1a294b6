"""The group and the people of an account in the explorer, in a browser."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.api.running import Running
from tests.browser.conftest import Tab

SELECTED = "[role=row][aria-selected=true]"


async def _rows(tab: Tab, count: int) -> None:
    await expect(tab.page.locator(".tree")).to_have_attribute("aria-rowcount", str(count))


async def test_a_group_is_folded_and_fitted_with_the_keyboard(
    tab: Tab, planner: Running, views: dict[str, str]
) -> None:
    await tab.page.goto(planner.url + views["group"])
    await _rows(tab, 47)
    assert tab.requests.count(f"{planner.url}/graphql") == 1
    for _ in range(4):
        await tab.page.keyboard.press("j")
    selected = tab.page.locator(SELECTED)
    await expect(selected).to_have_attribute("aria-level", "5")
    await expect(selected).to_be_focused()
    size = int(await selected.locator(".n-below").inner_text())
    await tab.page.keyboard.press("ArrowLeft")
    await _rows(tab, 47 - size + 1)
    await expect(selected).to_have_attribute("aria-expanded", "false")
    await tab.page.keyboard.press("ArrowRight")
    await _rows(tab, 47)
    await tab.page.keyboard.press("f")
    await expect(tab.page).to_have_url(re.compile("fit="))
    assert tab.problems == []


async def test_a_subsidiary_is_moved_and_taken_back(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    await tab.page.goto(planner.url + views["group"])
    await _rows(tab, 47)
    for _ in range(4):
        await tab.page.keyboard.press("j")
    selected = tab.page.locator(SELECTED)
    await expect(selected).to_have_attribute("aria-level", "5")
    await tab.page.keyboard.press("m")
    await tab.page.keyboard.type("Calinex United")
    await expect(tab.page.get_by_role("option").first).to_contain_text("Calinex United Kingdom")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator(".changes")).to_contain_text("Calinex Frozen Leeds")
    await tab.page.keyboard.press("Enter")
    await expect(selected).to_have_attribute("aria-level", "4")
    await tab.page.keyboard.press("z")
    await expect(selected).to_have_attribute("aria-level", "5")
    assert tab.problems == []


async def test_people_are_walked_along_their_lines(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    await tab.page.goto(planner.url + views["account-people"])
    pressed = tab.page.locator(".seat[aria-pressed=true]")
    await expect(pressed).to_have_count(1)
    assert tab.requests.count(f"{planner.url}/graphql") == 1
    await tab.page.keyboard.press("t")
    await expect(tab.page.get_by_role("table", name="Outline")).to_be_visible()
    await tab.page.keyboard.press("t")
    await expect(tab.page.get_by_role("table", name="Table")).to_be_visible()
    assert tab.problems == []
