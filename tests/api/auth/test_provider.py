"""The keys of an issuer: fetched rarely, within limits, and again after they were changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from api.auth.fetching import MOST_BYTES, FetchError, fetch_json, require_encryption
from api.auth.provider import SECONDS_BETWEEN_FETCHES, Provider
from api.auth.tokens import InvalidTokenError, TokenVerifier
from graph.errors import Unavailable
from tests.api.auth.issuer import AUDIENCE, Issuer, issuing


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as one:
        yield one


async def test_an_unknown_key_is_looked_for_at_most_every_30_seconds(issuer: Issuer) -> None:
    clock = Clock()
    provider = Provider(issuer.url, clock=clock)
    assert await provider.key("one") is not None
    for _ in range(20):
        assert await provider.key("unknown") is None
    assert issuer.fetched == 1
    issuer.new_key("two")
    clock.now += SECONDS_BETWEEN_FETCHES + 1
    assert await provider.key("two") is not None
    assert issuer.fetched == 2
    assert await provider.key("shared") is None


async def test_a_withdrawn_key_is_not_used_for_longer_than_the_keys_are_kept(issuer: Issuer) -> None:
    clock = Clock()
    provider = Provider(issuer.url, clock=clock)
    issuer.new_key("two")
    assert await provider.key("one") is not None
    del issuer.keys["one"]
    clock.now += 601
    assert await provider.key("one") is None


async def test_keys_are_used_for_an_hour_while_the_issuer_does_not_answer(issuer: Issuer) -> None:
    clock = Clock()
    provider = Provider(issuer.url, clock=clock)
    assert await provider.key("one") is not None
    issuer.answer = b"broken"
    clock.now += 1800
    assert await provider.key("one") is not None
    clock.now += 1801
    with pytest.raises(Unavailable):
        await provider.key("one")


async def test_an_issuer_that_names_another_one_is_not_used(issuer: Issuer) -> None:
    with pytest.raises(Unavailable):
        await Provider(issuer.url + "/").key("one")


async def test_a_large_answer_is_not_read(issuer: Issuer) -> None:
    issuer.answer = b" " * (MOST_BYTES + 1)
    with pytest.raises(FetchError, match="more than"):
        await fetch_json(issuer.url)


@pytest.mark.parametrize("url", ["http://login.example/x", "ftp://127.0.0.1", "file:///etc/passwd", "/x"])
def test_a_url_that_is_not_encrypted_is_not_requested(url: str) -> None:
    with pytest.raises(FetchError, match="not encrypted"):
        require_encryption(url)


async def test_times_are_checked_with_leeway(issuer: Issuer) -> None:
    now = 1_000_000.0
    verifier = TokenVerifier(Provider(issuer.url), AUDIENCE, ("RS256",), 30, clock=lambda: now)
    for seconds in (-29, 0, 300):
        await verifier.claims(issuer.token(iat=None, exp=int(now) + seconds))
    for expires, begins in ((-31, None), (99, int(now) + 31)):
        with pytest.raises(InvalidTokenError):
            await verifier.claims(issuer.token(iat=None, exp=int(now) + expires, nbf=begins))
