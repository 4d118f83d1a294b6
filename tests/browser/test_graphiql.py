from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import expect

from api.build import EXPLORER
from tests.api.running import Running
from tests.browser.conftest import Seen

EDITOR = ".graphiql-query-editor"
ANSWER = ".graphiql-response"


async def opened(seen: Seen, url: str) -> None:
    await seen.page.goto(url)
    await expect(seen.page.locator(f"{EDITOR} .view-line").first).to_be_visible()


async def typed(seen: Seen, query: str) -> None:
    """Replaces what is in the editor by typing."""
    lines = seen.page.locator(f"{EDITOR} .view-lines")
    await lines.click()
    await expect(seen.page.locator(f"{EDITOR} .monaco-editor")).to_have_class(re.compile("focused"))
    await seen.page.keyboard.press("Control+A")
    await seen.page.keyboard.press("Delete")
    await expect(lines).to_have_text("")
    await seen.page.keyboard.insert_text(query)
    await expect(lines).to_have_text(query.replace(" ", "\u00a0"))


async def answered(seen: Seen) -> str:
    """The text of the answer, as far as it is in view."""
    lines = seen.page.locator(f"{ANSWER} .view-line")
    await expect(lines.first).to_contain_text("{")
    return " ".join("".join(await lines.all_text_contents()).replace("\u00a0", " ").split())


def test_every_question_of_the_page_fits_the_schema(running: Running) -> None:
    source = (EXPLORER / "src" / "queries.ts").read_text()
    queries = re.findall(r"query: `(.*?)`", source, re.DOTALL)
    assert len(queries) >= 4
    for query in queries:
        variables: dict[str, object] = {name: name for name in re.findall(r"\$(\w+): ID!", query)}
        answer = running.ask(query, variables)
        # An empty graph may not know who is asked for; a document that does not fit has no data at all.
        assert "data" in answer, answer


@pytest.mark.parametrize("seen", ["light", "dark"], indirect=True)
async def test_the_page_opens_without_a_complaint_and_without_another_host(seen: Seen, running: Running) -> None:
    await opened(seen, f"{running.url}/graphql")
    await expect(seen.page).to_have_title("Kith · GraphQL")
    await expect(seen.page.locator(".graphiql-tab")).to_have_count(4)
    await expect(seen.page.get_by_role("heading", name="Questions")).to_be_visible()
    # The documentation needs the schema: it is there when introspection was answered and understood.
    await seen.page.get_by_role("button", name="Show Documentation Explorer").click()
    await expect(seen.page.locator(".graphiql-doc-explorer-content")).to_contain_text("Query")
    assert [url for url in seen.requests if not url.startswith((f"{running.url}/", "data:", "blob:"))] == []
    assert seen.complaints == []


async def test_a_typed_query_shows_its_answer(seen: Seen, running: Running) -> None:
    await opened(seen, f"{running.url}/graphql")
    await typed(seen, "query Typed { __typename accounts(first: 1) { totalCount } }")
    await seen.page.keyboard.press("Control+Enter")
    answer = json.loads(await answered(seen))
    assert answer["data"]["__typename"] == "Query"
    assert answer["data"]["accounts"]["totalCount"] >= 0
    assert seen.complaints == []


async def test_a_wrong_query_shows_its_error_with_a_remedy(seen: Seen, running: Running) -> None:
    await opened(seen, f"{running.url}/graphql")
    await typed(seen, "query Wrong { nothingOfTheKind }")
    # The worker that knows the schema underlines it before anything is sent.
    await expect(seen.page.locator(f"{EDITOR} .squiggly-error").first).to_be_visible()
    await seen.page.get_by_role("button", name="Execute query").click()
    answer = await answered(seen)
    assert "nothingOfTheKind" in answer
    assert '"code": "INVALID"' in answer
    assert '"remedy"' in answer


async def test_a_question_of_the_panel_opens_in_its_tab(seen: Seen, running: Running) -> None:
    await opened(seen, f"{running.url}/graphql")
    await seen.page.get_by_role("button", name="What would they buy next?").click()
    await expect(seen.page.locator(f"{EDITOR} .view-lines")).to_contain_text("CrossSell")
    await expect(seen.page.locator(".graphiql-tab")).to_have_count(4)
    await seen.page.get_by_role("button", name="Close Tab").last.click()
    await expect(seen.page.locator(".graphiql-tab")).to_have_count(3)
    await seen.page.get_by_role("button", name="What would they buy next?").click()
    await expect(seen.page.locator(".graphiql-tab")).to_have_count(4)
    await expect(seen.page.locator(f"{EDITOR} .view-lines")).to_contain_text("CrossSell")


async def test_a_link_opens_the_query_it_holds(seen: Seen, running: Running) -> None:
    await opened(seen, f"{running.url}/graphql?query=query%20Linked%20%7B%20__typename%20%7D")
    await expect(seen.page.locator(f"{EDITOR} .view-lines")).to_contain_text("Linked")


async def test_the_page_is_small_and_comes_packed(seen: Seen, running: Running) -> None:
    await opened(seen, f"{running.url}/graphql")
    await seen.page.wait_for_load_state("networkidle")
    size = await seen.page.evaluate(
        "performance.getEntriesByType('resource').filter((each) => each.name.includes('/assets/'))"
        ".reduce((sum, each) => sum + each.transferSize, 0)"
    )
    # What it is today and some room: a rise beyond that should be meant.
    assert size < 1_600_000
