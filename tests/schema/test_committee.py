"""Buying committees against brute force, in few statements, and the roles that mutations set."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import orjson
import pytest

from graph.access import Principal
from graph.store import Store
from schema.execution import Executor
from seed.world.generate import you
from tests.graph.ties.world import NOW
from tests.schema.conftest import Ask
from tests.schema.mutations.stage import FEB, JAN, MAR, Stage
from tests.schema.small_groups import FixedClock, SmallGroup, small_group, valid

COMMITTEE = """query ($id: ID!) { buyingCommittee(opportunity: $id) { opportunity { id }
  coverage threads effectiveThreads judged why similar { won lost judged why } missing { role reason won lost }
  seats { contact { id } role roles stance influence strength knownBy { strength user { id } }
    setBy { id } setAt note } } }"""
COUNTS = (
    "query ($ids: [ID!]!) { opportunities(where: { id: { in: $ids } }) { nodes { id committee { seats known } } } }"
)


def near(found: float | None, wanted: float | None) -> bool:
    """Whether two figures are the same to 1e-9, or both missing."""
    return found == wanted or (found is not None and wanted is not None and math.isclose(found, wanted, abs_tol=1e-9))


def check(group: SmallGroup, deal: str, found: dict[str, Any], counts: dict[str, int]) -> int:
    """Compares a committee with the definition; returns the number of known seats."""
    roles: dict[str, set[str]] = defaultdict(set)
    for part in group.parts:
        if part["record"] == deal and valid(part["since"], part["until"], NOW):
            roles[part["contact"]].add(part["role"])
    users = set(group.world.users)
    ties = {
        one: {user: value for user, value in of.items() if user in users} for one, of in group.strengths(NOW).items()
    }
    assert {seat["contact"]["id"]: set(seat["roles"]) for seat in found["seats"]} == roles
    threads: dict[str, float] = defaultdict(float)
    known = 0
    for seat in found["seats"]:
        mine = ties[seat["contact"]["id"]]
        assert near(seat["strength"], max(mine.values(), default=None))
        assert {one["user"]["id"] for one in seat["knownBy"]} == mine.keys()
        assert all(near(one["strength"], mine[one["user"]["id"]]) for one in seat["knownBy"])
        if seat["strength"] is not None and seat["strength"] >= 40:
            known += 1
            threads[seat["knownBy"][0]["user"]["id"]] += seat["strength"]
    assert counts == {"seats": len(roles), "known": known}
    assert found["coverage"] == (known / len(roles) if roles else 0.0)
    assert found["threads"] == len(threads)
    total = sum(threads.values())
    assert near(found["effectiveThreads"], total**2 / sum(one**2 for one in threads.values()) if total else None)
    assert found["judged"] == bool(roles)
    return known


async def test_committees_equal_brute_force(store: Store, executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.request.datetime", FixedClock)
    known = 0
    for seed in range(100, 125):
        group = await small_group(store, seed)
        try:
            deals = [one["uid"] for one in group.deals]
            body = (await executor.execute(COUNTS, {"ids": deals}, None, principal=Principal())).body
            counts = {one["id"]: one["committee"] for one in body["data"]["opportunities"]["nodes"]}
            for deal in deals:
                body = (await executor.execute(COMMITTEE, {"id": deal}, None, principal=Principal())).body
                assert "errors" not in body, body
                known += check(group, deal, body["data"]["buyingCommittee"], counts[deal])
        finally:
            await group.world.clear()
    assert known > 3


PAGE = """query ($first: Int!) { opportunities(first: $first, where: { state: { eq: OPEN } }) {
  nodes { id committee { seats known } stakeholders { totalCount } timeline(first: 1) { totalCount } } } }"""


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("first", [1, 100])
async def test_the_counts_of_a_list_are_one_statement(first: int, ask: Ask) -> None:
    nodes = (await ask(PAGE, {"first": first}))["opportunities"]["nodes"]
    assert len(nodes) == first
    for node in nodes:
        assert 0 <= node["committee"]["known"] <= node["committee"]["seats"] <= node["stakeholders"]["totalCount"]


@pytest.mark.usefixtures("world")
async def test_a_committee_of_the_demo_world_is_one_statement_on_both_paths(ask: Ask, executor: Executor) -> None:
    where = "{ state: { eq: OPEN }, stakeholders: { some: {} } }"
    (deal,) = (await ask(f"{{ opportunities(first: 1, where: {where}) {{ nodes {{ id }} }} }}"))["opportunities"][
        "nodes"
    ]
    found = (await ask(COMMITTEE, {"id": deal["id"]}, statements=1))["buyingCommittee"]
    assert found["judged"]
    assert found["opportunity"] == deal
    assert found["seats"]
    assert found["similar"]["judged"] is False
    assert "won deals of this size has a committee on record" in found["similar"]["why"]
    query = COMMITTEE.replace(" influence strength", "").replace(" coverage threads effectiveThreads", "")
    query = query.replace("knownBy { strength user", "knownBy { user")
    data = await ask(query, {"id": deal["id"]}, statements=1)
    ordinary = await executor.execute(query, {"id": deal["id"]}, None, principal=Principal(you()), ordinary=True)
    assert orjson.dumps(ordinary.body) == orjson.dumps({"data": data})


async def test_an_unknown_opportunity_is_not_found(refused: Any) -> None:
    error = await refused('{ buyingCommittee(opportunity: "nothing") { judged } }')
    assert error["extensions"]["code"] == "NOT_FOUND"


# ---------- mutations ------------------------------------------------------------------------------------------------


async def seats_of(stage: Stage, deal: str) -> dict[str, Any]:
    """The seats of an opportunity by contact."""
    found = (await stage.ask(COMMITTEE, id=deal))["buyingCommittee"]
    return {seat["contact"]["id"]: seat for seat in found["seats"]}


async def test_a_role_is_set_and_its_history_is_kept(stage: Stage, executor: Executor, store: Store) -> None:
    user = (await stage.do("createUser", {"name": "Olmar"}))["id"]
    mine = Stage(executor, store, user)
    deal, one = (await stage.do("createOpportunity", {"name": "Deal"}))["id"], await stage.contact()
    given = {"opportunity": deal, "contact": one}
    await mine.do(
        "setStakeholder", {**given, "role": "User", "support": "Neutral", "note": "Met once", "validFrom": JAN}
    )
    await mine.do("setStakeholder", {**given, "support": "Supporter", "validFrom": FEB})
    await mine.do("setStakeholder", {**given, "role": "Decision maker", "note": None, "validFrom": MAR})
    edges = [values for _, _, values in await stage.edges(one, "PLAYS_ROLE_IN")]
    assert edges == [
        {"role": "User", "support": "Neutral", "note": "Met once", "validFrom": JAN, "validTo": FEB},
        {"role": "User", "support": "Supporter", "note": "Met once", "validFrom": FEB, "validTo": MAR},
        {"role": "Decision maker", "support": "Supporter", "validFrom": MAR},
    ]
    seat = (await seats_of(stage, deal))[one]
    assert (seat["role"], seat["stance"], seat["note"]) == ("Decision maker", "SUPPORTER", None)
    assert seat["setBy"] == {"id": user}
    mutation, changes = await stage.last(deal)
    assert mutation == "setStakeholder"
    assert changes["contact.role"] == ("User", "Decision maker")
    await mine.do("setStakeholder", {**given, "role": "Decision maker", "support": "Supporter"})
    assert len(await stage.edges(one, "PLAYS_ROLE_IN")) == 3
    assert await stage.refuse("setStakeholder", {**given, "role": "User", "validFrom": FEB}) == "CONFLICT"
    await stage.do("endStakeholder", {"contact": one, "record": deal})
    assert await seats_of(stage, deal) == {}


async def test_the_role_of_one_person_leaves_those_of_others(stage: Stage) -> None:
    deal = (await stage.do("createOpportunity", {"name": "Deal"}))["id"]
    one, other = await stage.contact(), await stage.contact()
    for contact in (one, other):
        await stage.do("setStakeholder", {"opportunity": deal, "contact": contact, "role": "User"})
    await stage.do("addStakeholder", {"record": deal, "contact": one, "role": "Champion"})
    assert (await seats_of(stage, deal))[one]["roles"] == ["Champion", "User"]
    await stage.do("setStakeholder", {"opportunity": deal, "contact": one, "role": "Decision maker"})
    found = await seats_of(stage, deal)
    assert {uid: seat["roles"] for uid, seat in found.items()} == {one: ["Decision maker"], other: ["User"]}


async def test_influence_is_read_within_the_deal_and_its_account(stage: Stage) -> None:
    deal = (await stage.do("createOpportunity", {"name": "Deal"}))["id"]
    analyst, champion, chief = [await stage.contact() for _ in range(3)]
    for contact, role in ((analyst, "User"), (champion, "Champion"), (chief, "Decision maker")):
        await stage.do("setStakeholder", {"opportunity": deal, "contact": contact, "role": role})
    assert {seat["influence"] for seat in (await seats_of(stage, deal)).values()} == {0.0}
    await stage.do("addInfluence", {"contact": champion, "influenced": chief, "weight": 0.8})
    await stage.do("addInfluence", {"contact": analyst, "influenced": champion, "weight": 0.5, "scopeId": deal})
    elsewhere = await stage.account()
    await stage.do("addInfluence", {"contact": analyst, "influenced": chief, "weight": 1.0, "scopeId": elsewhere})
    found = {uid: seat["influence"] for uid, seat in (await seats_of(stage, deal)).items()}
    # The chain is walked back from the chief: shares of 1, d and d², of their sum.
    total = 1 + 0.85 + 0.85**2
    assert near(found[chief], 1 / total)
    assert near(found[champion], 0.85 / total)
    assert near(found[analyst], 0.85**2 / total)


async def test_a_role_that_won_deals_had_filled_is_missing(stage: Stage) -> None:
    value = {"estimatedValue": {"amount": 1000}}
    deal = (await stage.do("createOpportunity", {"name": "Deal", **value}))["id"]
    one = await stage.contact()
    await stage.do("setStakeholder", {"opportunity": deal, "contact": one, "role": "User"})
    made = """UNWIND range(1, $count) AS number
      MATCH (c:Contact {uid: $contact})
      CREATE (o:Opportunity:Record {uid: $state + $value + number, name: 'Closed', state: $state, createdAt: datetime(),
        estimatedValueBase: $value, actualCloseDate: date('2026-03-01')})
      CREATE (c)-[:PLAYS_ROLE_IN {role: 'User'}]->(o)
      FOREACH (role IN $roles | CREATE (c)-[:PLAYS_ROLE_IN {role: role}]->(o))
      RETURN count(o)"""
    for state, count, roles, units in (
        ("WON", 29, ["Economic buyer"], 60_000), ("LOST", 40, [], 190_000), ("WON", 50, ["Gatekeeper"], 900_000),
    ):  # fmt: skip
        await stage.write(made, count=count, contact=one, state=state, roles=roles, value=units)
    found = (await stage.ask(COMMITTEE, id=deal))["buyingCommittee"]
    assert (found["similar"]["won"], found["similar"]["lost"], found["missing"]) == (29, 40, [])
    assert found["similar"]["why"].startswith(
        "29 won and 40 lost deals of this size have a committee on record; 30 won"
    )
    await stage.write(made, count=5, contact=one, state="WON", roles=["economic_buyer"], value=200_000)
    few = await stage.ask("query ($id: ID!) { buyingCommittee(opportunity: $id) { seats { role } } }", id=deal)
    assert few == {"buyingCommittee": {"seats": [{"role": "User"}]}}
    found = (await stage.ask(COMMITTEE, id=deal))["buyingCommittee"]
    assert found["similar"] == {"won": 34, "lost": 40, "judged": True, "why": None}
    assert found["missing"] == [
        {
            "role": "Economic buyer", "won": 34, "lost": 0,
            "reason": "34 of 34 won deals of this size had one, and 0 of 40 lost deals.",
        }
    ]  # fmt: skip
