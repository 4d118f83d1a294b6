"""The import of a file in the explorer, in a browser: the five steps, the rejected rows, and undo."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from tests.api.running import Running
from tests.browser.conftest import Tab

ROWS = """Customer ID,Company,Parent ID,Employees
D1,Alder Harbour Works,,120
D2,Alder Harbour Tools,D1,many
D3,Alder Harbour Sons,D1,31
D4,Alder Harbour Dill,D1,4
D5,Alder Harbour Elder,D3,5
D6,Alder Harbour Fir,D9,6
"""
NAMED = '{ accounts(where: { name: { startsWith: "Alder Harbour" } }) { totalCount } }'


def _accounts(kith: Running) -> int:
    return int(kith.ask(NAMED)["data"]["accounts"]["totalCount"])


async def test_a_file_is_imported_in_five_steps_and_undone(tab: Tab, planner: Running, tmp_path: Path) -> None:
    file = tmp_path / "harbour.csv"
    file.write_text(ROWS)
    page = tab.page
    await page.goto(planner.url + "/accounts")
    await expect(page.locator("h1")).to_be_visible()
    await page.keyboard.press("g")
    await page.keyboard.press("i")
    await expect(page.locator("h1")).to_have_text("Data")
    async with page.expect_file_chooser() as chooser:
        await page.locator("header .btn.pri").click()
    await (await chooser.value).set_files(file)

    # 2: the mapping is guessed, and can be changed
    current = page.locator(".steps [aria-current=step]")
    await expect(current).to_have_text("2 Mapping")
    await expect(page.get_by_label("The field for Company")).to_have_value("name")
    await expect(page.get_by_label("The field for Parent ID")).to_have_value("parent")
    await expect(page.get_by_label("Identified by")).to_have_value("Customer ID")
    await expect(page.locator(".mapping tbody tr").nth(1)).to_contain_text("Alder Harbour Works")
    await page.get_by_label("The field for Company").select_option("")
    await expect(page.locator(".refusal")).to_have_text("Name must have a column.")
    await page.get_by_label("The field for Company").select_option("name")
    await expect(page.locator(".refusal")).to_have_count(0)
    await expect(page.locator(".verdict")).to_contain_text("3 of its 4 columns become a field of Account.")

    # 3: the check writes nothing
    await page.get_by_role("button", name="Check 6 rows").click()
    await expect(current).to_have_text("3 Check")
    await expect(page.locator(".verdict")).to_contain_text("A load creates 5 records and changes none.")
    assert _accounts(planner) == 0
    await expect(page.get_by_role("button", name="2 Rejected")).to_have_attribute("aria-pressed", "true")
    rejects = page.get_by_role("table", name="Rejected")
    await page.keyboard.press("j")
    await expect(rejects.locator("tr[aria-current=true]")).to_contain_text("many")
    await page.keyboard.press("j")
    await expect(rejects.locator("tr[aria-current=true]")).to_contain_text("no Account with this key exists")
    await page.keyboard.press("ArrowLeft")
    await expect(current).to_have_text("2 Mapping")
    await page.keyboard.press("ArrowRight")
    await expect(current).to_have_text("3 Check")

    # 4 and 5: the load, and what changed
    await page.get_by_role("button", name="Load 5 records").click()
    await expect(current).to_have_text("5 What changed")
    await expect(page.locator(".verdict")).to_contain_text("harbour.csv created 5 records and changed none.")
    assert _accounts(planner) == 5
    await page.reload()
    await expect(page.locator(".verdict")).to_contain_text("harbour.csv created 5 records")
    await page.keyboard.press("z")
    await expect(page.locator(".verdict")).to_contain_text("Everything that harbour.csv wrote was undone.")
    assert _accounts(planner) == 0
    await page.get_by_role("navigation", name="Where this is").get_by_role("link", name="Data").click()
    await expect(page.get_by_role("table", name="Imports")).to_contain_text("undone")
    await expect(page).to_have_url(re.compile(r"/data$"))
    assert tab.problems == []


async def test_a_refused_file_is_explained(tab: Tab, planner: Running, tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes(b"PK\x03\x04")
    await tab.page.goto(planner.url + "/data")
    async with tab.page.expect_file_chooser() as chooser:
        await tab.page.locator("header .btn.pri").click()
    await (await chooser.value).set_files(file)
    await expect(tab.page.locator(".toast")).to_contain_text("The file is a spreadsheet, which cannot be read.")
    await expect(tab.page.locator(".toast")).to_contain_text("Save its sheet as CSV (UTF-8).")
