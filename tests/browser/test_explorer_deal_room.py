"""The deal room in the explorer, in a browser: every write with its undo."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.api.running import Running
from tests.browser.conftest import Tab

_DEALS = """{ opportunities(first: 50, where: { state: { eq: OPEN }, stakeholders: { some: {} } }) { nodes {
  id account { contacts(first: 60) { nodes { id name } } } } } }"""
_SEATS = """query ($id: ID!) { buyingCommittee(opportunity: $id) {
  seats { contact { id name } role say stance setBy { name } } } }"""


def seats(kith: Running, deal: str) -> dict[str, Any]:
    """The seats of a deal by the name of the person."""
    found = kith.ask(_SEATS, {"id": deal})["data"]["buyingCommittee"]["seats"]
    return {seat["contact"]["name"]: seat for seat in found}


@pytest.fixture
def deal(planner: Running) -> str:
    """A deal with a seat that can be moved in all directions, and with somebody who has no seat."""
    for one in planner.ask(_DEALS)["data"]["opportunities"]["nodes"]:
        found = seats(planner, one["id"])
        movable = [seat for seat in found.values() if seat["stance"] in ("NEUTRAL", "SUPPORTER", "NON_SUPPORTER")]
        people = {person["name"] for person in one["account"]["contacts"]["nodes"]}
        if any(seat["say"] == "GATES" for seat in movable) and people - found.keys():
            return str(one["id"])
    raise AssertionError("no such deal")


def selected(tab: Tab) -> Locator:
    """The selected seat."""
    return tab.page.locator(".seat-card[aria-pressed=true]")


def said(tab: Tab, text: str) -> Locator:
    """A message with an offer to undo."""
    return tab.page.locator(".toast").filter(has_text=text)


async def test_a_seat_is_moved_with_the_arrows_and_taken_back(tab: Tab, planner: Running, deal: str) -> None:
    before = seats(planner, deal)
    name, seat = next(
        (name, seat)
        for name, seat in before.items()
        if seat["say"] == "GATES" and seat["stance"] in ("NEUTRAL", "SUPPORTER", "NON_SUPPORTER")
    )
    await tab.page.goto(f"{planner.url}/deal/{deal}/committee?sel={seat['contact']['id']}")
    await expect(selected(tab).locator(".vh")).to_have_text(re.compile(name))
    assert tab.requests.count(f"{planner.url}/graphql") == 1
    label = str(await selected(tab).locator(".vh").text_content())
    await tab.page.keyboard.press("ArrowRight")
    await tab.page.keyboard.press("ArrowUp")
    await expect(selected(tab).locator(".vh")).to_have_text(re.compile("decision maker"))
    assert seats(planner, deal) == before
    await expect(said(tab, f"{name}:")).to_be_visible()
    stances = ("ENEMY", "NON_SUPPORTER", "NEUTRAL", "SUPPORTER", "MENTOR")
    after = seats(planner, deal)[name]
    assert (after["say"], after["role"]) == ("DECIDES", "Decision maker")
    assert after["stance"] == stances[stances.index(seat["stance"]) + 1]
    await tab.page.keyboard.press("z")
    await expect(selected(tab).locator(".vh")).to_have_text(label)
    await expect(said(tab, "is where it was")).to_be_visible()
    back = seats(planner, deal)[name]
    assert {**back, "setBy": None} == {**seat, "setBy": None}
    assert tab.problems == []


async def test_somebody_is_seated_and_taken_back(tab: Tab, planner: Running, deal: str) -> None:
    before = seats(planner, deal)
    await tab.page.goto(f"{planner.url}/deal/{deal}")
    await expect(tab.page.locator("h1")).to_be_visible()
    await tab.page.keyboard.press("2")
    await expect(tab.page.locator(".room")).to_be_visible()
    await tab.page.keyboard.press("s")
    choices = tab.page.locator(".person-chooser li button")
    name = (await choices.first.locator("b").inner_text()).strip()
    assert name not in before
    await tab.page.keyboard.type(name)
    await tab.page.keyboard.press("Enter")
    await expect(said(tab, f"{name} has a seat, user.")).to_be_visible()
    await expect(tab.page.get_by_role("button", name=re.compile(f"^{name}, "))).to_be_visible()
    assert seats(planner, deal)[name]["say"] == "USES"
    await tab.page.keyboard.press("z")
    await expect(said(tab, "was taken back")).to_be_visible()
    await expect(tab.page.get_by_role("button", name=re.compile(f"^{name}, "))).to_have_count(0)
    assert seats(planner, deal) == before
    assert tab.problems == []


async def test_a_refused_move_puts_the_seat_back_and_says_why(tab: Tab, planner: Running, deal: str) -> None:
    before = seats(planner, deal)
    name, seat = next((name, seat) for name, seat in before.items() if seat["stance"] != "MENTOR")
    await tab.page.goto(f"{planner.url}/deal/{deal}/committee?sel={seat['contact']['id']}")
    label = str(await selected(tab).locator(".vh").text_content())
    # The person is replaced by one that does not exist, which the server refuses.
    await tab.page.route(
        "**/graphql",
        lambda route: route.continue_(
            post_data=(route.request.post_data or "").replace(f'"contact":"{seat["contact"]["id"]}"', '"contact":"-"')
        ),
    )
    await tab.page.keyboard.press("ArrowRight")
    assert await selected(tab).locator(".vh").text_content() != label
    await expect(said(tab, "Not set:")).to_be_visible()
    await expect(selected(tab).locator(".vh")).to_have_text(label)
    assert seats(planner, deal)[name] == seat


async def test_a_seat_is_dragged(tab: Tab, planner: Running, deal: str) -> None:
    before = seats(planner, deal)
    name, seat = next((name, seat) for name, seat in before.items() if seat["stance"] != "ENEMY")
    await tab.page.goto(f"{planner.url}/deal/{deal}/committee")
    card = tab.page.get_by_role("button", name=re.compile(f"^{name}, "))
    row = 1 + {"DECIDES": 0, "USES": 2, None: 2}.get(seat["say"], 1)
    await card.drag_to(tab.page.locator(f".room-cell >> nth={(row - 1) * 5}"))
    await expect(said(tab, f"{name}: enemy.")).to_be_visible()
    assert seats(planner, deal)[name]["stance"] == "ENEMY"
    await said(tab, f"{name}: enemy.").get_by_role("button", name="Undo").click()
    await expect(said(tab, "is where it was")).to_be_visible()
    assert seats(planner, deal)[name]["stance"] == seat["stance"]


async def test_the_committee_has_a_table(tab: Tab, planner: Running, deal: str) -> None:
    await tab.page.goto(f"{planner.url}/deal/{deal}/committee")
    await expect(selected(tab)).to_be_visible()
    await tab.page.keyboard.press("t")
    await expect(tab.page.get_by_role("table", name="Committee")).to_be_visible()
    await expect(tab.page.locator("tbody tr[aria-current]")).to_have_count(1)
    assert tab.problems == []
