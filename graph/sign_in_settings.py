"""The settings of signing in: who has to, and how a caller is recognized."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import BaseSettings, NoDecode

from graph.setting import setting

Network = IPv4Network | IPv6Network

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""The algorithms of tokens that may be allowed, each with a public key; a shared secret is never one."""

_HOST_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\]")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def is_loopback(host: str) -> bool:
    """Returns whether a host name or address is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _words(value: object) -> object:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


def _hosts(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not _HOST_NAME.fullmatch(name.lower()):
            raise ValueError(f"{name} is not a host name")
    return tuple(name.lower() for name in names)


def _networks(value: object) -> object:
    return (
        tuple(ip_network(word, strict=False) for word in words) if isinstance(words := _words(value), tuple) else words
    )


def _algorithms(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in ALGORITHMS:
            raise ValueError(f"{name} is not one of them")
    return names


def _header(name: str | None) -> str | None:
    if name is not None and not _HEADER.fullmatch(name):
        raise ValueError("not the name of a header")
    return name


def _secure_url(value: str | None) -> str | None:
    """Checks that a URL is encrypted, unless it leads to this machine."""
    if value is None:
        return None
    parts = urlsplit(value)
    try:
        port = parts.port
    except ValueError:
        raise ValueError("the port is wrong") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.username or parts.fragment:
        raise ValueError("not such a URL")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("the scheme must be https, except for this machine")
    return value


_Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
_Url = Annotated[str | None, AfterValidator(_secure_url)]


class SignInSettings(BaseSettings):
    """The settings of signing in."""

    sign_in: Literal["auto", "required"] = setting(
        "KITH_SIGN_IN",
        "auto",
        "auto or required",
        "Whether everybody has to sign in. With `auto`, requests without credentials are answered as those of"
        " KITH_CALLER if only this machine can reach Kith, and no other setting of signing in is set.",
    )
    public_url: _Url = setting(
        "KITH_PUBLIC_URL",
        None,
        "a URL with the scheme https, such as https://kith.example",
        "The URL at which browsers reach Kith through a reverse proxy. Its host name is accepted, and everybody has to"
        " sign in unless it is this machine.",
    )
    hosts: Annotated[_Words, AfterValidator(_hosts)] = setting(
        "KITH_HOSTS",
        (),
        "comma-separated host names such as kith.example,kith.internal",
        "Further host names at which Kith answers; if there are any, everybody has to sign in.",
    )
    session_idle_hours: float = setting(
        "KITH_SESSION_IDLE_HOURS",
        8.0,
        "a number above 0, at most 8760",
        "The hours without a request after which a session ends.",
        gt=0,
        le=8760,
    )
    session_days: float = setting(
        "KITH_SESSION_DAYS",
        7.0,
        "a number above 0, at most 365",
        "The days after which a session ends in any case.",
        gt=0,
        le=365,
    )
    oidc_issuer: _Url = setting(
        "KITH_OIDC_ISSUER",
        None,
        "a URL with the scheme https, such as https://login.example",
        "The OpenID Connect provider at which browsers sign in.",
    )
    oidc_client_id: str | None = setting(
        "KITH_OIDC_CLIENT_ID", None, "any text", "The client id of Kith at KITH_OIDC_ISSUER."
    )
    oidc_client_secret: SecretStr | None = setting(
        "KITH_OIDC_CLIENT_SECRET",
        None,
        "any text",
        "The client secret of Kith at KITH_OIDC_ISSUER; a public client has none.",
    )
    oidc_scopes: str = setting(
        "KITH_OIDC_SCOPES",
        "openid email profile",
        "scopes separated by spaces, with openid",
        "The scopes that Kith requests from KITH_OIDC_ISSUER.",
    )
    jwt_issuer: _Url = setting(
        "KITH_JWT_ISSUER",
        None,
        "a URL with the scheme https, such as https://login.example",
        "The issuer whose tokens programs may send as `Authorization: Bearer`.",
    )
    jwt_audience: str | None = setting(
        "KITH_JWT_AUDIENCE", None, "any text", "The audience (`aud`) that a token must have."
    )
    jwt_keys: _Url = setting(
        "KITH_JWT_KEYS",
        None,
        "a URL with the scheme https",
        "The URL of the public keys of KITH_JWT_ISSUER (JWKS); by default the one in its discovery document.",
    )
    jwt_algorithms: Annotated[_Words, AfterValidator(_algorithms)] = setting(
        "KITH_JWT_ALGORITHMS",
        ("RS256", "PS256", "ES256", "Ed25519"),
        f"comma-separated names of {', '.join(ALGORITHMS)}",
        "The algorithms with which tokens may be signed, also those of KITH_OIDC_ISSUER.",
    )
    jwt_leeway: float = setting(
        "KITH_JWT_LEEWAY",
        30.0,
        "0 to 600",
        "The seconds by which the clock of an issuer may differ.",
        ge=0,
        le=600,
    )
    user_claim: Literal["email", "sub"] = setting(
        "KITH_USER_CLAIM",
        "email",
        "email or sub",
        "The claim by which the subject of a token or a provider is a User at its first sign-in. With `email`, the only"
        " User with this address, if the claim `email_verified` is true; with `sub`, only a User that"
        " `python -m graph user link` named.",
    )
    create_users: bool = setting(
        "KITH_CREATE_USERS",
        False,
        "true or false",
        "Whether the first sign-in of a subject that is no User creates one.",
    )
    proxy_header: Annotated[str | None, AfterValidator(_header)] = setting(
        "KITH_PROXY_HEADER",
        None,
        "the name of a header, such as Remote-Email",
        "The header in which a reverse proxy at KITH_PROXY_ADDRESSES sends the email address of the User.",
    )
    proxy_addresses: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = setting(
        "KITH_PROXY_ADDRESSES",
        (),
        "comma-separated addresses or networks such as 127.0.0.1,10.0.0.0/24",
        "The reverse proxies whose KITH_PROXY_HEADER and X-Forwarded-For are believed.",
    )
