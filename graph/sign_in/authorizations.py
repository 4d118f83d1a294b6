"""Authorization requests to an identity provider, each of which is answered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graph.sign_in.secrets import digest
from graph.store import Statement, Writes

LIFETIME = timedelta(minutes=10)
_UNUSED = {"01N52": "no authorization was requested yet"}

_CREATE = Statement(
    "sign_in.create_authorization",
    """CREATE (request:SignInRequest {state: $state, browser: $browser, nonce: $nonce, verifier: $verifier,
  next: $next, expiresAt: $expiresAt})
WITH request
CALL () {
  MATCH (old:SignInRequest) WHERE old.expiresAt <= $now
  WITH old ORDER BY old.expiresAt LIMIT 20
  DELETE old
}
RETURN request.state AS created""",
    expected=_UNUSED,
)

# The first SET takes a write lock, so that one of several answers finds the request.
_TAKE = Statement(
    "sign_in.take_authorization",
    """MATCH (request:SignInRequest {state: $state})
SET request.held = true
WITH request, request.browser = $browser AND request.expiresAt > $now AS fits,
  request{.nonce, .verifier, .next} AS found
DELETE request
RETURN CASE WHEN fits THEN found END AS found""",
    expected=_UNUSED,
)


@dataclass(frozen=True, slots=True)
class Authorization:
    """A request: the nonce of its ID token, the PKCE verifier, and the path to return to."""

    nonce: str
    verifier: str
    next: str


async def create_authorization(writes: Writes, authorization: Authorization, *, state: str, browser: str) -> None:
    """Stores a request under its state, for the browser with a secret."""
    now = datetime.now(UTC)
    await writes.change(
        _CREATE.bind(
            state=digest(state), browser=digest(browser), nonce=authorization.nonce, verifier=authorization.verifier,
            next=authorization.next, expiresAt=now + LIFETIME, now=now,
        )
    )  # fmt: skip


async def take_authorization(writes: Writes, *, state: str, browser: str) -> Authorization | None:
    """Returns the request with a state, and deletes it; None if it was answered, expired, or of another browser."""
    found = await writes.change(_TAKE.bind(state=digest(state), browser=digest(browser), now=datetime.now(UTC)))
    return None if found is None else Authorization(**found)
