"""The ASGI application: `/graphql` is handled directly, every other path by Starlette."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING

import orjson
from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth.authentication import Authentication
from api.auth.headers import SecurityHeaders
from api.auth.refusals import sign_in_location
from api.auth.routes import SIGN_IN, SIGN_OUT
from api.compression import compressing, wants_gzip
from api.content_negotiation import MediaType, negotiate
from api.graphql import GraphQLEndpoint
from api.graphql_request import RejectedRequest
from api.hosts import AllowedHosts
from api.metrics import CONTENT_TYPE
from api.page import Pages
from api.request_log import RequestLog
from graph.access import Principal
from graph.errors import Invalid, KithError, NotFound, Unavailable
from schema.build import build

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = "/graphql"
SCHEMA_PATH = f"{PATH}/schema.graphql"

_PUBLIC = frozenset({"/healthz", "/readyz", SIGN_IN, SIGN_OUT})

# Returns the reasons why the database cannot be used, one sentence each; an empty list means that it can.
HealthCheck = Callable[[], Awaitable[list[str]]]


@dataclass(frozen=True)
class Health:
    """The checks behind `/healthz` (the database answers) and `/readyz` (and it has the indexes of the models)."""

    answers: HealthCheck
    ready: HealthCheck


class App:
    """Routes a request to the GraphQL endpoint or to Starlette, and logs the latter."""

    def __init__(
        self,
        endpoint: GraphQLEndpoint,
        pages: Pages,
        request_log: RequestLog,
        health: Health,
        *,
        hosts: AllowedHosts,
        authenticate: Authentication,
        secure: bool = False,
        routes: Sequence[Route] = (),
    ) -> None:
        self._endpoint = endpoint
        self._authenticate = authenticate
        self._security = SecurityHeaders(secure=secure)
        self._starlette = _starlette(pages, request_log, health, routes)
        self._request_log = request_log
        self._hosts = hosts
        self._compressing = compressing(self._route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] == "http":
            send = self._security.added(send)
        if scope["type"] == "http" and wants_gzip(scope["headers"]):
            await self._compressing(scope, receive, send)
        else:
            await self._route(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
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
            self._hosts.check(dict(scope["headers"]))
            if not _is_public(scope["path"]):
                scope["principal"] = await self._caller(scope)
            await self._starlette(scope, receive, send_and_record)
        except RejectedRequest as rejected:
            await _rejection(rejected, scope)(scope, receive, send_and_record)
        finally:
            self._request_log.http(scope["method"], scope["path"], status, perf_counter() - started)

    async def _caller(self, scope: Scope) -> Principal:
        """Returns the caller of a request. Raises RejectedRequest, also while credentials cannot be checked."""
        try:
            return await self._authenticate(scope)
        except KithError as error:
            raise RejectedRequest(503, error) from error


def with_cors(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """Returns the application, whose responses the pages of these origins may read."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type", "idempotency-key", "x-request-id"],
        expose_headers=["x-request-id"],
        max_age=600,
    )


def _starlette(pages: Pages, request_log: RequestLog, health: Health, routes: Sequence[Route]) -> Starlette:
    async def healthz(_request: Request) -> Response:
        reasons = await health.answers()
        return _json({"alive": True, "works": not reasons, "reasons": reasons}, 503 if reasons else 200)

    async def readyz(_request: Request) -> Response:
        reasons = await health.ready()
        return _json({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    async def metrics(_request: Request) -> Response:
        headers = {"content-type": CONTENT_TYPE, "cache-control": "no-store", "x-content-type-options": "nosniff"}
        return Response(request_log.metrics.render(), headers=headers)

    async def schema(request: Request) -> Response:
        text, tag = await to_thread.run_sync(_schema_text)
        headers = {"etag": tag, "cache-control": "no-cache", "x-content-type-options": "nosniff"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(text, headers=headers, media_type="text/plain; charset=utf-8")

    async def view(request: Request) -> Response:
        # The explorer has an address for each view and record. Programs that do not name text/html get an error.
        if negotiate(request.headers.get("accept", "").encode("latin-1"), html=True) is not MediaType.HTML:
            raise HTTPException(404)
        return await pages.explorer.response(request)

    async def error(request: Request, exception: Exception) -> Response:
        status, headers = 500, {}
        if isinstance(exception, HTTPException):
            status, headers = exception.status_code, dict(exception.headers or {})
        shown = _error_for(status, request)
        return _json({"errors": [{"message": shown.message, "extensions": shown.extensions}]}, status, headers)

    async def rejected(request: Request, exception: Exception) -> Response:
        if isinstance(exception, KithError):
            exception = RejectedRequest(503, exception)
        assert isinstance(exception, RejectedRequest)
        return _rejection(exception, request.scope)

    return Starlette(
        routes=[
            Route("/", pages.explorer.response),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route(SCHEMA_PATH, schema),
            Route("/assets/{name}", pages.asset),
            *routes,
            Route("/{path:path}", view),
        ],
        exception_handlers={HTTPException: error, RejectedRequest: rejected, Unavailable: rejected, 500: error},
    )


@lru_cache(maxsize=1)
def _schema_text() -> tuple[bytes, str]:
    """Returns the schema in the schema definition language, and its entity tag."""
    text = build()[0].as_str().encode() + b"\n"
    return text, f'"{hashlib.sha256(text).hexdigest()[:32]}"'


def _is_public(path: str) -> bool:
    """Whether a path is answered without credentials: probes, the files of the pages, and signing in and out."""
    return path in _PUBLIC or path.startswith(("/assets/", f"{SIGN_IN}/"))


def _rejection(rejected: RejectedRequest, scope: Scope) -> Response:
    error, status, headers = rejected.error, rejected.status, list(rejected.headers)
    location = sign_in_location(scope, dict(scope["headers"]).get(b"accept")) if status == 401 else None
    if location is not None:
        status, headers = 303, [*headers, (b"location", location)]
    response = _json({"errors": [{"message": error.message, "extensions": error.extensions}]}, status)
    response.raw_headers.extend(headers)
    return response


def _json(body: dict[str, object], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    defaults = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(orjson.dumps(body), status, defaults | (headers or {}), "application/json")


def _error_for(status: int, request: Request) -> KithError:
    if status == 404:
        return NotFound(f"{request.url.path[:200]} was not found.", remedy=f"GraphQL and GraphiQL are at {PATH}.")
    if status == 405:
        return Invalid(f"{request.method} is not allowed for {request.url.path[:200]}.", remedy="Use GET.")
    return KithError("The request failed because of an internal error.", remedy="Try again; if it persists, report it.")
