"""The rules of values: what each kind of property accepts, and that mutations and imports read the same declaration."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.models.formats import DUNS, EMAIL_ADDRESS, LEI, URL, Format
from graph.models.properties import Kind
from graph.validation import normalized, pair_problems, problem, visible
from graph.vocabulary import ENDPOINTS, ENTITIES, Property, entity

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVERY = [
    *((f"{one.label}.{name}", declared) for one in ENTITIES.values() for name, declared in one.properties.items()),
    *((f"{one.model.name}.{name}", of) for one in ENDPOINTS for name, of in one.model.properties.items()),
]


def of(place: str) -> Property:
    """A property by its place."""
    return dict(EVERY)[place]


def rule(place: str, value: Any) -> str | None:
    """The rule that a value of a property violates."""
    declared = of(place)
    found = problem(declared, normalized(declared, value), NOW)
    return None if found is None else found.rule


@pytest.mark.parametrize(
    ("format_", "right", "wrong"),
    [
        (EMAIL_ADDRESS, ["ada.smith@alder.example", "o'brien+x@a-b.co.uk", "josé@münchen.example"],
         ["ada", "@alder.example", "ada@", "ada@alder", "a b@alder.example", "a@b@alder.example", "a@-b.example"]),
        (URL, ["https://www.alder.example/a?b=1", "alder.example", "HTTP://ALDER.EXAMPLE:8080"],
         ["javascript:alert(1)", "ftp://alder.example", "https://", "alder", "https://u:p@alder.example", "a b.example",
          "data:text/html,x", "//alder.example", "http://[::1"]),
        (LEI, ["5493001KJTIIGC8Y1R12", " 5493001kjtiigc8y1r12 "], ["5493001KJTIIGC8Y1R13", "5493001KJTIIGC8Y1R1", "x"]),
        (DUNS, ["150483782", "15-048-3782", "15 048 3782"], ["15048378", "1504837821", "15048378a"]),
    ],
)  # fmt: skip
def test_a_format_accepts_what_fits_and_nothing_else(format_: Format, right: list[str], wrong: list[str]) -> None:
    assert all(format_.fits(format_.canonical(one)) for one in (*right, format_.example))
    assert not any(format_.fits(format_.canonical(one)) for one in wrong)


@pytest.mark.parametrize(
    ("place", "value", "wanted"),
    [
        ("Owns.sharePct", 150.0, "must be between 0 and 100"),
        ("Owns.sharePct", -10.0, "must be between 0 and 100"),
        ("Owns.minPct", 100.0, None),
        ("Account.creditLimit", Decimal("-0.01"), "must be at least 0"),
        ("Account.employees", -1, "must be at least 0"),
        ("Contact.emailAddress1", "ada@", "must be an email address"),
        ("Account.websiteUrl", "javascript:alert(1)", "must be a web address"),
        ("Account.duns", "12345678", "must be a D-U-N-S number of nine digits"),
        ("BranchOf.duns", "12345678", "must be a D-U-N-S number of nine digits"),
        ("Contact.birthDate", date(2026, 6, 1), None),
        ("Contact.birthDate", date(2026, 6, 2), "must not be after today, 2026-06-01"),
        ("Opportunity.actualCloseDate", date(1, 1, 1), "must not be before 1500-01-01"),
        ("Opportunity.actualCloseDate", date(9999, 12, 31), "must not be after today, 2026-06-01"),
        ("WorksAt.validFrom", NOW + timedelta(days=366), None),
        ("WorksAt.validFrom", datetime(2925, 1, 1, tzinfo=UTC), "is more than 366 days ahead"),
        ("Case.ticketNumber", "x" * 40_000, "must have at most 400 characters"),
        ("Account.name", "\u200b\ufeff\u2060", "must have a visible character"),
        ("Account.name", "\u3164", "must have a visible character"),
        ("Account.description", "a\0b", "must not contain the character U+0000 or a half of a surrogate pair"),
        ("Account.description", "\ud800", "must not contain the character U+0000 or a half of a surrogate pair"),
        ("WorksAt.roles", ["x"] * 1_001, "must have at most 1,000 items"),
        ("WorksAt.roles", ["\0"], "must not contain the character U+0000 or a half of a surrogate pair"),
    ],
)
def test_a_value_that_violates_a_rule_is_a_problem(place: str, value: Any, wanted: str | None) -> None:
    assert rule(place, value) == wanted


def test_a_value_below_another_is_a_problem() -> None:
    owns = next(one.model for one in ENDPOINTS if one.edge == "OWNS").properties
    assert [name for name, _ in pair_problems(owns, {"minPct": 75.0, "maxPct": 25.0})] == ["maxPct"]
    assert not [*pair_problems(owns, {"minPct": 25.0, "maxPct": 25.0}), *pair_problems(owns, {"maxPct": 25.0})]


@pytest.mark.parametrize(("place", "declared"), EVERY, ids=[place for place, _ in EVERY])
def test_every_declaration_can_be_met(place: str, declared: Property) -> None:
    if declared.kind is Kind.TEXT and declared.writable:
        assert rule(place, declared.format.example if declared.format else "x") is None
        assert rule(place, "x" * (declared.longest + 1)) is not None
    if declared.not_below is not None:
        label, name = place.split(".")
        owner = entity(label).properties if label in ENTITIES else next(
            one.model.properties for one in ENDPOINTS if one.model.name == label
        )  # fmt: skip
        assert owner[declared.not_below].kind is owner[name].kind


@given(st.text())
def test_texts_are_stored_in_one_normal_form(text: str) -> None:
    declared = of("Account.name")
    both = {normalized(declared, unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert both == {unicodedata.normalize("NFC", text)}


@given(st.text(st.sampled_from(" \t\u00a0\u200b\u200d\ufeff\u2060\u2800\u3164\ufe0f"), min_size=1))
def test_invisible_characters_make_no_text(text: str) -> None:
    assert not visible(text)
    assert visible(f"{text}Ö{text}")
