"""HTML: one file with style and fonts, which a browser shows and prints without a network."""

from __future__ import annotations

from reports.execution import Result
from reports.formats.registry import Options, report_format
from reports.pages import page, style


@report_format("html", "text/html; charset=utf-8", order=1)
def html(result: Result, _: Options) -> bytes:
    """Returns the report as a page."""
    made = page(result)
    return made.with_style(style(extended=made.extended)).encode()
