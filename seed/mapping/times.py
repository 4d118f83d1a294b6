"""Formats of dates and times, and time zones, with the same meaning on every machine."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

NAMED_FORMATS = ("unix", "unix-ms", "excel", "excel1904")
"""Formats that count from a fixed moment."""

_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_WIDTHS = {"Y": 4, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "j": 3, "G": 4, "V": 2, "u": 1}
_KNOWN = {*_WIDTHS, "f", "z", "b", "B", "a", "A", "p", "%"}
_REFUSED = {
    "y": ("two digits do not say the century", "Use %Y, and complete the years in the source."),
    "Z": (
        "zone names have different meanings on different machines",
        'Use %z for offsets, or select the rows of each name with `where` and give its `zone`, such as "Etc/GMT+5".',
    ),
}
_LOCAL = ("its meaning depends on the machine", "Write the parts out, such as %Y-%m-%d.")
_ALTERNATIVES = ("mbBj", "dj", "HI", "YG", "aAu", "mV", "bV", "BV", "dV", "jV")
_NUMBER = f"%[{''.join(_WIDTHS)}]"
_ADJACENT = re.compile(_NUMBER * 2)
_FRACTION_ADJACENT = re.compile(f"{_NUMBER}%f|%f{_NUMBER}")


class FormatError(ValueError):
    """Raised for a format that is refused, with a message and a remedy as sentences."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def check_format(form: str, *, has_zone: bool) -> None:
    """Refuses a format that guesses, or that depends on the machine. Raises FormatError."""
    if form in NAMED_FORMATS:
        if has_zone and form.startswith("unix"):
            raise FormatError(f"{form!r} counts in UTC, so `zone` has no effect.", "Leave out `zone`.")
        return
    found = _DIRECTIVE.findall(form)
    for letter in found:
        if letter in _REFUSED or letter in ("c", "x", "X"):
            reason, remedy = _REFUSED.get(letter, _LOCAL)
            raise FormatError(f"%{letter} is refused: {reason}.", remedy)
        if letter not in _KNOWN:
            raise FormatError(f"%{letter} is not a supported directive.", f"Use {', '.join(sorted(_KNOWN))} after %.")
    there = set(found)
    if not there:
        raise FormatError(
            f"{form!r} is not a format.", f'Write it like "%d.%m.%Y", or give one of {", ".join(NAMED_FORMATS)}.'
        )
    if not there & {"Y", "G"}:
        raise FormatError(f"{form!r} leaves out the year.", "Combine the columns with `template`, and add %Y.")
    repeated = next((letter for letter in found if letter != "%" and found.count(letter) > 1), None)
    if repeated is not None:
        raise FormatError(f"%{repeated} occurs twice.", "Keep one.")
    for group in _ALTERNATIVES:
        both = [f"%{letter}" for letter in group if letter in there]
        if len(both) > 1:
            raise FormatError(f"{' and '.join(both)} could contradict each other.", "Keep one.")
    if ("I" in there) != ("p" in there):
        raise FormatError("%I and %p require each other.", "Use both for 12-hour times, or %H for 24-hour times.")
    if _FRACTION_ADJACENT.search(form) is not None:
        raise FormatError("%f has no fixed length, so it cannot touch another number.", "Use %S.%f.")
    if has_zone and "z" in there:
        raise FormatError("%z gives the offset, so `zone` has no effect.", "Leave out `zone`, or remove %z.")
    if "G" in there and not {"V", "u"} <= there:
        raise FormatError("%G requires %V and %u.", "Give the week and the weekday, or use %Y.")
    if "V" in there and "G" not in there:
        raise FormatError("%V requires %G and %u.", "Give the year of the week with %G.")


@lru_cache(maxsize=64)
def fixed_width(form: str) -> int | None:
    """The length of a text in a format whose numbers touch each other; None if its length is not fixed.

    >>> fixed_width("%Y%m%d"), fixed_width("%d.%m.%Y")
    (8, None)
    """
    letters = _DIRECTIVE.findall(form)
    if _ADJACENT.search(form) is None or not set(letters) <= {*_WIDTHS, "%"}:
        return None
    return len(_DIRECTIVE.sub("", form)) + sum(_WIDTHS.get(letter, 1) for letter in letters)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """A time zone from the pinned database, whatever the machine has. Raises FormatError."""
    database = resources.files("tzdata")
    if name in (database / "zones").read_text("utf-8").split():
        with (database / "zoneinfo").joinpath(*name.split("/")).open("rb") as file:
            return ZoneInfo.from_file(file, name)
    raise FormatError(f"{name!r} is not a time zone.", 'Give a name of the IANA database, such as "Europe/Berlin".')
