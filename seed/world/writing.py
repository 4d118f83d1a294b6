"""Writes a generated world to an empty graph, completely or not at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from graph import fill_lock, indexes, roles
from graph.bulk.batch import batches
from graph.bulk.create import create_edges, create_nodes, edge_row, node_row
from graph.errors import Refused
from graph.fill_lock import Found
from graph.money import Rates
from graph.settings import Settings
from graph.store import Store, Writes
from graph.valuation import stored as valuation
from seed.world.generate import World
from seed.world.sheet import Batch, Nodes, Properties
from seed.world.stories import Fact

_SECONDS = 900.0
_LOOK = 0.25
_ROWS = 5_000
_AT_ONCE = 3

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The result of a write: counts, duration, planted records, and the K at which the median tie scores 50."""

    nodes: int
    relationships: int
    seconds: float
    facts: tuple[Fact, ...]
    k: float


def _ignore_progress(done: int) -> None:
    """A progress callback without effect."""


async def ensure(
    store: Store, settings: Settings, size: str, *, progress: Progress = _ignore_progress
) -> WriteResult | None:
    """Writes a generated world if the graph is empty, or if an earlier write was interrupted.

    Waits while another process writes one. Returns None if the graph has data.
    Constraints must be installed. Raises Conflict, Unavailable.
    """
    while True:
        found, lock = await fill_lock.claim(store.writes, f"world {size}")
        if lock is not None:
            world = World(size, rates=Rates(settings.currency, settings.rates))
            return await _fill(store, world, lock, found, progress)
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
    progress: Progress = _ignore_progress,
) -> WriteResult:
    """Writes a generated world to an empty graph, or replaces all data.

    Constraints must be installed. Raises Refused if the graph has data and `replace` is not set, or while
    another process is filling it; Conflict, Unavailable.
    """
    found, lock = await fill_lock.claim(store.writes, f"world {size} {number}", replace=replace)
    if lock is None:
        if found is Found.WRITING:
            raise Refused("Another process is filling the graph.", remedy="Wait until it has finished.")
        raise Refused(
            "The graph has data, but a generated world requires an empty graph.",
            remedy="Add --replace to delete all data, or set another KITH_DATA or NEO4J_DATABASE.",
        )
    world = World(size, number, until, Rates(settings.currency, settings.rates))
    return await _fill(store, world, lock, found, progress)


async def _fill(store: Store, world: World, lock: fill_lock.FillLock, found: Found, progress: Progress) -> WriteResult:
    async with fill_lock.held(lock, store.writes, _SECONDS) as held:
        writes = held.writes
        if found is not Found.EMPTY:
            await fill_lock.clear(writes)
        await valuation.write(writes, world.rates)
        installed = await roles.install(writes)
        started = time.perf_counter()
        nodes, relationships = await _write(writes, world, held.beats, progress)
        await lock.finish(writes, nodes + installed, relationships)
    await indexes.replan(store.writes)
    return WriteResult(nodes, relationships, time.perf_counter() - started, tuple(world.facts), world.k)


class _BufferedWriter:
    """Buffers rows up to the size of transactions, and writes nodes before their relationships.

    New nodes and relationships between older ones never wait for each other's locks, so the two are written side by
    side: the nodes of one part with the relationships of the part before.
    """

    def __init__(self, writes: Writes, progress: Progress, at_once: int) -> None:
        self._writes, self._progress = writes, progress
        self._parallel = asyncio.Semaphore(at_once)
        self._nodes: list[Properties] = []
        self._edges: list[Properties] = []
        self._before: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._before.set_result(0)
        self.nodes = self.relationships = 0

    async def take(self, batch: Batch) -> None:
        """Adds a batch to the buffer, and writes the buffer when it is full."""
        if isinstance(batch, Nodes):
            self._nodes += [node_row(batch.label, row) for row in batch.rows]
        else:
            self._edges += [edge_row(batch.type, start, end, values) for start, end, values in batch.rows]
        if len(self._nodes) >= 2 * _ROWS or len(self._edges) >= 8 * _ROWS:
            await self._flush()

    async def finish(self) -> None:
        """Writes the rest of the buffer."""
        await self._flush()
        self.relationships += await self._before

    async def stop(self) -> None:
        """Cancels pending writes."""
        self._before.cancel()
        await asyncio.gather(self._before, return_exceptions=True)

    async def _flush(self) -> None:
        nodes, edges, self._nodes, self._edges = self._nodes, self._edges, [], []
        self.nodes += await self._create(create_nodes, nodes)
        self.relationships += await self._before
        self._before = asyncio.ensure_future(self._create(create_edges, edges))

    async def _create(
        self, create: Callable[[Writes, Iterable[Properties]], Awaitable[int]], rows: list[Properties]
    ) -> int:
        """Writes rows in parallel transactions; a server uses one core for each."""

        async def create_batch(batch: list[Properties]) -> int:
            async with self._parallel:
                count = await create(self._writes, batch)
            self._progress(len(batch))
            return count

        # All transactions have ended when this returns or raises.
        counts = await asyncio.gather(*map(create_batch, batches(rows, _ROWS)), return_exceptions=True)
        for count in counts:
            if isinstance(count, BaseException):
                raise count
        return sum(count for count in counts if not isinstance(count, BaseException))


async def _write(writes: Writes, world: World, beats: asyncio.Future[None], progress: Progress) -> tuple[int, int]:
    """Writes all batches; the next one is generated while the database works."""
    # dbHits are measured on the small world and depend on the order in which relationships are written.
    writer = _BufferedWriter(writes, progress, at_once=1 if world.size == "small" else _AT_ONCE)
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
