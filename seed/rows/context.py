"""The context in which cells are read, and the error of a row that cannot be."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graph.money import Rates
from graph.validation import Problem
from seed.rows.files import shown
from seed.rows.row import Fault
from seed.rows.values import BLANKS, UnfitError, as_cell

Cells = Sequence[Any]
Values = dict[str, Any]
Origin = Callable[[Cells], str | None]


class RejectedError(Exception):
    """Raised for a row that is rejected, with the column, its value and the reason."""

    def __init__(self, column: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.fault = Fault(column, shown("" if value is None else value), reason)


def unfit(column: str, value: object, error: UnfitError, effect: str = "") -> RejectedError:
    """The rejection of a value that does not fit, with its effect and the option of the mapping that may help."""
    hint = f"; {error.hint}" if error.hint else ""
    return RejectedError(column, value, f"the value {error}{effect}{hint}")


def violated(column: str, value: object, owner: str, name: str, found: Problem) -> RejectedError:
    """The rejection of a value that violates a rule of its property, with the option that confirms it, if any does."""
    hint = "; if it is right, give `allow_future = true` in the mapping" if found.confirmable else ""
    return RejectedError(column, value, f"{owner}.{name} {found.rule}{hint}".lstrip("."))


@dataclass(frozen=True, slots=True)
class Context:
    """The context of a conversion: positions of columns, texts without meaning, and currency."""

    positions: AbstractMapping[str, int] = field(default_factory=dict)
    null: frozenset[str] = frozenset({""})
    currency: str | None = None
    rates: Rates = field(default_factory=Rates)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def text(self, column: str, *, raw: bool = False) -> Callable[[Cells], str]:
        """Reads the trimmed text of a column, in the normal form NFC; empty if there is no value, unless `raw`."""
        at, null = self.positions[column], frozenset() if raw else self.null

        def read(cells: Cells) -> str:
            cell = cells[at]
            if cell.__class__ is not str:
                try:
                    cell = as_cell(cell)
                except UnfitError as error:
                    raise RejectedError(column, cell, f"the value {error}") from None
                if cell is None:
                    return ""
            text: str = cell.strip(BLANKS)
            if not text.isascii():
                text = unicodedata.normalize("NFC", text)
            return "" if text in null else text

        return read
