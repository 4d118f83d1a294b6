"""The questions on PostgreSQL: loading, removal of what a measurement wrote, and equality with the answers of Kith."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import asyncpg
import pytest

from bench.questions import postgres as under_test
from bench.questions import run
from bench.questions.answers import normalized
from bench.questions.postgres import Database
from bench.questions.questions import QUESTIONS
from bench.questions.report import KITH
from bench.questions.world import QuestionWorld
from bench.servers import log_file
from graph.engine.folder import Folder
from graph.errors import Unavailable
from graph.settings import Settings

SMALL = QuestionWorld(0.01)
_SECONDS_TO_STOP = 120.0
BY_KEY = {question.key: question for question in QUESTIONS}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the user of PostgreSQL can reach."""
    try:
        under_test.find_programs()
    except Unavailable as error:
        pytest.skip(f"POSTGRESQL NOT COMPARED: {error.message} {error.remedy}")
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    yield path
    # A local Neo4j stops only after its last user has left.
    until = time.monotonic() + _SECONDS_TO_STOP
    while any(Folder(state.parent).is_supervised() for state in path.glob("*/server.json")):
        assert time.monotonic() < until, "Neo4j did not stop."
        time.sleep(0.1)
    shutil.rmtree(path)


def opened(folder: Path, lines: list[str]) -> contextlib.AbstractContextManager[Database]:
    """PostgreSQL with the small data."""
    return under_test.postgres(folder / "postgres", SMALL, lines.append)


async def fetched(url: str, sql: str) -> int:
    """Runs statements and returns the value of the last one."""
    connection = await asyncpg.connect(url)
    try:
        *before, last = sql.split(";")
        for one in before:
            await connection.execute(one)
        return int(await connection.fetchval(last))
    finally:
        await connection.close()


def test_data_is_written_once_and_what_was_added_is_removed(folder: Path) -> None:
    lines: list[str] = []
    call = next(BY_KEY["log"].variables(SMALL))
    question = BY_KEY["rollup"]
    assert question.expected is not None
    with opened(folder, lines) as database:
        statements = {one.key: one.texts.by_hand for one in QUESTIONS}
        with under_test.by_hand(database, folder, statements) as server:
            hand = run.Contender(server, attrgetter("by_hand"))
            (root,) = question.variables(SMALL)
            wanted = normalized(question.expected(SMALL))
            assert normalized(hand.answer(question, root)) == wanted
            before = server.cpu_seconds()
            hand.answer(BY_KEY["log"], call)
            assert server.cpu_seconds() >= before > 0
            assert all(size > 1024 * 1024 for size in server.memory())
        assert asyncio.run(fetched(database.url, "SELECT count(*) FROM activity")) == SMALL.calls + 1
    with opened(folder, lines) as database:
        assert asyncio.run(fetched(database.url, "SELECT count(*) FROM activity")) == SMALL.calls
        assert asyncio.run(fetched(database.url, "SELECT count(*) FROM tie")) == SMALL.ties
        settings = "SELECT setting::int FROM pg_settings WHERE name = 'shared_buffers'"
        assert asyncio.run(fetched(database.url, settings)) == 512 * 128
    assert [line.split(" after ")[0] for line in lines] == [f"PostgreSQL holds {SMALL.records:,} records"]


def test_a_machine_without_postgresql_is_described(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(under_test, "_DEBIAN", tmp_path)
    with pytest.raises(Unavailable, match="PostgreSQL is not installed"):
        under_test.find_programs()


@pytest.mark.slow
async def test_all_servers_give_the_same_answers(folder: Path) -> None:
    data = folder / "questions"
    lines: list[str] = []
    settings = Settings.read(data=data, world="none")
    async with run.neo4j_with(SMALL, settings, lines.append) as server:

        def compare() -> list[str]:
            with contextlib.ExitStack() as stack:
                contenders, _ = run.start(stack, server, data, SMALL, lines.append)
                run.wait_for_columns(log_file(data, KITH))
                for question in QUESTIONS:
                    run.verify(question, contenders, SMALL)
                return [one.server.name for one in contenders]

        names = await asyncio.to_thread(compare)
    if "postgraphile" not in names:
        pytest.skip(f"POSTGRAPHILE NOT COMPARED: {lines[-1]}")
    assert names == ["kith", "no-columns", "postgraphile", "asyncpg"]
