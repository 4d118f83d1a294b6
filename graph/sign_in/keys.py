"""API keys of programs: each belongs to a user, and is named by its prefix."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graph.errors import Invalid, KithError, NotFound
from graph.known import Known, Moment
from graph.sign_in.secrets import digest, new_secret
from graph.store import Reads, Statement, Store, Writes
from graph.unrecorded import UNUSED

BEGIN = "kith_"
"""The beginning of each API key, by which it is recognized."""
SCOPES = {"read": ("read",), "write": ("read", "write")}
"""The permissions by the name of a scope."""

_SECONDS_BETWEEN_TOUCHES = 60
_PREFIX_DIGITS = 8
_UNUSED = {"01N52": "no API key was created yet"}

_FIND = Statement(
    "sign_in.key",
    """MATCH (key:ApiKey {digest: $digest})
WHERE key.revokedAt IS NULL AND coalesce(key.expiresAt > $now, true)
MATCH (user:User {uid: key.userId}) WHERE NOT coalesce(user.isDisabled, false)
RETURN {user: user.uid, scopes: key.scopes, until: key.expiresAt,
  stale: coalesce(key.lastUsedAt < $now - duration({seconds: $stale}), true)} AS found""",
    expected=_UNUSED,
)

_TOUCH = Statement(
    "sign_in.touch_key",
    "MATCH (key:ApiKey {digest: $digest}) SET key.lastUsedAt = $now RETURN count(key) AS touched",
    expected=_UNUSED,
)

_CREATE = Statement(
    "sign_in.create_key",
    """MATCH (user:User {uid: $user})
CREATE (key:ApiKey {prefix: $prefix, digest: $digest, userId: user.uid})
SET key.name = $name, key.scopes = $scopes, key.createdAt = $now, key.expiresAt = $expiresAt
RETURN key.prefix AS created""",
    expected=_UNUSED,
)

_REVOKE = Statement(
    "sign_in.revoke_key",
    # The mark is part of the position of the graph, see `graph.unrecorded`.
    "MATCH (key:ApiKey {prefix: $prefix}) SET key.revokedAt = coalesce(key.revokedAt, $now) "
    "MERGE (keys:Lock {name: 'keys'}) SET keys.token = randomUUID() RETURN count(key) AS revoked",
    expected={**_UNUSED, **UNUSED},
)

LIST = Statement(
    "sign_in.keys",
    """MATCH (key:ApiKey)
OPTIONAL MATCH (user:User {uid: key.userId})
WITH key, user ORDER BY key.createdAt
RETURN collect(key{.prefix, .name, .scopes, .createdAt, .expiresAt, .lastUsedAt, .revokedAt,
  email: user.emailAddress1}) AS keys""",
    expected=_UNUSED,
)


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """The user of an API key, and what the key permits."""

    user: str
    scopes: frozenset[str]


async def create_key(writes: Writes, user: str, name: str, scope: str, lifetime: timedelta | None) -> str:
    """Creates an API key and returns it; it cannot be read again. Raises Invalid for an unknown scope."""
    if scope not in SCOPES:
        raise Invalid(f"The scope must be {' or '.join(SCOPES)}; got {scope!r}.", remedy="Choose one of them.")
    prefix, now = secrets.token_hex(_PREFIX_DIGITS // 2), datetime.now(UTC)
    key = f"{BEGIN}{prefix}_{new_secret()}"
    bound = _CREATE.bind(
        user=user, prefix=prefix, digest=digest(key), name=name, scopes=list(SCOPES[scope]), now=now,
        expiresAt=None if lifetime is None else now + lifetime,
    )  # fmt: skip
    if await writes.change(bound) is None:
        raise NotFound(f"No user has the id {user!r}.", remedy="List the users with `python -m graph user list`.")
    return key


async def revoke_key(writes: Writes, prefix: str) -> None:
    """Revokes an API key, which stops working at the next request. Raises NotFound."""
    if not await writes.change(_REVOKE.bind(prefix=prefix, now=datetime.now(UTC))):
        raise NotFound(f"No API key has the prefix {prefix!r}.", remedy="List them with `python -m graph key list`.")


async def list_keys(reads: Reads) -> list[dict[str, Any]]:
    """Returns all API keys, the oldest first, without their secrets."""
    found: list[dict[str, Any]] = await reads.ask(LIST.bind())
    return found


async def _read(store: Store, digested: str, now: datetime) -> tuple[KeyOwner | None, datetime]:
    """The user of an API key, and until when the key is not read again, which stores that it is in use."""
    until = now + timedelta(seconds=_SECONDS_BETWEEN_TOUCHES)
    found = await store.reads.ask(_FIND.bind(digest=digested, now=now, stale=_SECONDS_BETWEEN_TOUCHES))
    if found is None:
        return None, now
    if found["stale"]:
        # If this fails, the request goes on; only the time of the last use is not stored.
        with suppress(KithError):
            await store.writes.change(_TOUCH.bind(digest=digested, now=now))
    ends = found["until"]
    return KeyOwner(found["user"], frozenset(found["scopes"])), until if ends is None else min(until, ends.to_native())


class KnownKeys:
    """The users of API keys as they are now; they are read again after a change in the graph, and once a minute."""

    def __init__(self, store: Store) -> None:
        self._store, self._known = store, Known[KeyOwner | None]()

    async def owner(self, key: str, moment: Moment) -> KeyOwner | None:
        """Returns the user of a key at the moment of a request.

        None if the key is unknown, expired or revoked, or the user may not sign in.
        """
        digested, now = digest(key), datetime.now(UTC)
        return await self._known.of(digested, moment, now, lambda: _read(self._store, digested, now))
