"""The deals and the timeline of a group in the explorer, in a browser."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.api.running import Running
from tests.browser.conftest import Tab
from tests.browser.views import opened

TOTALS = """query ($id: ID!) { account(id: $id) {
  calls: timeline(below: CRM, first: 0, kinds: [PHONE_CALL]) { totalCount }
  open: opportunities(below: CRM, first: 0, where: { state: { eq: OPEN } }) { totalCount }
} }"""


async def test_the_lists_of_a_group_are_filtered_and_opened(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    account = views["timeline"].split("/")[2]
    totals = planner.ask(TOTALS, {"id": account})["data"]["account"]
    await page.goto(planner.url + views["timeline"])
    await opened(page)
    await page.get_by_role("button", name="Calls", exact=True).click()
    await expect(page).to_have_url(re.compile(r"[?&]f=calls$"))
    await expect(page.locator("table")).to_have_attribute("aria-rowcount", str(totals["calls"]["totalCount"] + 1))
    await expect(page.locator("tbody tr").first.get_by_role("img", name="phone call")).to_be_visible()
    subject = await page.locator("tbody .row-link .cut").first.inner_text()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(subject)
    await page.go_back()
    await expect(page).to_have_url(re.compile(r"[?&]f=calls"))
    await page.get_by_role("link", name="Deals").last.click()
    await opened(page)
    await expect(page.locator("table")).to_have_attribute("aria-rowcount", str(totals["open"]["totalCount"] + 1))
    assert tab.problems == []
