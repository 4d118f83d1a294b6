"""PDF: the page set for paper by WeasyPrint, tagged as PDF/UA."""

from __future__ import annotations

import hashlib

from graph.errors import Unavailable
from reports.execution import Result
from reports.formats.registry import Options, report_format
from reports.kinds import shorten, show_time
from reports.pages import page
from reports.tokens import TOKENS

_SIZES = {"a4": "A4 portrait", "letter": "letter portrait"}


@report_format("pdf", "application/pdf", order=2)
def pdf(result: Result, options: Options) -> bytes:
    """Returns the report as a tagged PDF. Raises Unavailable when the system libraries of WeasyPrint are missing."""
    try:
        from reports.typesetting import typeset
    except OSError as error:
        raise Unavailable(
            "PDF needs the library Pango, which is not installed on the server.",
            remedy="Use HTML and print it, or install Pango (on Debian: apt-get install libpango-1.0-0 "
            "libpangoft2-1.0-0 libharfbuzz-subset0).",
        ) from error
    made = page(result)
    html = made.with_style(_margins(result, options))
    return typeset(html, hashlib.sha256(html.encode()).hexdigest()[:32].encode(), extended=made.extended)


def _margins(result: Result, options: Options) -> str:
    """Returns the style of the margins: the subject and the date at the top, the page numbers at the bottom."""
    font = f'font: 400 7.5pt "Inter", "DejaVu Sans", sans-serif; color: {TOKENS["ink-3"]};'
    title = _string(f"{result.report.title}: {shorten(result.subject)[:80]}")
    moment = _string(f"As of {show_time(result.moment)}. {result.hidden}")
    return (
        f"@page {{ size: {_SIZES[options.paper]};"
        f" @top-left {{ content: {title}; {font} width: 100%; text-align: left; }}"
        f" @bottom-left {{ content: {moment}; {font} width: 70%; text-align: left; }}"
        f' @bottom-right {{ content: "Page " counter(page) " of " counter(pages); {font} width: 30%; }} }}'
        " @page :first { @top-left { content: none; } }"
    )


def _string(text: str) -> str:
    """Returns a text as a string of CSS in which no character ends the string or the style element."""
    return '"' + "".join(one if one.isalnum() or one in " .,:" else f"\\{ord(one):06x}" for one in text) + '"'
