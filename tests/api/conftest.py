"""The HTTP application with a scripted executor behind it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from starlette.testclient import TestClient

from api.app import App, Health
from api.auth.authentication import Authentication
from api.auth.credentials import Credentials
from api.graphql import GraphQLEndpoint
from api.hosts import AllowedHosts
from api.log import BufferedLines, create_logger
from api.metrics import Metrics
from api.page import Pages
from api.request_log import RequestLog
from graph import engine
from graph.access import Principal
from graph.known import Moment
from graph.store import Reads
from schema.execution import Executor
from tests.api.running import Running, serving
from tests.api.scripted import ANSWER_LIMIT, BODY_LIMIT, Client, ScriptedExecutor


@pytest.fixture
def create_client(tmp_path: Path) -> Callable[..., Client]:
    """Returns a function that creates a client; `dist` is the folder of the built page."""

    def create(dist: Path = tmp_path / "dist") -> Client:
        stream, executor, reasons = io.BytesIO(), ScriptedExecutor(), cast("list[str]", [])
        lines = BufferedLines(stream)
        request_log = RequestLog(Metrics(), create_logger(lines))
        request_log.metrics.set_build_info(neo4j="0", in_flight=lambda: request_log.in_flight)

        async def ready() -> list[str]:
            return reasons

        async def anybody(_: Credentials, __: Moment) -> Principal:
            return Principal("u1", operator=True)

        authentication = Authentication([anybody], cast("Reads", None))
        pages, hosts = Pages(dist), AllowedHosts()
        endpoint = GraphQLEndpoint(
            cast("Executor", executor),
            authentication=authentication,
            body_limit=BODY_LIMIT,
            answer_limit=ANSWER_LIMIT,
            hosts=hosts,
            page=pages.graphiql,
            request_log=request_log,
        )
        app = App(endpoint, pages, request_log, Health(ready, ready), hosts=hosts, authenticate=authentication)
        http = TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
        return Client(http, executor, request_log, stream, lines, reasons)

    return create


@pytest.fixture
def client(create_client: Callable[..., Client]) -> Client:
    """A client of the application without a built page."""
    return create_client()


@pytest.fixture(scope="session")
def running(server: engine.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kith in a process of its own, for tests that do not stop it."""
    with serving(server, tmp_path_factory.mktemp("running")) as kith:
        yield kith
