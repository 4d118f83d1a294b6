"""The questions as the data grows: latency, dbHits, and the memory of Kith and Neo4j."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

from api.build import Notify
from bench import hits
from bench.growth import latency
from bench.measure import Schedule
from bench.questions.questions import QUESTIONS
from bench.questions.report import KITH
from bench.questions.run import SECONDS, SETTINGS, Contender, neo4j_process, neo4j_with, wait_for_columns
from bench.questions.world import QuestionWorld
from bench.report import table
from bench.servers import kith, log_file
from graph import engine, store
from graph.settings import Settings

SCALES = (0.01, 0.1, 1.0, 5.0)
"""Ten thousand to five million records."""


async def measure_growth(
    settings: Settings, folder: Path, scales: Sequence[float], schedule: Schedule, notify: Notify
) -> str:
    """Returns a table with two columns for each scale; each scale has a data folder, which is kept for the next run."""
    heads, columns = ["question, p50 ms at 1 connection"], []
    for scale in scales:
        world, data = QuestionWorld(scale), folder / f"questions-{scale:g}"
        async with neo4j_with(world, settings.model_copy(update={"data": data}), notify) as server:
            counts = await _hits(server, world, notify)
            found = await asyncio.to_thread(_latencies, server, data, world, schedule, notify)
        heads += [f"{world.records:,} records", "dbHits"]
        columns.append([*zip(found[:-1], counts, strict=True), (found[-1], "")])
    titles = [*(question.title for question in QUESTIONS), "memory of Kith and Neo4j, MB"]
    return table(heads, [[title, *sum((one[at] for one in columns), ())] for at, title in enumerate(titles)])


async def _hits(server: engine.Server, world: QuestionWorld, notify: Notify) -> list[str]:
    """Counts the dbHits of the first request of each question; a write has none."""
    notify(f"Counting the dbHits of the questions about {world.records:,} records.")
    reads = {one.key: (one.texts.kith, next(one.variables(world))) for one in QUESTIONS if one.write is None}
    address = (server.uri, server.user, server.password)
    async with store.connect(*address, database=server.database, seconds=SECONDS) as opened_store:
        counts = await hits.count(opened_store, server.database, reads)
    return [f"{counts[one.key]:,}" if one.key in counts else "" for one in QUESTIONS]


def _latencies(
    server: engine.Server, data: Path, world: QuestionWorld, schedule: Schedule, notify: Notify
) -> list[str]:
    """Returns the latency of each question, and the memory of Kith and Neo4j afterwards."""
    with kith(server, data, settings=SETTINGS, database=neo4j_process(data)) as served:
        notify(wait_for_columns(log_file(data, KITH)))
        found, contender = [], Contender(served, attrgetter("kith"))
        for question in QUESTIONS:
            notify(f"{question.title}, {world.records:,} records")
            requests = contender.requests(question, list(question.variables(world)))
            found.append(latency(served.port, requests, schedule))
        return [*found, " / ".join(f"{size / 1e6:,.0f}" for size in served.memory())]
