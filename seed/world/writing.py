"""A world on its way into the graph: into an empty one, all of it or nothing that stays."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from graph import fill_lock
from graph.bulk.batch import batches
from graph.bulk.create import create_edges, create_nodes, edge_row, node_row
from graph.errors import Refused
from graph.fill_lock import Found
from graph.money import Rates
from graph.settings import Settings
from graph.store import Store, Writes
from seed.world.generate import World
from seed.world.sheet import Batch, Nodes, Row
from seed.world.stories import Fact

_SECONDS = 900.0
_LOOK = 0.25
_ROWS = 5_000
_AT_ONCE = 3

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how much, in what time, what to look for in it, and the K at which its median tie scores 50."""

    nodes: int
    relationships: int
    seconds: float
    facts: tuple[Fact, ...]
    k: float


def _silent(done: int) -> None:
    """Nobody watches."""


async def ensure(store: Store, settings: Settings, size: str, *, progress: Progress = _silent) -> Written | None:
    """A generated world of that size where the graph is empty; a write that was interrupted is done again.

    Waits while another process is writing one. None when the graph was filled already, with whatever.
    Constraints must be installed. Raises Conflict, Unavailable.
    """
    while True:
        found, right = await fill_lock.claim(store.writes, f"world {size}")
        if right is not None:
            world = World(size, rates=Rates(settings.currency, settings.rates))
            return await _fill(store, world, right, found, progress)
        if found is Found.FILLED:
            return None
        await asyncio.sleep(_LOOK)


async def write(
    store: Store,
    settings: Settings,
    size: str,
    number: int,
    until: datetime | None = None,
    *,
    replace: bool = False,
    progress: Progress = _silent,
) -> Written:
    """A generated world in an empty graph, or instead of everything that is in it.

    Constraints must be installed. Raises Refused when something is in the graph and `replace` is not given, or while
    another process is filling it; Conflict, Unavailable.
    """
    found, right = await fill_lock.claim(store.writes, f"world {size} {number}", replace=replace)
    if right is None:
        if found is Found.WRITING:
            raise Refused("Another process is filling the graph.", remedy="Wait until it has finished.")
        raise Refused(
            "There are records in the graph, and a generated world needs an empty one.",
            remedy="Give --replace to delete everything that is in it, or another KITH_DATA or NEO4J_DATABASE.",
        )
    world = World(size, number, until, Rates(settings.currency, settings.rates))
    return await _fill(store, world, right, found, progress)


async def _fill(store: Store, world: World, right: fill_lock.FillLock, found: Found, progress: Progress) -> Written:
    writes = copy.copy(store.writes)
    writes.seconds = _SECONDS
    async with fill_lock.held(right, writes) as beats:
        if found is not Found.EMPTY:
            await fill_lock.clear(writes)
        started = time.perf_counter()
        nodes, relationships = await _write(writes, world, beats, progress)
        await right.finish(writes, nodes, relationships)
    return Written(nodes, relationships, time.perf_counter() - started, tuple(world.facts), world.k)


class _Writer:
    """Holds rows back until they make a transaction; nodes go before the relationships that need them.

    New nodes and relationships between older ones never wait for each other's locks, so the two are written side by
    side: the nodes of one part with the relationships of the part before.
    """

    def __init__(self, writes: Writes, progress: Progress, at_once: int) -> None:
        self._writes, self._progress = writes, progress
        self._under_way = asyncio.Semaphore(at_once)
        self._nodes: list[Row] = []
        self._edges: list[Row] = []
        self._before: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._before.set_result(0)
        self.nodes = self.relationships = 0

    async def take(self, batch: Batch) -> None:
        """Writes the batch, or keeps it for later."""
        if isinstance(batch, Nodes):
            self._nodes += [node_row(batch.label, row) for row in batch.rows]
        else:
            self._edges += [edge_row(batch.type, start, end, values) for start, end, values in batch.rows]
        if len(self._nodes) >= 2 * _ROWS or len(self._edges) >= 8 * _ROWS:
            await self._flush()

    async def finish(self) -> None:
        """Writes what is left."""
        await self._flush()
        self.relationships += await self._before

    async def stop(self) -> None:
        """Leaves what is not written unwritten."""
        self._before.cancel()
        await asyncio.gather(self._before, return_exceptions=True)

    async def _flush(self) -> None:
        nodes, edges, self._nodes, self._edges = self._nodes, self._edges, [], []
        self.nodes += await self._sent(create_nodes, nodes)
        self.relationships += await self._before
        self._before = asyncio.ensure_future(self._sent(create_edges, edges))

    async def _sent(self, make: Callable[[Writes, Iterable[Row]], Awaitable[int]], rows: list[Row]) -> int:
        """Sends the rows in transactions of which a few are under way at once; a server uses one core for each."""

        async def one(part: list[Row]) -> int:
            async with self._under_way:
                made = await make(self._writes, part)
            self._progress(len(part))
            return made

        parts = (one(part) for part in batches(rows, _ROWS))
        # Nothing is under way any more when this ends, be it with an error.
        made = await asyncio.gather(*parts, return_exceptions=True)
        for failed in made:
            if isinstance(failed, BaseException):
                raise failed
        return sum(count for count in made if not isinstance(count, BaseException))


async def _write(writes: Writes, world: World, beats: asyncio.Future[None], progress: Progress) -> tuple[int, int]:
    """Everything in the order it comes; the next batch is made while the database works on one."""
    # The small world is what dbHits are counted on: relationships of a node lie in the order they were written.
    writer = _Writer(writes, progress, at_once=1 if world.size == "small" else _AT_ONCE)
    try:
        async for batch in _ahead(world.batches()):
            await writer.take(batch)
            if beats.done():
                await beats
        await writer.finish()
    finally:
        await writer.stop()
    return writer.nodes, writer.relationships


async def _ahead(batches: Iterator[Batch]) -> AsyncIterator[Batch]:
    coming = asyncio.ensure_future(asyncio.to_thread(next, batches, None))
    while (batch := await coming) is not None:
        coming = asyncio.ensure_future(asyncio.to_thread(next, batches, None))
        yield batch
