"""Writes that are rolled back: a load that is rehearsed finds out what it would do, and leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from neo4j import AsyncManagedTransaction

from graph.bulk.recording import Recorder, Written
from graph.store import Writes


class _RehearsedError(Exception):
    """Rolls back a transaction that was executed; `value` is what it returned."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class RehearsedWrites(Writes):
    """Executes each transaction and rolls it back, so that a later one does not see what it wrote."""

    @classmethod
    def of(cls, writes: Writes) -> RehearsedWrites:
        """The rehearsed form of writes, on the same connection."""
        one = cls.__new__(cls)
        one.__dict__.update(writes.__dict__)
        return one

    async def in_transaction(self, work: Callable[[AsyncManagedTransaction], Any], *, name: str) -> Any:
        """Runs `work`, returns its value and saves nothing. Raises what `work` raises, Conflict and Unavailable."""

        async def rehearsed(transaction: AsyncManagedTransaction) -> Any:
            raise _RehearsedError(await work(transaction))

        try:
            return await super().in_transaction(rehearsed, name=name)
        except _RehearsedError as done:
            return done.value


@dataclass(slots=True)
class Rehearsal:
    """A load that writes nothing: the records that it would create, which its relationships may lead to."""

    created: set[str] = field(default_factory=set)

    def recorder(self, then: Recorder | None) -> Recorder:
        """Collects the new records, and passes what is written on."""

        async def record(transaction: AsyncManagedTransaction, written: Written) -> None:
            self.created.update(one["uid"] for one in written.created)
            if then is not None:
                await then(transaction, written)

        return record
