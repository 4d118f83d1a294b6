"""Recurring times against a list of them that is made step by step from the start."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.recurrence import latest_time, next_time

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")


def naive(start: datetime, repeats: str, zone: str, count: int) -> list[datetime]:
    """The first times of a pattern: the local time of the start on each of its days."""
    first = start.astimezone(ZoneInfo(zone))
    found: list[datetime] = []
    step = 0
    while len(found) < count:
        if repeats == "MONTH":
            months = first.month - 1 + step
            year, month = first.year + months // 12, months % 12 + 1
            day = first.replace(year=year, month=month, day=min(first.day, calendar.monthrange(year, month)[1]))
        else:
            day = first + timedelta(days=step * (7 if repeats == "WEEK" else 1))
        step += 1
        if repeats != "WEEKDAY" or day.strftime("%a") not in ("Sat", "Sun"):
            found.append(day.astimezone(UTC))
    return found


@given(
    start=st.integers(0, 3 * 365 * 24 * 60).map(lambda one: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=one)),
    repeats=st.sampled_from(("DAY", "WEEKDAY", "WEEK", "MONTH")),
    zone=st.sampled_from(ZONES),
    minutes=st.integers(-100_000, 400_000),
)
def test_times_are_those_of_the_list(start: datetime, repeats: str, zone: str, minutes: int) -> None:
    at = start + timedelta(minutes=minutes)
    times = naive(start, repeats, zone, 300)
    assert latest_time(start, repeats, zone, at) == max((one for one in times if one <= at), default=None)
    assert next_time(start, repeats, zone, at) == min(one for one in times if one > at)


@pytest.mark.parametrize(("day", "hour"), [("2026-03-28", 7), ("2026-03-29", 6), ("2026-10-24", 6), ("2026-10-25", 7)])
def test_the_local_time_stays_when_clocks_change(day: str, hour: int) -> None:
    start = datetime(2026, 1, 1, 7, tzinfo=UTC)
    found = latest_time(start, "DAY", "Europe/Berlin", datetime.fromisoformat(f"{day}T20:00:00+00:00"))
    assert found is not None
    assert (found.date().isoformat(), found.hour) == (day, hour)
