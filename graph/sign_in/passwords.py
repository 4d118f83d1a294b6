"""Passwords of users: hashed with Argon2id, stored and verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from unicodedata import normalize

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from graph.errors import Busy, Invalid, NotFound
from graph.sign_in.secrets import new_secret
from graph.store import Reads, Statement, Writes

SHORTEST = 12
LONGEST = 256
_RANDOM_CHARACTERS = 24

# Each verification takes 64 MiB and a good part of a second of one processor.
_AT_ONCE = 2
_MOST_WAITING = 40
_UNUSED = {"01N52": "no password is stored yet"}

_FIND = Statement(
    "sign_in.password",
    """MATCH (password:SignInPassword {name: $name})
OPTIONAL MATCH (user:User {uid: password.userId}) WHERE NOT coalesce(user.isDisabled, false)
RETURN {hash: password.hash, user: user.uid} AS found""",
    expected=_UNUSED,
)

_WITHOUT_PASSWORD = Statement(
    "sign_in.without_password",
    "MATCH (user:User {uid: $user}) WHERE NOT EXISTS { MATCH (:SignInPassword {userId: $user}) } "
    "RETURN user.emailAddress1 AS email",
)

# A changed password ends all sessions of its user.
_STORE = Statement(
    "sign_in.set_password",
    """MATCH (user:User {uid: $user})
MERGE (password:SignInPassword {userId: user.uid})
SET password.name = $name, password.hash = $hash, password.changedAt = $now
WITH user
OPTIONAL MATCH (session:SignInSession {userId: user.uid})
DELETE session
RETURN count(DISTINCT user) AS stored""",
    expected=_UNUSED,
)

_REHASH = Statement(
    "sign_in.rehash",
    "MATCH (password:SignInPassword {name: $name}) WHERE password.hash = $before SET password.hash = $hash "
    "RETURN count(password) AS changed",
    expected=_UNUSED,
)


@dataclass(frozen=True, slots=True)
class VerifiedPassword:
    """A password that was verified: its user, and its stored hash at that time."""

    user: str
    hash: str


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _limiter() -> CapacityLimiter:
    return CapacityLimiter(_AT_ONCE)


@cache
def _dummy_hash() -> str:
    """The hash of a password that no one has, so that an unknown user takes as long as a wrong password."""
    return _hasher().hash(new_secret())


def prepare() -> None:
    """Computes the hash that unknown users are compared with, so that the first of them takes no longer."""
    _dummy_hash()


def sign_in_name(email: str) -> str:
    """Returns the name that a user signs in with, from an email address in any notation.

    >>> sign_in_name(" Anna.Berg@Example.com ")
    'anna.berg@example.com'
    """
    return normalize("NFC", email).strip().lower()


def check_password(password: str) -> None:
    """Raises Invalid for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(
            f"A password must have {SHORTEST} to {LONGEST} characters; got {len(password)}.",
            remedy="Choose another password, such as several words.",
        )


async def set_first_password(reads: Reads, writes: Writes, user: str) -> tuple[str, str] | None:
    """Stores a random password of a user who has none, and returns the name to sign in with and the password.

    Returns None for a user who has a password, no email address, or does not exist.
    """
    name = await reads.ask(_WITHOUT_PASSWORD.bind(user=user))
    if name is None:
        return None
    password = new_secret()[:_RANDOM_CHARACTERS]
    await set_password(writes, user, name, password)
    return sign_in_name(name), password


async def set_password(writes: Writes, user: str, email: str, password: str) -> None:
    """Stores the password of a user, who signs in with an email address, and ends all sessions of the user.

    Raises Invalid, NotFound for an unknown user, and Conflict if another user signs in with this address.
    """
    check_password(password)
    hashed = await to_thread.run_sync(_hasher().hash, normalize("NFKC", password), limiter=_limiter())
    bound = _STORE.bind(user=user, name=sign_in_name(email), hash=hashed, now=datetime.now(UTC))
    if not await writes.change(bound):
        raise NotFound(f"No user has the id {user!r}.", remedy="List the users with `python -m graph user list`.")


async def verify(reads: Reads, writes: Writes, email: str, password: str) -> VerifiedPassword | None:
    """Returns the user with this email address and this password; None if there is no such user.

    An unknown user, a disabled one and a wrong password take the same time. Raises Busy.
    """
    if _limiter().statistics().tasks_waiting >= _MOST_WAITING:
        raise Busy("Too many people sign in at the same time.", remedy="Try again in a few seconds.")
    name, password = sign_in_name(email), normalize("NFKC", password)[:LONGEST]
    found = await reads.ask(_FIND.bind(name=name))
    hashed = _dummy_hash() if found is None else found["hash"]
    matches = await to_thread.run_sync(_matches, hashed, password, limiter=_limiter())
    if found is None or found["user"] is None or not matches:
        return None
    if _hasher().check_needs_rehash(hashed):
        renewed = await to_thread.run_sync(_hasher().hash, password, limiter=_limiter())
        await writes.change(_REHASH.bind(name=name, before=hashed, hash=renewed))
        hashed = renewed
    return VerifiedPassword(found["user"], hashed)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
