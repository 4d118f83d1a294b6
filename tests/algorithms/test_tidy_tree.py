"""Drawings of trees: what makes them tidy, on random forests and extreme shapes."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

from algorithms.tidy_tree import tidy_tree
from tests.algorithms.test_tree import random_parents


def levels(parents: list[int]) -> list[int]:
    found: list[int] = []
    for parent in parents:
        found.append(0 if parent < 0 else found[parent] + 1)
    return found


def mirrored(parents: list[int]) -> tuple[list[int], list[int]]:
    """The forest with the order of all siblings reversed, and the former number of each node."""
    below: dict[int, list[int]] = {}
    for node, parent in enumerate(parents):
        below.setdefault(parent, []).append(node)
    order: list[int] = []
    waiting = list(below[-1])
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(below.get(node, []))
    place = {node: at for at, node in enumerate(order)}
    return [-1 if parents[node] < 0 else place[parents[node]] for node in order], order


def forest(rng: random.Random) -> list[int]:
    found: list[int] = []
    for _ in range(rng.choice((1, 1, 3))):
        start = len(found)
        found += [-1 if one < 0 else one + start for one in random_parents(rng, rng.choice((1, 2, 7, 40)))]
    return found


def test_random_forests_are_tidy() -> None:
    for seed in range(400):
        parents = forest(random.Random(seed))
        x, y = tidy_tree(parents), levels(parents)
        assert min(x) == 0
        # Trees are given in pre-order, so nodes of a level are in their order.
        for level in range(max(y) + 1):
            for left, right in pairwise(node for node in range(len(parents)) if y[node] == level):
                assert x[right] - x[left] >= 1 - 1e-9, seed
        for node in range(len(parents)):
            children = [one for one, parent in enumerate(parents) if parent == node]
            if children:
                assert x[node] == pytest.approx((x[children[0]] + x[children[-1]]) / 2)


def test_a_mirrored_forest_is_drawn_as_the_mirror_image() -> None:
    for seed in range(200):
        parents = forest(random.Random(seed))
        x = tidy_tree(parents)
        turned, order = mirrored(parents)
        width = max(x)
        for at, position in zip(order, tidy_tree(turned), strict=True):
            assert position == pytest.approx(width - x[at])


def test_small_trees_between_large_ones_are_spread_evenly() -> None:
    # A wide tree, three leaves, a wide tree.
    parents = [-1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 9, 9, 9, 9]
    x = tidy_tree(parents)
    gaps = [after - before for before, after in pairwise(x[node] for node in (1, 6, 7, 8, 9))]
    assert gaps == pytest.approx([1.0] * 4)
    parents = [-1, 0, *[1] * 9, 0, 0, *[12] * 9]
    x = tidy_tree(parents)
    assert x[11] == pytest.approx((x[1] + x[12]) / 2)


def test_a_chain_and_no_node() -> None:
    assert tidy_tree([]) == []
    assert tidy_tree([-1, *range(4999)]) == [0.0] * 5000


@pytest.mark.parametrize("shape", ["random", "wide", "deep"])
def test_ten_thousand_people_take_less_than_a_third_of_a_second(shape: str) -> None:
    rng = random.Random(3)
    parents = {
        "random": lambda: [-1, *(rng.randrange(node) for node in range(1, 10_000))],
        "wide": lambda: [-1, *[0] * 9_999],
        "deep": lambda: [-1, *(max(0, node - rng.choice((1, 2))) for node in range(1, 10_000))],
    }[shape]()
    best = 9.0
    for _ in range(5):
        begun = time.process_time()
        tidy_tree(parents)
        best = min(best, time.process_time() - begun)
    assert best < 0.3
