"""Record ids: derived from a source key, or random."""

from __future__ import annotations

import hashlib
import secrets
from itertools import product

_SIZE = 15
_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(map("".join, product(_DIGITS, repeat=2)))


def uid(source: str, label: str, *key: str) -> str:
    """Returns the id of a record from its source, label and key: 24 characters, always the same.

    >>> uid("northwind", "Account", "QUICK")
    '6d4ohroza4prkbfltj6nc7fn'
    """
    text = "\x1f".join((source, label, *key))
    return _text(hashlib.blake2b(text.encode(), digest_size=_SIZE).digest())


def new_uid() -> str:
    """Returns a random id of 24 characters."""
    return _text(secrets.token_bytes(_SIZE))


def _text(digest: bytes) -> str:
    """The digest in base 32, faster than the standard library encodes it."""
    number, pairs = int.from_bytes(digest), _PAIRS
    first, second = number >> 60, number & 0xFFF_FFFF_FFFF_FFFF
    return (
        f"{pairs[first >> 50]}{pairs[first >> 40 & 1023]}{pairs[first >> 30 & 1023]}"
        f"{pairs[first >> 20 & 1023]}{pairs[first >> 10 & 1023]}{pairs[first & 1023]}"
        f"{pairs[second >> 50]}{pairs[second >> 40 & 1023]}{pairs[second >> 30 & 1023]}"
        f"{pairs[second >> 20 & 1023]}{pairs[second >> 10 & 1023]}{pairs[second & 1023]}"
    )
