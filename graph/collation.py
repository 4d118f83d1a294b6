"""The order of texts: a sort key that ignores case and accents, stored beside each text that lists are ordered by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import combining, normalize

SUFFIX = "SortKey"
"""The name of a stored sort key is that of its property with this suffix."""

LENGTH = 64
"""Texts that agree in so many characters are in the order of their ids."""

# Letters that Unicode does not decompose into a base letter and an accent.
BASE_LETTERS = {
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ŧ": "t",
    "\u0131": "i",
}
_TRANSLATION = str.maketrans(BASE_LETTERS)
# Lower than every printable character: a text comes before the longer ones that begin with it.
END = "\x02"
"""The character between the letters and the text of a sort key; keys without it are of an earlier schema version."""
_NUMBER = re.compile("[0-9]+")


def sort_key(text: str) -> str:
    """Returns the sort key of a text: its base letters, and then the text itself, which orders equal letters.

    Numbers within the text are ordered by their value, because their number of digits stands before them.

    >>> sorted(["Zebra", "apple", "Ähre", "Éclair", "Birch", "zebra"], key=sort_key)
    ['Ähre', 'apple', 'Birch', 'Éclair', 'Zebra', 'zebra']
    >>> sorted(["Team 10", "Team 9", "Team 010b", "Team 2"], key=sort_key)
    ['Team 2', 'Team 9', 'Team 10', 'Team 010b']
    """
    if text.isascii():
        return f"{_NUMBER.sub(_by_value, text[:LENGTH].lower())}{END}{text[:LENGTH]}"
    # A letter with its accents is several characters.
    decomposed = normalize("NFKD", text[: 4 * LENGTH]).casefold()
    letters = "".join(one for one in normalize("NFKD", decomposed) if not combining(one)).translate(_TRANSLATION)
    return f"{_NUMBER.sub(_by_value, letters[:LENGTH])}{END}{normalize('NFC', text[: 4 * LENGTH])[:LENGTH]}"


def _by_value(number: re.Match[str]) -> str:
    r"""Returns digits after their number, which is written in digits too, so that they keep their place among letters.

    >>> [_NUMBER.sub(_by_value, digits) for digits in ("0", "007", "12", "123456789")]
    ['10', '17', '212', '90123456789']
    """
    digits = number[0].lstrip("0") or "0"
    return f"{'9' * (len(digits) // 9)}{len(digits) % 9}{digits}"


def sort_keys(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, str | None]:
    r"""Returns the sort keys of the texts with some names, by the names under which they are stored.

    >>> sort_keys({"name": "Éclair", "city": None, "source": "x"}, ("name", "city", "country"))
    {'nameSortKey': 'eclair\x02Éclair', 'citySortKey': None}
    """
    return {
        f"{name}{SUFFIX}": None if (value := values[name]) is None else sort_key(value)
        for name in names
        if name in values
    }
