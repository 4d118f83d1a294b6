"""The tasks of docs/for-planners.md in a browser, with the keyboard, step by step."""

from __future__ import annotations

from playwright.async_api import expect

from tests.api.running import Running
from tests.browser.conftest import Tab
from tests.browser.views import opened


async def test_find_the_largest_group_and_all_its_subsidiaries(tab: Tab, planner: Running) -> None:
    page = tab.page
    await page.goto(f"{planner.url}/accounts")
    await opened(page)
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await page.get_by_role("button", name="Groups", exact=True).click()
    await page.get_by_role("columnheader", name="Won").get_by_role("button").click()
    first = page.locator("tbody tr").first
    await expect(first).to_contain_text("Calinex Industries")
    best = planner.ask(
        "{ accounts(first: 1, where: { parent: { exists: false } }, orderBy: [{ rollup: { won: DESC } }])"
        " { nodes { id rollup { accounts } } } }"
    )["data"]["accounts"]["nodes"][0]
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Calinex Industries Inc.")
    assert best["id"] in page.url
    await page.keyboard.press("2")
    tree = page.locator(".tree")
    await expect(tree).to_have_attribute("aria-rowcount", str(best["rollup"]["accounts"] + 1))
    assert best["rollup"]["accounts"] == 46
    await page.keyboard.press("t")
    await page.keyboard.press("j")
    await page.keyboard.press("ArrowLeft")
    await expect(tree).not_to_have_attribute("aria-rowcount", "47")
    await page.keyboard.press("ArrowRight")
    await expect(tree).to_have_attribute("aria-rowcount", "47")


async def test_find_the_best_way_in_to_a_director(tab: Tab, planner: Running) -> None:
    page = tab.page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(f"{planner.url}/accounts")
    await opened(page)
    await page.keyboard.press("/")
    await page.get_by_role("combobox").press_sequentially("ulwin ahrl")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("Ulwin Ahrlechner")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ulwin Ahrlechner")
    await page.keyboard.press("w")
    verdict = page.locator(".verdict")
    await expect(verdict).to_contain_text("Ask Nelna Beckbury to have Wimar Eichlechner introduce you.")
    await expect(verdict).to_contain_text("One hop longer than Nelna alone")
    await expect(verdict).to_contain_text("more than twice as strong")
    await page.keyboard.press("c")
    await expect(page.locator(".toast")).to_contain_text("copied")
    assert "Ulwin Ahrlechner" in await page.evaluate("navigator.clipboard.readText()")
    await page.get_by_role("button", name="Leave out Nelna Beckbury").first.click()
    await expect(verdict).not_to_contain_text("Nelna")
    await page.keyboard.press("z")
    await expect(verdict).to_contain_text("Nelna Beckbury")


async def test_find_the_missing_seat_in_a_deal(tab: Tab, planner: Running) -> None:
    page = tab.page
    await page.goto(f"{planner.url}/accounts")
    await opened(page)
    await page.keyboard.press("g")
    await page.keyboard.press("d")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Deals")
    await page.get_by_role("button", name="Mine", exact=True).click()
    field = page.get_by_role("searchbox", name="Filter by name")
    await field.press_sequentially("C20")
    await expect(page.locator("table")).to_have_attribute("aria-rowcount", "2")
    await field.blur()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Compact controller C20")
    await page.keyboard.press("2")
    committee = page.get_by_role("group", name="The committee by say and stance")
    await expect(committee.get_by_text("Who decides?")).to_be_visible()
    verdict = page.locator(".verdict")
    before = await verdict.inner_text()
    await committee.get_by_role("button", name="Seat somebody…").first.click()
    await page.locator(".person-chooser li button").first.click()
    await expect(committee.get_by_text("Who decides?")).to_have_count(0)
    await expect(verdict).not_to_have_text(before)
    await expect(page.locator(".toast").filter(has_text="has a seat")).to_be_visible()
    await page.keyboard.press("z")
    await expect(committee.get_by_text("Who decides?")).to_be_visible()
    await page.locator(".seat-card[aria-pressed]").first.click()
    card = page.locator(".seat-card[aria-pressed=true] .vh")
    label = str(await card.text_content())
    await page.keyboard.press("ArrowRight")
    await expect(card).not_to_have_text(label)
    await expect(page.locator(".toast").filter(has_text=f"{label.split(',', maxsplit=1)[0]}:")).to_be_visible()
    await page.keyboard.press("z")
    await expect(card).to_have_text(label)


async def test_find_three_products_to_propose_with_reasons(tab: Tab, planner: Running) -> None:
    page = tab.page
    await page.goto(f"{planner.url}/accounts")
    await opened(page)
    await page.keyboard.press("/")
    await page.get_by_role("combobox").press_sequentially("orlumera group")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("Orlumera Group")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Orlumera Group")
    await page.keyboard.press("5")
    moves = page.get_by_role("table", name="Best next moves").locator("tbody tr")
    for at in range(3):
        await expect(moves.nth(at)).to_contain_text("orders with")


async def test_print_the_account_brief(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(planner.url + views["account"])
    await opened(page)
    await page.keyboard.press("r")
    link = page.get_by_role("link", name="Account brief as PDF", exact=True)
    answer = await page.request.get(await link.evaluate("one => one.href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert (await answer.body()).startswith(b"%PDF-")
