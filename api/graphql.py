"""GraphQL over HTTP, as one raw ASGI function: every microsecond here is paid by every request."""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
from time import perf_counter
from typing import TYPE_CHECKING

from api.content_negotiation import Media, chosen
from api.graphql_request import GraphQLRequest, TurnedAway, from_body, from_url
from api.reply import Reply, answered, refused, turned_away
from graph.errors import Invalid, KithError, Refused, TooExpensive, Unavailable

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from api.hosts import Hosts
    from api.page import Page
    from api.request_log import RequestLog
    from schema.context import Caller
    from schema.execution import Executor

_Headers = dict[bytes, bytes]
_Pair = tuple[bytes, bytes]

_SANE_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
_JSON_TYPE = re.compile(rb'\s*application/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?\s*', re.IGNORECASE)
_NAMED = re.compile(r"\s*(?:query|mutation|subscription)\s+([_A-Za-z][_0-9A-Za-z]{0,63})")

_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
# An answer to a GET is as private and as short-lived as one to a POST, but caches would not know.
_OF_A_GET = ((b"cache-control", b"no-store"), (b"vary", b"accept"))
_CONTENT_TYPE = {media: (b"content-type", media.value) for media in Media}
_ALLOW = (b"allow", b"GET, HEAD, POST")
_CLOSE = (b"connection", b"close")

_READING_SECONDS = 30.0
_SWALLOWED = 8


class Gone(Exception):
    """The client left before its request was whole: nobody is there to answer."""


class GraphQLEndpoint:
    """The ASGI application behind `/graphql`: GET, HEAD and POST, answers or the page."""

    def __init__(
        self, door: Executor, *, caller: Caller, body_limit: int, hosts: Hosts, page: Page, request_log: RequestLog
    ) -> None:
        self._door = door
        self._caller = caller
        self._body_limit = body_limit
        self._hosts = hosts
        self._page = page
        self._journal = request_log
        self._ids = (
            f"{prefix}-{number:x}".encode() for prefix in [secrets.token_hex(6)] for number in itertools.count(1)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; never raises for what a client sent."""
        started = perf_counter()
        headers = _gathered(scope["headers"])
        request_id = headers.get(b"x-request-id")
        if request_id is None or _SANE_ID.fullmatch(request_id) is None:
            request_id = next(self._ids)
        request_log = self._journal
        request_log.in_flight += 1
        try:
            reply = await self._reply(scope, receive, headers, request_id)
            method = scope["method"]
            lines = [
                _CONTENT_TYPE[reply.media],
                (b"content-length", b"%d" % len(reply.body)),
                (b"x-request-id", request_id),
                _NO_SNIFFING,
                *reply.headers,
            ]
            if method != "POST" and reply.media is not Media.PAGE:
                lines += _OF_A_GET
            await send({"type": "http.response.start", "status": reply.status, "headers": lines})
            await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})
            request_log.note(request_id.decode("ascii"), method, reply, perf_counter() - started)
        except Gone:
            request_log.left(request_id.decode("ascii"), perf_counter() - started)
        finally:
            request_log.in_flight -= 1

    async def _reply(self, scope: Scope, receive: Receive, headers: _Headers, request_id: bytes) -> Reply:
        media: Media | None = None
        operation: str | None = None
        try:
            self._hosts.check(headers)
            method = scope["method"]
            reading = method != "POST"
            media = chosen(headers.get(b"accept"), page=reading)
            if media is None or (reading and method not in ("GET", "HEAD")):
                return turned_away(_unserved(method), media or Media.JSON)
            if media is Media.PAGE:
                return self._page.reply()
            asked = self._asked_by_url(scope, headers) if reading else await self._asked_by_body(receive, headers)
            operation = asked.operation or _name_in(asked.query)
            answer = await self._door.answer(
                asked.query,
                asked.variables,
                asked.operation,
                caller=self._caller,
                reads_only=reading,
                request_id=request_id.decode("ascii"),
            )
            return answered(answer.status, answer.body, media, operation)
        except TurnedAway as away:
            return turned_away(away, media or Media.JSON)
        except KithError as error:
            return refused(503 if isinstance(error, Unavailable) else 400, error, media or Media.JSON, operation)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001  (a fault must still be answered, counted and logged)
            said = request_id.decode("ascii")
            self._journal.failed(said, operation, error)
            unexpected = KithError("Kith failed on this request.", remedy=f"Report it with the request id {said}.")
            return refused(500, unexpected, media or Media.JSON, operation)

    def _asked_by_url(self, scope: Scope, headers: _Headers) -> GraphQLRequest:
        if headers.get(b"sec-fetch-site") == b"cross-site":
            raise TurnedAway(
                403,
                Refused("Another site may not ask by GET.", remedy="Send a POST with Content-Type: application/json."),
            )
        if len(scope["query_string"]) > self._body_limit:
            raise TurnedAway(414, self._too_large("URL"), _CLOSE)
        return from_url(scope["query_string"])

    async def _asked_by_body(self, receive: Receive, headers: _Headers) -> GraphQLRequest:
        kind = headers.get(b"content-type")
        if kind is None or (kind != b"application/json" and _JSON_TYPE.fullmatch(kind) is None):
            raise TurnedAway(415, _not_json(kind))
        coding = headers.get(b"content-encoding")
        if coding is not None and coding.strip().lower() not in (b"", b"identity"):
            raise TurnedAway(
                415,
                Invalid(
                    "The body is compressed, which Kith does not undo.", remedy="Send it without Content-Encoding."
                ),
                (b"accept-encoding", b"identity"),
            )
        return from_body(await self._body(receive, headers))

    async def _body(self, receive: Receive, headers: _Headers) -> bytes:
        limit = self._body_limit
        declared = headers.get(b"content-length")
        if b"expect" in headers and declared is not None and declared.isdigit() and int(declared) > limit:
            # The client asks first, and can be told before it sends anything.
            raise TurnedAway(413, self._too_large("body"), _CLOSE)
        message = await receive()
        if message.get("more_body"):
            try:
                async with asyncio.timeout(_READING_SECONDS):
                    return await self._rest_of_body(receive, message)
            except TimeoutError:
                late = Invalid("The body did not arrive in time.", remedy="Send it at once, with its Content-Length.")
                raise TurnedAway(408, late, _CLOSE) from None
        if message["type"] == "http.disconnect":
            raise Gone
        body: bytes = message["body"]
        if len(body) > limit:
            raise TurnedAway(413, self._too_large("body"))
        return body

    async def _rest_of_body(self, receive: Receive, message: Message) -> bytes:
        limit, size, parts = self._body_limit, 0, []
        # Swallowing some of what is too large lets the client read the answer instead of a broken connection.
        while size <= limit * _SWALLOWED:
            part = message.get("body", b"")
            size += len(part)
            if size <= limit:
                parts.append(part)
            if not message.get("more_body"):
                if size > limit:
                    raise TurnedAway(413, self._too_large("body"))
                return b"".join(parts)
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
        raise TurnedAway(413, self._too_large("body"), _CLOSE)

    def _too_large(self, what: str) -> TooExpensive:
        return TooExpensive(
            f"The {what} is larger than {self._body_limit} bytes.",
            remedy="Send long lists as variables in several calls; KITH_MAX_BODY sets the limit.",
            limit=self._body_limit,
        )


def _gathered(lines: list[_Pair]) -> _Headers:
    headers = dict(lines)
    if len(headers) == len(lines):
        return headers
    headers = {}
    for name, value in lines:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def _name_in(query: str) -> str | None:
    """The name of the document's first operation, when it begins with it."""
    found = _NAMED.match(query)
    return found[1] if found else None


def _unserved(method: str) -> TurnedAway:
    if method not in ("POST", "GET", "HEAD"):
        return TurnedAway(
            405, Invalid(f"{method[:20]} is not a way to ask.", remedy="Use POST, or GET for queries."), _ALLOW
        )
    return TurnedAway(
        406,
        Invalid(
            "Nothing in the Accept header is a type Kith answers in.",
            remedy="Accept application/graphql-response+json or application/json.",
        ),
    )


def _not_json(kind: bytes | None) -> Invalid:
    # Form types stay refused: a browser sends them to any site without asking, which is how requests are forged.
    message = (
        "The request has no Content-Type."
        if kind is None
        else f"A body of type {kind[:80].decode('latin-1')!r} is not understood."
    )
    return Invalid(message, remedy="Send UTF-8 JSON with Content-Type: application/json.")
