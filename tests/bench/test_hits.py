"""The comparison of dbHits with the committed table."""

from __future__ import annotations

from pathlib import Path

from bench import hits


def test_a_query_that_costs_more_than_recorded_is_told() -> None:
    (said,) = hits.risen({"page": 2_000, "point": 4}, {"page": 1_000, "point": 4})
    assert said == "page costs 2,000 dbHits, 2.00 times the 1,000 recorded."


def test_a_query_that_was_never_recorded_is_told() -> None:
    (said,) = hits.risen({"new": 1}, {})
    assert said.startswith("new is not in the table")


def test_a_query_that_costs_less_or_hardly_more_is_not_told() -> None:
    assert hits.risen({"page": 900, "other": 1_099}, {"page": 1_000, "other": 1_000}) == []


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    table = tmp_path / "dbhits.json"
    assert hits.recorded(table) == {}
    hits.record({"b": 2, "a": 1}, table)
    assert hits.recorded(table) == {"a": 1, "b": 2}
    assert table.read_text() == '{\n  "a": 1,\n  "b": 2\n}\n'


def test_every_golden_query_is_in_the_committed_table() -> None:
    assert hits.recorded().keys() == hits.golden().keys()
