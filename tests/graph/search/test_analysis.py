"""Texts are stored and searched for in one form, whatever their case, accents, normal form and notation."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import Invalid
from graph.search.analysis import LONGEST_WORD, analyzed, fold, words_of
from graph.search.lucene import MOST_CHARACTERS, MOST_WORDS, search_query


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ada.Smith@alder.example", "ada smith alder example"),
        ("O'Brien", "o brien"),
        ("O’Brien", "o brien"),
        ("OʼBrien", "o brien"),
        ("L'Or Bleu", "l or bleu"),
        ("Cedar S.A.", "cedar s a"),
        ("3.5", "3 5"),
        ("Éclair ÄHRE Straße Søn Łódź ĳs", "eclair ahre strasse son lodz ijs"),
        ("Привет, МИР", "привет мир"),
        ("ΑΘΗΝΑΣ Αθήνας", "αθηνας".replace("ς", "σ") + " " + "αθηνασ"),
        ("שָׁלוֹם", "שלום"),
        ("كِتَاب", "كتاب"),
        ("می‌خواهم", "میخواهم"),
        ("हिंदी ड़", "हिंदी ड़"),
        ("田中商事 ㈱", "田 中 商 事 株"),
        ("カタカナ ｶﾞ", "カ タ カ ナ ガ"),
        ("สวัสดี", "ส วั ส ดี"),
        ("한국어 회사", "한국어 회사"),
        ("１２３ ٣٤ ३", "123 34 3"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("nul\x00 tab\tend", "nul tab end"),
        ("snake_case", "snake case"),
        ("a" * 300, "a" * LONGEST_WORD),
        ("★ !?", "★ ! ?"),
        (" \u200b\t", ""),
    ],
)
def test_a_text_is_divided_into_folded_words(text: str, words: str) -> None:
    assert analyzed(text).split("\n")[0] == unicodedata.normalize("NFC", words)
    assert search_query(text, fuzzy=False).phrase == unicodedata.normalize("NFC", words)


@given(st.text(max_size=60))
def test_case_normal_form_and_repetition_make_no_difference(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, text)) == fold(text)
    assert fold(text.upper()) == fold(text) or fold(text.lower()) == fold(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_every_visible_text_has_words_without_the_syntax_of_the_index(text: str) -> None:
    stored = analyzed(text).split()
    visible = any(unicodedata.category(one)[0] in "LNPS" for one in text)
    assert bool(stored) == visible or not visible
    query = search_query(text, fuzzy=False)
    assert set(query.words) <= set(stored)
    for word in words_of(fold(text)):
        assert not any(unicodedata.category(one)[0] in "PSZ" for one in word)


@pytest.mark.parametrize(
    "text",
    ["+1 (555) 010-0001", "15550100001", "001 555 010 0001", "555.010.0001", "0100001", "0001", "1-555-010-0001"],
)
def test_a_phone_number_is_found_in_any_notation(text: str) -> None:
    for stored in ("+1 (555) 010-0001", "15550100001", "1/555/0100001 ext. 23"):
        (indexed,) = [one for one in analyzed(stored, "phone").split() if one.startswith("#1")]
        parts = search_query(text, fuzzy=False).lucene.replace("(", " ").replace(")", " ").split()
        numbers = [one for one in parts if one.startswith("#")]
        assert any(indexed == one or (one[-1] == "*" and indexed.startswith(one[:-1])) for one in numbers)


def test_national_and_international_notations_are_one_number() -> None:
    notations = ("+44 20 5550 1234", "020 5550 1234", "+44 (0)20 5550 1234", "0044 20 55501234")
    for stored in notations:
        words = analyzed(stored, "phone").split()
        for text in notations:
            parts = search_query(text, fuzzy=False).lucene.replace("(", " ").replace(")", " ").split()
            numbers = [one for one in parts if one.startswith("#")]
            assert any(
                word == one or (one[-1] == "*" and word.startswith(one[:-1])) for one in numbers for word in words
            ), (stored, text)


def test_the_limits_are_in_the_error() -> None:
    with pytest.raises(Invalid, match="at most 1,000 characters long; got 1,048,576"):
        search_query("a" * 2**20, fuzzy=False)
    with pytest.raises(Invalid, match="at most 64 words; got 65"):
        search_query("a " * 65, fuzzy=False)
    assert len(search_query("ab " * MOST_WORDS, fuzzy=True).words) == 1
    assert search_query("a" * MOST_CHARACTERS, fuzzy=True).phrase == "a" * LONGEST_WORD
