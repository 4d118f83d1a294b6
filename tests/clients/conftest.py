"""The npm packages of the recipes in docs/clients, and Kith in a process of its own with the demo world."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from api.build import EXPLORER, find_node, install_packages, to_stderr
from graph import engine
from graph.store import Bound, Store
from tests.api.running import Running, serving
from tests.schema.conftest import executor, world

__all__ = ["executor", "world"]

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "clients"
_BLOCK = re.compile(r"^```\w+\n(?://|#) (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

# Runs a program of a package, or a file, with Node.js in a folder; returns what it printed.
RunNode = Callable[..., str]


def recipes(page: str) -> dict[str, str]:
    """The code blocks of a page by the name of the file in their first line."""
    return dict(_BLOCK.findall((DOCS / f"{page}.md").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def packages() -> RunNode:
    """The locked npm packages, installed once for each state of the lock file."""
    node = find_node(EXPLORER, to_stderr)
    install_packages(node, HERE, to_stderr)

    def run(folder: Path, *command: str) -> str:
        done = subprocess.run(
            [node.program, *command], cwd=folder, capture_output=True, text=True, check=False, timeout=180
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder in which the packages are found, deleted at the end."""
    path = HERE / ".recipes" / request.node.name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    yield path
    shutil.rmtree(path)


def write(page: str, folder: Path) -> None:
    """Writes the recipes of a page into a folder, with the test that imports them if there is one."""
    for name, text in recipes(page).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if (test := HERE / f"{page}.test.mjs").is_file():
        shutil.copy(test, folder / "run.mjs")


@pytest.fixture(scope="session")
async def kith(server: engine.Server, store: Store, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Kith on the Neo4j server of this run; the world is written again for the tests that follow."""
    with serving(server, tmp_path_factory.mktemp("clients")) as running:
        yield running
    await store.writes.change(Bound("forget", "MATCH (c:Contents) DETACH DELETE c RETURN 0", {}))
