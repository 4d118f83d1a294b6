"""The rules of signing in that follow from the settings: who has to, under which name, over which connection."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from graph.errors import Invalid
from graph.settings import Settings
from graph.sign_in_settings import is_loopback


@dataclass(frozen=True, slots=True)
class SignInRules:
    """Whether everybody has to sign in, whether connections are encrypted, and the names under which Kith answers.

    `public` is the origin with the path at which browsers reach Kith; None if it is that of the request.
    """

    required: bool
    secure: bool
    hosts: tuple[str, ...]
    public: str | None

    @classmethod
    def of(cls, settings: Settings) -> SignInRules:
        """Returns the rules of the settings. Raises Invalid when settings contradict or lack each other."""
        _check(settings)
        public = settings.public_url.rstrip("/") if settings.public_url else None
        name = urlsplit(public).hostname if public else None
        local = is_loopback(settings.host)
        required = (
            settings.sign_in == "required"
            or not local
            or not all(map(is_loopback, settings.hosts))
            or (name is not None and not is_loopback(name))
            or bool(settings.oidc_issuer or settings.jwt_issuer or settings.proxy_header)
        )
        if required and settings.caller is not None:
            raise Invalid(
                f"KITH_CALLER is {settings.caller!r}, but everybody has to sign in with these settings.",
                remedy="Unset KITH_CALLER.",
            )
        secure = public.startswith("https:") if public else not local
        return cls(required, secure, (settings.host, *settings.hosts, *((name,) if name else ())), public)


# Settings that need another one: the setting, the one it needs, and a sample of that.
_PAIRS = (
    ("oidc_issuer", "oidc_client_id", "KITH_OIDC_ISSUER", "KITH_OIDC_CLIENT_ID"),
    ("jwt_issuer", "jwt_audience", "KITH_JWT_ISSUER", "KITH_JWT_AUDIENCE"),
    ("proxy_header", "proxy_addresses", "KITH_PROXY_HEADER", "KITH_PROXY_ADDRESSES"),
)


def _check(settings: Settings) -> None:
    for one, other, name, needed in _PAIRS:
        if getattr(settings, one) and not getattr(settings, other):
            raise Invalid(f"{name} is set, but {needed} is not.", remedy=f"Set {needed} too, or unset {name}.")
    if settings.oidc_issuer and "openid" not in settings.oidc_scopes.split():
        raise Invalid(
            f"KITH_OIDC_SCOPES must contain openid; got {settings.oidc_scopes!r}.",
            remedy="Add openid, or unset KITH_OIDC_SCOPES.",
        )
    if settings.oidc_issuer and not settings.public_url and not is_loopback(settings.host):
        raise Invalid(
            "KITH_OIDC_ISSUER is set, but KITH_PUBLIC_URL is not: the provider has to send browsers back to it.",
            remedy="Set KITH_PUBLIC_URL to the URL at which browsers reach Kith.",
        )
