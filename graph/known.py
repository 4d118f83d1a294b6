"""Values read from the graph that are kept from request to request, and read again after anything has changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, TypeVar

from graph.unrecorded import Position

_MOST = 10_000

T = TypeVar("T")


class Known(Generic[T]):
    """The values of keys, each with the position of the graph at which it was read.

    A value is used only at that position, so that what was changed before a request began is seen by the request.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Position, datetime | None, T]] = {}

    async def of(
        self, key: str, at: Position, now: datetime, read: Callable[[], Awaitable[tuple[T, datetime | None]]]
    ) -> T:
        """Returns the value of a key; `at` is read after the request began.

        `read` returns the value, and until when it stays as it is if nothing is changed; None for always.
        """
        known = self._known.get(key)
        if known is not None and known[0] == at and not at.running and (known[1] is None or now < known[1]):
            return known[2]
        value, until = await read()
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = at, until, value
        return value
