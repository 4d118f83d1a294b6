"""What Kith sends to Neo4j for a GraphQL document: read from its own executor, so that nothing is copied by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from graph.access import Principal, unrestricted
from graph.errors import Unavailable
from graph.store import Bound, Reads, Writes
from schema.execution import Executor, Options


class _Listening:
    """Stands where the database stands, and keeps what it is asked."""

    seconds = 10.0

    def __init__(self) -> None:
        self.asked: list[Bound] = []

    async def ask(self, bound: Bound) -> None:
        """Keeps the statement and has no answer."""
        self.asked.append(bound)
        raise Unavailable("No database is behind this executor.", remedy="Read the statements.")


class Compiled:
    """A executor with nothing behind it, that tells the statements of a document."""

    def __init__(self, options: Options) -> None:
        self._listening = _Listening()
        self._executor = Executor(
            cast("Reads", self._listening), cast("Writes", self._listening), options, policy=unrestricted
        )

    async def statements(
        self, document: str, variables: Mapping[str, Any], operation: str | None = None
    ) -> list[Bound]:
        """The statements of a query, each with its parameters; ValueError when the document is refused."""
        self._listening.asked.clear()
        answer = await self._executor.execute(document, variables, operation, principal=Principal())
        if answer.status != "ok":
            raise ValueError(answer.body["errors"])
        return list(self._listening.asked)
