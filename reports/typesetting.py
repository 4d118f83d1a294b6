"""Sets pages for paper with WeasyPrint. Importing this module raises OSError if its system libraries are missing."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reports.pages import FILES, FONTS, style

_SCHEME = "kith-font:"
# The fonts of a process are shared by all reports, and Pango lays out one of them at a time.
_LOCK = threading.Lock()


class _Fonts(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Reads the fonts of Kith, the only files that a report loads."""

    def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002  (WeasyPrint passes it)
        """Returns a font. Raises ValueError for any other address."""
        name = url.removeprefix(_SCHEME)
        if name not in FILES:
            raise ValueError("a report refers to fonts only")
        return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/woff2"})


@cache
def _prepared(extended: bool) -> tuple[FontConfiguration, CSS]:
    """Returns the fonts and the style sheet, which are read once for each process."""
    fonts = FontConfiguration()
    text = style(extended=extended, url=lambda file: _SCHEME + file)
    return fonts, CSS(string=text, font_config=fonts, url_fetcher=_Fonts())


def typeset(html: str, identifier: bytes, *, extended: bool) -> bytes:
    """Returns a page without its general style as a tagged PDF. `extended` adds the fonts for further letters."""
    with _LOCK:
        fonts, sheet = _prepared(extended)
        document = HTML(string=html, url_fetcher=_Fonts(), base_url=None)
        written: bytes = document.write_pdf(
            stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1", pdf_identifier=identifier
        )
    return written
