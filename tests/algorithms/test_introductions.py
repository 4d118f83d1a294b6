"""The best introductions, against every path there is."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Collection
from fractions import Fraction
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.introductions import Introduction, Search, introductions

PEOPLE = [f"p{at}" for at in range(6)]


def tied(*ties: tuple[str, str, float]) -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from(ties, weight="strength")
    return graph


def every_path(graph: nx.Graph[str], source: str, targets: Collection[str], max_hops: int) -> list[tuple[str, ...]]:
    """Every simple path that ends at the first target it meets, best first, by brute force and exact fractions."""
    goals = {uid for uid in targets if uid in graph} - {source}
    if source not in graph:
        return []
    paths = {
        tuple(path)
        for goal in goals
        for path in nx.all_simple_paths(graph, source, goal, cutoff=max_hops)
        if not goals & set(path[:-1])
    }
    return sorted(paths, key=lambda path: (-product(graph, path), len(path), path))


def product(graph: nx.Graph[str], path: tuple[str, ...]) -> Fraction:
    strengths = [Fraction(graph[a][b]["strength"]) / 100 for a, b in itertools.pairwise(path)]
    return math.prod(strengths, start=Fraction(1))


@st.composite
def networks(draw: st.DrawFn) -> nx.Graph[str]:
    graph: nx.Graph[str] = draw(st.sampled_from([nx.Graph, nx.DiGraph]))()
    graph.add_nodes_from(PEOPLE)
    pairs = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)).filter(lambda pair: pair[0] != pair[1])
    strengths = draw(st.sampled_from([st.integers(1, 100), st.sampled_from([25, 50, 100]), st.just(100)]))
    for pair, strength in draw(st.lists(st.tuples(pairs, strengths), max_size=15)):
        graph.add_edge(*pair, strength=strength)
    return graph


@settings(max_examples=300)
@given(networks(), st.sets(st.sampled_from([*PEOPLE, "stranger"]), max_size=3), st.integers(1, 6), st.integers(1, 8))
def test_the_answer_is_the_head_of_every_path_there_is(
    graph: nx.Graph[str], targets: set[str], max_hops: int, first: int
) -> None:
    found = introductions(graph, "p0", targets, first=first, max_hops=max_hops)
    paths = every_path(graph, "p0", targets, max_hops)
    assert [one.people for one in found] == paths[:first]
    for one in found:
        assert one.strength == pytest.approx(float(product(graph, one.people)) * 100)
        assert [(hop.from_, hop.to) for hop in one.hops] == list(itertools.pairwise(one.people))
        assert all(hop.strength == graph[hop.from_][hop.to]["strength"] for hop in one.hops)
    if not graph.is_directed():
        strengths = {one: {other: edge["strength"] for other, edge in ties.items()} for one, ties in graph.adjacency()}
        assert introductions(strengths, "p0", targets, first=first, max_hops=max_hops) == found


@settings(max_examples=150)
@given(
    st.lists(st.tuples(*[st.sampled_from(PEOPLE)] * 2, st.floats(1e-3, 100.0)), max_size=15),
    st.integers(1, 6),
)
def test_any_strengths_give_the_products_of_the_best_paths(ties: list[tuple[str, str, float]], max_hops: int) -> None:
    graph = tied(*(tie for tie in ties if tie[0] != tie[1]))
    found = [one.strength for one in introductions(graph, "p0", ["p1", "p2"], first=5, max_hops=max_hops)]
    best = [float(product(graph, path)) * 100 for path in every_path(graph, "p0", ["p1", "p2"], max_hops)[:5]]
    assert found == pytest.approx(best, rel=1e-5, abs=1e-12)


@given(networks(), st.integers(1, 6), st.integers(1, 6))
def test_no_more_paths_are_extended_than_are_asked_for_times_their_length(
    graph: nx.Graph[str], max_hops: int, first: int
) -> None:
    search = Search(graph, "p0", ["p1"], max_hops)
    search.best(first)
    assert search.extended <= first * max_hops * (max_hops + 1) // 2


def test_shorter_is_not_better() -> None:
    graph = tied(("me", "u1", 90), ("u1", "t", 50), ("me", "u2", 60), ("u2", "x", 95), ("x", "t", 90))
    best, second = introductions(graph, "me", ["t"])
    assert best.people == ("me", "u2", "x", "t")
    assert second.people == ("me", "u1", "t")
    assert [best.strength, second.strength] == pytest.approx([51.3, 45.0])


def test_the_hop_cap_cuts_the_longer_way() -> None:
    graph = tied(("me", "u1", 90), ("u1", "t", 50), ("me", "u2", 60), ("u2", "x", 95), ("x", "t", 90))
    assert [one.people for one in introductions(graph, "me", ["t"], max_hops=2)] == [("me", "u1", "t")]
    assert introductions(graph, "me", ["t"], max_hops=1) == []


def test_of_equally_strong_ways_the_shorter_comes_first_then_the_lower_uids() -> None:
    graph = tied(
        ("me", "b", 60), ("b", "t", 60), ("me", "a", 90), ("a", "t", 40),
        ("me", "c", 100), ("c", "d", 40), ("d", "t", 90),
    )  # fmt: skip
    assert [one.people for one in introductions(graph, "me", ["t"])] == [
        ("me", "a", "t"),
        ("me", "b", "t"),
        ("me", "c", "d", "t"),
    ]


def test_a_longer_cap_never_brings_back_a_weaker_way() -> None:
    graph = tied(
        ("me", "t1", 0.25), ("me", "t2", 1), ("me", "a", 13), ("me", "b", 24),
        ("t1", "a", 2), ("t2", "a", 2), ("a", "b", 53),
    )  # fmt: skip
    by_cap = [
        [round(one.strength, 4) for one in introductions(graph, "me", ["t1", "t2"], first=5, max_hops=cap)]
        for cap in (2, 3, 4)
    ]
    assert by_cap == [[1.0, 0.26, 0.26, 0.25], *[[1.0, 0.26, 0.26, 0.2544, 0.2544]] * 2]


def test_a_way_to_an_account_ends_at_the_first_of_its_people() -> None:
    graph = tied(("me", "t1", 80), ("t1", "t2", 100), ("me", "t2", 10))
    assert [one.people for one in introductions(graph, "me", ["t1", "t2"])] == [("me", "t1"), ("me", "t2")]


def test_whoever_asks_is_nobodys_target() -> None:
    graph = tied(("me", "u", 50), ("u", "t", 50))
    assert introductions(graph, "me", ["me"]) == []
    assert [one.people for one in introductions(graph, "me", ["me", "t"])] == [("me", "u", "t")]


def test_there_is_no_way_to_or_from_strangers() -> None:
    graph = tied(("a", "b", 50), ("c", "d", 50))
    assert introductions(graph, "a", ["d"]) == []
    assert introductions(graph, "a", ["nobody"]) == []
    assert introductions(graph, "nobody", ["a"]) == []
    assert introductions(graph, "a", []) == []


def test_a_directed_tie_is_followed_forwards_only() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edge("a", "b", strength=50)
    assert [one.people for one in introductions(graph, "a", ["b"])] == [("a", "b")]
    assert introductions(graph, "b", ["a"]) == []


def test_a_strength_of_nothing_is_no_tie() -> None:
    assert introductions(tied(("a", "b", 0.0)), "a", ["b"]) == []


def test_whom_only_one_person_knows_costs_no_search_of_the_rest() -> None:
    """The best walk from everyone around goes back over the gatekeeper, who is on the path already."""
    graph = tied(*((a, b, 100) for a, b in itertools.combinations([f"n{at:02}" for at in range(60)], 2)))
    graph.add_edge("n07", "target", strength=30)
    search = Search(graph, "n00", ["target"], 6)
    found = search.best(3)
    assert [one.people for one in found] == [
        ("n00", "n07", "target"),
        ("n00", "n01", "n07", "target"),
        ("n00", "n02", "n07", "target"),
    ]
    assert search.extended <= 3 * 6 * 7 // 2


def test_a_dead_end_behind_the_gatekeeper_is_left_at_once() -> None:
    graph = tied(*((a, b, 99) for a, b in itertools.combinations([f"n{at:02}" for at in range(40)], 2)))
    graph.add_edge("me", "gate", strength=99)
    graph.add_edge("gate", "target", strength=5)
    graph.add_edges_from((("gate", f"n{at:02}") for at in range(40)), strength=99)
    search = Search(graph, "me", ["target"], 6)
    assert [one.people for one in search.best(3)] == [("me", "gate", "target")]
    assert search.recomputed <= 3 * 6 * 7 // 2
    assert search.extended <= 3 * 6 * 7 // 2


@pytest.mark.parametrize("same", [True, False])
def test_a_graph_of_a_hundred_thousand_ties_costs_a_handful_of_extensions(*, same: bool) -> None:
    chance = random.Random(7)
    people = [f"p{at}" for at in range(10_000)]
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from(
        (source, target, {"strength": 50.0 if same else chance.uniform(1, 100)})
        for source in people
        for target in chance.sample(people, 10)
    )
    for _ in range(5):
        search = Search(graph, chance.choice(people), [chance.choice(people)], 3)
        search.best(3)
        assert search.extended <= 3 * (1 + 2 + 3)
        assert search.recomputed <= search.extended + 3


@pytest.mark.parametrize("wrong", [{"first": 0}, {"max_hops": 0}, {"max_hops": 7}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="got"):
        introductions(tied(("a", "b", 50)), "a", ["b"], **wrong)


@pytest.mark.parametrize("wrong", [-1.0, 100.1, math.nan])
def test_a_strength_outside_0_to_100_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="must be from 0 to 100"):
        introductions(tied(("a", "b", wrong)), "a", ["b"])


def test_a_multigraph_is_refused() -> None:
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_edge("a", "b", strength=50)
    with pytest.raises(ValueError, match="multigraph"):
        introductions(graph, "a", ["b"])


def test_the_answer_is_a_plain_value() -> None:
    found = introductions(tied(("a", "b", 50)), "a", ["b"])
    assert isinstance(found[0], Introduction)
    assert hash(found[0]) == hash(introductions(tied(("b", "a", 50)), "a", ["b"])[0])
