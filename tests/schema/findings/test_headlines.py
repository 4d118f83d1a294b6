"""Headlines: the sentence that fits, with figures that equal their evidence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from graph.access import Access, Principal
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue
from graph.query.selection import Not as Unless
from graph.query.selection import Test as Compare
from graph.store import Store
from schema.execution import Executor, Options
from schema.findings.finding import Finding, Found, Severity, Viewpoint, action, draft
from schema.headlines.portfolio import portfolio
from schema.sentences.sentence import FigureEvidence, FigureUnit, Mention, figure, joined
from seed.world.generate import you
from tests.schema.findings.asking import ABSOLUTE, PARTS, QUALIFIED, check_sentence
from tests.schema.findings.test_deal_rules import deal, in_days, line, met, seat
from tests.schema.mutations.stage import JAN, Stage

HEADLINE = f"headline {{ text {PARTS} }}"
ACCOUNTS = f"{{ accounts(first: 100) {{ nodes {{ {HEADLINE} groupHeadline {{ text {PARTS} }} }} }} }}"
DEALS = f"{{ opportunities(first: 200) {{ nodes {{ {HEADLINE} }} }} }}"


async def headline(stage: Stage, uid: str, label: str = "account", field: str = "headline") -> str:
    """The headline of a record."""
    query = f"query ($id: ID!) {{ {label}(id: $id) {{ {field} {{ text {PARTS} }} }} }}"
    found = (await stage.ask(query, id=uid))[label][field]
    check_sentence(found["text"], found["parts"])
    return str(found["text"])


async def ordered(stage: Stage, account: str, amount: float) -> None:
    """A new order of an account."""
    total = {"amount": amount, "currency": "USD"}
    await stage.do("createSalesOrder", {"name": "Order", "account": account, "totalAmount": total})


async def test_an_account_without_contact_a_prospect_and_a_gap(stage: Stage) -> None:
    account, user = await stage.account("Labels"), await stage.user()
    first, second = await stage.contact(account), await stage.contact(account)
    name = str((await stage.stored(account))["name"])
    text = await headline(stage, account)
    assert text == f"{name} has no order and no open deal. Nobody of us has ever spoken to anyone there."
    await met(stage, first, user)
    offered = await deal(stage, account=account, estimatedValue={"amount": 48_100, "currency": "USD"})
    text = await headline(stage, account)
    assert text.startswith(f"{name} has $48,100 open in one deal. It has never bought; {user} knows")
    await ordered(stage, account, 468_123)
    text = await headline(stage, account)
    assert text.endswith("from us, and $48,100 is open in one deal. We know one of its two people.")
    await stage.do("addStakeholder", {"contact": second, "record": offered, "role": "Decision maker"})
    text = await headline(stage, account)
    assert text == (
        f"{name} has ordered $468,123 from us, and $48,100 is open in one deal. "
        "We know one of its two people, but not the one who decides."
    )


async def test_a_group_says_how_many_of_its_accounts_we_have_met(stage: Stage) -> None:
    parent, child = await stage.account("Parent"), await stage.account("Child")
    await stage.do("reparentAccount", {"account": child, "parent": parent, "hierarchy": "CRM", "validFrom": JAN})
    for account, amount in ((parent, 1_000), (child, 500)):
        won = await deal(stage, account=account)
        await stage.do("winOpportunity", {"opportunity": won, "actualValue": {"amount": amount, "currency": "USD"}})
    name = str((await stage.stored(parent))["name"])
    text = await headline(stage, parent, field="groupHeadline")
    assert text == f"{name} is two accounts, $1,500 won. We have not spoken to anyone in any of them."
    await met(stage, await stage.contact(parent), await stage.user())
    text = await headline(stage, parent, field="groupHeadline")
    assert text.endswith("We have spoken to people in only one of them; the other one brought us $500.")


async def test_a_deal_says_whether_the_evidence_supports_it(stage: Stage) -> None:
    account = await stage.account()
    value = {"amount": 48_100, "currency": "USD"}
    offered = await deal(stage, account=account, estimatedValue=value, estimatedCloseDate=in_days(-800))
    assert (await headline(stage, offered, "opportunity")).startswith("An open deal of $48,100, expected on ")
    await seat(stage, offered, "User", "Supporter", account)
    assert await headline(stage, offered, "opportunity") == "Nobody is recorded as deciding."
    who = await seat(stage, offered, "Decision maker", "Neutral", account)
    assert (await headline(stage, offered, "opportunity")).startswith("One of two is for us, and Contact ")
    await stage.do("updateOpportunity", {"closeProbability": 60}, uid=offered)
    await line(stage, offered, 56_542)
    text = await headline(stage, offered, "opportunity")
    assert text == "It says 60%, but nobody of us knows the one who decides. Its lines come to $56,542."
    await met(stage, who, await stage.user())
    await seat(stage, offered, "Champion", "Enemy", account)
    await seat(stage, offered, "User", "Non-supporter", account)
    text = await headline(stage, offered, "opportunity")
    assert text == "Two of four are against us, among them your champion. Its lines come to $56,542."
    await stage.do("winOpportunity", {"opportunity": offered})
    assert (await headline(stage, offered, "opportunity")).startswith("Won for $48,100 on ")


def _headlines(body: dict[str, Any]) -> list[dict[str, Any]]:
    """All headlines in an answer."""
    (page,) = body["data"].values()
    return [found for node in page["nodes"] for found in node.values() if found is not None]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("query", [ACCOUNTS, DEALS], ids=["accounts", "opportunities"])
async def test_every_headline_of_the_world_has_its_evidence(query: str, executor: Executor) -> None:
    bodies = [
        (await executor.execute(query, None, None, principal=Principal(you()), ordinary=ordinary)).body
        for ordinary in (False, True)
    ]
    assert "errors" not in bodies[0], bodies[0]["errors"]
    assert orjson.dumps(bodies[0]) == orjson.dumps(bodies[1])
    found = _headlines(bodies[0])
    assert len(found) >= 100
    for one in found:
        check_sentence(one["text"], one["parts"])
        assert one["text"].endswith(".")


@pytest.mark.usefixtures("world")
async def test_no_headline_says_never_where_records_may_be_hidden(store: Store) -> None:
    rule = ("Contact", Unless(Compare("country", "eq", AccessValue("country"))))
    access = Access(AccessShape((rule,)), {"country": "Atlantis"})
    narrow = Executor(store.reads, store.writes, Options(), policy=lambda _: access)
    for query in (ACCOUNTS, DEALS):
        body = (await narrow.execute(query, None, None, principal=Principal(you()))).body
        assert "errors" not in body, body["errors"]
        for one in _headlines(body):
            check_sentence(one["text"], one["parts"])
            assert not ABSOLUTE.search(one["text"]) or QUALIFIED in one["text"], one["text"]


@pytest.mark.usefixtures("world")
async def test_a_portfolio_begins_with_the_most_valuable_deal(executor: Executor, sent: list[str]) -> None:
    query = f"{{ me {{ user {{ {HEADLINE} insights(first: 1) {{ says }} }} }} }}"
    before = len(sent)
    user = (await executor.execute(query, None, None, principal=Principal(you()))).body["data"]["me"]["user"]
    # As for the insights alone, and the records in the headline: the fields of the rules are read once for both.
    assert len(sent) - before <= 7 + 1
    check_sentence(user["headline"]["text"], user["headline"]["parts"])
    assert re.search(
        r" decides on \$[0-9,]+ in .+, and | needs you first|First of all|Nothing needs you today",
        user["headline"]["text"],
    )


def _found(rule: str, uid: str, money: float, due: date | None, says: str) -> tuple[Mention, Found]:
    stake = figure([FigureEvidence("value", money, uid)], FigureUnit.MONEY, "USD")
    severity = Severity.OPENING if rule == "unsold" else Severity.ACT if due else Severity.WATCH
    finding = Finding(severity, draft(says), action=action("log", "Log a call", id=uid), money=stake, due=due)
    return Mention(uid.title(), uid), Found(rule, 1, Mention("Deal", f"deal of {uid}"), finding)


def test_a_portfolio_names_the_deal_and_counts_the_rest() -> None:
    view = Viewpoint(datetime(2026, 11, 25, tzinfo=UTC), hides=False)
    soon, past = date(2026, 12, 24), date(2026, 11, 1)
    found = [
        _found("stage_against_evidence", "alder", 48_100, soon, "nobody of us knows those who decide"),
        _found("outnumbered", "birch", 90_000, past, "two against us"),
        _found("silent", "alder", 0, None, "Ada has been silent"),
        _found("silent", "birch", 0, None, "Bo has been silent"),
        _found("losing_touch", "birch", 0, None, "health fell"),
        _found("losing_touch", "cedar", 0, None, "health fell"),
        _found("unsold", "cedar", 100.25, None, "two products"),
        _found("unsold", "birch", 7, None, "one product"),
    ]
    text = joined(list(portfolio(found, view))).text
    assert text == (
        "Alder decides on $48,100 in 29 days, and nobody of us knows those who decide. "
        "Elsewhere two accounts are losing touch, and $107 is unsold."
    )
    without = joined(list(portfolio(found[1:], view))).text
    assert without == (
        "Birch needs you first, for $90,000: two against us. In all two accounts are losing touch, and $107 is unsold."
    )
    assert joined(list(portfolio([], view))).text == "Nothing needs you today."
    quiet = [_found("overdue", "alder", 5_000, soon, "later")]
    quiet = [(account, replace(one, finding=replace(one.finding, severity=Severity.WATCH))) for account, one in quiet]
    assert joined(list(portfolio(quiet, view))).text == "Alder needs you first, for $5,000: later."
    quiet = [(account, replace(one, finding=replace(one.finding, action=None))) for account, one in quiet]
    assert joined(list(portfolio(quiet, view))).text == "Nothing needs you today. Next is Alder, $5,000, on 24 Dec."
