"""Reads single options of a mapping; an invalid one becomes a complaint and a harmless substitute."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from seed.mapping.model import Complaint, Scalar

SCALARS = (str, int, float, bool, date, datetime)


@dataclass
class OptionReader:
    """The complaints about a mapping, and the readers of its single options."""

    name: str
    complaints: list[Complaint] = field(default_factory=list)

    def wrong(self, place: str, message: str, remedy: str) -> None:
        """Adds a complaint."""
        self.complaints.append(Complaint(f"{self.name}, {place}" if place else self.name, message, remedy))

    def scalar(self, raw: Any, place: str) -> Scalar:
        """A single value."""
        if not isinstance(raw, SCALARS):
            self.wrong(place, f"{raw!r} is not a single value.", "Give a text, a number, true, false or a date.")
            return ""
        return raw

    def text(self, place: str, raw: AbstractMapping[str, Any], name: str, default: str | None = None) -> str:
        """A text that is not empty; required unless there is a default."""
        value = raw.get(name, default)
        if not isinstance(value, str) or not value.strip():
            message = "It is missing." if name not in raw else f"{value!r} is not a text."
            self.wrong(f"{place}, {name}" if place else name, message, f'Write {name} = "…".')
            return "?"
        return value

    def optional(self, place: str, raw: AbstractMapping[str, Any], name: str) -> str | None:
        """A text that is not empty, or None."""
        value = raw.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            self.wrong(f"{place}.{name}", f"{value!r} is not a text.", f'Write {name} = "…".')
            return None
        return value

    def texts(self, place: str, raw: object) -> list[str]:
        """A list of texts."""
        if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
            self.wrong(place, "It is not a list of texts.", 'Write ["a", "b"].')
            return []
        return raw

    def flag(self, place: str, raw: AbstractMapping[str, Any], name: str) -> bool:
        """True or false; false if omitted."""
        value = raw.get(name, False)
        if not isinstance(value, bool):
            self.wrong(f"{place}.{name}", f"{value!r} is neither true nor false.", "Write true or false.")
            return False
        return value

    def unknown(self, place: str, raw: AbstractMapping[str, Any], known: set[str]) -> None:
        """Complains about unknown options."""
        for name in sorted(raw.keys() - known):
            self.wrong(f"{place}, {name}" if place else name, "Unknown option.", f"Use {', '.join(sorted(known))}.")


def as_text(value: Scalar) -> str:
    """A TOML value as text, as a source would contain it.

    >>> as_text(True), as_text(date(2024, 1, 31)), as_text(1.5)
    ('true', '2024-01-31', '1.5')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    writes: Callable[[], str] | None = getattr(value, "isoformat", None)
    return writes() if writes is not None else str(value).strip()
