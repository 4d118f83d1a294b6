"""Selects the media type of a response from the `Accept` header (RFC 9110 §12.5.1, GraphQL over HTTP §Body)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import NamedTuple, TypeVar

_LONGEST_CACHED = 512


class MediaType(Enum):
    """A media type of a response; the value is the complete `Content-Type`."""

    GRAPHQL = b"application/graphql-response+json; charset=utf-8"
    JSON = b"application/json; charset=utf-8"
    HTML = b"text/html; charset=utf-8"


Value = TypeVar("Value")
# A media type that is available: its value, its type, its subtype, and whether `*/*` selects it.
Offer = tuple[Value, str, str, bool]

# For a wildcard the first one is used: application/json, which clients expect that did not choose.
_ANSWERS = (
    (MediaType.JSON, "application", "json", True),
    (MediaType.GRAPHQL, "application", "graphql-response+json", True),
)
_HTML = ((MediaType.HTML, "text", "html", False),)


class _MediaRange(NamedTuple):
    """A media range of the header, in the order in which ranges take precedence."""

    specificity: int
    negative_position: int
    weight: float
    type: str
    subtype: str


def negotiate(accept: bytes | None, *, html: bool = False) -> MediaType | None:
    """Returns the media type to answer in, or None when the client accepts none that is available.

    With `html`, the page is available too, for clients that name `text/html` or `text/*`; `*/*` never selects it.
    A missing header selects application/graphql-response+json. Between equal weights the more specific range wins,
    then the first one.
    """
    if accept is None:
        return MediaType.GRAPHQL
    if len(accept) > _LONGEST_CACHED:
        return _negotiate(accept, html)
    return _negotiate_cached(accept, html)


@lru_cache(maxsize=1024)
def _negotiate_cached(accept: bytes, html: bool) -> MediaType | None:
    return _negotiate(accept, html)


def _negotiate(accept: bytes, html: bool) -> MediaType | None:
    return preferred(accept, _ANSWERS + (_HTML if html else ()))


def preferred(accept: bytes, offers: Iterable[Offer[Value]]) -> Value | None:
    """Returns the value of the offer that the client prefers, the first one of equals; None if it accepts none."""
    parsed = (_parse(text, position) for position, text in enumerate(accept.decode("latin-1").split(",")))
    ranges = [media_range for media_range in parsed if media_range is not None]
    best: tuple[float, int, int] = (0.0, 0, 0)
    selected = None
    for value, main, subtype, by_wildcard in offers:
        types = ("*", main) if by_wildcard else (main,)
        matching = [one for one in ranges if one.type in types and one.subtype in ("*", subtype)]
        if not matching:
            continue
        # The most specific range determines the weight, whatever a wildcard beside it says.
        match = max(matching)
        rank = (match.weight, match.specificity, match.negative_position)
        if match.weight > 0 and rank > best:
            best, selected = rank, value
    return selected


def _parse(text: str, position: int) -> _MediaRange | None:
    """Parses one media range; None when it is malformed or asks for another charset than UTF-8."""
    name, *parameters = (part.strip() for part in text.split(";"))
    main, slash, subtype = name.lower().partition("/")
    if not (main and slash and subtype) or (main == "*" and subtype != "*"):
        return None
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        key, value = key.strip().lower(), value.strip().strip('"').lower()
        if key == "charset" and value not in ("utf-8", "utf8", "*"):
            return None
        if key == "q":
            try:
                weight = min(max(float(value), 0.0), 1.0)
            except ValueError:
                return None
            break
    return _MediaRange((main != "*") + (subtype != "*"), -position, weight, main, subtype)
