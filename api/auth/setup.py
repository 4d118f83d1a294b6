"""The authentication of a server, as its settings state it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from starlette.routing import Route

from api.auth.authentication import Authentication, Authenticator, automatic, by_key, by_session, without_tokens
from api.auth.cookies import Cookie
from api.auth.openid import Client, OpenIdRoutes
from api.auth.origins import OwnOrigin
from api.auth.page import SignInPage
from api.auth.provider import Provider
from api.auth.proxy import by_proxy
from api.auth.routes import SignInRoutes
from api.auth.rules import SignInRules
from api.auth.subjects import Subjects
from api.auth.tokens import TokenVerifier, by_token
from graph.access import Principal
from graph.errors import Refused
from graph.rights import read_rights
from graph.settings import Settings
from graph.sign_in.sessions import SessionLimits, Sessions
from graph.store import Store


@dataclass(frozen=True, slots=True)
class SignIn:
    """The authentication of a server: its rules, the caller of a request, and the routes of browsers."""

    rules: SignInRules
    authenticate: Authentication
    routes: list[Route]
    store: Store
    caller: str | None

    async def principal_of(self, user: str | None) -> Principal:
        """Returns the caller for whom a scheduled report is made. Raises Refused without one, Unavailable."""
        if not self.rules.required and user in (None, self.caller):
            return Principal(user, operator=True)
        if user is None:
            raise Refused(
                "The schedule belongs to no user.", remedy="Delete it, and let a user who signs in create one."
            )
        return Principal(user, await read_rights(self.store.reads, user))


def _by_token(settings: Settings, subjects: Subjects) -> Authenticator:
    if settings.jwt_issuer is None or settings.jwt_audience is None:
        return without_tokens()
    provider = Provider(settings.jwt_issuer, settings.jwt_keys)
    verifier = TokenVerifier(provider, settings.jwt_audience, settings.jwt_algorithms, settings.jwt_leeway)
    return by_token(verifier, subjects)


def sign_in_of(settings: Settings, store: Store, caller: str | None) -> SignIn:
    """Returns the authentication; `caller` is who sends a request without credentials, where that is allowed."""
    rules = SignInRules.of(settings)
    limits = SessionLimits(timedelta(hours=settings.session_idle_hours), timedelta(days=settings.session_days))
    sessions, cookie = Sessions(store, limits), Cookie.named("kith_session", rules)
    origin = OwnOrigin(rules)
    subjects = Subjects(store, settings.user_claim, settings.create_users)
    authenticators: list[Authenticator] = [by_key(store), _by_token(settings, subjects)]
    if settings.proxy_header is not None:
        by_email = Subjects(store, "email", settings.create_users)
        authenticators.append(by_proxy(settings.proxy_header, settings.proxy_addresses, by_email, origin))
    authenticators.append(by_session(sessions, cookie, origin))
    if not rules.required:
        authenticators.append(automatic(caller))
    page = SignInPage(provider=settings.oidc_issuer is not None, required=rules.required)
    routes = SignInRoutes(store, sessions, cookie, origin, page, settings.proxy_addresses)
    listed = routes.routes()
    if settings.oidc_issuer is not None and settings.oidc_client_id is not None:
        secret = settings.oidc_client_secret
        client = Client(settings.oidc_client_id, secret.get_secret_value() if secret else None, settings.oidc_scopes)
        provider = Provider(settings.oidc_issuer)
        verifier = TokenVerifier(provider, client.client_id, settings.jwt_algorithms, settings.jwt_leeway)
        listed += OpenIdRoutes(store, client, verifier, subjects, rules, routes).routes()
    return SignIn(rules, Authentication(authenticators, store.reads), listed, store, caller)
