"""Compression of responses with gzip, by Starlette, for clients that accept it; the others pay nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

_LEAST_BYTES = 1_024
_LEVEL = 5
# Compressing this much takes about a millisecond; more is compressed in a thread.
_MOST_ON_THE_LOOP = 32_768
_LONGEST_CACHED = 256


def compressing(app: ASGIApp) -> ASGIApp:
    """Returns an application that compresses the responses of `app`, except small ones."""
    return GZipMiddleware(app, _LEAST_BYTES, _LEVEL, _MOST_ON_THE_LOOP)


def wants_gzip(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Returns whether the client accepts gzip. Starlette does not read weights, such as `gzip;q=0`."""
    for name, value in headers:
        if name == b"accept-encoding":
            return accepts_gzip(value)
    return False


def accepts_gzip(accept_encoding: bytes) -> bool:
    """Returns whether a client that sends this `Accept-Encoding` accepts gzip (RFC 9110 §12.5.3)."""
    if len(accept_encoding) > _LONGEST_CACHED:
        return _accepts_gzip(accept_encoding)
    return _accepts_gzip_cached(accept_encoding)


@lru_cache(maxsize=256)
def _accepts_gzip_cached(accept_encoding: bytes) -> bool:
    return _accepts_gzip(accept_encoding)


def _accepts_gzip(accept_encoding: bytes) -> bool:
    weights = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        name, _, parameter = part.partition(";")
        key, _, value = parameter.partition("=")
        try:
            weights[name.strip()] = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0
