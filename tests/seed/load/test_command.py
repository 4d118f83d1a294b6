"""The commands as an operator runs them: exit status, output, rejected rows, and what survives kill -9."""

from __future__ import annotations

import asyncio
import csv
import os
import signal
import sys
from pathlib import Path

import pytest

from graph.bulk.batch import BATCH
from graph.engine import Server
from seed.__main__ import COMMANDS, parser
from seed.load.plan import shipped
from tests.seed.conftest import Desk, totals

TEAMS = """
[[nodes]]
file = "teams.csv"
label = "Team"
key = "id"
[nodes.fields]
name = "name"

[[edges]]
file = "teams.csv"
type = "HAS_ACCESS"
from = { label = "Team", key = "id" }
to = { label = "Team", key = "id" }
"""


@pytest.fixture
def environment(server: Server, tmp_path: Path) -> dict[str, str]:
    """The variables that lead a command to the server of this run."""
    return {
        **os.environ,
        "KITH_DATA": str(tmp_path / "data"),
        "NEO4J_URI": server.uri,
        "NEO4J_USER": server.user,
        "NEO4J_PASSWORD": server.password,
        "NEO4J_DATABASE": server.database,
        "COLUMNS": "200",
    }


async def started(environment: dict[str, str], project: Path, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "seed", *arguments,
        cwd=project, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def run(environment: dict[str, str], project: Path, *arguments: str) -> tuple[int | None, str, str]:
    process = await started(environment, project, *arguments)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_a_load_that_rejects_rows_ends_with_1_and_lists_them_in_the_data_folder(
    desk: Desk, environment: dict[str, str], project: Path
) -> None:
    desk.write("teams.csv", "id,name\n1,a\n2\n")
    status, out, _ = await run(environment, project, "load", desk.mapping(TEAMS), str(desk.folder))
    listed = Path(environment["KITH_DATA"]) / "rejects" / "desk.csv"
    assert status == 1
    assert f"Rejected rows are listed in {listed}." in out
    with listed.open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["file", "line", "column", "value", "reason"],
            ["teams.csv", "3", "", "2", "the row has 1 columns, not 2"],
        ]
    desk.write("teams.csv", "id,name\n1,a\n2,b\n")
    elsewhere = desk.folder.parent / "mine.csv"
    status, out, _ = await run(
        environment, project, "load", desk.mapping(TEAMS), str(desk.folder), "--rejects", str(elsewhere)
    )
    assert status == 0
    assert [line.split()[2:] for line in out.splitlines() if "teams.csv" in line] == [["1", "0", "1", "0"]] * 2
    assert elsewhere.read_text().splitlines() == ["file,line,column,value,reason"]


async def test_a_wrong_mapping_ends_with_2_and_everything_wrong_before_anything_is_written(
    desk: Desk, environment: dict[str, str], project: Path
) -> None:
    desk.write("teams.csv", "id,name\n1,a\n")
    wrong = TEAMS.replace("HAS_ACCESS", "HAS_AXES").replace('name = "name"', 'name = "title"')
    status, out, err = await run(
        environment, project, "load", desk.mapping(wrong), str(desk.folder), "--rejects", str(desk.folder / "r.csv")
    )
    assert (status, out) == (2, "")
    assert "teams.csv has no column 'title'" in err
    assert "Did you mean 'HAS_ACCESS'?" in err
    assert "is inside DIR" in err
    assert "3 problems found; nothing was written." in err
    assert await desk.ask("MATCH (n:Team {source: $source}) RETURN n") == []
    assert sorted(path.name for path in desk.folder.iterdir()) == ["teams.csv"]


async def test_check_says_what_a_load_would_reject_without_the_graph(
    desk: Desk, environment: dict[str, str], project: Path
) -> None:
    desk.write("teams.csv", "id,name\n1,a\n2\n3,c\n")
    nowhere = {**environment, "NEO4J_URI": "bolt://127.0.0.1:1"}
    status, out, _ = await run(nowhere, project, "check", desk.mapping(TEAMS), str(desk.folder))
    assert status == 1
    assert "line 3:  the row has 1 columns, not 2" in out
    status, out, _ = await run(nowhere, project, "check", desk.mapping(TEAMS))
    assert (status, out) == (0, "desk: 1 node and 1 edge tables; the mapping is valid.\n")
    status, _, err = await run(nowhere, project, "load", desk.mapping(TEAMS), str(desk.folder))
    assert status == 3
    assert "does not answer" in err


async def test_list_names_every_shipped_mapping(environment: dict[str, str], project: Path) -> None:
    status, out, _ = await run(environment, project, "list")
    assert status == 0
    assert [name for name in shipped() if name not in out] == []


async def test_a_load_killed_in_the_middle_leaves_whole_batches_and_the_next_completes_it(
    desk: Desk, environment: dict[str, str], project: Path
) -> None:
    count = 12_000
    desk.write("teams.csv", "id,name\n" + "".join(f"{n},team {n}\n" for n in range(1, count + 1)))
    mapping = desk.mapping(TEAMS)
    process = await started(environment, project, "load", mapping, str(desk.folder))
    there = "MATCH (n:Team {source: $source}) RETURN count(n)"
    try:
        async with asyncio.timeout(120):
            while await desk.ask(there) == [[0]]:  # noqa: ASYNC110  another process writes; nothing else tells
                await asyncio.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()
    ((left,),) = await desk.ask(there)
    line = (await desk.by(mapping, desk.folder))["Team (teams.csv)"]
    # A batch the server was still at when the loader died counts too: it is there in full by now.
    assert left <= line.unchanged <= count
    assert line.unchanged == count or line.unchanged % BATCH == 0
    assert line.created == count - line.unchanged
    assert await desk.ask(there) == [[count]]
    assert await desk.ask("MATCH (:Team {source: $source})-[r:HAS_ACCESS]->() RETURN count(r)") == [[count]]
    assert totals(await desk.by(mapping, desk.folder)) == (0, 0, 0)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_argument_is_described(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        parser().parse_args([command, "--help"])
    assert COMMANDS[command][0][1:] in " ".join(capsys.readouterr().out.split())
