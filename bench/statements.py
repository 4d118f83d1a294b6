"""What Kith sends to Neo4j for a GraphQL document: read from its own door, so that nothing is copied by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from graph.errors import Unavailable
from graph.store import Bound, Reads, Writes
from schema.context import Caller
from schema.execution import Executor, Options


class _Listening:
    """Stands where the database stands, and keeps what it is asked."""

    seconds = 10.0

    def __init__(self) -> None:
        self.asked: list[Bound] = []

    async def ask(self, bound: Bound) -> None:
        """Keeps the statement and has no answer."""
        self.asked.append(bound)
        raise Unavailable("No database is behind this door.", remedy="Read the statements.")


class Compiled:
    """A door with nothing behind it, that tells the statements of a document."""

    def __init__(self, options: Options | None = None) -> None:
        self._listening = _Listening()
        self._door = Executor(cast("Reads", self._listening), cast("Writes", self._listening), options)

    async def statements(
        self, document: str, variables: Mapping[str, Any], operation: str | None = None
    ) -> list[Bound]:
        """The statements of a query, each with its parameters; ValueError when the document is refused."""
        self._listening.asked.clear()
        answer = await self._door.answer(document, variables, operation, caller=Caller())
        if answer.status != "ok":
            raise ValueError(answer.body["errors"])
        return list(self._listening.asked)
