"""Formats of texts, such as an email address: declared once, and checked by mutations and imports alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Format:
    """A format of a text: its name and an example for messages, and a test of a text in its canonical notation."""

    noun: str
    example: str
    fits: Callable[[str], bool]
    canonical: Callable[[str], str] = _same


_ADDRESS = re.compile(r"[^\s@<>(),;:\"\\]{1,64}@(?P<domain>[^\s@<>(),;:\"\\/]{1,253})")
_HOST = re.compile(r"(?=.{1,253}$)[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)+\.?")
_URL = re.compile(r"(?:https?://)?[^\s<>\"\\]+", re.IGNORECASE)
_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_DUNS = re.compile(r"[0-9]{9}")
_REPORT = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    return found is not None and ".." not in text and _HOST.fullmatch(found["domain"]) is not None


def _is_url(text: str) -> bool:
    """Whether a text is a web address, with or without `http://`; another scheme could run code in a browser."""
    if _URL.fullmatch(text) is None:
        return False
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port, host = parts.port, parts.hostname
    except ValueError:
        return False
    plain = parts.username is None and (port is None or port > 0)
    return plain and parts.scheme in ("http", "https") and _HOST.fullmatch(host or "") is not None


def _is_lei(text: str) -> bool:
    """Whether the check digits of a Legal Entity Identifier are right: ISO 7064, MOD 97-10."""
    if _LEI.fullmatch(text) is None:
        return False
    return int("".join(str(int(character, 36)) for character in text)) % 97 == 1


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


EMAIL_ADDRESS = Format("an email address", "ada@alder.example", _is_address)
URL = Format("a web address", "https://www.alder.example", _is_url)
LEI = Format(
    "a Legal Entity Identifier with correct check digits",
    "5493001KJTIIGC8Y1R12",
    _is_lei,
    lambda text: text.strip().upper(),
)
DUNS = Format(
    "a D-U-N-S number of nine digits",
    "150483782",
    lambda text: _DUNS.fullmatch(text) is not None,
    lambda text: text.strip().replace("-", "").replace(" ", ""),
)
REPORT_NAME = Format("the name of a report", "account-brief", lambda text: _REPORT.fullmatch(text) is not None)
TIME_ZONE = Format("a time zone of the IANA database", "Europe/Berlin", lambda text: text in _time_zones())
