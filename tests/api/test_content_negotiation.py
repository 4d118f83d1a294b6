from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.content_negotiation import Media, chosen

GRAPHQL, JSON, PAGE = Media.GRAPHQL, Media.JSON, Media.PAGE


@pytest.mark.parametrize(
    ("accept", "media"),
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
def test_the_answer_takes_the_media_type_the_client_prefers(accept: bytes | None, media: Media | None) -> None:
    assert chosen(accept) is media


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", PAGE),
        (b"text/*", PAGE),
        (b"text/html;q=0.5, application/json", JSON),
        (b"application/json, text/html", JSON),
        (b"text/html;q=0, */*", JSON),
        (b"*/*", JSON),
        (None, GRAPHQL),
    ],
)
def test_the_page_is_for_clients_that_name_html(accept: bytes | None, media: Media | None) -> None:
    assert chosen(accept, page=True) is media


@given(st.binary(max_size=200))
def test_no_header_breaks_the_choice(accept: bytes) -> None:
    assert chosen(accept, page=True) in {*Media, None}
