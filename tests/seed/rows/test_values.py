"""Every conversion gives exactly what was written, or refuses."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.mapping.numbers import notation
from seed.rows.times import day, moment
from seed.rows.values import UnfitError, as_cell, decimal, double, truth, whole


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4))
def test_a_plain_decimal_is_read_back_exactly(number: Decimal) -> None:
    assert decimal(format(number, "f")) == number


@given(st.integers(-(10**12), 10**12), st.integers(0, 99))
def test_a_grouped_number_is_the_same_number_in_either_notation(units: int, hundredths: int) -> None:
    english = f"{units:,}.{hundredths:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert (
        decimal(english, notation("1,234.5"))
        == decimal(german, notation("1.234,5"))
        == Decimal(english.replace(",", ""))
    )


FULLWIDTH = chr(0xFF11) + chr(0xFF12)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,234.5", "1_000", "0x1F", "nan", "inf", "1 000", "12-", FULLWIDTH, "$5", "--1"]
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(UnfitError):
        decimal(text)


@pytest.mark.parametrize(
    ("text", "mark"), [("1.5", ","), ("1.23,4", ","), ("12,34.5", "."), ("1,5", "."), ("1,2,3", ",")]
)
def test_a_number_that_does_not_fit_its_decimal_mark_is_refused(text: str, mark: str) -> None:
    with pytest.raises(UnfitError):
        decimal(text, notation("1.234,5" if mark == "," else "1,234.5"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_survives_its_own_text(value: float) -> None:
    assert double(decimal(str(as_cell(value)))) == value


def test_a_number_too_large_for_a_double_is_refused() -> None:
    with pytest.raises(UnfitError, match="too large"):
        double(Decimal("1e400"))


@given(st.integers())
def test_a_whole_number_fits_in_32_bits_or_is_refused(number: int) -> None:
    if -(2**31) <= number < 2**31:
        assert whole(Decimal(number)) == number
    else:
        with pytest.raises(UnfitError):
            whole(Decimal(number))


def test_a_fraction_is_no_whole_number() -> None:
    with pytest.raises(UnfitError, match="whole"):
        whole(Decimal("12.5"))


@given(
    st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8))])
    )
)
def test_a_moment_is_read_back_in_utc(value: datetime) -> None:
    try:
        expected = value.astimezone(UTC)
    except OverflowError:
        return
    assert moment(value.isoformat()) == moment(value.isoformat(" ")) == expected
    assert moment(value.isoformat()).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("1996-07-04 00:00:00.000", None, datetime(1996, 7, 4, tzinfo=UTC)),
        ("1996-07-04", None, datetime(1996, 7, 4, tzinfo=UTC)),
        ("2024-01-31T10:00Z", None, datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("2024-01-31 10:00:01.500000 +02:00", None, datetime(2024, 1, 31, 8, 0, 1, 500000, tzinfo=UTC)),
        ("31/01/2024 23:59", "%d/%m/%Y %H:%M", datetime(2024, 1, 31, 23, 59, tzinfo=UTC)),
        ("-1", "unix", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2024-01-31T00:00:00.123456000", None, datetime(2024, 1, 31, 0, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_moments_without_a_zone_are_utc(text: str, form: str | None, expected: datetime) -> None:
    assert moment(text, form) == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("yesterday", None),
        ("1996-13-01", None),
        ("19960704", None),
        ("2024-01-31T00:00:00.1234567", None),
        ("31/01/2024", "%Y-%m-%d"),
        ("0.0000001", "unix"),
        ("99999999999999", "unix"),
        ("0001-01-01T00:00:00+10:00", None),
    ],
)
def test_what_is_no_moment_or_finer_than_is_kept_is_refused(text: str, form: str | None) -> None:
    with pytest.raises(UnfitError):
        moment(text, form)


@given(st.dates())
def test_a_day_is_read_back(value: date) -> None:
    assert day(value.isoformat()) == day(f"{value.isoformat()} 00:00:00") == value


def test_a_time_of_day_is_never_cut_from_a_day() -> None:
    with pytest.raises(UnfitError, match="time of day"):
        day("1996-07-04 08:00:00")


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(UnfitError, match="not a date"):
        day("1996-02-30")


@pytest.mark.parametrize("text", ["TRUE", "yes", "Y", "t", "1"])
def test_true_has_several_spellings(text: str) -> None:
    assert truth(text) is True


@pytest.mark.parametrize("text", ["", "maybe", "2", "on"])
def test_what_is_neither_true_nor_false_is_refused(text: str) -> None:
    with pytest.raises(UnfitError):
        truth(text)


def test_typed_cells_become_the_text_a_csv_would_have() -> None:
    cells = [None, "x", True, 3, 2.5, Decimal("1E+2"), date(2024, 1, 31), datetime(2024, 1, 31, tzinfo=UTC), math.pi]
    assert [as_cell(cell) for cell in cells] == [
        None, "x", "true", "3", "2.5", "100", "2024-01-31", "2024-01-31T00:00:00+00:00", "3.141592653589793",
    ]  # fmt: skip


def test_a_nested_object_is_no_cell() -> None:
    with pytest.raises(UnfitError):
        as_cell({"a": 1})
