"""Rights that are kept from request to request are those that the graph has at the time of each."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from graph.engine import Server
from graph.known import Moment
from graph.rights import KnownRights, read_rights
from graph.roles import install
from tests.recorded_reads import RecordedReads
from tests.schema.mutations.examples import record
from tests.schema.mutations.stage import Stage


async def test_rights_are_read_again_only_after_a_change(stage: Stage, server: Server) -> None:
    await install(stage.store.writes)
    user, role = await record(stage, "User"), "role-salesperson"
    reads = RecordedReads(stage.store, server.database)
    known = KnownRights(reads)
    assert (await known.of(user, Moment(stage.store.reads))).roles == []
    await stage.do("addRoleAssignment", {"holder": user, "role": role})
    assert [one.uid for one in (await known.of(user, Moment(stage.store.reads))).roles] == [role]
    reads.sent.clear()
    assert await known.of(user, Moment(reads)) == await read_rights(stage.store.reads, user)
    assert len(reads.sent) == 1, "how far the graph has come"
    team = str((await stage.do("createTeam", {"name": "Team"}))["id"])
    await stage.do("addTeamMember", {"team": team, "user": user})
    assert team in (await known.of(user, Moment(stage.store.reads))).principals
    await stage.do("setPrivilege", {"role": role, "entity": "Account", "type": "READ", "depth": "NONE"})
    assert "Account READ UNIT_AND_BELOW" not in map(
        str, (await known.of(user, Moment(stage.store.reads))).roles[0].privileges
    )
    await stage.do("endRoleAssignment", {"holder": user, "role": role})
    assert (await known.of(user, Moment(stage.store.reads))).roles == []
    await stage.do("updateUser", {"id": user, "isDisabled": True})
    assert (await known.of(user, Moment(stage.store.reads))).holders == ()


async def test_what_begins_and_ends_later_does_so_without_a_change(stage: Stage) -> None:
    await install(stage.store.writes)
    user, day = await record(stage, "User"), timedelta(days=1)
    known, now = KnownRights(stage.store.reads), datetime.now(UTC)
    period = {"validFrom": (now + day).isoformat(), "validTo": (now + 3 * day).isoformat()}
    await stage.do("addRoleAssignment", {"holder": user, "role": "role-reader", **period})
    held = [bool((await known.of(user, Moment(stage.store.reads), now=now + days * day)).roles) for days in range(5)]
    assert held == [False, True, True, False, False]


async def test_many_at_once_know_their_own_rights(stage: Stage) -> None:
    await install(stage.store.writes)
    users = [await record(stage, "User") for _ in range(20)]
    for user in users[::2]:
        await stage.do("addRoleAssignment", {"holder": user, "role": "role-reader"})
    known = KnownRights(stage.store.reads)
    for _ in range(2):
        found = await asyncio.gather(*(known.of(user, Moment(stage.store.reads)) for user in users))
        assert [one.principals for one in found] == [[user] for user in users]
        assert [len(one.roles) for one in found] == [1, 0] * 10


async def test_what_was_trusted_is_not_confirmed_after_a_change(stage: Stage) -> None:
    await install(stage.store.writes)
    user, role = await record(stage, "User"), "role-salesperson"
    await stage.do("addRoleAssignment", {"holder": user, "role": role})
    known = KnownRights(stage.store.reads)
    await known.of(user, Moment(stage.store.reads))
    same = Moment(stage.store.reads, trusting=True)
    assert [one.uid for one in (await known.of(user, same)).roles] == [role]
    assert await same.confirmed()
    await stage.do("endRoleAssignment", {"holder": user, "role": role})
    late = Moment(stage.store.reads, trusting=True)
    assert [one.uid for one in (await known.of(user, late)).roles] == [role]
    assert not await late.confirmed()
    assert (await known.of(user, Moment(stage.store.reads))).roles == []
    unknown = Moment(stage.store.reads, trusting=True)
    assert (await KnownRights(stage.store.reads).of(user, unknown)).roles == []
    assert await unknown.confirmed()
