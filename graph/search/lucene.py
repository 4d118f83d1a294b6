"""Search texts as queries of the full-text index, in the syntax of Lucene."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from graph.errors import Invalid
from graph.search.analysis import FEWEST_DIGITS, ending, fold, joined, number, symbols_of, words_of

MOST_CHARACTERS = 1_000
MOST_WORDS = 64

# A word of at least so many letters may have so many typing errors.
_TYPOS = ((8, 2), (4, 1))

# Lucene replaces a misspelled word by up to 50 words of each property, and refuses 1,024 clauses.
_MOST_MISSPELLED = 8

# The index gives a record a greater score than this exactly if its texts have the words in sequence.
PHRASE_SCORE = 10_000
_BOOST = 1_000_000_000

# The code of a country has up to three digits.
_COUNTRY_CODE = 3
_FEWEST_NATIONAL_DIGITS = 6

_PHONE = re.compile(r"[0-9()+./\-‐-―]*[0-9][0-9()+./\-‐-―]*")
_LETTERS_AND_DIGITS = re.compile(r"\w+")

# No word is stored with capital letters.
NOTHING = "NOTHING"


class SearchQuery(NamedTuple):
    """A search text as a query.

    `lucene` selects the records; `phrase` are the words in sequence. `marks` are all beginnings of words that a text
    may be found by, `misspelled` those that may have typing errors, as pairs of a word and their number.
    """

    lucene: str
    phrase: str
    words: tuple[str, ...]
    marks: tuple[str, ...]
    misspelled: tuple[tuple[str, int], ...]


@lru_cache(maxsize=512)
def search_query(text: str, fuzzy: bool) -> SearchQuery:
    """The query for a search text: a record must have every word, or a word that begins with it.

    A phone number, and words that are joined by punctuation, also match in their other notations. Raises Invalid for a
    text that is too long.

    >>> search_query("O'Brien 3.5", fuzzy=False).lucene.partition(" +")[2]
    '((+o* +brien*) obrien*) +(+3* +5*)'
    >>> search_query("Alder", fuzzy=True).lucene.partition(" +")[2]
    '(alder* alder~1)'
    >>> search_query("020 555 0100", fuzzy=False).lucene.partition(" +")[2]
    '((+020* +555* +0100*) #0010555020* #001055502* #0010555 #001055)'
    """
    _check(len(text), MOST_CHARACTERS, "be at most {} characters long")
    folded = fold(text)
    words = words_of(folded)
    _check(len(words), MOST_WORDS, "have at most {} words")
    misspelled = dict(_misspelled(words)) if fuzzy else {}
    parts = list(_parts(folded, misspelled)) if words else [(f"{_escaped(one)}*", ()) for one in symbols_of(folded)]
    words = words or symbols_of(folded)
    phrase = " ".join(words)
    exact = " ".join(map(_escaped, words))
    found = [f'"{exact}"^{_BOOST}', *dict.fromkeys(f"+{lucene}" for lucene, _ in parts)]
    return SearchQuery(
        " ".join(found) if words else NOTHING,
        phrase,
        tuple(dict.fromkeys(words)),
        tuple(dict.fromkeys([*words, *(one for _, forms in parts for one in forms)])),
        tuple(misspelled.items()),
    )


def _escaped(word: str) -> str:
    """A word, or a symbol, which may belong to the syntax of Lucene."""
    return word if words_of(word) else f"\\{word}"


def _check(size: int, most: int, rule: str) -> None:
    if size > most:
        raise Invalid(
            f"`text` must {rule.format(f'{most:,}')}; got {size:,}.",
            remedy="Search for a few words that the record contains.",
            field="text",
            limit=most,
        )


def _misspelled(words: list[str]) -> Iterator[tuple[str, int]]:
    """The words that may have typing errors, with their number."""
    for word in list(dict.fromkeys(words))[:_MOST_MISSPELLED]:
        typos = next((typos for size, typos in _TYPOS if len(word) >= size), 0)
        if typos and not any(one.isdigit() for one in word):
            yield word, typos


def _parts(folded: str, misspelled: dict[str, int]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The parts that a record must all match, as queries, each with the other notations in it."""
    for is_phone, chunks in groupby(folded.split(), key=lambda one: _PHONE.fullmatch(one) is not None):
        for chunk in [" ".join(chunks)] if is_phone else chunks:
            words = words_of(chunk)
            if not words:
                continue
            every = [_word(one, misspelled) for one in dict.fromkeys(words)]
            whole = every[0] if len(every) == 1 else f"({' '.join(f'+{one}' for one in every)})"
            others = dict(_notations(chunk, words, is_phone))
            yield (f"({' '.join([whole, *others])})" if others else whole), tuple(others.values())


def _word(word: str, misspelled: dict[str, int]) -> str:
    return f"({word}* {word}~{misspelled[word]})" if word in misspelled else f"{word}*"


def _notations(chunk: str, words: list[str], is_phone: bool) -> Iterator[tuple[str, str]]:
    """Other notations of a chunk: the query, and the beginning of the indexed word."""
    if not is_phone:
        whole = joined(chunk, words)
        if whole is not None:
            yield f"{whole}*", whole
        return
    digits = number(chunk)
    for last in dict.fromkeys((digits, digits.lstrip("0"))):
        if len(last) >= FEWEST_DIGITS:
            yield f"{ending(last)}*", ending(last)
    for code in range(1, _COUNTRY_CODE + 1):
        national = digits.lstrip("0")[code:].lstrip("0")
        if len(national) >= _FEWEST_NATIONAL_DIGITS:
            yield ending(national), ending(national)
