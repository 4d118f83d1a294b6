"""Sessions of browsers: created at a sign-in, found by a secret in a cookie, ended at any time.

A session is read from the database at each request, so one that was ended does not work at the next request.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from graph.errors import KithError
from graph.joining import Join
from graph.sign_in.passwords import VerifiedPassword
from graph.sign_in.secrets import digest, new_secret
from graph.store import Bound, Statement, Store

_SECONDS_BETWEEN_TOUCHES = 60
_UNUSED = {"01N52": "no session was created yet", "01N50": "no password is stored yet"}

_FIND = Statement(
    "sign_in.session",
    """MATCH (session:SignInSession {digest: $digest})
WHERE session.expiresAt > $now AND session.lastUsedAt > $now - duration({seconds: $idle})
MATCH (user:User {uid: session.userId}) WHERE NOT coalesce(user.isDisabled, false)
RETURN {user: user.uid, stale: session.lastUsedAt < $now - duration({seconds: $stale})} AS found""",
    expected=_UNUSED,
)

# The same for several requests that arrive at the same time.
_FIND_TOGETHER = Statement(
    "sign_in.sessions",
    """UNWIND $items AS item
MATCH (session:SignInSession {digest: item.digest})
WHERE session.expiresAt > item.now AND session.lastUsedAt > item.now - duration({seconds: $idle})
MATCH (user:User {uid: session.userId}) WHERE NOT coalesce(user.isDisabled, false)
RETURN collect([item.at, {user: user.uid, stale: session.lastUsedAt < item.now - duration({seconds: $stale})}])
  AS found""",
    expected=_UNUSED,
)
_JOIN = Join(_FIND_TOGETHER.text, frozenset({"digest", "now"}))

_TOUCH = Statement(
    "sign_in.touch",
    "MATCH (session:SignInSession {digest: $digest}) WHERE session.lastUsedAt < $now SET session.lastUsedAt = $now "
    "RETURN count(session) AS touched",
    expected=_UNUSED,
)

# Each sign-in deletes some sessions that have expired.
_CREATE = Statement(
    "sign_in.create_session",
    """MATCH (user:User {uid: $user}) WHERE NOT coalesce(user.isDisabled, false)
CREATE (session:SignInSession {digest: $digest, userId: user.uid})
SET session.createdAt = $now, session.lastUsedAt = $now, session.expiresAt = $expiresAt
WITH session
CALL (session) {
  MATCH (old:SignInSession) WHERE old.expiresAt <= $now AND old <> session
  WITH old ORDER BY old.expiresAt LIMIT 20
  DELETE old
}
RETURN session.digest AS created""",
    expected=_UNUSED,
)

# The first SET takes a write lock, so that a password that is changed meanwhile is seen.
_HOLD_PASSWORD = Statement(
    "sign_in.hold_password",
    """MATCH (password:SignInPassword {userId: $user})
SET password.usedAt = $now
WITH password WHERE password.hash = $hash
RETURN password.userId AS held""",
    expected=_UNUSED,
)

_END = Statement(
    "sign_in.end_session",
    "MATCH (session:SignInSession {digest: $digest}) DELETE session RETURN count(session) AS ended",
    expected=_UNUSED,
)


class _ChangedError(Exception):
    """Rolls back a sign-in whose password or user was changed meanwhile."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """The time after which a session ends: without a request, and in any case."""

    idle: timedelta
    absolute: timedelta


class Sessions:
    """The sessions in a store."""

    def __init__(self, store: Store, limits: SessionLimits) -> None:
        self._reads, self._writes, self.limits = store.reads, store.writes, limits
        self._idle = int(limits.idle.total_seconds())
        self._touching: set[str] = set()

    async def create(self, user: str, *, password: VerifiedPassword | None = None) -> str | None:
        """Creates a session and returns its secret; None if the user or the password was changed meanwhile."""
        secret, now = new_secret(), datetime.now(UTC)
        statements: list[Bound] = []
        if password is not None:
            statements.append(_HOLD_PASSWORD.bind(user=user, hash=password.hash, now=now))
        statements.append(_CREATE.bind(user=user, digest=digest(secret), now=now, expiresAt=now + self.limits.absolute))

        def check(value: object) -> None:
            if value is None:
                raise _ChangedError

        try:
            await self._writes.change(*statements, check=check)
        except _ChangedError:
            return None
        return secret

    async def user(self, secret: str) -> str | None:
        """Returns the id of the user of a session; None if the session ended or the user may not sign in."""
        now, digested = datetime.now(UTC), digest(secret)
        bound = _FIND.bind(digest=digested, now=now, idle=self._idle, stale=_SECONDS_BETWEEN_TOUCHES)
        found = await self._reads.ask(replace(bound, join=_JOIN))
        if found is None:
            return None
        if found["stale"] and digested not in self._touching:
            await self._touch(digested, now)
        return str(found["user"])

    async def _touch(self, digested: str, now: datetime) -> None:
        """Stores that the session is in use. If that fails, the request goes on."""
        self._touching.add(digested)
        try:
            with suppress(KithError):
                await self._writes.change(_TOUCH.bind(digest=digested, now=now))
        finally:
            self._touching.discard(digested)

    async def end(self, secret: str) -> None:
        """Ends a session, if it exists."""
        await self._writes.change(_END.bind(digest=digest(secret)))
