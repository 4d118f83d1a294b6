"""Reads the beginning of an uploaded file: its encoding, delimiter and columns, with some values of each."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from graph.errors import Invalid
from seed.mapping.model import File
from seed.rows.files import layout, rows
from seed.rows.row import UnreadableError

ROWS = 1_000
MOST_COLUMNS = 500
_DELIMITERS = ",;\t|"
_CHUNK = 1 << 20
_SHOWN = 80
_LONGEST = 200  # what is guessed of a column does not depend on more
_SAMPLES = 3
_SPREADSHEET = b"PK\x03\x04"
_MARKED = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Every byte has a character in it, so that a text that is not UTF-8 can be shown and its encoding be corrected.
OTHER = "cp1252"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, unique within the file, and the beginnings of the values of the first rows."""

    name: str
    values: tuple[str, ...] = ()

    @property
    def samples(self) -> tuple[str, ...]:
        """Three different values, shortened."""
        distinct = islice(dict.fromkeys(self.values), _SAMPLES)
        return tuple(one if len(one) <= _SHOWN else f"{one[: _SHOWN - 1]}…" for one in distinct)

    @property
    def is_unique(self) -> bool:
        """Whether no value of the first rows repeats."""
        return len(set(self.values)) == len(self.values)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a file: its format, its columns and the number of its rows."""

    encoding: str
    delimiter: str
    columns: tuple[Column, ...]
    rows: int = 0


def profile(path: Path) -> Profile:
    """Reads the beginning of a file, and counts its rows. Raises Invalid with what to do about the file."""
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    if start.startswith(_SPREADSHEET):
        raise Invalid("The file is a spreadsheet, which cannot be read.", remedy="Save its sheet as CSV (UTF-8).")
    marked = start.startswith(_MARKED)
    if b"\0" in start and not marked:
        raise Invalid("The file is not a text.", remedy="Save the table as CSV (UTF-8).")
    encoding = "utf-8" if marked or _is_utf8(path) else OTHER
    return described(path, encoding, _delimiter(start.decode("utf-16" if marked else encoding, "replace")))


def described(path: Path, encoding: str, delimiter: str, *, count: bool = True) -> Profile:
    """Reads the columns and the first rows in a known format. Raises Invalid."""
    file = File(path.name, delimiter, encoding)
    try:
        found = layout(path, file, ())
    except UnreadableError as error:
        message, _, remedy = str(error).partition(". ")
        raise Invalid(f"{message.rstrip('.')}.", remedy=remedy or "Check the file.") from error
    if len(found.columns) > MOST_COLUMNS:
        raise Invalid(
            f"The file has {len(found.columns)} columns; {MOST_COLUMNS} are allowed.", remedy="Remove some of them."
        )
    names = unique_names(found.columns)
    file = File(path.name, delimiter, encoding, names, found.skip + 1)
    values: list[list[str]] = [[] for _ in names]
    number = 0
    for number, row in enumerate(rows(path, file, layout(path, file, ()), names), 1):
        if number > ROWS and not count:
            break
        if number <= ROWS and row.fault is None:
            for at, cell in enumerate(row.cells):
                if text := str(cell).strip():
                    values[at].append(text[:_LONGEST])
    if not number:
        raise Invalid("The file has a header and no rows.", remedy="Upload a file with at least one row.")
    columns = tuple(Column(name, tuple(found)) for name, found in zip(names, values, strict=True))
    return Profile(encoding, delimiter, columns, number)


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names of columns, with a number where one is empty or there again.

    >>> unique_names(["id", "", "id"])
    ('id', 'column 2', 'id (2)')
    """
    found: dict[str, None] = {}
    for at, name in enumerate(names, 1):
        plain = name.removeprefix("*") or f"column {at}"
        unique = next(one for one in _numbered(plain) if one not in found)
        found[unique] = None
    return tuple(found)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the same number of columns, most of them."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    best, most = ",", 1
    for one in _DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=one) if row)
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        score = width if 2 * count >= len(lines) else 1
        if score > most:
            best, most = one, score
    return best
