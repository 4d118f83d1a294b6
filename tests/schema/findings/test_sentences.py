"""Sentences: patterns with slots, and figures that equal their evidence."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.sentences import wording
from schema.sentences.sentence import FigureEvidence, FigureUnit, Mention, amount, count, figure, sentence, single

ADA, BO = Mention("Ada Lind", "c1"), Mention("Bo Ek", "c2")


def test_a_count_chooses_the_form_and_carries_the_records() -> None:
    one = sentence("{known:# person|# people} {known:is|are} known", known=count([ADA]))
    two = sentence("{known:# person|# people} {known:is|are} known", known=count([ADA, BO]))
    assert one.text == "One person is known"
    assert two.text == "Two people are known"
    (part,) = [part for part in two.parts if part.figure is not None]
    assert part.text == "Two people"
    assert part.figure is not None
    assert [one.record for one in part.figure.evidence] == ["c1", "c2"]


def test_a_name_is_a_part_with_its_record() -> None:
    found = sentence("only {who} knows him", who=ADA)
    assert [(part.text, part.record) for part in found.parts] == [
        ("Only ", None), ("Ada Lind", "c1"), (" knows him", None)
    ]  # fmt: skip
    assert found.record == "c1"


def test_the_longest_name_is_shortened_until_the_sentence_fits() -> None:
    long = Mention("Servo drive 3 kW, control room, second line of the northern plant", "o1")
    found = sentence("{deal} is {late} overdue", 40, deal=long, late=single(9, FigureUnit.DAYS, "since then"))
    assert found.text == "Servo drive 3 kW… is nine days overdue"
    assert len(found.text) <= 40


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (wording.number(0), "no"),
        (wording.number(9), "nine"),
        (wording.number(10), "10"),
        (wording.money(0, "USD"), "$0"),
        (wording.money(999_999.49, "USD"), "$999,999"),
        (wording.money(999_999.5, "USD"), "$1.00M"),
        (wording.money(-2_375, "USD"), "-$2,375"),
        (wording.money(1_250_000, "EUR"), "EUR 1.25M"),
        (wording.days(400), "400 days"),
        (wording.days(401), "13 months"),
        (wording.day(date(2026, 12, 24), date(2026, 1, 1)), "24 Dec"),
    ],
)
def test_numbers_are_written_in_plain_words(written: str, text: str) -> None:
    assert written == text


CENTS = st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)


@given(st.lists(st.tuples(st.text(max_size=5), CENTS), max_size=30))
def test_an_amount_is_the_exact_sum_of_its_evidence(rows: list[tuple[str, float]]) -> None:
    found = figure((FigureEvidence(text, value) for text, value in rows), FigureUnit.MONEY, "USD")
    assert round(found.value * 100) == sum(round(value * 100) for _, value in rows)
    assert math.isclose(found.value, math.fsum(one.value for one in found.evidence), abs_tol=0.0005)
    assert amount({"amount": found.value, "currency": "USD"}, "the same").text == found.text


@given(st.lists(st.text(min_size=1, max_size=8), max_size=20), st.integers(8, 80))
def test_the_parts_are_the_sentence(names: list[str], longest: int) -> None:
    people = count(Mention(name, name) for name in names)
    found = sentence("{people:# seat|# seats} for {who}", longest, people=people, who=Mention("Ada" * 30, "a"))
    assert "".join(part.text for part in found.parts) == found.text
    assert [part.figure for part in found.parts if part.figure is not None] == [people]


def test_a_sentence_that_ends_with_the_full_stop_of_a_name_has_one() -> None:
    assert sentence("it is {who}.", who=Mention("Calinex Inc.", "a")).text == "It is Calinex Inc."
    assert sentence("{who}. So is {other}.", who="Ada", other=Mention("Bo", "b")).text == "Ada. So is Bo."
