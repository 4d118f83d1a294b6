"""What every test may ask for: one event loop and one Neo4j server for the whole run."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import neo4j
import pytest

from graph import engine
from graph.settings import Settings


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run on asyncio: session-wide, so that fixtures and tests share one event loop."""
    return "asyncio"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of this run: a data folder of its own; NEO4J_URI is honoured."""
    return Settings.read(data=tmp_path_factory.mktemp("kith"))


@pytest.fixture(scope="session")
async def server(settings: Settings, anyio_backend: str) -> AsyncIterator[engine.Server]:
    """The Neo4j server of this run, started once."""
    async with engine.server(settings) as running:
        yield running


@pytest.fixture(scope="session")
async def driver(server: engine.Server) -> AsyncIterator[neo4j.AsyncDriver]:
    """The official driver, connected to the server of this run."""
    async with neo4j.AsyncGraphDatabase.driver(server.uri, auth=(server.user, server.password)) as connected:
        yield connected


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the repository."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; skips where it is absent, since the golden figures cannot be checked without."""
    root = Path(__file__).parents[1]
    folder = (root / os.environ.get("KITH_SHARED_DATA", "../shared/data")).resolve()
    if not (folder / "EXPECTED.json").is_file():
        pytest.skip(f"GOLDEN FIGURES NOT CHECKED: no EXPECTED.json in {folder}; set KITH_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def expected(shared_data: Path) -> Callable[[str], Any]:
    """What is published about one of the data sets."""
    answers = json.loads((shared_data / "EXPECTED.json").read_text(encoding="utf-8"))
    return lambda name: answers[name]
