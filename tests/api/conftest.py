"""Kith's HTTP with a scripted schema behind it, for all that HTTP alone decides."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from starlette.testclient import TestClient

from api.app import Kith
from api.hosts import Hosts
from api.log import Lines, opened
from api.metrics import Metrics
from api.page import Page
from api.request_log import RequestLog
from graph import engine
from schema.context import Caller
from schema.execution import Executor
from tests.api.running import Running, serving
from tests.api.scripted import BODY_LIMIT, ScriptedDoor, Wire


@pytest.fixture
def wired(tmp_path: Path) -> Callable[..., Wire]:
    """Makes a `Wire`; `dist` is the folder of the built page."""

    def make(dist: Path = tmp_path / "dist") -> Wire:
        stream, door, because = io.BytesIO(), ScriptedDoor(), cast("list[str]", [])
        lines = Lines(stream)
        request_log = RequestLog(Metrics(), opened(lines))
        request_log.metrics.running(neo4j="0", in_flight=lambda: request_log.in_flight)

        async def ready() -> list[str]:
            return because

        kith = Kith(
            door=cast("Executor", door),
            caller=Caller("u1"),
            ready=ready,
            request_log=request_log,
            page=Page(dist),
            hosts=Hosts(),
            body_limit=BODY_LIMIT,
        )
        client = TestClient(kith.app(), base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
        return Wire(client, door, request_log, stream, lines, because)

    return make


@pytest.fixture
def wire(wired: Callable[..., Wire]) -> Wire:
    """HTTP with a scripted door and no page."""
    return wired()


@pytest.fixture(scope="session")
def running(server: engine.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kith as a process of its own, for tests that do not stop it."""
    with serving(server, tmp_path_factory.mktemp("running")) as opened_kith:
        yield opened_kith
