"""Projects the result of a pure function into the selected fields, with the records that it refers to."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.scalars import text_of

Rows = Sequence[dict[str, Any]]
Ids = Sequence[dict[str, None]]

MISSING = object()
"""The projection of a record that no longer exists or that the caller may not read."""


class Plain:
    """A plain value."""

    def __init__(self, of: Any) -> None:
        self._convert = _converter(of)

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects nothing."""

    def project(self, value: Any, rows: Rows) -> Any:  # noqa: ARG002  the signature of every shape
        """Projects the value into JSON."""
        return self._convert(value)


@dataclass(frozen=True, slots=True)
class Text:
    """The name of a type."""

    text: str

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects nothing."""

    def project(self, value: Any, rows: Rows) -> Any:  # noqa: ARG002  the signature of every shape
        """Projects the name."""
        return self.text


@dataclass(frozen=True, slots=True)
class Reference:
    """A record, by its uid; `index` is its position among the places whose records are read together."""

    index: int

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects the uid."""
        ids[self.index][value] = None

    def project(self, value: Any, rows: Rows) -> Any:
        """Projects the record, or MISSING."""
        return rows[self.index].get(value, MISSING)


@dataclass(frozen=True, slots=True)
class Identified:
    """A record that is known to exist, by its uid, without further fields: key, and a text in place of the uid."""

    of: tuple[tuple[str, str | None], ...]

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects nothing."""

    def project(self, value: Any, rows: Rows) -> Any:  # noqa: ARG002  the signature of every shape
        """Projects the uid."""
        return {key: value if text is None else text for key, text in self.of}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; MISSING items are omitted."""

    item: Shape

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects the uids of every item."""
        for item in value:
            self.item.collect(item, ids)

    def project(self, value: Any, rows: Rows) -> Any:
        """Projects every item."""
        return [found for item in value if (found := self.item.project(item, rows)) is not MISSING]


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value that can be null."""

    of: Shape

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects the uids of the value."""
        if value is not None:
            self.of.collect(value, ids)

    def project(self, value: Any, rows: Rows) -> Any:
        """Projects the value; MISSING becomes null."""
        found = None if value is None else self.of.project(value, rows)
        return None if found is MISSING else found


@dataclass(frozen=True, slots=True)
class Fields:
    """The selected fields of a dataclass: key, attribute and shape of each."""

    of: tuple[tuple[str, str | None, Shape], ...]

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects the uids of every field."""
        for _, attribute, shape in self.of:
            shape.collect(attribute and getattr(value, attribute), ids)

    def project(self, value: Any, rows: Rows) -> Any:
        """Projects the fields as a map; MISSING if the record of a non-null field is missing."""
        found = {key: shape.project(attribute and getattr(value, attribute), rows) for key, attribute, shape in self.of}
        return MISSING if any(part is MISSING for part in found.values()) else found


Shape = Plain | Text | Reference | Identified | ListOf | Nullable | Fields


def _converter(of: Any) -> Callable[[Any], Any]:
    if of is datetime:
        return text_of
    if isinstance(of, type) and issubclass(of, enum.Enum):
        return lambda member: member.name
    return of if of in (int, float) else lambda value: value
