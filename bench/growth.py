"""What a read costs as the world grows: the same questions to Kith at 1, 10 and 100 times the data."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import orjson

from bench.load import drive
from bench.measure import SINGLE, Pace, Spread
from bench.questions import QUESTIONS
from bench.report import table
from bench.servers import Say, kith
from bench.world import World
from graph import engine, store
from graph.settings import Settings

SCALES = (1, 10, 100)
SECONDS = 600.0


async def grown(settings: Settings, folder: Path, scales: Sequence[int], pace: Pace, say: Say) -> str:
    """A table of the median latency of each question, a column for each scale; every scale has a data folder."""
    columns = []
    for scale in scales:
        data, world = folder / f"growth-{scale}", World(World().accounts * scale)
        async with engine.server(settings.model_copy(update={"data": data})) as server:
            address = (server.uri, server.user, server.password)
            async with store.connect(*address, database=server.database, seconds=SECONDS) as opened:
                say(f"{scale} times the world: {world.counts['all']:,} records")
                await world.written(opened)
            columns.append(await asyncio.to_thread(_latencies, server, data, world, pace))
    heads = ["question, p50 ms at 1 connection", *(f"{scale} x" for scale in scales)]
    rows = [[question.title, *(column[at] for column in columns)] for at, question in enumerate(QUESTIONS)]
    return table(heads, rows)


def _latencies(server: engine.Server, data: Path, world: World, pace: Pace) -> list[str]:
    found = []
    with kith(server, data, orjson.dumps({"query": "{ __typename }"})) as served:
        for question in QUESTIONS:
            requests = served.requests(question, question.bodies(world, question.kith))
            drive(served.port, requests, connections=SINGLE, seconds=pace.warm)
            rounds = [drive(served.port, requests, connections=SINGLE, seconds=pace.single) for _ in range(pace.rounds)]
            spread = Spread.of([one.median * 1e3 for one in rounds])
            found.append(f"{spread.median:.2f} ({spread.least:.2f} - {spread.most:.2f})")
    return found
