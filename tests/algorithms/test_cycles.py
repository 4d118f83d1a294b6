"""Rows that close a circle, against a search after every row."""

from __future__ import annotations

import random
import time

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.cycles import Span, cycle_rows

NAMES = [f"n{at}" for at in range(7)]
pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))
ends = st.one_of(st.none(), st.integers(0, 6))


def naive(rows: list[tuple[str, str]]) -> list[int]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    found = []
    for at, (child, parent) in enumerate(rows):
        graph.add_nodes_from((child, parent))
        if nx.has_path(graph, parent, child):
            found.append(at)
        else:
            graph.add_edge(child, parent)
    return found


def naive_with_spans(rows: list[tuple[str, str]], spans: list[Span]) -> list[int]:
    """At every instant that matters, the rows that hold there."""
    instants = range(-1, 8)

    def holds(span: Span, at: int) -> bool:
        return (span[0] is None or span[0] <= at) and (span[1] is None or at < span[1])

    graphs: dict[int, nx.DiGraph[str]] = {at: nx.DiGraph() for at in instants}
    found = []
    for row, ((child, parent), span) in enumerate(zip(rows, spans, strict=True)):
        held = [graphs[at] for at in instants if holds(span, at)]
        for graph in held:
            graph.add_nodes_from((child, parent))
        if any(nx.has_path(graph, parent, child) for graph in held):
            found.append(row)
        else:
            for graph in held:
                graph.add_edge(child, parent)
    return found


@settings(max_examples=500)
@given(st.lists(pairs, max_size=25))
def test_the_rows_found_are_those_a_search_after_every_row_finds(rows: list[tuple[str, str]]) -> None:
    assert cycle_rows(rows) == naive(rows)


@settings(max_examples=500)
@given(st.lists(st.tuples(pairs, st.tuples(ends, ends)), max_size=20))
def test_with_spans_a_circle_counts_when_it_holds_at_one_instant(
    rows: list[tuple[tuple[str, str], tuple[int | None, int | None]]],
) -> None:
    plain, spans = [pair for pair, _ in rows], [span for _, span in rows]
    assert cycle_rows(plain, spans) == naive_with_spans(plain, list(spans))


@given(st.permutations(list(range(1, 12))), st.lists(st.integers(0, 10), min_size=11, max_size=11))
def test_a_tree_has_no_circle_in_any_order(order: list[int], chosen: list[int]) -> None:
    assert cycle_rows([(f"n{at}", f"n{chosen[at - 1] % at}") for at in order]) == []


def test_the_earlier_row_wins() -> None:
    assert cycle_rows([("a", "b"), ("b", "a")]) == [1]
    assert cycle_rows([("b", "a"), ("a", "b")]) == [1]


def test_a_row_that_is_not_inserted_closes_nothing() -> None:
    assert cycle_rows([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "a"), ("x", "c")]) == [2, 4]


def test_parents_that_follow_one_another_in_time_are_no_circle() -> None:
    rows = [("a", "b"), ("b", "a")]
    assert cycle_rows(rows, [("2001", "2005"), ("2005", None)]) == []
    assert cycle_rows(rows, [("2001", "2005"), ("2004", None)]) == [1]
    assert cycle_rows(rows, [(None, None), ("2004", "2004")]) == []


def test_a_span_is_needed_for_every_pair() -> None:
    with pytest.raises(ValueError, match="1 spans for 2 pairs"):
        cycle_rows([("a", "b"), ("b", "c")], [(None, None)])


@pytest.mark.parametrize("order", ["upwards", "downwards", "at random", "each row twice"])
def test_a_hundred_thousand_levels_take_no_more_than_seconds(order: str) -> None:
    rows = [(f"n{at}", f"n{at + 1}") for at in range(100_000)]
    if order == "downwards":
        rows.reverse()
    elif order == "at random":
        random.Random(3).shuffle(rows)
    elif order == "each row twice":
        rows = rows + rows
    started = time.process_time()
    assert cycle_rows([*rows, ("n100000", "n0")]) == [len(rows)]
    assert cycle_rows(rows, [("2001", None)] * len(rows)) == []
    assert time.process_time() - started < 30.0
