"""Recurring times: the same time of day in a time zone, on the days of a pattern."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from algorithms.registry import algorithm

_LONGEST_PAUSE = 32
"""More days than lie between two times of any pattern."""

_SATURDAY = 5

# Whether a day is one of a pattern that starts on another day.
_PATTERNS: dict[str, Callable[[date, date], bool]] = {
    "DAY": lambda _start, _day: True,
    "WEEKDAY": lambda _start, day: day.weekday() < _SATURDAY,
    "WEEK": lambda start, day: (day - start).days % 7 == 0,
    "MONTH": lambda start, day: day.day == min(start.day, calendar.monthrange(day.year, day.month)[1]),
}


@algorithm(reads=("startsAt", "repeats", "timeZone"), reference="RFC 5545, 3.3.10 Recurrence Rule")
def latest_time(start: datetime, repeats: str, zone: str, until: datetime) -> datetime | None:
    """Returns the last time of a pattern that is not after a timestamp; None before the first one.

    >>> start = datetime(2026, 1, 31, 8, tzinfo=UTC)
    >>> latest_time(start, "MONTH", "UTC", datetime(2026, 3, 1, tzinfo=UTC)).isoformat()
    '2026-02-28T08:00:00+00:00'
    """
    last = until.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    days = (last - timedelta(days=back) for back in range(_LONGEST_PAUSE + 2))
    return next((one for one in _times(start, repeats, zone, days) if one <= until), None)


@algorithm(reads=("startsAt", "repeats", "timeZone"), reference="RFC 5545, 3.3.10 Recurrence Rule")
def next_time(start: datetime, repeats: str, zone: str, after: datetime) -> datetime:
    """Returns the first time of a pattern after a timestamp.

    >>> start = datetime(2026, 3, 27, 8, tzinfo=UTC)
    >>> [next_time(start, "DAY", "Europe/Berlin", datetime(2026, 3, day, 12, tzinfo=UTC)).hour for day in (27, 28)]
    [8, 7]
    """
    first = max(after, start).astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    days = (first + timedelta(days=ahead) for ahead in range(_LONGEST_PAUSE + 2))
    return next(one for one in _times(start, repeats, zone, days) if one > after)


def _times(start: datetime, repeats: str, zone: str, days: Iterable[date]) -> Iterable[datetime]:
    """Yields the times on those of the days that belong to the pattern. One in the gap of a clock change is later."""
    first, belongs = start.astimezone(ZoneInfo(zone)), _PATTERNS[repeats]
    at: time = first.timetz()
    for day in days:
        if day >= first.date() and belongs(first.date(), day):
            yield datetime.combine(day, at).astimezone(UTC)
