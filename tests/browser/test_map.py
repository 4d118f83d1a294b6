"""The map: walking, expanding and taking back, the path, the table twin, the exports, and a browser without WebGL."""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.async_api import Page, expect

from tests.api.running import Running
from tests.browser.conftest import Tab
from tests.browser.views import opened

_ORLUMERA = '{ accounts(first: 1, where: { name: { eq: "Orlumera Group GmbH" } }) { nodes { id } } }'


@pytest.fixture
def group(planner: Running) -> str:
    """The address of the map of a group."""
    return f"/map/{planner.ask(_ORLUMERA)['data']['accounts']['nodes'][0]['id']}"


async def drawn(page: Page, address: str) -> None:
    """Opens a map and waits until it is drawn."""
    await page.goto(address)
    await opened(page)
    await expect(page.locator(".map-names .account .name:not(.vh)").first).to_be_visible()


def counted(text: str, what: str = "nodes?") -> int:
    """A number in the honesty line."""
    found = re.search(rf"([\d,]+) {what}", text)
    assert found is not None
    return int(found[1].replace(",", ""))


async def nodes(page: Page) -> int:
    """The number of nodes on the map."""
    return counted(await page.locator(".foot .says").inner_text())


async def test_arrows_jump_and_edges_are_walked_by_strength_and_spoken(tab: Tab, planner: Running, group: str) -> None:
    page = tab.page
    await drawn(page, planner.url + group)
    await page.get_by_role("option", name="Nelna Beckbury, ours").locator(".name").click()
    await expect(page.locator(".map-who h2")).to_have_text("Nelna Beckbury")
    await page.keyboard.press("Shift+ArrowRight")
    spoken = page.locator("#map-spoken")
    await expect(spoken).to_have_text(re.compile(r"^tie \d+, .+, 1 of \d+$"))
    first = await spoken.inner_text()
    await page.keyboard.press("Shift+ArrowRight")
    await expect(spoken).to_have_text(re.compile(r"^tie \d+, .+, 2 of \d+$"))
    second = await spoken.inner_text()
    assert int(first.split()[1].strip(",")) >= int(second.split()[1].strip(","))
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator('[role=option][aria-selected="true"]')).to_have_count(1)
    assert tab.problems == []


async def test_an_expansion_shows_its_count_first_and_is_taken_back_and_made_again(
    tab: Tab, planner: Running, group: str
) -> None:
    page = tab.page
    await drawn(page, planner.url + group)
    before = await nodes(page)
    deals = page.locator(".map-expand label", has_text="Deals")
    number = int(await deals.locator("b").inner_text())
    assert number > 0
    await deals.locator("input").check()
    await expect(page.locator(".foot .says")).to_contain_text(f"{before + number} nodes")
    await expect(page).to_have_url(re.compile(r"x=[^&]+:opportunities"))
    await page.locator("main").focus()
    await page.keyboard.press("z")
    await expect(page.locator(".foot .says")).to_contain_text(f"{before} nodes")
    await page.keyboard.press("Shift+Z")
    await expect(page.locator(".foot .says")).to_contain_text(f"{before + number} nodes")
    await page.go_back()
    await expect(page.locator(".foot .says")).to_contain_text(f"{before} nodes")
    await page.reload()
    await opened(page)
    assert tab.problems == []


async def test_the_strongest_way_is_drawn_between_two_and_kept_in_the_address(
    tab: Tab, planner: Running, group: str
) -> None:
    page = tab.page
    await drawn(page, planner.url + group)
    await page.get_by_role("option", name="Nelna Beckbury, ours").locator(".name").click()
    await page.keyboard.press("p")
    await expect(page.get_by_role("button", name="Path from Nelna Beckbury to…")).to_be_visible()
    await page.get_by_role("option", name="Ulwin Ahrlechner").locator(".name").dispatch_event("click")
    async with page.expect_response("**/graphql"):
        await page.keyboard.press("p")
    await expect(page.locator(".verdict")).to_contain_text("The strongest way from Nelna Beckbury to Ulwin Ahrlechner")
    await page.reload()
    await opened(page)
    await expect(page.locator(".verdict")).to_contain_text("through Wimar Eichlechner")
    await page.get_by_role("option", name="Wimar Eichlechner").locator(".name").click()
    await expect(page.locator(".panel")).to_contain_text("Hop 1 of 2")
    async with page.expect_response("**/graphql"):
        await page.get_by_role("button", name=re.compile(": end the path$")).click()
    await expect(page.locator(".verdict")).to_contain_text("We know")
    assert tab.problems == []


async def test_the_table_has_the_same_nodes_selection_and_actions(tab: Tab, planner: Running, group: str) -> None:
    page = tab.page
    await drawn(page, planner.url + group)
    number = await nodes(page)
    await page.keyboard.press("t")
    table = page.get_by_role("table", name="Nodes")
    await expect(table).to_have_attribute("aria-rowcount", str(number + 1))
    await table.locator("tbody tr", has_text="Wimar Eichlechner").locator("td").nth(1).click()
    await expect(page.locator(".map-who h2")).to_have_text("Wimar Eichlechner")
    await page.keyboard.press("Backspace")
    await expect(page.locator(".foot .says")).to_contain_text("one node was removed")
    await page.keyboard.press("t")
    await expect(page.locator(".map-names")).to_be_visible()
    await expect(page.get_by_role("option", name="Wimar Eichlechner")).to_have_count(0)
    assert tab.problems == []


async def test_forces_place_the_map_alike_each_time(tab: Tab, planner: Running, group: str) -> None:
    page = tab.page
    places = []
    for _ in range(2):
        await page.goto(f"{planner.url}{group}?by=none")
        await opened(page)
        name = page.get_by_role("option", name="Nelna Beckbury, ours").locator(".in")
        await expect(page.locator(".map-stage")).to_have_attribute("data-placed", "forces")
        places.append(await name.get_attribute("style"))
    assert places[0] == places[1]
    await page.get_by_role("button", name="Community", exact=True).click()
    await page.keyboard.press("t")
    await expect(page.get_by_role("columnheader", name="Community")).to_be_visible()
    assert tab.problems == []


async def test_the_map_is_exported(tab: Tab, planner: Running, group: str, tmp_path: Path) -> None:
    page = tab.page
    await drawn(page, planner.url + group)
    number = await nodes(page)
    files = {}
    for kind in ("png", "svg", "nodesCsv", "edgesCsv", "graphml", "json"):
        async with page.expect_download() as waiting:
            await page.get_by_role("combobox", name="Export").select_option(kind)
        files[kind] = tmp_path / kind
        await (await waiting.value).save_as(files[kind])
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert len(files["png"].read_bytes()) > 20_000
    shapes = ET.parse(files["svg"]).getroot()
    titles = {one.text for one in shapes.iter("{http://www.w3.org/2000/svg}title")}
    assert {node["name"] for node in json.loads(files["json"].read_text())["nodes"]} <= titles
    texts = {one.text for one in shapes.iter("{http://www.w3.org/2000/svg}text")}
    assert {"You", "Nelna Beckbury"} <= texts
    assert len(files["nodesCsv"].read_text().splitlines()) == number + 1
    data = json.loads(files["json"].read_text())
    assert len(data["nodes"]) == number
    assert len(files["edgesCsv"].read_text().splitlines()) == len(data["edges"]) + 1
    names = {"g": "http://graphml.graphdrawing.org/xmlns"}
    graph = ET.parse(files["graphml"]).getroot()
    assert len(graph.findall(".//g:node", names)) == number
    assert len(graph.findall(".//g:edge", names)) == len(data["edges"])
    assert tab.problems == []


async def test_the_names_on_the_map_cover_neither_each_other_nor_the_tools(
    tab: Tab, planner: Running, group: str
) -> None:
    page = tab.page
    await drawn(page, planner.url + group)
    boxes: list[list[float]] = await page.evaluate(
        """() => [...document.querySelectorAll('.map-names .name:not(.vh), .map-tools, .map-legend, .map-mini')]
          .map(one => one.getBoundingClientRect()).map(one => [one.left, one.top, one.right, one.bottom])"""
    )
    assert len(boxes) > 20
    for at, (left, top, right, bottom) in enumerate(boxes):
        for other_left, other_top, other_right, other_bottom in boxes[:at]:
            apart = left >= other_right - 1 or other_left >= right - 1
            assert apart or top >= other_bottom - 1 or other_top >= bottom - 1
    assert tab.problems == []


async def test_from_afar_accounts_stand_for_their_people(tab: Tab, planner: Running, group: str) -> None:
    page = tab.page
    await drawn(page, planner.url + group)
    stage = page.locator(".map-stage")
    await expect(stage).to_have_attribute("data-level", "people")
    known = page.get_by_role("option", name="Helke Kornbrink").locator(".name")
    await expect(known).not_to_have_class(re.compile("vh"))
    for _ in range(5):
        await page.keyboard.press("-")
        await page.wait_for_timeout(400)
    await expect(stage).to_have_attribute("data-level", "accounts")
    await expect(known).to_have_class(re.compile("vh"))
    await expect(page.locator(".map-names .account .name:not(.vh)").first).to_be_visible()
    await expect(page.locator(".map-ground circle.reached").first).to_be_visible()
    await page.keyboard.press("0")
    await expect(stage).to_have_attribute("data-level", "people")
    await expect(known).not_to_have_class(re.compile("vh"))
    assert tab.problems == []


async def test_types_of_relationship_are_counted_and_left_out(tab: Tab, planner: Running, group: str) -> None:
    page = tab.page
    await drawn(page, planner.url + group)
    await page.locator(".map-types summary").press("Enter")
    jobs = page.locator(".map-types label", has_text="Works at")
    number = int(await jobs.locator(".num").inner_text())
    says = page.locator(".foot .says")
    before = counted(await says.inner_text(), "lines?")
    await jobs.locator("input").press("Space")
    await expect(says).to_contain_text(f"{before - number} lines")
    await expect(page).to_have_url(re.compile("hide=WORKS_AT"))
    await page.keyboard.press("Escape")
    await expect(page.locator(".map-types ul")).to_be_hidden()
    assert tab.problems == []


async def test_the_map_asks_for_a_subject_and_opens_by_keys_alone(tab: Tab, planner: Running, group: str) -> None:
    page = tab.page
    await drawn(page, planner.url + group)
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    await expect(page.locator(".verdict")).to_contain_text("A map starts from one subject")
    await expect(page.get_by_role("navigation").locator("[aria-current=page]").first).to_contain_text("Map")
    # What tests before have pinned stands first.
    subjects = await page.locator("tbody tr").all_inner_texts()
    for _ in range(1 + next(at for at, text in enumerate(subjects) if "Orlumera Group GmbH" in text)):
        await page.keyboard.press("j")
    await expect(page.locator("tr[aria-current=true]")).to_contain_text("Orlumera Group GmbH")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(f"{group}$"))
    await page.go_back()
    await page.get_by_role("searchbox").fill("Ulwin Ahrlechner")
    await expect(page.locator("tbody tr").first).to_contain_text("Ulwin Ahrlechner")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("tr[aria-current=true]")).to_contain_text("Ulwin Ahrlechner")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Ulwin Ahrlechner")
    assert tab.problems == []


async def test_a_long_address_becomes_a_short_link_that_opens_the_same_map(
    tab: Tab, planner: Running, group: str
) -> None:
    page = tab.page
    pins = ",".join(f"gone{at}:1.00:1.00" for at in range(110))
    await drawn(page, f"{planner.url}{group}?pin={pins}")
    await page.get_by_role("option", name="Nelna Beckbury, ours").locator(".name").click()
    await expect(page).to_have_url(re.compile("/map/s/[0-9a-f]{32}$"))
    await expect(page.locator(".map-who h2")).to_have_text("Nelna Beckbury")
    await expect(page.locator("nav.tabs [aria-current=page]")).to_have_text(re.compile("^Map"))
    tab.requests.clear()
    await page.reload()
    await opened(page)
    await expect(page.locator(".map-who h2")).to_have_text("Nelna Beckbury")
    assert sum(one.endswith("/graphql") for one in tab.requests) == 1
    assert tab.problems == []
    await page.goto(f"{planner.url}/map/s/{'0' * 32}")
    await expect(page.locator(".verdict")).to_have_text("No map is stored behind this link.")


async def test_a_browser_without_webgl_shows_the_table_and_says_so(tab: Tab, planner: Running, group: str) -> None:
    page = tab.page
    await page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        "  return kind.startsWith('webgl') ? null : get.call(this, kind, ...more); };"
    )
    await page.goto(planner.url + group)
    await opened(page)
    await expect(page.locator(".map-note")).to_contain_text("This browser cannot draw the map")
    await expect(page.get_by_role("table", name="Nodes")).to_be_visible()
    assert tab.problems == []


async def test_the_map_opens_from_a_person_and_from_a_way(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(planner.url + views["way"])
    await opened(page)
    await page.get_by_role("link", name="Show on the map").click()
    await expect(page.locator(".verdict")).to_contain_text("The strongest way from you to Ulwin Ahrlechner")
    await expect(page.locator("nav.tabs [aria-current=page]")).to_have_text(re.compile("^Map"))
    assert tab.problems == []


@pytest.mark.skipif("KITH_FRAMES" not in os.environ, reason="`KITH_FRAMES=10000` prints the frame times of a large map")
async def test_print_the_frame_times_of_a_large_map(tab: Tab, planner: Running, group: str) -> None:
    """Draws a synthetic map in the page of the explorer, and prints how long its frames take."""
    number = int(os.environ["KITH_FRAMES"])
    page = tab.page

    async def enlarged(route: object) -> None:
        response = await route.fetch()  # type: ignore[attr-defined]
        body = await response.json()
        graph = body["data"].get("subgraph")
        if graph:
            graph["nodes"] += [
                {"id": f"n{at}", "type": "Contact", "name": f"Person {at}", "ours": False, "jobTitle": None,
                 "roles": [], "x": 10 + at % 100 * 2.0, "y": at // 100 * 2.0, "community": None, "group": None,
                 "counts": []} for at in range(number - len(graph["nodes"]))
            ]  # fmt: skip
            graph["edges"] += [
                {"from": f"n{at}", "to": f"n{(at * 7 + 1) % (number // 2)}", "type": "KNOWS", "strength": at % 100,
                 "kind": None, "confidence": None, "lastAt": None} for at in range(number // 2)
            ]  # fmt: skip
        await route.fulfill(response=response, json=body)  # type: ignore[attr-defined]

    await page.route("**/graphql", enlarged)
    await drawn(page, planner.url + group)
    assert await nodes(page) == number
    frames: list[float] = await page.evaluate("window.kith.frames(60)")
    sys.stderr.write(
        f"\n{number} nodes: median {statistics.median(frames):.1f} ms, worst {max(frames):.1f} ms a frame\n"
    )
