from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import expect

from api.build import EXPLORER
from tests.api.running import Running
from tests.browser.conftest import Tab

EDITOR = ".graphiql-query-editor"
RESPONSE = ".graphiql-response"


async def open_page(tab: Tab, url: str) -> None:
    await tab.page.goto(url)
    await expect(tab.page.locator(f"{EDITOR} .view-line").first).to_be_visible()


async def type_query(tab: Tab, query: str) -> None:
    """Replaces the text in the editor by typing."""
    lines = tab.page.locator(f"{EDITOR} .view-lines")
    await lines.click()
    await expect(tab.page.locator(f"{EDITOR} .monaco-editor")).to_have_class(re.compile("focused"))
    await tab.page.keyboard.press("Control+A")
    await tab.page.keyboard.press("Delete")
    await expect(lines).to_have_text("")
    await tab.page.keyboard.insert_text(query)
    await expect(lines).to_have_text(query.replace(" ", "\u00a0"))


async def response_text(tab: Tab) -> str:
    """Returns the visible text of the response."""
    lines = tab.page.locator(f"{RESPONSE} .view-line")
    await expect(lines.first).to_contain_text("{")
    return " ".join("".join(await lines.all_text_contents()).replace("\u00a0", " ").split())


def test_every_example_query_is_valid_for_the_schema(running: Running) -> None:
    source = (EXPLORER / "src" / "graphiql" / "queries.ts").read_text()
    queries = re.findall(r"query: `(.*?)`", source, re.DOTALL)
    assert len(queries) >= 4
    for query in queries:
        variables: dict[str, object] = {name: name for name in re.findall(r"\$(\w+): ID!", query)}
        answer = running.ask(query, variables)
        # In an empty graph the records may be missing; an invalid document has no data at all.
        assert "data" in answer, answer


@pytest.mark.parametrize("tab", ["light", "dark"], indirect=True)
async def test_the_page_opens_without_console_errors_and_without_other_hosts(tab: Tab, running: Running) -> None:
    await open_page(tab, f"{running.url}/graphql")
    await expect(tab.page).to_have_title("Kith · GraphQL")
    await expect(tab.page.locator(".graphiql-tab")).to_have_count(4)
    await expect(tab.page.get_by_role("heading", name="Examples")).to_be_visible()
    # The documentation shows the schema only after introspection has succeeded.
    await tab.page.get_by_role("button", name="Show Documentation Explorer").click()
    await expect(tab.page.locator(".graphiql-doc-explorer-content")).to_contain_text("Query")
    assert [url for url in tab.requests if not url.startswith((f"{running.url}/", "data:", "blob:"))] == []
    assert tab.problems == []


async def test_a_typed_query_shows_its_response(tab: Tab, running: Running) -> None:
    await open_page(tab, f"{running.url}/graphql")
    await type_query(tab, "query Typed { __typename accounts(first: 1) { totalCount } }")
    await tab.page.keyboard.press("Control+Enter")
    answer = json.loads(await response_text(tab))
    assert answer["data"]["__typename"] == "Query"
    assert answer["data"]["accounts"]["totalCount"] >= 0
    assert tab.problems == []


async def test_an_invalid_query_shows_its_error_with_a_remedy(tab: Tab, running: Running) -> None:
    await open_page(tab, f"{running.url}/graphql")
    await type_query(tab, "query Wrong { nothingOfTheKind }")
    # The language worker underlines the error before the query is sent.
    await expect(tab.page.locator(f"{EDITOR} .squiggly-error").first).to_be_visible()
    await tab.page.get_by_role("button", name="Execute query").click()
    answer = await response_text(tab)
    assert "nothingOfTheKind" in answer
    assert '"code": "INVALID"' in answer
    assert '"remedy"' in answer


async def test_an_example_of_the_panel_opens_in_its_tab(tab: Tab, running: Running) -> None:
    await open_page(tab, f"{running.url}/graphql")
    await tab.page.get_by_role("button", name="What would they buy next?").click()
    await expect(tab.page.locator(f"{EDITOR} .view-lines")).to_contain_text("CrossSell")
    await expect(tab.page.locator(".graphiql-tab")).to_have_count(4)
    await tab.page.get_by_role("button", name="Close Tab").last.click()
    await expect(tab.page.locator(".graphiql-tab")).to_have_count(3)
    await tab.page.get_by_role("button", name="What would they buy next?").click()
    await expect(tab.page.locator(".graphiql-tab")).to_have_count(4)
    await expect(tab.page.locator(f"{EDITOR} .view-lines")).to_contain_text("CrossSell")


async def test_a_link_opens_the_query_in_its_url(tab: Tab, running: Running) -> None:
    await open_page(tab, f"{running.url}/graphql?query=query%20Linked%20%7B%20__typename%20%7D")
    await expect(tab.page.locator(f"{EDITOR} .view-lines")).to_contain_text("Linked")


async def test_the_page_is_small_and_compressed(tab: Tab, running: Running) -> None:
    await open_page(tab, f"{running.url}/graphql")
    sent = 0
    while sent < (sent := len(tab.requests)):
        await tab.page.wait_for_timeout(2_000)  # the workers of the editor load when it is open
    size = await tab.page.evaluate(
        "performance.getEntriesByType('resource').filter((each) => each.name.includes('/assets/'))"
        ".reduce((sum, each) => sum + each.transferSize, 0)"
    )
    # The current size plus a margin.
    assert size < 1_600_000
