"""`python -m reports` in processes of its own, on the demo world."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from graph import engine
from reports.__main__ import main
from reports.catalog import catalog


def test_the_list_has_every_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(catalog())


def test_the_schema_is_printed(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["schema", "group-rollup"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["title"] == "Group rollup"


def test_an_unknown_report_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "weather"]) == 2
    assert capsys.readouterr().err.splitlines()[1] == f"Use one of {', '.join(catalog())}."


async def _command(server: engine.Server, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {
        **os.environ,
        "NEO4J_URI": server.uri,
        "NEO4J_USER": server.user,
        "NEO4J_PASSWORD": server.password,
        "NEO4J_DATABASE": server.database,
    }
    command = [sys.executable, "-W", "error", "-m", "reports", *arguments]
    return await anyio.run_process(command, env=environment, check=False)


async def test_a_report_is_written_to_a_file(server: engine.Server, largest: str, tmp_path: Path) -> None:
    file = tmp_path / "group.pdf"
    arguments = ("run", "group-rollup", "--about", largest, "--format", "pdf", "--as-of", "2026-06-30")
    done = await _command(server, *arguments, "--out", str(file))
    assert done.returncode == 0, done.stderr.decode()
    assert file.read_bytes().startswith(b"%PDF-")


async def test_an_id_that_does_not_exist_is_an_error(server: engine.Server, largest: str) -> None:
    done = await _command(server, "run", "group-rollup", "--about", "nothing")
    assert done.returncode == 2
    assert done.stderr.decode().startswith("No account has the id 'nothing'.")
