from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from api import build as under_test
from graph.errors import KithError, Unavailable


@pytest.fixture
def explorer(tmp_path: Path, project: Path) -> Path:
    """A copy of the sources of the page."""
    made = tmp_path / "explorer"
    shutil.copytree(
        project / "explorer", made, ignore=shutil.ignore_patterns("node_modules", "dist", "dist.new", ".node")
    )
    return made


class Commands:
    """Stands in for Node.js and npm: remembers each call, and does what a test says."""

    def __init__(self, explorer: Path) -> None:
        self.explorer = explorer
        self.calls: list[list[str]] = []
        self.fails: dict[str, str] = {}

    def run(self, call: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        self.calls.append([Path(call[0]).name, *call[1:]])
        if call[-1] == "--version":
            return subprocess.CompletedProcess(call, 0, "v22.12.0\n", "")
        for part, output in self.fails.items():
            if part in call:
                return subprocess.CompletedProcess(call, 1, "", output)
        if "ci" in call:
            (self.explorer / "node_modules").mkdir(exist_ok=True)
        if "build" in call:
            (self.explorer / "dist.new" / "assets").mkdir(parents=True)
            (self.explorer / "dist.new" / "index.html").write_text("fresh")
        return subprocess.CompletedProcess(call, 0, "", "")

    def did(self, part: str) -> int:
        return sum(part in call for call in self.calls)


@pytest.fixture
def commands(explorer: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    made = Commands(explorer)
    monkeypatch.setattr(subprocess, "run", made.run)
    monkeypatch.setattr(shutil, "which", lambda name: f"/opt/{name}")
    return made


def built(explorer: Path) -> bool:
    return under_test.build(lambda _: None, explorer=explorer)


def test_the_page_is_built_once_for_each_state_of_its_sources(explorer: Path, commands: Commands) -> None:
    assert built(explorer) is True
    assert built(explorer) is False
    assert (commands.did("ci"), commands.did("build")) == (1, 1)

    with (explorer / "src" / "queries.ts").open("a") as source:
        source.write("// changed\n")
    assert built(explorer) is True
    assert (commands.did("ci"), commands.did("build")) == (1, 2)

    with (explorer / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert built(explorer) is True
    assert (commands.did("ci"), commands.did("build")) == (2, 3)


def test_a_new_file_and_a_new_name_are_another_state(explorer: Path) -> None:
    first = under_test.fingerprint(explorer)
    (explorer / "src" / "more.ts").write_text("")
    second = under_test.fingerprint(explorer)
    (explorer / "src" / "more.ts").rename(explorer / "src" / "most.ts")
    assert len({first, second, under_test.fingerprint(explorer)}) == 3


def test_the_old_page_stays_when_the_build_fails(explorer: Path, commands: Commands) -> None:
    built(explorer)
    with (explorer / "index.html").open("a") as source:
        source.write("<!-- changed -->")
    commands.fails = {"build": "first line\nSyntaxError: here"}
    with pytest.raises(KithError, match="SyntaxError: here"):
        built(explorer)
    assert (explorer / "dist" / "index.html").read_text() == "fresh"
    commands.fails = {}
    assert built(explorer) is True


@pytest.mark.parametrize("said", ["npm error code ENOTFOUND", "npm error code ECONNREFUSED", "npm error code E403"])
def test_a_registry_out_of_reach_is_one_sentence(
    explorer: Path, commands: Commands, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    commands.fails = {"ci": said}
    with pytest.raises(Unavailable, match="npm registry cannot be reached"):
        built(explorer)
    assert under_test.main([], explorer=explorer) == 1
    assert under_test.main(["--optional"], explorer=explorer) == 0
    assert "the API works without it" in capsys.readouterr().err


def test_another_fault_of_npm_is_shown_as_it_is(explorer: Path, commands: Commands) -> None:
    commands.fails = {"ci": "npm error `npm ci` can only install with a package-lock.json"}
    with pytest.raises(KithError, match="can only install") as caught:
        built(explorer)
    assert not isinstance(caught.value, Unavailable)


@pytest.mark.parametrize(
    ("version", "enough"),
    [("20.18.3", False), ("20.19.0", True), ("21.7.0", False), ("22.11.0", False), ("22.12.0", True), ("24.0.1", True)],
)
def test_node_is_new_enough_where_vite_says_so(version: str, enough: bool) -> None:
    assert under_test._new_enough(version) is enough


def test_node_comes_from_pypi_where_the_machine_has_none(
    explorer: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    said: list[str] = []
    node = under_test.found_node(explorer, said.append)
    (fetching,) = (call for call in commands.calls if "install" in call)
    assert "--require-hashes" in fetching
    assert str(explorer / "node.txt") in fetching
    assert str(explorer / ".node") in node.program
    assert node.npm[0] == node.program
    assert "PyPI" in said[0]


def test_node_out_of_reach_is_one_sentence(explorer: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    commands.fails = {"install": "No matching distribution"}
    with pytest.raises(Unavailable, match="could not be fetched from PyPI"):
        built(explorer)
    assert not (explorer / ".node").exists()


def test_the_locks_hold_hashes_and_no_addresses(explorer: Path) -> None:
    lock = (explorer / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
    node = (explorer / "node.txt").read_text()
    assert "--hash=sha256:" in node
    assert "://" not in node
