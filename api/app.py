"""The whole ASGI application: `/graphql` directly, everything else through Starlette."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.graphql import GraphQLEndpoint
from api.hosts import Hosts
from api.metrics import CONTENT_TYPE
from api.page import Page
from api.request_log import RequestLog
from graph.errors import Invalid, KithError, NotFound

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from schema.context import Caller
    from schema.execution import Executor

PATH = "/graphql"

# Why the database cannot be used right now, one sentence each; empty when it can.
Ready = Callable[[], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kith:
    """What the application is made of; `app()` puts it together."""

    door: Executor
    caller: Caller
    ready: Ready
    request_log: RequestLog
    page: Page
    hosts: Hosts
    body_limit: int

    def app(self) -> App:
        """The ASGI application."""
        endpoint = GraphQLEndpoint(
            self.door,
            caller=self.caller,
            body_limit=self.body_limit,
            hosts=self.hosts,
            page=self.page,
            request_log=self.request_log,
        )
        return App(endpoint, _rest(self), self.request_log)


class App:
    """Sends a request to the GraphQL endpoint or to the rest."""

    def __init__(self, endpoint: GraphQLEndpoint, rest: Starlette, request_log: RequestLog) -> None:
        self._endpoint = endpoint
        self._rest = rest
        self._journal = request_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "http" and scope["path"] == PATH:
            await self._endpoint(scope, receive, send)
        elif scope["type"] == "http":
            await self._noted(scope, receive, send)
        else:
            await self._rest(scope, receive, send)

    async def _noted(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, status = perf_counter(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._rest(scope, receive, sent)
        finally:
            self._journal.other(scope["method"], scope["path"], status, perf_counter() - started)


def _rest(kith: Kith) -> Starlette:
    async def healthz(_request: Request) -> Response:
        return _json({"alive": True})

    async def readyz(_request: Request) -> Response:
        because = await kith.ready()
        return _json({"ready": not because, "because": because}, 503 if because else 200)

    async def metrics(_request: Request) -> Response:
        return Response(kith.request_log.metrics.shown(), headers={"content-type": CONTENT_TYPE})

    async def home(_request: Request) -> Response:
        return RedirectResponse("." + PATH)

    async def wrong(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = (error.headers or {}) if isinstance(error, HTTPException) else {}
        return _json({"errors": [_shown(_explained(status, request))]}, status, dict(headers))

    return Starlette(
        routes=[
            Route("/", home),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/assets/{name}", kith.page.asset),
        ],
        exception_handlers={HTTPException: wrong, 500: wrong},
    )


def _json(body: dict[str, object], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    quiet = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(orjson.dumps(body), status, quiet | (headers or {}), "application/json")


def _shown(error: KithError) -> dict[str, object]:
    return {"message": error.message, "extensions": error.extensions}


def _explained(status: int, request: Request) -> KithError:
    if status == 404:
        return NotFound("There is nothing at this address.", remedy=f"GraphQL and its page are at {PATH}.")
    if status == 405:
        return Invalid(f"{request.method} is not possible at this address.", remedy="Use GET.")
    return KithError("Kith failed on this request.", remedy="See the log of this moment.")
