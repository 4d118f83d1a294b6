"""What goes back to a client, and how each kind of answer and refusal becomes it."""

from __future__ import annotations

from typing import NamedTuple

import orjson

from api.content_negotiation import Media
from api.graphql_request import TurnedAway
from graph.errors import KithError


class Reply(NamedTuple):
    """A whole HTTP response, with what the request_log says about it."""

    status: int
    media: Media
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    outcome: str = "ok"
    operation: str | None = None
    codes: tuple[str, ...] = ()


def answered(status: str, body: dict[str, object], media: Media, operation: str | None) -> Reply:
    """The reply for an answer of the schema: `ok`, `invalid` or `not_allowed` with its body."""
    errors = body.get("errors")
    codes = _codes(errors) if errors else ()
    if status == "ok":
        return Reply(200, media, orjson.dumps(body), (), "errors" if errors else "ok", operation, codes)
    if status == "invalid":
        # In application/json any status but 200 could come from something between Kith and the client.
        code = 200 if media is Media.JSON else 400
        return Reply(code, media, orjson.dumps(body), (), "invalid", operation, codes)
    return Reply(405, media, orjson.dumps(body), ((b"allow", b"POST"),), "refused", operation, codes)


def refused(status: int, error: KithError, media: Media, operation: str | None = None) -> Reply:
    """The reply that shows one error and no data; 500 means that Kith itself failed."""
    body = {"errors": [{"message": error.message, "extensions": error.extensions}]}
    kind = Media.JSON if media is Media.PAGE else media
    outcome = "failed" if status == 500 else "refused"
    return Reply(status, kind, orjson.dumps(body, default=str), (), outcome, operation, (error.code,))


def turned_away(away: TurnedAway, media: Media) -> Reply:
    """The reply to a request that GraphQL never saw."""
    return refused(away.status, away.error, media)._replace(headers=away.headers)


def _codes(errors: object) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for error in errors if isinstance(errors, list) else ():
        extensions = error.get("extensions") if isinstance(error, dict) else None
        if isinstance(extensions, dict):
            found[str(extensions.get("code"))] = None
    return tuple(found)
