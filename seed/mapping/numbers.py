"""Notations of numbers, each given by an example such as "1.234,56"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SPACES = " \u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"
_MINUS = "-\u2212"
_PARENTHESES = re.compile(r"([^()]*)\(([^()]*)\)([^()]*)")
_PARTS = re.compile(r"([^0-9]*)([0-9](?:.*[0-9])?)([^0-9]*)", re.DOTALL)
_SAME = str.maketrans({**dict.fromkeys(_SPACES, " "), **dict.fromkeys(_APOSTROPHES, "'"), "\u2212": "-"})
_GROUP_SIZES = ((3, 3), (3, 2), (4, 4))


class NotationError(ValueError):
    """Raised for an example that is not a number, or that can be read in two ways; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class NumberNotation:
    """The notation of an example: its marks, the form of negative numbers, and a symbol before or after the digits.

    A plain minus sign, and digits without groups, fit every notation. Only a percent sign is required.
    """

    example: str
    mark: str = "."
    group: str = ""
    sizes: tuple[int, int] = (3, 3)
    prefix: str = ""
    suffix: str = ""
    parentheses: bool = False
    trailing_minus: bool = False
    digits: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compiles the pattern of the digits."""
        last, before = self.sizes
        group = re.escape(self.group)
        grouped = f"[0-9]{{1,{before}}}(?:{group}[0-9]{{{before}}})*{group}[0-9]{{{last}}}|" if group else ""
        pattern = f"(?P<whole>{grouped}[0-9]*)(?:{re.escape(self.mark)}(?P<decimals>[0-9]*))?"
        object.__setattr__(self, "digits", re.compile(pattern))

    def plain(self, text: str) -> str | None:
        """The number in plain notation; None if it is not written like the example.

        >>> notation("(1.234,56 €)").plain("(2.000 €)"), notation("1,234.56").plain("1.234,56")
        ('-2000', None)
        """
        rest, minus = text.translate(_SAME).strip(), 0
        enclosed = _PARENTHESES.fullmatch(rest) if self.parentheses else None
        if enclosed is not None:
            rest, minus = "".join(enclosed.groups()).strip(), 1
        without = self._without_symbol(rest)
        if without is None:
            return None
        rest = without
        if self.trailing_minus and rest.endswith("-"):
            rest, minus = rest[:-1].rstrip(), minus + 1
        if rest[:1] in ("-", "+"):
            minus += rest[0] == "-" or 2 * (minus > 0)
            rest = rest[1:].lstrip()
        found = self.digits.fullmatch(rest)
        if found is None or minus > 1 or not (found["whole"] or found["decimals"]):
            return None
        whole = found["whole"].replace(self.group, "") if self.group else found["whole"]
        return f"{'-' if minus else ''}{whole or '0'}{'.' + found['decimals'] if found['decimals'] else ''}"

    def _without_symbol(self, text: str) -> str | None:
        """The text without the symbol and the blanks around it; None if a percent sign is missing."""
        symbol = self.prefix or self.suffix
        if not symbol:
            return text
        sign, rest = (text[0], text[1:].lstrip()) if text[:1] in ("-", "+") and self.prefix else ("", text)
        if self.prefix and rest.startswith(symbol):
            return sign + rest[len(symbol) :].lstrip()
        minus, rest = ("-", text[:-1].rstrip()) if text.endswith("-") and self.suffix else ("", text)
        if self.suffix and rest.endswith(symbol):
            return rest[: -len(symbol)].rstrip() + minus
        return None if "%" in symbol else text


def notation(example: str) -> NumberNotation:
    """The notation of an example. Raises NotationError.

    >>> notation("$12,34,567.00").sizes, notation("500.00-").trailing_minus
    ((3, 2), True)
    """
    rest = example.translate(_SAME).strip()
    enclosed = _PARENTHESES.fullmatch(rest)
    if enclosed is not None:
        rest = "".join(enclosed.groups())
    parts = _PARTS.fullmatch(rest)
    if parts is None:
        raise NotationError("It contains no digits.")
    before, body, after = (part.strip() for part in parts.groups())
    trailing = after[:1] == "-" or after[-1:] == "-"
    prefix, suffix = before.strip("-+ "), after.strip("- ")
    if prefix and suffix:
        raise NotationError(f"It has a symbol on both sides, {prefix!r} and {suffix!r}.")
    mark, group, sizes = _marks(body)
    found = NumberNotation(example, mark, group, sizes, prefix, suffix, enclosed is not None, trailing)
    if found.plain(example) is None:
        raise NotationError("Its signs contradict each other.")
    return found


def _marks(body: str) -> tuple[str, str, tuple[int, int]]:
    """The decimal mark, the group separator and the sizes of the last group and of those before it."""
    separators = [one for one in body if not one.isdigit()]
    strange = sorted(set(separators) - set(".,' "))
    if strange:
        raise NotationError(f"{strange[0]!r} is neither a decimal mark nor a group separator.")
    if not separators:
        return ".", "", (3, 3)
    last, count = separators[-1], separators.count(separators[-1])
    if len(set(separators)) == 1 and (count > 1 or last in "' "):
        return ("," if last == "." else "."), last, _sizes(body.split(last))
    whole, _, decimals = body.rpartition(last)
    if len(set(separators)) == 1:
        if len(decimals) == 3:
            raise NotationError(f"{last!r} could be a decimal mark or a group separator.")
        return last, "", (3, 3)
    if len(set(separators)) > 2 or count > 1 or last in "' ":
        raise NotationError("Its separators contradict each other.")
    return last, separators[0], _sizes(whole.split(separators[0]))


def _sizes(groups: list[str]) -> tuple[int, int]:
    first, *rest = (len(group) for group in groups)
    before = rest[0]
    sizes = (rest[-1], before)
    if sizes not in _GROUP_SIZES or first > before or any(size != before for size in rest[:-1]):
        raise NotationError("Its groups of digits have no regular size.")
    return sizes
