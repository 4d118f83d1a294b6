"""The commands of `python -m graph`."""

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
    assert (stopped.returncode, stopped.stdout) == (0, "Neo4j has been stopped.\n")
    assert not Folder(data).is_supervised()
    assert ran(project, data, ("stop",), "", {}).stdout == f"Neo4j is not running in {data}.\n"


@pytest.fixture(name="elsewhere")
def _elsewhere(data: Path) -> dict[str, str]:
    """The settings that name that server by NEO4J_URI."""
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


def test_status_as_json_has_everything_a_program_needs(run: Run, data: Path, two_nodes: None) -> None:
    done = run("status", "--json", data=data)
    assert done.returncode == 0, done.stderr
    status = json.loads(done.stdout)
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
    assert Folder(data).password() not in done.stdout


def test_status_for_a_person_names_the_server_its_users_and_its_labels(run: Run, data: Path, two_nodes: None) -> None:
    with Folder(data).lease():
        done = run("status", data=data).stdout
    assert f"Neo4j 2026.08.1 answers at {Folder(data).state().uri}" in done
    assert f"Used by {os.getpid()} (" in done
    assert "CommandTest" in done


def test_status_starts_no_server_and_exits_with_3(run: Run, tmp_path: Path) -> None:
    done = run("status", "--json")
    assert done.returncode == commands.NOT_RUNNING
    assert json.loads(done.stdout)["uri"] is None
    assert not (tmp_path / "none").exists()


def test_status_describes_the_server_at_neo4j_uri(run: Run, elsewhere: dict[str, str]) -> None:
    status = json.loads(run("status", "--json", **elsewhere).stdout)
    assert status["uri"] == elsewhere["NEO4J_URI"]
    assert status["passwordFile"] is None


def test_stop_of_a_server_in_use_is_refused_with_the_name_of_its_user(run: Run, data: Path) -> None:
    with Folder(data).lease():
        done = run("stop", data=data)
        assert done.returncode == 1
        assert f"still used by {os.getpid()} (" in done.stderr
        assert run("start", data=data).returncode == 0


@pytest.mark.parametrize("command", ["start", "stop"])
def test_a_server_elsewhere_is_neither_started_nor_stopped(run: Run, command: str) -> None:
    done = run(command, NEO4J_URI="bolt://127.0.0.1:1")
    assert done.returncode == 2
    assert f"NEO4J_URI is bolt://127.0.0.1:1, a server that Kith does not {command}." in done.stderr


def test_start_keeps_an_unused_server_and_a_second_start_finds_it(run: Run, data: Path) -> None:
    folder = Folder(data)
    state = folder.state()
    assert folder.holders() == ()
    assert folder.is_kept()
    again = run("start", data=data)
    sentence = f"Neo4j 2026.08.1 answers at {state.uri}; it keeps running until `python -m graph stop`."
    assert again.stdout.startswith(sentence)
    assert folder.state() == state


async def test_wipe_with_yes_deletes_all_data(run: Run, data: Path, own: neo4j.AsyncDriver, two_nodes: None) -> None:
    done = run("wipe", "--yes", data=data)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Deleted ")
    assert await of_test(own) == 0


async def test_wipe_without_a_terminal_is_refused(
    run: Run, data: Path, own: neo4j.AsyncDriver, two_nodes: None
) -> None:
    done = run("wipe", data=data, stdin="wipe\n")
    assert done.returncode == 2
    assert "Add --yes" in done.stderr
    assert await of_test(own) >= 2


def answered(project: Path, data: Path, answer: str) -> tuple[str, int]:
    """Runs `wipe` on a terminal with an answer; returns its output and exit status."""
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
async def test_wipe_needs_the_word_as_confirmation(
    project: Path, data: Path, own: neo4j.AsyncDriver, two_nodes: None, answer: str, status: int
) -> None:
    asked, ended = answered(project, data, answer)
    assert "Type `wipe` to continue" in asked
    assert ended == status
    assert (await of_test(own) == 0) is (status == 0)


async def test_wipe_of_another_server_needs_its_uri(
    run: Run, elsewhere: dict[str, str], own: neo4j.AsyncDriver, two_nodes: None
) -> None:
    for more in ((), ("--uri", "bolt://127.0.0.1:1")):
        done = run("wipe", "--yes", *more, **elsewhere)
        assert done.returncode == 2
        assert "a server that Kith did not start" in done.stderr
    assert await of_test(own) >= 2
    assert run("wipe", "--yes", "--uri", elsewhere["NEO4J_URI"], **elsewhere).returncode == 0
    assert await of_test(own) == 0


async def test_wipe_refuses_another_uri_than_neo4j_uri(settings: Settings) -> None:
    local = settings.model_copy(update={"neo4j_uri": None})
    with pytest.raises(Refused, match="is not the value of NEO4J_URI"):
        await commands.wipe(local, yes=True, uri="bolt://127.0.0.1:1")


def test_indexes_are_installed_once_and_drift_is_reported(run: Run, elsewhere: dict[str, str]) -> None:
    first = run("indexes", **elsewhere)
    assert first.returncode == 0, first.stderr
    made = run("shell", stdin="CREATE INDEX of_an_operator IF NOT EXISTS FOR (n:CommandTest) ON (n.x);", **elsewhere)
    assert made.returncode == 0
    assert "of_an_operator: kept, although no model declares it" in run("indexes", **elsewhere).stdout
    run("shell", stdin="DROP INDEX of_an_operator;", **elsewhere)
    again = run("indexes", **elsewhere)
    assert again.stdout == "Constraints and indexes match the models.\n"


def test_an_invalid_setting_is_reported_without_a_traceback(run: Run) -> None:
    done = run("status", KITH_PORT="eighty")
    assert done.returncode == 2
    assert done.stderr.startswith("KITH_PORT must be 0 to 65535")
    assert "Traceback" not in done.stderr


def test_a_server_that_does_not_answer_is_reported_without_a_traceback(run: Run) -> None:
    done = run("status", NEO4J_URI="bolt://127.0.0.1:1")
    assert done.returncode == 1
    assert "Neo4j does not answer at bolt://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_lists_every_command_with_its_description() -> None:
    text = " ".join(parser().format_help().split())
    for name, description in COMMANDS.items():
        assert f"{name} {description}" in text
    assert server_lease.folder_of(Settings.read(data="x")).path.is_absolute()
