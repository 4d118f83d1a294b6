"""The number of statements in flight, bounded so that slow ones leave connections for the others."""

from __future__ import annotations

import asyncio

from graph.errors import Unavailable

QUICK_SECONDS = 1.0
_MOST_REMEMBERED = 20_000


class Lane:
    """A number of statements that run at the same time; further ones wait, for a limited time."""

    def __init__(self, size: int, seconds: float) -> None:
        self._turns = asyncio.Semaphore(size)
        self._seconds = seconds

    async def enter(self) -> None:
        """Waits for a turn. Raises Unavailable when none is free in time."""
        if self._turns.locked():
            try:
                async with asyncio.timeout(self._seconds):
                    await self._turns.acquire()
            except TimeoutError:
                raise Unavailable(
                    f"The server is busy: no connection to the database was free for {self._seconds:g} seconds.",
                    remedy="Try again in a few seconds.",
                ) from None
        else:
            await self._turns.acquire()

    def leave(self) -> None:
        """Gives the turn to the next statement."""
        self._turns.release()


class Admission:
    """Two lanes: one for statements that were quick the last time, and a narrow one for all others.

    However many slow or new statements arrive, they do not delay a statement that is known to be quick.
    """

    def __init__(self, *, quick: int = 64, other: int = 16, seconds: float = 5.0) -> None:
        self._quick = Lane(quick, seconds)
        self._other = Lane(other, seconds)
        self._known: set[int] = set()

    def lane(self, text: str) -> Lane:
        """Returns the lane of a statement."""
        return self._quick if self.is_quick(text) else self._other

    def is_quick(self, text: str) -> bool:
        """Returns whether a statement was quick the last time."""
        return hash(text) in self._known

    def quick(self, text: str) -> None:
        """Remembers that a statement was quick."""
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known.add(hash(text))

    def slow(self, text: str) -> None:
        """Remembers that a statement was slow or failed."""
        self._known.discard(hash(text))
