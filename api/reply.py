"""HTTP responses of the GraphQL endpoint, from execution results and from errors."""

from __future__ import annotations

from typing import NamedTuple

import orjson

from api.content_negotiation import MediaType
from api.graphql_request import RejectedRequest
from graph.errors import KithError


class Reply(NamedTuple):
    """A complete HTTP response, with the outcome, operation name and error codes that are logged for it."""

    status: int
    media_type: MediaType
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    outcome: str = "ok"
    operation: str | None = None
    codes: tuple[str, ...] = ()


def execution_reply(status: str, body: dict[str, object], media_type: MediaType, operation: str | None) -> Reply:
    """Returns the reply for an execution result with status `ok`, `invalid` or `not_allowed`."""
    errors = body.get("errors")
    codes = _codes(errors) if errors else ()
    if status == "ok":
        return Reply(200, media_type, orjson.dumps(body), (), "errors" if errors else "ok", operation, codes)
    if status == "invalid":
        # In application/json every other status than 200 could come from an intermediary.
        code = 200 if media_type is MediaType.JSON else 400
        return Reply(code, media_type, orjson.dumps(body), (), "invalid", operation, codes)
    return Reply(405, media_type, orjson.dumps(body), ((b"allow", b"POST"),), "refused", operation, codes)


def error_reply(status: int, error: KithError, media_type: MediaType, operation: str | None = None) -> Reply:
    """Returns a reply with one error and no data; status 500 counts as an internal error."""
    body = {"errors": [{"message": error.message, "extensions": error.extensions}]}
    shown = MediaType.JSON if media_type is MediaType.HTML else media_type
    outcome = "failed" if status == 500 else "refused"
    return Reply(status, shown, orjson.dumps(body, default=str), (), outcome, operation, (error.code,))


def rejection_reply(rejected: RejectedRequest, media_type: MediaType, location: bytes | None = None) -> Reply:
    """Returns the reply to a request that was rejected before GraphQL ran; with a location, a redirect to it."""
    if location is not None:
        headers = (*rejected.headers, (b"location", location))
        return error_reply(303, rejected.error, media_type)._replace(headers=headers)
    status = rejected.status_in_json if media_type is MediaType.JSON else rejected.status
    return error_reply(status, rejected.error, media_type)._replace(headers=rejected.headers)


def _codes(errors: object) -> tuple[str, ...]:
    codes: dict[str, None] = {}
    for error in errors if isinstance(errors, list) else ():
        extensions = error.get("extensions") if isinstance(error, dict) else None
        if isinstance(extensions, dict):
            codes[str(extensions.get("code"))] = None
    return tuple(codes)
