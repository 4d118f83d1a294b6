"""Formats errors as GraphQL responses show them: message, location, and in `extensions` a code and a remedy."""

from __future__ import annotations

import logging
from typing import Any

from graphql import GraphQLError

from graph.errors import Busy, Invalid, KithError, KithErrors, Unavailable

log = logging.getLogger("kith.schema")

_LONGEST_MESSAGE = 1000
_COMPARE = "Compare the document with the schema, which GraphiQL at /graphql shows."


def formatted_errors(error: GraphQLError, request_id: str) -> list[dict[str, Any]]:
    """Formats the error of a field; each of several errors becomes an error of its own."""
    several = error.original_error
    if isinstance(several, KithErrors):
        return [{**error.formatted, **formatted(one)} for one in several.errors]
    return [formatted(error, request_id)]


def rejected(error: GraphQLError) -> dict[str, Any]:
    """Formats an error of a document or its variables, whatever the exception behind it is."""
    shown: dict[str, Any] = dict(error.formatted)
    where = {} if error.locations else {"field": "query"}
    shown["extensions"] = {"code": Invalid.code, "remedy": _COMPARE, **where, **(shown.get("extensions") or {})}
    return _shortened(shown)


def _shortened(shown: dict[str, Any]) -> dict[str, Any]:
    """Shortens a message that quotes a long value."""
    if len(shown["message"]) > _LONGEST_MESSAGE:
        shown["message"] = f"{shown['message'][:_LONGEST_MESSAGE]} …"
    return shown


def formatted(error: Exception, request_id: str = "") -> dict[str, Any]:
    """Formats an error: message, location, and in `extensions` a code and a remedy."""
    cause = error.original_error if isinstance(error, GraphQLError) and error.original_error else error
    shown: dict[str, Any] = dict(error.formatted) if isinstance(error, GraphQLError) else {}
    if isinstance(cause, KithError):
        shown |= {"message": cause.message, "extensions": cause.extensions}
        if isinstance(cause, Unavailable) and not isinstance(cause, Busy):
            log.warning("a request could not be answered", exc_info=cause, extra={"request_id": request_id})
    elif isinstance(cause, GraphQLError):
        return rejected(error if isinstance(error, GraphQLError) else cause)
    else:
        log.error("a resolver raised an unexpected error", exc_info=cause, extra={"request_id": request_id})
        shown["message"] = "An internal error occurred; the server log has the details."
        shown["extensions"] = {
            "code": KithError.code,
            "remedy": f"Report it with the request id {request_id}." if request_id else "Report it.",
        }
    return _shortened(shown)
