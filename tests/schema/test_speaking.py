"""When we last spoke with people and accounts, and how many we know, against brute force."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from graph.access import Principal
from graph.store import Store
from schema.execution import Executor
from tests.graph.ties.world import NOW
from tests.schema.small_groups import FixedClock, SmallGroup, small_group

QUERY = """query ($ids: [ID!]!, $people: [ID!]!, $at: DateTime) {
  accounts(where: { id: { in: $ids } }) { nodes { id lastSpokeAt(asOf: $at)
    rollup(asOf: $at) { accounts contacts known lastSpokeAt
      byChild { own account { id } contacts known lastSpokeAt } } } }
  contacts(where: { id: { in: $people } }) { nodes { id lastSpokeAt(asOf: $at) } } }"""


def figures(group: SmallGroup, accounts: set[str], at: datetime) -> dict[str, Any]:
    """The figures over a set of accounts, by looking at everything."""
    people, best = group.employed(accounts, at), group.best(at)
    known = [one for one in people if best.get(one, (0.0, ""))[0] >= 40]
    return {"contacts": len(people), "known": len(known), "lastSpokeAt": group.spoke(accounts, at)}


def read(found: dict[str, Any]) -> dict[str, Any]:
    """The same figures of an answer."""
    time = found["lastSpokeAt"]
    return {
        "contacts": found["contacts"],
        "known": found["known"],
        "lastSpokeAt": time and datetime.fromisoformat(time),
    }


@pytest.mark.parametrize("seeds", [range(100, 115), range(115, 130)], ids=str)
async def test_speaking_and_knowing_equal_brute_force_now_and_then(
    seeds: range, store: Store, executor: Executor, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.request.datetime", FixedClock)
    known = 0
    for seed in seeds:
        group = await small_group(store, seed)
        try:
            for at in (None, NOW - timedelta(days=70)):
                moment = at or NOW
                variables = {"ids": group.accounts, "people": group.world.contacts, "at": at and at.isoformat()}
                before = len(sent)
                body = (await executor.execute(QUERY, variables, None, principal=Principal())).body
                assert "errors" not in body, body
                assert len(sent) - before == 2
                for node in body["data"]["accounts"]["nodes"]:
                    members = group.members(node["id"], moment)
                    time = node["lastSpokeAt"]
                    assert (time and datetime.fromisoformat(time)) == group.spoke({node["id"]}, moment)
                    assert read(node["rollup"]) == figures(group, members, moment)
                    known += node["rollup"]["known"]
                    for share in node["rollup"]["byChild"]:
                        one = share["account"]["id"]
                        inside = {one} if share["own"] else group.members(one, moment)
                        assert read(share) == figures(group, inside, moment)
                for node in body["data"]["contacts"]["nodes"]:
                    time = node["lastSpokeAt"]
                    assert (time and datetime.fromisoformat(time)) == group.spoke({node["id"]}, moment)
        finally:
            await group.world.clear()
    assert known


@pytest.mark.usefixtures("world")
async def test_accounts_are_sorted_and_filtered_by_when_we_last_spoke(executor: Executor, sent: list[str]) -> None:
    query = """{ accounts(first: 20, orderBy: [{ rollup: { lastSpokeAt: DESC } }],
      where: { rollup: { known: { gte: 1 } } }) { nodes { rollup { known lastSpokeAt lastInteractionAt } } } }"""
    before = len(sent)
    body = (await executor.execute(query, None, None, principal=Principal())).body
    assert "errors" not in body, body
    rollups = [node["rollup"] for node in body["data"]["accounts"]["nodes"]]
    assert len(sent) - before == 1
    assert len(rollups) == 20
    assert all(one["known"] >= 1 for one in rollups)
    times = [datetime.fromisoformat(one["lastSpokeAt"]) for one in rollups]
    assert times == sorted(times, reverse=True)
    assert all(
        time <= datetime.fromisoformat(one["lastInteractionAt"]) for time, one in zip(times, rollups, strict=True)
    )
