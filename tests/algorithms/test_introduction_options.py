"""Introductions that leave people, weak paths and repeated last hops out, against every path there is."""

from __future__ import annotations

import itertools
from fractions import Fraction

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.introductions import DistinctBy, Hop, HopKind, Introduction, LeftOutReason, introductions
from algorithms.reporting_lines import assumed_strengths, with_lines
from algorithms.strength import KNOWN
from tests.algorithms.test_introductions import PEOPLE, every_path, networks, product, tied

Path = tuple[str, ...]


def first_of_each_last_hop(paths: list[Path]) -> list[Path]:
    """Of the paths with the same last hop, the first one."""
    return [path for at, path in enumerate(paths) if path[-2:] not in {one[-2:] for one in paths[:at]}]


@settings(max_examples=500)
@given(
    networks(),
    st.sets(st.sampled_from(PEOPLE), max_size=3),
    st.sets(st.sampled_from(PEOPLE), max_size=2),
    st.sampled_from([0, 6.25, 25, 50]),
    st.booleans(),
    st.integers(0, 4),
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
)
def test_the_options_choose_among_every_path_there_is(
    graph: nx.Graph[str],
    targets: set[str],
    exclude: set[str],
    least: float,
    distinct: bool,
    left_out: int,
    limits: tuple[int, int],
) -> None:
    max_hops, first = limits
    found = introductions(
        graph, "p0", targets, first=first, max_hops=max_hops, exclude=exclude, min_strength=least,
        distinct_by=DistinctBy.LAST_HOP if distinct else None, left_out=left_out,
    )  # fmt: skip

    without = graph.copy()
    without.remove_nodes_from(exclude)
    paths = [path for path in every_path(without, "p0", targets, max_hops) if product(graph, path) > 0]
    strong = [path for path in paths if product(graph, path) >= Fraction(least) / 100]
    chosen = (first_of_each_last_hop(strong) if distinct else strong)[:first]
    others: dict[Path, LeftOutReason] = {}
    if len(chosen) < first:
        weaker = [path for path in paths if path not in strong]
        if distinct:
            hops = {path[-2:] for path in chosen}
            weaker = first_of_each_last_hop([path for path in weaker if path[-2:] not in hops])
        others |= dict.fromkeys(weaker, LeftOutReason.BELOW_MINIMUM)
    if distinct:
        hops = {path[-2:] for path in chosen}
        folded = [path for path in paths if path[-2:] in hops and path not in chosen]
        others |= dict.fromkeys(folded, LeftOutReason.SAME_LAST_HOP)
    rest = [path for path in paths if path in others][:left_out]

    assert [(one.people, one.left_out) for one in found] == [
        *((path, None) for path in chosen),
        *((path, others[path]) for path in rest),
    ]
    for one in found:
        assert one.strength == pytest.approx(float(product(graph, one.people)) * 100)


def test_alternatives_end_with_different_people() -> None:
    graph = tied(
        ("me", "nelna", 100), ("nelna", "wimar", 96), ("wimar", "t", 92), ("nelna", "t", 39),
        ("me", "fririk", 99), ("fririk", "nelna", 99), ("me", "loane", 41), ("loane", "t", 87), ("me", "t", 5),
    )  # fmt: skip
    found = introductions(graph, "me", ["t"], min_strength=10, distinct_by=DistinctBy.LAST_HOP, left_out=3)
    assert [(one.people, one.left_out and one.left_out.name) for one in found] == [
        (("me", "nelna", "wimar", "t"), None),
        (("me", "nelna", "t"), None),
        (("me", "loane", "t"), None),
        (("me", "fririk", "nelna", "t"), "SAME_LAST_HOP"),
    ]
    alone = introductions(graph, "me", ["t"], min_strength=10, exclude=["nelna"], left_out=3)
    assert [(one.people, one.left_out and one.left_out.name) for one in alone] == [
        (("me", "loane", "t"), None),
        (("me", "t"), "BELOW_MINIMUM"),
    ]


def test_a_path_as_strong_as_the_minimum_is_found() -> None:
    graph = tied(("me", "a", 50), ("a", "t", 20))
    assert [one.people for one in introductions(graph, "me", ["t"], min_strength=10)] == [("me", "a", "t")]
    assert introductions(graph, "me", ["t"], min_strength=10.000001) == []


def test_whoever_is_excluded_is_neither_source_nor_target() -> None:
    graph = tied(("me", "a", 50), ("a", "t", 50), ("a", "u", 40))
    assert introductions(graph, "me", ["t"], exclude=["me"]) == []
    assert introductions(graph, "me", ["t"], exclude=["t"]) == []
    assert [one.people for one in introductions(graph, "me", ["t", "u"], exclude=["t"])] == [("me", "a", "u")]


@given(networks(), st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.none()), max_size=6))
def test_reporting_lines_raise_weak_ties_and_are_marked(
    graph: nx.Graph[str], lines: list[tuple[str, str, None]]
) -> None:
    lines = [line for line in lines if line[0] != line[1]]
    ties = graph.to_undirected()
    strengths = {one: {other: edge["strength"] for other, edge in edges.items()} for one, edges in ties.adjacency()}
    raised = nx.Graph(ties)
    for one, other, _ in lines:
        before = ties[one][other]["strength"] if ties.has_edge(one, other) else 0
        raised.add_edge(one, other, strength=max(before, KNOWN))
    found = with_lines(introductions(assumed_strengths(strengths, lines), "p0", ["p1"]), strengths, lines)
    assert [one.people for one in found] == every_path(raised, "p0", ["p1"], 3)[:3]
    for path in found:
        for hop, (from_, to) in zip(path.hops, itertools.pairwise(path.people), strict=True):
            lined = any({from_, to} == {one, other} for one, other, _ in lines)
            assumed = lined and (not ties.has_edge(from_, to) or ties[from_][to]["strength"] < KNOWN)
            assert (hop.kind is HopKind.REPORTS_TO) == assumed


def test_a_line_says_who_reports_to_whom() -> None:
    path = Introduction(16.0, ("a", "b", "c"), (Hop("a", "b", 40.0), Hop("b", "c", 40.0)))
    [found] = with_lines([path], {}, [("b", "a", "ASSUMED"), ("b", "c", None)])
    assert [(hop.reason, hop.confidence) for hop in found.hops] == [
        ("is the manager of the next person", "ASSUMED"),
        ("reports to the next person", None),
    ]
