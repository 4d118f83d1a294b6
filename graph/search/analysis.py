"""The form in which texts are stored for search; see decision 0018.

One function, `analyzed`, decides where words begin and end: every write stores its result beside a searched text, and
every query passes through it. Words are folded: case, accents and compatibility forms make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from graph.vocabulary import ENTITIES, Property, entity

# A word is stored up to this length; the tokenizer of the index would split it at 255 UTF-16 units.
LONGEST_WORD = 100
_LONGEST_JOINED = 60
FEWEST_DIGITS = 4

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_DIGITS = re.compile(r"[0-9]+")
_LETTER = re.compile(r"[^\W\d_]")

# Letters that have no decomposition in Unicode and are still read as these.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "ŋ": "n"}
)

# Marks that belong to a letter, by their combining class: nukta, voiced kana, virama. All others are accents.
_KEPT_MARKS = frozenset({0, 7, 8, 9})

# Scripts that are written without spaces: each of their characters is a word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f\u3005-\u3007\u3021-\u3029"
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_APOSTROPHES = frozenset("ʹʺʻʼʽʾʿˈ")


# ---------- words ----------------------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """Folds a text: without case, accents, compatibility forms, invisible characters and digits of other scripts.

    >>> fold("L’Or ＢＬＥＵ É\u0301cole Straße Łódź ٣")
    'l’or bleu ecole strasse lodz 3'
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = "".join(_folded(one) for one in text.translate(_LETTERS))
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" or unicodedata.combining(character) not in _KEPT_MARKS:
        return ""
    return str(unicodedata.decimal(character)) if category == "Nd" else character


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    """The role of a folded character: a word of its own, a letter of a word, an accent, a space, or a symbol."""
    if _UNSPACED.match(character):
        return "mark" if unicodedata.category(character)[0] == "M" else "word"
    if character in _APOSTROPHES:
        return "symbol"
    match unicodedata.category(character):
        case "Mn" | "Mc" | "Me":
            return "mark"
        case "Cc" | "Cs" | "Zs" | "Zl" | "Zp" | "Cf":
            return "space"
        case category if category[0] in "PS":
            return "symbol"
        case _:
            return "letter"


def words_of(chunk: str) -> list[str]:
    """The words of a folded text, in order.

    >>> words_of("ada.smith@alder.example"), words_of("l’or bleu"), words_of("田中商事 s.a.")
    (['ada', 'smith', 'alder', 'example'], ['l', 'or', 'bleu'], ['田', '中', '商', '事', 's', 'a'])
    """
    if chunk.isascii():
        ascii_words: list[str] = _ASCII_WORD.findall(chunk)
        return ascii_words if len(chunk) <= LONGEST_WORD else [one[:LONGEST_WORD] for one in ascii_words]
    found: list[str] = []
    within = ""
    for character in chunk:
        kind = _kind(character)
        if kind == "word" or (kind == "letter" and within != "letter"):
            found.append(character)
            within = kind
        elif kind == "letter" or (kind == "mark" and within):
            found[-1] += character
        elif kind != "mark":
            within = ""
    return [one[:LONGEST_WORD] for one in found]


def symbols_of(chunk: str) -> list[str]:
    """The characters of a folded text without words, such as `&` or `★`."""
    return [one for one in chunk if _kind(one) == "symbol"]


def joined(chunk: str, words: list[str]) -> str | None:
    """The words of a chunk as one, because `O'Brien`, `S.A.` and `e-mail` are also written as one word."""
    if len(words) < 2 or "@" in chunk or (not chunk.isascii() and any(_UNSPACED.match(one) for one in words)):
        return None
    whole = "".join(words)
    return whole if len(whole) <= _LONGEST_JOINED and not whole.isdecimal() else None


# ---------- phone numbers --------------------------------------------------------------------------------------------


def number(text: str) -> str:
    """The digits of a phone number, without the `(0)` after a country code."""
    return "".join(_DIGITS.findall(text.replace("(0)", "")))


def ending(digits: str) -> str:
    """The form in which a phone number is indexed: from its end, so that its last digits are a prefix.

    >>> ending("15550100001")
    '#10000105551'
    """
    return "#" + digits[::-1]


def _phone(folded: str) -> Iterator[str]:
    """The number up to the first letter, such as the one of an extension."""
    digits = number(_LETTER.split(folded, maxsplit=1)[0]).lstrip("0")
    if len(digits) >= FEWEST_DIGITS:
        yield ending(digits)[:LONGEST_WORD]


# Further forms of the texts in a property of the index.
_FORMS: Mapping[str, tuple[Callable[[str], Iterator[str]], ...]] = {"phone": (_phone,)}


# ---------- what is stored -------------------------------------------------------------------------------------------


def analyzed(text: str, slot: str = "title") -> str:
    r"""The words of a text as they are indexed; after a line break, other forms in which they are found.

    >>> analyzed("O'Brien & Co."), analyzed("+1 (555) 010-0001", "phone")
    ('o brien co\nobrien &', '1 555 010 0001\n#10000105551')
    """
    folded = fold(text)
    main = words_of(folded)
    others: dict[str, None] = {}
    if not main:
        return " ".join(symbols_of(folded))
    for chunk in folded.split():
        if chunk.isascii() and chunk.isalnum():
            continue  # It is one word, which has no other form.
        found = words_of(chunk)
        whole = joined(chunk, found)
        if whole is not None:
            others[whole] = None
        elif not found:
            others.update(dict.fromkeys(symbols_of(chunk)))
    for form in _FORMS.get(slot, ()):
        others.update(dict.fromkeys(form(folded)))
    return " ".join(main) + ("\n" + " ".join(others) if others else "")


def analyzed_number(expression: str) -> str:
    """Cypher for the analyzed text of a generated number, such as `CAS-00001-97`."""
    lower = f"toLower({expression})"
    return f"replace({lower}, '-', ' ') + '\\n' + replace({lower}, '-', '')"


# A record has its analyzed texts in one property, because each stored property makes the others slower to read. The
# order is that of the stored list: a new name is added at the end, or the graph is migrated.
WORDS = "searchWords"
SLOTS = ("title", "number", "email", "phone", "topic", "secondEmail", "company", "website")


def slots(labels: Iterable[str] = ENTITIES) -> dict[str, dict[str, list[str]]]:
    """The searched properties: for each slot the names of the properties, and the labels that have them in it."""
    found: dict[str, dict[str, list[str]]] = {slot: {} for slot in SLOTS}
    for label in labels:
        for one in entity(label).properties.values():
            if one.search is not None:
                found[one.search].setdefault(one.name, []).append(label)
    return {slot: properties for slot, properties in found.items() if properties}


def search_words(properties: Iterable[Property], values: Mapping[str, Any]) -> list[str | None] | None:
    """The analyzed texts of values by the position of their slot, or None if none of them is searched.

    A text is empty if its value is null, and None if its property is not among the values.

    >>> search_words(entity("Contact").properties.values(), {"name": "Ada", "emailAddress1": None})
    ['ada', None, '']
    """
    found: dict[int, str] = {}
    for one in properties:
        if one.search is not None and one.name in values:
            value = values[one.name]
            found[SLOTS.index(one.search)] = "" if value is None else analyzed(str(value), one.search)
    return [found.get(at) for at in range(max(found) + 1)] if found else None


def merged_words(words: Sequence[str | None], stored: Sequence[str]) -> list[str]:
    """The texts to store when some of those that are stored change.

    >>> merged_words([None, None, "ada example"], ["ada"])
    ['ada', '', 'ada example']
    """
    return [(kept or "") if text is None else text for text, kept in zip_longest(words, stored)]
