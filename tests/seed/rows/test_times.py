"""Times are read as their format and zone say, on every machine alike."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from seed.mapping.times import FormatError, check_format, zone
from seed.rows.times import day, moment
from seed.rows.values import UnfitError

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ("%d.%m.%y", "%y is refused: two digits do not say the century"),
        ("%Y-%m-%d %H:%M:%S %Z", "%Z is refused: zone names have different meanings"),
        ("%c", "%c is refused: its meaning depends on the machine"),
        ("%x", "%x is refused"),
        ("%Y %X", "%X is refused"),
        ("%Y %U", "%U is not a supported directive"),
        ("%Y-%m-%d %s", "%s is not a supported directive"),
        ("%Y-%", "% is not a supported directive"),
        ("%d.%m.", "leaves out the year"),
        ("%H:%M", "leaves out the year"),
        ("%Y-%m-%d %I:%M", "%I and %p require each other"),
        ("%Y-%m-%d %H:%M %p", "%I and %p require each other"),
        ("%Y-%m-%d %H%M%S%f", "%f has no fixed length"),
        ("%Y-%m-%m", "%m occurs twice"),
        ("%Y %m %b", "%m and %b could contradict each other"),
        ("%Y-%m %j", "%m and %j could contradict each other"),
        ("%Y %H %I %p", "%H and %I could contradict each other"),
        ("%G-%V", "%G requires %V and %u"),
        ("%Y-%V", "%V requires %G"),
        ("YYYY-MM-DD", "is not a format"),
    ],
)
def test_a_format_that_guesses_or_depends_on_the_machine_is_refused(form: str, problem: str) -> None:
    with pytest.raises(FormatError, match=problem) as caught:
        check_format(form, has_zone=False)
    assert caught.value.remedy


@pytest.mark.parametrize("form", ["%Y-%m-%d %z", "unix", "unix-ms"])
def test_a_zone_without_an_effect_is_refused(form: str) -> None:
    check_format(form, has_zone=False)
    with pytest.raises(FormatError, match="`zone` has no effect"):
        check_format(form, has_zone=True)


@pytest.mark.parametrize("name", ["Nowhere", "../../etc/passwd", "America", "EDT", ""])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="is not a time zone"):
        zone(name)


@pytest.mark.parametrize(
    ("local", "fold", "hour"),
    [
        ("2026-01-15 10:00:00", None, datetime(2026, 1, 15, 15, tzinfo=UTC)),
        ("2026-07-15 10:00:00", None, datetime(2026, 7, 15, 14, tzinfo=UTC)),
        ("2026-07-15 10:00:00+02:00", None, datetime(2026, 7, 15, 8, tzinfo=UTC)),
        ("2026-03-08 02:30:00", "first", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        ("2026-03-08 02:30:00", "second", datetime(2026, 3, 8, 6, 30, tzinfo=UTC)),
        ("2026-11-01 01:30:00", "first", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("2026-11-01 01:30:00", "second", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_one_of_its_zone(local: str, fold: str | None, hour: datetime) -> None:
    assert moment(local, zone_name=NEW_YORK, fold=fold) == hour


@pytest.mark.parametrize(
    ("local", "problem"),
    [("2026-03-08 02:30:00", "does not exist"), ("2026-11-01 01:30:00", "occurs twice")],
)
def test_a_time_that_clocks_skip_or_repeat_is_refused_without_fold(local: str, problem: str) -> None:
    with pytest.raises(UnfitError, match=f"{problem} in America/New_York") as caught:
        moment(local, zone_name=NEW_YORK)
    assert "fold" in caught.value.hint


def test_a_zone_is_the_same_on_a_machine_in_another_zone_and_without_a_database() -> None:
    code = (
        "from seed.rows.times import moment;"
        f"print(moment('15.07.2026 10:00', '%d.%m.%Y %H:%M', '{NEW_YORK}'), moment('2026-07-15 10:00'))"
    )
    for name in ("UTC", "Asia/Tokyo"):
        environment = {**os.environ, "TZ": name, "PYTHONTZPATH": "", "LC_ALL": "C"}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["2026-07-15", "14:00:00+00:00", "2026-07-15", "10:00:00+00:00"]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("45292", "excel", datetime(2024, 1, 1, tzinfo=UTC)),
        ("45292.4166666667", "excel", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("1", "excel", datetime(1900, 1, 1, tzinfo=UTC)),
        ("59", "excel", datetime(1900, 2, 28, tzinfo=UTC)),
        ("61", "excel", datetime(1900, 3, 1, tzinfo=UTC)),
        ("43830", "excel1904", datetime(2024, 1, 1, tzinfo=UTC)),
        ("1700000000250", "unix-ms", datetime(2023, 11, 14, 22, 13, 20, 250000, tzinfo=UTC)),
        ("15-Jan-2024 2:05 PM", "%d-%b-%Y %I:%M %p", datetime(2024, 1, 15, 14, 5, tzinfo=UTC)),
        ("20240115", "%Y%m%d", datetime(2024, 1, 15, tzinfo=UTC)),
        ("2026-W05-1", "%G-W%V-%u", datetime(2026, 1, 26, tzinfo=UTC)),
        ("2024-01-31 24:00"[:10], "%Y-%m-%d", datetime(2024, 1, 31, tzinfo=UTC)),
    ],
)
def test_named_and_written_formats_are_read(text: str, form: str, expected: datetime) -> None:
    check_format(form, has_zone=False)
    assert moment(text, form) == expected


@pytest.mark.parametrize(
    ("text", "form", "problem"),
    [
        ("60", "excel", "29 February 1900"),
        ("-1", "excel", "serial number"),
        ("1e9", "excel", "serial number"),
        ("45.292,5", "excel", "not a number"),
        ("1112024", "%d%m%Y", "8 characters"),
        ("2024115", "%Y%m%d", "8 characters"),
        ("12.05.45", "%d.%m.%Y", "not a date in the format"),
        ("1e99", "unix", "beyond the year 9999"),
        ("1e999", "unix-ms", "beyond the year 9999"),
    ],
)
def test_what_would_have_to_be_guessed_is_refused(text: str, form: str, problem: str) -> None:
    with pytest.raises(UnfitError, match=problem):
        moment(text, form)


def test_a_serial_number_with_a_time_is_no_date() -> None:
    assert day("45292", "excel") == date(2024, 1, 1)
    with pytest.raises(UnfitError, match="time of day"):
        day("45292.5", "excel")
