"""The user that a subject of an identity provider is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from graph.errors import Invalid, KithErrors
from graph.sign_in.identities import Identity, tie, user_of, user_with_email, users_with_email
from graph.sign_in.users import create_user
from graph.store import Store

_LONGEST_NAME = 160


@dataclass(frozen=True, slots=True)
class Subjects:
    """Finds users by the stored identity; the first time by a claim, or by creating one, as the settings say."""

    store: Store
    claim: Literal["email", "sub"]
    create: bool
    _creating: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def user(self, identity: Identity, claims: Mapping[str, Any]) -> str | None:
        """Returns the id of the user who may sign in; None without one."""
        known = await user_of(self.store.reads, identity)
        if known is not None:
            return known.user
        # Two first requests of a subject create one user.
        async with self._creating:
            known = await user_of(self.store.reads, identity)
            return known.user if known is not None else await self._first(identity, claims)

    async def _first(self, identity: Identity, claims: Mapping[str, Any]) -> str | None:
        email = _verified_email(claims)
        if email is not None and self.claim == "email":
            found = await user_with_email(self.store.reads, email)
            if found is not None:
                return found.user if await tie(self.store.writes, identity, found.user) else None
        # A user with this address, also a disabled one, is not doubled.
        if not self.create or (email is not None and await users_with_email(self.store.reads, email)):
            return None
        name = claims.get("name")
        shown = name if isinstance(name, str) and name.strip() else email or identity.subject
        try:
            user = await create_user(self.store.writes, shown[:_LONGEST_NAME], email)
        except (Invalid, KithErrors):
            return None
        return user if await tie(self.store.writes, identity, user) else None


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    """Returns the email address that the provider has verified.

    >>> _verified_email({"email": "a@b.example", "email_verified": True})
    'a@b.example'
    >>> _verified_email({"email": "a@b.example", "email_verified": "false"}), _verified_email({"email": "a@b.example"})
    (None, None)
    """
    email = claims.get("email")
    return email if isinstance(email, str) and email and claims.get("email_verified") is True else None
