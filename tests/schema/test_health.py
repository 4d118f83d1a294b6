"""The health of accounts and groups against brute force, and its evidence on the demo world."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from algorithms.health import week_starts
from graph.access import Principal
from graph.store import Store
from schema.execution import Executor
from tests.graph.ties.world import NOW
from tests.schema.conftest import Ask
from tests.schema.small_groups import FixedClock, SmallGroup, small_group

HEALTH = """score band trend coverage threads effectiveThreads judged why terms { name value message }
  keyPeople { weight strength contact { id } knownBy { id } } history { at score }"""
QUERY = f"""query ($ids: [ID!]!, $scope: HealthScope!, $at: DateTime) {{ accounts(where: {{ id: {{ in: $ids }} }}) {{
  nodes {{ id health(scope: $scope, asOf: $at, weeks: 8) {{ {HEALTH} }} }} }} }}"""


def near(found: float | None, wanted: float | None) -> bool:
    """Whether two figures are the same to 1e-9, or both missing."""
    return found == wanted or (found is not None and wanted is not None and math.isclose(found, wanted, abs_tol=1e-9))


def weighted(weights: dict[str, int], best: dict[str, tuple[float, str]]) -> float:
    """The mean of the best strengths by weight."""
    return math.fsum(best.get(one, (0.0, ""))[0] * of for one, of in weights.items()) / sum(weights.values())


def check(group: SmallGroup, account: str, scope: str, at: datetime, found: dict[str, Any]) -> bool:
    """Compares a health with the definition; tells whether it was judged."""
    accounts = {account} if scope == "ACCOUNT" else group.members(account, at)
    people, best = group.people(accounts, at), group.best(at)
    key = {one: weight for one, weight in people.items() if weight}
    strengths = {one: best[one][0] for one in people if one in best}
    judged = bool(key and strengths)
    assert found["judged"] == judged
    assert (found["why"] is None) == judged
    assert {one["contact"]["id"]: one["weight"] for one in found["keyPeople"]} == key
    for one in found["keyPeople"]:
        strength, user = best.get(one["contact"]["id"], (None, None))
        assert near(one["strength"], strength)
        assert (one["knownBy"] or {"id": None})["id"] == user
    order = [-1.0 if one["strength"] is None else one["strength"] for one in found["keyPeople"]]
    assert order == sorted(order, reverse=True)
    assert found["threads"] == sum(one > 30 for one in strengths.values())
    total = sum(strengths.values())
    assert near(found["effectiveThreads"], total**2 / sum(one**2 for one in strengths.values()) if total else None)
    covered = sum(best.get(one, (0.0, ""))[0] >= 40 for one in key)
    assert near(found["coverage"], covered / len(key) if key else None)
    if not judged:
        assert found["score"] is found["band"] is found["trend"] is None
        assert found["terms"] == found["history"] == []
        return False
    score = weighted(key, best)
    assert near(found["score"], score)
    assert near(sum(term["value"] for term in found["terms"]), found["score"])
    assert found["band"] == ("GOOD" if score >= 60 else "FAIR" if score >= 40 else "POOR")
    moments = [datetime.fromtimestamp(one, UTC) for one in week_starts(at, 8)]
    assert [datetime.fromisoformat(point["at"]) for point in found["history"]] == moments
    for point, moment in zip(found["history"], moments, strict=True):
        assert near(point["score"], weighted(key, group.best(moment)))
    change = score - weighted(key, group.best(at - timedelta(days=91)))
    assert found["trend"] == ("RISING" if change >= 5 else "FALLING" if change <= -5 else "STEADY")
    return True


@pytest.mark.parametrize("seeds", [range(start, start + 10) for start in range(0, 40, 10)], ids=str)
async def test_health_equals_brute_force_now_and_then(
    seeds: range, store: Store, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.request.datetime", FixedClock)
    judged = set()
    for seed in seeds:
        group = await small_group(store, seed)
        try:
            for at in (None, NOW - timedelta(days=70), NOW - timedelta(days=200)):
                for scope in ("ACCOUNT", "GROUP"):
                    variables = {"ids": group.accounts, "scope": scope, "at": at and at.isoformat()}
                    body = (await executor.execute(QUERY, variables, None, principal=Principal())).body
                    assert "errors" not in body, body
                    for node in body["data"]["accounts"]["nodes"]:
                        judged.add(check(group, node["id"], scope, at or NOW, node["health"]))
        finally:
            await group.world.clear()
    assert judged == {True, False}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("first", [1, 200])
async def test_health_of_a_page_is_one_statement(first: int, ask: Ask) -> None:
    query = f"query ($first: Int!) {{ accounts(first: $first) {{ nodes {{ id health {{ {HEALTH} }} }} }} }}"
    nodes = (await ask(query, {"first": first}))["accounts"]["nodes"]
    assert len(nodes) == first
    for health in (node["health"] for node in nodes if node["health"]["judged"]):
        assert near(sum(term["value"] for term in health["terms"]), health["score"])
        assert len(health["history"]) == 26
        assert health["history"][-1]["score"] == health["score"]


@pytest.mark.usefixtures("world")
async def test_the_history_needs_one_number_of_weeks_within_bounds(refused: Any) -> None:
    error = await refused("{ accounts(first: 1) { nodes { health(weeks: 105) { score } } } }")
    assert error["message"] == "`weeks` must be between 1 and 104; got 105."
