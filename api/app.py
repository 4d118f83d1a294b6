"""The ASGI application: `/graphql` is handled directly, every other path by Starlette."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import TYPE_CHECKING

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.graphql import GraphQLEndpoint
from api.metrics import CONTENT_TYPE
from api.page import Page
from api.request_log import RequestLog
from graph.errors import Invalid, KithError, NotFound

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

PATH = "/graphql"

# Returns the reasons why the database cannot be used, one sentence each; an empty list means ready.
ReadinessCheck = Callable[[], Awaitable[list[str]]]


class App:
    """Routes a request to the GraphQL endpoint or to Starlette, and logs the latter."""

    def __init__(self, endpoint: GraphQLEndpoint, page: Page, request_log: RequestLog, ready: ReadinessCheck) -> None:
        self._endpoint = endpoint
        self._starlette = _starlette(page, request_log, ready)
        self._request_log = request_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] == "http" and scope["path"] == PATH:
            await self._endpoint(scope, receive, send)
        elif scope["type"] == "http":
            await self._logged(scope, receive, send)
        else:
            await self._starlette(scope, receive, send)

    async def _logged(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, status = perf_counter(), 500

        async def send_and_record(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._starlette(scope, receive, send_and_record)
        finally:
            self._request_log.http(scope["method"], scope["path"], status, perf_counter() - started)


def _starlette(page: Page, request_log: RequestLog, ready: ReadinessCheck) -> Starlette:
    async def healthz(_request: Request) -> Response:
        return _json({"alive": True})

    async def readyz(_request: Request) -> Response:
        reasons = await ready()
        return _json({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    async def metrics(_request: Request) -> Response:
        return Response(request_log.metrics.render(), headers={"content-type": CONTENT_TYPE})

    async def home(_request: Request) -> Response:
        return RedirectResponse("." + PATH)

    async def error(request: Request, exception: Exception) -> Response:
        status, headers = 500, {}
        if isinstance(exception, HTTPException):
            status, headers = exception.status_code, dict(exception.headers or {})
        shown = _error_for(status, request)
        return _json({"errors": [{"message": shown.message, "extensions": shown.extensions}]}, status, headers)

    return Starlette(
        routes=[
            Route("/", home),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/assets/{name}", page.asset),
        ],
        exception_handlers={HTTPException: error, 500: error},
    )


def _json(body: dict[str, object], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    defaults = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(orjson.dumps(body), status, defaults | (headers or {}), "application/json")


def _error_for(status: int, request: Request) -> KithError:
    if status == 404:
        return NotFound(f"{request.url.path[:200]} was not found.", remedy=f"GraphQL and GraphiQL are at {PATH}.")
    if status == 405:
        return Invalid(f"{request.method} is not allowed for {request.url.path[:200]}.", remedy="Use GET.")
    return KithError("The request failed because of an internal error.", remedy="Try again; if it persists, report it.")
