"""Tokens of an issuer: those that are accepted, and every kind that is not."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from graph import engine
from graph.sign_in.identities import Identity, tie
from graph.sign_in.users import set_disabled
from graph.store import Store
from tests.api.auth.conftest import Person, me, person, refused, user_of
from tests.api.auth.issuer import AUDIENCE, Issuer, encoded, issuing, unsigned
from tests.api.running import Running, serving


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as one:
        yield one


@pytest.fixture(scope="module")
def kith(
    server: engine.Server, store: Store, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Kith that accepts the tokens of the issuer."""
    more = {"KITH_JWT_ISSUER": issuer.url, "KITH_JWT_AUDIENCE": AUDIENCE}
    with serving(server, tmp_path_factory.mktemp("tokens"), **more) as running:
        yield running


@pytest.fixture
async def program(kith: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=kith.url, timeout=30) as client:
        yield client


async def asked(program: httpx.AsyncClient, token: str) -> httpx.Response:
    return await me(program, authorization=f"Bearer {token}")


async def test_the_subject_of_a_token_is_the_user_with_its_verified_address(
    program: httpx.AsyncClient, issuer: Issuer, ada: Person
) -> None:
    first = issuer.token(sub="ada", email=ada.email.upper(), email_verified=True)
    assert user_of(await asked(program, first)) == ada.user
    assert user_of(await asked(program, issuer.token(sub="ada"))) == ada.user


async def test_an_address_that_is_not_verified_is_no_user(
    program: httpx.AsyncClient, issuer: Issuer, ada: Person
) -> None:
    for verified in (False, "true", None):
        token = issuer.token(sub="unlinked", email=ada.email, email_verified=verified)
        assert "no user of Kith" in refused(await asked(program, token))


async def test_another_subject_with_the_same_address_is_refused(
    program: httpx.AsyncClient, issuer: Issuer, store: Store, ada: Person
) -> None:
    assert await tie(store.writes, Identity(issuer.url, "first"), ada.user)
    token = issuer.token(sub="second", email=ada.email, email_verified=True)
    assert "no user of Kith" in refused(await asked(program, token))


async def test_a_disabled_user_is_refused_at_the_next_request(
    program: httpx.AsyncClient, issuer: Issuer, store: Store
) -> None:
    eve = await person(store)
    await tie(store.writes, Identity(issuer.url, "eve"), eve.user)
    assert user_of(await asked(program, issuer.token(sub="eve"))) == eve.user
    await set_disabled(store.writes, eve.user, disabled=True)
    assert "no user of Kith" in refused(await asked(program, issuer.token(sub="eve")))


async def test_tokens_are_required_where_an_issuer_is_configured(program: httpx.AsyncClient) -> None:
    assert refused(await me(program)) == "The request has no credentials."


def changed(issuer: Issuer) -> str:
    head, _, signature = issuer.token().split(".")
    return ".".join((head, unsigned({}, issuer.claims(sub="admin")).split(".")[1], signature))


def with_own_key(issuer: Issuer) -> str:
    public = next(one for one in issuer.public()["keys"] if one["kid"] == "other")
    return issuer.token("other", header={"alg": "RS256", "kid": "one", "jwk": public})


WRONG: dict[str, tuple[Callable[[Issuer], str], str]] = {
    "alg none": (lambda one: unsigned({"alg": "none", "kid": "one"}, one.claims()) + ".", "algorithm"),
    "alg none, signed": (lambda one: one.token(header={"alg": "none", "kid": "one"}), "algorithm"),
    "HS256 with the public key": (Issuer.forged_with_public_key, "algorithm"),
    "HS256 with the shared key": (lambda one: one.token(header={"alg": "HS256", "kid": "shared"}), "algorithm"),
    "another algorithm than that of the key": (lambda one: one.token(header={"alg": "ES256", "kid": "one"}), "token"),
    "wrong key": (lambda one: one.token("other", header={"alg": "RS256", "kid": "one"}), "signature"),
    "changed claims": (changed, "signature"),
    "no signature": (lambda one: one.token().rpartition(".")[0] + ".", "token"),
    "unknown key": (lambda one: one.token(header={"alg": "RS256", "kid": "strange"}), "does not have"),
    "no key": (lambda one: one.token(header={"alg": "RS256"}), "`kid`"),
    "a key in the header": (with_own_key, "token"),
    "wrong audience": (lambda one: one.token(aud="another"), "audience"),
    "no audience": (lambda one: one.token(aud=None), "lacks a claim"),
    "wrong issuer": (lambda one: one.token(iss="https://evil.example"), "issuer"),
    "expired": (lambda one: one.token(exp=int(time.time()) - 60), "expired"),
    "no expiry": (lambda one: one.token(exp=None), "lacks a claim"),
    "not yet valid": (lambda one: one.token(nbf=int(time.time()) + 120), "not yet valid"),
    "no subject": (lambda one: one.token(sub=None), "lacks a claim"),
    "not a token": (lambda one: one.url, "not a signed JWT"),
    "a critical header": (lambda one: one.token(header={"alg": "RS256", "kid": "one", "crit": ["x"]}), "token"),
    "too long": (lambda one: one.token(padding="x" * 20_000), "not a signed JWT"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_token_is_refused(program: httpx.AsyncClient, issuer: Issuer, name: str) -> None:
    if "other" not in issuer.keys:
        with issuing() as stranger:
            issuer.keys["other"] = stranger.keys["one"]
    make, part = WRONG[name]
    answer = await asked(program, make(issuer))
    assert part in refused(answer)
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_a_token_in_a_page_is_refused_in_the_same_way(program: httpx.AsyncClient, issuer: Issuer) -> None:
    wrong = f"Bearer {issuer.token(aud='another')}"
    assert "audience" in refused(await program.get("/reports", headers={"authorization": wrong}))
    assert encoded(b"x") not in wrong
