from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.content_negotiation import MediaType, negotiate

GRAPHQL, JSON, HTML = MediaType.GRAPHQL, MediaType.JSON, MediaType.HTML


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, GRAPHQL),
        (b"application/graphql-response+json", GRAPHQL),
        (b"application/json", JSON),
        (b"APPLICATION/JSON", JSON),
        (b"*/*", JSON),
        (b"application/*", JSON),
        (b"application/graphql-response+json, application/json", GRAPHQL),
        (b"application/json, application/graphql-response+json", JSON),
        (b"application/graphql-response+json;q=0.5, application/json;q=0.9", JSON),
        (b"application/graphql-response+json; charset=utf-8, application/json; charset=utf-8;q=0.9", GRAPHQL),
        (b"application/json;q=0.1, */*", GRAPHQL),
        (b"application/json;q=0, */*", GRAPHQL),
        (b"application/graphql-response+json;q=0.2, */*;q=0.1", GRAPHQL),
        (b"application/json; charset=utf-16", None),
        (b"application/json;q=0", None),
        (b"application/json;q=often", None),
        (b"text/html", None),
        (b"image/*, text/plain", None),
        (b"*/json", None),
        (b"", None),
        (b", ,;", None),
        (b"application/json " + b";x=y" * 400, JSON),
    ],
)
def test_the_preferred_media_type_is_selected(accept: bytes | None, media_type: MediaType | None) -> None:
    assert negotiate(accept) is media_type


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", HTML),
        (b"text/*", HTML),
        (b"text/html;q=0.5, application/json", JSON),
        (b"application/json, text/html", JSON),
        (b"text/html;q=0, */*", JSON),
        (b"*/*", JSON),
        (None, GRAPHQL),
    ],
)
def test_html_is_selected_for_clients_that_name_it(accept: bytes | None, media_type: MediaType | None) -> None:
    assert negotiate(accept, html=True) is media_type


@given(st.binary(max_size=200))
def test_any_header_selects_an_available_type_or_none(accept: bytes) -> None:
    assert negotiate(accept, html=True) in {*MediaType, None}
