"""Random secrets, of which only a digest is stored."""

from __future__ import annotations

import hashlib
from secrets import token_urlsafe

_BYTES = 32


def new_secret() -> str:
    """Returns a secret of 256 random bits, as text that is safe in a URL and in a cookie."""
    return token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """Returns the SHA-256 of a secret. A secret of 256 random bits needs no slower hash.

    >>> digest("kith")[:16]
    '5a09c9bca17cc3a1'
    """
    return hashlib.sha256(secret.encode()).hexdigest()
