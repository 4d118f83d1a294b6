"""The account brief against published figures and against Cypher."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graph.access import Principal
from graph.store import Bound, Store
from reports.catalog import find
from reports.execution import ReportRequest, moment_of
from reports.execution import run as run_report
from reports.kinds import minor_units
from reports.pages import verdict
from schema.execution import Executor
from seed.world.generate import you
from tests.reports.conftest import GROUP, MOMENT, Ask, Run, only

DEALS = (
    f"{GROUP}\n"
    "WITH DISTINCT d MATCH (d)<-[:FOR_ACCOUNT]-(o:Opportunity {state: 'OPEN'})\n"
    "RETURN count(DISTINCT o) AS deals, sum(o.estimatedValueBase) AS value"
)
BY_NAME = "query ($name: String!) { accounts(first: 1, where: { name: { eq: $name } }) { nodes { id } } }"
MOST_STATEMENTS = 17


async def test_the_open_deals_of_the_demo_world_equal_those_of_cypher(largest: str, run: Run, store: Store) -> None:
    result = await run("account-brief", largest)
    deals = result.tables["deals"]
    direct = (await store.reads.records(Bound("test.deals", DEALS, {"id": largest, "at": MOMENT})))[0]
    assert len(deals.rows) == direct["deals"]
    assert sum(minor_units(row["value"]) for row in deals.rows) == direct["value"] == minor_units(deals.totals["value"])


async def test_people_are_sorted_by_tie_and_key_people_explain_the_health(largest: str, run: Run) -> None:
    result = await run("account-brief", largest)
    ties = [row["tie"] or 0 for row in result.tables["people"].rows]
    assert ties == sorted(ties, reverse=True)
    health = result.data["relations"]["health"]
    if health["score"] is not None:
        assert abs(result.values["weighted"] / result.values["weight"] - health["score"]) < 0.01


async def test_a_report_may_take_longer_than_a_page(largest: str, executor: Executor) -> None:
    impatient = executor.limited(0.001)
    asked = ReportRequest(Principal(you()), (largest,), MOMENT)
    assert (await run_report(find("account-brief"), impatient, asked)).tables["deals"].rows
    assert impatient.reads.seconds == 0.001


async def test_the_number_of_statements_does_not_depend_on_the_account(
    largest: str, run: Run, ask: Ask, sent: list[str]
) -> None:
    smallest = "{ accounts(first: 1, orderBy: [{ rollup: { accounts: ASC } }]) { nodes { id } } }"
    counted = []
    for about in (largest, (await ask(smallest))["accounts"]["nodes"][0]["id"]):
        before = len(sent)
        await run("account-brief", about)
        counted.append(len(sent) - before)
    assert max(counted) <= MOST_STATEMENTS


@only("northwind")
async def test_the_largest_customer_of_northwind_has_the_published_orders(
    source: str, ask: Ask, run: Run, expected: Callable[[str], Any]
) -> None:
    query = "query ($key: String!) { accounts(first: 1, where: { sourceKey: { eq: $key } }) { nodes { id } } }"
    key, ordered = expected("northwind")["top_customers_rounded"][0]
    about = (await ask(query, {"key": key}))["accounts"]["nodes"][0]["id"]
    result = await run("account-brief", about, moment=moment_of(None))
    assert result.data["account"]["rollup"]["ordered"] == {"amount": ordered, "currency": "USD"}
    assert "has ordered $110,277 from us, and no deal is open." in " ".join(verdict(result).split())


@only("maven_crm")
async def test_the_largest_account_of_maven_has_the_published_revenue(
    source: str, ask: Ask, run: Run, expected: Callable[[str], Any]
) -> None:
    name, won = expected("maven_crm")["top_account_direct"]
    about = (await ask(BY_NAME, {"name": name}))["accounts"]["nodes"][0]["id"]
    parts = (await run("account-brief", about, moment=moment_of(None))).tables["parts"]
    own = next(row for row in parts.rows if row["account"] == f"{name}, itself")
    assert minor_units(own["won"]) == won * 100


@only("krackhardt_lazega")
async def test_the_company_of_krackhardt_has_the_published_people(
    source: str, ask: Ask, run: Run, expected: Callable[[str], Any]
) -> None:
    published = expected("krackhardt")["published"]["managers"]
    query = "{ accounts(first: 10) { nodes { id contacts { totalCount } } } }"
    accounts = (await ask(query))["accounts"]["nodes"]
    about = next(one["id"] for one in accounts if one["contacts"]["totalCount"] == published)
    for name in ("account-brief", "who-knows-whom"):
        people = (await run(name, about, moment=moment_of(None))).tables["people"]
        assert len(people.rows) == published
        assert all(row["tie"] is None for row in people.rows)
