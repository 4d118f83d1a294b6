"""Lists of an account with those of the accounts below it: the same records as the lists of all these accounts."""

from __future__ import annotations

from typing import Any

import pytest

from graph.vocabulary import entity
from tests.schema.conftest import Ask

pytestmark = pytest.mark.usefixtures("world")

LINKS = [name for name, link in entity("Account").links.items() if link.takes_below]
LARGEST = "{ accounts(first: 1, orderBy: [{ rollup: { accounts: DESC } }]) { nodes { id } } }"
MEMBERS = "query ($id: ID!) { account(id: $id) { descendants(first: 1000) { nodes { id } } } }"


@pytest.fixture
async def group(ask: Ask) -> list[str]:
    """The account with the most accounts below it, and these."""
    ((top,),) = [(await ask(LARGEST))["accounts"]["nodes"]]
    below = (await ask(MEMBERS, {"id": top["id"]}))["account"]["descendants"]["nodes"]
    return [top["id"], *(one["id"] for one in below)]


async def _whole(ask: Ask, link: str, uid: str, arguments: str) -> list[str]:
    """The ids of all records of a link, page by page."""
    query = f"""query ($id: ID!, $after: String) {{ account(id: $id) {{
      list: {link}(first: 300, after: $after{arguments}) {{
        totalCount nodes {{ id }} edges {{ node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""
    found: list[str] = []
    after = None
    while True:
        page = (await ask(query, {"id": uid, "after": after}))["account"]["list"]
        found += [node["id"] for node in page["nodes"]]
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = page["pageInfo"]["endCursor"]


def test_the_links_of_accounts_that_take_below() -> None:
    assert sorted(LINKS) == ["cases", "contacts", "opportunities", "orders", "timeline"]


@pytest.mark.parametrize("link", LINKS)
async def test_a_list_with_those_below_has_each_record_once(ask: Ask, group: list[str], link: str) -> None:
    expected = {uid for member in group for uid in await _whole(ask, link, member, "")}
    found = await _whole(ask, link, group[0], ", below: CRM")
    assert sorted(found) == sorted(expected)
    assert len(await _whole(ask, link, group[0], ", below: BILLING")) == len(await _whole(ask, link, group[0], ""))


async def test_filters_orders_and_figures_apply_to_the_whole_list(ask: Ask, group: list[str]) -> None:
    query = """query ($id: ID!) { account(id: $id) { rollup { openOpportunities openPipeline { amount } }
      opportunities(below: CRM, first: 5, where: { state: { eq: OPEN } }, orderBy: [{ estimatedValue: DESC }]) {
        totalCount nodes { account { id } estimatedValue { amount } }
        aggregate { count sum { estimatedValue { amount } } } groups(by: [{ state: true }]) { count } } } }"""
    found = (await ask(query, {"id": group[0]}))["account"]
    page, rollup = found["opportunities"], found["rollup"]
    assert page["totalCount"] == page["aggregate"]["count"] == rollup["openOpportunities"] > 5
    assert page["aggregate"]["sum"]["estimatedValue"]["amount"] == pytest.approx(rollup["openPipeline"]["amount"])
    assert [one["count"] for one in page["groups"]] == [page["totalCount"]]
    values = [one["estimatedValue"]["amount"] for one in page["nodes"]]
    assert values == sorted(values, reverse=True)
    assert {one["account"]["id"] for one in page["nodes"]} <= set(group)


async def test_people_of_several_accounts_are_listed_with_one_employment(ask: Ask, group: list[str]) -> None:
    query = """query ($id: ID!) { account(id: $id) { rollup { contacts }
      contacts(below: CRM, first: 1000) { totalCount edges { jobTitle isPrimary validFrom node { id
        accounts(first: 50) { edges { jobTitle isPrimary validFrom node { id } } } } } } } }"""
    found: Any = (await ask(query, {"id": group[0]}))["account"]
    assert found["contacts"]["totalCount"] == found["rollup"]["contacts"] == len(found["contacts"]["edges"])
    keys = ("jobTitle", "isPrimary", "validFrom")
    for edge in found["contacts"]["edges"]:
        first = min(
            (one for one in edge["node"]["accounts"]["edges"] if one["node"]["id"] in group),
            key=lambda one: str(one["node"]["id"]),
        )
        assert [edge[key] for key in keys] == [first[key] for key in keys]
