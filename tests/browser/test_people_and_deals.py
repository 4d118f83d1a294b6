"""The page of a person and the page of a deal in the explorer: the answers first, then the fields."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.api.running import Running
from tests.browser.conftest import Tab
from tests.browser.test_explorer import violations
from tests.browser.test_records import shown
from tests.browser.views import opened

_TIES = """query ($id: ID!) { contact(id: $id) {
  ties(with: USERS, first: 1) { strength from { name } terms { value } } } }"""
_TIES_THEN = """query ($id: ID!) { contact(id: $id) {
  ties(with: USERS, first: 1, asOf: "2026-06-01T23:59:59Z") { strength } } }"""
_DEAL = """query ($id: ID!) { opportunity(id: $id) {
  name state status closeProbability actualValue { amount } actualCloseDate } }"""


async def test_a_person_begins_with_who_of_us_knows_them(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    contact = views["contact"].rsplit("/", 1)[1]
    (best,) = planner.ask(_TIES, {"id": contact})["data"]["contact"]["ties"]
    await page.goto(planner.url + views["contact"])
    await opened(page)
    verdict = page.locator(".verdict")
    await expect(verdict).to_contain_text(f"{best['from']['name']} knows Wimar Eichlechner best, at 96.")
    await expect(verdict).to_contain_text("They have a role in one open deal")
    await expect(page.get_by_role("region", name="Where they work")).to_contain_text("Orlumera Beverages AG")
    await expect(page.get_by_role("table", name="Deals they have a role in")).to_contain_text("Decision maker")
    await verdict.get_by_role("button", name="96").click()
    terms = page.locator(".panel .sum > div")
    await expect(terms).to_have_count(len(best["terms"]) + 1)
    values = [float(text) for text in await page.locator(".panel .sum dd").all_inner_texts()]
    assert abs(sum(values[:-1]) - values[-1]) < 0.2, values
    assert await violations(tab) == []
    assert tab.problems == []


@pytest.mark.parametrize(("verb", "state"), [("Win", "WON"), ("Lose", "LOST")])
async def test_a_deal_is_closed_after_one_question_and_taken_back(
    tab: Tab, planner: Running, views: dict[str, str], verb: str, state: str
) -> None:
    page = tab.page
    await page.set_viewport_size({"width": 390, "height": 844})
    deal = views["deal"].rsplit("/", 1)[1]
    before = planner.ask(_DEAL, {"id": deal})["data"]["opportunity"]
    assert before["state"] == "OPEN"
    await page.goto(f"{planner.url}{views['deal']}/committee")
    await opened(page)
    title = page.get_by_role("heading", level=1)
    await expect(title).to_have_text(before["name"])
    assert await title.evaluate("each => each.scrollWidth <= each.clientWidth")
    await page.get_by_role("button", name=f"{verb}…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Undo reopens it.")
    if verb == "Lose":
        reasons = dialog.get_by_role("combobox")
        await expect(reasons.locator("option")).to_have_text(["—", "Canceled", "Lost to a competitor"])
        await reasons.select_option("OUT_SOLD")
    assert await violations(tab) == []
    await dialog.get_by_role("button", name=f"{verb} the deal").click()
    await expect(page.locator(".toast")).to_contain_text("done")
    await page.locator(".toast").hover()
    await expect(page.get_by_role("button", name="Reopen…")).to_be_visible()
    assert planner.ask(_DEAL, {"id": deal})["data"]["opportunity"]["state"] == state
    await page.keyboard.press("z")
    await expect(page.get_by_role("button", name=f"{verb}…")).to_be_visible()
    await expect(page.locator(".toast")).to_have_count(0)
    assert planner.ask(_DEAL, {"id": deal})["data"]["opportunity"] == before
    assert tab.problems == []


async def test_fields_have_the_names_that_people_use(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(f"{planner.url}{views['contact']}?edit=1")
    await opened(page)
    for name in ("Title", "Email", "Mobile", "Opted out of marketing"):
        await expect(page.get_by_label(name, exact=True)).to_be_visible()
    await page.goto(planner.url + views["deal"])
    await opened(page)
    labels = await page.locator(".fields dt").all_inner_texts()
    assert {"Stage", "Chance", "Expected", "Opened"} <= set(labels), labels
    await expect(page.locator(".empties")).to_contain_text("what they need, what they have, what we propose")
    await page.goto(f"{planner.url}/records/Opportunity?c=closeProbability,estimatedCloseDate")
    await opened(page)
    await expect(page.get_by_role("columnheader", name="Chance")).to_be_visible()
    assert tab.problems == []


async def test_a_deal_shows_its_committee_and_the_values_that_contradict(
    tab: Tab, planner: Running, views: dict[str, str]
) -> None:
    page = tab.page
    await page.goto(planner.url + views["deal"])
    await opened(page)
    await expect(shown(tab, "Estimated value")).to_have_text("$48,100 lines say $56,542")
    await expect(page.locator(".fields")).not_to_contain_text("Sum of the lines")
    row = page.get_by_role("table", name="Committee").get_by_role("row").filter(has_text="Virid Sjogard")
    for text in ("Chief Executive Officer", "Decision maker", "Supporter", "none of us"):
        await expect(row).to_contain_text(text)
    await page.locator(".verdict").get_by_role("button", name="the two who decide").click()
    await expect(page.locator(".panel .sum")).to_contain_text("Virid Sjogard")
    assert await violations(tab) == []
    assert tab.problems == []


async def test_a_person_is_seen_at_another_moment(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    contact = views["contact"].rsplit("/", 1)[1]
    (then,) = planner.ask(_TIES_THEN, {"id": contact})["data"]["contact"]["ties"]
    await page.goto(planner.url + views["contact"])
    await opened(page)
    await page.keyboard.press("Control+.")
    dialog = page.get_by_role("dialog")
    assert await violations(tab) == []
    await dialog.get_by_label("As of").fill("2026-06-01")
    await dialog.get_by_role("button", name="Show").click()
    await expect(page).to_have_url(re.compile(r"\?at=2026-06-01$"))
    foot = page.locator(".foot.past")
    await expect(foot).to_contain_text("as of 1 Jun 2026")
    await expect(page.locator(".verdict")).to_contain_text(f"at {round(then['strength'])}.")
    assert await violations(tab) == []
    await page.get_by_role("navigation", name="Views of Wimar Eichlechner").get_by_role("link", name="Map").click()
    await expect(page).to_have_url(re.compile("at=2026-06-01"))
    await page.go_back()
    await page.get_by_role("button", name="As of 1 Jun").click()
    await expect(page.locator(".foot.past")).to_have_count(0)
    await page.goto(planner.url + views["deal"])
    await opened(page)
    await page.keyboard.press("Control+.")
    await expect(dialog).to_contain_text("A deal shows what holds now")
    assert tab.problems == []
