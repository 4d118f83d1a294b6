"""The comparison of answers ignores the notation of a server and finds every other difference."""

from __future__ import annotations

from typing import Any

import pytest

from bench.questions.answers import difference, normalized

KITH = {"deals": {"nodes": [{"id": "a", "won": {"amount": 0.1}, "at": "2026-01-01T00:00:00Z"}], "totalCount": 1}}
TABLES = {"deals": {"nodes": [{"id": "a", "won": "0.10", "at": "2026-01-01T00:00:00+00:00"}], "totalCount": "1"}}


def test_answers_that_differ_in_notation_only_are_the_same() -> None:
    assert difference(normalized(KITH), normalized(TABLES)) is None
    assert normalized({"nodes": [1]}) == normalized([1]) == [1.0]


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ({"a": [{"id": "x"}, {"id": "y"}]}, {"a": [{"id": "y"}, {"id": "x"}]}, "data.a[0].id"),
        ({"a": 64429169461.68}, {"a": "64429169461.69"}, "data.a"),
        ({"a": [1]}, {"a": [1, 1]}, "data.a"),
        ({"a": None}, {"a": 0}, "data.a"),
        ({"a": True}, {"a": False}, "data.a"),
        ({"a": 1}, {"b": 1}, "data"),
    ],
)
def test_a_difference_is_named_by_its_path(one: Any, other: Any, path: str) -> None:
    found = difference(normalized(one), normalized(other))
    assert found is not None
    assert found.startswith(f"{path}: ")


def test_lists_without_an_order_are_compared_as_sets() -> None:
    one, other = ({"seats": [{"id": uid, "level": 1} for uid in uids]} for uids in ("xy", "yx"))
    assert difference(normalized(one, ordered=False), normalized(other, ordered=False)) is None


def test_numbers_within_the_tolerance_are_the_same() -> None:
    assert difference(70.00001, 70.0, tolerance=1e-5) is None
    assert difference(70.01, 70.0, tolerance=1e-5) == "data: 70.01 and 70.0"
