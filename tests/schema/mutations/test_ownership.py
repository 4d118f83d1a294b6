"""The stored owner and unit of every record equal those that its relationships lead to, whatever wrote them."""

from __future__ import annotations

import random
from typing import Any

import pytest

from graph.store import Store
from tests.schema.mutations.stage import Stage

WRONG = """MATCH (n:Record)
CALL (n) {
  OPTIONAL MATCH (n)-[:OWNED_BY]->(holder)
  OPTIONAL MATCH (n)-[:IN_UNIT]->(own)
  OPTIONAL MATCH (holder)-[:IN_UNIT]->(its)
  RETURN holder.uid AS owner, coalesce(CASE WHEN n:BusinessUnit THEN n.uid END, own.uid, its.uid) AS unit
}
WITH n, owner, unit
WHERE coalesce(n.ownerUid, '') <> coalesce(owner, '') OR coalesce(n.unitUid, '') <> coalesce(unit, '')
RETURN collect([labels(n), n.uid, n.ownerUid, owner, n.unitUid, unit])"""
SHARED = """MATCH (n:Record)
WITH n, COLLECT { MATCH (n)<-[share:HAS_ACCESS|MANAGES]-(who)
  RETURN who.uid + ' ' + coalesce(toString(share.accessRights), 'team')
    + ' ' + coalesce(share.validFrom.epochSeconds * 1000000 + share.validFrom.microsecond, -1000000000000000000)
    + ' ' + coalesce(share.validTo.epochSeconds * 1000000 + share.validTo.microsecond, 1000000000000000000) AS text
  ORDER BY text } AS shares
WHERE coalesce(n.shares, []) <> shares RETURN collect([n.uid, n.shares, shares])"""


async def made(stage: Stage, mutation: str, /, **given: Any) -> str:
    """The id of a new record."""
    return str((await stage.do(mutation, given))["id"])


@pytest.mark.parametrize("seed", range(3))
async def test_owner_and_unit_follow_every_mutation(stage: Stage, seed: int) -> None:
    rng = random.Random(seed)
    units = [await made(stage, "createBusinessUnit", name=f"Unit {number}") for number in range(3)]
    users = [await made(stage, "createUser", name=f"User {number}", unit=rng.choice(units)) for number in range(3)]
    users.append(await made(stage, "createTeam", name="Team", unit=units[0]))
    kinds = ("Account", "Opportunity", "Case")
    records: list[tuple[str, str]] = []
    gone: list[tuple[str, str]] = []
    for _ in range(60):
        step = rng.randrange(7)
        if step == 0 or not records:
            kind = rng.choice(kinds)
            named = {"name" if kind != "Case" else "title": "One"}
            given = {**named, **({"owner": rng.choice(users)} if rng.random() < 0.8 else {})}
            if kind != "Account":
                given["account"] = await made(stage, "createAccount", name="For", owner=rng.choice(users))
            records.append((kind, await made(stage, f"create{kind}", **given)))
        elif step == 1:
            kind, uid = rng.choice(records)
            await stage.do(f"update{kind}", {"owner": rng.choice([*users, None])}, uid=uid)
        elif step == 2:
            who = rng.randrange(len(users))
            kind = "Team" if who == 3 else "User"
            await stage.do(f"update{kind}", {"unit": rng.choice([*units, None])}, uid=users[who])
        elif step == 3:
            kind, uid = records.pop(rng.randrange(len(records)))
            await stage.do(f"delete{kind}", {"id": uid})
            gone.append((kind, uid))
        elif step == 4 and gone:
            kind, uid = gone.pop(rng.randrange(len(gone)))
            await stage.do(f"restore{kind}", {"id": uid})
            records.append((kind, uid))
        elif step == 5:
            who = rng.randrange(3)
            await stage.do("deleteUser", {"id": users[who]})
            assert await stage.see(WRONG) == []
            await stage.do("restoreUser", {"id": users[who]})
        elif step == 6:
            unit = rng.choice(units)
            await stage.do("deleteBusinessUnit", {"id": unit})
            assert await stage.see(WRONG) == []
            await stage.do("restoreBusinessUnit", {"id": unit})
        assert await stage.see(WRONG) == []


async def test_an_activity_has_the_unit_of_its_owner(stage: Stage, store: Store) -> None:
    unit = await made(stage, "createBusinessUnit", name="Unit")
    user = await made(stage, "createUser", name="User", unit=unit)
    await stage.do("logActivity", {"kind": "TASK", "subject": "One", "owner": user})
    assert await stage.see("MATCH (n:Task) WHERE n.unitUid = $unit RETURN count(n)", unit=unit) == 1
    assert await stage.see(WRONG) == []


async def test_the_shares_of_a_record_follow_every_mutation_of_them(stage: Stage) -> None:
    user, account = await made(stage, "createUser", name="User"), await made(stage, "createAccount", name="One")
    team = await made(stage, "createTeam", name="Team")
    ends = {"principal": user, "record": account}
    await stage.do("share", {**ends, "rights": ["READ"]})
    assert await stage.see(SHARED) == []
    await stage.do("share", {**ends, "rights": ["READ", "WRITE"]})
    await stage.do("share", {"principal": team, "record": account, "rights": ["READ", "WRITE", "APPEND"]})
    assert await stage.see(SHARED) == []
    await stage.do("revokeShare", ends)
    assert await stage.see(SHARED) == []
    await stage.do("deleteAccount", {"id": account})
    await stage.do("restoreAccount", {"id": account})
    assert await stage.see(SHARED) == []
    await stage.do("withdrawAccess", ends | {"validFrom": (await stage.edges(user, "HAS_ACCESS"))[0][2]["validFrom"]})
    assert await stage.see(SHARED) == []
    assert len((await stage.stored(account))["shares"]) == 1
    await stage.do("assignManager", {"account": account, "user": user})
    await stage.do("addTeamMember", {"account": account, "user": user, "role": "sponsor"})
    assert await stage.see(SHARED) == []
    assert sum(" team " in one for one in (await stage.stored(account))["shares"]) == 2
    await stage.do("removeTeamMember", {"account": account, "user": user, "role": "sponsor"})
    assert await stage.see(SHARED) == []
    await stage.do("deleteTeam", {"id": team})
    await stage.do("restoreTeam", {"id": team})
    assert await stage.see(SHARED) == []
