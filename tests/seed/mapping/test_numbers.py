"""A notation of numbers is what its example shows: nothing is guessed, and nothing is cut."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.mapping.numbers import NotationError, notation
from seed.rows.values import UnfitError, decimal

NBSP, NARROW, CURLY, MINUS = "\u00a0", "\u202f", "\u2019", "\u2212"


@pytest.mark.parametrize(
    ("example", "text", "number"),
    [
        ("1 234,56", "1 234,56", "1234.56"),
        ("1 234,56", f"1{NBSP}234{NARROW}567,5", "1234567.5"),
        ("1 234,56", "1234,56", "1234.56"),
        ("1.234,56", "-1.234.567,00", "-1234567.00"),
        ("1'234.56", f"1{CURLY}234'567.8", "1234567.8"),
        ("1.234.567", "12.345,6", "12345.6"),
        ("12,34,567.00", "1,23,45,678.90", "12345678.90"),
        ("12,34,567.00", "999", "999"),
        ("1,2345,6789.0", "12,3456.5", "123456.5"),
        ("(500.00)", "(12.50)", "-12.50"),
        ("(500.00)", "12.50", "12.50"),
        ("(1,234.00)", "(1,234.5)", "-1234.5"),
        ("500.00-", "12.50-", "-12.50"),
        ("500.00-", "-12.50", "-12.50"),
        ("1.234,56 €-", "5,00 €-", "-5.00"),
        ("$500", "$499.99", "499.99"),
        ("$500", "-$5", "-5"),
        ("$500", "$-5", "-5"),
        ("$500", "500", "500"),
        ("($500.00)", "$(3)", "-3"),
        ("($500.00)", "($3)", "-3"),
        ("Rs. 12,34,567", "Rs.1,00,000.50", "100000.50"),
        ("CHF 1'234.50", "CHF 12", "12"),
        ("1.234,56 €", f"7,5{NBSP}€", "7.5"),
        ("12.5 %", "50%", "50"),
        ("1,234.56", f"{MINUS}5", "-5"),
        ("1,234.56", "+5", "5"),
        ("1,234.56", ".5", "0.5"),
    ],
)
def test_a_number_written_like_the_example_is_read(example: str, text: str, number: str) -> None:
    assert decimal(text, notation(example)) == Decimal(number)


@pytest.mark.parametrize(
    ("example", "text"),
    [
        ("1.234,56", "1,234.56"),
        ("1.234,56", "1.5"),
        ("1,234.56", "1,5"),
        ("1,234.56", "12,34,567"),
        ("12,34,567.00", "1,234,567"),
        ("1 234,56", "1 234.56"),
        ("1 234,56", "12 34"),
        ("500.00", "(500.00)"),
        ("500.00", "500.00-"),
        ("500.00", "$500.00"),
        ("500.00", "1,500.00"),
        ("$500", "500 $"),
        ("$500", "€500"),
        ("$500", "$$5"),
        ("(500.00)", "(-500)"),
        ("(500.00)", "(500"),
        ("(500.00)", "()"),
        ("500.00-", "-500-"),
        ("500.00-", "--500"),
        ("12.5 %", "0.5"),
        ("1,234.56", "5."[:0]),
        ("1,234.56", "1,2345"),
        ("1,234.56", "12e3"),
        ("1,234.56", "+-5"),
        ("$500", "$"),
    ],
)
def test_a_number_in_another_notation_is_refused(example: str, text: str) -> None:
    with pytest.raises(UnfitError, match="is not a number written like"):
        decimal(text, notation(example))


@pytest.mark.parametrize(
    ("example", "problem"),
    [
        ("1,234", "could be a decimal mark or a group separator"),
        ("1.234", "could be a decimal mark or a group separator"),
        ("abc", "contains no digits"),
        ("", "contains no digits"),
        ("$5€", "symbol on both sides"),
        ("1.234,5,6", "contradict each other"),
        ("1,234 567.8", "contradict each other"),
        ("+5-", "Its signs contradict"),
        ("(-5)", "Its signs contradict"),
        ("1,2,3", "no regular size"),
        ("12,345,67.0", "no regular size"),
        ("1_000", "neither a decimal mark nor a group separator"),
    ],
)
def test_an_example_that_shows_no_notation_is_refused(example: str, problem: str) -> None:
    with pytest.raises(NotationError, match=problem):
        notation(example)


@given(
    st.integers(-(10**12), 10**12),
    st.integers(0, 99),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), (" ", ".")]),
    st.sampled_from(["{}", "${}", "{} €", "({})", "{}-", "EUR {}"]),
)
def test_a_written_number_is_read_back(units: int, hundredths: int, marks: tuple[str, str], form: str) -> None:
    group, mark = marks

    def written(number: int, decimals: int) -> str:
        return (
            f"{abs(number):,}{mark}{decimals:02}".replace(",", group)
            if mark != ","
            else (f"{abs(number):,}".replace(",", group) + f",{decimals:02}")
        )

    signed = form if any(sign in form for sign in "()-") else "-" + form
    text = (signed if units < 0 else form.strip("()-")).format(written(units, hundredths))
    expected = Decimal(f"{abs(units)}.{hundredths:02}") * (-1 if units < 0 else 1)
    assert decimal(text, notation(form.format(written(1234567, 0)))) == expected


@pytest.mark.parametrize("text", ["1" * 29, "0." + "1" * 29, "1.00000000000000000000000000001"])
def test_more_digits_than_arithmetic_keeps_are_refused_and_not_rounded(text: str) -> None:
    with pytest.raises(UnfitError, match="more than 28 digits"):
        decimal(text)
