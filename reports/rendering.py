"""Writes reports in a thread, one at a time for all callers, because that takes processor time and memory."""

from __future__ import annotations

from functools import partial

from anyio import CapacityLimiter, to_thread

from reports.execution import Result
from reports.formats import Format, Options


class Renderer:
    """Writes reports in their formats, one after the other."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(1)

    async def write(self, chosen: Format, result: Result, options: Options) -> bytes:
        """Returns a report in a format. Raises the errors of the format."""
        return await to_thread.run_sync(partial(chosen.write, result, options), limiter=self._limiter)
