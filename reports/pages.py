"""The HTML of a report: its template, the style sheet and the fonts."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import charts, kinds
from reports.declaration import Report
from reports.execution import Result
from reports.tokens import TOKENS

HERE = Path(__file__).parent
FONTS = HERE / "fonts"

# The font faces: family, weight and file. Those for letters beyond Western European ones are embedded only if needed.
Face = tuple[str, int, str]
LATIN: tuple[Face, ...] = (
    ("Inter", 400, "inter-latin-400-normal.woff2"),
    ("Inter", 600, "inter-latin-600-normal.woff2"),
    ("Source Serif 4", 400, "source-serif-4-latin-400-normal.woff2"),
)
EXTENDED: tuple[Face, ...] = (
    ("Inter Ext", 400, "inter-latin-ext-400-normal.woff2"),
    ("Inter Ext", 600, "inter-latin-ext-600-normal.woff2"),
    ("Source Serif 4 Ext", 400, "source-serif-4-latin-ext-400-normal.woff2"),
)
FILES = frozenset(file for _, _, file in LATIN + EXTENDED)

_FURTHER_LATIN = re.compile("[\u0100-\u0130\u0132-\u0151\u0154-\u02ba\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff]")

FontUrl = Callable[[str], str]
# Texts of the data are escaped, so that only the template has it.
_PLACE = "<style>"


def _count(number: int, one: str, several: str = "") -> str:
    """Returns a number with its noun, as a sentence has it."""
    return f"{_words(number)} {one if number == 1 else several or one + 's'}"


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def _words(number: int, zero: str = "no") -> str:
    """Returns a number as a sentence writes it: a word below ten."""
    if number == 0:
        return zero
    return _NUMBERS[number] if 0 < number < len(_NUMBERS) else f"{number:,}"


def _negative(value: Any) -> Any:
    return {**value, "amount": -value["amount"]} if isinstance(value, Mapping) else -value


def _fields(paths: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(path.rpartition(".")[2] for path in paths))


def _closing(text: object) -> Markup:
    """Returns a name with the full stop of the sentence that it ends, which is the one of a name such as "Inc.".

    >>> str(_closing("Kith")), str(_closing("Kith Inc."))
    ('<bdi>Kith</bdi>.', '<bdi>Kith Inc.</bdi>')
    """
    name = kinds.shorten(text)
    return Markup("<bdi>{}</bdi>{}").format(name, "" if name.endswith(".") else ".")


@cache
def environment() -> Environment:
    """Returns the environment of the templates. It escapes all values and raises for unknown names."""
    made = Environment(
        loader=FileSystemLoader([HERE / "templates", HERE / "library"]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {
        "shorten": kinds.shorten, "closing": _closing, "time": kinds.show_time, "date": kinds.show_date,
        "money": kinds.show_money, "large": kinds.show_large, "word": kinds.show_word, "count": _count, "words": _words,
        "negative": _negative, "fields": _fields, "thousands": kinds.show_thousands, "series": kinds.show_series,
        "json": lambda value: json.dumps(value, ensure_ascii=False),
    }  # fmt: skip
    made.globals |= charts.FUNCTIONS
    return made


def _context(result: Result) -> dict[str, Any]:
    return {**result.data, **result.values, "result": result}


def _template(result: Result) -> Any:
    return environment().get_template(f"{result.report.name.replace('-', '_')}/page.html")


def verdict(result: Result) -> str:
    """Returns the sentences that the report concludes, as plain text."""
    template = _template(result)
    block = template.blocks["verdict"](template.new_context(_context(result)))
    return Markup("".join(block)).striptags()  # noqa: S704  (the template has escaped it)


class Page(NamedTuple):
    """The HTML of a page with a place for its style, and whether it needs the fonts for further letters."""

    html: str
    extended: bool

    def with_style(self, text: str) -> str:
        """Returns the HTML with a style."""
        return self.html.replace(_PLACE, _PLACE + text, 1)


def page(result: Result) -> Page:
    """Returns the page of a report."""
    html: str = _template(result).render(_context(result))
    return Page(html, _FURTHER_LATIN.search(html) is not None)


def list_page(reports: Iterable[Report], formats: Iterable[str]) -> str:
    """Returns the page that lists the reports and their formats."""
    template = environment().get_template("list.html")
    html = template.render(reports=list(reports), formats=list(formats))
    return Page(html, extended=False).with_style(style())


@cache
def style(*, extended: bool = False, url: FontUrl | None = None) -> str:
    """Returns the style of all pages; without `url`, with the fonts themselves, so that a page needs no other file."""
    tokens = ":root{" + "".join(f"--{name}:{value};" for name, value in TOKENS.items()) + "}"
    text = (HERE / "templates" / "style.css").read_text(encoding="utf-8")
    faces = LATIN + (EXTENDED if extended else ())
    return "".join(_face(one, url or _embedded) for one in faces) + tokens + text


def _face(face: Face, url: FontUrl) -> str:
    family, weight, file = face
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:normal;'
        f'src:url("{url(file)}") format("woff2");}}'
    )


def _embedded(file: str) -> str:
    return "data:font/woff2;base64," + base64.b64encode((FONTS / file).read_bytes()).decode()
