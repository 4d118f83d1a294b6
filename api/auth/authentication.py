"""Authentication of a request: the first way that recognizes its credentials decides.

Each way is a function that returns the caller, or None if the request has no credentials of its kind. It raises
RejectedRequest for credentials that are not valid: an invalid token is never ignored in favour of a session.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.auth.cookies import Cookie
from api.auth.credentials import Credentials
from api.auth.origins import OwnOrigin
from api.auth.refusals import invalid_credentials, no_credentials
from graph.access import Principal
from graph.known import Moment
from graph.rights import KnownRights
from graph.sign_in import keys
from graph.sign_in.sessions import Sessions
from graph.store import Reads, Store

if TYPE_CHECKING:
    from starlette.types import Scope

Authenticator = Callable[[Credentials, Moment], Awaitable[Principal | None]]


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request as kept from an earlier one, and whether it is still the same."""

    principal: Principal
    confirmed: Callable[[], Awaitable[bool]]


class Authentication:
    """Returns the caller of a request, from the first of the authenticators that recognizes its credentials.

    A right of the caller that was taken away is not used by the next request.
    """

    def __init__(self, authenticators: Sequence[Authenticator], reads: Reads) -> None:
        self._authenticators, self._reads = tuple(authenticators), reads
        self._rights = KnownRights(reads)

    async def __call__(self, scope: Scope) -> Principal:
        """Raises RejectedRequest with 401 without valid credentials; KithError if they cannot be checked."""
        return await self._principal(scope, Moment(self._reads))

    async def begin(self, scope: Scope) -> Caller:
        """Returns the caller as far as it is known, so that a query can be answered while it is being confirmed.

        What follows from it may leave the server, or be written, only after `confirmed` has returned true; else the
        request must be answered again. Raises what a call raises.
        """
        moment = Moment(self._reads, trusting=True)
        return Caller(await self._principal(scope, moment), moment.confirmed)

    async def _principal(self, scope: Scope, moment: Moment) -> Principal:
        credentials = Credentials(scope)
        for authenticator in self._authenticators:
            principal = await authenticator(credentials, moment)
            if principal is not None:
                return await self._with_rights(principal, moment)
        raise no_credentials()

    async def _with_rights(self, principal: Principal, moment: Moment) -> Principal:
        if principal.operator or principal.user is None:
            return principal
        return replace(principal, rights=await self._rights.of(principal.user, moment))


def by_key(store: Store) -> Authenticator:
    """Recognizes API keys."""
    known = keys.KnownKeys(store)

    async def authenticate(credentials: Credentials, moment: Moment) -> Principal | None:
        key = credentials.bearer
        if key is None or not key.startswith(keys.BEGIN):
            return None
        owner = await known.owner(key, moment)
        if owner is None:
            raise invalid_credentials("The API key is unknown, expired or revoked.")
        return Principal(owner.user, scopes=owner.scopes)

    return authenticate


def without_tokens() -> Authenticator:
    """Refuses tokens, for a server that has no issuer of tokens."""

    async def authenticate(credentials: Credentials, _: Moment) -> Principal | None:
        if credentials.bearer is None:
            return None
        raise invalid_credentials("This server accepts no tokens in `Authorization: Bearer` other than API keys.")

    return authenticate


def by_session(sessions: Sessions, cookie: Cookie, origin: OwnOrigin) -> Authenticator:
    """Recognizes the session of a browser."""

    async def authenticate(credentials: Credentials, _: Moment) -> Principal | None:
        secret = cookie.value(credentials)
        if secret is None:
            return None
        origin.check(credentials)
        user = await sessions.user(secret)
        if user is None:
            raise invalid_credentials("The session has ended.", cookie.clear(), remedy="Sign in again at /sign-in.")
        return Principal(user)

    return authenticate


def automatic(caller: str | None) -> Authenticator:
    """Takes a request without credentials for one of this machine's user, unless a proxy forwarded it."""
    principal = Principal(caller, operator=True)

    async def authenticate(credentials: Credentials, _: Moment) -> Principal | None:
        return None if credentials.forwarded else principal

    return authenticate
