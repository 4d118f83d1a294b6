"""An identity provider: its discovery document and its public keys, kept for some time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from api.auth.fetching import FetchError, fetch_json, unreachable

log = logging.getLogger("kith.sign_in")

SECONDS_BETWEEN_FETCHES = 30.0
"""The shortest time between two requests for the keys, so that tokens with unknown keys cause few of them."""
_KEEP_SECONDS = 600.0
# While the provider does not answer, its keys are used for longer.
_MOST_SECONDS = 3600.0
_MOST_KEYS = 100
_DISCOVERY = "/.well-known/openid-configuration"


class Provider:
    """The provider at an issuer; `keys_url` is the URL of its keys, by default the one that it declares."""

    def __init__(
        self, issuer: str, keys_url: str | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.issuer, self._keys_url, self._clock = issuer, keys_url, clock
        self._lock = asyncio.Lock()
        self._document: dict[str, Any] | None = None
        self._document_at = 0.0
        self._keys: dict[str, Key] = {}
        self._keys_at: float | None = None
        self._tried_at: float | None = None

    async def endpoint(self, name: str) -> str:
        """Returns the URL of an endpoint, such as `token_endpoint`. Raises Unavailable."""
        try:
            return await self._endpoint(name)
        except FetchError as error:
            log.warning("The identity provider %s failed: %s.", self.issuer, error)
            raise unreachable(self.issuer) from error

    async def _endpoint(self, name: str) -> str:
        if self._document is None or self._clock() - self._document_at > _KEEP_SECONDS:
            found = await fetch_json(self.issuer.rstrip("/") + _DISCOVERY)
            if found.get("issuer") != self.issuer:
                raise FetchError(f"its issuer is {found.get('issuer')!r}, not {self.issuer!r}")
            self._document, self._document_at = found, self._clock()
        url = self._document.get(name)
        if not isinstance(url, str):
            raise FetchError(f"it declares no {name}")
        return url

    async def key(self, key_id: str) -> Key | None:
        """Returns the public key with an id; None if the provider has none. Raises Unavailable without any keys.

        An unknown id makes Kith fetch the keys again, but not more often than every SECONDS_BETWEEN_FETCHES.
        """
        known = key_id in self._keys
        # While one request reads the keys again, the others use those that are known.
        if not known or (self._age() > _KEEP_SECONDS and not self._lock.locked()):
            async with self._lock:
                if key_id not in self._keys or self._age() > _KEEP_SECONDS:
                    await self._refresh()
        if self._age() > _MOST_SECONDS:
            raise unreachable(self.issuer)
        return self._keys.get(key_id)

    def _age(self) -> float:
        return float("inf") if self._keys_at is None else self._clock() - self._keys_at

    async def _refresh(self) -> None:
        now = self._clock()
        if self._tried_at is not None and now - self._tried_at < SECONDS_BETWEEN_FETCHES:
            return
        self._tried_at = now
        try:
            found = await fetch_json(self._keys_url or await self._endpoint("jwks_uri"))
            self._keys, self._keys_at = _keys(found), self._clock()
        except FetchError as error:
            log.warning("The keys of the identity provider %s were not read: %s.", self.issuer, error)


def _keys(document: dict[str, Any]) -> dict[str, Key]:
    """Returns the public keys for signatures by their id; shared secrets and unknown kinds of keys are left out."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise FetchError("the document has no list of keys")
    keys: dict[str, Key] = {}
    for one in listed[:_MOST_KEYS]:
        if not isinstance(one, dict) or not isinstance(one.get("kid"), str) or one.get("use", "sig") != "sig":
            continue
        try:
            key = import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey):
            keys[one["kid"]] = key
    return keys
