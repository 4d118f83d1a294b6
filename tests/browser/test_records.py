"""The lists, pages and forms of any record, which the explorer generates from the schema."""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from graph.vocabulary import ENTITIES
from tests.api.running import Running
from tests.browser.conftest import Tab
from tests.browser.test_explorer import violations
from tests.browser.views import opened

_TYPES = """{
  query: __type(name: "Query") { fields { name args { name } type { name } } }
  mutation: __type(name: "Mutation") { fields { name } }
}"""


def lists(kith: Running) -> dict[str, str]:
    """The root field of the list of each entity with a list, by its label."""
    found = {}
    for field in kith.ask(_TYPES)["data"]["query"]["fields"]:
        names = {each["name"] for each in field["args"]}
        label = (field["type"]["name"] or "").removesuffix("Connection")
        if {"where", "orderBy"} <= names and label in ENTITIES:
            found[label] = field["name"]
    return found


async def pick(tab: Tab, field: str, text: str, name: str) -> None:
    """Chooses a record in the control of a link."""
    control = tab.page.get_by_role("combobox", name=field, exact=True)
    await control.click()
    await control.fill(text)
    await tab.page.get_by_role("option", name=name).first.click()
    await expect(control).to_have_value(re.compile(re.escape(name)))


def shown(tab: Tab, label: str) -> Locator:
    """The value of a field on the page of a record."""
    return tab.page.locator(".fields dl > div").filter(has=tab.page.get_by_text(label, exact=True)).locator("dd")


_SCHEDULE = """mutation { createReportSchedule(input: { name: "Every morning", report: "group-rollup", format: HTML,
  startsAt: "2027-01-04T07:00:00Z", repeats: WEEK, delivery: FOLDER }) { event { id } } }"""


async def test_every_entity_has_a_list_a_page_and_a_form(tab: Tab, planner: Running) -> None:
    assert "errors" not in planner.ask(_SCHEDULE)  # the demo world has none
    found = lists(planner)
    mutations = {each["name"] for each in planner.ask(_TYPES)["data"]["mutation"]["fields"]}
    assert {"SalesOrder", "Case", "Product", "Team", "User", "Lead"} <= found.keys()
    for label, plural in found.items():
        total = planner.ask(f"{{ {plural}(first: 0) {{ totalCount }} }}")["data"][plural]["totalCount"]
        await tab.page.goto(f"{planner.url}/records/{label}")
        await opened(tab.page)
        assert total > 0, label
        await expect(tab.page.get_by_role("table")).to_have_attribute("aria-rowcount", str(total + 1))
        link = tab.page.locator("tbody .row-link").first
        if f"update{label}" in mutations:
            name = (await link.inner_text()).splitlines()[-1]
            await link.click()
            await expect(tab.page.get_by_role("heading", level=1)).to_have_text(name)
            await opened(tab.page)
            record = planner.ask(f"{{ {plural}(first: 1) {{ nodes {{ id }} }} }}")["data"][plural]["nodes"][0]["id"]
            await tab.page.goto(f"{planner.url}/record/{label}/{record}?edit=1")
            await opened(tab.page)
            await expect(tab.page.get_by_role("form")).to_be_visible()
            assert await violations(tab) == [], label
        if f"create{label}" in mutations:
            await tab.page.goto(f"{planner.url}/records/{label}/new")
            await expect(tab.page.get_by_role("button", name="Create")).to_be_visible()
            assert await violations(tab) == [], label
    assert tab.problems == []


async def test_a_list_is_filtered_and_sorted_and_shows_other_columns(tab: Tab, planner: Running) -> None:
    def count(where: str) -> int:
        data = planner.ask(f"{{ salesOrders(first: 0, where: {{ {where} }}) {{ totalCount }} }}")["data"]
        total: int = data["salesOrders"]["totalCount"]
        return total

    async def rows(total: int) -> None:
        if total:
            await expect(tab.page.get_by_role("table")).to_have_attribute("aria-rowcount", str(total + 1))
        else:
            await expect(tab.page.get_by_text("Nothing matches these filters.")).to_be_visible()

    page = tab.page
    await page.goto(f"{planner.url}/accounts")
    await opened(page)
    await page.keyboard.press("/")
    await page.keyboard.type("sales orders")
    await page.get_by_role("option", name="Go to Sales orders").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sales orders")
    await page.get_by_role("button", name="Invoiced", exact=True).click()
    await rows(count("state: { eq: INVOICED }"))
    await page.get_by_role("button", name="Canceled", exact=True).click()
    await rows(count("state: { in: [INVOICED, CANCELED] }"))
    await page.get_by_role("button", name="Filter", exact=True).click()
    await page.get_by_label("Field").select_option("totalAmount")
    await page.get_by_role("textbox", name="Value").fill("20000")
    await page.get_by_role("button", name="Add the filter").click()
    both = count("state: { in: [INVOICED, CANCELED] }, totalAmount: { gte: 20000 }")
    await rows(both)
    await page.get_by_role("button", name="Total amount at least 20000").click()
    await rows(count("state: { in: [INVOICED, CANCELED] }"))
    await page.get_by_role("button", name="Total amount").click()
    await expect(page.get_by_role("columnheader", name="Total amount")).to_have_attribute("aria-sort", "descending")
    await expect(page).to_have_url(re.compile("sort=totalAmount"))
    await page.get_by_role("button", name="Columns").click()
    await page.get_by_label("Created at").check()
    await expect(page.get_by_role("columnheader", name="Created at")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("columnheader", name="Created at")).to_be_visible()
    assert tab.problems == []


async def test_fields_are_edited_in_place_and_taken_back(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(planner.url + views["record"])
    await opened(page)
    before = await shown(tab, "State").inner_text()
    await page.keyboard.press("e")
    form = page.get_by_role("form")
    await expect(form).to_be_visible()
    await page.get_by_label("State", exact=True).select_option("FULFILLED")
    await page.get_by_label("Ship to city", exact=True).fill("Örebro")
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    assert await shown(tab, "State").inner_text() == before
    await page.keyboard.press("e")
    await page.get_by_label("State", exact=True).select_option("FULFILLED")
    await page.get_by_label("Ship to city", exact=True).fill("Örebro")
    await page.keyboard.press("Control+Enter")
    await expect(form).to_have_count(0)
    await expect(shown(tab, "State")).to_contain_text("Fulfilled")
    await expect(page.locator(".toast")).to_contain_text("two fields saved")
    order = views["record"].rsplit("/", 1)[1]
    query = f'{{ salesOrder(id: "{order}") {{ state shipToCity }} }}'
    assert planner.ask(query)["data"]["salesOrder"] == {"state": "FULFILLED", "shipToCity": "Örebro"}
    await page.keyboard.press("z")
    await expect(shown(tab, "State")).to_have_text(before)
    assert planner.ask(query)["data"]["salesOrder"]["state"] == before.upper()
    assert tab.problems == []


async def test_a_refusal_stands_beside_its_field(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(f"{planner.url}{views['deal']}?edit=1")
    await opened(page)
    await page.get_by_label("Chance", exact=True).fill("150")
    await page.keyboard.press("Control+Enter")
    refusal = page.locator(".row.refused")
    await expect(refusal).to_contain_text("must be between 0 and 100")
    await expect(page.get_by_label("Chance", exact=True)).to_have_value("150")
    assert await violations(tab) == []
    # The value of an integer that is no number is refused before the mutation runs, in the words of GraphQL.
    await page.get_by_label("Chance", exact=True).fill("many")
    await page.keyboard.press("Control+Enter")
    await expect(refusal).to_contain_text("many")
    await page.get_by_label("Chance", exact=True).fill("")
    await page.get_by_label("Expected", exact=True).fill("2040-01-01")
    await page.keyboard.press("Control+Enter")
    await expect(refusal).to_contain_text("2040")
    await expect(page.get_by_role("button", name="The date is right")).to_be_visible()
    await page.keyboard.press("Escape")
    assert tab.problems == []


async def test_two_changes_meet(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    order = views["record"].rsplit("/", 1)[1]
    await page.goto(f"{planner.url}{views['record']}?edit=1")
    await opened(page)
    await page.get_by_label("Ship to city", exact=True).fill("Mine")
    theirs = f'mutation {{ updateSalesOrder(input: {{ id: "{order}", shipToCity: "Theirs" }}) {{ event {{ id }} }} }}'
    assert "errors" not in planner.ask(theirs)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".refusals")).to_contain_text("Not saved")
    await page.get_by_role("button", name="Keep mine").click()
    await expect(shown(tab, "Ship to city")).to_contain_text("Mine")
    await expect(page.locator(".toast")).to_contain_text("saved")
    query = f'{{ salesOrder(id: "{order}") {{ shipToCity }} }}'
    assert planner.ask(query)["data"]["salesOrder"]["shipToCity"] == "Mine"
    assert tab.problems == []


async def test_a_record_is_created_deleted_and_restored(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    await page.goto(planner.url + views["account"])
    await opened(page)
    await page.keyboard.press("/")
    await page.keyboard.type("new sales order")
    await page.get_by_role("option", name="New sales order…").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("New sales order")
    name = page.get_by_label("Name", exact=True)
    await expect(name).to_be_focused()
    await name.fill("Spare parts, second delivery")
    await pick(tab, "Account", "yaranilex lab", "Yaranilex Labels AB")
    await page.get_by_label("Total amount", exact=True).fill("1250.50")
    await page.keyboard.press("Control+Enter")
    title = page.get_by_role("heading", level=1)
    await expect(title).to_have_text("Spare parts, second delivery")
    await expect(shown(tab, "Total amount")).to_have_text("$1,250.50")
    await page.get_by_role("button", name="Delete Spare parts").click()
    await expect(title).to_have_text("Sales orders")
    await page.keyboard.press("z")
    await expect(title).to_have_text("Spare parts, second delivery")
    await page.get_by_role("button", name="Delete Spare parts").click()
    await expect(title).to_have_text("Sales orders")
    found = planner.ask('{ search(text: "Spare parts second delivery") { node { id } } }')["data"]["search"]
    assert found == []
    assert tab.problems == []


async def test_a_call_is_logged_and_taken_back(tab: Tab, planner: Running, views: dict[str, str]) -> None:
    page = tab.page
    account = views["account"].rsplit("/", 1)[1]
    query = f'{{ account(id: "{account}") {{ timeline(first: 1) {{ totalCount nodes {{ subject }} }} }} }}'
    before = planner.ask(query)["data"]["account"]["timeline"]["totalCount"]
    await page.goto(planner.url + views["account"])
    await opened(page)
    await page.keyboard.press("l")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading")).to_have_text("Log with Yaranilex Labels AB")
    await dialog.get_by_role("button", name="Todis Rosenmark").click()
    await dialog.get_by_label("About").fill("The control room")
    assert await violations(tab) == []
    await page.keyboard.press("Control+Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.locator(".timeline")).to_contain_text("The control room")
    now = planner.ask(query)["data"]["account"]["timeline"]
    assert (now["totalCount"], now["nodes"][0]["subject"]) == (before + 1, "The control room")
    await page.keyboard.press("z")
    await expect(page.locator(".timeline")).not_to_contain_text("The control room")
    assert planner.ask(query)["data"]["account"]["timeline"]["totalCount"] == before
    assert tab.problems == []


async def test_the_remedy_of_an_insight_is_done_and_taken_back(tab: Tab, planner: Running) -> None:
    page = tab.page
    query = """{ accounts(first: 1, where: { name: { eq: "Voredasta Denmark A/S" } }) { nodes {
      opportunities { nodes { id insights(first: 6) { action { verb label args { name value } } } } }
    } } }"""
    (account,) = planner.ask(query)["data"]["accounts"]["nodes"]
    deals = [(deal["id"], each["action"]) for deal in account["opportunities"]["nodes"] for each in deal["insights"]]
    deal, lines = next((deal, each) for deal, each in deals if each and each["label"] == "Take the lines")
    given = {each["name"]: each["value"] for each in lines["args"]}
    value = f'{{ opportunity(id: "{given["id"]}") {{ estimatedValue {{ amount }} }} }}'

    def amount() -> float:
        found: float = planner.ask(value)["data"]["opportunity"]["estimatedValue"]["amount"]
        return found

    before = amount()
    await page.goto(f"{planner.url}/deal/{deal}/committee")
    await opened(page)
    await page.get_by_role("button", name="Take the lines").first.click()
    await expect(page.locator(".toast")).to_contain_text("Take the lines: done")
    assert amount() == float(given["estimatedValue"])
    await page.keyboard.press("z")
    for _ in range(300):
        if amount() == before:
            break
        await page.wait_for_timeout(200)
    assert amount() == before
    assert tab.problems == []
