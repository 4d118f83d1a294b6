from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from api.build import EXPLORER
from graph import engine
from tests.api.running import Running, serving
from tests.browser.conftest import Tab
from tests.browser.views import opened

AXE = EXPLORER / "node_modules" / "axe-core" / "axe.min.js"
FIRST_LOAD_BYTES = 300_000
# The wait for an attempt to reach a server that is away is at most 9 seconds.
COMES_BACK_MS = 60_000


def graphql_requests(tab: Tab, kith: Running) -> int:
    return tab.requests.count(f"{kith.url}/graphql")


def foreign(tab: Tab, kith: Running) -> list[str]:
    return [url for url in tab.requests if not url.startswith((f"{kith.url}/", "data:"))]


async def violations(tab: Tab) -> list[str]:
    """The rules of axe that the page breaks, each with the elements."""
    await tab.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = await tab.page.evaluate(
        "async () => (await axe.run()).violations.map(each => each.id + ': ' + each.nodes.map(n => n.html).join(' '))"
    )
    return found


@pytest.mark.parametrize("width", [1440, 800, 360])
@pytest.mark.parametrize("tab", ["light", "dark"], indirect=True)
async def test_every_view_opens_with_one_request_and_is_accessible(
    tab: Tab, planner: Running, views: dict[str, str], width: int
) -> None:
    assert {"accounts", "account", "people", "deals", "deal", "contact", "record"} <= views.keys()
    await tab.page.set_viewport_size({"width": width, "height": 900})
    for name, address in views.items():
        tab.requests.clear()
        await tab.page.goto(planner.url + address)
        await opened(tab.page)
        assert graphql_requests(tab, planner) == 1, name
        assert foreign(tab, planner) == [], name
        assert await violations(tab) == [], name
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await tab.page.evaluate(overflow) <= 0, name
    assert tab.problems == []


async def test_back_and_reload_keep_the_view_and_its_state(tab: Tab, planner: Running) -> None:
    await tab.page.goto(f"{planner.url}/deals?f=-&sort=estimatedValue+DESC")
    await opened(tab.page)
    await expect(tab.page.get_by_role("columnheader", name="Value")).to_have_attribute("aria-sort", "descending")
    await tab.page.get_by_role("button", name="Open", exact=True).click()
    await expect(tab.page).to_have_url(re.compile(r"/deals\?sort=estimatedValue\+DESC$"))
    await expect(tab.page.locator("main [aria-busy='true']")).to_have_count(0)
    name = await tab.page.locator("tbody .row-link .cut").first.inner_text()
    await tab.page.locator("tbody .row-link").first.click()
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text(name)
    await tab.page.reload()
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text(name)
    await tab.page.go_back()
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Deals")
    await expect(tab.page.get_by_role("button", name="Open", exact=True)).to_have_attribute("aria-pressed", "true")
    assert tab.problems == []


async def test_a_list_is_read_with_the_keyboard(tab: Tab, planner: Running) -> None:
    await tab.page.goto(f"{planner.url}/accounts")
    await opened(tab.page)
    await tab.page.keyboard.press("g")
    await tab.page.keyboard.press("d")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Deals")
    await opened(tab.page)
    await tab.page.keyboard.press("j")
    await tab.page.keyboard.press("j")
    row = tab.page.locator("tbody tr[aria-current]")
    await expect(row).to_have_attribute("aria-rowindex", "3")
    name = await row.locator(".row-link .cut").first.inner_text()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text(name)
    await tab.page.keyboard.press("]")
    await expect(tab.page.get_by_role("heading", level=1)).not_to_have_text(name)
    await tab.page.keyboard.press("[")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text(name)


async def test_the_palette_finds_a_person_and_what_to_do(tab: Tab, planner: Running) -> None:
    await tab.page.goto(f"{planner.url}/accounts")
    await opened(tab.page)
    await tab.page.keyboard.press("/")
    field = tab.page.get_by_role("combobox")
    await expect(field).to_be_focused()
    await field.press_sequentially("ulwin ahrl")
    selected = tab.page.get_by_role("option", selected=True)
    await expect(selected).to_contain_text("Ulwin Ahrlechner")
    assert await violations(tab) == []
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Ulwin Ahrlechner")
    await tab.page.keyboard.press("Control+k")
    await field.press_sequentially("dark")
    await tab.page.keyboard.press("Control+k")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
    await tab.page.keyboard.press("?")
    await expect(tab.page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert await violations(tab) == []
    await tab.page.keyboard.press("Escape")
    await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert tab.problems == []


async def test_a_pin_is_kept_and_undone(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    await tab.page.goto(planner.url + views["account"])
    await opened(tab.page)
    await tab.page.keyboard.press("p")
    pins = tab.page.locator(".rail .nav .cut")
    await expect(pins).to_have_text(["Yaranilex Labels AB"])
    await tab.page.reload()
    await expect(pins).to_have_text(["Yaranilex Labels AB"])
    await tab.page.get_by_role("button", name="Remove from the rail").click()
    await expect(pins).to_have_count(0)
    await tab.page.keyboard.press("z")
    await expect(pins).to_have_count(1)


async def test_a_long_list_is_read_page_by_page_without_blank_rows(tab: Tab, planner: Running) -> None:
    await tab.page.goto(f"{planner.url}/people")
    await opened(tab.page)
    total = int(await tab.page.get_by_role("table").get_attribute("aria-rowcount") or "0")
    assert total > 800
    main = tab.page.locator("main")
    for _ in range(40):
        await main.evaluate("element => element.scrollBy(0, 4_000)")
        await expect(tab.page.locator("tbody tr:not(.spacer)").first).to_be_visible()
        if await tab.page.locator(f'tr[aria-rowindex="{total}"]').count():
            break
        await tab.page.wait_for_timeout(250)
    await expect(tab.page.locator(f'tr[aria-rowindex="{total}"]')).to_be_visible()
    assert await tab.page.locator("tbody tr").count() < 200


async def test_an_unknown_address_and_an_unknown_record_are_not_found(tab: Tab, planner: Running) -> None:
    for path in ("/nothing/here", "/account/2222222222222222", "/record/Nothing/1"):
        await tab.page.goto(planner.url + path)
        await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Nothing is at this address.")


async def test_an_id_finds_its_address(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    await tab.page.goto(f"{planner.url}/node/{views['deal'].rsplit('/', 1)[1]}")
    await expect(tab.page).to_have_url(planner.url + views["deal"])


async def test_a_server_that_goes_away_and_comes_back(
    tab: Tab, planner: Running, server: engine.Server, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with serving(server, tmp_path, KITH_PORT=port) as first:
        await tab.page.goto(f"{first.url}/deals")
        await opened(tab.page)
        first.stop()
    await tab.page.locator("tbody .row-link").first.click()
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Kith does not answer.")
    with serving(server, tmp_path, KITH_PORT=port):
        # The page may have asked again by itself before.
        await tab.page.evaluate(
            "[...document.querySelectorAll('main button')].find(one => one.textContent.includes('Try again'))?.click()"
        )
        await expect(tab.page.get_by_role("heading", level=1)).not_to_have_text(
            "Kith does not answer.", timeout=COMES_BACK_MS
        )
        await opened(tab.page)


async def test_the_first_load_is_small(tab: Tab, planner: Running) -> None:
    await tab.page.goto(f"{planner.url}/accounts")
    await opened(tab.page)
    size = await tab.page.evaluate(
        "performance.getEntriesByType('resource').filter(each => each.name.includes('/assets/'))"
        ".reduce((sum, each) => sum + each.transferSize, 0)"
    )
    assert 50_000 < size < FIRST_LOAD_BYTES, size


async def test_a_page_that_cannot_be_drawn_says_so(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    async def broken(route: Route) -> None:
        response = await route.fetch()
        body = await response.json()
        body["data"]["account"]["tree"]["rows"][1]["account"]["reach"] = None
        await route.fulfill(response=response, json=body)

    page = tab.page
    await page.route("**/graphql", broken)
    await page.goto(planner.url + views["group"])
    await expect(page.get_by_role("alert")).to_contain_text("This page cannot be drawn.")
    assert len(tab.problems) > 0
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".tree")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()
