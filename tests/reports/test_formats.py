"""Every format of every report, on the demo world."""

from __future__ import annotations

import builtins
import contextlib
import csv
import io
import json
import re
import sys
import zlib
from html.parser import HTMLParser
from typing import Any

import jsonschema
import openpyxl
import pypdfium2
import pypdfium2.raw
import pytest

from graph.errors import Unavailable
from reports.catalog import catalog
from reports.execution import Result
from reports.formats import FORMATS, Options
from reports.formats.json import schema_of
from reports.kinds import minor_units
from reports.pages import verdict
from tests.reports.conftest import Results

NAMES = list(catalog())
A4, LETTER = (595, 842), (612, 792)


WRITTEN: dict[tuple[str, str], bytes] = {}


def written(result: Result, name: str) -> bytes:
    """The report in a format, which is written once for all tests."""
    key = result.report.name, name
    if key not in WRITTEN:
        WRITTEN[key] = FORMATS[name].write(result, Options())
    return WRITTEN[key]


class Tags(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("name", NAMES)
async def test_a_page_needs_no_other_file_and_runs_no_script(name: str, results: Results) -> None:
    page = written(await results(name), "html").decode()
    tags = Tags(page)
    assert not {"script", "link", "img", "iframe", "object", "base"} & {tag for tag, _ in tags.elements}
    attributes = [(key, value) for _, one in tags.elements for key, value in one.items()]
    assert not [key for key, _ in attributes if key.startswith("on") or key in ("src", "href", "srcset")]
    assert set(re.findall(r"url\(\"?(.{5})", page)) == {"data:"}


@pytest.mark.parametrize("name", NAMES)
async def test_a_page_has_one_heading_a_conclusion_and_a_title_for_each_chart(name: str, results: Results) -> None:
    result = await results(name)
    tags = [tag for tag, _ in Tags(written(result, "html").decode()).elements]
    assert tags.count("h1") == 1
    assert tags.count("title") == 1 + tags.count("svg")
    assert len(verdict(result).split()) > 5


@pytest.mark.parametrize("name", NAMES)
async def test_a_page_states_time_caller_what_is_hidden_definitions_and_query(name: str, results: Results) -> None:
    result = await results(name)
    text = " ".join(" ".join(Tags(written(result, "html").decode()).texts).split())
    assert "As of 1 Jul 2026, 12:00 UTC" in text
    assert "Nothing is hidden from you." in text
    assert result.caller
    assert result.caller in text
    assert " ".join(result.report.query.split()) in text
    assert result.definitions
    for one in result.definitions:
        assert one.text, one.title
        assert one.text in text


def objects(pdf: bytes) -> bytes:
    """The objects of a PDF without compression."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            # The last byte of a stream may look like the end of its line.
            found.append(zlib.decompressobj().decompress(stream))
    return b"\n".join(found)


@pytest.mark.parametrize("name", NAMES)
async def test_a_pdf_is_tagged_and_has_the_conclusion_on_its_first_page(name: str, results: Results) -> None:
    result = await results(name)
    for paper, size in (("a4", A4), ("letter", LETTER)):
        content = FORMATS["pdf"].write(result, Options(paper=paper))
        inflated = objects(content)
        assert all(part in inflated for part in (b"/StructTreeRoot", b"/Lang (en)", b"pdfuaid:part", b"/TH"))
        document = pypdfium2.PdfDocument(content)
        assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
        first = document[0]
        assert tuple(round(one) for one in first.get_size()) == size
        shown = "".join(first.get_textpage().get_text_range().split())
        assert "".join(verdict(result).split())[:60].replace("\u200b", "") in shown.replace("\u200b", "")
        for page in document:
            image = page.render(scale=0.5, grayscale=True).to_pil()
            assert image.getextrema()[0] < 180


@pytest.mark.parametrize("name", NAMES)
async def test_the_same_point_in_time_gives_the_same_bytes(name: str, results: Results) -> None:
    first, second = await results(name), await results(name, again=True)
    assert first is not second
    for one in FORMATS:
        assert written(first, one) == FORMATS[one].write(second, Options()), one


@pytest.mark.parametrize("name", NAMES)
async def test_json_follows_its_schema(name: str, results: Results) -> None:
    result = await results(name)
    schema = schema_of(result.report)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(written(result, "json")), schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", NAMES)
async def test_csv_has_every_row_of_every_table(name: str, results: Results) -> None:
    result = await results(name)
    tables = json.loads(written(result, "json"))["tables"]
    for table, content in tables.items():
        text = FORMATS["csv"].write(result, Options(table=table)).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == len(content["rows"])
        for row, expected in zip(rows, content["rows"], strict=True):
            for column, value in expected.items():
                assert row[column] == plain(value)


def plain(value: Any) -> str:
    """A value of JSON as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value["amount"]) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize("name", NAMES)
async def test_xlsx_has_a_sheet_for_each_table_with_its_rows_and_totals(name: str, results: Results) -> None:
    result = await results(name)
    book = openpyxl.load_workbook(io.BytesIO(written(result, "xlsx")))
    assert len(book.sheetnames) == len(result.tables) + 1
    for table, sheet in zip(result.tables.values(), book.worksheets, strict=False):
        lines = len(table.rows) + bool(table.totals) + bool(table.repeated)
        assert sheet.max_row == 1 + lines
        for at, column in enumerate(table.columns, 1):
            if column.kind_name == "money" and column.title in str(sheet.cell(1, at).value):
                found = [sheet.cell(row, at).value for row in range(2, 2 + len(table.rows))]
                assert found == [row[column.name] and row[column.name]["amount"] for row in table.rows]


@pytest.mark.parametrize("name", NAMES)
async def test_columns_with_a_total_add_up_to_the_cent(name: str, results: Results) -> None:
    for table in (await results(name)).tables.values():
        for column, total in table.totals.items():
            values = [row[column] for row in table.rows if row[column] is not None]
            if isinstance(total, dict):
                repeated = minor_units(table.repeated[column]) if column in table.repeated else 0
                assert sum(map(minor_units, values)) - repeated == minor_units(total)
            else:
                assert sum(values) - table.repeated.get(column, 0) == total


async def test_a_missing_library_is_an_error_with_a_remedy(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    result = await results("group-rollup")
    real = builtins.__import__

    def without_pango(name: str, *arguments: Any, **named: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *arguments, **named)

    monkeypatch.delitem(sys.modules, "reports.typesetting", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(Unavailable, match="PDF needs the library Pango") as raised:
        FORMATS["pdf"].write(result, Options())
    assert "libpango" in raised.value.remedy
