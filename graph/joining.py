"""Reads of single records that wait for each other and are sent as one statement.

The database and its driver spend far more on a statement than on the lookup of a record. While a lookup is on its way,
others of the same text wait for it, and then go together; a single caller never waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graph.errors import KithError

_MOST_TOGETHER = 32
CHEAP_SECONDS = 0.002
_MOST_LINES = 1_000
_FORGETTING = 1.02


@dataclass(frozen=True, slots=True)
class Join:
    """How lookups are joined: the text that reads `$items`, and the parameters that may differ between them.

    The text returns a list of pairs: the place of an item, and its answer if there is one.
    """

    text: str
    varying: frozenset[str]


class Lookup(Protocol):
    """A statement that can be joined with others of the same text."""

    @property
    def text(self) -> str:
        """The Cypher text."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The value of every parameter."""

    @property
    def join(self) -> Join | None:
        """How it is joined."""

    def with_items(self, items: list[dict[str, Any]], same: Mapping[str, Any]) -> Any:
        """Returns the statement for several items, with the parameters that all have in common."""


Send = Callable[[Any], Awaitable[Any]]


@dataclass(slots=True)
class _Line:
    """The lookups of one text: whether one is on its way, those that wait, and about how long one takes alone."""

    running: bool = False
    waiting: list[tuple[Lookup, asyncio.Future[Any]]] = field(default_factory=list)
    seconds: float = 1.0


class Joining:
    """Sends lookups, joined where that is cheaper."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, bound: Lookup, send: Send) -> Any:
        """Returns the value of a lookup; `send` sends one statement. Raises what `send` raises."""
        line = self._lines.get(bound.text)
        if line is None:
            line = self._new_line(bound.text)
        if line.running:
            if line.seconds > CHEAP_SECONDS:
                return await send(bound)
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            line.waiting.append((bound, future))
            return await future
        line.running = True
        started = time.perf_counter()
        try:
            value = await send(bound)
        finally:
            line.running = False
            self._next(line, send)
        # The least of the last durations, because others depend on how busy the server is.
        line.seconds = min(line.seconds * _FORGETTING, time.perf_counter() - started)
        return value

    def _new_line(self, text: str) -> _Line:
        if len(self._lines) >= _MOST_LINES:
            self._lines = {known: line for known, line in self._lines.items() if line.running}
        line = self._lines[text] = _Line()
        return line

    def _next(self, line: _Line, send: Send) -> None:
        """Sends those that wait and differ only in what may vary."""
        waiting = [one for one in line.waiting if not one[1].done()]
        if not waiting:
            line.waiting = []
            return
        same = _fixed(waiting[0][0])
        group = [one for one in waiting if _fixed(one[0]) == same][:_MOST_TOGETHER]
        taken = {id(future) for _, future in group}
        line.waiting = [one for one in waiting if id(one[1]) not in taken]
        line.running = True
        task = asyncio.ensure_future(self._together(line, group, same, send))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

        def left(_: asyncio.Future[Any]) -> None:
            """Ends the statement when every caller has gone."""
            if all(future.done() for _, future in group):
                task.cancel()

        for _, future in group:
            future.add_done_callback(left)

    async def _together(
        self, line: _Line, group: list[tuple[Lookup, asyncio.Future[Any]]], same: Mapping[str, Any], send: Send
    ) -> None:
        try:
            answers = await _joined([bound for bound, _ in group], same, send)
        except KithError:
            # One of them may be the reason, so that each is sent alone and gets an answer of its own.
            await asyncio.gather(*(_alone(bound, future, send) for bound, future in group))
        except Exception as error:  # noqa: BLE001  every caller receives it
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), answer in zip(group, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        finally:
            line.running = False
            self._next(line, send)


async def _joined(bounds: list[Lookup], same: Mapping[str, Any], send: Send) -> list[Any]:
    if len(bounds) == 1:
        return [await send(bounds[0])]
    join = bounds[0].join
    assert join is not None
    items = [{"at": at, **{name: one.parameters[name] for name in join.varying}} for at, one in enumerate(bounds)]
    found = await send(bounds[0].with_items(items, same))
    answers: list[Any] = [None] * len(bounds)
    for at, answer in found:
        answers[at] = answer
    return answers


async def _alone(bound: Lookup, future: asyncio.Future[Any], send: Send) -> None:
    try:
        answer = await send(bound)
    except KithError as error:
        if not future.done():
            future.set_exception(error)
    else:
        if not future.done():
            future.set_result(answer)


def _fixed(bound: Lookup) -> dict[str, Any]:
    """The parameters that must be equal for lookups to be joined."""
    assert bound.join is not None
    return {name: value for name, value in bound.parameters.items() if name not in bound.join.varying}
