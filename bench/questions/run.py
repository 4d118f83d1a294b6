"""Measures the questions on Kith and on PostgreSQL in turn, after a comparison of their answers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import orjson

from api.build import Notify
from bench.measure import Schedule, measure
from bench.queries import WrongResultError
from bench.questions import report
from bench.questions.answers import difference, normalized
from bench.questions.documents import Texts
from bench.questions.postgres import by_hand, postgraphile, postgres
from bench.questions.questions import QUESTIONS, Question, Write
from bench.questions.report import KITH, NO_COLUMNS
from bench.questions.world import NOW, QuestionWorld
from bench.servers import RunningServer, kith, log_file
from bench.writing import write_rows
from graph import engine, indexes, store
from graph.bulk.create import edge_row, node_row
from graph.errors import Refused, Unavailable
from graph.settings import Settings
from graph.store import Statement, Writes

Values = dict[str, Any]

SCHEDULE = Schedule(warmup=4.0, rounds=5, many=3.0, single=1.0)
SECONDS = 600.0
SETTINGS = {"KITH_STATEMENT_SECONDS": "60"}
_LOADING_SECONDS = 600.0
_COUNT = Statement("bench.records", "RETURN COUNT { MATCH (:Record) } AS records")
_LATER = f"createdAt > datetime('{NOW.isoformat()}')"
_RESTORE = (
    Statement(
        "bench.restoreTies",
        f"MATCH ()-[tie:KNOWS]->() WHERE tie.{_LATER} CALL (tie) {{ DELETE tie }} IN TRANSACTIONS OF 10000 ROWS",
    ),
    Statement(
        "bench.restoreRecords",
        f"MATCH (n:Record) WHERE n.{_LATER} CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 10000 ROWS",
    ),
    Statement("bench.restoreEvents", "MATCH (n:Event) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"),
)


def _always(_question: Question) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Contender:
    """A server, the language in which it gets questions, and the questions that it takes part in."""

    server: RunningServer
    text: Callable[[Texts], str]
    takes: Callable[[Question], bool] = _always
    reshaped: bool = False
    """Whether its data is brought into the shape of PostgreSQL's before a comparison."""

    def requests(self, question: Question, variables: Sequence[Values], *, texts: Texts | None = None) -> list[bytes]:
        """Returns the requests of a question, or of other texts of it."""
        text = self.text(texts or question.texts)
        bodies = [orjson.dumps({"query": text, "variables": one}) for one in variables]
        return self.server.requests(_after(question) if texts else question.key, bodies)

    def answer(self, question: Question, variables: Values, *, texts: Texts | None = None) -> Any:
        """Returns the data of one answer. Raises WrongResultError when it has errors."""
        (message,) = self.requests(question, [variables], texts=texts)
        return self.server.data(question.title, message)


def _after(question: Question) -> str:
    return f"{question.key}-after"


async def measure_questions(settings: Settings, folder: Path, scale: float, schedule: Schedule, notify: Notify) -> str:
    """Returns the tables of the questions; the data folders are kept for the next run.

    Without PostgreSQL or npm only Kith is measured. Raises WrongResultError when two servers, or the sums of the data,
    differ.
    """
    world = QuestionWorld(scale)
    data = folder / f"questions-{scale:g}"
    async with neo4j_with(world, settings.model_copy(update={"data": data}), notify) as server:
        return await asyncio.to_thread(_measure, server, data, world, schedule, notify)


@contextlib.asynccontextmanager
async def neo4j_with(world: QuestionWorld, settings: Settings, notify: Notify) -> AsyncIterator[engine.Server]:
    """Runs Neo4j with the data of the questions, without what earlier measurements wrote.

    Raises Refused when the data folder has other data.
    """
    async with engine.server(settings) as server:
        address = (server.uri, server.user, server.password)
        async with store.connect(*address, database=server.database, seconds=SECONDS) as opened_store:
            await _write(opened_store.writes, world, notify)
        yield server


async def _write(writes: Writes, world: QuestionWorld, notify: Notify) -> None:
    await indexes.install(writes)
    if await writes.ask(_COUNT.bind()):
        for statement in _RESTORE:
            await writes.autocommit(statement.bind(), seconds=SECONDS)
        records = await writes.ask(_COUNT.bind())
        if records != world.records:
            raise Refused(
                f"The database holds {records:,} records instead of {world.records:,}.",
                remedy="Pass another folder to `--data`, or delete this one.",
            )
        return
    notify(f"Writing {world.records:,} records to Neo4j.")
    started = time.perf_counter()
    nodes = (node_row(label, row) for label, row in world.nodes())
    await write_rows(writes, nodes, (edge_row(*edge) for edge in world.edges()))
    notify(f"Neo4j holds {world.records:,} records after {time.perf_counter() - started:.0f} seconds.")


def neo4j_process(data: Path) -> int:
    """Returns the id of the process of the local Neo4j server."""
    return engine.Folder(data.absolute()).state().pid


def _measure(server: engine.Server, data: Path, world: QuestionWorld, schedule: Schedule, notify: Notify) -> str:
    with contextlib.ExitStack() as stack:
        contenders, versions = start(stack, server, data, world, notify)
        notify(wait_for_columns(log_file(data, KITH)))
        for question in QUESTIONS:
            verify(question, contenders, world)
        notify("All servers give the same answers.")
        requests = {
            (question.key, one.server.name): one.requests(question, list(question.variables(world)))
            for question in QUESTIONS
            for one in contenders
            if one.takes(question)
        }
        results = measure([one.server for one in contenders], QUESTIONS, requests, schedule, notify)
    return "\n\n".join(
        (
            f"{world.records:,} records, {world.tree:,} accounts below the root, {', '.join(versions)}",
            report.rates_table(results),
            report.latency_table(results),
            "\n".join(report.verdict(results)),
        )
    )


def start(
    stack: contextlib.ExitStack, server: engine.Server, data: Path, world: QuestionWorld, notify: Notify
) -> tuple[list[Contender], list[str]]:
    """Starts all servers; returns them with the versions of the databases."""
    pid = neo4j_process(data)
    in_kith = attrgetter("kith")
    with_columns = kith(server, data, settings=SETTINGS, database=pid)
    without = kith(server, data, name=NO_COLUMNS, settings={**SETTINGS, "KITH_COLUMNS": "0"}, database=pid)
    contenders = [
        Contender(stack.enter_context(with_columns), in_kith, reshaped=True),
        Contender(stack.enter_context(without), in_kith, attrgetter("columns"), reshaped=True),
    ]
    versions = [f"Neo4j {server.version}"]
    try:
        database = stack.enter_context(postgres(data.with_name(f"{data.name}-postgres"), world, notify))
        statements = {one.key: one.texts.by_hand for one in QUESTIONS}
        statements |= {_after(one): one.write.texts.by_hand for one in QUESTIONS if one.write}
        asyncpg = stack.enter_context(by_hand(database, data, statements))
        contenders.append(Contender(asyncpg, attrgetter("by_hand")))
        versions.append(f"PostgreSQL {database.version}")
        peer = stack.enter_context(postgraphile(database, data, notify))
        contenders.insert(2, Contender(peer, attrgetter("postgraphile")))
    except Unavailable as error:
        notify(f"{error.message} {error.remedy}")
    return contenders, versions


def wait_for_columns(log: Path) -> str:
    """Waits until the columns are loaded; returns what the server says of them. Raises Unavailable."""
    until = time.monotonic() + _LOADING_SECONDS
    while time.monotonic() < until:
        for line in log.read_text(errors="replace").splitlines():
            if "olumns" in line:
                return line
        time.sleep(0.2)
    raise Unavailable("The columns were not loaded in time.", remedy=f"See {log.name} in the data folder.")


def verify(question: Question, contenders: Sequence[Contender], world: QuestionWorld) -> None:
    """Raises WrongResultError unless all servers that take part in a question give the same answers."""
    first, *others = (one for one in contenders if one.takes(question))
    if question.write is not None:
        for one, variables in zip(others, question.variables(world), strict=False):
            _verify_write(question, question.write, first, one, variables)
        return
    for variables in question.variables(world):
        wanted = _answer(question, first, variables)
        if question.expected is not None:
            _compare(question, "the data", wanted, normalized(question.expected(world)))
        for one in others:
            _compare(question, one.server.name, wanted, _answer(question, one, variables))


def _answer(question: Question, one: Contender, variables: Values) -> Any:
    data = one.answer(question, variables)
    return normalized(question.shape(data) if one.reshaped else data, ordered=question.ordered)


def _verify_write(question: Question, write: Write, first: Contender, one: Contender, variables: Values) -> None:
    """Executes a write with the same variables on both databases, and compares the results of a read afterwards."""
    wanted, found = (_read_back(question, write, contender, variables) for contender in (first, one))
    _compare(question, one.server.name, wanted, found, write.tolerance)


def _read_back(question: Question, write: Write, one: Contender, variables: Values) -> Any:
    one.answer(question, variables)
    return normalized(one.answer(question, write.variables(variables), texts=write.texts))


def _compare(question: Question, name: str, wanted: Any, found: Any, tolerance: float = 0.0) -> None:
    different = difference(wanted, found, tolerance)
    if different:
        raise WrongResultError(f"Kith and {name} differ on {question.title}: {different}")
