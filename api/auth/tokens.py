"""Signed tokens (JWT) of an issuer: access tokens of programs, and the ID tokens of browsers that sign in."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from api.auth.authentication import Authenticator
from api.auth.credentials import Credentials
from api.auth.provider import Provider
from api.auth.refusals import invalid_credentials
from api.auth.subjects import Subjects
from graph.access import Principal
from graph.known import Moment
from graph.sign_in.identities import Identity

_LONGEST = 16_384
_REMEDY = "Request a new token from the issuer."


class InvalidTokenError(Exception):
    """A token is not valid; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """The requirements of a token: issuer, audience, algorithms, and an expiry that has not passed."""

    provider: Provider
    audience: str
    algorithms: Sequence[str]
    leeway: float
    clock: Callable[[], float] = field(default=time.time)

    async def claims(self, token: str) -> dict[str, Any]:
        """Returns the claims of a token. Raises InvalidTokenError, and Unavailable without the keys of the issuer."""
        algorithm, key_id = _header(token)
        if algorithm not in self.algorithms:
            raise InvalidTokenError("The token is signed with an algorithm that is not allowed.")
        if key_id is None:
            raise InvalidTokenError("The token does not name its key (`kid`).")
        key = await self.provider.key(key_id)
        if key is None:
            raise InvalidTokenError("The token is signed with a key that its issuer does not have.")
        try:
            claims = jwt.decode(token, key, algorithms=[algorithm]).claims
            self._required().validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidTokenError(_reason(error)) from error
        return claims

    def _required(self) -> JWTClaimsRegistry:
        # The expected issuer and audience are compared as they are; an issuer with another last slash is another one.
        return JWTClaimsRegistry(
            now=int(self.clock()),
            leeway=int(self.leeway),
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            sub={"essential": True},
        )


def _header(token: str) -> tuple[str, str | None]:
    """Returns the algorithm and the id of the key that a token names. Raises InvalidTokenError."""
    malformed = InvalidTokenError("The token is not a signed JWT.")
    if len(token) > _LONGEST or not token.isascii():
        raise malformed
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise malformed from error
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str):
        raise malformed
    return algorithm, key_id if isinstance(key_id, str) else None


_REASONS = {
    "expired_token": "The token has expired.",
    "missing_claim": "The token lacks a claim: `iss`, `aud`, `exp` and `sub` are required.",
    "invalid_claim": "The token is of another issuer, for another audience, or not yet valid.",
    "bad_signature": "The signature of the token is wrong.",
}


def _reason(error: Exception) -> str:
    return _REASONS.get(getattr(error, "error", ""), "The token is not valid.")


def by_token(verifier: TokenVerifier, subjects: Subjects) -> Authenticator:
    """Recognizes the access tokens of an issuer."""

    async def authenticate(credentials: Credentials, _: Moment) -> Principal | None:
        token = credentials.bearer
        if token is None:
            return None
        try:
            claims = await verifier.claims(token)
        except InvalidTokenError as error:
            raise invalid_credentials(str(error), remedy=_REMEDY) from None
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject:
            raise invalid_credentials("The token has no subject (`sub`).", remedy=_REMEDY)
        user = await subjects.user(Identity(verifier.provider.issuer, subject), claims)
        if user is None:
            raise invalid_credentials(
                "The subject of the token is no user of Kith who may sign in.",
                remedy="Ask the administrator of Kith to add the user.",
            )
        return Principal(user)

    return authenticate
