"""`python -m graph`: what an operator sees."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import neo4j
import pytest

from graph import commands
from graph.__main__ import COMMANDS, parser
from graph.engine import server_lease
from graph.engine.folder import Folder
from graph.errors import Refused
from graph.settings import Settings

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def ran(project: Path, data: Path, arguments: tuple[str, ...], stdin: str, more: dict[str, str]) -> Done:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    return subprocess.run(
        [sys.executable, "-m", "graph", *arguments],
        cwd=project,
        env=inherited | {"KITH_DATA": str(data), "KITH_MEMORY": "384m"} | more,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(name="run")
def _run(project: Path, tmp_path: Path) -> Run:
    """Run a command on a data folder that is not there, unless another is named."""

    def run(*arguments: str, data: Path = tmp_path / "none", stdin: str = "", **more: str) -> Done:
        return ran(project, data, arguments, stdin, more)

    return run


@pytest.fixture(scope="module", name="data")
def _data(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a server of this module's own, because some commands delete all there is."""
    data = tmp_path_factory.mktemp("commands") / "data"
    started = ran(project, data, ("start",), "", {})
    assert started.returncode == 0, started.stderr
    yield data
    stopped = ran(project, data, ("stop",), "", {})
    assert (stopped.returncode, stopped.stdout) == (0, "Neo4j is stopped.\n")
    assert not Folder(data).is_supervised()
    assert ran(project, data, ("stop",), "", {}).stdout == f"No Neo4j runs in {data}.\n"


@pytest.fixture(name="elsewhere")
def _elsewhere(data: Path) -> dict[str, str]:
    """That server as one that Kith did not start."""
    return {"NEO4J_URI": Folder(data).state().uri, "NEO4J_PASSWORD": Folder(data).password()}


@pytest.fixture(name="own")
async def _own(elsewhere: dict[str, str], anyio_backend: str) -> AsyncIterator[neo4j.AsyncDriver]:
    auth = ("neo4j", elsewhere["NEO4J_PASSWORD"])
    async with neo4j.AsyncGraphDatabase.driver(elsewhere["NEO4J_URI"], auth=auth) as driver:
        yield driver


@pytest.fixture(name="two_nodes")
async def _two_nodes(own: neo4j.AsyncDriver, anyio_backend: str) -> None:
    await own.execute_query("CREATE (:CommandTest)-[:CommandTest]->(:CommandTest)")


async def of_test(own: neo4j.AsyncDriver) -> int:
    return int((await own.execute_query("MATCH (n:CommandTest) RETURN count(n) AS n")).records[0]["n"])


def test_status_as_json_tells_all_that_another_program_needs(run: Run, data: Path, two_nodes: None) -> None:
    told = run("status", "--json", data=data)
    assert told.returncode == 0, told.stderr
    status = json.loads(told.stdout)
    assert {name: status[name] for name in ("uri", "user", "database", "passwordFile", "version", "phase", "kept")} == {
        "uri": Folder(data).state().uri,
        "user": "neo4j",
        "database": "neo4j",
        "passwordFile": str(data / "password"),
        "version": "2026.08.1",
        "phase": "ready",
        "kept": True,
    }
    assert status["usedBy"] == []
    assert status["counts"]["labels"]["CommandTest"] >= 2
    assert status["counts"]["nodes"] >= 2
    assert Folder(data).password() not in told.stdout


def test_status_for_a_person_names_the_server_its_users_and_its_labels(run: Run, data: Path, two_nodes: None) -> None:
    with Folder(data).lease():
        told = run("status", data=data).stdout
    assert f"Neo4j 2026.08.1 answers at {Folder(data).state().uri}" in told
    assert f"Used by {os.getpid()} (" in told
    assert "CommandTest" in told


def test_status_starts_nothing_and_ends_with_3_where_no_server_runs(run: Run, tmp_path: Path) -> None:
    told = run("status", "--json")
    assert told.returncode == commands.NOT_RUNNING
    assert json.loads(told.stdout)["uri"] is None
    assert not (tmp_path / "none").exists()


def test_status_tells_of_a_server_that_neo4j_uri_names(run: Run, elsewhere: dict[str, str]) -> None:
    status = json.loads(run("status", "--json", **elsewhere).stdout)
    assert status["uri"] == elsewhere["NEO4J_URI"]
    assert status["passwordFile"] is None


def test_stop_of_a_server_in_use_is_refused_with_the_name_of_its_user(run: Run, data: Path) -> None:
    with Folder(data).lease():
        told = run("stop", data=data)
        assert told.returncode == 1
        assert f"still used by {os.getpid()} (" in told.stderr
        assert run("start", data=data).returncode == 0


@pytest.mark.parametrize("command", ["start", "stop"])
def test_a_server_elsewhere_is_neither_started_nor_stopped(run: Run, command: str) -> None:
    told = run(command, NEO4J_URI="bolt://127.0.0.1:1")
    assert told.returncode == 2
    assert f"NEO4J_URI names bolt://127.0.0.1:1, which Kith does not {command}." in told.stderr


def test_start_keeps_a_server_that_nobody_uses_and_a_second_start_finds_it(run: Run, data: Path) -> None:
    folder = Folder(data)
    state = folder.state()
    assert folder.holders() == ()
    assert folder.is_kept()
    again = run("start", data=data)
    assert again.stdout.startswith(f"Neo4j 2026.08.1 answers at {state.uri}; it runs until `python -m graph stop`.")
    assert folder.state() == state


async def test_wipe_deletes_all_once_it_is_told_to(
    run: Run, data: Path, own: neo4j.AsyncDriver, two_nodes: None
) -> None:
    told = run("wipe", "--yes", data=data)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("Deleted ")
    assert await of_test(own) == 0


async def test_wipe_without_anybody_to_ask_is_refused(
    run: Run, data: Path, own: neo4j.AsyncDriver, two_nodes: None
) -> None:
    told = run("wipe", data=data, stdin="wipe\n")
    assert told.returncode == 2
    assert "Add --yes" in told.stderr
    assert await of_test(own) >= 2


def answered(project: Path, data: Path, answer: str) -> tuple[str, int]:
    """What `wipe` asks on a terminal, and how it ends on an answer."""
    inside, outside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "graph", "wipe"],
        cwd=project,
        env={name: value for name, value in os.environ.items() if name != "NEO4J_URI"} | {"KITH_DATA": str(data)},
        stdin=outside,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    os.write(inside, answer.encode())
    asked = process.communicate()[0]
    os.close(inside)
    os.close(outside)
    return asked, process.returncode


@pytest.mark.parametrize(("answer", "status"), [("y\n", 2), ("wipe\n", 0)])
async def test_wipe_asks_and_takes_only_the_word_for_yes(
    project: Path, data: Path, own: neo4j.AsyncDriver, two_nodes: None, answer: str, status: int
) -> None:
    asked, ended = answered(project, data, answer)
    assert "Type `wipe` to go on" in asked
    assert ended == status
    assert (await of_test(own) == 0) is (status == 0)


async def test_wipe_refuses_a_server_it_did_not_start_unless_told_its_address_again(
    run: Run, elsewhere: dict[str, str], own: neo4j.AsyncDriver, two_nodes: None
) -> None:
    for more in ((), ("--uri", "bolt://127.0.0.1:1")):
        told = run("wipe", "--yes", *more, **elsewhere)
        assert told.returncode == 2
        assert "a server that Kith did not start" in told.stderr
    assert await of_test(own) >= 2
    assert run("wipe", "--yes", "--uri", elsewhere["NEO4J_URI"], **elsewhere).returncode == 0
    assert await of_test(own) == 0


async def test_wipe_refuses_an_address_that_is_not_the_server_it_would_wipe(settings: Settings) -> None:
    local = settings.model_copy(update={"neo4j_uri": None})
    with pytest.raises(Refused, match="is not the server that would be wiped"):
        await commands.wipe(local, yes=True, uri="bolt://127.0.0.1:1")


def test_indexes_are_installed_once_and_drift_is_told(run: Run, elsewhere: dict[str, str]) -> None:
    first = run("indexes", **elsewhere)
    assert first.returncode == 0, first.stderr
    made = run("shell", stdin="CREATE INDEX of_an_operator IF NOT EXISTS FOR (n:CommandTest) ON (n.x);", **elsewhere)
    assert made.returncode == 0
    assert "of_an_operator: left, though no model asks for it" in run("indexes", **elsewhere).stdout
    run("shell", stdin="DROP INDEX of_an_operator;", **elsewhere)
    again = run("indexes", **elsewhere)
    assert again.stdout == "Constraints and indexes are as the models declare them.\n"


def test_a_wrong_setting_is_told_without_a_traceback(run: Run) -> None:
    told = run("status", KITH_PORT="eighty")
    assert told.returncode == 2
    assert told.stderr.startswith("KITH_PORT must be 0 to 65535")
    assert "Traceback" not in told.stderr


def test_a_server_that_does_not_answer_is_told_without_a_traceback(run: Run) -> None:
    told = run("status", NEO4J_URI="bolt://127.0.0.1:1")
    assert told.returncode == 1
    assert "Neo4j does not answer at bolt://127.0.0.1:1" in told.stderr
    assert "Traceback" not in told.stderr


def test_help_lists_every_command_with_what_it_does() -> None:
    text = " ".join(parser().format_help().split())
    for name, description in COMMANDS.items():
        assert f"{name} {description}" in text
    assert server_lease.folder_of(Settings.read(data="x")).path.is_absolute()
