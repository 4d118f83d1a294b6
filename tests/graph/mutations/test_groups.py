"""Mutations that share a transaction: each has its own result, whatever becomes of the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import AsyncDriver, AsyncManagedTransaction

from graph.engine import Server
from graph.errors import Conflict, NotFound, NotSent, Refused, Unavailable
from graph.mutations.declarations import MUTATIONS
from graph.mutations.execution import Call, Done
from graph.mutations.groups import execute_mutation
from graph.mutations.idempotency import IdempotencyKey
from graph.store import Bound, Statement, Store, Writes
from graph.ties import refresh
from tests.conftest import wipe
from tests.graph.mutations.calls import NOW, call_of, number

GROUP = "mutation.group"


@pytest.fixture(autouse=True)
async def _empty(store: Store) -> AsyncIterator[None]:
    yield
    await wipe(store)


@pytest.fixture
def observed() -> list[str]:
    """The names of the transactions and mutations of `writes`, in the order in which they ended."""
    return []


@pytest.fixture
async def writes(driver: AsyncDriver, server: Server, observed: list[str]) -> AsyncIterator[Writes]:
    """Writes for which all statements are light."""
    one = Writes(driver, server.database, 60, lambda name, _: observed.append(name))
    yield one
    await one.close()


async def together(writes: Writes, *calls: Call) -> list[Done | BaseException]:
    """The results of mutations that arrive at the same time."""
    for call in calls:
        writes.admission.quick(call.text)
    return await asyncio.gather(*(execute_mutation(writes, call) for call in calls), return_exceptions=True)


async def positions(store: Store, *calls: Call) -> list[int | None]:
    """The positions of the events of mutations; None for those that were not done."""
    text = "RETURN [uid IN $uids | head(COLLECT { MATCH (event:Event {uid: uid}) RETURN event.position })]"
    found: list[int | None] = await store.reads.ask(
        Statement("test.positions", text).bind(uids=[call.uids["event"] for call in calls])
    )
    return found


async def created(writes: Writes, mutation: str, name: str) -> str:
    """The id of a new record."""
    done = await execute_mutation(writes, call_of(mutation, {"name": name}))
    return str(done.uids[MUTATIONS[mutation].payload[0].name])


async def test_each_mutation_of_a_group_has_its_own_result(store: Store, writes: Writes, observed: list[str]) -> None:
    deal = await created(writes, "createOpportunity", "Deal")
    account = await created(writes, "createAccount", "A")
    observed.clear()
    calls = [
        call_of("createAccount", {"name": "Good"}),
        call_of("createAccount", {"name": "Failing", "owner": "unknown"}),
        call_of("winOpportunity", {"opportunity": deal}),
        call_of("winOpportunity", {"opportunity": deal}),
        call_of("updateAccount", {"id": account, "name": "B", "ifVersion": "2020-01-01T00:00:00Z"}),
        call_of("updateAccount", {"id": account, "city": "Ulm"}),
    ]
    results = await together(writes, *calls)
    assert GROUP in observed
    kinds = [type(one) for one in results]
    assert kinds[:2] == [Done, NotFound]
    assert sorted(map(str, kinds[2:4])) == sorted(map(str, [Done, Conflict]))
    assert kinds[4:] == [Conflict, Done]
    done = [
        one for one, result in zip(await positions(store, *calls), results, strict=True) if isinstance(result, Done)
    ]
    assert all(done)
    assert [one for one, result in zip(await positions(store, *calls), results, strict=True)
            if not isinstance(result, Done)] == [None] * 3  # fmt: skip


async def test_a_group_is_one_transaction_with_positions_in_its_order(
    store: Store, writes: Writes, observed: list[str]
) -> None:
    calls = [call_of("createAccount", {"name": f"A {at}"}) for at in range(8)]
    results = await together(writes, *calls)
    assert [one.uids for one in results if isinstance(one, Done)] == [call.uids for call in calls]
    assert observed == ["createAccount"] * 8 + [GROUP]
    assert await positions(store, *calls) == list(range(1, 9))


async def test_a_value_that_must_be_unique_fails_only_where_it_is_second(store: Store, writes: Writes) -> None:
    calls = [call_of("createCase", {"title": "A", "ticketNumber": number}) for number in ("one", "two", "one", "three")]
    results = await together(writes, *calls)
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Done", "Done", "Done"]
    assert sorted(one for one in await positions(store, *calls) if one) == [1, 2, 3]


async def test_mutations_under_one_key_in_a_group_are_done_once(store: Store, writes: Writes) -> None:
    given = {"name": "A"}
    key = IdempotencyKey.of("me", "key", "createAccount", given)
    other = IdempotencyKey.of("me", "key", "createAccount", {"name": "B"})
    same = [replace(call_of("createAccount", given), key=key) for _ in range(3)]
    *results, last = await together(writes, *same, replace(call_of("createAccount", {"name": "B"}), key=other))
    # The first to be executed takes the key; the order of a group is not that of the calls.
    first, refused = ([last], results) if isinstance(last, Done) else (results, [last])
    assert all(isinstance(one, Refused) for one in refused)
    assert len({one.uids["account"] for one in first if isinstance(one, Done)}) == 1
    assert all(isinstance(one, Done) for one in first)
    assert (await number(store))[2] == 1


async def test_a_dry_run_never_joins_a_group(store: Store, writes: Writes, observed: list[str]) -> None:
    calls = [call_of("createAccount", {"name": f"A {at}"}) for at in range(3)]
    for call in calls:
        writes.admission.quick(call.text)
    await asyncio.gather(*(execute_mutation(writes, call, dry_run=at == 1) for at, call in enumerate(calls)))
    assert [one is not None for one in await positions(store, *calls)] == [True, False, True]
    assert observed.count("createAccount") == 3
    assert observed.count(GROUP) == 1


class Losing(Writes):
    """Writes that lose the answer to the commit of a group."""

    async def in_transaction(self, work: Callable[[AsyncManagedTransaction], Any], *, name: str) -> Any:
        """Executes the work, and loses the answer of a group."""
        value = await super().in_transaction(work, name=name)
        if name == GROUP:
            raise Unavailable("The database did not answer.", remedy="Try again in a few seconds.")
        return value


async def test_a_group_whose_answer_is_lost_is_done_once(store: Store, driver: AsyncDriver, server: Server) -> None:
    writes = Losing(driver, server.database, 60, lambda *_: None)
    deals = [await created(writes, "createOpportunity", f"Deal {at}") for at in range(2)]
    calls = [call_of("winOpportunity", {"opportunity": deal}) for deal in deals]
    calls += [call_of("createAccount", {"name": "A"})]
    results = await together(writes, *calls)
    await writes.close()
    assert [one.uids for one in results if isinstance(one, Done)] == [call.uids for call in calls]
    assert await positions(store, *calls) == [3, 4, 5]


async def test_a_group_whose_database_is_silent_afterwards_has_an_unknown_outcome(
    driver: AsyncDriver, server: Server
) -> None:
    class Silent(Losing):
        """Writes whose database is silent after a group."""

        silent = False

        async def in_transaction(self, work: Callable[[AsyncManagedTransaction], Any], *, name: str) -> Any:
            if self.silent:
                raise NotSent("The request was not sent.", remedy="Try again.")
            self.silent = name == GROUP
            return await super().in_transaction(work, name=name)

        async def ask(self, bound: Bound) -> Any:
            if self.silent:
                raise NotSent("The request was not sent.", remedy="Try again.")
            return await super().ask(bound)

    writes = Silent(driver, server.database, 60, lambda *_: None)
    results = await together(writes, *(call_of("createAccount", {"name": name}) for name in "AB"))
    await writes.close()
    assert [type(one) for one in results] == [Unavailable, Unavailable]
    assert all("outcome is unknown" in str(one) for one in results)


async def test_a_group_that_another_transaction_holds_up_does_not_deadlock(store: Store, writes: Writes) -> None:
    """The other one has a record and wants a position, which the group must not have before it has the record."""
    accounts = [await created(writes, "createAccount", f"A {at}") for at in range(3)]
    calls = [call_of("updateAccount", {"id": uid, "city": "Ulm"}) for uid in accounts]
    for call in calls:
        writes.admission.quick(call.text)
    locked = asyncio.Event()
    attempts = 0

    async def holding(transaction: AsyncManagedTransaction) -> None:
        nonlocal attempts
        attempts += 1
        await transaction.run("MATCH (n:Record {uid: $uid}) SET n.held = true REMOVE n.held", uid=accounts[2])
        locked.set()
        await asyncio.sleep(0.3)
        await transaction.run("MATCH (s:Sequence {name: 'events'}) SET s.held = true REMOVE s.held")

    holder = asyncio.ensure_future(store.writes.in_transaction(holding, name="test"))
    await locked.wait()
    results = await asyncio.gather(*(execute_mutation(writes, call) for call in calls))
    await holder
    assert attempts == 1
    assert [one.uids for one in results] == [call.uids for call in calls]


PARTIES = ("user", "ann", "bob")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["PhoneCall", "Email", "Appointment"]), st.permutations(PARTIES),
                          st.integers(1, 28), st.booleans()), min_size=2, max_size=20))  # fmt: skip
async def test_ties_and_positions_after_concurrent_logs_about_the_same_people(
    store: Store, writes: Writes, logged: list[tuple[str, list[str], int, bool]]
) -> None:
    await wipe(store)
    await store.writes.change(
        Statement(
            "test.people",
            """UNWIND $uids AS uid
            CREATE (n:$(CASE uid WHEN 'user' THEN 'User' ELSE 'Contact' END):Party:Record {uid: uid, name: uid})
            RETURN count(n)""",
        ).bind(uids=list(PARTIES))
    )
    calls = [
        call_of("logActivity", {
            "kind": kind, "startedAt": NOW.replace(month=5, day=day),
            "participants": [{"party": parties[0], "role": "FROM"},
                             {"party": parties[1] if known else "unknown", "role": "TO"}],
        })
        for kind, parties, day, known in logged
    ]  # fmt: skip
    results = await together(writes, *calls)
    assert [isinstance(one, Done) for one in results] == [known for *_, known in logged]
    found = await positions(store, *calls)
    assert sorted(one for one in found if one is not None) == list(range(1, sum(known for *_, known in logged) + 1))
    done = await refresh.refresh_parties(store.writes, PARTIES)
    assert (done.created, done.changed, done.removed) == (0, 0, 0)
