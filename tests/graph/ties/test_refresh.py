"""Ties kept by the database, against the pure algorithm and by example."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import neo4j
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from algorithms import interactions, strength
from graph.identity import new_uid
from graph.models.choices import ParticipantRole
from graph.query.tie_formula import ATTENDING, MAILING, SENDING, USUAL, Formula
from graph.store import Store
from graph.ties import refresh
from graph.ties.refresh import Done
from graph.ties.statements import COLUMNS
from graph.vocabulary import concrete, entity
from tests.graph.ties.world import MINUTE_AGO, NOW, Happening, World, assert_same, call, mail, meeting, worked_out

PROPERTY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    one = await World(store, users=3, contacts=4).make()
    yield one
    await one.clear()


def histories(
    users: int = 2, contacts: int = 3
) -> st.SearchStrategy[list[tuple[str, float | None, list[tuple[int, str]], str]]]:
    part = st.tuples(
        st.integers(0, users + contacts - 1),
        st.one_of(st.sampled_from(["FROM", "TO", "REQUIRED"]), st.sampled_from([one.name for one in ParticipantRole])),
    )
    return st.lists(
        st.tuples(
            st.sampled_from(["Appointment", "PhoneCall", "Email", "Email", "Task"]),
            st.one_of(st.none(), st.floats(-2, 900), st.floats(0, 90)),
            st.lists(part, max_size=6),
            st.sampled_from(["COMPLETED"] * 5 + ["OPEN", "CANCELED", "SCHEDULED"]),
        ),
        max_size=8,
    )


def happenings(world: World, history: list[tuple[str, float | None, list[tuple[int, str]], str]]) -> list[Happening]:
    return [
        Happening(label, days_ago, tuple((world.people[who], role) for who, role in parts), status)
        for label, days_ago, parts, status in history
    ]


async def logged(world: World, happening: Happening) -> int:
    """As logActivity does it: lock, create, join, in one transaction."""
    uid = world.mark + new_uid()
    made: list[Any] = []
    await world.store.writes.change(
        refresh.held({party for party, _ in happening.parts}),
        world.creation(happening, uid),
        refresh.joined(uid, now=NOW),
        check=made.append,
    )
    return cast("int", made[-1])


@PROPERTY
@given(history=histories())
async def test_what_is_recomputed_equals_the_pure_algorithm(
    store: Store, history: list[tuple[str, float | None, list[tuple[int, str]], str]]
) -> None:
    world = await World(store, users=2, contacts=3).make()
    try:
        all_of_it = happenings(world, history)
        uids = await world.happen(all_of_it)
        expected = worked_out(all_of_it, world.users)
        done = await refresh.refresh(store.writes, uids, now=NOW)
        assert done == Done(created=len(expected), ties=len(expected))
        assert_same(await world.ties(), expected)
        assert await refresh.refresh(store.writes, uids, now=NOW) == Done(ties=len(expected))
    finally:
        await world.clear()


@PROPERTY
@given(history=histories())
async def test_one_by_one_in_any_order_comes_to_the_same_as_recomputed(
    store: Store, history: list[tuple[str, float | None, list[tuple[int, str]], str]]
) -> None:
    world = await World(store, users=2, contacts=3).make()
    try:
        all_of_it = happenings(world, history)
        expected = worked_out(all_of_it, world.users)
        pairs = [len(worked_out([one], world.users)) for one in all_of_it]
        assert [await logged(world, one) for one in all_of_it] == pairs
        assert_same(await world.ties(), expected)
        assert await refresh.refresh_parties(store.writes, world.people, now=NOW) == Done(ties=len(expected))
    finally:
        await world.clear()


@PROPERTY
@given(history=histories(), half_life=st.floats(1, 400), more=st.floats(0.5, 1.5))
async def test_other_weights_and_half_lives_are_parameters(
    store: Store, history: list[tuple[str, float | None, list[tuple[int, str]], str]], half_life: float, more: float
) -> None:
    formula = Formula({"Appointment": 3 * more, "PhoneCall": 2 / more if more > 1 else 2, "Email": more}, half_life)
    world = await World(store, users=2, contacts=3).make()
    try:
        all_of_it = happenings(world, history)
        uids = await world.happen(all_of_it)
        await refresh.refresh(store.writes, uids, formula=formula, now=NOW)
        assert_same(await world.ties(), worked_out(all_of_it, world.users, formula))
    finally:
        await world.clear()


def test_the_roles_that_count_are_those_of_the_pure_algorithm() -> None:
    assert set(ATTENDING) == interactions.ATTENDING
    assert set(SENDING) == interactions.SENDING
    assert set(MAILING) == interactions.SENDING | interactions.RECEIVING
    assert dict(USUAL.weights) == {label: interactions.USUAL.of(kind) for label, kind in interactions.KINDS.items()}
    assert USUAL.half_life_days == strength.HALF_LIFE_DAYS
    assert COLUMNS == strength.COLUMNS


async def test_a_meeting_ties_every_two_and_is_worth_less_the_more_there_were(world: World) -> None:
    user, (first, second, *_) = world.users[0], world.contacts
    assert await logged(world, meeting(10, second, user, first)) == 3
    found = await world.ties()
    assert set(found) == {(user, first), (user, second), (first, second)}
    assert all(one.meetings == 1 and math.isclose(one.both, 3 / math.sqrt(3)) for one in found.values())


async def test_a_mail_ties_the_sender_with_each_receiver_and_no_two_receivers(world: World) -> None:
    sender, user, other = world.contacts[2], world.users[0], world.contacts[0]
    assert await logged(world, mail(1, sender, user, other)) == 2
    found = await world.ties()
    assert set(found) == {(user, sender), (other, sender)}
    assert (found[user, sender].in_count, found[user, sender].out_count) == (1, 0)
    assert math.isclose(found[user, sender].inbound, 1 / math.sqrt(3))


async def test_the_direction_of_a_mail_is_seen_from_where_the_tie_starts(world: World) -> None:
    user, contact = world.users[0], world.contacts[0]
    await logged(world, mail(3, user, contact))
    await logged(world, mail(2, contact, user))
    await logged(world, mail(1, contact, user))
    found = (await world.ties())[user, contact]
    assert (found.out_count, found.in_count) == (1, 2)


async def test_a_sum_halves_in_ninety_days_and_is_as_of_the_last_activity(world: World) -> None:
    user, contact = world.users[0], world.contacts[0]
    await logged(world, call(90, user, contact))
    await logged(world, call(0, user, contact))
    await logged(world, call(180, user, contact))
    found = (await world.ties())[user, contact]
    assert math.isclose(found.both, 2 / math.sqrt(2) * (1 + 1 / 2 + 1 / 4))
    assert found.as_of == found.last_at == NOW.timestamp()
    assert found.first_at == (NOW - timedelta(days=180)).timestamp()


@pytest.mark.parametrize("status", ["OPEN", "SCHEDULED", "CANCELED"])
async def test_only_what_is_completed_counts(world: World, status: str) -> None:
    one = meeting(1, world.users[0], world.contacts[0])
    assert await logged(world, Happening(one.label, one.days_ago, one.parts, status)) == 0
    assert await world.ties() == {}


async def test_what_is_dated_in_the_future_does_not_count_until_it_is_past(world: World) -> None:
    (uid,) = await world.happen([meeting(-1, world.users[0], world.contacts[0])])
    assert await refresh.refresh(world.store.writes, [uid], now=NOW) == Done()
    done = await refresh.refresh(world.store.writes, [uid], now=NOW + timedelta(days=2))
    assert done == Done(created=1, ties=1)


async def test_a_meeting_canceled_later_takes_its_ties_along(world: World) -> None:
    user, contact, other = world.users[0], *world.contacts[:2]
    uids = await world.happen([meeting(9, user, contact, other), meeting(2, user, contact)])
    await refresh.refresh(world.store.writes, uids, now=NOW)
    await world.write("MATCH (one:Appointment {uid: $uid}) SET one.status = 'CANCELED'", uid=uids[0])
    done = await refresh.refresh(world.store.writes, uids[:1], now=NOW)
    assert done == Done(changed=1, removed=2, ties=1)
    assert set(await world.ties()) == {(user, contact)}


async def test_those_who_took_part_before_lose_the_tie_when_their_part_is_taken_away(world: World) -> None:
    user, contact, other = world.users[0], *world.contacts[:2]
    uids = await world.happen([meeting(9, user, contact, other)])
    await refresh.refresh(world.store.writes, uids, now=NOW)
    await world.write("MATCH (one:Contact {uid: $uid})-[part:PARTICIPATED_IN]->() DELETE part", uid=contact)
    done = await refresh.refresh_parties(world.store.writes, [user, contact, other], now=NOW)
    assert done == Done(changed=1, removed=2, ties=1)
    assert_same(await world.ties(), worked_out([meeting(9, user, other)], world.users))


async def test_a_tie_that_nothing_supports_or_that_stands_there_twice_is_removed(world: World) -> None:
    user, contact, other = world.users[0], *world.contacts[:2]
    uids = await world.happen([meeting(9, user, contact)])
    await refresh.refresh(world.store.writes, uids, now=NOW)
    await world.write(
        "MATCH (a:User {uid: $user}) MATCH (b:Contact {uid: $other}) CREATE (a)-[:KNOWS {both: 1.0}]->(b)",
        user=user, other=other,
    )  # fmt: skip
    await world.write(
        "MATCH (a:User {uid: $user})-[tie:KNOWS]->(b:Contact {uid: $contact}) CREATE (a)-[twin:KNOWS]->(b) "
        "SET twin = properties(tie)", user=user, contact=contact,
    )  # fmt: skip
    assert await refresh.refresh(world.store.writes, uids, now=NOW) == Done(removed=2, ties=1)


async def test_a_tie_made_by_another_formula_is_made_anew(world: World) -> None:
    uids = await world.happen([meeting(9, world.users[0], world.contacts[0])])
    await refresh.refresh(world.store.writes, uids, now=NOW)
    newer = Formula(model_version=2)
    assert await refresh.refresh(world.store.writes, uids, formula=newer, now=NOW) == Done(changed=1, ties=1)
    assert await refresh.refresh(world.store.writes, uids, formula=newer, now=NOW) == Done(ties=1)


async def test_rebuilding_mends_what_is_wrong_and_then_finds_nothing(store: Store) -> None:
    world = await World(store, users=2, contacts=3, first="~").make()
    happened = [meeting(9, *world.people), mail(3, *world.people[::-1]), call(1, *world.people[:2])]
    try:
        await refresh.refresh(store.writes, await world.happen(happened), now=NOW)
        await world.write("MATCH (one:User {uid: $uid})-[tie:KNOWS]->() SET tie.both = 99.0", uid=world.users[0])
        expected = worked_out(happened, world.users)
        wrong = len([pair for pair in expected if pair[0] == world.users[0]])
        assert await refresh.rebuild(store.writes, after="~", now=NOW) == Done(changed=wrong, ties=len(expected))
        assert_same(await world.ties(), expected)
        assert await refresh.rebuild(store.writes, after="~", now=NOW) == Done(ties=len(expected))
    finally:
        await world.clear()


async def test_many_batches_come_to_the_same_as_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "_BATCH", 3)
    monkeypatch.setattr(refresh, "_PAGE", 2)
    chosen = random.Random(4)
    happened = [meeting(chosen.uniform(0, 99), *chosen.sample(world.people, 3)) for _ in range(20)]
    expected = worked_out(happened, world.users)
    done = await refresh.refresh(world.store.writes, await world.happen(happened), now=NOW)
    assert done == Done(created=len(expected), ties=len(expected))
    assert_same(await world.ties(), expected)


async def test_a_mail_to_a_thousand_costs_as_many_ties_and_no_more(store: Store) -> None:
    world = await World(store, users=1, contacts=1000).make()
    try:
        assert await logged(world, mail(1, *world.people)) == 1000
        assert await refresh.refresh_parties(store.writes, world.people, now=NOW) == Done(ties=1000)
    finally:
        await world.clear()


async def test_somebody_held_cannot_be_held_by_another_transaction_meanwhile(
    world: World, driver: neo4j.AsyncDriver
) -> None:
    bound = refresh.held([world.users[0]])

    async def hold() -> None:
        summary = (await driver.execute_query(cast("Any", bound.text), dict(bound.parameters))).summary
        assert not summary.counters.contains_updates

    await world.happen([meeting(1, *world.people)])
    await hold()
    async with driver.session() as session:
        transaction = await session.begin_transaction()
        await (await transaction.run(cast("Any", bound.text), dict(bound.parameters))).consume()
        other = asyncio.create_task(hold())
        assert not (await asyncio.wait([other], timeout=1.0))[0]
        await transaction.commit()
        await asyncio.wait_for(other, 20)


def test_no_party_has_the_property_that_locking_removes() -> None:
    assert "REMOVE party.startedAt" in refresh.HOLD.text
    assert "startedAt" in entity("Activity").properties
    assert not [label for label in concrete("Party") if "startedAt" in entity(label).properties]


@pytest.mark.parametrize("held_first", [True, False])
async def test_concurrent_activities_over_the_same_people_never_deadlock_and_lose_nothing(
    store: Store, held_first: bool
) -> None:
    world = await World(store, users=4, contacts=6).make()
    chosen = random.Random(20)
    kinds = (meeting, mail, call)
    happened = [
        chosen.choice(kinds)(chosen.uniform(MINUTE_AGO, 400), *chosen.sample(world.people, chosen.randint(2, 6)))
        for _ in range(400)
    ]
    tries = 0

    async def log(happening: Happening) -> None:
        uid = world.mark + new_uid()
        bounds = [world.creation(happening, uid), refresh.joined(uid, now=NOW)]
        if held_first:
            bounds.insert(0, refresh.held(party for party, _ in happening.parts))

        async def work(transaction: neo4j.AsyncManagedTransaction) -> None:
            nonlocal tries
            tries += 1
            for bound in bounds:
                await (await transaction.run(cast("Any", bound.text), dict(bound.parameters))).consume()

        await store.writes.in_transaction(work, name="test")

    async def worker(number: int) -> None:
        for happening in happened[number::8]:
            await log(happening)

    try:
        await asyncio.gather(*(worker(number) for number in range(8)))
        assert tries == len(happened), "a transaction was stopped and sent again"
        expected = worked_out(happened, world.users)
        assert_same(await world.ties(), expected)
        assert await refresh.refresh_parties(store.writes, world.people, now=NOW) == Done(ties=len(expected))
    finally:
        await world.clear()


async def test_recomputing_while_activities_are_logged_loses_none(store: Store) -> None:
    world = await World(store, users=3, contacts=5).make()
    chosen = random.Random(21)
    happened = [meeting(chosen.uniform(MINUTE_AGO, 300), *chosen.sample(world.people, 3)) for _ in range(120)]

    async def worker(number: int) -> None:
        for happening in happened[number::4]:
            await logged(world, happening)

    async def recompute() -> None:
        for _ in range(10):
            await refresh.refresh_parties(store.writes, chosen.sample(world.people, 5), now=NOW)

    try:
        await asyncio.gather(*(worker(number) for number in range(4)), recompute(), recompute())
        assert_same(await world.ties(), worked_out(happened, world.users))
    finally:
        await world.clear()
