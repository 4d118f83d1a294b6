"""Reports in the explorer: offered on records, on the list of accounts and in the search, as the server lists them."""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from reports.catalog import catalog
from reports.formats import FORMATS
from tests.api.running import Running
from tests.browser.conftest import Tab
from tests.browser.test_explorer import violations
from tests.browser.views import opened

ABOUT_ACCOUNTS = [one.title for one in catalog().values() if one.about == "Account"]
ABOUT_READERS = [one.title for one in catalog().values() if one.optional]
NAME = "Yaranilex Labels AB"


def formats(dialog: Locator, title: str) -> list[Locator]:
    """The links of a report."""
    return [dialog.get_by_role("link", name=f"{title} as {one.upper()}", exact=True) for one in FORMATS]


async def test_an_account_offers_its_reports_in_every_format(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(planner.url + views["account"])
    await opened(page)
    await page.get_by_role("button", name="Report…").click()
    dialog = page.get_by_role("dialog", name=f"Reports about {NAME}")
    await expect(dialog.get_by_role("heading", level=3)).to_have_text(ABOUT_ACCOUNTS)
    for title in ABOUT_ACCOUNTS:
        for link in formats(dialog, title):
            await expect(link).to_be_visible()
    await expect(formats(dialog, ABOUT_ACCOUNTS[0])[0]).to_be_focused()
    assert await violations(tab) == []
    async with page.context.expect_page() as opening:
        await formats(dialog, "Account brief")[0].press("Enter")
    report = await opening.value
    await expect(report.get_by_role("heading", level=1)).to_have_text(NAME)
    await expect(report.locator(".kicker")).to_have_text("Account brief")
    await report.close()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Report…")).to_be_focused()
    assert tab.problems == []


async def test_a_report_has_the_moment_of_the_view(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(f"{planner.url}{views['group']}?at=2026-03-01")
    await opened(page)
    await expect(page.get_by_role("button", name="Report…")).to_be_visible()
    await page.keyboard.press("r")
    link = page.get_by_role("link", name="Group rollup as PDF", exact=True)
    await expect(link).to_have_attribute("href", re.compile(r"/reports/group-rollup\.pdf\?about=\w+&as-of=2026-03-01$"))
    await expect(page.get_by_role("dialog")).to_contain_text("As of 1 Mar 2026.")


async def test_the_list_of_accounts_and_the_search_offer_reports(
    tab: Tab, planner: Running, views: dict[str, str]
) -> None:
    page = tab.page
    await page.goto(planner.url + views["account"])
    await opened(page)
    await page.goto(planner.url + views["accounts"])
    await opened(page)
    await page.get_by_role("button", name="Report…").click()
    await expect(page.get_by_role("dialog").get_by_role("heading", level=3)).to_have_text(ABOUT_READERS)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    await field.press_sequentially("yaranilex lab")
    await expect(page.get_by_role("option", selected=True)).to_contain_text(NAME)
    await page.get_by_role("option", name=f"Report: White space and cross-sell of {NAME}").click()
    dialog = page.get_by_role("dialog", name=f"Reports about {NAME}")
    await expect(formats(dialog, "White space and cross-sell")[0]).to_be_focused()


async def test_a_record_without_reports_has_no_button(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(planner.url + views["deal"])
    await opened(page)
    await expect(page.get_by_role("button", name="Report…")).to_have_count(0)


async def test_the_button_fits_on_a_phone(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(planner.url + views["account"])
    await opened(page)
    await page.get_by_role("button", name="Report…").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) <= 0
    assert await violations(tab) == []
