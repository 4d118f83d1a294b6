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
    """A copy of the source files of the page."""
    copy = tmp_path / "explorer"
    shutil.copytree(
        project / "explorer", copy, ignore=shutil.ignore_patterns("node_modules", "dist", "dist.new", ".node")
    )
    shutil.copy(project / "schema.graphql", tmp_path)
    return copy


class Commands:
    """Stands in for Node.js and npm: records each call and fails as a test specifies."""

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

    def count(self, part: str) -> int:
        return sum(part in call for call in self.calls)


@pytest.fixture
def commands(explorer: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    fake = Commands(explorer)
    monkeypatch.setattr(subprocess, "run", fake.run)
    monkeypatch.setattr(shutil, "which", lambda name: f"/opt/{name}")
    return fake


def built(explorer: Path) -> bool:
    return under_test.build(lambda _: None, explorer=explorer)


def test_the_page_is_built_once_for_each_state_of_its_source_files(explorer: Path, commands: Commands) -> None:
    assert built(explorer) is True
    assert built(explorer) is False
    assert (commands.count("ci"), commands.count("build")) == (1, 1)

    with (explorer / "src" / "graphiql" / "queries.ts").open("a") as source:
        source.write("// changed\n")
    assert built(explorer) is True
    assert (commands.count("ci"), commands.count("build")) == (1, 2)

    with (explorer / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert built(explorer) is True
    assert (commands.count("ci"), commands.count("build")) == (2, 3)


def test_a_new_file_a_renamed_file_and_another_schema_change_the_fingerprint(explorer: Path) -> None:
    first = under_test.fingerprint(explorer)
    (explorer / "src" / "more.ts").write_text("")
    second = under_test.fingerprint(explorer)
    with (explorer.parent / "schema.graphql").open("a") as schema:
        schema.write("\n")
    third = under_test.fingerprint(explorer)
    (explorer / "src" / "more.ts").rename(explorer / "src" / "most.ts")
    assert len({first, second, third, under_test.fingerprint(explorer)}) == 4


def test_the_previous_page_is_kept_when_the_build_fails(explorer: Path, commands: Commands) -> None:
    built(explorer)
    with (explorer / "index.html").open("a") as source:
        source.write("<!-- changed -->")
    commands.fails = {"build": "first line\nSyntaxError: here"}
    with pytest.raises(KithError, match="SyntaxError: here"):
        built(explorer)
    assert (explorer / "dist" / "index.html").read_text() == "fresh"
    commands.fails = {}
    assert built(explorer) is True


@pytest.mark.parametrize("output", ["npm error code ENOTFOUND", "npm error code ECONNREFUSED", "npm error code E403"])
def test_an_unreachable_npm_registry_is_unavailable(
    explorer: Path, commands: Commands, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    commands.fails = {"ci": output}
    with pytest.raises(Unavailable, match="npm registry cannot be reached"):
        built(explorer)
    assert under_test.main([], explorer=explorer) == 1
    assert under_test.main(["--optional"], explorer=explorer) == 0
    assert "the API works" in capsys.readouterr().err


def test_other_npm_errors_are_shown_unchanged(explorer: Path, commands: Commands) -> None:
    commands.fails = {"ci": "npm error `npm ci` can only install with a package-lock.json"}
    with pytest.raises(KithError, match="can only install") as caught:
        built(explorer)
    assert not isinstance(caught.value, Unavailable)


@pytest.mark.parametrize(
    ("version", "supported"),
    [("20.18.3", False), ("20.19.0", True), ("21.7.0", False), ("22.11.0", False), ("22.12.0", True), ("24.0.1", True)],
)
def test_node_is_is_supported_where_vite_says_so(version: str, supported: bool) -> None:
    assert under_test._is_supported(version) is supported


def test_node_is_fetched_from_pypi_when_none_is_on_the_path(
    explorer: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    lines: list[str] = []
    node = under_test.find_node(explorer, lines.append)
    (fetching,) = (call for call in commands.calls if "install" in call)
    assert "--require-hashes" in fetching
    assert str(explorer / "node.txt") in fetching
    assert str(explorer / ".node") in node.program
    assert node.npm[0] == node.program
    assert "PyPI" in lines[0]


def test_an_unreachable_pypi_is_unavailable(
    explorer: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    commands.fails = {"install": "No matching distribution"}
    with pytest.raises(Unavailable, match="could not be fetched from PyPI"):
        built(explorer)
    assert not (explorer / ".node").exists()


def test_the_lock_files_contain_hashes_and_no_urls(explorer: Path) -> None:
    lock = (explorer / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
    node = (explorer / "node.txt").read_text()
    assert "--hash=sha256:" in node
    assert "://" not in node
