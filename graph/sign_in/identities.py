"""Identities: the subject of an identity provider that is a user of Kith."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from graph.errors import NotFound
from graph.joining import Join
from graph.sign_in.passwords import sign_in_name
from graph.store import Reads, Statement, Writes

_UNUSED = {"01N50": "no identity is stored yet", "01N52": "no identity is stored yet"}

_USER_OF = Statement(
    "sign_in.identity",
    """MATCH (identity:SignInIdentity {key: $key})
OPTIONAL MATCH (user:User {uid: identity.userId}) WHERE NOT coalesce(user.isDisabled, false)
RETURN {user: user.uid} AS found""",
    expected=_UNUSED,
)

# The same for several requests that arrive at the same time.
_USERS_OF = Statement(
    "sign_in.identities",
    """UNWIND $items AS item
MATCH (identity:SignInIdentity {key: item.key})
OPTIONAL MATCH (user:User {uid: identity.userId}) WHERE NOT coalesce(user.isDisabled, false)
RETURN collect([item.at, {user: user.uid}]) AS found""",
    expected=_UNUSED,
)
_JOIN = Join(_USERS_OF.text, frozenset({"key"}))

# Read for the first sign-in of a subject only. Email addresses differ in case, so that an index would not find all.
_BY_EMAIL = Statement(
    "sign_in.users_by_email",
    """MATCH (user:User) WHERE toLower(user.emailAddress1) = $email
RETURN collect({user: user.uid, name: user.name, email: user.emailAddress1,
  disabled: coalesce(user.isDisabled, false)}) AS found""",
    expected=_UNUSED,
)

# A user has at most one subject of each issuer: an address that was given to another person stays with the first one.
_TIE = Statement(
    "sign_in.tie_identity",
    """MATCH (user:User {uid: $user}) WHERE NOT coalesce(user.isDisabled, false)
OPTIONAL MATCH (other:SignInIdentity {userKey: $issuer + ' ' + user.uid})
WITH user, other WHERE other IS NULL OR other.key = $key
MERGE (identity:SignInIdentity {key: $key})
ON CREATE SET identity.userId = user.uid, identity.userKey = $issuer + ' ' + user.uid, identity.issuer = $issuer,
  identity.subject = $subject, identity.createdAt = $now
RETURN identity.userId = user.uid AS tied""",
    expected=_UNUSED,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The subject of an issuer."""

    issuer: str
    subject: str

    @property
    def key(self) -> str:
        """The unique key; an issuer is a URL, which has no space."""
        return f"{self.issuer} {self.subject}"


@dataclass(frozen=True, slots=True)
class UserOfIdentity:
    """The user that an identity is tied to; None if that user is disabled or deleted."""

    user: str | None


@dataclass(frozen=True, slots=True)
class FoundUser:
    """A user that was found by an email address."""

    user: str
    name: str
    email: str
    disabled: bool


async def user_of(reads: Reads, identity: Identity) -> UserOfIdentity | None:
    """Returns the user that an identity is tied to; None if it is tied to no user."""
    found = await reads.ask(replace(_USER_OF.bind(key=identity.key), join=_JOIN))
    return None if found is None else UserOfIdentity(found["user"])


async def users_with_email(reads: Reads, email: str) -> list[FoundUser]:
    """Returns all users with an email address, whatever its case."""
    found: list[dict[str, Any]] = await reads.ask(_BY_EMAIL.bind(email=sign_in_name(email)))
    return [FoundUser(**one) for one in found]


async def user_with_email(reads: Reads, email: str) -> FoundUser | None:
    """Returns the only user with an email address who may sign in; None without one, or for several."""
    found = [one for one in await users_with_email(reads, email) if not one.disabled]
    return found[0] if len(found) == 1 else None


async def tie(writes: Writes, identity: Identity, user: str) -> bool:
    """Ties an identity to a user. Returns False if either is tied to another one; raises NotFound without the user."""
    bound = _TIE.bind(
        user=user, key=identity.key, issuer=identity.issuer, subject=identity.subject, now=datetime.now(UTC)
    )
    return bool(await writes.change(bound))


def unknown_email(email: str) -> NotFound:
    """Returns the error for an email address that no user has."""
    return NotFound(f"No user has the email address {email!r}.", remedy="Add one with `python -m graph user add`.")
