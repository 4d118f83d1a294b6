"""Which media type the answer takes, from the `Accept` header (RFC 9110 §12.5.1, GraphQL over HTTP §Body)."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

_LONGEST_REMEMBERED = 512


class Media(Enum):
    """A media type Kith can answer in; the value is the whole `Content-Type`."""

    GRAPHQL = b"application/graphql-response+json; charset=utf-8"
    JSON = b"application/json; charset=utf-8"
    PAGE = b"text/html; charset=utf-8"


# Where a wildcard leaves the choice to Kith, application/json: what clients expect that did not think about it.
_ANSWERS = (
    (Media.JSON, "application", "json"),
    (Media.GRAPHQL, "application", "graphql-response+json"),
)
_PAGE = ((Media.PAGE, "text", "html"),)


def chosen(accept: bytes | None, *, page: bool = False) -> Media | None:
    """The media type to answer in; None when nothing the client accepts can be had.

    `page` also offers the HTML page, to clients that name `text/html` or `text/*`; `*/*` never means the page.
    A missing header means application/graphql-response+json. Among equals the more exactly named wins, then the first.
    """
    if accept is None:
        return Media.GRAPHQL
    if len(accept) > _LONGEST_REMEMBERED:
        return _weighed(accept, page)
    return _remembered(accept, page)


@lru_cache(maxsize=1024)
def _remembered(accept: bytes, page: bool) -> Media | None:
    return _weighed(accept, page)


def _weighed(accept: bytes, page: bool) -> Media | None:
    ranges = [
        each for position, text in enumerate(accept.decode("latin-1").split(",")) if (each := _range(text, position))
    ]
    best: tuple[float, int, int] = (0.0, 0, 0)
    winner = None
    for media, kind, subtype in _ANSWERS + (_PAGE if page else ()):
        fits = [each for each in ranges if each[3] in ("*", kind) and each[4] in ("*", subtype)]
        if media is Media.PAGE:
            fits = [each for each in fits if each[3] != "*"]
        if not fits:
            continue
        # The most exact range decides the weight of a type, whatever a wildcard beside it says.
        exactness, position, weight = max((each[0], each[1], each[2]) for each in fits)
        rank = (weight, exactness, position)
        if weight > 0 and rank > best:
            best, winner = rank, media
    return winner


def _range(text: str, position: int) -> tuple[int, int, float, str, str] | None:
    """(exactness, minus position, weight, type, subtype) of one media range; None when Kith cannot serve it."""
    name, *parameters = (part.strip() for part in text.split(";"))
    kind, slash, subtype = name.lower().partition("/")
    if not (kind and slash and subtype) or (kind == "*" and subtype != "*"):
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
    exactness = (kind != "*") + (subtype != "*")
    return exactness, -position, weight, kind, subtype
