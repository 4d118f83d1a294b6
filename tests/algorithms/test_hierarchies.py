"""The size of groups over time, and differences between hierarchies: against a simple implementation at each time."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from algorithms.hierarchies import EARLIEST, LATEST, Periods, hierarchy_differences, size_history, thinned

Line = tuple[int, int, int, int]


def periods(lines: list[Line]) -> Periods:
    return Periods(*np.array(lines, dtype=np.int64).reshape(-1, 4).T)


def random_lines(rng: random.Random, size: int) -> list[Line]:
    """Lines of which no child has two at a time, without cycles at any time."""
    found: list[Line] = []
    for child in range(size):
        bounds = sorted(rng.sample(range(30), rng.choice((0, 1, 2, 4))))
        for begin, end in pairwise([*bounds, LATEST] if bounds else []):
            if rng.random() < 0.8:
                line = (
                    child,
                    rng.randrange(size),
                    EARLIEST if rng.random() < 0.1 and begin == bounds[0] else begin,
                    end,
                )
                if all(not climbs([*found, line], line[1], line[0], at) for at in range(-1, 31)):
                    found.append(line)
    return found


def climbs(lines: list[Line], start: int, to: int, at: int) -> bool:
    """Whether the lines lead from one member up to another at a time."""
    parents = {child: parent for child, parent, begin, end in lines if begin <= at < end}
    seen: set[int] = set()
    while start != to and start in parents and start not in seen:
        seen.add(start)
        start = parents[start]
    return start == to


def test_the_size_at_every_time_is_the_number_of_members_that_lead_to_the_top() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        size = rng.choice((1, 2, 5, 9))
        lines, top, since = random_lines(rng, size), rng.randrange(size), rng.choice((EARLIEST, 7))
        steps = size_history(periods(lines), top, since)
        assert steps[0][0] == since
        for (before, one), (after, other) in pairwise(steps):
            assert before < after
            assert one != other
        for at in range(-1 if since == EARLIEST else since, 31):
            expected = sum(climbs(lines, member, top, at) for member in range(size))
            assert [number for time, number in steps if time <= at][-1] == expected, (seed, at)


def test_members_that_change_places_are_no_cycle() -> None:
    lines = [(1, 0, 0, 100), (2, 1, 0, 50), (3, 2, 0, 100), (2, 0, 50, 100), (1, 2, 60, 100)]
    lines[0] = (1, 0, 0, 60)
    assert size_history(periods(lines), 0, 0) == [(0, 4), (100, 1)]


def test_a_chain_of_a_thousand_levels_that_ends_at_once() -> None:
    lines = [(member + 1, member, member, 2000) for member in range(1000)]
    steps = size_history(periods(lines), 0, 0)
    assert steps[:2] == [(0, 2), (1, 3)]
    assert steps[-2:] == [(999, 1001), (2000, 1)]


def test_nothing_below() -> None:
    assert size_history(periods([]), 0) == [(EARLIEST, 1)]


def test_two_parents_at_a_time_are_refused() -> None:
    with pytest.raises(ValueError, match="two parents"):
        size_history(periods([(1, 0, 0, 10), (1, 2, 9, 20)]), 0)


def test_thinned_steps_are_steps_and_the_last_ones_of_equal_periods() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        steps = [(time, number) for number, time in enumerate(sorted(rng.sample(range(500), rng.randrange(1, 60))))]
        most = rng.choice((0, 1, 2, 5, 100))
        found = thinned(steps, most)
        assert len(found) <= most
        assert set(found) <= set(steps)
        assert found == sorted(found)
        assert most < 2 or (found[0], found[-1]) == (steps[0], steps[-1])


def test_differences_agree_with_a_simple_implementation() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        size, offset, first = rng.choice((0, 1, 5, 30)), rng.choice((0, 2)), rng.choice((0, 3, 50))
        a, b = ([rng.randrange(-1, 3) for _ in range(size)] for _ in range(2))
        rank = rng.sample(range(size), size)
        page = hierarchy_differences(
            *(np.array(one, dtype=np.int64) for one in (a, b, rank)), first=first, offset=offset
        )
        expected = [
            (member, "ONLY_IN_A" if b[member] < 0 else "ONLY_IN_B" if a[member] < 0 else "OTHER_PARENT")
            for member in sorted(range(size), key=lambda one: rank[one])
            if a[member] != b[member]
        ]
        assert page.differing == len(expected)
        assert [(member, reason.name) for member, reason in page.rows] == expected[offset : offset + first]
