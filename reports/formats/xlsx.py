"""XLSX: a sheet for each table, and one about the report. All texts are stored as texts, never as formulas."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from graph.money import exponent
from reports.execution import Result
from reports.formats.registry import Options, report_format
from reports.kinds import show_time
from reports.pages import verdict
from reports.tables import FilledColumn, FilledTable

_MOST_CHARACTERS = 32_767
_LONGEST_NAME = 31
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Book:
    """A workbook with its cell formats."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._formats: dict[tuple[str, bool], Any] = {}

    def format(self, pattern: str, total: bool = False) -> Any:
        """Returns the format of a number; totals are bold with a line above."""
        if (pattern, total) not in self._formats:
            more = {"bold": True, "top": 1} if total else {}
            self._formats[pattern, total] = self.book.add_format({"num_format": pattern, **more})
        return self._formats[pattern, total]


_PATTERNS = {"integer": "#,##0", "number": "#,##0.00", "score": "0.0", "tie": "0.0", "share": "0%",
             "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm"}  # fmt: skip


@report_format("xlsx", _MEDIA_TYPE, attachment=True, order=3)
def xlsx(result: Result, _: Options) -> bytes:
    """Returns all tables as a workbook. Times are in UTC."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(content, options)
    workbook.set_properties({"title": result.report.title, "created": result.moment.replace(tzinfo=None)})
    book = _Book(workbook)
    for table in result.tables.values():
        _table(book, table)
    _about(book, result)
    workbook.close()
    return content.getvalue()


def _table(book: _Book, table: FilledTable) -> None:
    sheet = book.book.add_worksheet(table.declared.title[:_LONGEST_NAME])
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    at = 0
    for column in table.columns:
        currencies = _currencies(table, column)
        mixed = len(currencies) > 1
        title = f"{column.title}, {currencies[0]}" if len(currencies) == 1 else column.title
        sheet.write_string(0, at, title, book.head)
        sheet.set_column(at, at, 12 if column.kind.figure else 28)
        if mixed:
            sheet.write_string(0, at + 1, f"{column.title}, currency", book.head)
        for number, row in enumerate(table.rows, 1):
            _cell(book, sheet, number, at, column, row[column.name], mixed)
        if column.name in table.totals:
            last = len(table.rows) + 1
            if column.name in table.repeated:
                negative = _negative(table.repeated[column.name])
                _cell(book, sheet, last, at, column, negative, mixed)
                last += 1
            _cell(book, sheet, last, at, column, table.totals[column.name], mixed, total=True)
        at += 2 if mixed else 1
    if table.totals:
        last = len(table.rows) + 1
        if table.repeated:
            sheet.write_string(last, 0, table.difference)
            last += 1
        sheet.write_string(last, 0, "Together", book.format("General", True))


def _negative(value: Any) -> Any:
    return {**value, "amount": -value["amount"]} if isinstance(value, Mapping) else -value


def _currencies(table: FilledTable, column: FilledColumn) -> Sequence[str]:
    if column.kind_name != "money":
        return ()
    return sorted({row[column.name]["currency"] for row in table.rows if row[column.name] is not None})


def _cell(
    book: _Book, sheet: Any, row: int, at: int, column: FilledColumn, value: Any, mixed: bool, *, total: bool = False
) -> None:
    kind = column.kind_name
    if value is None:
        return
    if kind == "money":
        decimals = exponent(value["currency"])
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        sheet.write_number(row, at, value["amount"], book.format(pattern, total))
        if mixed:
            sheet.write_string(row, at + 1, value["currency"])
    elif kind in ("date", "time"):
        sheet.write_datetime(row, at, _moment(value), book.format(_PATTERNS[kind]))
    elif isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, at, value, book.format(_PATTERNS.get(kind, "General"), total))
    elif isinstance(value, list):
        sheet.write_string(row, at, " ".join(map(str, value)))
    else:
        sheet.write_string(row, at, _fitting(str(value)))


def _moment(value: str) -> datetime | date:
    found = datetime.fromisoformat(value)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def _fitting(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def _about(book: _Book, result: Result) -> None:
    sheet = book.book.add_worksheet("About")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    lines = [
        ("Report", f"{result.report.title}: {result.subject}"),
        ("Conclusion", " ".join(verdict(result).split())),
        ("As of", show_time(result.moment)),
        ("Last change", show_time(result.changed) if result.changed else "No change is recorded."),
        ("For", result.caller or ""),
        ("Hidden", result.hidden),
        *(("Note", one) for one in (*result.limits, *result.report.notes)),
        *((one.title, f"{one.text} ({one.source})" if one.source else one.text) for one in result.definitions),
        ("Query", result.report.query),
        *([("For each row", result.report.each_query)] if result.report.each_query else []),
    ]
    for row, (title, text) in enumerate(lines):
        sheet.write_string(row, 0, title, book.bold)
        sheet.write_string(row, 1, _fitting(text), book.wrapped)
