"""A mutation is done once, or not at all: what happens when a transaction is sent again, and when it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from graph.errors import Conflict, NotFound, Refused
from graph.mutations.groups import execute_mutation
from graph.mutations.idempotency import IdempotencyKey
from graph.store import Store
from tests.conftest import wipe
from tests.graph.mutations.calls import call_of, number


@pytest.fixture(autouse=True)
async def _empty(store: Store) -> AsyncIterator[None]:
    yield
    await wipe(store)


async def test_a_mutation_that_is_sent_again_after_it_was_done_is_done_once(store: Store) -> None:
    call = call_of("createAccount", {"name": "A"})
    done = await execute_mutation(store.writes, call)
    assert (done.uids, done.payload) == (call.uids, {})
    before = await number(store)
    again = await execute_mutation(store.writes, call)
    assert (again.uids, again.payload) == (call.uids, None)
    assert await number(store) == before


async def test_a_transition_that_is_sent_again_is_no_conflict(store: Store) -> None:
    deal = (await execute_mutation(store.writes, call_of("createOpportunity", {"name": "A"}))).uids["opportunity"]
    won = call_of("winOpportunity", {"opportunity": deal})
    for _ in range(2):
        assert (await execute_mutation(store.writes, won)).uids == won.uids
    with pytest.raises(Conflict):
        await execute_mutation(store.writes, call_of("winOpportunity", {"opportunity": deal}))


async def test_a_keyed_mutation_that_is_sent_again_is_done_once(store: Store) -> None:
    given = {"name": "A"}
    key = IdempotencyKey.of("me", "key", "createAccount", given)
    call = replace(call_of("createAccount", given), key=key)
    first = await execute_mutation(store.writes, call)
    before = await number(store)
    for later in (call, replace(call_of("createAccount", given), key=key)):
        assert (await execute_mutation(store.writes, later)).uids == first.uids
    other = IdempotencyKey.of("me", "key", "createAccount", {"name": "B"})
    with pytest.raises(Refused):
        await execute_mutation(store.writes, replace(call_of("createAccount", {"name": "B"}), key=other))
    assert await number(store) == before


async def test_a_refused_mutation_leaves_nothing(store: Store) -> None:
    before = await number(store)
    call = call_of("createAccount", {"name": "A", "owner": "unknown"})
    for one in (call, replace(call, key=IdempotencyKey.of("me", "key", "createAccount", {}))):
        with pytest.raises(NotFound) as caught:
            await execute_mutation(store.writes, one)
        assert caught.value.details["field"] == "input.owner"
    assert await number(store) == before


async def test_a_dry_run_leaves_nothing(store: Store) -> None:
    before = await number(store)
    call = call_of("createAccount", {"name": "A"})
    assert (await execute_mutation(store.writes, call, dry_run=True)).uids == call.uids
    assert await number(store) == before
