"""White space and cross-sell against published figures and against Cypher."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graph.store import Bound, Store
from reports.execution import moment_of
from reports.kinds import minor_units
from tests.reports.conftest import GROUP, MOMENT, Ask, Run, only

BOUGHT = (
    f"{GROUP}\n"
    "WITH DISTINCT d MATCH (d)<-[:FOR_ACCOUNT]-(o:SalesOrder) WHERE o.state <> 'CANCELED'\n"
    "WITH DISTINCT o MATCH (o)-[line:HAS_LINE]->(:Product) RETURN sum(line.extendedAmountBase) AS bought"
)


async def test_accounts_and_cells_add_up_to_the_lines_of_the_orders(largest: str, run: Run, store: Store) -> None:
    result = await run("white-space", largest)
    direct = (await store.reads.records(Bound("test.bought", BOUGHT, {"id": largest, "at": MOMENT})))[0]["bought"]
    for table in ("accounts", "cells"):
        assert sum(minor_units(row["bought"]) for row in result.tables[table].rows) == direct
    assert minor_units(result.tables["accounts"].totals["bought"]) == direct


async def test_every_product_to_propose_has_a_reason_and_an_expected_value(largest: str, run: Run) -> None:
    moves = (await run("white-space", largest)).tables["moves"]
    assert moves.rows
    for row in moves.rows:
        assert row["expected"]["amount"] > 0
        assert row["because"].split()[0].isdigit()
        assert row["lift"] >= 1.5


@only("northwind")
async def test_the_largest_customer_of_northwind_bought_what_is_published(
    source: str, ask: Ask, run: Run, expected: Callable[[str], Any]
) -> None:
    query = "query ($key: String!) { accounts(first: 1, where: { sourceKey: { eq: $key } }) { nodes { id } } }"
    key, ordered = expected("northwind")["top_customers_rounded"][0]
    about = (await ask(query, {"key": key}))["accounts"]["nodes"][0]["id"]
    result = await run("white-space", about, moment=moment_of(None))
    assert result.tables["accounts"].totals["bought"] == {"amount": ordered, "currency": "USD"}
