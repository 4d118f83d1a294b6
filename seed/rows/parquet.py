"""Rows of parquet files, in a module of its own because importing polars takes a third of a second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from seed.rows.row import Row, UnreadableError, ended

_BROKEN = (OSError, pl.exceptions.PolarsError)
_BATCH = 10_000


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The columns of a parquet file; UnreadableError if it is not a parquet file."""
    try:
        return tuple(pl.scan_parquet(path).collect_schema().names())
    except _BROKEN as error:
        raise UnreadableError(f"It cannot be read as parquet: {error}. Check the file.") from error


def parquet_rows(path: Path, wanted: Sequence[str]) -> Iterator[Row]:
    """The rows of a parquet file with the cells of those columns; the line is the row's number."""
    number = 0
    try:
        frame = pl.scan_parquet(path)
        schema = frame.collect_schema()
        chosen = [_exact(name, schema[name]) for name in wanted] or [pl.first()]
        for batch in frame.select(chosen).collect_batches(chunk_size=_BATCH, maintain_order=True):
            for cells in batch.iter_rows():
                number += 1
                yield Row(number, number, list(cells[: len(wanted)]))
    except _BROKEN as error:
        yield Row(number + 1, number + 1, [None] * len(wanted), ended(error))


def _exact(name: str, kind: pl.DataType) -> pl.Expr:
    """A column whose nanoseconds are kept as text, since Python's datetime would cut them."""
    column = pl.col(name)
    if not isinstance(kind, pl.Datetime) or kind.time_unit != "ns":
        return column
    in_utc = column if kind.time_zone is None else column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return in_utc.dt.to_string("%Y-%m-%dT%H:%M:%S%.9f")
