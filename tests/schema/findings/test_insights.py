"""Insights of all rules: one read however many parents, sorted, with figures that equal their evidence."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from graph.access import Principal
from graph.store import Bound, Store
from schema.execution import Executor, Options
from schema.findings.finding import LONGEST, Finding, Found, Severity, Viewpoint, action, draft
from schema.findings.registry import RULES, judged_labels
from schema.sentences.sentence import Mention, count
from seed.world.generate import you
from tests.schema.findings.asking import ABSOLUTE, INSIGHT, QUALIFIED, check, sentences
from tests.schema.test_access import ACCESS, HIDDEN

OF_ALL = f"query ($first: Int!) {{ accounts(first: $first) {{ nodes {{ id name insights(first: 100) {INSIGHT} }} }} }}"
MINE = f"{{ me {{ user {{ id accounts(first: 200) {{ nodes {{ id }} }} insights(first: 100) {INSIGHT} }} }} }}"
SEVERITIES = [one.name for one in Severity]


def key(insight: dict[str, Any]) -> tuple[int, float, str]:
    """The order of insights."""
    money = insight["money"]
    return SEVERITIES.index(insight["severity"]), 0.0 if money is None else -money["value"], insight["date"] or "9999"


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("first", [1, 200])
async def test_insights_of_a_page_are_read_at_once(first: int, executor: Executor, sent: list[str]) -> None:
    brief = "query ($first: Int!) { accounts(first: $first) { nodes { insights(first: 100) { rule says } } } }"
    before = len(sent)
    answer = await executor.execute(brief, {"first": first}, None, principal=Principal(you()))
    assert "errors" not in answer.body, answer.body["errors"]
    # The ids, the fields of the rules on three types, the orders behind cross-selling, and the users of ties on two.
    assert len(sent) - before <= 7


@pytest.mark.usefixtures("world")
async def test_every_insight_of_the_world_has_its_evidence(executor: Executor) -> None:
    answer = await executor.execute(OF_ALL, {"first": 300}, None, principal=Principal(you()))
    assert "errors" not in answer.body, answer.body["errors"]
    rules = set()
    for account in answer.body["data"]["accounts"]["nodes"]:
        found = account["insights"]
        assert found == sorted(found, key=key)
        for one in found:
            check(one)
            rules.add(one["rule"])
    assert len(rules) >= len(RULES) - 2, set(RULES) - rules


@pytest.mark.usefixtures("world")
async def test_a_portfolio_has_the_most_important_one_of_each_account(executor: Executor) -> None:
    answer = await executor.execute(MINE, None, None, principal=Principal(you()))
    assert "errors" not in answer.body, answer.body["errors"]
    user = answer.body["data"]["me"]["user"]
    mine = {account["id"] for account in user["accounts"]["nodes"]}
    owners = [next(part["record"] for part in one["parts"] if part["record"])["id"] for one in user["insights"]]
    assert len(owners) == len(set(owners)) > 3
    assert set(owners) <= mine
    assert user["insights"] == sorted(user["insights"], key=key)
    for one in user["insights"]:
        check(one)


@pytest.mark.usefixtures("world")
async def test_the_root_field_is_the_field_of_the_record(executor: Executor) -> None:
    brief = "{ rule says severity subject { id } because { text } date action { verb args { name value } } }"
    page = f"{{ accounts(first: 20) {{ nodes {{ id insights(first: 100) {brief} }} }} }}"
    accounts = (await executor.execute(page, None, None, principal=Principal(you()))).body["data"]["accounts"]["nodes"]
    account = max(accounts, key=lambda one: len(one["insights"]))
    assert len(account["insights"]) > 2
    about = f"query ($about: ID!, $first: Int!) {{ i: insights(about: $about, first: $first) {brief} }}"
    for first in (100, 2):
        variables = {"about": account["id"], "first": first}
        for ordinary in (False, True):
            found = await executor.execute(about, variables, None, principal=Principal(you()), ordinary=ordinary)
            assert orjson.dumps(found.body["data"]["i"]) == orjson.dumps(account["insights"][:first])


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("ordinary", [False, True])
async def test_a_record_without_rules_has_none_and_an_unknown_one_is_not_found(
    executor: Executor, ordinary: bool
) -> None:
    query = "query ($about: ID!) { insights(about: $about) { rule } }"
    products = await executor.execute("{ products(first: 1) { nodes { id } } }", None, None, principal=Principal())
    about = products.body["data"]["products"]["nodes"][0]["id"]
    found = await executor.execute(query, {"about": about}, None, principal=Principal(), ordinary=ordinary)
    assert found.body == {"data": {"insights": []}}
    found = await executor.execute(query, {"about": "nobody"}, None, principal=Principal(), ordinary=ordinary)
    assert found.body["data"] == {"insights": None}
    assert found.body["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.usefixtures("world")
async def test_insights_neither_name_hidden_records_nor_say_never_where_records_are_hidden(store: Store) -> None:
    narrow = Executor(store.reads, store.writes, Options(), policy=lambda _: ACCESS)
    these = Bound("hidden", "MATCH (n:Account {country: $country}) RETURN collect(n.uid)", {"country": HIDDEN})
    hidden = set(await store.reads.ask(these))
    answer = await narrow.execute(OF_ALL, {"first": 300}, None, principal=Principal(you()))
    assert "errors" not in answer.body, answer.body["errors"]
    accounts = answer.body["data"]["accounts"]["nodes"]
    assert hidden
    assert not hidden & set(re.findall(r"[a-z0-9]{24}", orjson.dumps(accounts).decode()))
    for one in (insight for account in accounts for insight in account["insights"]):
        check(one)
        for text, _ in sentences(one):
            assert not ABSOLUTE.search(text) or QUALIFIED in text, text


def test_a_finding_without_an_action_is_a_note() -> None:
    act = Finding(Severity.ACT, draft("look"))
    subject = Mention("Ada", "c1")
    assert Found("rule", 1, subject, act).insight().severity is Severity.NOTE
    able = Finding(Severity.WATCH, draft("look"), action=action("log", "Log a call", id="c1"))
    assert Found("rule", 1, subject, able).order < Found("rule", 1, subject, act).order


@pytest.mark.parametrize("hides", [False, True])
def test_long_names_are_shortened_and_the_owner_is_left_out_last(hides: bool) -> None:
    view = Viewpoint(datetime(2026, 11, 25, tzinfo=UTC), hides)
    long = "Yaranilex Cartons and Labels of Karlstad and Borås, northern division"
    people = count(Mention(f"{long} {at}", f"c{at}") for at in range(3))
    says = view.claim("nobody of us knows the {people} who decide here")
    finding = Finding(Severity.ACT, draft(f"{says} on {{date}}", says, people=people, date="16 Feb 2027"))
    told = Found("rule", 1, Mention(long, "o1"), finding, Mention(long, "a1")).insight().says
    assert len(told) <= LONGEST
    assert told.startswith("As far as you may see" if hides else "Yaranilex")
    assert told.endswith("nobody of us knows the three who decide here")


def test_the_documentation_lists_every_rule(project: Path) -> None:
    page = (project / "docs" / "algorithms.md").read_text(encoding="utf-8")
    listed = [
        line for line in page.splitlines() if line.startswith("| `") and line.split("|")[2].strip() in judged_labels()
    ]
    assert listed == [
        f"| `{one.name}` | {one.on} | {one.description} |"
        for one in sorted(RULES.values(), key=lambda one: (one.on, one.name))
    ]
