"""GraphQL over HTTP as a plain ASGI function, because its cost is part of every request."""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from api.auth.refusals import sign_in_location
from api.content_negotiation import MediaType, negotiate
from api.graphql_request import (
    GraphQLRequest,
    RejectedRequest,
    documents_not_kept,
    parse_body,
    parse_query_string,
)
from api.reply import Reply, error_reply, execution_reply, rejection_reply
from graph.errors import Invalid, KithError, OverBudget, Refused, TooExpensive, Unavailable
from graph.known import Outdated

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from api.auth.authentication import Authentication, Caller
    from api.hosts import AllowedHosts
    from api.page import Page
    from api.request_log import RequestLog
    from graph.admission import Budgets
    from schema.execution import Answer, Executor
    from schema.trusted_documents import TrustedDocuments

_Headers = dict[bytes, bytes]
_Header = tuple[bytes, bytes]

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
_JSON_TYPE = re.compile(rb'\s*application/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?\s*', re.IGNORECASE)
_OPERATION_NAME = re.compile(r"\s*(?:query|mutation|subscription)\s+([_A-Za-z][_0-9A-Za-z]{0,63})")

_NO_SNIFF = (b"x-content-type-options", b"nosniff")
# A response to a GET is as private and as short-lived as one to a POST, but a cache could not know.
_GET_HEADERS = ((b"cache-control", b"no-store"), (b"vary", b"accept"))
_CONTENT_TYPE = {media_type: (b"content-type", media_type.value) for media_type in MediaType}
_ALLOW = (b"allow", b"GET, HEAD, POST")
_CLOSE = (b"connection", b"close")

_BODY_TIMEOUT_SECONDS = 30.0
_DISCARDED_LIMITS = 8


class GraphQLEndpoint:
    """The ASGI application at `/graphql`: GET, HEAD and POST, answered with an execution result or with the page."""

    def __init__(
        self,
        executor: Executor,
        *,
        authentication: Authentication,
        body_limit: int,
        answer_limit: int,
        hosts: AllowedHosts,
        page: Page,
        request_log: RequestLog,
        documents: TrustedDocuments | None = None,
        budgets: Budgets | None = None,
    ) -> None:
        self._budgets = budgets
        self._documents = documents
        self._executor = executor
        self._authentication = authentication
        self._body_limit = body_limit
        self._answer_limit = answer_limit
        self._hosts = hosts
        self._page = page
        self._request_log = request_log
        self._ids = (
            f"{prefix}-{number:x}".encode() for prefix in [secrets.token_hex(6)] for number in itertools.count(1)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request. Does not raise for anything a client sends."""
        started = perf_counter()
        headers = _combined(scope["headers"])
        request_id = headers.get(b"x-request-id")
        if request_id is None or _REQUEST_ID.fullmatch(request_id) is None:
            request_id = next(self._ids)
        request_log = self._request_log
        request_log.begin()
        try:
            reply = await self._reply(scope, receive, headers, request_id)
            method = scope["method"]
            response_headers = [
                _CONTENT_TYPE[reply.media_type],
                (b"content-length", b"%d" % len(reply.body)),
                (b"x-request-id", request_id),
                _NO_SNIFF,
                *reply.headers,
            ]
            if method != "POST" and reply.media_type is not MediaType.HTML:
                response_headers += _GET_HEADERS
            await send({"type": "http.response.start", "status": reply.status, "headers": response_headers})
            await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})
            request_log.graphql(request_id.decode("ascii"), method, reply, perf_counter() - started)
        except (ClientDisconnect, asyncio.CancelledError) as error:
            request_log.disconnected(request_id.decode("ascii"), perf_counter() - started)
            if isinstance(error, asyncio.CancelledError):
                raise
        finally:
            request_log.end()

    async def _reply(self, scope: Scope, receive: Receive, headers: _Headers, request_id: bytes) -> Reply:
        media_type: MediaType | None = None
        operation: str | None = None
        try:
            self._hosts.check(headers)
            method = scope["method"]
            reads_only = method != "POST"
            media_type = negotiate(headers.get(b"accept"), html=reads_only)
            if media_type is None or (reads_only and method not in ("GET", "HEAD")):
                return rejection_reply(_not_allowed_or_acceptable(method), media_type or MediaType.JSON)
            try:
                caller = await self._authentication.begin(scope)
            except RejectedRequest as rejected:
                location = sign_in_location(scope, headers.get(b"accept")) if rejected.status == 401 else None
                return rejection_reply(rejected, media_type, location)
            if media_type is MediaType.HTML:
                return self._page.reply()
            request = self._from_url(scope, headers) if reads_only else await self._from_body(receive, headers)
            query = self._document(request)
            budget = None if self._budgets is None else self._budgets.of(caller.principal.user or "")
            operation = request.operation or _operation_name(query)
            execute = partial(
                self._executor.execute,
                query,
                request.variables,
                request.operation,
                reads_only=reads_only,
                request_id=request_id.decode("ascii"),
                idempotency_key=_idempotency_key(headers),
                explain=request.explain,
                budget=budget,
            )
            answer = await self._confirmed(scope, caller, execute)
            if budget is not None:
                answer.body.setdefault("extensions", {})["budget"] = budget.shown()
            return self._answered(answer, media_type, operation)
        except RejectedRequest as rejected:
            return rejection_reply(rejected, media_type or MediaType.JSON)
        except OverBudget as error:
            refused = RejectedRequest(429, error, (b"retry-after", b"%d" % error.seconds))
            return rejection_reply(refused, media_type or MediaType.JSON)
        except KithError as error:
            status = 503 if isinstance(error, Unavailable) else 400
            return error_reply(status, error, media_type or MediaType.JSON, operation)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001  (an internal error must be answered, counted and logged too)
            shown_id = request_id.decode("ascii")
            self._request_log.failed(shown_id, operation, error)
            internal = KithError(
                "The request failed because of an internal error.", remedy=f"Report it with the request id {shown_id}."
            )
            return error_reply(500, internal, media_type or MediaType.JSON, operation)

    async def _confirmed(self, scope: Scope, caller: Caller, execute: Callable[..., Awaitable[Answer]]) -> Answer:
        """Returns an answer for the caller as it was when the request began; what is known of it is used meanwhile."""
        try:
            answer = await execute(principal=caller.principal, confirmed=caller.confirmed)
            if await caller.confirmed():
                return answer
        except Outdated:
            pass
        except KithError:
            if await caller.confirmed():
                raise
        return await execute(principal=await self._authentication(scope))

    def _document(self, request: GraphQLRequest) -> str:
        """Returns the document of a request. Raises RejectedRequest, and KithError if it is not registered."""
        if self._documents is not None:
            return self._documents.text(request.query, request.document_id)
        if request.query is None:
            raise documents_not_kept()
        return request.query

    def _from_url(self, scope: Scope, headers: _Headers) -> GraphQLRequest:
        if headers.get(b"sec-fetch-site") == b"cross-site":
            raise RejectedRequest(
                403,
                Refused(
                    "GET requests from another site are not allowed.",
                    remedy="Send a POST with Content-Type: application/json.",
                ),
            )
        if len(scope["query_string"]) > self._body_limit:
            raise RejectedRequest(414, self._too_large("query string"), _CLOSE)
        return parse_query_string(scope["query_string"])

    async def _from_body(self, receive: Receive, headers: _Headers) -> GraphQLRequest:
        content_type = headers.get(b"content-type")
        if content_type is None or (content_type != b"application/json" and _JSON_TYPE.fullmatch(content_type) is None):
            raise RejectedRequest(415, _unsupported_media_type(content_type))
        coding = headers.get(b"content-encoding")
        if coding is not None and coding.strip().lower() not in (b"", b"identity"):
            raise RejectedRequest(
                415,
                Invalid(
                    f"The Content-Encoding {coding[:80].decode('latin-1')!r} is not supported.",
                    remedy="Send the body uncompressed, without Content-Encoding.",
                ),
                (b"accept-encoding", b"identity"),
            )
        return parse_body(await self._read_body(receive, headers))

    async def _read_body(self, receive: Receive, headers: _Headers) -> bytes:
        limit = self._body_limit
        length = headers.get(b"content-length")
        if b"expect" in headers and length is not None and length.isdigit() and int(length) > limit:
            # A client that sends `Expect: 100-continue` can be answered before it sends the body.
            raise RejectedRequest(413, self._too_large("body"), _CLOSE)
        message = await receive()
        if message.get("more_body"):
            try:
                async with asyncio.timeout(_BODY_TIMEOUT_SECONDS):
                    return await self._read_chunks(receive, message)
            except TimeoutError:
                late = Invalid(
                    f"The body did not arrive within {_BODY_TIMEOUT_SECONDS:g} seconds.",
                    remedy="Send the whole body at once, with its Content-Length.",
                )
                raise RejectedRequest(408, late, _CLOSE) from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body: bytes = message["body"]
        if len(body) > limit:
            raise RejectedRequest(413, self._too_large("body"))
        return body

    async def _read_chunks(self, receive: Receive, message: Message) -> bytes:
        limit, size, chunks = self._body_limit, 0, []
        # Reading some more of a body that is too large lets the client read the response instead of a broken pipe.
        while size <= limit * _DISCARDED_LIMITS:
            chunk = message.get("body", b"")
            size += len(chunk)
            if size <= limit:
                chunks.append(chunk)
            if not message.get("more_body"):
                if size > limit:
                    raise RejectedRequest(413, self._too_large("body"))
                return b"".join(chunks)
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
        raise RejectedRequest(413, self._too_large("body"), _CLOSE)

    def _answered(self, answer: Answer, media_type: MediaType, operation: str | None) -> Reply:
        """Returns the reply for an answer, unless that is too large."""
        reply = execution_reply(answer.status, answer.body, media_type, operation)
        if len(reply.body) <= self._answer_limit:
            return reply
        return execution_reply("invalid", self._answer_too_large(answer), media_type, operation)

    def _answer_too_large(self, answer: Answer) -> dict[str, object]:
        done = {"done": True} if answer.mutation else {}
        error = TooExpensive(
            f"The {'mutation was done, but its ' if answer.mutation else ''}answer is larger than the limit of "
            f"{self._answer_limit} bytes.",
            remedy="Select smaller pages or fewer fields."
            if not answer.mutation
            else "Do not send the mutation again; read the record with fewer fields.",
            limit=self._answer_limit,
            field="query",
            **done,
        )
        return {"errors": [{"message": error.message, "extensions": error.extensions}]}

    def _too_large(self, part: str) -> TooExpensive:
        return TooExpensive(
            f"The {part} is larger than the limit of {self._body_limit} bytes.",
            remedy="Send long lists in several requests.",
            limit=self._body_limit,
            field=part,
        )


def _combined(headers: list[_Header]) -> _Headers:
    """Returns the headers by name; values of a repeated header are joined with a comma (RFC 9110 §5.3)."""
    combined = dict(headers)
    if len(combined) == len(headers):
        return combined
    combined = {}
    for name, value in headers:
        combined[name] = combined[name] + b", " + value if name in combined else value
    return combined


def _idempotency_key(headers: _Headers) -> str | None:
    """Returns the value of Idempotency-Key, which is a string of RFC 9651 in double quotes, or a bare token."""
    value = headers.get(b"idempotency-key")
    return None if value is None else value.decode("latin-1").strip().strip('"')


def _operation_name(query: str) -> str | None:
    """Returns the name of the operation that the document begins with."""
    match = _OPERATION_NAME.match(query)
    return match[1] if match else None


def _not_allowed_or_acceptable(method: str) -> RejectedRequest:
    if method not in ("POST", "GET", "HEAD"):
        return RejectedRequest(
            405,
            Invalid(f"The method {method[:20]} is not allowed.", remedy="Use POST, or GET for queries."),
            _ALLOW,
        )
    return RejectedRequest(
        406,
        Invalid(
            "The Accept header names no supported media type.",
            remedy="Accept application/graphql-response+json or application/json.",
        ),
    )


def _unsupported_media_type(content_type: bytes | None) -> Invalid:
    # Form types stay refused, because a browser sends forms to another site without a preflight request.
    message = (
        "The Content-Type header is missing."
        if content_type is None
        else f"The Content-Type {content_type[:80].decode('latin-1')!r} is not supported."
    )
    return Invalid(message, remedy="Send UTF-8 JSON with Content-Type: application/json.")
