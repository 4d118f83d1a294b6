"""The authentication of a server, as its settings state it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from starlette.routing import Route

from api.auth.authentication import Authentication, Authenticator, automatic, by_key, by_session, without_tokens
from api.auth.cookies import Cookie
from api.auth.origins import OwnOrigin
from api.auth.page import SignInPage
from api.auth.routes import SignInRoutes
from api.auth.rules import SignInRules
from graph.settings import Settings
from graph.sign_in.sessions import SessionLimits, Sessions
from graph.store import Store


@dataclass(frozen=True, slots=True)
class SignIn:
    """The authentication of a server: its rules, the caller of a request, and the routes of browsers."""

    rules: SignInRules
    authenticate: Authentication
    routes: list[Route]


def sign_in_of(settings: Settings, store: Store, caller: str | None) -> SignIn:
    """Returns the authentication; `caller` is who sends a request without credentials, where that is allowed."""
    rules = SignInRules.of(settings)
    limits = SessionLimits(timedelta(hours=settings.session_idle_hours), timedelta(days=settings.session_days))
    sessions, cookie = Sessions(store, limits), Cookie.named("kith_session", rules)
    origin = OwnOrigin(rules, settings.cors_origins)
    authenticators: list[Authenticator] = [by_key(store), without_tokens(), by_session(sessions, cookie, origin)]
    if not rules.required:
        authenticators.append(automatic(caller))
    page = SignInPage(provider=settings.oidc_issuer is not None, required=rules.required)
    routes = SignInRoutes(store, sessions, cookie, origin, page, settings.proxy_addresses)
    return SignIn(rules, Authentication(authenticators), routes.routes())
