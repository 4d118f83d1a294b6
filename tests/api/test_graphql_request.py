from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.graphql_request import GraphQLRequest, RejectedRequest, parse_body, parse_query_string

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
def test_a_body_and_a_url_give_the_same_request(
    query: str, variables: dict[str, object] | None, operation: str | None
) -> None:
    expected = GraphQLRequest(query, variables, operation)
    fields = {"query": query, "variables": variables, "operationName": operation}
    assert parse_body(json.dumps(fields).encode()) == expected

    pairs = {"query": query}
    if variables is not None:
        pairs["variables"] = json.dumps(variables)
    if operation is not None:
        pairs["operationName"] = operation
    assert parse_query_string(urlencode(pairs).encode()) == expected


def test_an_empty_operation_name_is_none() -> None:
    assert parse_body(b'{"query": "{a}", "operationName": ""}').operation is None
    assert parse_query_string(b"query={a}&operationName=&variables=").operation is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is empty."),
        (b"NONSENSE", "The body is not UTF-8 JSON"),
        (b'{"query": "\xff"}', "The body is not UTF-8 JSON"),
        (b'"{ a }"', "The body must be an object; got a string."),
        (b"null", "The body must be an object; got null."),
        (b'[{"query": "{ a }"}]', "The body is a list of requests, but batching is not supported."),
        (b"{}", "`query` is missing."),
        (b'{"query": 1}', "`query` must be a string; got a number."),
        (b'{"query": null}', "`query` must be a string; got null."),
        (b'{"query": "{a}", "variables": [7]}', "`variables` must be an object or null; got a list."),
        (b'{"query": "{a}", "extensions": {"explain": 1}}', "`extensions.explain` must be a boolean; got a number."),
        (b'{"query": "{a}", "operationName": true}', "`operationName` must be a string or null; got a boolean."),
        (b'{"query": "{a}", "extensions": "x"}', "`extensions` must be an object or null; got a string."),
        (b'{"extensions": {"persistedQuery": {}}}', "PersistedQueryNotSupported"),
    ],
)
def test_a_malformed_body_is_rejected_with_a_reason(body: bytes, sentence: str) -> None:
    with pytest.raises(RejectedRequest) as caught:
        parse_body(body)
    assert caught.value.status == 400
    assert caught.value.error.message.startswith(sentence)
    assert caught.value.error.remedy


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (b"", "`query` is missing."),
        (b"query={a}&query={b}", "`query` appears twice in the URL."),
        (b"query=%ff", "The query string is not UTF-8 form encoding"),
        (b"query={a}&variables={", "`variables` in the URL is not JSON"),
        (b"query={a}&variables=7", "`variables` must be an object or null; got a number."),
        (b"query={a}&extensions=[]", "`extensions` must be an object or null; got a list."),
        (b"a=1&" * 60, "The query string is not UTF-8 form encoding, or has more than 50 parameters."),
    ],
)
def test_a_malformed_url_is_rejected_with_a_reason(url: bytes, sentence: str) -> None:
    with pytest.raises(RejectedRequest) as caught:
        parse_query_string(url)
    assert caught.value.status == 400
    assert caught.value.error.message.startswith(sentence)


@given(st.binary(max_size=60))
def test_any_input_is_parsed_or_rejected(content: bytes) -> None:
    for parse in (parse_body, parse_query_string):
        try:
            outcome: GraphQLRequest | int = parse(content)
        except RejectedRequest as rejected:
            outcome = rejected.status
        assert outcome == 400 or isinstance(outcome, GraphQLRequest)


def test_a_broken_body_is_not_quoted_in_the_error() -> None:
    with pytest.raises(RejectedRequest) as caught:
        parse_body(b'{"query": "secret-value')
    assert "secret" not in caught.value.error.message
