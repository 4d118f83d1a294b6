"""The comparison of dbHits with the committed table."""

from __future__ import annotations

from pathlib import Path

from bench import hits


def test_a_query_that_costs_more_than_recorded_is_reported() -> None:
    (message,) = hits.regressions({"page": 2_000, "point": 4}, {"page": 1_000, "point": 4})
    assert message == "page costs 2,000 dbHits, 2.00 times the 1,000 recorded."


def test_a_query_that_is_not_recorded_is_reported() -> None:
    (message,) = hits.regressions({"new": 1}, {})
    assert message.startswith("new is not in the table")


def test_a_query_within_the_tolerance_is_not_reported() -> None:
    assert hits.regressions({"page": 900, "other": 1_099}, {"page": 1_000, "other": 1_000}) == []


def test_a_table_is_read_as_written(tmp_path: Path) -> None:
    table = tmp_path / "dbhits.json"
    assert hits.read_table(table) == {}
    hits.write_table({"b": 2, "a": 1}, table)
    assert hits.read_table(table) == {"a": 1, "b": 2}
    assert table.read_text() == '{\n  "a": 1,\n  "b": 2\n}\n'


def test_every_golden_query_is_in_the_committed_table() -> None:
    assert hits.read_table().keys() == hits.golden().keys()
