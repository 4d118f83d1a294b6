"""Records the statements that Kith sends to Neo4j for a GraphQL document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from graph.access import Principal, unrestricted
from graph.errors import Refused
from graph.store import Bound, Reads, Writes
from schema.execution import Executor, Options


class _RecordingReads:
    """Records statements instead of sending them."""

    seconds = 10.0

    def __init__(self) -> None:
        self.statements: list[Bound] = []

    async def ask(self, bound: Bound) -> None:
        """Records the statement and raises Refused."""
        self.statements.append(bound)
        raise Refused("Statements are only recorded.", remedy="Read the recorded statements.")


class StatementRecorder:
    """An executor without a database, which returns the statements of a document."""

    def __init__(self, options: Options) -> None:
        self._reads = _RecordingReads()
        self._executor = Executor(cast("Reads", self._reads), cast("Writes", self._reads), options, policy=unrestricted)

    async def statements(
        self, document: str, variables: Mapping[str, Any], operation: str | None = None
    ) -> list[Bound]:
        """Returns the statements of a query with their parameters. Raises ValueError for an invalid document."""
        self._reads.statements.clear()
        answer = await self._executor.execute(document, variables, operation, principal=Principal())
        if answer.status != "ok":
            raise ValueError(answer.body["errors"])
        return list(self._reads.statements)
