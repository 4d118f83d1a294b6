"""Statements within a transaction."""

from __future__ import annotations

from typing import Any, LiteralString, cast

from neo4j import AsyncManagedTransaction

from graph.store import Bound


async def value(transaction: AsyncManagedTransaction, bound: Bound) -> Any:
    """The value that a statement returns within a transaction."""
    result = await transaction.run(cast("LiteralString", bound.text), cast("dict[str, Any]", bound.parameters))
    record = await result.single()
    return None if record is None else record[0]
