"""The base currency and the rates that the amounts of a graph were converted with, and their conversion again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph import commands, engine, schema_version
from graph.bulk.create import create_edges, create_nodes, edge_row, node_row
from graph.errors import Conflict, Refused
from graph.migrations.execution import CURRENT
from graph.money import Rates
from graph.settings import Settings
from graph.store import Bound, Store
from graph.valuation import revaluation, stored
from graph.valuation.revaluation import revalue
from tests.conftest import wipe

USD = Rates("USD", {"EUR": Decimal("1.25"), "JPY": Decimal("0.0067")})
EUR = Rates("EUR", {"USD": Decimal("0.8"), "JPY": Decimal("0.0054")})


def money(name: str, units: int, currency: str, rates: Rates = USD) -> dict[str, Any]:
    return {name: units, f"{name}Currency": currency, f"{name}Base": rates.in_base(units, currency)}


@pytest.fixture
async def amounts(store: Store) -> AsyncIterator[Store]:
    """A graph with an amount in every currency, in a record, in a line, and in a deleted order with its line."""
    await wipe(store)
    await schema_version.write(store.writes, CURRENT)
    order = {"state": "ACTIVE", "orderNumber": "S-1", "name": "Order"}
    rows = [
        node_row("Account", {"uid": "a", "name": "A", **money("revenue", 125_00, "EUR"), **dated()}),
        node_row("Account", {"uid": "b", "name": "B", **money("revenue", 333_333, "JPY"), **dated()}),
        node_row("SalesOrder", {"uid": "o", **order, **money("totalAmount", 10_01, "USD"), **dated()}),
        node_row("Product", {"uid": "p", "name": "P", "productNumber": "P", **dated()}),
    ]
    await create_nodes(store.writes, rows)
    line = edge_row("HAS_LINE", "o", "p", money("extendedAmount", 3, "EUR"))
    await create_edges(store.writes, [line])
    text = (
        "MATCH (b:Account {uid: 'b'}) CREATE (d:Deleted:DeletedSalesOrder {uid: 'd'})"
        "-[:HAD_RELATIONSHIP {type: 'HAS_LINE'}]->(r:DeletedRelationship) SET d += $order, r += $line RETURN 0"
    )
    deleted = {"order": money("totalAmount", 8_00, "EUR"), "line": money("extendedAmount", 7_00, "EUR")}
    await store.writes.change(Bound("test.deleted", text, deleted))
    yield store
    await wipe(store)


def dated() -> dict[str, Any]:
    return {"createdAt": datetime(2026, 1, 1, tzinfo=UTC), "modifiedAt": datetime(2026, 1, 1, tzinfo=UTC)}


async def bases(store: Store) -> list[int]:
    text = (
        "CALL () { MATCH (n) RETURN coalesce(n.revenueBase, n.totalAmountBase, n.extendedAmountBase) AS base "
        "UNION ALL MATCH ()-[r:HAS_LINE]->() RETURN r.extendedAmountBase AS base } "
        "WITH base WHERE base IS NOT NULL ORDER BY base RETURN collect(base)"
    )
    found: list[int] = await store.reads.ask(Bound("test.bases", text, {}))
    return found


def expected(rates: Rates) -> list[int]:
    pairs = [(125_00, "EUR"), (333_333, "JPY"), (10_01, "USD"), (3, "EUR"), (8_00, "EUR"), (7_00, "EUR")]
    return sorted(rates.in_base(units, currency) for units, currency in pairs)


async def test_a_graph_keeps_the_valuation_of_its_first_start_and_refuses_another(amounts: Store) -> None:
    await stored.require(amounts, USD)
    assert await stored.read(amounts.reads) == stored.Stored(USD, None)
    await stored.require(amounts, USD)
    with pytest.raises(Refused, match=r"converted to USD, but KITH_CURRENCY is EUR\.") as refused:
        await stored.require(amounts, EUR)
    assert "python -m graph revalue" in refused.value.remedy
    assert await bases(amounts) == expected(USD)


async def test_a_changed_rate_is_refused_and_a_rate_of_a_currency_without_amounts_is_not(amounts: Store) -> None:
    await stored.require(amounts, USD)
    changed = Rates("USD", {**USD.rates, "EUR": Decimal("1.3")})
    with pytest.raises(Refused, match=r"EUR 1\.25 instead of 1\.3\.") as refused:
        await stored.require(amounts, changed)
    assert "KITH_RATES=EUR=1.25,JPY=0.0067" in refused.value.remedy
    with pytest.raises(Refused, match=r"EUR 1\.25 instead of without a rate"):
        await stored.require(amounts, Rates("USD", {"JPY": USD.rates["JPY"]}))
    more = Rates("USD", {**USD.rates, "SEK": Decimal("0.1")})
    await stored.require(amounts, more)
    assert await stored.read(amounts.reads) == stored.Stored(more, None)


async def test_a_graph_of_an_older_version_is_compared_by_its_amounts(amounts: Store) -> None:
    with pytest.raises(Refused, match=r"The amounts in EUR, JPY and USD were not converted to EUR"):
        await stored.require(amounts, EUR)
    assert await stored.read(amounts.reads) is None
    await stored.require(amounts, USD)


async def test_an_empty_graph_takes_any_valuation(store: Store) -> None:
    await wipe(store)
    await stored.require(store, USD)
    await stored.require(store, EUR)
    assert await stored.read(store.reads) == stored.Stored(EUR, None)


async def test_revaluation_converts_every_amount_exactly(amounts: Store) -> None:
    await stored.require(amounts, USD)
    seen: list[tuple[int, int]] = []
    assert await revalue(amounts, EUR, lambda done, total: seen.append((done, total))) == 6
    assert await bases(amounts) == expected(EUR)
    assert seen[-1] == (5, 5)
    await stored.require(amounts, EUR)
    with pytest.raises(Refused):
        await stored.require(amounts, USD)


async def test_an_interrupted_revaluation_stops_every_start_and_continues(
    amounts: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revaluation, "_ROWS", 1)
    await stored.require(amounts, USD)

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await revalue(amounts, EUR, stop)
    for rates in (USD, EUR):
        with pytest.raises(Refused, match="was interrupted") as refused:
            await stored.require(amounts, rates)
        assert refused.value.remedy == "Run `python -m graph revalue` to finish it."
    seen: list[int] = []
    await revalue(amounts, EUR, lambda done, _: seen.append(done))
    assert len(seen) == 3
    assert await bases(amounts) == expected(EUR)
    await stored.require(amounts, EUR)


async def test_a_currency_without_a_rate_is_named_before_anything_changes(amounts: Store) -> None:
    await stored.require(amounts, USD)
    with pytest.raises(Refused, match="KITH_RATES has no rate of JPY, USD to EUR") as refused:
        await revalue(amounts, Rates("EUR", {}), lambda *_: None)
    assert refused.value.remedy == "Add JPY=RATE, USD=RATE to KITH_RATES."
    assert await bases(amounts) == expected(USD)
    await stored.require(amounts, USD)


async def test_the_command_is_refused_while_another_process_uses_the_server(
    settings: Settings, server: engine.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: 1)
    with pytest.raises(Conflict, match="could write amounts of another base currency"):
        await commands.revalue(settings)


async def test_the_command_converts_and_says_how_many(
    amounts: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    euros = settings.model_copy(update={"currency": "EUR", "rates": EUR.rates})
    assert await commands.revalue(euros) == 0
    assert "6 amounts have been converted to EUR." in capsys.readouterr().out
    assert await bases(amounts) == expected(EUR)


async def test_a_start_with_another_base_currency_is_refused_until_the_command_has_run(
    amounts: Store, server: engine.Server, project: Path, tmp_path: Path
) -> None:
    await stored.require(amounts, USD)
    environment = {
        **os.environ, "KITH_CURRENCY": "EUR", "KITH_RATES": "USD=0.8,JPY=0.0054", "KITH_WORLD": "none",
        "KITH_PORT": "0", "KITH_DATA": str(tmp_path / "none"), "NEO4J_URI": server.uri, "NEO4J_USER": server.user,
        "NEO4J_PASSWORD": server.password, "NEO4J_DATABASE": server.database,
    }  # fmt: skip

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *words]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    refused = await asyncio.to_thread(run, "api")
    assert refused.returncode == 2
    assert "The amounts in this graph were converted to USD, but KITH_CURRENCY is EUR." in refused.stderr
    assert "run `python -m graph revalue`" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert await bases(amounts) == expected(USD)
    converted = await asyncio.to_thread(run, "graph", "revalue")
    assert (converted.returncode, converted.stdout) == (0, "6 amounts have been converted to EUR.\n")
    await stored.require(amounts, EUR)
