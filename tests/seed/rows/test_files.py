"""Files become rows with their real line numbers, and a broken row takes no other with it."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.mapping.model import File
from seed.rows.files import layout, rows, shown
from seed.rows.row import Row, UnreadableError


def read(path: Path, *taken: str, **options: Any) -> list[Row]:
    file = File(path.name, **options)
    found = layout(path, file, taken)
    return list(rows(path, file, found, taken or found.columns))


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def good(found: Sequence[Row]) -> list[list[Any]]:
    return [row.cells for row in found if row.fault is None]


def bad(found: Sequence[Row]) -> list[tuple[int, str]]:
    return [(row.line, row.fault.reason) for row in found if row.fault is not None]


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    found = read(put(tmp_path, "a.csv", b"\xef\xbb\xbfid,name\n1,Ann\n"))
    assert good(found) == [["1", "Ann"]]


def test_lines_are_physical_ones_also_after_line_breaks_within_quotes(tmp_path: Path) -> None:
    found = read(put(tmp_path, "a.csv", 'id,note\n1,"two\r\nlines"\n\n2,one\n3,"a ""b"" c"\n'))
    assert [(row.line, row.number, row.cells) for row in found] == [
        (2, 1, ["1", "two\r\nlines"]),
        (5, 2, ["2", "one"]),
        (6, 3, ["3", 'a "b" c']),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [("2", "the row has 1 columns, not 2"), ("2,b,c", "the row has 3 columns, not 2"), ('2,"b"c', "quote")],
)
def test_only_the_row_with_too_few_or_too_many_columns_is_broken(tmp_path: Path, line: str, reason: str) -> None:
    found = read(put(tmp_path, "a.csv", f"id,name\n1,a\n{line}\n3,c\n"))
    assert good(found) == [["1", "a"], ["3", "c"]]
    ((at, why),) = bad(found)
    assert at == 3
    assert reason in why


@pytest.mark.parametrize("rest", ["3,c\n4,d\n", '3,"c, d"\n4,d\n', '3,c\n4,"d"\n'])
def test_a_quote_that_is_never_closed_breaks_only_the_line_it_opens_on(tmp_path: Path, rest: str) -> None:
    found = read(put(tmp_path, "a.csv", f'id,name\n1,a\n2,"b\n{rest}'))
    assert [row.cells[0] for row in found if row.fault is None] == ["1", "3", "4"]
    assert [line for line, _ in bad(found)] == [3]


def test_a_quote_within_an_unquoted_cell_is_a_character(tmp_path: Path) -> None:
    assert good(read(put(tmp_path, "a.csv", 'id,size\n1,5" pipe\n2,6"\n'))) == [["1", '5" pipe'], ["2", '6"']]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "shift_jis"])
def test_only_the_line_with_bytes_that_are_not_of_the_encoding_is_broken(tmp_path: Path, encoding: str) -> None:
    content = b"id,name\n1,a\n2,M\xfcnchen\xff\n3,c\n"
    found = read(put(tmp_path, "a.csv", content), encoding=encoding)
    assert good(found) == [["1", "a"], ["3", "c"]]
    (row,) = [row for row in found if row.fault is not None]
    assert row.line == 3
    assert row.fault is not None
    assert row.fault.column == "name"
    assert "\\xff" in row.fault.value


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16"])
def test_other_encodings_are_read_when_the_mapping_says_so(tmp_path: Path, encoding: str) -> None:
    assert good(read(put(tmp_path, "a.csv", "id,name\n1,Zoë\n".encode(encoding)), encoding=encoding)) == [["1", "Zoë"]]


def test_delimiters_and_gzip_follow_from_the_name_or_the_mapping(tmp_path: Path) -> None:
    assert good(read(put(tmp_path, "a.tsv", "id\tname\n1\t\n"))) == [["1", ""]]
    assert good(read(put(tmp_path, "b.csv.gz", gzip.compress(b"id,name\n1,a\n")))) == [["1", "a"]]
    assert good(read(put(tmp_path, "c.txt", "id;name\n1;a,b\n"), delimiter=";")) == [["1", "a,b"]]
    assert good(read(put(tmp_path, "d.dat", "  1   2\n3 4 \n"), delimiter="whitespace", header=("x", "y"))) == [
        ["1", "2"],
        ["3", "4"],
    ]


def test_a_file_whose_name_does_not_tell_needs_a_delimiter(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="delimiter"):
        read(put(tmp_path, "a.dat", "1\n"))


def test_the_starred_column_takes_what_is_left_over(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "1,x,y,9\n2,x,9\n3,9\n")
    found = read(path, header=("id", "*items", "last"))
    assert good(found) == [["1", ["x", "y"], "9"], ["2", ["x"], "9"]]
    assert bad(found) == [(3, "the row has 2 columns, not at least 3")]


def test_an_empty_file_needs_a_header(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="empty"):
        read(put(tmp_path, "a.csv", ""))
    assert read(put(tmp_path, "b.csv", ""), header=("id",)) == []


def test_json_lines_are_objects_and_others_are_broken(tmp_path: Path) -> None:
    content = b'{"id": 1, "x": 0.1}\n\n{"id": 2\n[3]\n{"id": "\xff"}\n{"id": 4, "tags": ["a"]}\n{"id": "\\ud800"}\n'
    found = read(put(tmp_path, "a.jsonl", content), "id", "x", "tags")
    assert [(row.line, row.number) for row in found] == [(1, 1), (3, 2), (4, 3), (5, 4), (6, 5), (7, 6)]
    assert [str(row.cells[1]) for row in found if row.line == 1] == ["0.1"]
    assert good(found)[1] == [4, None, ["a"]]
    assert [line for line, _ in bad(found)] == [3, 4, 5, 7]


def test_parquet_is_read_by_column_and_keeps_nanoseconds_to_be_refused_later(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame({"id": [1, 2], "at": ["2024-01-31T00:00:00.123456789", None], "tags": [["a", "b"], []]})
    frame.with_columns(pl.col("at").str.to_datetime(time_unit="ns")).write_parquet(path)
    found = read(path, "tags", "id", "at")
    assert good(found) == [[["a", "b"], 1, "2024-01-31T00:00:00.123456789"], [[], 2, None]]
    assert [row.line for row in found] == [1, 2]


@pytest.mark.parametrize("name", ["a.parquet", "a.csv.gz"])
def test_a_file_that_is_not_what_its_name_says_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableError):
        read(put(tmp_path, name, b"id,name\n1,a\n"), "id")


def test_a_compressed_file_that_breaks_off_gives_the_rows_before_it(tmp_path: Path) -> None:
    whole = gzip.compress(b"id,name\n" + b"".join(b"%d,%d\n" % (n, n * 7919 % 10007) for n in range(20_000)))
    found = read(put(tmp_path, "a.csv.gz", whole[: len(whole) // 2]))
    assert len(good(found)) > 1000
    assert bad(found)[-1][1].startswith("the file cannot be read further")


def test_shown_values_are_printable_and_short() -> None:
    assert shown("a\udcff") == "a\\xff"
    assert shown("x" * 600).endswith("… (600 characters)")


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
TABLE = st.lists(
    st.lists(CELL, min_size=2, max_size=2).filter(lambda row: any(cell.strip() for cell in row)), max_size=8
)


@given(TABLE, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], quoting: Any
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting).writerows([["a", "b"], *table])
    path = put(tmp_path_factory.mktemp("csv"), "a.csv", text.getvalue())
    assert good(read(path)) == table


@given(TABLE.filter(bool), st.data())
def test_a_line_cut_in_half_never_loses_a_whole_one(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], data: st.DataObject
) -> None:
    plain = [[cell.translate({10: None, 13: None, 34: None}) or "x" for cell in row] for row in table]
    lines = [",".join(f'"{cell}"' for cell in row) for row in plain]
    at = data.draw(st.integers(0, len(lines) - 1))
    cut = lines[at][: data.draw(st.integers(1, len(lines[at]) - 1))]
    text = "\n".join(['"a","b"', *lines[:at], cut, *lines[at + 1 :]])
    found = read(put(tmp_path_factory.mktemp("csv"), "a.csv", text))
    intact = plain[:at] + plain[at + 1 :]
    assert [row for row in good(found) if row in intact] == intact


def test_a_cut_line_whose_quote_swallows_the_next_line_is_the_only_one_lost(tmp_path: Path) -> None:
    rows_read = read(put(tmp_path, "a.csv", '"a","b"\n"\n",0","x"\n"1","2"'))
    assert good(rows_read) == [[",0", "x"], ["1", "2"]]


def test_a_record_over_two_lines_with_a_cell_too_many_is_one_fault(tmp_path: Path) -> None:
    rows_read = read(put(tmp_path, "a.csv", 'a,b\n1,"2\n3",4\n5,6\n'))
    assert good(rows_read) == [["5", "6"]]
    assert len([row for row in rows_read if row.fault]) == 1
