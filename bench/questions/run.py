"""Measures the questions on two Kith servers in turn, one with columns and one without, on the same database."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path
from typing import Any

import orjson

from api.build import Notify
from bench.load import fetch
from bench.measure import Results, Schedule, Spread, measure, medians, rates, speedup
from bench.queries import WrongResultError
from bench.questions.questions import QUESTIONS
from bench.questions.world import QuestionWorld
from bench.report import span, table
from bench.servers import RunningServer, kith
from graph import engine, indexes, schema_version, store
from graph.bulk.batch import batches
from graph.bulk.create import create_edges, create_nodes, edge_row, node_row
from graph.errors import Unavailable
from graph.migrations.execution import CURRENT
from graph.settings import Settings
from graph.store import Statement, Store

_SECONDS = 600.0
_LOADING_SECONDS = 120.0
_PROBE = orjson.dumps({"query": "{ __typename }"})
_COUNT = Statement("bench.records", "RETURN COUNT { MATCH (:Record) } AS records")


async def measure_questions(settings: Settings, folder: Path, scale: float, schedule: Schedule, notify: Notify) -> str:
    """Returns a table of the questions; the data folder is kept for the next run.

    Raises WrongResultError when the two servers, or the sums of the data, differ.
    """
    world = QuestionWorld(scale)
    data = folder / f"questions-{scale:g}"
    async with engine.server(settings.model_copy(update={"data": data})) as server:
        address = (server.uri, server.user, server.password)
        async with store.connect(*address, database=server.database, seconds=_SECONDS) as opened_store:
            await _write(opened_store, world, notify)
        results = await asyncio.to_thread(_measure, server, data, world, schedule, notify)
    heads = ("question", "server", "req/s (8)", "p50 ms (8)", "p50 ms (1)", "x database (8)", "CPU ms/req")
    rows = [
        _row(question.key, question.title, name, results) for question in QUESTIONS for name in ("columns", "database")
    ]
    return f"{world.records:,} records, {world.tree:,} accounts below the root\n\n{table(heads, rows)}"


def _row(key: str, title: str, name: str, results: Results) -> list[str]:
    rounds = results[key, name]
    faster = span(speedup(rounds, results[key, "database"]), "{:.1f}") if name == "columns" else ""
    cpu = f"{Spread.of(rounds.cpu).median * 1e3:.2f}" if rounds.cpu else ""
    many, single = medians(rounds, many=True).median, medians(rounds).median
    return [title, name, span(rates(rounds), "{:.1f}"), f"{many:.1f}", f"{single:.2f}", faster, cpu]


async def _write(opened_store: Store, world: QuestionWorld, notify: Notify) -> None:
    writes = opened_store.writes
    await indexes.install(writes)
    if await writes.ask(_COUNT.bind()) == world.records:
        return
    notify(f"Writing {world.records:,} records.")
    await schema_version.write(writes, CURRENT)
    for nodes in batches(node_row(label, row) for label, row in world.nodes()):
        await create_nodes(writes, nodes)
    for edges in batches(edge_row(*edge) for edge in world.edges()):
        await create_edges(writes, edges)


def _measure(server: engine.Server, data: Path, world: QuestionWorld, schedule: Schedule, notify: Notify) -> Results:
    with contextlib.ExitStack() as stack:
        started = {"KITH_STATEMENT_SECONDS": "60"}
        servers = [
            stack.enter_context(kith(server, data, _PROBE, name="columns", settings=started)),
            stack.enter_context(kith(server, data, _PROBE, name="database", settings={**started, "KITH_COLUMNS": "0"})),
        ]
        notify(_loaded(data / "bench-columns.log"))
        requests = {(question.key, one.name): question.requests(world) for question in QUESTIONS for one in servers}
        _verify(servers, world, requests)
        return measure(servers, QUESTIONS, requests, schedule, notify)


def _loaded(log: Path) -> str:
    """Waits until the columns are loaded; returns what the server says of them. Raises Unavailable."""
    until = time.monotonic() + _LOADING_SECONDS
    while time.monotonic() < until:
        for line in log.read_text(errors="replace").splitlines():
            if "olumns" in line:
                return line
        time.sleep(0.2)
    raise Unavailable("The columns were not loaded in time.", remedy=f"See {log.name} in the data folder.")


def _verify(servers: list[RunningServer], world: QuestionWorld, requests: dict[tuple[str, str], list[bytes]]) -> None:
    for question in QUESTIONS:
        for messages in zip(*(requests[question.key, one.name] for one in servers), strict=True):
            answers = [_data(question.title, one, message) for one, message in zip(servers, messages, strict=True)]
            if answers[0] != answers[1]:
                raise WrongResultError(f"columns and database differ on {question.title}")
            if question.expected is not None and answers[0] != (expected := question.expected(world)):
                raise WrongResultError(f"{question.title}: {answers[0]} instead of {expected}")


def _data(title: str, server: RunningServer, message: bytes) -> Any:
    body = orjson.loads(fetch(server.port, message))
    if body.get("errors"):
        raise WrongResultError(f"{server.name} on {title}: {body['errors']}")
    return body["data"]
