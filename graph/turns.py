"""Turns: what arrives while something else runs waits, and then runs together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_MOST = 16
_PATIENCE_SECONDS = 0.2


class Turn:
    """An item that waits for its turn, and the future of its result."""

    def __init__(self, item: Any) -> None:
        self.item = item
        self.result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def resolve(self, work: Awaitable[Any]) -> None:
        """Takes the result, or the exception, of some work."""
        try:
            self.succeed(await work)
        except BaseException as error:
            if not self.result.done():
                self.result.set_exception(error)
            if not isinstance(error, Exception):
                raise

    def succeed(self, result: Any) -> None:
        """Takes the result, unless the caller has gone away."""
        if not self.result.done():
            self.result.set_result(result)


Run = Callable[[Sequence[Turn]], Awaitable[None]]


class Turns:
    """Runs items in groups of up to `most`: a group takes what already waits, and never waits for more.

    While a group runs, the items that arrive wait for it, but not longer than `patience` seconds: then the next group
    runs beside it.
    """

    def __init__(self, most: int = _MOST, patience: float = _PATIENCE_SECONDS) -> None:
        self._most, self._patience = most, patience
        self._waiting: deque[tuple[Turn, Run]] = deque()
        self._latest: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self.firsts: dict[str, asyncio.Future[None]] = {}
        """The kinds of item of which the first one runs, each with a future that ends with it."""

    @contextmanager
    def first(self, kind: str) -> Iterator[None]:
        """Notes in the context that the first item of a kind runs, unless another one is noted."""
        if kind in self.firsts:
            yield
            return
        self.firsts[kind] = done = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            del self.firsts[kind]
            done.set_result(None)

    async def take(self, item: Any, run: Run) -> Any:
        """Returns the result of an item, after `run` has resolved its turn, with others or alone."""
        turn = Turn(item)
        self._waiting.append((turn, run))
        asyncio.get_running_loop().call_soon(self._next)
        return await turn.result

    def _next(self) -> None:
        """Starts the next group, unless the latest one holds it back."""
        group: list[tuple[Turn, Run]] = []
        while self._latest is None and self._waiting and len(group) < self._most:
            turn, run = self._waiting.popleft()
            if not turn.result.done():  # the caller may have gone away
                group.append((turn, run))
        if not group:
            return
        self._latest = task = asyncio.ensure_future(group[0][1]([turn for turn, _ in group]))
        self._running.add(task)
        task.add_done_callback(lambda _: self._ended(task, group))
        asyncio.get_running_loop().call_later(self._patience, self._release, task)
        for turn, _ in group:
            turn.result.add_done_callback(lambda _: self._abandon(task, group))

    def _abandon(self, task: asyncio.Task[None], group: Sequence[tuple[Turn, Run]]) -> None:
        """Ends a group whose callers have all gone away."""
        if all(turn.result.cancelled() for turn, _ in group):
            task.cancel()

    def _ended(self, task: asyncio.Task[None], group: Sequence[tuple[Turn, Run]]) -> None:
        """Lets the next group start; a turn that was not resolved fails as the group did."""
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        for turn, _ in group:
            if not turn.result.done():
                turn.result.set_exception(error or RuntimeError("The turn has no result."))
        self._release(task)

    def _release(self, task: asyncio.Task[None]) -> None:
        """Lets the next group start."""
        if self._latest is task:
            self._latest = None
            self._next()
