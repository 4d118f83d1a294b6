"""Turns: what runs together, and what is never held back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from graph.turns import Turn, Turns


class Groups:
    """Groups that end when they are allowed to."""

    def __init__(self) -> None:
        self.started: list[list[int]] = []
        self.ended: list[list[int]] = []
        self.gate = asyncio.Event()

    async def run(self, turns: Sequence[Turn]) -> None:
        """Notes the items, and resolves them once the gate is open."""
        self.started.append([turn.item for turn in turns])
        await self.gate.wait()
        self.ended.append([turn.item for turn in turns])
        for turn in turns:
            turn.succeed(turn.item * 10)


async def test_what_arrives_while_a_group_runs_runs_together_after_it() -> None:
    turns, groups = Turns(most=3, patience=60), Groups()
    first = asyncio.ensure_future(turns.take(0, groups.run))
    await asyncio.sleep(0.01)
    others = [asyncio.ensure_future(turns.take(at, groups.run)) for at in range(1, 6)]
    await asyncio.sleep(0.01)
    assert groups.started == [[0]]
    groups.gate.set()
    assert await asyncio.gather(first, *others) == [0, 10, 20, 30, 40, 50]
    assert groups.started == [[0], [1, 2, 3], [4, 5]]


async def test_a_slow_group_holds_the_next_one_back_for_a_moment_only() -> None:
    turns, groups = Turns(patience=0.05), Groups()
    all_taken = [asyncio.ensure_future(turns.take(0, groups.run))]
    await asyncio.sleep(0.01)
    all_taken += [asyncio.ensure_future(turns.take(at, groups.run)) for at in (1, 2)]
    await asyncio.sleep(0.2)
    assert groups.started == [[0], [1, 2]]
    groups.gate.set()
    assert await asyncio.gather(*all_taken) == [0, 10, 20]


async def test_a_caller_who_goes_away_leaves_the_others_their_results() -> None:
    turns, groups = Turns(patience=60), Groups()
    first, second, gone = (asyncio.ensure_future(turns.take(at, groups.run)) for at in range(3))
    await asyncio.sleep(0.01)
    waiting = asyncio.ensure_future(turns.take(3, groups.run))
    await asyncio.sleep(0.01)
    gone.cancel()
    waiting.cancel()
    await asyncio.sleep(0.01)
    groups.gate.set()
    assert [await first, await second] == [0, 10]
    assert groups.started == [[0, 1, 2]]


async def test_a_group_whose_callers_have_all_gone_away_ends() -> None:
    turns, groups = Turns(patience=60), Groups()
    gone = [asyncio.ensure_future(turns.take(at, groups.run)) for at in range(2)]
    await asyncio.sleep(0.01)
    for one in gone:
        one.cancel()
    await asyncio.sleep(0.01)
    groups.gate.set()
    assert await turns.take(5, groups.run) == 50
    assert groups.started == [[0, 1], [5]]
    assert groups.ended == [[5]]


async def test_an_error_belongs_to_its_turn() -> None:
    async def run(all_turns: Sequence[Turn]) -> None:
        async def work(item: int) -> int:
            return 10 // item

        for turn in all_turns:
            await turn.resolve(work(turn.item))

    turns = Turns()
    good, bad = (asyncio.ensure_future(turns.take(at, run)) for at in (1, 0))
    assert await good == 10
    with pytest.raises(ZeroDivisionError):
        await bad


async def test_a_group_that_fails_as_a_whole_fails_each_turn() -> None:
    async def run(_: Sequence[Turn]) -> None:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        await Turns().take(1, run)


async def test_the_first_of_a_kind_is_noted_once() -> None:
    turns = Turns()
    with turns.first("a"):
        done = turns.firsts["a"]
        with turns.first("a"):
            assert turns.firsts["a"] is done
        assert not done.done()
    assert done.done()
    assert turns.firsts == {}
