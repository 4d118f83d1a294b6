"""The white space of an account in the explorer, in a browser: every write with its undo."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.api.running import Running
from tests.browser.conftest import Tab

_BUYERS = """{ accounts(first: 1, where: { name: { startsWith: "Orlumera Group" } }) { nodes { id
  whitespace { expected { amount } columns { column }
    rows { account { id } cells { column state expected { amount } moves { product { id } } } } } } } }"""
_OPEN = """query ($id: ID!) { account(id: $id) { opportunities(where: { state: { eq: OPEN } }) {
  nodes { id name estimatedValue { amount } lines { edges { quantity node { id } } } } } } }"""
_DISMISSED = "query ($id: ID!) { account(id: $id) { dismissedProducts { edges { reason node { id } } } } }"


class Group:
    """A group of the demo world with a cell in which a product is proposed."""

    def __init__(self, kith: Running) -> None:
        (account,) = kith.ask(_BUYERS)["data"]["accounts"]["nodes"]
        self.id = account["id"]
        self.columns = [one["column"] for one in account["whitespace"]["columns"]]
        cells = [(row["account"]["id"], cell) for row in account["whitespace"]["rows"] for cell in row["cells"]]
        self.account, best = max(cells, key=lambda one: float(one[1]["expected"]["amount"]))
        self.column, self.product = best["column"], best["moves"][0]["product"]["id"]
        self.expected = float(account["whitespace"]["expected"]["amount"])

    def address(self, cell: bool = True) -> str:
        """The address of the view, by default with the best cell selected."""
        path = f"/account/{self.id}/white-space"
        return f"{path}?cell={self.account}.{self.column}" if cell else path


@pytest.fixture
def group(planner: Running) -> Group:
    """A group of the demo world."""
    return Group(planner)


def selected(tab: Tab) -> Locator:
    """The selected cell."""
    return tab.page.locator("[role=gridcell][aria-selected=true]")


def proposals(kith: Running, group: Group) -> list[dict[str, object]]:
    """The open deals of the account with the product alone."""
    deals = kith.ask(_OPEN, {"id": group.account})["data"]["account"]["opportunities"]["nodes"]
    return [deal for deal in deals if [line["node"]["id"] for line in deal["lines"]["edges"]] == [group.product]]


async def test_a_product_is_proposed_and_taken_back(tab: Tab, planner: Running, group: Group) -> None:
    before = proposals(planner, group)
    await tab.page.goto(planner.url + group.address())
    await expect(selected(tab)).to_have_class(re.compile(r"\bcell\b"))
    assert tab.requests.count(f"{planner.url}/graphql") == 1
    label = await selected(tab).locator(".vh").text_content()
    assert label is not None
    assert "expected" in label
    await tab.page.keyboard.press("a")
    await expect(selected(tab)).to_have_class(re.compile(r"\bopn\b|\bop\b"))
    await expect(tab.page.get_by_role("status").filter(has_text="is proposed to")).to_be_visible()
    added = [deal for deal in proposals(planner, group) if deal not in before]
    assert len(added) == 1
    await expect(selected(tab).locator(".vh")).to_have_text(re.compile("open deal"))
    await tab.page.keyboard.press("z")
    await expect(selected(tab).locator(".vh")).to_have_text(label)
    assert proposals(planner, group) == before
    assert tab.problems == []


async def test_a_family_is_not_for_them_until_it_is_taken_back(tab: Tab, planner: Running, group: Group) -> None:
    def dismissed() -> list[dict[str, object]]:
        edges: list[dict[str, object]] = planner.ask(_DISMISSED, {"id": group.account})["data"]["account"][
            "dismissedProducts"
        ]["edges"]
        return edges

    assert dismissed() == []
    await tab.page.goto(planner.url + group.address())
    label = await selected(tab).locator(".vh").text_content()
    await tab.page.keyboard.press("n")
    reason = tab.page.get_by_role("button", name="they buy it from a competitor")
    await expect(reason).to_be_focused()
    await tab.page.keyboard.press("Enter")
    await expect(selected(tab).locator(".vh")).to_have_text(re.compile("not for them"))
    await expect(tab.page.get_by_role("status").filter(has_text="is not for")).to_be_visible()
    assert dismissed() == [{"reason": "COMPETITOR", "node": {"id": group.column}}]
    await tab.page.keyboard.press("z")
    await expect(selected(tab).locator(".vh")).to_have_text(str(label))
    assert dismissed() == []

    await tab.page.keyboard.press("n")
    await tab.page.get_by_role("button", name="they have no need of it").click()
    await expect(tab.page.locator(".panel")).to_contain_text("they have no need of it")
    await tab.page.keyboard.press("n")
    await expect(selected(tab).locator(".vh")).to_have_text(str(label))
    await expect(tab.page.get_by_role("status").filter(has_text="may be proposed")).to_be_visible()
    assert dismissed() == []
    assert tab.problems == []


async def test_a_proposal_that_is_refused_is_taken_out_of_the_cell(tab: Tab, planner: Running, group: Group) -> None:
    await tab.page.goto(planner.url + group.address())
    label = await selected(tab).locator(".vh").text_content()
    before = proposals(planner, group)
    # The deal is created, and the server refuses its line, because the product is replaced by one that does not exist.
    await tab.page.route(
        "**/graphql",
        lambda route: route.continue_(
            post_data=(route.request.post_data or "").replace(f'"product":"{group.product}"', '"product":"-"')
        ),
    )
    await tab.page.keyboard.press("a")
    await expect(tab.page.get_by_role("status").filter(has_text="The deal was taken back.")).to_be_visible()
    await expect(selected(tab).locator(".vh")).to_have_text(str(label))
    assert proposals(planner, group) == before


async def test_cells_are_walked_with_the_keyboard_and_have_a_table(tab: Tab, planner: Running, group: Group) -> None:
    await tab.page.goto(f"{planner.url}/account/{group.id}")
    await expect(tab.page.locator("h1")).to_be_visible()
    await tab.page.keyboard.press("5")
    await expect(tab.page.locator("[role=grid]")).to_be_visible()
    await expect(tab.page).to_have_url(re.compile("/white-space$"))
    total = f"+${group.expected:,.0f}"
    await expect(tab.page.locator(".tabs [aria-current]")).to_contain_text(total)
    await expect(tab.page.locator(".panel .eq")).to_contain_text(f"+${group.expected:,.2f}")
    await tab.page.keyboard.press("ArrowDown")
    await expect(selected(tab)).to_be_focused()
    first = str(await selected(tab).locator(".vh").text_content())
    await tab.page.keyboard.press("Home")
    await tab.page.keyboard.press("ArrowDown")
    await tab.page.keyboard.press("ArrowRight")
    assert await selected(tab).locator(".vh").text_content() != first
    address = tab.page.url
    await tab.page.reload()
    assert tab.page.url == address
    await expect(selected(tab)).to_be_visible()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator(".panel")).to_be_focused()
    await tab.page.keyboard.press("t")
    await expect(tab.page.get_by_role("table", name="White space as a table")).to_be_visible()
    await expect(tab.page.locator("tbody tr[aria-current]")).to_have_count(1)
    await tab.page.keyboard.press("t")
    await tab.page.keyboard.press("f")
    await expect(tab.page).to_have_url(re.compile("by=product"))
    columns = tab.page.locator("[role=columnheader]")
    await expect(columns.nth(len(group.columns) + 3)).to_be_visible()
    await tab.page.get_by_role("button", name="Expected", exact=True).click()
    await expect(tab.page.locator(".white-body .n:last-child").first).to_contain_text("+")
    assert tab.problems == []
