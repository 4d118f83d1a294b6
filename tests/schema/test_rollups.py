"""Rollups against brute force: forests, circles, depth, moments, and what must always hold."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import networkx as nx
import pytest

from graph.access import Principal
from graph.store import Bound, Store
from schema.execution import Executor
from tests.schema.conftest import Ask

NOW = datetime.now(UTC)
QUERY = """query ($at: DateTime) { accounts(first: 100, where: { source: { eq: "rollups" } }) { nodes { id
  rollup(asOf: $at) { accounts depth contacts openOpportunities openPipeline { amount } weightedPipeline { amount }
  wonOpportunities won { amount } winRate ordered { amount } interactions lastInteractionAt
  byChild { own accounts won { amount } openPipeline { amount } account { id } } }
  ultimateParent(asOf: $at) { id } descendants(first: 1000, asOf: $at) { edges { depth node { id } } } } } }"""

ROWS = """UNWIND $accounts AS uid CREATE (:Account:Party:Record {uid: uid, name: uid, nameSortKey: uid,
  relationship: 'CUSTOMER', source: 'rollups', createdAt: $now, modifiedAt: $now})
WITH count(*) AS made
CALL () { UNWIND $lines AS line MATCH (c:Account {uid: line[0]}), (p:Account {uid: line[1]})
  CREATE (c)-[:CHILD_OF {hierarchy: 'CRM', validFrom: line[2], validTo: line[3]}]->(p) }
CALL () { UNWIND $deals AS deal MATCH (a:Account {uid: deal.account})
  CREATE (o:Opportunity:Record {uid: deal.uid, name: deal.uid, source: 'rollups', createdAt: $now, modifiedAt: $now})
  SET o += deal.values CREATE (o)-[:FOR_ACCOUNT]->(a) }
CALL () { UNWIND $orders AS line MATCH (a:Account {uid: line.account}) MERGE (p:Product:Record {uid: 'rollup-product'})
  CREATE (o:SalesOrder:Record {uid: line.uid, source: 'rollups', state: line.state, createdAt: $now, modifiedAt: $now})
  CREATE (o)-[:FOR_ACCOUNT]->(a) CREATE (o)-[:HAS_LINE {extendedAmountBase: line.amount}]->(p) }
CALL () { UNWIND $jobs AS job MATCH (a:Account {uid: job.account})
  MERGE (c:Contact:Party:Record {uid: job.contact}) ON CREATE SET c.source = 'rollups', c.name = job.contact
  CREATE (c)-[:WORKS_AT]->(a) }
CALL () { UNWIND $talks AS talk MATCH (c:Contact {uid: talk.contact})
  CREATE (x:Email:Activity:Record {uid: talk.uid, source: 'rollups', status: 'COMPLETED', startedAt: talk.at,
  createdAt: $now, modifiedAt: $now}) CREATE (c)-[:PARTICIPATED_IN {role: 'TO'}]->(x) }
RETURN made"""


def graph_of(seed: int, size: int, *, circles: bool) -> dict[str, Any]:
    """A random forest (or worse) with everything a rollup counts."""
    rng = random.Random(seed)
    accounts = [f"rollup-{seed}-{at}" for at in range(size)]
    lines = []
    for at in range(1, size):
        if rng.random() < 0.8:
            until = rng.choice([None, None, NOW - timedelta(days=30)])
            lines.append([accounts[at], accounts[rng.randrange(at)], NOW - timedelta(days=90), until])
    if circles and size > 3:
        lines.append([accounts[0], accounts[size - 1], None, None])
    deals = []
    for at in range(size * 2):
        value = rng.randrange(1, 10_000)
        state = rng.choice(["OPEN", "WON", "LOST"])
        values = {"state": state, "estimatedValueBase": value, "closeProbability": rng.choice([None, 25, 50, 75])}
        if state == "WON":
            values["actualValueBase"] = value
        deals.append({"uid": f"deal-{seed}-{at}", "account": rng.choice(accounts), "values": values})
    orders = [
        {"uid": f"order-{seed}-{at}", "account": rng.choice(accounts), "amount": rng.randrange(10_000),
         "state": rng.choice(["FULFILLED", "CANCELED", "SUBMITTED"])}
        for at in range(size)
    ]  # fmt: skip
    people = [f"person-{seed}-{at}" for at in range(size)]
    jobs = [{"contact": one, "account": rng.choice(accounts)} for one in people for _ in range(rng.choice([1, 1, 2]))]
    talks = [
        {"uid": f"talk-{seed}-{at}", "contact": rng.choice(people), "at": NOW - timedelta(days=rng.randrange(1, 200))}
        for at in range(size)
    ]
    return {"accounts": accounts, "lines": lines, "deals": deals, "orders": orders, "jobs": jobs, "talks": talks}


def half_even(value: int, percent: int) -> int:
    """A percentage rounded half even, in whole numbers."""
    whole, rest = divmod(value * percent, 100)
    return whole + (rest > 50 or (rest == 50 and whole % 2 == 1))


def brute(world: dict[str, Any], at: datetime) -> dict[str, dict[str, Any]]:
    """Every rollup by looking at everything for every account."""
    below: nx.DiGraph[str] = nx.DiGraph()
    below.add_nodes_from(world["accounts"])
    for child, parent, since, until in world["lines"]:
        if (since is None or since <= at) and (until is None or at < until):
            below.add_edge(parent, child)
    found = {}
    for account in world["accounts"]:
        members = {account} | nx.descendants(below, account)
        found[account] = figures(world, members, at)
        shares = [(True, account, {account})]
        shares += [(False, child, {child} | nx.descendants(below, child)) for child in below.successors(account)]
        found[account]["byChild"] = [
            {
                "own": own,
                "account": {"id": one},
                **{key: figures(world, inside, at)[key] for key in ("accounts", "won", "openPipeline")},
            }
            for own, one, inside in shares
        ]
        lengths = nx.single_source_shortest_path_length(below, account)
        if nx.is_forest(below) if len(below) else True:
            found[account]["depth"] = max(lengths.values())
    return found


def figures(world: dict[str, Any], members: set[str], at: datetime) -> dict[str, Any]:
    """The figures over a set of accounts."""
    deals = [deal["values"] for deal in world["deals"] if deal["account"] in members]
    opened = [deal for deal in deals if deal["state"] == "OPEN"]
    won = [deal for deal in deals if deal["state"] == "WON"]
    lost = [deal for deal in deals if deal["state"] == "LOST"]
    weighted = sum(half_even(deal["estimatedValueBase"], deal["closeProbability"] or 0) for deal in opened)
    ordered = sum(one["amount"] for one in world["orders"] if one["account"] in members and one["state"] != "CANCELED")
    people = {job["contact"] for job in world["jobs"] if job["account"] in members}
    talks = [talk["at"] for talk in world["talks"] if talk["contact"] in people and talk["at"] <= at]
    return {
        "accounts": len(members),
        "contacts": len(people),
        "openOpportunities": len(opened),
        "openPipeline": {"amount": sum(deal["estimatedValueBase"] for deal in opened) / 100},
        "weightedPipeline": {"amount": weighted / 100},
        "wonOpportunities": len(won),
        "won": {"amount": sum(deal["actualValueBase"] for deal in won) / 100},
        "winRate": len(won) / (len(won) + len(lost)) if won or lost else None,
        "ordered": {"amount": ordered / 100},
        "interactions": len(talks),
    }


async def clean(store: Store) -> None:
    """Takes away what these tests made."""
    text = "MATCH (n:Record) WHERE n.source = 'rollups' OR n.uid = 'rollup-product' DETACH DELETE n RETURN count(*)"
    await store.writes.change(Bound("clean", text, {}))


async def asked(executor: Executor, at: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Every account's answer by id."""
    variables = {"at": at.isoformat()} if at else {}
    answer = await executor.execute(QUERY, variables, None, principal=Principal())
    assert "errors" not in answer.body, answer.body
    return {node["id"]: node for node in answer.body["data"]["accounts"]["nodes"]}


@pytest.mark.parametrize("seed", range(12))
async def test_rollups_equal_brute_force_now_and_then(seed: int, store: Store, executor: Executor) -> None:
    await clean(store)
    world = graph_of(seed, random.Random(seed).choice([1, 2, 5, 12, 25]), circles=False)
    await store.writes.change(Bound("rows", ROWS, {**world, "now": NOW}))
    for at in (None, NOW - timedelta(days=60)):
        answers, wanted = await asked(executor, at), brute(world, at or NOW)
        for account, node in answers.items():
            rollup = {key: value for key, value in node["rollup"].items() if key in wanted[account]}
            assert rollup.pop("byChild") == sorted(
                wanted[account].pop("byChild"), key=lambda share: (not share["own"], share["account"]["id"])
            )
            assert rollup == wanted[account]
    await clean(store)


async def test_the_shares_of_every_account_add_up_to_its_whole(store: Store, executor: Executor) -> None:
    await clean(store)
    world = graph_of(99, 40, circles=False)
    await store.writes.change(Bound("rows", ROWS, {**world, "now": NOW}))
    for node in (await asked(executor)).values():
        rollup = node["rollup"]
        for name in ("won", "openPipeline"):
            parts = sum(round(share[name]["amount"] * 100) for share in rollup["byChild"])
            assert parts == round(rollup[name]["amount"] * 100)
        assert sum(share["accounts"] for share in rollup["byChild"]) == rollup["accounts"]
    await clean(store)


async def test_a_circle_ends_and_counts_everybody_once(store: Store, executor: Executor) -> None:
    await clean(store)
    world = graph_of(7, 8, circles=True)
    await store.writes.change(Bound("rows", ROWS, {**world, "now": NOW}))
    answers, wanted = await asked(executor), brute(world, NOW)
    for account, node in answers.items():
        assert node["rollup"]["accounts"] == wanted[account]["accounts"]
        assert node["rollup"]["won"] == wanted[account]["won"]
        assert node["ultimateParent"]["id"] in answers
    await clean(store)


async def test_a_thousand_levels_are_one_statement(store: Store, executor: Executor) -> None:
    await clean(store)
    accounts = [f"deep-{at:04}" for at in range(1001)]
    lines = [[accounts[at + 1], accounts[at], None, None] for at in range(1000)]
    world = {"accounts": accounts, "lines": lines, "deals": [], "orders": [], "jobs": [], "talks": []}
    await store.writes.change(Bound("rows", ROWS, {**world, "now": NOW}))
    query = """{ top: account(id: "deep-0000") { rollup { accounts depth } ultimateParent { id } }
      bottom: account(id: "deep-1000") { ultimateParent { id } rollup { accounts depth } } }"""
    answer = await asyncio.wait_for(executor.execute(query, None, None, principal=Principal()), 30)
    assert answer.body["data"] == {
        "top": {"rollup": {"accounts": 1001, "depth": 1000}, "ultimateParent": {"id": "deep-0000"}},
        "bottom": {"ultimateParent": {"id": "deep-0000"}, "rollup": {"accounts": 1, "depth": 0}},
    }
    await clean(store)


async def test_a_rollup_is_live_within_the_transaction_that_writes(store: Store, executor: Executor) -> None:
    await clean(store)
    world = graph_of(5, 6, circles=False)
    await store.writes.change(Bound("rows", ROWS, {**world, "now": NOW}))
    before = (await asked(executor))[world["accounts"][0]]["rollup"]["wonOpportunities"]
    deal = 'mutation ($of: ID!) { createOpportunity(input: { name: "live", account: $of }) { opportunity { id } } }'
    made = (await executor.execute(deal, {"of": world["accounts"][0]}, None, principal=Principal())).body["data"]
    win = """mutation ($id: ID!) { winOpportunity(input: { opportunity: $id, actualValue: { amount: 12.5 } }) {
      opportunity { state account { rollup { wonOpportunities } } } } }"""
    won = (
        await executor.execute(win, {"id": made["createOpportunity"]["opportunity"]["id"]}, None, principal=Principal())
    ).body["data"]
    assert won["winOpportunity"]["opportunity"]["account"]["rollup"]["wonOpportunities"] == before + 1
    gone = "MATCH (n:Opportunity {name: 'live'}) DETACH DELETE n RETURN count(*)"
    await store.writes.change(Bound("gone", gone, {}))
    await clean(store)


@pytest.mark.usefixtures("world")
async def test_a_filter_on_a_computed_field_agrees_with_its_value(ask: Ask) -> None:
    everything = (
        "{ accounts(first: 500, orderBy: [{ name: ASC }]) { nodes { id rollup { won { amount } winRate depth } } } }"
    )
    nodes = (await ask(everything))["accounts"]["nodes"]
    query = (
        """query ($w: AccountWhere) { accounts(first: 500, where: $w, orderBy: [{ name: ASC }]) { nodes { id } } }"""
    )
    middle = sorted(one["rollup"]["won"]["amount"] for one in nodes)[len(nodes) * 3 // 4]

    async def found(rollup: dict[str, Any]) -> list[str]:
        return [one["id"] for one in (await ask(query, {"w": {"rollup": rollup}}))["accounts"]["nodes"]]

    def wanted(holds: Callable[[dict[str, Any]], bool]) -> list[str]:
        return [one["id"] for one in nodes if holds(one["rollup"])]

    assert await found({"won": {"gte": middle}}) == wanted(lambda rollup: rollup["won"]["amount"] >= middle)
    assert await found({"winRate": {"isNull": True}}) == wanted(lambda rollup: rollup["winRate"] is None)
    assert await found({"winRate": {"gt": 0.5}, "depth": {"eq": 0}}) == wanted(
        lambda rollup: (rollup["winRate"] or 0) > 0.5 and rollup["depth"] == 0
    )
    assert 0 < len(wanted(lambda rollup: rollup["won"]["amount"] >= middle)) < len(nodes)
