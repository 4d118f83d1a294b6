"""The group rollup against published figures and against Cypher."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graph.store import Bound, Store
from reports.execution import moment_of
from reports.kinds import minor_units
from reports.pages import verdict
from tests.reports.conftest import GROUP, MOMENT, Ask, Run, only

BY_CYPHER = (
    f"{GROUP}\n"
    "WITH DISTINCT d\n"
    "OPTIONAL MATCH (d)<-[:FOR_ACCOUNT]-(o:Opportunity)\n"
    "RETURN count(DISTINCT d) AS accounts, sum(CASE WHEN o.state = 'WON' THEN o.actualValueBase END) AS won,\n"
    "sum(CASE WHEN o.state = 'OPEN' THEN o.estimatedValueBase END) AS open"
)


@only("maven_crm")
async def test_the_largest_group_of_maven_has_the_published_revenue(
    source: str, ask: Ask, run: Run, store: Store, expected: Callable[[str], Any]
) -> None:
    answer = expected("maven_crm")
    name, won = answer["top_group_rolled_up"]
    query = "query ($name: String!) { accounts(first: 1, where: { name: { eq: $name } }) { nodes { id } } }"
    about = (await ask(query, {"name": name}))["accounts"]["nodes"][0]["id"]
    result = await run("group-rollup", about, moment=moment_of(None))
    parts, below = result.tables["parts"], result.tables["accounts"]
    assert minor_units(parts.totals["won"]) == won * 100
    assert sum(minor_units(row["won"]) for row in parts.rows) == won * 100
    assert len(below.rows) == 1 + answer["parents"][name]
    assert sum(minor_units(row["ownWon"]) for row in below.rows) == won * 100
    assert f"{name} is five accounts on two levels, with $519,349 won" in " ".join(verdict(result).split())
    direct = (await store.reads.records(Bound("test.rollup", BY_CYPHER, {"id": about, "at": moment_of(None)})))[0]
    assert direct["won"] == won * 100
    assert direct["open"] == minor_units(parts.totals["open"])
    assert direct["accounts"] == parts.totals["accounts"]


@only("northwind")
async def test_the_largest_customers_of_northwind_have_the_published_orders(
    source: str, ask: Ask, run: Run, expected: Callable[[str], Any]
) -> None:
    query = "query ($key: String!) { accounts(first: 1, where: { sourceKey: { eq: $key } }) { nodes { id } } }"
    for key, ordered in expected("northwind")["top_customers_rounded"]:
        about = (await ask(query, {"key": key}))["accounts"]["nodes"][0]["id"]
        result = await run("group-rollup", about, moment=moment_of(None))
        assert result.data["account"]["rollup"]["ordered"] == {"amount": ordered, "currency": "USD"}
        assert len(result.tables["accounts"].rows) == 1


async def test_the_figures_of_the_demo_world_equal_those_of_cypher(largest: str, run: Run, store: Store) -> None:
    result = await run("group-rollup", largest)
    parts = result.tables["parts"]
    direct = (await store.reads.records(Bound("test.rollup", BY_CYPHER, {"id": largest, "at": MOMENT})))[0]
    assert direct["accounts"] == parts.totals["accounts"] == len(result.tables["accounts"].rows)
    assert direct["won"] == minor_units(parts.totals["won"]) == sum(minor_units(row["won"]) for row in parts.rows)
    assert direct["open"] == minor_units(parts.totals["open"])
    assert not parts.repeated
