"""Reads the keys and the fields of a table: the rules by which values follow from a row."""

from __future__ import annotations

import string
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from graph.errors import Invalid
from graph.money import exponent
from seed.mapping.model import (
    FOLDS,
    KINDS,
    ROW_NUMBER,
    As,
    Column,
    Constant,
    KeyColumn,
    KeyPart,
    RowNumber,
    Rule,
    Template,
)
from seed.mapping.numbers import NotationError, NumberNotation, notation
from seed.mapping.options import SCALARS, OptionReader, as_text
from seed.mapping.times import FormatError, check_format, zone

CURRENCY = {"column", "map", "strict", "default"}
KEY = {"column", "as", "map", "number"}
RULE = (
    {"value", "template", "scale", "format", "currency", "split", "decimal", "zone", "fold", "allow_future"}
    | KEY
    | CURRENCY
)

_MARKS = {".": "1,234.5", ",": "1.234,5"}
_KEY_KINDS = ("text", "int")


@dataclass
class RuleReader(OptionReader):
    """Reads keys and fields."""

    def rule(self, raw: object, place: str) -> Rule:
        """The rule of a field: a column, or a table of options."""
        if isinstance(raw, str):
            return Rule(Column(raw))
        if not isinstance(raw, dict):
            self.wrong(place, f"{raw!r} is not a column or a table.", "Write a constant as { value = … }.")
            return Rule(Constant(""))
        self.unknown(place, raw, RULE)
        zone_name = self._zone(place, raw)
        return Rule(
            self._origin(raw, place),
            self._codes(raw.get("map", {}), f"{place}.map"),
            self.flag(place, raw, "strict"),
            self._kind(raw.get("as"), place, KINDS),
            self._scale(raw.get("scale"), f"{place}.scale"),
            self._format(place, raw, has_zone=zone_name is not None),
            self._currency(raw.get("currency"), f"{place}.currency"),
            self.optional(place, raw, "split"),
            self._number(place, raw),
            zone_name,
            self._fold(place, raw),
            self._default(place, raw),
            self.flag(place, raw, "allow_future"),
        )

    def key(self, raw: object, place: str, *, needed: bool) -> tuple[KeyPart, ...]:
        """The parts of a key."""
        if raw is None and not needed:
            return ()
        listed = raw if isinstance(raw, list) else [raw]
        parts = tuple(part for one in listed if (part := self._key_part(one, place)) is not None)
        if not listed:
            self.wrong(place, "It is empty.", "Give at least one column.")
        return parts

    def currency_code(self, place: str, raw: object) -> str:
        """The code of a currency."""
        try:
            exponent(raw if isinstance(raw, str) else "")
        except Invalid:
            self.wrong(place, f"{raw!r} is not a currency.", "Give an ISO 4217 code such as USD or EUR.")
        return str(raw)

    def _key_part(self, raw: object, place: str) -> KeyPart | None:
        if raw == ROW_NUMBER:
            return RowNumber()
        if isinstance(raw, str) and raw:
            return KeyColumn(raw)
        if isinstance(raw, dict) and raw.keys() == {"value"}:
            return Constant(self.scalar(raw["value"], f"{place}.value"))
        if isinstance(raw, dict) and "column" in raw:
            self.unknown(place, raw, KEY)
            kind = self._kind(raw.get("as"), place, _KEY_KINDS)
            if "number" in raw and kind != "int":
                self.wrong(f"{place}.number", 'It requires `as = "int"`.', "Add it, or leave out `number`.")
            codes = self._codes(raw.get("map", {}), f"{place}.map")
            return KeyColumn(self.text(place, raw, "column"), codes, kind, self._number(place, raw))
        remedy = 'Give a column, several: ["a", "b"], the row\'s number: "#row", or a constant: { value = "…" }.'
        self.wrong(place, f"{'It is missing' if raw is None else f'{raw!r} is not a key'}.", remedy)
        return None

    def _kind(self, raw: object, place: str, known: tuple[str, ...]) -> As | None:
        if raw is not None and raw not in known:
            self.wrong(f"{place}.as", f"{raw!r} is not a value type here.", f"Give one of {', '.join(known)}.")
        return next((kind for kind in KINDS if kind == raw), None)

    def _origin(self, raw: AbstractMapping[str, Any], place: str) -> Column | Constant | Template:
        named = [one for one in ("column", "value", "template") if one in raw]
        if len(named) != 1:
            found = " and ".join(named) or "none"
            self.wrong(
                place, f"It requires exactly one of column, value and template; got {found}.", "Keep exactly one."
            )
            return Constant("")
        if named == ["value"]:
            return Constant(self.scalar(raw["value"], f"{place}.value"))
        if named == ["column"]:
            return Column(self.text(place, raw, "column"))
        return self._template(self.text(place, raw, "template"), f"{place}.template")

    def _template(self, text: str, place: str) -> Template:
        try:
            parsed = list(string.Formatter().parse(text))
        except ValueError as error:
            self.wrong(place, f"{text!r}: {error}.", "Write columns as {name}, and double literal braces.")
            return Template(text, ())
        if any(spec or conversion for _, _, spec, conversion in parsed) or not any(one[1] for one in parsed):
            self.wrong(place, f"{text!r} contains no column, or a format.", "Write columns as {name}.")
        return Template(text, tuple((literal, column or None) for literal, column, _, _ in parsed))

    def _codes(self, raw: object, place: str) -> dict[str, str]:
        if not isinstance(raw, dict) or not all(isinstance(one, SCALARS) for one in raw.values()):
            self.wrong(place, "It is not a table of values.", 'Write { "what the source says" = "what is meant" }.')
            return {}
        return {key: as_text(value) for key, value in raw.items()}

    def _scale(self, raw: object, place: str) -> str | None:
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not Decimal(str(raw)).is_finite():
            self.wrong(place, f"{raw!r} is not a number.", "Give the number to multiply with, such as 1000000.")
            return None
        return str(raw)

    def _format(self, place: str, raw: AbstractMapping[str, Any], *, has_zone: bool) -> str | None:
        form = self.optional(place, raw, "format")
        if form is not None:
            try:
                check_format(form, has_zone=has_zone)
            except FormatError as error:
                self.wrong(f"{place}.format", error.message, error.remedy)
        return form

    def _zone(self, place: str, raw: AbstractMapping[str, Any]) -> str | None:
        name = self.optional(place, raw, "zone")
        if name is not None:
            try:
                zone(name)
            except FormatError as error:
                self.wrong(f"{place}.zone", error.message, error.remedy)
                return None
        return name

    def _fold(self, place: str, raw: AbstractMapping[str, Any]) -> str | None:
        fold = self.optional(place, raw, "fold")
        if fold is not None and fold not in FOLDS:
            self.wrong(f"{place}.fold", f"{fold!r} is neither of {' and '.join(FOLDS)}.", 'Give "first" or "second".')
        elif fold is not None and "zone" not in raw:
            self.wrong(f"{place}.fold", "`fold` requires `zone`.", "Add `zone`, or leave out `fold`.")
        return fold

    def _default(self, place: str, raw: AbstractMapping[str, Any]) -> str | None:
        return as_text(self.scalar(raw["default"], f"{place}.default")) if "default" in raw else None

    def _currency(self, raw: object, place: str) -> Rule | None:
        if raw is None:
            return None
        if not isinstance(raw, dict):
            return Rule(Constant(self.currency_code(place, raw)))
        self.unknown(place, raw, CURRENCY)
        codes = self._codes(raw.get("map", {}), f"{place}.map")
        for code in filter(None, codes.values()):
            self.currency_code(f"{place}.map", code)
        default = self.currency_code(f"{place}.default", raw["default"]) if "default" in raw else None
        column = Column(self.text(place, raw, "column"))
        return Rule(column, codes, self.flag(place, raw, "strict"), default=default)

    def _number(self, place: str, raw: AbstractMapping[str, Any]) -> NumberNotation | None:
        mark, example = self.optional(place, raw, "decimal"), self.optional(place, raw, "number")
        if mark is not None and mark not in _MARKS:
            self.wrong(f"{place}.decimal", f"{mark!r} is not a decimal mark.", 'Give "." or ",".')
            return None
        if mark is not None and example is not None:
            self.wrong(f"{place}.decimal", "`number` already shows the decimal mark.", "Leave out `decimal`.")
        example = example or _MARKS.get(mark or "")
        if example is None:
            return None
        try:
            return notation(example)
        except NotationError as error:
            remedy = 'Give a number with groups and decimals, such as "1,234.56" or "1.234,56".'
            self.wrong(f"{place}.number", f"{example!r} shows no notation: {error}", remedy)
            return None
