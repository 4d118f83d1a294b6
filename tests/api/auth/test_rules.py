"""The rules of signing in that follow from the settings."""

from __future__ import annotations

import pytest

from api.auth.rules import SignInRules
from graph.errors import Invalid
from graph.settings import Settings

_JWT = {"jwt_issuer": "https://login.example", "jwt_audience": "kith"}


@pytest.mark.parametrize(
    ("settings", "required", "secure"),
    [
        ({}, False, False),
        ({"host": "localhost"}, False, False),
        ({"host": "::1", "caller": "u1"}, False, False),
        ({"hosts": "localhost", "public_url": "http://127.0.0.1:9000"}, False, False),
        ({"sign_in": "required"}, True, False),
        ({"host": "0.0.0.0"}, True, True),
        ({"host": "192.0.2.1"}, True, True),
        ({"public_url": "https://kith.example"}, True, True),
        ({"public_url": "https://localhost:8443"}, False, True),
        ({"hosts": "kith.example"}, True, False),
        (_JWT, True, False),
        ({"oidc_issuer": "http://localhost:1", "oidc_client_id": "kith"}, True, False),
        ({"proxy_header": "Remote-Email", "proxy_addresses": "127.0.0.1"}, True, False),
    ],
    ids=str,
)
def test_everybody_signs_in_unless_only_this_machine_reaches_kith(
    settings: dict[str, str], required: bool, secure: bool
) -> None:
    rules = SignInRules.of(Settings.read(**settings))
    assert (rules.required, rules.secure) == (required, secure)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"sign_in": "required", "caller": "u1"}, "KITH_CALLER"),
        ({"host": "0.0.0.0", "caller": "u1"}, "KITH_CALLER"),
        ({"oidc_issuer": "https://login.example"}, "KITH_OIDC_CLIENT_ID"),
        ({"jwt_issuer": "https://login.example"}, "KITH_JWT_AUDIENCE"),
        ({"proxy_header": "Remote-Email"}, "KITH_PROXY_ADDRESSES"),
        ({"oidc_issuer": "https://a.example", "oidc_client_id": "x", "oidc_scopes": "email"}, "KITH_OIDC_SCOPES"),
        ({"oidc_issuer": "https://a.example", "oidc_client_id": "x", "host": "0.0.0.0"}, "KITH_PUBLIC_URL"),
    ],
    ids=str,
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, str], named: str) -> None:
    with pytest.raises(Invalid) as caught:
        SignInRules.of(Settings.read(**settings))
    assert named in caught.value.message
    assert "KITH_" in caught.value.remedy


@pytest.mark.parametrize(
    "settings",
    [
        {"public_url": "http://kith.example"},
        {"oidc_issuer": "http://login.example"},
        {"jwt_keys": "ftp://login.example"},
        {"jwt_algorithms": "HS256"},
        {"jwt_algorithms": "none"},
        {"proxy_addresses": "somewhere"},
        {"proxy_header": "Remote Email"},
        {"hosts": "kith.example/x"},
    ],
    ids=str,
)
def test_insecure_and_malformed_settings_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="KITH_"):
        Settings.read(**settings)
