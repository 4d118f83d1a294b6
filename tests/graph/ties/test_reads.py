"""The reads about ties: by example, and the neighbourhood of two people against all simple paths."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import neo4j
import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.access import UNRESTRICTED, Access
from graph.errors import Invalid
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue, Not
from graph.query.selection import Test as Compare
from graph.store import Bound, Store
from graph.ties import reads, refresh, statements
from tests.graph.ties.world import NOW, World, assert_same, mail, meeting, summed, worked_out

PROPERTY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

Pair = tuple[str, str]


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    one = await World(store, users=3, contacts=4).make()
    yield one
    await one.clear()


async def acquainted(world: World, pairs: list[Pair]) -> None:
    """Ties without the activities behind them."""
    await world.write(
        """UNWIND $pairs AS pair
        MATCH (start:Record {uid: pair[0]})
        MATCH (end:Record {uid: pair[1]})
        CREATE (start)-[:KNOWS {both: 1.0, `in`: 0.0, out: 0.0, meetings: 1, calls: 0, inCount: 0, outCount: 0,
          firstAt: $now, lastAt: $now, asOf: $now, modelVersion: 1}]->(end)
        RETURN count(*) AS made""",
        pairs=[list(pair) for pair in pairs],
        now=NOW,
    )


async def employed(world: World, *people: str, since: float = -100, until: float | None = None) -> str:
    """An account at which they work, from and until so many days after NOW."""
    uid = f"{world.mark}-account"
    await world.write(
        """MERGE (account:Account:Party:Record {uid: $uid}) ON CREATE SET account.name = $uid
        WITH account UNWIND $people AS person
        MATCH (contact:Contact {uid: person})
        CREATE (contact)-[:WORKS_AT {validFrom: $since, validTo: $until}]->(account)
        RETURN count(*) AS made""",
        uid=uid,
        people=list(people),
        since=NOW + timedelta(days=since),
        until=None if until is None else NOW + timedelta(days=until),
    )
    return uid


def hiding(hidden: list[str]) -> dict[str, Any]:
    """The access under which some people are hidden."""
    rule = ("Party", Not(Compare("uid", "in", AccessValue("hidden"))))
    return {"access": Access(AccessShape((rule,)), {"hidden": hidden})}


async def asked(store: Store, bound: Bound) -> dict[str, Any]:
    found = await store.reads.ask(bound)
    rows = {len(found[name]) for name in ("start", "end", *statements.COLUMNS)}
    assert len(rows) == 1
    return cast("dict[str, Any]", found)


def pairs_of(found: dict[str, Any]) -> set[Pair]:
    pairs = list(zip(found["start"], found["end"], strict=True))
    assert len(set(pairs)) == len(pairs)
    return set(pairs)


async def test_the_tie_of_two_is_found_whichever_is_named_first(world: World) -> None:
    user, contact = world.users[0], world.contacts[0]
    happened = [meeting(9, user, contact), mail(2, contact, user)]
    await refresh.refresh(world.store.writes, await world.happen(happened), now=NOW)
    for one, other, labels in ((user, contact, ("User", "Contact")), (contact, user, ("Contact", "User"))):
        found = await asked(world.store, reads.tie(one, other, access=UNRESTRICTED))
        assert (found["from"], found["to"]) == labels
        row = {name: column[0] for name, column in found.items() if isinstance(column, list)}
        assert (row["start"], row["end"]) == (user, contact)
        assert_same({(user, contact): summed(row)}, worked_out(happened, world.users))
        assert all(isinstance(row[name], int) for name in ("meetings", "calls", "firstAt", "lastAt", "asOf"))
        assert all(isinstance(row[name], float) for name in ("both", "in", "out"))


async def test_strangers_hidden_and_missing_people_are_told_apart(world: World) -> None:
    user, contact, stranger = world.users[0], *world.contacts[:2]
    await acquainted(world, [(user, contact)])
    strangers = await asked(world.store, reads.tie(user, stranger, access=UNRESTRICTED))
    assert (strangers["from"], strangers["to"], strangers["start"]) == ("User", "Contact", [])
    hidden = await asked(world.store, reads.tie(user, contact, **hiding([contact])))
    assert (hidden["from"], hidden["to"], hidden["start"]) == ("User", None, [])
    missing = await asked(world.store, reads.tie("nobody", contact, access=UNRESTRICTED))
    assert (missing["from"], missing["to"], missing["start"]) == (None, "Contact", [])


async def test_of_those_who_know_a_contact_only_users_are_told(world: World) -> None:
    contact, other = world.contacts[:2]
    await acquainted(world, [(world.users[0], contact), (world.users[1], contact), (contact, other)])
    found = await asked(world.store, reads.knows(contact, now=NOW, access=UNRESTRICTED))
    assert (found["to"], found["targets"]) == ("Contact", [contact])
    assert pairs_of(found) == {(world.users[0], contact), (world.users[1], contact)}
    found = await asked(world.store, reads.knows(contact, now=NOW, **hiding([world.users[0]])))
    assert pairs_of(found) == {(world.users[1], contact)}
    found = await asked(world.store, reads.knows(contact, now=NOW, **hiding([contact])))
    assert (found["to"], found["targets"], found["start"]) == (None, [], [])


async def test_who_knows_an_account_is_who_knows_its_people_of_now(world: World) -> None:
    here, gone, coming, hidden = world.contacts
    account = await employed(world, here, hidden)
    await employed(world, gone, until=-1)
    await employed(world, coming, since=1)
    await acquainted(world, [(world.users[0], one) for one in world.contacts])
    found = await asked(world.store, reads.knows(account, now=NOW, **hiding([hidden])))
    assert (found["to"], found["targets"]) == ("Account", [here])
    assert pairs_of(found) == {(world.users[0], here)}
    before = await asked(world.store, reads.knows(account, now=NOW - timedelta(days=2), access=UNRESTRICTED))
    assert set(before["targets"]) == {here, hidden, gone}


async def test_an_account_nobody_works_at_is_known_by_nobody(world: World) -> None:
    account = await employed(world)
    found = await asked(world.store, reads.knows(account, now=NOW, access=UNRESTRICTED))
    assert (found["to"], found["targets"], found["start"]) == ("Account", [], [])
    found = await asked(world.store, reads.neighbourhood(world.users[0], account, 3, now=NOW, access=UNRESTRICTED))
    assert (found["from"], found["to"], found["targets"], found["start"]) == ("User", "Account", [], [])


async def test_who_works_at_the_account_and_asks_is_no_target(world: World) -> None:
    asking, colleague = world.contacts[:2]
    account = await employed(world, asking, colleague)
    await acquainted(world, [(asking, colleague)])
    found = await asked(world.store, reads.neighbourhood(asking, account, 2, now=NOW, access=UNRESTRICTED))
    assert found["targets"] == [colleague]
    assert pairs_of(found) == {(asking, colleague)}


@pytest.mark.parametrize("hops", [0, 7, -1])
def test_a_number_of_hops_that_is_not_possible_is_refused(hops: int) -> None:
    with pytest.raises(Invalid, match="maxHops"):
        reads.neighbourhood("a", "b", hops, access=UNRESTRICTED)


def wanted(graph: nx.Graph[str], start: str, targets: set[str], hops: int) -> set[Pair]:
    """By breadth-first search: the ties on a walk that meets neither the start nor a target before its end."""
    ahead = nx.single_source_shortest_path_length(
        nx.subgraph_view(graph, filter_node=lambda one: one not in targets), start
    )
    rest = nx.subgraph_view(graph, filter_node=lambda one: one != start)
    back = nx.multi_source_dijkstra_path_length(rest, targets, weight=None)
    found = set()
    for one, other in graph.edges:
        for x, y in ((one, other), (other, one)):
            if x in ahead and y in back and ahead[x] + 1 + back[y] <= hops:
                found.add(cast("Pair", graph.edges[one, other]["pair"]))
    return found


def ways(graph: nx.Graph[str], start: str, targets: set[str], hops: int) -> set[tuple[str, ...]]:
    """Every simple path to the first target it meets."""
    if start not in graph:
        return set()
    ends = targets & set(graph)
    paths = nx.all_simple_paths(graph, start, ends, cutoff=hops) if ends else ()
    return {tuple(path) for path in paths if not targets & set(path[:-1])}


@PROPERTY
@given(
    joined=st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] < pair[1]), max_size=20),
    hidden=st.sets(st.integers(2, 8), max_size=2),
    colleagues=st.one_of(st.just(frozenset[int]()), st.frozensets(st.integers(3, 8), min_size=1, max_size=3)),
    hops=st.integers(1, 6),
)
async def test_the_neighbourhood_holds_every_way_and_nothing_beside(
    store: Store, joined: set[tuple[int, int]], hidden: set[int], colleagues: frozenset[int], hops: int
) -> None:
    world = await World(store, users=3, contacts=6).make()
    try:
        people, start = world.people, world.people[0]
        pairs = [(people[one], people[other]) for one, other in sorted(joined)]
        await acquainted(world, pairs)
        to = await employed(world, *(people[one] for one in sorted(colleagues))) if colleagues else people[1]
        unseen = [people[one] for one in hidden]
        targets = ({people[one] for one in colleagues} or {to}) - set(unseen)
        found = await asked(store, reads.neighbourhood(start, to, hops, now=NOW, **hiding(unseen)))
        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from([start, *targets])
        graph.add_edges_from((*pair, {"pair": pair}) for pair in pairs if not set(pair) & set(unseen))
        assert set(found["targets"]) == targets
        assert pairs_of(found) == (wanted(graph, start, targets, hops) if targets else set())
        read: nx.Graph[str] = nx.Graph(pairs_of(found))
        assert ways(read, start, targets, hops) == ways(graph, start, targets, hops)
    finally:
        await world.clear()


async def hits(driver: neo4j.AsyncDriver, bound: Bound) -> int:
    """What a statement reads in the database."""

    def summed_up(plan: dict[str, Any]) -> int:
        return int(plan["args"].get("DbHits", 0)) + sum(summed_up(child) for child in plan.get("children", []))

    result = await driver.execute_query(cast("Any", f"PROFILE {bound.text}"), dict(bound.parameters))
    return summed_up(cast("dict[str, Any]", result.summary.profile))


async def test_somebody_whom_everybody_knows_is_not_looked_at_from_the_dear_side(
    store: Store, driver: neo4j.AsyncDriver
) -> None:
    world = await World(store, users=2, contacts=2002).make()
    try:
        (asking, hub), (friend, target) = world.users, world.contacts[:2]
        await acquainted(
            world, [(asking, hub), (hub, friend), (friend, target), *((hub, one) for one in world.contacts[2:])]
        )
        bound = reads.neighbourhood(asking, target, 3, now=NOW, access=UNRESTRICTED)
        assert pairs_of(await asked(store, bound)) == {(asking, hub), (hub, friend), (friend, target)}
        assert await hits(driver, bound) < 400
        back = reads.neighbourhood(target, asking, 3, now=NOW, access=UNRESTRICTED)
        assert await hits(driver, back) < 400
    finally:
        await world.clear()


async def test_every_statement_about_ties_plans_without_a_notification(world: World, driver: neo4j.AsyncDriver) -> None:
    account = await employed(world, world.contacts[0], until=9)
    uids = await world.happen([meeting(9, *world.people)])
    await refresh.refresh(world.store.writes, uids, now=NOW)
    user, contact = world.users[0], world.contacts[0]
    bounds = [
        refresh.held(world.people),
        refresh.joined(uids[0]),
        *refresh.recomputed(world.people),
        refresh._PARTIES_OF.bind(activities=uids),
        refresh._PARTIES_AFTER.bind(after="", first=10),
        reads.tie(user, contact, access=UNRESTRICTED),
        reads.knows(account, access=UNRESTRICTED),
        reads.past_tie(user, contact, access=UNRESTRICTED, at=NOW),
        reads.past_knows(account, access=UNRESTRICTED, at=NOW),
        *(reads.neighbourhood(user, account, hops, access=UNRESTRICTED) for hops in range(1, 7)),
    ]
    for bound in bounds:
        result = await driver.execute_query(cast("Any", f"EXPLAIN {bound.text}"), dict(bound.parameters))
        told = [one.status_description for one in result.summary.gql_status_objects if one.is_notification]
        assert not told, (bound.name, told)
