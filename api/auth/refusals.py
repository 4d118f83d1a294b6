"""Answers to requests without valid credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from api.auth.next_path import local_path
from api.content_negotiation import MediaType, negotiate
from api.graphql_request import RejectedRequest
from graph.errors import Refused, Unauthenticated

if TYPE_CHECKING:
    from starlette.types import Scope

_REMEDY = "Sign in at /sign-in, or send `Authorization: Bearer` with an API key or a token."
_BEARER = (b"www-authenticate", b"Bearer")
_INVALID_BEARER = (b"www-authenticate", b'Bearer error="invalid_token"')

Header = tuple[bytes, bytes]


def no_credentials() -> RejectedRequest:
    """Returns the answer to a request without credentials."""
    return RejectedRequest(401, Unauthenticated("The request has no credentials.", remedy=_REMEDY), _BEARER)


def invalid_credentials(message: str, *headers: Header, remedy: str = _REMEDY) -> RejectedRequest:
    """Returns the answer to credentials that are not valid; the message is one sentence."""
    return RejectedRequest(401, Unauthenticated(message, remedy=remedy), _INVALID_BEARER, *headers)


def foreign_origin() -> RejectedRequest:
    """Returns the answer to a page of another origin that makes a browser send its session."""
    return RejectedRequest(
        403,
        Refused(
            "The request comes from a page of another site, and its session is not accepted.",
            remedy="Send the request from a page of Kith, or with `Authorization: Bearer`.",
        ),
    )


def sign_in_location(scope: Scope, accept: bytes | None) -> bytes | None:
    """Returns the reference to the sign-in page for a browser that opens a page; None for every other request.

    The reference is relative, so that it also holds below the path of a reverse proxy.
    """
    if scope["method"] not in ("GET", "HEAD") or negotiate(accept, html=True) is not MediaType.HTML:
        return None
    path = scope["raw_path"].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    next_path = local_path(f"{path}?{query}" if query else path)
    depth = path.count("/") - 1
    return (("../" * depth or "./") + f"sign-in?next={quote(next_path, safe='/')}").encode()
