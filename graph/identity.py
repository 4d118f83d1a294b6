"""Record ids: derived from a source key, or random."""

from __future__ import annotations

import base64
import hashlib
import secrets


def uid(source: str, label: str, *key: str) -> str:
    """Returns the id of a record from its source, label and key: 24 characters, always the same.

    >>> uid("northwind", "Account", "QUICK")
    '6d4ohroza4prkbfltj6nc7fn'
    """
    digest = hashlib.blake2b("\x1f".join((source, label, *key)).encode(), digest_size=15).digest()
    return base64.b32encode(digest).decode().lower()


def new_uid() -> str:
    """Returns a random id of 24 characters."""
    return base64.b32encode(secrets.token_bytes(15)).decode().lower()
