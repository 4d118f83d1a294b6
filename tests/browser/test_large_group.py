"""The tree of a large group in a browser: `KITH_ROWS=100000` tries it with that many accounts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from api.build import build, to_stderr
from graph import engine
from graph.bulk.create import create_edges, create_nodes, edge_row, node_row
from graph.store import Store
from tests.api.running import Running, serving
from tests.browser.conftest import Tab
from tests.conftest import fill

ROWS = int(os.environ.get("KITH_ROWS", "2000"))
BATCH = 5_000
_PLANNING_MS = 240_000
SELECTED = "[role=row][aria-selected=true]"

# The rows on the screen that have not been read.
_UNREAD = """() => [...document.querySelectorAll('.tree-row.unread')].filter((row) => {
  const { top, bottom } = row.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}).length"""


def _uid(number: int) -> str:
    return f"large{number}"


@pytest.fixture(scope="module")
async def large(
    server: engine.Server, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """Kith with a group of `ROWS` accounts: each account of the top has ten below it, and each of these ten."""
    build(to_stderr)

    async def write() -> None:
        for start in range(0, ROWS, BATCH):
            numbers = range(start, min(ROWS, start + BATCH))
            names = [
                {"uid": _uid(number), "name": f"Account {number:06}", "relationship": "CUSTOMER"} for number in numbers
            ]
            await create_nodes(store.writes, (node_row("Account", values) for values in names))
        for start in range(1, ROWS, BATCH):
            numbers = range(start, min(ROWS, start + BATCH))
            crm = {"hierarchy": "CRM"}
            edges = (edge_row("CHILD_OF", _uid(number), _uid((number - 1) // 10), crm) for number in numbers)
            await create_edges(store.writes, edges)

    await fill(store, f"a group of {ROWS} accounts", write)
    with serving(server, tmp_path_factory.mktemp("large"), KITH_STATEMENT_SECONDS="60") as kith:
        yield kith


async def opened(page: Page, large: Running) -> None:
    """Opens the group; the first request after a start waits until Neo4j has planned its statements."""
    await page.goto(f"{large.url}/account/{_uid(0)}/group")
    await expect(page.locator(".tree")).to_have_attribute("aria-rowcount", str(ROWS + 1), timeout=_PLANNING_MS)


async def _index(page: Page) -> int:
    return int(str(await page.locator(SELECTED).get_attribute("aria-rowindex")))


async def test_a_large_tree_is_walked_with_the_keyboard(tab: Tab, large: Running) -> None:
    page = tab.page
    await opened(page, large)
    await page.keyboard.press("End")
    await expect(page.locator(SELECTED)).to_have_attribute("aria-rowindex", str(ROWS + 1))
    await expect(page.locator(SELECTED)).to_be_focused()
    await expect(page.locator(SELECTED)).to_be_in_viewport()
    await page.keyboard.press("PageUp")
    await expect(page.locator(SELECTED)).not_to_have_attribute("aria-rowindex", str(ROWS + 1))
    assert ROWS - 100 < await _index(page) < ROWS - 5
    await page.keyboard.press("Home")
    await expect(page.locator(SELECTED)).to_have_attribute("aria-rowindex", "2")
    await page.keyboard.press("PageDown")
    await expect(page.locator(SELECTED)).not_to_have_attribute("aria-rowindex", "2")
    assert 5 < await _index(page) < 100
    assert tab.problems == []


async def test_a_large_tree_scrolls_without_blank_rows(tab: Tab, large: Running) -> None:
    page = tab.page
    await opened(page, large)
    await page.mouse.move(500, 500)
    unread = []
    for _ in range(60):
        await page.mouse.wheel(0, 600)
        await page.wait_for_timeout(100)
        unread.append(await page.evaluate(_UNREAD))
    first = await page.locator(".tree-row[aria-rowindex]").nth(40).get_attribute("aria-rowindex")
    assert int(str(first)) > ROWS // 3 if ROWS <= 2_000 else int(str(first)) > 1_000
    assert unread == [0] * len(unread)
    assert tab.problems == []
