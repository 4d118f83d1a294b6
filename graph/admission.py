"""The number of statements in flight, bounded so that heavy ones leave processors and connections for the others.

Each caller also has a budget, so that one caller leaves some of them for the others.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph.errors import Busy, OverBudget

HEAVY_SECONDS = 0.25
"""The time in the database from which on a statement is heavy; a pause of the database rarely takes as long."""

_LIGHT, _NEW, _WRITES = 56, 12, 20
# After so many heavy runs in turn, the next one of the same text is expected to be heavy: one with the same values, one
# with any values, and one with any values of a text that was quick before.
_SAME_VALUES, _ANY_VALUES, _WAS_QUICK = 2, 2, 32
_QUICK_RUNS = 1_000
_MOST_TEXTS = 20_000
_MOST_STATEMENTS = 1_000
_MOST_CALLERS = 10_000
_SHORTEST_WAIT = 1.0


class Lane:
    """A number of statements that run at the same time; further ones wait, for a limited time."""

    def __init__(self, size: int, seconds: float) -> None:
        self.size = size
        self._turns = asyncio.Semaphore(size)
        self._seconds = seconds

    async def enter(self) -> None:
        """Waits for a turn. Raises Busy when none is free in time."""
        if self._turns.locked():
            try:
                async with asyncio.timeout(self._seconds):
                    await self._turns.acquire()
            except TimeoutError:
                raise Busy(
                    f"The server is busy: the request waited {self._seconds:g} seconds for its turn and was not sent.",
                    remedy="Try again in a few seconds.",
                ) from None
        else:
            await self._turns.acquire()

    def leave(self) -> None:
        """Gives the turn to the next statement."""
        self._turns.release()


class HeavyLane(Lane):
    """A lane that knows how long the statements in it and before it are going to take."""

    def __init__(self, size: int, seconds: float) -> None:
        super().__init__(size, seconds)
        self.expected = 0.0

    def check(self) -> None:
        """Raises Busy when a further statement would wait for too long."""
        wait = self.expected / self.size
        if wait > self._seconds:
            raise Busy(
                f"The server is busy with other large requests: this one would wait {math.ceil(wait)} seconds, and "
                f"{self._seconds:g} are allowed.",
                remedy=f"Try again in {math.ceil(wait)} seconds, or request less at once: a smaller page, fewer levels "
                "or a narrower filter.",
            )


@dataclass(slots=True)
class HeavyEntry:
    """The entry of one heavy statement into its lane, with the seconds that it is expected to take."""

    lane: HeavyLane
    seconds: float

    async def enter(self) -> None:
        """Waits for the turn. Raises Busy when the wait is or would be too long."""
        self.lane.check()
        self.lane.expected += self.seconds
        try:
            await self.lane.enter()
        except BaseException:
            self.lane.expected -= self.seconds
            raise

    def leave(self) -> None:
        """Gives the turn to the next statement."""
        self.lane.expected -= self.seconds
        self.lane.leave()


@dataclass(slots=True)
class _Costs:
    """What is known about a text that was heavy: with some values of its parameters, or in all of its last runs."""

    was_quick: bool
    heavy_runs: int = 0
    quick_runs: int = 0
    seconds: float = 0.0
    statements: dict[int, tuple[int, float]] = field(default_factory=dict)
    """How often in turn a statement with certain values was heavy, and its last time."""

    def expected(self, statement: int) -> float:
        """Returns how long a statement is going to take, or 0 if it is not expected to be heavy."""
        times, seconds = self.statements.get(statement, (0, 0.0))
        if times >= _SAME_VALUES:
            return seconds
        return self.seconds if self.heavy_runs >= (_WAS_QUICK if self.was_quick else _ANY_VALUES) else 0.0

    def heavy(self, statement: int, seconds: float) -> None:
        """Notes a heavy run."""
        if len(self.statements) >= _MOST_STATEMENTS:
            self.statements.clear()
        times, _ = self.statements.get(statement, (0, 0.0))
        self.statements[statement] = times + 1, seconds
        self.seconds = seconds if not self.seconds else (3 * self.seconds + seconds) / 4
        self.heavy_runs += 1
        self.quick_runs = 0

    def quick(self, statement: int) -> None:
        """Notes a quick run."""
        self.statements.pop(statement, None)
        self.was_quick = True
        self.heavy_runs = 0
        self.quick_runs += 1


class Admission:
    """Three lanes for reads and one for writes.

    A statement that is known to be light runs beside many others. Heavy ones run a few at a time. New ones, whose
    costs are not known, have a lane of their own. However many heavy or new statements arrive, they do not delay one
    that is known to be light.
    """

    def __init__(self, *, heavy: int | None = None, seconds: float = 5.0) -> None:
        self.light, self.new = Lane(_LIGHT, seconds), Lane(_NEW, seconds)
        self.heavy = HeavyLane(heavy or heavy_by_default(), max(seconds, _SHORTEST_WAIT))
        self.writes = Lane(_WRITES, 2 * seconds)
        self._known: set[int] = set()
        self._costs: dict[int, _Costs] = {}

    def lane(self, text: str, parameters: Mapping[str, Any]) -> Lane | HeavyEntry:
        """Returns the lane of a statement, which it enters before it is sent."""
        if hash(text) in self._known:
            return self.light
        costs = self._costs.get(hash(text))
        if costs is None:
            return self.new
        seconds = costs.expected(_fingerprint(parameters))
        if seconds:
            return HeavyEntry(self.heavy, seconds)
        return self.light if costs.was_quick else self.new

    def is_quick(self, text: str) -> bool:
        """Returns whether a statement is known to be quick."""
        return hash(text) in self._known

    def quick(self, text: str) -> None:
        """Notes that a statement was quick."""
        self.took(text, {}, 0.0)

    def slow(self, text: str) -> None:
        """Forgets that a statement was quick."""
        self._known.discard(hash(text))

    def took(self, text: str, parameters: Mapping[str, Any], seconds: float) -> None:
        """Notes how long the database took for a statement."""
        key = hash(text)
        if seconds < HEAVY_SECONDS and key in self._known:
            return
        costs = self._costs.get(key)
        if seconds >= HEAVY_SECONDS:
            if costs is None:
                if len(self._costs) >= _MOST_TEXTS:
                    self._costs.clear()
                costs = self._costs[key] = _Costs(key in self._known)
                self._known.discard(key)
            costs.heavy(_fingerprint(parameters), seconds)
            return
        if costs is not None:
            costs.quick(_fingerprint(parameters))
            if costs.statements and costs.quick_runs < _QUICK_RUNS:
                return
            del self._costs[key]
        if len(self._known) >= _MOST_TEXTS:
            self._known.clear()
        self._known.add(key)


@dataclass(slots=True)
class Budget:
    """The budget of one caller: a bucket of `limit`, into which `rate` flows per second.

    A request takes 1 and its cost. One that costs more than the limit waits until the bucket is full, and overdraws it.
    """

    rate: float
    limit: int
    at: float
    left: float
    clock: Callable[[], float] = time.monotonic

    @property
    def remaining(self) -> int:
        """The cost that can be spent now, at least 0."""
        now = self.clock()
        self.left = min(self.limit, self.left + (now - self.at) * self.rate)
        self.at = now
        return max(0, int(self.left))

    def take(self, cost: int) -> None:
        """Takes 1 and the estimated cost of a request. Raises OverBudget when too little remains."""
        remaining, needed = self.remaining, min(cost + 1, self.limit)
        if remaining < needed:
            seconds = math.ceil((needed - self.left) / self.rate)
            raise OverBudget(
                f"The request costs {cost + 1:,}, and {remaining:,} of your budget of {self.limit:,} remain.",
                remedy=f"Try again in {seconds} seconds, or request less at once: a smaller page or fewer levels.",
                seconds=seconds, budget=self.shown(),
            )  # fmt: skip
        self.charge(cost + 1)

    def charge(self, cost: int) -> None:
        """Takes a cost that has been spent already."""
        self.left -= cost

    def shown(self) -> dict[str, int]:
        """What remains, the limit, and the seconds until the bucket is full, for the caller to see."""
        remaining = self.remaining
        seconds = math.ceil((self.limit - self.left) / self.rate)
        return {"remaining": remaining, "limit": self.limit, "resetSeconds": seconds}


class Budgets:
    """The budgets of callers by their ids; those of callers that were not seen for the longest time are forgotten."""

    def __init__(self, rate: float, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._limit, self._clock = rate, limit, clock
        self._budgets: OrderedDict[str, Budget] = OrderedDict()

    def of(self, caller: str) -> Budget:
        """The budget of a caller."""
        found = self._budgets.pop(caller, None)
        if found is None:
            found = Budget(self._rate, self._limit, self._clock(), self._limit, self._clock)
        self._budgets[caller] = found
        if len(self._budgets) > _MOST_CALLERS:
            self._budgets.popitem(last=False)
        return found


def heavy_by_default() -> int:
    """Returns the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _fingerprint(parameters: Mapping[str, Any]) -> int:
    """Returns a number for the values of parameters, except times: `$now` is another one in each request."""
    return hash(tuple(_hashable(value) for value in parameters.values()))


def _hashable(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(map(_hashable, value))
    if isinstance(value, dict):
        return tuple(_hashable(one) for one in value.values())
    return None if isinstance(value, datetime) else value
