"""Writes the rows of a data set to Neo4j."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from graph import roles, schema_version
from graph.bulk.batch import batches
from graph.bulk.create import create_edges, create_nodes
from graph.migrations.execution import CURRENT
from graph.store import Bound, Writes

_AT_ONCE = 3
_PLANNING_SECONDS = 300.0

Row = dict[str, Any]


async def write_rows(writes: Writes, nodes: Iterable[Row], edges: Iterable[Row]) -> None:
    """Writes nodes, then relationships, into an empty database whose indexes are installed."""
    await schema_version.write(writes, CURRENT)
    await roles.install(writes)
    await _write(writes, nodes, create_nodes)
    await _write(writes, edges, create_edges)
    # Plans depend on statistics: plan all statements with those of the new data.
    await writes.autocommit(Bound("bench.replan", "CALL db.prepareForReplanning()", {}), seconds=_PLANNING_SECONDS)


async def _write(
    writes: Writes, rows: Iterable[Row], create: Callable[[Writes, Iterable[Row]], Awaitable[int]]
) -> None:
    running: set[asyncio.Future[int]] = set()
    for batch in batches(rows):
        running.add(asyncio.ensure_future(create(writes, batch)))
        if len(running) == _AT_ONCE:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
    await asyncio.gather(*running)
