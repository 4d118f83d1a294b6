"""Converts cells to dates and timestamps: exactly as written, or not at all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from seed.mapping.times import NAMED_FORMATS, fixed_width, zone
from seed.rows.values import UnfitError, decimal

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r" ?(?:Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SERIAL_DAYS = {"excel": datetime(1899, 12, 30), "excel1904": datetime(1904, 1, 1)}  # noqa: DTZ001  local times
_LEAP_DAY_1900 = 60  # Excel counts the day 1900-02-29, which did not exist
_LARGEST_SECONDS = 12  # the exponent of the number of seconds


def day(text: str, form: str | None = None) -> date:
    """A date, ISO 8601 or by a format; UnfitError for a time of day other than midnight.

    >>> day("1996-07-04"), day("1996-07-04 00:00:00.000"), day("1996", "%Y"), day("45292", "excel")
    (datetime.date(1996, 7, 4), datetime.date(1996, 7, 4), datetime.date(1996, 1, 1), datetime.date(2024, 1, 1))
    """
    if form is None and _ISO_DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise UnfitError(f"is not a date: {error}") from None
    found = moment(text, form)
    if found.timetz().replace(tzinfo=None) != time():
        raise UnfitError("has a time of day, but the property stores only a date")
    return found.date()


def moment(text: str, form: str | None = None, zone_name: str | None = None, fold: str | None = None) -> datetime:
    """A timestamp in UTC: ISO 8601, by a strptime format, or by a named one.

    A time without an offset is local in the zone, or UTC. One that the zone's clocks skip or repeat needs `fold`.

    >>> moment("2024-01-31T10:00:00+02:00")
    datetime.datetime(2024, 1, 31, 8, 0, tzinfo=datetime.timezone.utc)
    >>> moment("1700000000.25", "unix")
    datetime.datetime(2023, 11, 14, 22, 13, 20, 250000, tzinfo=datetime.timezone.utc)
    >>> moment("2024-01-31T10:00", zone_name="America/New_York")
    datetime.datetime(2024, 1, 31, 15, 0, tzinfo=datetime.timezone.utc)

    Raises UnfitError.
    """
    try:
        found = _parsed(text, form)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
        return found.replace(tzinfo=UTC) if zone_name is None else _from_zone(found, zone_name, fold)
    except UnfitError:
        raise
    except (ValueError, OverflowError) as error:
        if form is None or form in NAMED_FORMATS:
            raise UnfitError(f"is not a date and time: {error}") from None
        raise UnfitError(f"is not a date in the format {form!r}", "give another `format` in the mapping") from None


def _parsed(text: str, form: str | None) -> datetime:
    if form is None:
        return _iso(text)
    if form == "unix":
        return _since_epoch(decimal(text))
    if form == "unix-ms":
        return _since_epoch(decimal(text).scaleb(-3))
    if form in _SERIAL_DAYS:
        return _serial(decimal(text), form)
    width = fixed_width(form)
    if width is not None and len(text) != width:
        raise UnfitError(f"does not have the {width} characters of the format {form!r}", "complete its leading zeros")
    return datetime.strptime(text, form)  # noqa: DTZ007  the caller adds the zone


def _from_zone(local: datetime, name: str, fold: str | None) -> datetime:
    """The moment of a local time."""
    there = zone(name)
    first, second = local.replace(tzinfo=there, fold=0), local.replace(tzinfo=there, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if fold is None:
        exists = first.astimezone(UTC).astimezone(there).replace(tzinfo=None) == local
        problem = "occurs twice" if exists else "does not exist"
        raise UnfitError(
            f"{problem} in {name}, because the clocks change then", 'decide with `fold = "first"` or "second"'
        )
    return (first if fold == "first" else second).astimezone(UTC)


def _iso(text: str) -> datetime:
    match = _ISO_MOMENT.fullmatch(text)
    if match is None:
        raise UnfitError("is not an ISO 8601 date and time", "for another form, give `format` in the mapping")
    fraction = match["fraction"]
    if fraction and fraction[6:].strip("0"):
        raise UnfitError("is more precise than a microsecond")
    return datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", "").replace("z", "Z"))


def _since_epoch(seconds: Decimal) -> datetime:
    if seconds.adjusted() > _LARGEST_SECONDS:
        raise UnfitError("is beyond the year 9999")
    microseconds = seconds * 1_000_000
    if microseconds != microseconds.to_integral_value():
        raise UnfitError("is more precise than a microsecond")
    try:
        return _EPOCH + timedelta(microseconds=int(microseconds))
    except OverflowError:
        raise UnfitError("is beyond the year 9999") from None


def _serial(days: Decimal, form: str) -> datetime:
    """The local time of a serial number of a spreadsheet, rounded to a millisecond."""
    if days < 0 or days.adjusted() >= 7:
        raise UnfitError("is not the serial number of a day")
    if form == "excel" and int(days) == _LEAP_DAY_1900:
        raise UnfitError("is 29 February 1900, which did not exist")
    early = timedelta(days=form == "excel" and days < _LEAP_DAY_1900)
    return _SERIAL_DAYS[form] + early + timedelta(milliseconds=int((days * 86_400_000).to_integral_value()))
