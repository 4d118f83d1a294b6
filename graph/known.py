"""Values read from the graph that are kept from request to request, and read again after anything has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, TypeVar

from graph.store import Reads
from graph.unrecorded import Position, position

_MOST = 10_000

T = TypeVar("T")


class Outdated(Exception):
    """A request that changes something was about to use a value that is no longer right; nothing was changed."""


class Moment:
    """How far the graph had come at the beginning of a request, read once.

    With `trusting`, values that were kept are used at once, while the position is being read: the answer of the
    request may leave only if they are `confirmed`.
    """

    __slots__ = ("_read", "_reads", "_trusted", "_trusting")

    def __init__(self, reads: Reads, *, trusting: bool = False) -> None:
        self._reads, self._trusting = reads, trusting
        self._read: asyncio.Future[Position] | None = None
        self._trusted: list[Position] = []

    async def position(self) -> Position:
        """Returns the position. Raises Unavailable."""
        return await self._started()

    async def holds(self, known: Position) -> bool:
        """Whether a value that was read at a position can be used. Raises Unavailable."""
        if self._trusting:
            self._started()
            self._trusted.append(known)
            return True
        at = await self.position()
        return known == at and not at.running

    async def confirmed(self) -> bool:
        """Whether every value that was used on trust is as it was at the beginning of the request.

        Raises Unavailable.
        """
        if not self._trusted:
            return True
        at = await self.position()
        return not at.running and all(one == at for one in self._trusted)

    def _started(self) -> asyncio.Future[Position]:
        if self._read is None:
            self._read = asyncio.ensure_future(position(self._reads))
            self._read.add_done_callback(_retrieve)
        return self._read


def _retrieve(read: asyncio.Future[Position]) -> None:
    """Takes note of the error of a read that nobody awaits, because the request was refused before."""
    if not read.cancelled():
        read.exception()


class Known(Generic[T]):
    """The values of keys, each with the position of the graph at which it was read.

    A value is used only at that position, so that what was changed before a request began is seen by the request.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Position, datetime | None, T]] = {}

    async def of(
        self, key: str, moment: Moment, now: datetime, read: Callable[[], Awaitable[tuple[T, datetime | None]]]
    ) -> T:
        """Returns the value of a key at the moment of a request.

        `read` returns the value, and until when it stays as it is if nothing is changed; None for always.
        """
        known = self._known.get(key)
        if known is not None and (known[1] is None or now < known[1]) and await moment.holds(known[0]):
            return known[2]
        at = await moment.position()
        value, until = await read()
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = at, until, value
        return value
