"""Latency of the benchmark queries at 1, 10 and 100 times the data."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from api.build import Notify
from bench.load import run_load
from bench.measure import SINGLE, Schedule, Spread
from bench.queries import QUERIES
from bench.report import span, table
from bench.servers import kith
from bench.world import World
from graph import engine, store
from graph.settings import Settings

SCALES = (1, 10, 100)
SECONDS = 600.0


async def measure_growth(
    settings: Settings, folder: Path, scales: Sequence[int], schedule: Schedule, notify: Notify
) -> str:
    """Returns a table of the median latency of each query with one column per scale; each scale has a data folder."""
    columns = []
    for scale in scales:
        data, world = folder / f"growth-{scale}", World(World().accounts * scale)
        async with engine.server(settings.model_copy(update={"data": data})) as server:
            address = (server.uri, server.user, server.password)
            async with store.connect(*address, database=server.database, seconds=SECONDS) as opened_store:
                notify(f"{scale} times the data: {world.counts['all']:,} records")
                await world.write(opened_store)
            columns.append(await asyncio.to_thread(_latencies, server, data, world, schedule))
    heads = ["query, p50 ms at 1 connection", *(f"{scale} x" for scale in scales)]
    rows = [[query.title, *(column[index] for column in columns)] for index, query in enumerate(QUERIES)]
    return table(heads, rows)


def latency(port: int, requests: Sequence[bytes], schedule: Schedule) -> str:
    """Returns the median latency at one connection in milliseconds, with its minimum and maximum over the rounds."""
    run_load(port, requests, connections=SINGLE, seconds=schedule.warmup)
    rounds = [run_load(port, requests, connections=SINGLE, seconds=schedule.single) for _ in range(schedule.rounds)]
    return span(Spread.of([sample.median * 1e3 for sample in rounds]), "{:.2f}")


def _latencies(server: engine.Server, data: Path, world: World, schedule: Schedule) -> list[str]:
    with kith(server, data) as served:
        return [
            latency(served.port, served.requests(query.key, query.bodies(world, query.kith)), schedule)
            for query in QUERIES
        ]
