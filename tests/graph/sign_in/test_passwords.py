"""Passwords and sessions in the database."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from graph.errors import Busy, Conflict, Invalid, NotFound
from graph.known import Moment
from graph.sign_in import passwords
from graph.sign_in.identities import Identity, tie, user_of
from graph.sign_in.keys import KnownKeys, create_key
from graph.sign_in.passwords import set_first_password, set_password, verify
from graph.sign_in.sessions import SessionLimits, Sessions
from graph.sign_in.users import create_user
from graph.store import Bound, Store

LIMITS = SessionLimits(timedelta(hours=1), timedelta(days=1))


@pytest.fixture(name="email")
def _email() -> str:
    return f"{secrets.token_hex(6)}@passwords.example"


@pytest.fixture(name="user")
async def _user(store: Store, email: str) -> str:
    return await create_user(store.writes, "Ada Berg", email)


async def test_the_first_password_is_random_and_returned_once(store: Store, user: str, email: str) -> None:
    found = await set_first_password(store.reads, store.writes, user)
    assert found is not None
    name, password = found
    assert name == email
    assert len(password) == 24
    verified = await verify(store.reads, store.writes, name, password)
    assert verified is not None
    assert verified.user == user
    assert await set_first_password(store.reads, store.writes, user) is None
    assert await set_first_password(store.reads, store.writes, "no such user") is None


async def test_a_password_that_is_changed_during_a_sign_in_begins_no_session(
    store: Store, user: str, email: str
) -> None:
    sessions = Sessions(store, LIMITS)
    await set_password(store.writes, user, email, "the old password")
    verified = await verify(store.reads, store.writes, email, "the old password")
    assert verified is not None
    await set_password(store.writes, user, email, "the new password")
    assert await sessions.create(user, password=verified) is None
    assert await sessions.create("no such user") is None


async def test_a_session_works_until_its_user_is_deleted(store: Store, user: str) -> None:
    sessions = Sessions(store, LIMITS)
    secret = await sessions.create(user)
    assert secret is not None
    assert await sessions.user(secret) == user
    deleted = "MATCH (u:User {uid: $user}) REMOVE u:User SET u:DeletedUser RETURN 0"
    await store.writes.change(Bound("delete", deleted, {"user": user}))
    assert await sessions.user(secret) is None


async def test_sessions_that_are_looked_up_together_have_their_own_answers(store: Store, user: str) -> None:
    other = await create_user(store.writes, "Eve", None)
    sessions = Sessions(store, LIMITS)
    first, second = await sessions.create(user), await sessions.create(other)
    assert first is not None
    assert second is not None
    secrets_sent = [first, second, "unknown"] * 20
    for _ in range(5):
        found = await asyncio.gather(*map(sessions.user, secrets_sent))
        assert found == [user, other, None] * 20
    await sessions.end(first)
    assert await asyncio.gather(*map(sessions.user, secrets_sent)) == [None, other, None] * 20


async def test_keys_and_identities_that_are_looked_up_together_have_their_own_answers(store: Store, user: str) -> None:
    other = await create_user(store.writes, "Eve", None)
    sent = [await create_key(store.writes, one, "", "read", None) for one in (user, other)]
    identities = [Identity("https://together.example", secrets.token_hex(6)) for _ in range(3)]
    for identity, one in zip(identities, (user, other), strict=False):
        assert await tie(store.writes, identity, one)
    for _ in range(5):
        known, reads = KnownKeys(store), store.reads
        owners = await asyncio.gather(*(known.owner(key, Moment(reads)) for key in [*sent, "kith_x"] * 20))
        assert [one and one.user for one in owners] == [user, other, None] * 20
        found = await asyncio.gather(*(user_of(store.reads, one) for one in identities * 20))
        assert [one and one.user for one in found] == [user, other, None] * 20


async def test_expired_sessions_are_deleted_by_later_sign_ins(store: Store, user: str) -> None:
    await Sessions(store, SessionLimits(timedelta(hours=1), timedelta(seconds=-1))).create(user)
    await Sessions(store, LIMITS).create(user)
    left = Bound("left", "MATCH (s:SignInSession {userId: $user}) RETURN count(s)", {"user": user})
    assert await store.reads.ask(left) == 1


async def test_two_users_do_not_sign_in_with_the_same_address(store: Store, user: str, email: str) -> None:
    await set_password(store.writes, user, email, "the first password")
    other = await create_user(store.writes, "Eve", f"other-{email}")
    with pytest.raises(Conflict):
        await set_password(store.writes, other, email.upper(), "the second password")
    with pytest.raises(NotFound):
        await set_password(store.writes, "no such user", "x@passwords.example", "the third password")
    with pytest.raises(Invalid, match="12 to 256 characters; got 300"):
        await set_password(store.writes, user, email, "x" * 300)


async def test_an_old_hash_is_renewed_at_a_sign_in(store: Store, user: str, email: str) -> None:
    await set_password(store.writes, user, email, "several words")
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("several words")
    text = "MATCH (p:SignInPassword {userId: $user}) SET p.hash = $hash RETURN p.hash"
    await store.writes.change(Bound("weaken", text, {"user": user, "hash": weak}))
    verified = await verify(store.reads, store.writes, email, "several words")
    assert verified is not None
    assert verified.hash != weak
    assert await Sessions(store, LIMITS).create(user, password=verified) is not None


async def test_too_many_sign_ins_at_once_are_refused(store: Store, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_MOST_WAITING", 0)
    with pytest.raises(Busy):
        await verify(store.reads, store.writes, email, "several words")


async def test_an_identity_belongs_to_one_user_and_a_user_has_one_of_each_issuer(store: Store, user: str) -> None:
    other = await create_user(store.writes, "Eve", None)
    one, two = (Identity("https://login.example", secrets.token_hex(6)) for _ in range(2))
    assert await tie(store.writes, one, user)
    assert await tie(store.writes, one, user)
    assert not await tie(store.writes, one, other)
    assert not await tie(store.writes, two, user)
    found = await user_of(store.reads, one)
    assert found is not None
    assert found.user == user
    assert await user_of(store.reads, two) is None
    assert await tie(store.writes, Identity("https://another.example", one.subject), user)
