"""Where the ids come from."""

from __future__ import annotations

import base64
import hashlib
import secrets


def uid(source: str, label: str, *key: str) -> str:
    """The id of the record of that label with that key in that source: 24 characters, always the same.

    >>> uid("northwind", "Account", "QUICK")
    '6d4ohroza4prkbfltj6nc7fn'
    """
    digest = hashlib.blake2b("\x1f".join((source, label, *key)).encode(), digest_size=15).digest()
    return base64.b32encode(digest).decode().lower()


def new_uid() -> str:
    """An id nothing has had before: 24 characters."""
    return base64.b32encode(secrets.token_bytes(15)).decode().lower()
