"""Streams the files of a source as rows with line numbers; an invalid row never affects others."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from seed.mapping.model import File
from seed.rows.row import Fault, Row, UnreadableError, ended
from seed.rows.values import BLANKS

LONGEST_RECORD = 1 << 20
_ESCAPED = re.compile("[\udc00-\udcff]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_JSON = (".jsonl", ".ndjson")
_SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_INVALID_BYTES = "the bytes are not valid {}; if the file has another encoding, give `encoding` in the mapping"
_BROKEN_STREAM = (OSError, EOFError, UnicodeError, zlib.error)

csv.field_size_limit(1 << 24)


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a file: its columns in order, the column with a varying number of cells, and its kind.

    `skip` is the number of lines before the header or the first row.
    """

    columns: tuple[str, ...]
    star: int | None = None
    kind: str = "text"
    delimiter: str = ","
    has_header: bool = True
    skip: int = 0


def kind_of(file: File) -> tuple[str, str]:
    """The kind of a file (text, json or parquet) and its delimiter; UnreadableError for an unknown extension."""
    suffix = Path(file.name.removesuffix(".gz")).suffix.lower()
    if suffix == ".parquet":
        return "parquet", ""
    if suffix in _JSON:
        return "json", ""
    if suffix in _SPREADSHEETS:
        raise UnreadableError(f"{file.name!r} is a spreadsheet, which cannot be read. Save its sheet as CSV (UTF-8).")
    if suffix == ".json":
        raise UnreadableError(
            f"{file.name!r} is one JSON value, which cannot be read. Write one object a line (.jsonl)."
        )
    delimiter = file.delimiter or _DELIMITERS.get(suffix)
    if delimiter is None:
        raise UnreadableError(f"{file.name!r} has an unknown extension. Give its `delimiter`.")
    return "text", delimiter


def layout(path: Path, file: File, needed: Collection[str]) -> Layout:
    """The layout of a file; a jsonl file is read until all required columns have occurred.

    Raises UnreadableError.
    """
    kind, delimiter = kind_of(file)
    try:
        if kind == "parquet":
            from seed.rows.parquet import parquet_columns

            return Layout(parquet_columns(path), kind=kind)
        if kind == "json":
            return Layout(_json_columns(path, file, needed), kind=kind)
        return _text_layout(path, file, delimiter)
    except _BROKEN_STREAM as error:
        raise UnreadableError(f"It cannot be read: {error}. Check the file and its `encoding`.") from error


def _text_layout(path: Path, file: File, delimiter: str) -> Layout:
    lines = _lines(path, file.encoding)
    first = next(lines, "")
    separator = _SEPARATOR_LINE.fullmatch(first.rstrip("\r\n"))
    if separator is not None:
        delimiter = separator[1]
    skip = max(file.skip, int(separator is not None))
    if file.header is not None:
        star = next((at for at, name in enumerate(file.header) if name.startswith("*")), None)
        return Layout(
            tuple(name.removeprefix("*") for name in file.header),
            star,
            delimiter=delimiter,
            has_header=False,
            skip=skip,
        )
    header = next(_records(islice(chain((first,), lines), skip, None), delimiter), None)
    if header is None or not first:
        empty = f"has no line after the first {skip}" if skip and first else "is empty"
        raise UnreadableError(f"It {empty}. Add a header line, or give `header` in the mapping.")
    if header.fault is not None:
        raise UnreadableError(f"Its header line is invalid: {header.fault.reason}. Fix it, or give `encoding`.")
    names = (unicodedata.normalize("NFC", str(cell).strip(BLANKS)) for cell in header.cells)
    return Layout(tuple(names), delimiter=delimiter, skip=skip)


def rows(path: Path, file: File, found: Layout, wanted: Sequence[str]) -> Iterator[Row]:
    """The rows of a file, each with the cells of `wanted` columns in that order; invalid ones with their fault."""
    if found.kind == "parquet":
        from seed.rows.parquet import parquet_rows

        yield from parquet_rows(path, wanted)
    elif found.kind == "json":
        yield from _json_rows(path, file, wanted)
    else:
        yield from _text_rows(path, file, found, wanted)


def _text_rows(path: Path, file: File, found: Layout, wanted: Sequence[str]) -> Iterator[Row]:
    positions = [found.columns.index(name) for name in wanted]
    names, star, width = found.columns, found.star, len(found.columns)
    lines = islice(_lines(path, file.encoding), found.skip, None)
    records = _records(lines, found.delimiter, width if star is None else None, found.skip)
    number = 0
    try:
        if found.has_header:
            next(records, None)
        for number, record in enumerate(records, 1):
            cells, fault = record.cells, record.fault
            count = len(cells)
            if fault is None and (count != width if star is None else count < width):
                least = "" if star is None else "at least "
                reason = f"the row has {count} columns, not {least}{width}"
                fault = Fault("", shown(found.delimiter.join(cells)), reason)
            if fault is not None:
                yield Row(record.line, number, [cells[at] if at < count else None for at in positions], fault)
                continue
            if star is not None:
                after = count - (width - 1 - star)
                cells[star:after] = [cells[star:after]]
            if record.escaped:
                fault = _undecodable(names, cells, file.encoding)
            yield Row(record.line, number, [cells[at] for at in positions], fault)
    except _BROKEN_STREAM as error:
        yield Row(0, number + 1, [None] * len(positions), ended(error))


class _Record(NamedTuple):
    line: int
    cells: list[Any]
    fault: Fault | None
    escaped: bool


def _records(lines: Iterator[str], delimiter: str, width: int | None = None, number: int = 0) -> Iterator[_Record]:
    """The records of a delimited text after its line `number`; an unclosed quote makes only its own line invalid."""
    split = _splitter(delimiter)
    waiting: list[str] = []
    while True:
        line = waiting.pop() if waiting else next(lines, None)
        if line is None:
            return
        number += 1
        plain = line.rstrip("\r\n")
        if not plain.strip(" \r\n" if delimiter == "\t" else None):
            continue
        if '"' not in plain or delimiter == "whitespace":
            yield _Record(number, split(plain), None, _is_escaped(plain))
            continue
        cells, more = _quoted(line, lines, waiting, delimiter, width)
        if cells is None:
            reason = "a quote is not closed, or text follows a closing quote"
            yield _Record(number, plain.split(delimiter), Fault("", shown(plain), reason), False)
        else:
            yield _Record(number, cells, None, any(map(_is_escaped, cells)))
        number += more


def _quoted(
    line: str, lines: Iterator[str], waiting: list[str], delimiter: str, width: int | None
) -> tuple[list[str] | None, int]:
    """The cells of a record that begins with this line, and the number of further lines; None if it is invalid.

    A record over several lines that has not `width` cells is invalid if its last line is a whole record by itself.
    """
    text = line
    consumed: list[str] = []
    while True:
        if not consumed or '"' in consumed[-1]:
            cells, open_quote = _parsed(text, delimiter)
            if cells is not None:
                if consumed and width not in (None, len(cells)) and _is_whole(consumed[-1], delimiter, width):
                    break
                return cells, len(consumed)
            if not open_quote:
                break
        if len(text) > LONGEST_RECORD:
            break
        following = waiting.pop() if waiting else next(lines, None)
        if following is None:
            break
        consumed.append(following)
        text += following
    waiting.extend(reversed(consumed))
    return None, 0


def _is_whole(line: str, delimiter: str, width: int | None) -> bool:
    """Whether a line closes every quote that it opens and has as many cells as the header."""
    cells, _ = _parsed(line, delimiter) if line.count('"') % 2 == 0 else (None, False)
    return cells is not None and len(cells) == width


def _parsed(text: str, delimiter: str) -> tuple[list[str] | None, bool]:
    """The cells of a complete record; otherwise None and whether a quote is still open."""
    try:
        found = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return None, "unexpected end of data" in str(error)
    return (found[0], False) if len(found) == 1 else (None, False)


def _splitter(delimiter: str) -> Callable[[str], list[str]]:
    return str.split if delimiter == "whitespace" else lambda line: line.split(delimiter)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """The physical lines, ends included; an invalid byte becomes a lone surrogate."""
    encoding = _declared_by_mark(path, encoding)
    with _opened(path) as raw, io.TextIOWrapper(raw, encoding, errors=_HANDLER, newline="") as text:
        first = text.readline()
        if first:
            yield first.removeprefix("\ufeff")
        yield from text


def _declared_by_mark(path: Path, encoding: str) -> str:
    """The encoding that a byte order mark declares, or else the given one. Raises UnreadableError."""
    with _opened(path) as raw:
        start = raw.read(4)
    if codecs.lookup(encoding).name == "utf-8":
        return next((declared for mark, declared in _BYTE_ORDER_MARKS if start.startswith(mark)), encoding)
    if start.startswith(codecs.BOM_UTF8) and not codecs.lookup(encoding).name.startswith("utf"):
        message = f"It begins with the byte order mark of UTF-8, but `encoding` is {encoding!r}."
        raise UnreadableError(f"{message} Leave out `encoding`.")
    return encoding


def _opened(path: Path) -> Any:
    return gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb")


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


_HANDLER = "kith.undecodable"
codecs.register_error(_HANDLER, _escape)


def _is_escaped(text: str) -> bool:
    return not text.isascii() and _ESCAPED.search(text) is not None


def _undecodable(names: Sequence[str], cells: Sequence[Any], encoding: str) -> Fault:
    flat = ((name, one) for name, cell in zip(names, cells, strict=True) for one in _each(cell))
    column, value = next(((name, one) for name, one in flat if _is_escaped(one)), ("", ""))
    return Fault(column, shown(value), _INVALID_BYTES.format(encoding))


def _each(cell: Any) -> Sequence[str]:
    return cell if isinstance(cell, list) else [cell]


def shown(value: object) -> str:
    """Formats a value for the list of rejected rows: invalid bytes in hexadecimal, long texts truncated."""
    text = _ESCAPED.sub(lambda found: "".join(f"\\x{ord(one) - 0xDC00:02x}" for one in found[0]), str(value))
    return text if len(text) <= 500 else f"{text[:500]}… ({len(text)} characters)"


def _json_columns(path: Path, file: File, needed: Collection[str]) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for row in _json_rows(path, file, None):
        if row.fault is None:
            seen.update(dict.fromkeys(row.cells[0]))
        if seen.keys() >= set(needed):
            break
    return tuple(seen)


def _json_rows(path: Path, file: File, wanted: Sequence[str] | None) -> Iterator[Row]:
    """Objects, one a line; with `wanted` None the only cell is the whole object."""
    number = line = 0
    nothing = [None] * len(wanted or ())
    try:
        for line, text in enumerate(_lines(path, file.encoding), 1):
            if not text.strip():
                continue
            number += 1
            fault, value = _object(text, file.encoding)
            if fault is not None:
                yield Row(line, number, list(nothing), fault)
            else:
                yield Row(line, number, [value] if wanted is None else [value.get(name) for name in wanted])
    except _BROKEN_STREAM as error:
        yield Row(line + 1, number + 1, list(nothing), ended(error))


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names differ. Raises ValueError."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise ValueError(f"it names {twice!r} twice")
    return found


def _object(text: str, encoding: str) -> tuple[Fault | None, dict[str, Any]]:
    if _is_escaped(text):
        return Fault("", shown(text.strip()), _INVALID_BYTES.format(encoding)), {}
    try:
        value = json.loads(text, parse_float=Decimal, object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        return Fault("", shown(text.strip()), f"the row is not JSON: {error}"), {}
    if not isinstance(value, dict):
        return Fault("", shown(text.strip()), "the row is not a JSON object"), {}
    if "\\u" in text and _SURROGATE.search(json.dumps(value, ensure_ascii=False, default=str)):
        return Fault("", shown(text.strip()), "the row contains an unpaired surrogate"), {}
    return None, value
