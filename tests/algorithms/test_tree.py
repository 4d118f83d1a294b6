"""Pages of trees: against a recursive implementation, and on extreme shapes."""

from __future__ import annotations

import random
from collections.abc import Collection
from typing import Any

import numpy as np
import pytest

from algorithms.tree import PEOPLE, Tree, tree_page


def tree_of(parents: list[int], rng: random.Random) -> Tree:
    """A tree of parents, with random figures and people; the parents are those of a pre-order."""
    size = len(parents)
    figures = {name: np.array([rng.randrange(4) for _ in range(size)]) for name in ("won", "open")}
    rank = list(range(size))
    rng.shuffle(rank)
    people = sorted((rng.randrange(size), rng.randrange(6)) for _ in range(rng.randrange(2 * size)))
    places, persons = (
        np.array(list(one), dtype=np.int64) for one in (zip(*people, strict=True) if people else ((), ()))
    )
    return Tree(np.array(parents), np.array(Tree.sizes(parents)), np.array(rank), figures, places, persons)


def random_parents(rng: random.Random, size: int) -> list[int]:
    """The parents of a random tree, in a pre-order of it."""
    parents = [-1]
    path = [0]
    for member in range(1, size):
        del path[rng.randrange(1, len(path) + 1) :]
        parents.append(path[-1])
        path.append(member)
    return parents


def rows_of(tree: Tree, opened: Collection[int] | None, measure: str | None) -> list[Any]:
    """All rows of a tree, by recursion."""
    below: dict[int, list[int]] = {}
    for member, parent in enumerate(tree.parent.tolist()):
        below.setdefault(parent, []).append(member)

    def inside(member: int) -> list[int]:
        return [member, *(one for child in below.get(member, []) for one in inside(child))]

    def total(name: str, member: int) -> int:
        return int(sum(tree.figures[name][one] for one in inside(member)))

    def people(members: list[int]) -> int:
        pairs = zip(tree.places.tolist(), tree.people.tolist(), strict=True)
        return len({person for place, person in pairs if place in members})

    found: list[Any] = []

    def visit(member: int, depth: int, at: int, siblings: int, offset: dict[str, int]) -> None:
        own = {name: int(values[member]) for name, values in tree.figures.items()}
        sums = {name: total(name, member) for name in tree.figures}
        children = below.get(member, [])
        found.append(
            (
                member, depth, len(inside(member)), len(children), at, siblings,
                {**own, PEOPLE: people([member])}, {**sums, PEOPLE: people(inside(member))}, offset,
            )
        )  # fmt: skip
        if opened is not None and member not in opened:
            return
        start = {name: offset[name] + own[name] for name in own}
        order = sorted(children, key=lambda one: (-total(measure, one) if measure else 0, tree.rank[one]))
        for number, child in enumerate(order, 1):
            visit(child, depth + 1, number, len(children), dict(start))
            start = {name: start[name] + total(name, child) for name in start}

    visit(0, 0, 1, 1, dict.fromkeys(tree.figures, 0))
    return found


def plain(tree: Tree, opened: Collection[int] | None, measure: str | None, first: int, offset: int) -> Any:
    figures = None if measure is None else tree.figures[measure]
    page = tree_page(tree, opened, figures, first=first, offset=offset, people=True)
    return page.total, [
        (one.member, one.depth, one.accounts, one.children, one.position, one.siblings, one.own, one.sum, one.offset)
        for one in page.rows
    ]


def test_pages_agree_with_recursion_on_random_trees() -> None:
    for seed in range(600):
        rng = random.Random(seed)
        size = rng.choice((1, 2, 3, 8, 25))
        tree = tree_of(random_parents(rng, size), rng)
        opened = rng.choice((None, [], [rng.randrange(size) for _ in range(size)]))
        measure = rng.choice((None, "won", "open"))
        expected = rows_of(tree, opened, measure)
        first, offset = rng.choice((0, 1, 3, 100)), rng.choice((0, 0, 1, 5))
        assert plain(tree, opened, measure, first, offset) == (len(expected), expected[offset : offset + first]), seed


def test_the_bars_of_siblings_tile_the_bar_of_their_parent() -> None:
    rng = random.Random(1)
    tree = tree_of(random_parents(rng, 40), rng)
    page = tree_page(tree, None, tree.figures["won"], first=100)
    ends: dict[int, int] = {}
    for row in page.rows:
        parent = int(tree.parent[row.member])
        if parent >= 0:
            assert row.offset["won"] == ends[parent]
            ends[parent] += row.sum["won"]
        ends[row.member] = row.offset["won"] + row.own["won"]
    for row in page.rows:
        assert ends[row.member] == row.offset["won"] + row.sum["won"]


def test_a_chain_of_a_thousand_levels() -> None:
    parents = list(range(-1, 999))
    tree = Tree(
        np.array(parents), np.array(Tree.sizes(parents)), np.arange(1000), {"won": np.ones(1000, dtype=np.int64)}
    )
    (row,) = tree_page(tree, None, tree.figures["won"], first=1, offset=999).rows
    assert (row.member, row.depth, row.accounts, row.offset, row.sum) == (999, 999, 1, {"won": 999}, {"won": 1})


def test_members_that_are_not_below_the_first_one_are_left_out() -> None:
    assert Tree.preorder([2, 0, 1, 4, 3, -1]) == [0, 1, 2]
    assert Tree.preorder([-1]) == [0]


@pytest.mark.parametrize("opened", [None, [0]])
def test_a_hundred_thousand_siblings(opened: list[int] | None) -> None:
    size = 100_000
    tree = Tree(
        np.array([-1] + [0] * (size - 1)), np.array([size] + [1] * (size - 1)), np.arange(size)[::-1].copy(),
        {"won": np.arange(size)},
    )  # fmt: skip
    page = tree_page(tree, opened, tree.figures["won"], first=2, offset=size - 2)
    assert [row.sum["won"] for row in page.rows] == [2, 1]
