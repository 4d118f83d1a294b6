"""Reads that keep the statements that were sent."""

from __future__ import annotations

from typing import Any

from graph.store import Bound, Reads, Store


class RecordedReads(Reads):
    """Reads that keep the statements that were sent; copies with another time limit keep them in the same list."""

    def __init__(self, store: Store, database: str) -> None:
        super().__init__(store.driver, database, 60, lambda *_: None)
        self._idle = store.reads._idle  # the store closes them
        self.sent: list[Bound] = []

    async def ask(self, bound: Bound) -> Any:
        """As `Reads.ask`, recorded."""
        self.sent.append(bound)
        return await super().ask(bound)
