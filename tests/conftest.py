"""What every test may ask for: one event loop and one Neo4j server for the whole run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

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
