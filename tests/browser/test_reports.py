"""The steps of docs/for-leads.md in a browser: a report from the list, on a screen and on paper."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from playwright.async_api import expect

from graph import indexes
from graph.access import Principal
from graph.store import Store
from reports.catalog import catalog
from reports.execution import ReportRequest, moment_of
from reports.execution import run as run_report
from schema.execution import Executor
from tests.api.running import Running
from tests.browser.conftest import Tab
from tests.reports.conftest import ask, executor, largest, world

__all__ = ["ask", "executor", "largest", "world"]

STEPS = ("Account brief", "Group rollup", "White space and cross-sell", "Who knows whom")


@pytest.fixture
async def planned(largest: str, executor: Executor, store: Store) -> str:
    """The account of the reports, whose statements Neo4j has planned with the statistics of the present data.

    Statistics left over from the data of other tests made it choose a plan that needed more memory than allowed.
    """
    await indexes.replan(store.writes)
    for one in catalog().values():
        if one.about == "Account":
            await run_report(one, executor, ReportRequest(Principal(), (largest,), moment_of(None)))
    return largest


@pytest.mark.parametrize("title", STEPS)
async def test_a_report_is_opened_from_the_list(title: str, tab: Tab, running: Running, planned: str) -> None:
    page = tab.page
    await page.goto(f"{running.url}/reports")
    section = page.locator("section", has=page.get_by_role("heading", name=title, exact=True))
    await section.get_by_label("id").fill(planned)
    await section.get_by_role("button", name="HTML", exact=True).click()
    await expect(page.locator(".kicker")).to_have_text(title)
    await expect(page.locator(".verdict")).not_to_be_empty()
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await page.evaluate(wide)
    for paper in ("A4", "Letter"):
        document = pypdfium2.PdfDocument(await page.pdf(format=paper, prefer_css_page_size=False))
        assert title in document[0].get_textpage().get_text_range()
    assert not tab.problems
    assert all(url.startswith((running.url, "data:")) for url in tab.requests)


async def test_the_pdf_button_leads_to_the_pdf(tab: Tab, running: Running, planned: str) -> None:
    page = tab.page
    await page.goto(f"{running.url}/reports")
    section = page.locator("section", has=page.get_by_role("heading", name="Account brief", exact=True))
    target = await section.get_by_role("button", name="PDF", exact=True).get_attribute("formaction")
    answer = await page.request.get(f"{running.url}/{target}?about={planned}&paper=letter")
    assert answer.headers["content-type"] == "application/pdf"
    assert round(pypdfium2.PdfDocument(await answer.body())[0].get_width()) == 612


async def test_three_products_to_propose_have_reasons(tab: Tab, running: Running, planned: str) -> None:
    page = tab.page
    await page.goto(f"{running.url}/reports/white-space.html?about={planned}")
    rows = page.get_by_role("table", name="Products to propose").locator("tbody tr")
    for at in range(3):
        await expect(rows.nth(at)).to_contain_text(re.compile(r"\d+ of \d+ orders with .+ have it too.*\$[\d,.]+"))
