"""The ties of people, now and at other times, against brute force."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from graph.access import Principal
from graph.store import Store
from schema.execution import Executor
from tests.graph.ties.world import NOW
from tests.schema.small_groups import FixedClock, SmallGroup, small_group

TIES = """query ($people: [ID!]!, $at: DateTime) { contacts(where: { id: { in: $people } }) { nodes { id
  all: ties(first: 50, asOf: $at) { ...tie } users: ties(first: 50, with: USERS, asOf: $at) { ...tie }
  others: ties(first: 50, with: OTHERS, asOf: $at) { ...tie } best: ties(first: 1, asOf: $at) { ...tie } } } }
fragment tie on Tie { strength interactions lastAt from { id name } to { id name } terms { value } }"""
PAIR = """query ($from: ID!, $to: ID!, $at: DateTime) {
  tie(from: $from, to: $to, asOf: $at) { strength from { id } to { id } terms { value } }
  knows(to: $to, first: 50, asOf: $at) { strength from { id } to { id } } }"""


async def answered(executor: Executor, query: str, **variables: Any) -> Any:
    """The data of an answer without errors."""
    body = (await executor.execute(query, variables, None, principal=Principal())).body
    assert "errors" not in body, body
    return body["data"]


def same(ties: list[dict[str, Any]], wanted: dict[tuple[str, str], float]) -> None:
    """Compares ties with strengths by the ids of the parties; the strongest comes first."""
    found = {(tie["from"]["id"], tie["to"]["id"]): tie["strength"] for tie in ties}
    assert len(found) == len(ties)
    assert found.keys() == wanted.keys()
    assert all(math.isclose(found[pair], wanted[pair], abs_tol=1e-9) for pair in wanted)
    assert [tie["strength"] for tie in ties] == sorted(found.values(), reverse=True)


async def check(executor: Executor, group: SmallGroup, at: datetime | None, source: random.Random) -> int:
    """Compares every way to ask for ties, and returns the number of ties."""
    moment, text = at or NOW, at and at.isoformat()
    strengths, users = group.strengths(moment), set(group.world.users)
    people = group.world.contacts
    number = 0
    for node in (await answered(executor, TIES, people=people, at=text))["contacts"]["nodes"]:
        uid = node["id"]
        wanted = {(other, uid): value for other, value in strengths[uid].items()}
        same(node["all"], wanted)
        same(node["users"], {pair: value for pair, value in wanted.items() if pair[0] in users})
        same(node["others"], {pair: value for pair, value in wanted.items() if pair[0] not in users})
        assert node["best"] == node["all"][:1]
        for tie in node["all"]:
            assert math.isclose(sum(term["value"] for term in tie["terms"]), tie["strength"], abs_tol=1e-9)
        number += len(wanted)
    parties = [*group.world.people, *group.accounts]
    for _ in range(6):
        start, end = source.sample(parties, 2)
        data = await answered(executor, PAIR, **{"from": start, "to": end, "at": text})
        found, value = data["tie"], strengths[start].get(end)
        assert (found is None) == (value is None)
        if found is not None and value is not None:
            assert math.isclose(found["strength"], value, abs_tol=1e-9)
            assert (found["from"]["id"], found["to"]["id"]) == (start, end)
        targets = group.employed({end}, moment) if end in group.accounts else {end}
        known = {(user, one): value for one in targets for user, value in strengths[one].items() if user in users}
        if end not in users:
            same(data["knows"], known)
    return number


@pytest.mark.parametrize("seeds", [range(200, 215), range(215, 230)], ids=str)
async def test_ties_equal_brute_force_now_and_then(
    seeds: range, store: Store, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.request.datetime", FixedClock)
    number = 0
    for seed in seeds:
        group = await small_group(store, seed)
        try:
            for at in (None, NOW - timedelta(days=70), NOW - timedelta(days=390), NOW + timedelta(days=30)):
                number += await check(executor, group, at, random.Random(seed))
        finally:
            await group.world.clear()
    assert number > 100


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("at", [None, "2026-01-01T00:00:00Z"])
async def test_those_who_know_the_people_of_a_list_are_two_statements(
    at: str | None, executor: Executor, sent: list[str]
) -> None:
    query = """query ($at: DateTime) { contacts(first: 100) { nodes { ties(first: 3, with: USERS, asOf: $at) {
      strength from { __typename id name } to { id } } } } }"""
    before = len(sent)
    nodes = (await answered(executor, query, at=at))["contacts"]["nodes"]
    assert len(sent) - before == 2
    assert len(nodes) == 100
    ties = [tie for node in nodes for tie in node["ties"]]
    assert len(ties) > 20
    assert {tie["from"]["__typename"] for tie in ties} == {"User"}


SEATS = """query ($ids: [ID!]!, $at: DateTime) { accounts(where: { id: { in: $ids } }) { nodes { id
  orgChart(asOf: $at) {
  seats { contactId strength lastSpokeAt bestKnownBy { strength user { id } } } } } } }"""


@pytest.mark.parametrize("seeds", [range(300, 312)], ids=str)
async def test_seats_have_the_best_tie_and_the_latest_conversation(
    seeds: range, store: Store, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.request.datetime", FixedClock)
    number = 0
    for seed in seeds:
        group = await small_group(store, seed)
        try:
            for at in (None, NOW - timedelta(days=70)):
                moment = at or NOW
                best = group.best(moment)
                data = await answered(executor, SEATS, ids=group.accounts, at=at and at.isoformat())
                for node in data["accounts"]["nodes"]:
                    seats = {seat["contactId"]: seat for seat in node["orgChart"]["seats"]}
                    assert seats.keys() == group.employed({node["id"]}, moment)
                    for uid, seat in seats.items():
                        spoke = group.spoke({uid}, moment)
                        time = seat["lastSpokeAt"]
                        assert (time and datetime.fromisoformat(time)) == spoke
                        known = seat["bestKnownBy"]
                        assert (known is None) == (seat["strength"] is None) == (uid not in best)
                        if known is not None:
                            number += 1
                            assert known["user"]["id"] == best[uid][1]
                            assert known["strength"] == seat["strength"]
                            assert math.isclose(seat["strength"], best[uid][0], abs_tol=1e-9)
        finally:
            await group.world.clear()
    assert number > 10
