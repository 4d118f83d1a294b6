from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.graphql_request import GraphQLRequest, TurnedAway, from_body, from_url

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.text(max_size=50),
    st.none() | st.dictionaries(st.text(max_size=8), json_values, max_size=4),
    st.none() | st.text(min_size=1, max_size=20),
)
def test_body_and_url_say_the_same(query: str, variables: dict[str, object] | None, operation: str | None) -> None:
    asked = GraphQLRequest(query, variables, operation)
    sent = {"query": query, "variables": variables, "operationName": operation}
    assert from_body(json.dumps(sent).encode()) == asked

    pairs = {"query": query}
    if variables is not None:
        pairs["variables"] = json.dumps(variables)
    if operation is not None:
        pairs["operationName"] = operation
    assert from_url(urlencode(pairs).encode()) == asked


def test_an_empty_operation_name_is_none() -> None:
    assert from_body(b'{"query": "{a}", "operationName": ""}').operation is None
    assert from_url(b"query={a}&operationName=&variables=").operation is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is empty."),
        (b"NONSENSE", "The body is not UTF-8 JSON"),
        (b'{"query": "\xff"}', "The body is not UTF-8 JSON"),
        (b'"{ a }"', "The body is a string, not an object."),
        (b"null", "The body is null, not an object."),
        (b'[{"query": "{ a }"}]', "Batching is off: the body is a list of requests."),
        (b"{}", "`query` is missing."),
        (b'{"query": 1}', "`query` is a number, not a string."),
        (b'{"query": null}', "`query` is null, not a string."),
        (b'{"query": "{a}", "variables": [7]}', "`variables` is a list, not an object or null."),
        (b'{"query": "{a}", "operationName": true}', "`operationName` is a boolean, not a string or null."),
        (b'{"query": "{a}", "extensions": "x"}', "`extensions` is a string, not an object or null."),
        (b'{"extensions": {"persistedQuery": {}}}', "Persisted queries are not supported: `query` is missing."),
    ],
)
def test_a_body_of_the_wrong_shape_is_turned_away_with_a_reason(body: bytes, sentence: str) -> None:
    with pytest.raises(TurnedAway) as caught:
        from_body(body)
    assert caught.value.status == 400
    assert caught.value.error.message.startswith(sentence)
    assert caught.value.error.remedy


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (b"", "`query` is missing."),
        (b"query={a}&query={b}", "`query` is given twice in the URL."),
        (b"query=%ff", "The URL is not UTF-8 form encoding"),
        (b"query={a}&variables={", "`variables` in the URL is not JSON"),
        (b"query={a}&variables=7", "`variables` is a number, not an object or null."),
        (b"query={a}&extensions=[]", "`extensions` is a list, not an object or null."),
        (b"a=1&" * 60, "The URL is not UTF-8 form encoding, or has too many parameters."),
    ],
)
def test_a_url_of_the_wrong_shape_is_turned_away_with_a_reason(url: bytes, sentence: str) -> None:
    with pytest.raises(TurnedAway) as caught:
        from_url(url)
    assert caught.value.status == 400
    assert caught.value.error.message.startswith(sentence)


@given(st.binary(max_size=60))
def test_whatever_is_sent_is_a_request_or_turned_away(sent: bytes) -> None:
    for reading in (from_body, from_url):
        try:
            outcome: GraphQLRequest | int = reading(sent)
        except TurnedAway as away:
            outcome = away.status
        assert outcome == 400 or isinstance(outcome, GraphQLRequest)


def test_a_broken_body_is_not_quoted_in_the_error() -> None:
    with pytest.raises(TurnedAway) as caught:
        from_body(b'{"query": "secret-value')
    assert "secret" not in caught.value.error.message
