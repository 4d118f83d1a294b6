"""Projects the result of a pure function into the selected fields, with the records that it refers to."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schema.scalars import text_of

Rows = Sequence[dict[str, Any]]
Ids = Sequence[dict[str, None]]

MISSING = object()
"""The projection of a record that no longer exists or that the caller may not read."""


class Plain:
    """A plain value; `converts` is the function that converts it into JSON, None where it is JSON."""

    def __init__(self, of: Any) -> None:
        self.converts = _converter(of)

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects nothing."""

    def project(self, value: Any, rows: Rows) -> Any:  # noqa: ARG002  the signature of every shape
        """Projects the value into JSON."""
        return value if self.converts is None else self.converts(value)


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
    """A list, or the `first` items of one; MISSING items are omitted."""

    item: Shape
    first: int | None = None

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects the uids of every item."""
        for item in value[: self.first]:
            self.item.collect(item, ids)

    def project(self, value: Any, rows: Rows) -> Any:
        """Projects every item."""
        return [found for item in value[: self.first] if (found := self.item.project(item, rows)) is not MISSING]


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


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in minor units of the base currency: key and part of each selected field.

    `unit` is the number of minor units in a unit of the currency.
    """

    of: tuple[tuple[str, str], ...]
    unit: float
    currency: str

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects nothing."""

    def project(self, value: Any, rows: Rows) -> Any:  # noqa: ARG002  the signature of every shape
        """Projects the amount as a map."""
        texts = {"amount": value / self.unit, "currency": self.currency, "__typename": "Money"}
        return {key: texts[part] for key, part in self.of}


class Generated:
    """Values that refer to no record that is read, projected by a function that is generated for their shape.

    The function is generated as text because a large result consists mostly of such values, and calls for each of
    them take three times as long.
    """

    def __init__(self, of: ListOf | Nullable | Fields) -> None:
        self._of = of
        constants: list[Any] = []
        text = _projected(of, "value", constants)
        names = {f"c{at}": one for at, one in enumerate(constants)}
        # The text consists of names that the schema declares and of keys as literals.
        self._project: Callable[[Any], Any] = eval(f"lambda value: {text}", names)  # noqa: S307

    def collect(self, value: Any, ids: Ids) -> None:
        """Collects nothing."""

    def project(self, value: Any, rows: Rows) -> Any:  # noqa: ARG002  the signature of every shape
        """Projects the value into JSON."""
        return self._project(value)


Shape = Plain | Text | Amount | Reference | Identified | ListOf | Nullable | Fields | Generated


def generated(shape: Shape) -> Shape:
    """Returns the shape with generated functions for the parts of it that refer to no record that is read."""
    match shape:
        case ListOf(item, first):
            inner = generated(item)
            return Generated(shape) if _is_generated(inner) else ListOf(inner, first)
        case Nullable(of):
            inner = generated(of)
            return Generated(shape) if _is_generated(inner) else Nullable(inner)
        case Fields(of):
            fields = tuple((key, attribute, generated(one)) for key, attribute, one in of)
            return Generated(shape) if all(_is_generated(one) for _, _, one in fields) else Fields(fields)
        case _:
            return shape


def _is_generated(shape: Shape) -> bool:
    return isinstance(shape, Plain | Text | Identified | Amount | Generated)


def _projected(shape: Shape, value: str, constants: list[Any]) -> str:
    """Returns the expression of the projection of a value, which is an expression too."""
    match shape:
        case Plain(converts=None):
            return value
        case Plain():
            constants.append(shape.converts)
            return f"c{len(constants) - 1}({value})"
        case Text():
            return repr(shape.text)
        case Identified(fields):
            return f"{{{', '.join(f'{key!r}: {value if text is None else repr(text)}' for key, text in fields)}}}"
        case Amount(of, unit, currency):
            texts = {"amount": f"{value} / {unit!r}", "currency": repr(currency), "__typename": "'Money'"}
            return f"{{{', '.join(f'{key!r}: {texts[part]}' for key, part in of)}}}"
        case ListOf(item, first):
            each = f"each{len(constants)}"
            constants.append(None)
            part = value if first is None else f"{value}[:{first}]"
            return f"[{_projected(item, each, constants)} for {each} in {part}]"
        case Nullable(of):
            inner = _projected(of, value, constants)
            return value if inner == value else f"(None if {value} is None else {inner})"
        case Fields(of):
            pairs = (f"{key!r}: {_projected(one, f'{value}.{attribute}', constants)}" for key, attribute, one in of)
            return f"{{{', '.join(pairs)}}}"
        case _:
            raise TypeError(f"{type(shape).__name__} is not generated.")


def _converter(of: Any) -> Callable[[Any], Any] | None:
    if of is datetime:
        return text_of
    if of is date:
        return date.isoformat
    if isinstance(of, type) and issubclass(of, enum.Enum):
        return lambda member: member.name
    return of if of in (int, float) else None
