"""The view of the ways in to a person: picking, leaving out, the text, the table, and the chain on a phone."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.api.running import Running
from tests.browser.conftest import Tab
from tests.browser.views import opened


async def test_the_best_way_is_picked_left_out_and_taken_back_with_keys(
    tab: Tab, planner: Running, views: dict[str, str]
) -> None:
    page = tab.page
    await page.goto(planner.url + views["way"])
    await opened(page)
    ways = page.locator("main > .ways > .way")
    await expect(ways).to_have_count(3)
    await expect(page.locator(".verdict")).to_contain_text(
        "Ask Nelna Beckbury to have Wimar Eichlechner introduce you."
    )
    await expect(ways.nth(0)).to_have_attribute("aria-current", "true")
    await page.keyboard.press("2")
    await expect(ways.nth(1)).to_have_attribute("aria-current", "true")
    await expect(page).to_have_url(re.compile(r"[?&]pick=2$"))
    await page.keyboard.press("1")
    await ways.nth(0).get_by_role("button", name="Leave out Nelna Beckbury").focus()
    await page.keyboard.press("x")
    await expect(page.locator(".verdict")).not_to_contain_text("Nelna")
    await expect(page.get_by_role("button", name="Take Nelna Beckbury back in")).to_be_visible()
    await page.keyboard.press("z")
    await expect(page.locator(".verdict")).to_contain_text("Nelna Beckbury")
    assert tab.problems == []


async def test_the_strength_is_the_product_of_the_hops_and_the_text_names_the_reason(
    tab: Tab, planner: Running, views: dict[str, str]
) -> None:
    page = tab.page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(planner.url + views["way"])
    await opened(page)
    *hops, whole = [float(text) for text in await page.locator(".terms dd .num, .terms dd.num").all_inner_texts()]
    product = 100.0
    for hop in hops:
        product *= hop / 100
    assert abs(product - whole) < 0.2
    await page.get_by_label("The reason, which only you know").fill("the safety audit")
    await page.locator("main").focus()
    await page.keyboard.press("c")
    await expect(page.locator(".toast")).to_contain_text("The text for Nelna is copied.")
    text: str = await page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Hi Nelna,\n\nI would like to meet Ulwin Ahrlechner")
    assert "I want to talk about the safety audit." in text
    await page.get_by_role("button", name="2 Wimar").click()
    await expect(page.locator(".message")).to_contain_text("Dear Wimar Eichlechner,")


async def test_the_table_has_the_hops_of_every_way(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(planner.url + views["way"])
    await opened(page)
    figures = await page.locator("main > .ways .hop .value").all_inner_texts()
    await page.keyboard.press("t")
    rows = page.locator("table.hops tbody tr")
    await expect(rows).to_have_count(len(figures))
    assert [text.split()[0] for text in await rows.locator("td:nth-child(3)").all_inner_texts()] == figures


async def test_where_no_one_leads_the_page_says_so(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(f"{planner.url}{views['way']}?hops=1")
    await opened(page)
    await expect(page.locator(".verdict")).to_contain_text(re.compile("^(You know|No way worth|None of us)"))
    assert tab.problems == []


async def test_the_chain_runs_downwards_on_a_phone(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(planner.url + views["way"])
    await opened(page)
    marks = page.locator(".way.on .who.xl")
    boxes = [await marks.nth(at).bounding_box() for at in range(await marks.count())]
    assert all(box is not None for box in boxes)
    assert len({round(box["x"]) for box in boxes if box}) == 1
    assert [box["y"] for box in boxes if box] == sorted(box["y"] for box in boxes if box)
