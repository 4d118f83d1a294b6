"""Sharing, access teams and assignment: who may read and change a record afterwards, at once and no longer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.policy import by_roles
from graph.rights import read_rights
from graph.roles import install
from graph.store import Store
from schema.execution import Executor, Options
from tests.schema.mutations.examples import record
from tests.schema.mutations.stage import Stage


class Person(Stage):
    """A stage for a user with the access of their roles, read for each request."""

    def __init__(self, store: Store, user: str) -> None:
        super().__init__(Executor(store.reads, store.writes, Options(), policy=by_roles), store, user)

    async def answer(
        self, mutation: str, given: dict[str, Any], shows: str = "id", uid: str | None = None
    ) -> dict[str, Any]:
        """The body of the answer, with the rights at present."""
        await self.arrive()
        return await super().answer(mutation, given, shows, uid)

    async def arrive(self) -> None:
        """Reads the rights of the user."""
        user = self.caller.user
        assert user is not None
        self.caller = type(self.caller)(user, await read_rights(self.store.reads, user))

    async def sees(self, uid: str) -> bool:
        """Whether the user can read a record."""
        await self.arrive()
        found = await self.ask("query ($id: ID!) { node(id: $id) { id } }", id=uid)
        return bool(found["node"] is not None)


@pytest.fixture
async def unit(stage: Stage) -> str:
    await install(stage.store.writes)
    return str((await stage.do("createBusinessUnit", {"name": "Unit"}))["id"])


async def person(stage: Stage, unit: str, role: str) -> Person:
    """A user in a unit with a role of the product."""
    uid = str((await stage.do("createUser", {"name": role, "unit": unit}))["id"])
    await stage.do("addRoleAssignment", {"holder": uid, "role": f"role-{role}"})
    return Person(stage.store, uid)


def me(one: Person) -> str:
    assert one.caller.user is not None
    return one.caller.user


@pytest.fixture
async def owner(stage: Stage, unit: str) -> Person:
    return await person(stage, unit, "salesperson")


@pytest.fixture
async def stranger(stage: Stage, unit: str) -> Person:
    other = str((await stage.do("createBusinessUnit", {"name": "Other", "parent": unit}))["id"])
    return await person(stage, other, "salesperson")


async def test_a_share_holds_until_it_is_revoked(owner: Person, stranger: Person) -> None:
    account = str((await owner.do("createAccount", {"name": "One"}))["id"])
    assert not await stranger.sees(account)
    given = {"record": account, "principal": me(stranger)}
    await owner.do("share", {**given, "rights": ["READ"]})
    assert await stranger.sees(account)
    assert await stranger.refuse("updateAccount", {"id": account, "city": "Ely"}) == "REFUSED"
    await owner.do("share", {**given, "rights": ["READ", "WRITE"]})
    await stranger.do("updateAccount", {"id": account, "city": "Ely"})
    await owner.do("revokeShare", given)
    assert not await stranger.sees(account)
    assert await owner.refuse("revokeShare", given) == "CONFLICT"


async def test_a_share_with_a_team_is_a_share_with_its_members(
    stage: Stage, unit: str, owner: Person, stranger: Person
) -> None:
    account = str((await owner.do("createAccount", {"name": "One"}))["id"])
    team = str((await stage.do("createTeam", {"name": "Team", "unit": unit}))["id"])
    await stage.do("addTeamMember", {"team": team, "user": me(stranger)})
    await owner.do("share", {"record": account, "principal": team, "rights": ["READ"]})
    assert await stranger.sees(account)
    await stage.do("removeTeamMember", {"team": team, "user": me(stranger)})
    assert not await stranger.sees(account)


async def test_wrong_rights_are_refused(owner: Person, stranger: Person) -> None:
    account = str((await owner.do("createAccount", {"name": "One"}))["id"])
    given = {"record": account, "principal": me(stranger)}
    for wrong in ([], ["CREATE"], ["READ", "CREATE"]):
        assert await owner.refuse("share", {**given, "rights": wrong}) == "INVALID"
    past = "2020-01-01T00:00:00Z"
    assert await owner.refuse("share", {**given, "rights": ["READ"], "validTo": past}) == "REFUSED"
    assert await stranger.refuse("share", {**given, "rights": ["READ"]}) == "NOT_FOUND"


async def test_a_member_of_an_account_team_has_the_rights_of_the_role(
    stage: Stage, owner: Person, stranger: Person
) -> None:
    account = str((await owner.do("createAccount", {"name": "One"}))["id"])
    given = {"account": account, "user": me(stranger), "role": "expert"}
    await owner.do("addTeamMember", given)
    assert await stranger.sees(account)
    await stranger.do("updateAccount", {"id": account, "city": "Ely"})
    assert await stranger.refuse("deleteAccount", {"id": account}) == "REFUSED"
    role = {"role": "role-account-team", "entity": "Account"}
    await stage.do("setPrivilege", {**role, "type": "WRITE", "depth": "NONE"})
    assert await stranger.refuse("updateAccount", {"id": account, "city": "York"}) == "REFUSED"
    await stage.do("setPrivilege", {**role, "type": "READ", "depth": "NONE"})
    assert not await stranger.sees(account)
    await stage.do("setPrivilege", {**role, "type": "READ", "depth": "OWN"})
    assert await stranger.sees(account)
    await owner.do("removeTeamMember", given)
    assert not await stranger.sees(account)


async def test_the_access_team_of_a_record_shares_it_by_a_role(stage: Stage, owner: Person, stranger: Person) -> None:
    deal = str((await owner.do("createOpportunity", {"name": "One"}))["id"])
    role = await record(stage, "Role", grants=["Opportunity READ OWN", "Opportunity WRITE OWN", "Account DELETE OWN"])
    given = {"record": deal, "user": me(stranger), "template": role}
    await owner.do("addToAccessTeam", given)
    assert await stranger.sees(deal)
    await stranger.do("updateOpportunity", {"id": deal, "description": "New"})
    assert await owner.refuse("revokeShare", {"record": deal, "principal": me(stranger)}) == "CONFLICT"
    await owner.do("removeFromAccessTeam", given)
    assert not await stranger.sees(deal)
    account = str((await owner.do("createLead", {"lastName": "Two"}))["id"])
    assert await owner.refuse("addToAccessTeam", {**given, "record": account}) == "REFUSED"


async def test_assigning_takes_along_what_is_below(stage: Stage, unit: str, owner: Person) -> None:
    manager, colleague = await person(stage, unit, "sales-manager"), await person(stage, unit, "salesperson")
    account = str((await owner.do("createAccount", {"name": "One"}))["id"])
    deal = str((await owner.do("createOpportunity", {"name": "One", "account": account}))["id"])
    other = str((await manager.do("createOpportunity", {"name": "Two", "account": account}))["id"])
    task = str((await owner.do("logActivity", {"kind": "TASK", "subject": "One", "regarding": deal}))["id"])
    child = str((await owner.do("createAccount", {"name": "Child"}))["id"])
    everything = [account, deal, other, task, child]

    async def owners() -> list[str]:
        return [(await stage.stored(uid))["ownerUid"] for uid in everything]

    mine, new, boss = me(owner), me(colleague), me(manager)
    assert await owners() == [mine, mine, boss, mine, mine]
    await manager.do("assign", {"record": account, "owner": new})
    assert await owners() == [new, mine, boss, mine, mine]
    await manager.do("assign", {"record": account, "owner": mine})
    await manager.do("assign", {"record": account, "owner": new, "cascade": "SAME_OWNER"})
    assert await owners() == [new, new, boss, new, mine]
    changed = await stage.see(
        "MATCH (e:Event {mutation: 'assign'})-[c:CHANGED]->(n) WITH e, count(n) AS n ORDER BY e.position DESC LIMIT 1"
        " RETURN n"
    )
    assert changed == 3
    await manager.do("assign", {"record": account, "owner": boss, "cascade": "ALL"})
    assert await owners() == [boss, boss, boss, boss, mine]


async def test_assigning_is_refused_as_a_whole(stage: Stage, unit: str, owner: Person) -> None:
    account = str((await owner.do("createAccount", {"name": "One"}))["id"])
    deal = await stage.do("createOpportunity", {"name": "One", "account": account})
    await stage.do("share", {"record": deal["id"], "principal": me(owner), "rights": ["READ"]})
    colleague = await person(stage, unit, "salesperson")
    given = {"record": account, "owner": me(colleague), "cascade": "ALL"}
    assert await owner.refuse("assign", given) == "REFUSED"
    await owner.do("assign", {**given, "cascade": "SAME_OWNER"})
    hidden = await stage.do("createAccount", {"name": "Hidden"})
    assert await owner.refuse("assign", {"record": hidden["id"], "owner": me(colleague)}) == "NOT_FOUND"


async def test_many_assignments_and_shares_at_once_end_in_a_state_that_some_order_explains(
    stage: Stage, unit: str
) -> None:
    people = [await person(stage, unit, "sales-manager") for _ in range(4)]
    accounts = [str((await people[0].do("createAccount", {"name": "One"}))["id"]) for _ in range(3)]
    for one in people:
        await one.arrive()
    steps = []
    for at in range(100):
        actor, target, account = people[at % 4], people[(at * 7 + 1) % 4], accounts[at % 3]
        if at % 2:
            steps.append(actor.do("assign", {"record": account, "owner": me(target)}))
        else:
            steps.append(actor.do("share", {"record": account, "principal": me(target), "rights": ["READ", "WRITE"]}))
    await asyncio.gather(*steps)
    for account in accounts:
        owned = await stage.edges(account, "OWNED_BY")
        assert len(owned) == 1
        events = await stage.see(
            "MATCH (e:Event {mutation: 'assign'})-[c:CHANGED]->(:Record {uid: $uid}) WITH e, c ORDER BY e.position"
            " RETURN collect([c.before_owner, c.after_owner])",
            uid=account,
        )
        assert events or owned[0][1] == me(people[0])
        shares = await stage.edges(account, "HAS_ACCESS")
        assert len(shares) == len({start for start, _, _ in shares})
    wrong = "MATCH (n:Record)-[:OWNED_BY]->(o) WHERE n.ownerUid <> o.uid OR n.unitUid <> o.unitUid RETURN count(n)"
    assert await stage.see(wrong) == 0
