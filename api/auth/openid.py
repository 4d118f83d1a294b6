"""Sign-in at an OpenID Connect provider: the code flow with PKCE, state and nonce."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.responses import Response
from starlette.routing import Route

from api.auth.cookies import Cookie
from api.auth.credentials import Credentials
from api.auth.fetching import FetchError, fetch_json
from api.auth.next_path import local_path, relative
from api.auth.rules import SignInRules
from api.auth.subjects import Subjects
from api.auth.tokens import InvalidTokenError, TokenVerifier
from graph.errors import KithError
from graph.sign_in.authorizations import LIFETIME, Authorization, create_authorization, take_authorization
from graph.sign_in.identities import Identity
from graph.sign_in.secrets import new_secret
from graph.store import Store

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.auth.routes import SignInRoutes

log = logging.getLogger("kith.sign_in")

BEGIN = "/sign-in/oidc"
CALLBACK = "/sign-in/oidc/callback"
_NO_STORE = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_LONGEST = 4_096


class _RefusedError(Exception):
    """The sign-in did not succeed; `code` is that of the message of the sign-in page, the text is for the log."""

    def __init__(self, text: str, code: str = "provider") -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Client:
    """Kith as a client of the provider. Without a secret it is a public client, which PKCE protects."""

    client_id: str
    secret: str | None
    scopes: str


class OpenIdRoutes:
    """The routes on which a browser leaves for the provider, and returns with a code."""

    def __init__(
        self,
        store: Store,
        client: Client,
        verifier: TokenVerifier,
        subjects: Subjects,
        rules: SignInRules,
        browser: SignInRoutes,
    ) -> None:
        self._writes, self._client, self._verifier, self._subjects = store.writes, client, verifier, subjects
        self._rules, self._browser = rules, browser
        self._provider = verifier.provider
        self._cookie = Cookie.named("kith_oidc", rules)

    def routes(self) -> list[Route]:
        """Returns the routes."""
        return [Route(BEGIN, self.begin, methods=["GET"]), Route(CALLBACK, self.callback, methods=["GET"])]

    async def begin(self, request: Request) -> Response:
        """Sends the browser to the provider."""
        state, browser = new_secret(), new_secret()
        next_path = local_path(request.query_params.get("next", "/"))
        authorization = Authorization(nonce=new_secret(), verifier=secrets.token_urlsafe(64), next=next_path)
        try:
            endpoint = await self._provider.endpoint("authorization_endpoint")
            await create_authorization(self._writes, authorization, state=state, browser=browser)
        except KithError:
            return _failed("unavailable", "../", next_path)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(authorization.verifier.encode()).digest()).rstrip(b"=")
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._client.client_id,
                "redirect_uri": self._redirect_uri(request),
                "scope": self._client.scopes,
                "state": state,
                "nonce": authorization.nonce,
                "code_challenge": challenge.decode(),
                "code_challenge_method": "S256",
            }
        )
        response = Response(status_code=303, headers=_NO_STORE)
        response.headers["location"] = f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"
        response.raw_headers.append(self._cookie.set(browser, int(LIFETIME.total_seconds())))
        return response

    async def callback(self, request: Request) -> Response:
        """Exchanges the code for the identity of the user, and creates a session.

        A request to the provider is answered once, and only in the browser that it began in.
        """
        next_path = "/"
        try:
            authorization = await self._authorization(request)
            next_path = authorization.next
            user = await self._user(request, authorization)
            secret = await self._session(user)
            await self._browser.end_present(Credentials(request.scope))
        except _RefusedError as refused:
            log.warning("A sign-in at the provider was refused: %s.", refused)
            response = _failed(refused.code, "../../", next_path)
        except KithError as error:
            log.warning("A sign-in at the provider failed: %s", error.message)
            response = _failed("unavailable", "../../", next_path)
        else:
            response = self._browser.signed_in(secret, relative(next_path, 2))
        response.raw_headers.append(self._cookie.clear())
        return response

    async def _session(self, user: str) -> str:
        secret = await self._browser.sessions.create(user)
        if secret is None:
            raise _RefusedError("the user was disabled meanwhile", "unknown")
        return secret

    async def _authorization(self, request: Request) -> Authorization:
        state = request.query_params.get("state", "")
        browser = self._cookie.value(Credentials(request.scope))
        if not state or len(state) > _LONGEST or browser is None:
            raise _RefusedError("the browser has not begun this sign-in")
        authorization = await take_authorization(self._writes, state=state, browser=browser)
        if authorization is None:
            raise _RefusedError("the state is unknown, expired, answered before, or of another browser")
        return authorization

    async def _user(self, request: Request, authorization: Authorization) -> str:
        query = request.query_params
        if query.get("iss", self._provider.issuer) != self._provider.issuer:
            raise _RefusedError("the answer is of another issuer")
        code = query.get("code", "")
        if not code or len(code) > _LONGEST:
            raise _RefusedError("the provider sent no code")
        claims = await self._claims(await self._exchanged(request, code, authorization.verifier), authorization.nonce)
        user = await self._subjects.user(Identity(self._provider.issuer, claims["sub"]), claims)
        if user is None:
            raise _RefusedError("the subject is no user", "unknown")
        return user

    async def _exchanged(self, request: Request, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri(request),
            "code_verifier": verifier,
            "client_id": self._client.client_id,
        }
        secret = self._client.secret
        # RFC 6749 §2.3.1: both parts are form-encoded first.
        basic = None if secret is None else (quote(self._client.client_id, safe=""), quote(secret, safe=""))
        try:
            tokens: dict[str, Any] = await fetch_json(await self._provider.endpoint("token_endpoint"), form, basic)
        except FetchError as error:
            raise _RefusedError(str(error)) from error
        return tokens

    async def _claims(self, tokens: dict[str, Any], nonce: str) -> dict[str, Any]:
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise _RefusedError("the provider sent no ID token")
        try:
            claims = await self._verifier.claims(token)
        except InvalidTokenError as error:
            raise _RefusedError(f"the ID token is not valid: {error}") from error
        if not secrets.compare_digest(str(claims.get("nonce")).encode(), nonce.encode()):
            raise _RefusedError("the ID token is of another sign-in")
        if claims.get("azp", self._client.client_id) != self._client.client_id:
            raise _RefusedError("the ID token is for another client")
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise _RefusedError("the ID token has no subject")
        if "email" not in claims and isinstance(tokens.get("access_token"), str):
            claims = {**await self._user_info(tokens["access_token"], claims["sub"]), **claims}
        return claims

    async def _user_info(self, access_token: str, subject: str) -> dict[str, Any]:
        """Returns the claims that the provider tells on request only, such as the email address."""
        try:
            found: dict[str, Any] = await fetch_json(
                await self._provider.endpoint("userinfo_endpoint"), bearer=access_token
            )
        except (FetchError, KithError):
            return {}
        return found if found.get("sub") == subject else {}

    def _redirect_uri(self, request: Request) -> str:
        public = self._rules.public or f"http://{request.headers['host']}"
        return f"{public}{CALLBACK}"


def _failed(code: str, up: str, next_path: str) -> Response:
    """Returns the way back to the sign-in page, with a message."""
    location = f"{up}sign-in?{urlencode({'message': code, 'next': next_path})}"
    return Response(status_code=303, headers=_NO_STORE | {"location": location})
