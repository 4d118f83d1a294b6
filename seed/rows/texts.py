"""Compiles the texts and the keys of a mapping: from cells to the text of a rule, or to a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from seed.mapping.model import Column, Constant, KeyColumn, KeyPart, RowNumber, Rule, Template
from seed.mapping.options import as_text
from seed.rows.context import Cells, Context, Origin, RejectedError, unfit
from seed.rows.row import Row
from seed.rows.values import BLANKS, UnfitError, whole_key


def text_of(rule: Rule, context: Context) -> Origin:
    """Compiles a function that reads the text of a rule, with its codes mapped; None if there is no value."""
    plain, code, default = plain_text(rule, context), coder(rule, context), rule.default
    if not rule.codes:
        return plain if default is None else lambda cells: plain(cells) or default
    return lambda cells: code(plain(cells) or "") or default


def coder(rule: Rule, context: Context) -> Callable[[str], str | None]:
    """Compiles a function that maps a code; it raises RejectedError for an unlisted one if the map is strict."""
    codes, null, column = rule.codes, context.null, column_of(rule)

    def coded(text: str) -> str | None:
        meant = codes.get(text)
        if meant is None:
            if rule.strict and text and text not in null:
                raise RejectedError(column, text, "the value is not in the `map` of the mapping; add it there")
            meant = text
        return None if meant in null or not meant else meant

    return coded


def plain_text(rule: Rule, context: Context) -> Origin:
    """Compiles a function that reads the text of a rule as it is in the source."""
    if isinstance(rule.origin, Constant):
        constant = as_text(rule.origin.value) or None
        return lambda _: constant
    if isinstance(rule.origin, Column):
        # codes may map a text that otherwise means "no value"
        read = context.text(rule.origin.name, raw=bool(rule.codes))
        return lambda cells: read(cells) or None
    return _templated(rule.origin, context)


def _templated(template: Template, context: Context) -> Origin:
    pieces = [(literal, context.text(column) if column else None) for literal, column in template.pieces]

    def text(cells: Cells) -> str | None:
        values = [(literal, read(cells) if read else "") for literal, read in pieces]
        if not any(value for _, value in values):
            return None
        return "".join(literal + value for literal, value in values).strip(BLANKS)

    return text


def column_of(rule: Rule) -> str:
    """The column that a rule reads, or the columns of its template."""
    origin = rule.origin
    if isinstance(origin, Template):
        return " ".join(origin.columns)
    return origin.name if isinstance(origin, Column) else ""


def key_reader(parts: Sequence[KeyPart], context: Context) -> Callable[[Row], tuple[str, ...]]:
    """Compiles a function that reads a key from a row; it raises RejectedError if a part of the key is empty."""
    readers: list[Callable[[Row], str]] = []
    for part in parts:
        if isinstance(part, RowNumber):
            readers.append(lambda row: str(row.number))
        elif isinstance(part, Constant):
            constant = as_text(part.value)
            readers.append(lambda _, constant=constant: constant)  # type: ignore[misc]  # bound at once
        else:
            readers.append(_key_column(part, context))
    if len(readers) == 1:
        (only,) = readers
        return lambda row: (only(row),)
    return lambda row: tuple([read(row) for read in readers])


def _key_column(part: KeyColumn, context: Context) -> Callable[[Row], str]:
    name, codes, number = part.name, part.codes, part.number
    read, whole = context.text(name, raw=bool(codes)), part.kind == "int"
    at, null = context.positions[name], context.null

    def key(row: Row) -> str:
        text = read(row.cells)
        if codes:
            text = codes.get(text, text)
        if not text or text in context.null:
            raise RejectedError(name, "", "the key has no value")
        if not whole:
            return text
        try:
            return whole_key(text, number)
        except UnfitError as error:
            raise unfit(name, text, error, ", so it cannot be a key") from None

    def plain_key(row: Row) -> str:
        """Reads a key that is a text, in the common case by itself."""
        cell = row.cells[at]
        if cell.__class__ is str and cell.isascii():
            text: str = cell.strip(BLANKS)
            if text and text not in null:
                return text
        return key(row)

    return key if codes or whole else plain_key
