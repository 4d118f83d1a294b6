"""What a request asks: its query, variables and operation name, from a JSON body or from the URL."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl

import orjson

from graph.errors import Invalid, KithError

_PARAMETERS = ("query", "variables", "operationName", "extensions")


class GraphQLRequest(NamedTuple):
    """A well-formed GraphQL-over-HTTP request."""

    query: str
    variables: dict[str, object] | None
    operation: str | None


class TurnedAway(Exception):
    """A request that is answered before GraphQL sees it: an HTTP status, the error to show and headers to add."""

    def __init__(self, status: int, error: KithError, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(status, error.message)
        self.status = status
        self.error = error
        self.headers = headers


def malformed(message: str, remedy: str) -> TurnedAway:
    """A request that is not a well-formed GraphQL-over-HTTP request: 400 in either media type."""
    return TurnedAway(400, Invalid(message, remedy=remedy))


def from_body(body: bytes) -> GraphQLRequest:
    """The request in a POST body of UTF-8 JSON; raises TurnedAway with 400 when it is not one."""
    if not body:
        raise malformed("The body is empty.", 'Send a JSON object: {"query": "{ __typename }"}.')
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # The reason names a place, never a value: it may be shown and logged.
        raise malformed(
            f"The body is not UTF-8 JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            'Send a JSON object: {"query": "{ __typename }"}.',
        ) from None
    if type(sent) is list:
        raise malformed(
            "Batching is off: the body is a list of requests.",
            "Send one request a call, or ask several root fields in one operation: they are read concurrently.",
        )
    if type(sent) is not dict:
        raise malformed(
            f"The body is {_kind(sent)}, not an object.", 'Send a JSON object: {"query": "{ __typename }"}.'
        )
    return _checked(sent)


def from_url(query_string: bytes) -> GraphQLRequest:
    """The request in the query component of a GET; raises TurnedAway with 400 when it is not one."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=50
        )
    except ValueError:
        raise malformed(
            "The URL is not UTF-8 form encoding, or has too many parameters.", "Encode it with URLSearchParams."
        ) from None
    sent: dict[str, object] = {}
    for name, value in pairs:
        if name not in _PARAMETERS:
            continue
        if name in sent:
            raise malformed(f"`{name}` is given twice in the URL.", "Give each parameter once.")
        sent[name] = value
    for name in ("variables", "extensions"):
        if text := sent.pop(name, None):
            sent[name] = _json_of(name, str(text))
    return _checked(sent)


def _json_of(name: str, text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise malformed(
            f"`{name}` in the URL is not JSON: {error.msg} at column {error.colno}.",
            f"Encode {name} as a JSON object, then as part of the URL.",
        ) from None


def _checked(sent: dict[str, object]) -> GraphQLRequest:
    query = sent.get("query")
    if not isinstance(query, str):
        raise _wrong(sent, "query", "a string")
    variables = sent.get("variables")
    if not (variables is None or isinstance(variables, dict)):
        raise _wrong(sent, "variables", "an object or null")
    operation = sent.get("operationName")
    if not (operation is None or isinstance(operation, str)):
        raise _wrong(sent, "operationName", "a string or null")
    extensions = sent.get("extensions")
    if not (extensions is None or isinstance(extensions, dict)):
        raise _wrong(sent, "extensions", "an object or null")
    return GraphQLRequest(query, variables, operation or None)


def _wrong(sent: dict[str, object], name: str, wanted: str) -> TurnedAway:
    if name in sent:
        return malformed(f"`{name}` is {_kind(sent[name])}, not {wanted}.", f"Send `{name}` as {wanted}.")
    extensions = sent.get("extensions")
    if isinstance(extensions, dict) and "persistedQuery" in extensions:
        return malformed(
            "Persisted queries are not supported: `query` is missing.", "Send the document itself in `query`."
        )
    return malformed(
        "`query` is missing.", 'Send the GraphQL document in `query`, for example {"query": "{ __typename }"}.'
    )


def _kind(value: object) -> str:
    """What JSON calls a value, with its article."""
    if value is None:
        return "null"
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return kinds[type(value)]
