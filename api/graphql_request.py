"""A GraphQL-over-HTTP request: query, variables and operation name, from a JSON body or from the URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, NotRequired
from urllib.parse import parse_qsl

import orjson
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from graph.errors import Invalid, KithError

_EXAMPLE = 'Send a JSON object: {"query": "{ __typename }"}.'
_EXPECTED = {
    "query": "a string",
    "documentId": "a string or null",
    "variables": "an object or null",
    "operationName": "a string or null",
    "extensions": "an object or null",
}
_JSON_TYPES = {
    type(None): "null", bool: "a boolean", int: "a number", float: "a number",
    str: "a string", list: "a list", dict: "an object",
}  # fmt: skip


class _Parameters(TypedDict):
    query: NotRequired[str]
    documentId: NotRequired[str | None]
    variables: NotRequired[dict[str, Any] | None]
    operationName: NotRequired[str | None]
    extensions: NotRequired[dict[str, Any] | None]


_validate = TypeAdapter(_Parameters).validator.validate_python


class GraphQLRequest(NamedTuple):
    """A well-formed GraphQL-over-HTTP request, which has a document, the id of a registered one, or both."""

    query: str | None
    variables: dict[str, Any] | None
    operation: str | None
    explain: bool = False
    document_id: str | None = None


class PersistedQueryNotSupported(Invalid):
    """The answer to a hash instead of a document: the client then sends the document, and no hashes any more."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"


class RejectedRequest(Exception):
    """A request that is answered before GraphQL runs, with an HTTP status, an error and additional headers.

    `status_in_json` is the status of an answer in application/json, where it differs.
    """

    def __init__(
        self, status: int, error: KithError, *headers: tuple[bytes, bytes], status_in_json: int | None = None
    ) -> None:
        super().__init__(status, error.message)
        self.status = status
        self.status_in_json = status_in_json or status
        self.error = error
        self.headers = headers


def _malformed(message: str, remedy: str, field: str = "body") -> RejectedRequest:
    return RejectedRequest(400, Invalid(message, remedy=remedy, field=field))


def parse_body(body: bytes) -> GraphQLRequest:
    """Parses a POST body of UTF-8 JSON. Raises RejectedRequest with status 400 when it is malformed."""
    if not body:
        raise _malformed("The body is empty.", _EXAMPLE)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # The reason names a position, never a value: it may be shown and logged.
        raise _malformed(
            f"The body is not UTF-8 JSON: {error.msg} at line {error.lineno}, column {error.colno}.", _EXAMPLE
        ) from None
    return _request(value)


def parse_query_string(query_string: bytes) -> GraphQLRequest:
    """Parses the query string of a GET. Raises RejectedRequest with status 400 when it is malformed."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=50
        )
    except ValueError:
        raise _malformed(
            "The query string is not UTF-8 form encoding, or has more than 50 parameters.",
            "Encode it with URLSearchParams.",
            "URL",
        ) from None
    parameters: dict[str, Any] = {}
    for name, value in pairs:
        if name not in _EXPECTED:
            continue
        if name in parameters:
            raise _malformed(f"`{name}` appears twice in the URL.", "Send each parameter once.", name)
        parameters[name] = value
    for name in ("variables", "extensions"):
        if text := parameters.pop(name, None):
            try:
                parameters[name] = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                raise _malformed(
                    f"`{name}` in the URL is not JSON: {error.msg} at column {error.colno}.",
                    f"Encode `{name}` as a JSON object, then as part of the URL.",
                    name,
                ) from None
    return _request(parameters)


def _request(value: object) -> GraphQLRequest:
    try:
        parameters = _validate(value, strict=True)
    except ValidationError as error:
        raise _invalid(value, *error.errors(include_url=False)[0]["loc"]) from None
    explain = (parameters.get("extensions") or {}).get("explain", False)
    if not isinstance(explain, bool):
        raise _malformed(
            f"`extensions.explain` must be a boolean; got {_JSON_TYPES[type(explain)]}.",
            "Send true to receive `extensions.explain` in the answer.",
            "extensions.explain",
        )
    operation = parameters.get("operationName") or None
    document_id = _document_id(parameters)
    if "query" not in parameters and document_id is None:
        raise _invalid(value, "query")
    return GraphQLRequest(parameters.get("query"), parameters.get("variables"), operation, explain, document_id)


def _document_id(parameters: Mapping[str, Any]) -> str | None:
    """Returns the id of the document: `documentId`, or the hash of Apollo's `extensions.persistedQuery`."""
    persisted = (parameters.get("extensions") or {}).get("persistedQuery")
    found = parameters.get("documentId") or (isinstance(persisted, dict) and persisted.get("sha256Hash"))
    return found if isinstance(found, str) else None


def documents_not_kept() -> RejectedRequest:
    """Returns the rejection of an id without its document by a server that has no registered documents."""
    # Clients compare the message: https://www.apollographql.com/docs/apollo-server/performance/apq
    error = PersistedQueryNotSupported("PersistedQueryNotSupported", remedy="Send the document itself in `query`.")
    return RejectedRequest(400, error, status_in_json=200)


def _invalid(value: object, *location: object) -> RejectedRequest:
    if isinstance(value, list):
        return _malformed(
            "The body is a list of requests, but batching is not supported.",
            "Send one request at a time, or select several root fields in one operation; they are read concurrently.",
        )
    if not isinstance(value, dict):
        return _malformed(f"The body must be an object; got {_JSON_TYPES[type(value)]}.", _EXAMPLE)
    name = str(location[0])
    if name in value:
        return _malformed(
            f"`{name}` must be {_EXPECTED[name]}; got {_JSON_TYPES[type(value[name])]}.",
            f"Send `{name}` as {_EXPECTED[name]}.",
            name,
        )
    if "persistedQuery" in (value.get("extensions") or ()):
        return documents_not_kept()
    return _malformed("`query` is missing.", f"Send the GraphQL document in `query`. {_EXAMPLE}", "query")
