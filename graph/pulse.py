"""Whether the database answers at all: while it is silent, requests fail at once instead of each waiting in vain."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

log = logging.getLogger("kith.graph")

_PROBE_SECONDS = 2.0
_SECONDS_BETWEEN_PROBES = 0.5


class Pulse:
    """The time of the last answer of the database; `probe` sends a trivial statement on a connection of its own."""

    def __init__(self, probe: Callable[[], Awaitable[None]]) -> None:
        self._probe = probe
        self._answered = 0.0
        self._listening: asyncio.Task[None] | None = None
        self.silent = False

    def answered(self) -> None:
        """Notes an answer of the database."""
        self._answered = time.perf_counter()

    async def answers_since(self, started: float) -> bool:
        """Returns whether the database has answered any statement since a time, or answers one now."""
        if self._answered > started or await self._answers():
            return True
        if not self.silent:
            self.silent = True
            log.warning("the database does not answer")
            self._listening = asyncio.create_task(self._listen())
        return False

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._probe()
        except Exception:  # noqa: BLE001  whatever the reason is, the database does not answer
            return False
        self.answered()
        return True

    async def _listen(self) -> None:
        while self.silent:
            await asyncio.sleep(_SECONDS_BETWEEN_PROBES)
            self.silent = not await self._answers()
        log.warning("the database answers again")

    async def close(self) -> None:
        """Ends the probes."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
