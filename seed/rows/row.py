"""Rows of source files, and the errors of files and rows."""

from __future__ import annotations

from typing import Any, NamedTuple


class Fault(NamedTuple):
    """The reason why a row, or a value in it, is rejected."""

    column: str
    value: str
    reason: str


class Row(NamedTuple):
    """A row: the physical line it begins on, its number among the rows (both from 1), its cells by position.

    A row with a `fault` holds the cells that could be reported apart.
    """

    line: int
    number: int
    cells: list[Any]
    fault: Fault | None = None


class UnreadableError(Exception):
    """Raised for a file that cannot be read, with the reason and a remedy."""


def ended(error: Exception) -> Fault:
    """The fault of a file that ends unexpectedly."""
    return Fault("", "", f"the file cannot be read further: {error}")
