"""Full-text search as a statement: the index finds the records, and their own texts rank them."""

from __future__ import annotations

from collections.abc import Mapping

from graph.query.builder import CypherBuilder
from graph.query.cypher import name, quoted, where
from graph.query.projection import NodeRef, show
from graph.query.selection import Search
from graph.search.analysis import SLOTS, WORDS, slots
from graph.search.lucene import PHRASE_SCORE
from graph.vocabulary import concrete

CURSOR = "search|"

# Of two records that match a search text equally well, the one with the shorter title comes first.
_LONGEST_TITLE = 999
STEP = 1_000

# Reading all properties at once costs less than reading some of them.
_STORED = "stored"
_TITLE = "title"


def search(builder: CypherBuilder, selection: Search) -> str:
    """Returns a full-text search, best hits first.

    Ranks depend on the record and the search text only, so that records which the caller cannot read do not influence
    them, and a page can continue after a rank.
    """
    labels = selection.labels
    narrowed = [] if set(labels) == set(concrete("Record")) else [f"n:{'|'.join(labels)}"]
    rules = where(narrowed + builder.access_predicates("n", "Record"))
    after = ""
    if selection.after is not None:
        rank, uid = (f"${one.name}" for one in selection.after)
        after = where([f"(rank < {rank} OR (rank = {rank} AND n.uid > {uid}))"])
    texts = {
        "score": f"rank / {float(STEP)}",
        "highlights": _highlights(selection),
        "cursor": f"{quoted(CURSOR)} + rank + '|' + n.uid",
        "__typename": quoted("SearchHit"),
        "node": "null",
    }
    before: list[str] = []
    if selection.row is not None:
        before, texts["node"] = show(builder, selection.row, NodeRef("n", "Record"))
    if any(part == "highlights" for _, part in selection.parts):
        before.insert(0, f"WITH *, properties(n) AS {_STORED}")
    parts = ", ".join(f"{name(key)}: {texts[part]}" for key, part in selection.parts)
    return "\n".join(
        [
            f"CALL db.index.fulltext.queryNodes('search', ${selection.query.name}) YIELD node AS n, score AS found",
            f"WITH n, found, n.{WORDS}[0] AS {_TITLE}{rules}",
            f"WITH n, {_rank(selection)} AS rank{after}",
            f"WITH n, rank ORDER BY rank DESC, n.uid LIMIT ${selection.first.name}",
            *before,
            f"RETURN collect({{{parts}}}) AS answer",
        ]
    )


def _rank(selection: Search) -> str:
    """The rank of a hit: the steps of `docs/decisions/0018-search.md`, less the length of the title.

    The score of the index only tells which records need not be read: those without a text that has the words.
    """
    phrase, words = f"${selection.phrase.name}", f"${selection.words.name}"
    equals = "{0} = {1} OR {0} STARTS WITH {1} + '\\n'"
    return (
        f"CASE WHEN {_TITLE} STARTS WITH {phrase} THEN CASE\n"
        f"    WHEN {equals.format(_TITLE, phrase)} THEN 6\n"
        f"    WHEN {_TITLE} STARTS WITH {phrase} + ' ' THEN 4 ELSE 3 END\n"
        f"  WHEN found >= {PHRASE_SCORE} AND any(text IN tail(n.{WORDS}) WHERE\n"
        f"    {equals.format('text', phrase)}) THEN 5\n"
        f"  WHEN {_TITLE} CONTAINS ' ' + {phrase} THEN 2\n"
        f"  WHEN all(word IN {words} WHERE {_contains(_TITLE, 'word')}) THEN 1\n"
        f"  ELSE 0 END * {STEP}\n"
        f"  - CASE WHEN size({_TITLE}) < {_LONGEST_TITLE} THEN size({_TITLE}) ELSE {_LONGEST_TITLE} END"
    )


def _contains(text: str, word: str) -> str:
    """Whether an analyzed text has a word that begins with another."""
    return f"({text} STARTS WITH {word} OR {text} CONTAINS ' ' + {word} OR {text} CONTAINS '\\n' + {word})"


def _highlights(selection: Search) -> str:
    """The texts of the record, as they were written, that contain a word of the search text."""
    pairs = ", ".join(
        f"[{_STORED}.{WORDS}[{SLOTS.index(slot)}], {original(found)}]"
        for slot, found in slots(selection.labels).items()
    )
    rules = [f"any(mark IN ${selection.marks.name} WHERE {_contains('pair[0]', 'mark')})"]
    if selection.misspelled is not None:
        # A word at a distance of `typos` has at most so many letters fewer, and all the other letters.
        rules.append(
            f"any(one IN ${selection.misspelled.name} WHERE any(word IN split(replace(pair[0], '\\n', ' '), ' ') "
            "WHERE abs(size(word) - size(one[0])) <= one[1] "
            "AND size([letter IN split(one[0], '') WHERE word CONTAINS letter]) >= size(one[0]) - one[1]))"
        )
    return f"[pair IN [{pairs}] WHERE {' OR '.join(rules)} | pair[1]]"


def original(properties: Mapping[str, object]) -> str:
    """The text from which an analyzed text was made: the first of the properties that the record has."""
    texts = [f"{_STORED}.{one}" for one in properties]
    return f"coalesce({', '.join(texts)})" if len(texts) > 1 else texts[0]
