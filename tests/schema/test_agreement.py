"""The views of the explorer agree: a figure that two of them show is the same, by their own requests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from algorithms import strength
from graph.access import Principal
from graph.query import party_ties
from schema.execution import Executor
from schema.findings.rules.losing_touch import losing_touch
from schema.sentences.wording import money, number
from seed.world.generate import you
from tests.schema.explorer_requests import OPEN, ORDERS, request

pytestmark = pytest.mark.usefixtures("world")

Send = Callable[..., Awaitable[Any]]
Record = dict[str, Any]
PAGE, FEW = 100, 20
LARGE, SAMPLE = 3, 75
"""The accounts with most subsidiaries, and every which of the others, whose views are compared."""

UNTIL = "2026-07-01T00:00:00Z"
GROUP: Record = {"h": "CRM", "other": "LEGAL", "at": None, "open": None, "closed": [], "first": 500}


@pytest.fixture
def send(executor: Executor) -> Send:
    """Sends a request of the explorer by the name of its operation, or a text."""

    async def answer(query: str, **variables: Any) -> Any:
        text = query if "{" in query else request(query)
        found = await executor.execute(text, variables, None, principal=Principal(you()))
        assert "errors" not in found.body, found.body["errors"]
        return found.body["data"]

    return answer


async def listed(send: Send) -> dict[str, Record]:
    """All accounts as the list of accounts shows them."""
    found: list[Record] = []
    after = None
    while True:
        page = (await send("Accounts", first=PAGE, after=after, where=None, order=ORDERS["accounts"]))["accounts"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == page["totalCount"]
            return {one["id"]: one for one in found}


def chosen(rows: dict[str, Record]) -> list[Record]:
    """The accounts whose views are compared: those with the largest groups, and some of all others."""
    by_size = sorted(rows.values(), key=lambda one: (-one["rollup"]["accounts"], one["id"]))
    return by_size[:LARGE] + by_size[LARGE::SAMPLE]


async def test_the_lenses_of_an_account_show_the_same_figures(send: Send) -> None:
    for row in chosen(await listed(send)):
        uid, rollup = row["id"], row["rollup"]
        account = (await send("Account", id=uid))["account"]
        group = await send("Group", id=uid, sel=uid, **GROUP)
        deals = await send(
            "AccountDeals", id=uid, first=PAGE, after=None, where=OPEN, order=ORDERS["opportunities"], until=UNTIL
        )
        log = await send("AccountTimeline", id=uid, first=1, after=None, kinds=None, where=None)
        chart = (await send("AccountPeople", id=uid, at=None))["account"]["orgChart"]
        overview, tree = account["rollup"], group["account"]["tree"]
        figures, top = group["selected"]["figures"], tree["rows"][0]
        assert {name: overview[name] for name in rollup.keys() - {"byChild"}} == {
            name: rollup[name] for name in rollup.keys() - {"byChild"}
        }
        assert [part["won"]["amount"] for part in overview["byChild"]] == [
            part["won"]["amount"] for part in rollup["byChild"]
        ]
        for one in (figures, top["account"]["reach"], top["sum"], account["size"]):
            same = one.keys() & overview.keys() - {"byChild"}
            assert {name: one[name] for name in same} == {name: overview[name] for name in same}
        for name in ("won", "openPipeline"):
            parts = sum(part[name]["amount"] for part in overview["byChild"])
            assert parts == pytest.approx(overview[name]["amount"])
        assert sum(part["accounts"] for part in overview["byChild"]) == overview["accounts"]
        # The count of each tab, and what the view behind it lists.
        assert account["size"]["accounts"] == tree["total"] == len(tree["rows"]) == top["accounts"]
        assert account["chart"]["people"] == chart["people"] == len(chart["seats"])
        assert account["size"]["openOpportunities"] == deals["account"]["opportunities"]["totalCount"]
        assert account["opportunities"]["totalCount"] == deals["account"]["opportunities"]["totalCount"]
        assert account["log"]["totalCount"] == log["account"]["timeline"]["totalCount"]
        assert account["timeline"]["totalCount"] == log["account"]["timeline"]["totalCount"]
        summed = deals["account"]["opportunities"]["aggregate"]["sum"]["estimatedValue"]
        assert (summed or {"amount": 0})["amount"] == pytest.approx(overview["openPipeline"]["amount"])


async def test_white_space_is_the_same_amount_at_home_and_in_its_view(send: Send) -> None:
    rows = (await send("Home"))["portfolio"]["user"]["accounts"]["nodes"]
    for row in rows:
        found = await send("WhiteSpace", id=row["id"], sel=row["id"], by="FAMILY", one=False)
        whitespace = found["account"]["whitespace"]
        assert whitespace["expected"] == row["whitespaceValue"]
        for parts in (whitespace["rows"], whitespace["columns"]):
            assert sum(one["expected"]["amount"] for one in parts) == pytest.approx(whitespace["expected"]["amount"])


async def test_home_shows_the_figures_of_the_list(send: Send) -> None:
    home, rows = await send("Home"), await listed(send)
    portfolio = home["portfolio"]["user"]["accounts"]
    assert len(portfolio["nodes"]) == portfolio["totalCount"] == home["me"]["user"]["accounts"]["totalCount"]
    for one in portfolio["nodes"]:
        row = rows[one["id"]]
        same = one["rollup"].keys() & row["rollup"].keys() - {"byChild"}
        assert {name: one["rollup"][name] for name in same} == {name: row["rollup"][name] for name in same}
        assert one["ultimateParent"] == row["ultimateParent"]


MINE = """{ me { user { accounts(first: 200) { nodes { id health { trend score quarterAgo { score } }
  insights(first: 100) { ...Said also { rule subject { id } parts { figure { value } } } } } } } } }
  fragment Said on Insight { rule subject { id } parts { figure { value } } }"""


async def test_losing_touch_is_one_thing_everywhere_at_home(send: Send) -> None:
    home = await send("Home")
    accounts = (await send(MINE))["me"]["user"]["accounts"]["nodes"]
    falling = {one["id"] for one in accounts if one["health"]["trend"] == "FALLING"}
    rows = home["portfolio"]["user"]["accounts"]["nodes"]
    assert falling == {one["id"] for one in rows if one["health"]["trend"] == "FALLING"}
    for one in accounts:
        said = [
            [part["figure"]["value"] for part in each["parts"] if part["figure"]]
            for insight in one["insights"]
            for each in (insight, *insight["also"])
            if each["rule"] == losing_touch.__name__ and each["subject"]["id"] == one["id"]
        ]
        before = one["health"]["quarterAgo"]
        expected = [[before["score"], one["health"]["score"]]] if one["id"] in falling else []
        assert said == [pytest.approx(figures) for figures in expected]
    text = home["judged"]["user"]["headline"]["text"]
    counted = re.search(r"(?:lsewhere|n all) (\w+) accounts? (?:is|are) losing touch", text)
    assert (counted.group(1) if counted else number(0)) == number(len(falling))


async def test_home_has_one_insight_an_account_and_states_an_amount_once(send: Send) -> None:
    home = await send("Home")
    insights = home["judged"]["user"]["insights"]
    assert max(Counter(one["within"]["id"] for one in insights).values()) == 1
    assert any(one["also"] for one in insights)
    text = home["judged"]["user"]["headline"]["text"]
    needing = [one for one in insights if one["severity"] != "NOTE"]
    assert ("Nothing needs you" in text) == (not needing)


EVERY = """query ($first: Int!, $after: String) { accounts(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } nodes { id name
    headline { text } groupHeadline { text } rollup { accounts contacts known openOpportunities lastSpokeAt
      ordered { amount currency } won { amount currency } openPipeline { amount currency } }
    insights(first: 100) { rule says within { id }
      subject { id ... on Account { lastSpokeAt } ... on Contact { lastSpokeAt } }
      because { text } money { value evidence { record { id } } } also { rule says } } } } }"""


async def everything(send: Send) -> list[Record]:
    """All accounts with their headlines, figures and insights, a few at a time because that is much to judge."""
    found: list[Record] = []
    after = None
    while True:
        page = (await send(EVERY, first=FEW, after=after))["accounts"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def test_sentences_state_the_figures_of_the_rollup_and_claim_never_only_where_it_holds(send: Send) -> None:
    for account in await everything(send):
        check_headlines(account)
        for insight in account["insights"]:
            said = [
                insight["says"],
                *(one["text"] for one in insight["because"]),
                *(one["says"] for one in insight["also"]),
            ]
            assert not any(re.search(r"\b(tie|is) 0\b", text) for text in said), said
            if re.search(r"\bever spoke", insight["says"]):
                assert insight["subject"]["lastSpokeAt"] is None, insight
        stakes = [
            {insight["within"] and insight["within"]["id"]}
            | {part["record"]["id"] for part in insight["money"]["evidence"] if part["record"]}
            for insight in account["insights"]
            if insight["money"] is not None
        ]
        for at, stake in enumerate(stakes):
            assert not any(stake <= other for other in stakes[:at]), account["name"]


def check_headlines(account: Record) -> None:
    """The amounts and the numbers of the headlines are those of the rollup."""
    text, group, rollup = (
        account["headline"]["text"],
        (account["groupHeadline"] or {"text": ""})["text"],
        account["rollup"],
    )
    written = {
        name: money(rollup[name]["amount"], rollup[name]["currency"]) for name in ("ordered", "won", "openPipeline")
    }
    known, people = number(rollup["known"]), number(rollup["contacts"])
    for pattern, values in (
        (r"has ordered (\S+) from us", (written["ordered"],)),
        (r"and (\S+) is open in (\S+) deal", (written["openPipeline"], number(rollup["openOpportunities"]))),
        (r"has (\S+) open in (\S+) deal", (written["openPipeline"], number(rollup["openOpportunities"]))),
        (r"e know (\S+) of its (\S+) (?:person|people)", (known if rollup["known"] else "none", people)),
    ):
        found = re.search(pattern, text)
        assert found is None or found.groups() == values, text
    if found := re.search(r" is (\S+) accounts?, (?:(\S+) won\.)?", group):
        assert found.groups() == (number(rollup["accounts"]), written["won"] if rollup["won"]["amount"] else None), (
            group
        )
    if re.search(r"has never bought|has not bought|has bought|have bought|no order", f"{text} {group}"):
        assert not rollup["ordered"]["amount"], (text, group)
    if "ever spoken to anyone there" in text:
        assert rollup["lastSpokeAt"] is None


def test_the_threshold_of_known_people_is_one() -> None:
    assert party_ties.KNOWN == strength.KNOWN
