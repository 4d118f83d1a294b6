"""CSV: one table of a report (RFC 4180, UTF-8), in which no text is a formula."""

from __future__ import annotations

import csv as csv_format
import io
from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import Invalid
from graph.spreadsheets import harmless
from reports.execution import Result
from reports.formats.registry import Options, report_format
from reports.tables import FilledColumn, FilledTable


@report_format("csv", "text/csv; charset=utf-8", attachment=True, order=4)
def csv(result: Result, options: Options) -> bytes:
    """Returns one table as CSV: the one that is named, by default the first. Amounts have a column of currencies."""
    table = _chosen(result, options.table)
    text = io.StringIO()
    writer = csv_format.writer(text)
    writer.writerow([name for column in table.columns for name in _names(column)])
    writer.writerows([value for column in table.columns for value in _values(column, row)] for row in table.rows)
    # The mark tells spreadsheets that the file is UTF-8.
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _chosen(result: Result, name: str | None) -> FilledTable:
    tables = result.tables
    if name is None:
        return next(iter(tables.values()))
    if name not in tables:
        raise Invalid(
            f"`table` must be one of {', '.join(tables)}; got {name[:40]!r}.", remedy="Use one of these tables."
        )
    return tables[name]


def _names(column: FilledColumn) -> Iterator[str]:
    yield column.name
    if column.kind_name == "money":
        yield f"{column.name}Currency"


def _values(column: FilledColumn, row: Mapping[str, Any]) -> Iterator[object]:
    value = row[column.name]
    if column.kind_name == "money":
        yield None if value is None else value["amount"]
        yield None if value is None else value["currency"]
    elif isinstance(value, list):
        yield " ".join(map(str, value))
    elif isinstance(value, str):
        yield harmless(value)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    else:
        yield value
