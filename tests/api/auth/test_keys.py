"""API keys of programs."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from graph.errors import Invalid
from graph.sign_in import keys
from graph.sign_in.users import set_disabled
from graph.store import Bound, Store
from tests.api.auth.conftest import Person, me, person, refused, sign_in, user_of

_MUTATION = 'mutation { createAccount(input: {name: "Keys"}) { account { id } } }'


async def test_a_program_sends_its_key(browser: httpx.AsyncClient, ada: Person, store: Store) -> None:
    key = await keys.create_key(store.writes, ada.user, "nightly", "read", timedelta(days=1))
    assert key.startswith("kith_")
    assert user_of(await me(browser, authorization=f"Bearer {key}")) == ada.user
    listed = next(one for one in await keys.list_keys(store.reads) if one["prefix"] in key)
    assert listed["name"] == "nightly"
    assert listed["lastUsedAt"] is not None
    stored = await store.reads.ask(
        Bound("stored", "MATCH (k:ApiKey {prefix: $prefix}) RETURN properties(k)", {"prefix": listed["prefix"]})
    )
    assert key.rpartition("_")[2] not in str(stored)


async def test_a_key_that_permits_reading_sends_no_mutation(
    browser: httpx.AsyncClient, ada: Person, store: Store
) -> None:
    reading = await keys.create_key(store.writes, ada.user, "", "read", None)
    writing = await keys.create_key(store.writes, ada.user, "", "write", None)
    answer = await browser.post("/graphql", json={"query": _MUTATION}, headers={"authorization": f"Bearer {reading}"})
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "REFUSED"
    assert error["message"] == "The API key permits only reading, and the request changes something."
    headers = {"authorization": f"Bearer {reading}"}
    assert (await browser.post("/links", json={"address": "/map/x/y?z"}, headers=headers)).status_code == 403
    headers["content-type"] = "text/csv"
    assert (await browser.post("/imports", content=b"a\n1", headers=headers)).status_code == 403
    answer = await browser.post("/graphql", json={"query": _MUTATION}, headers={"authorization": f"Bearer {writing}"})
    assert "errors" not in answer.json()


async def test_a_revoked_an_expired_and_an_unknown_key_are_refused(
    browser: httpx.AsyncClient, ada: Person, store: Store
) -> None:
    revoked = await keys.create_key(store.writes, ada.user, "", "read", None)
    expired = await keys.create_key(store.writes, ada.user, "", "read", timedelta(seconds=-1))
    assert user_of(await me(browser, authorization=f"Bearer {revoked}")) == ada.user
    await keys.revoke_key(store.writes, revoked.split("_")[1])
    for key in (revoked, expired, expired[:-1] + "x", "kith_", "kith_00000000_x"):
        assert refused(await me(browser, authorization=f"Bearer {key}")) == (
            "The API key is unknown, expired or revoked."
        )


async def test_the_key_of_a_disabled_user_is_refused(browser: httpx.AsyncClient, ada: Person, store: Store) -> None:
    key = await keys.create_key(store.writes, ada.user, "", "read", None)
    await set_disabled(store.writes, ada.user, disabled=True)
    assert "unknown, expired or revoked" in refused(await me(browser, authorization=f"Bearer {key}"))


async def test_a_wrong_key_is_not_ignored_in_favour_of_a_session(browser: httpx.AsyncClient, ada: Person) -> None:
    await sign_in(browser, ada)
    refused(await me(browser, authorization="Bearer kith_00000000_x"))
    assert "accepts no tokens" in refused(await me(browser, authorization="Bearer e30.e30.e30"))


async def test_an_unknown_scope_is_refused(ada: Person, store: Store) -> None:
    with pytest.raises(Invalid, match="must be read or write; got 'admin'"):
        await keys.create_key(store.writes, ada.user, "", "admin", None)


async def test_a_key_and_a_right_that_end_are_not_used_by_the_next_request(
    browser: httpx.AsyncClient, ada: Person, store: Store
) -> None:
    """The server answers with what it knows of the caller while it looks whether that is still so."""
    key = await keys.create_key(store.writes, ada.user, "", "write", None)
    headers = {"authorization": f"Bearer {key}"}
    named = {"query": "mutation ($name: String!) { createAccount(input: {name: $name}) { account { id } } }"}
    for number in range(3):
        done = await browser.post("/graphql", json={**named, "variables": {"name": f"Keys {number}"}}, headers=headers)
        assert "errors" not in done.json()
    other = await keys.create_key(store.writes, (await person(store)).user, "", "write", None)
    end = "mutation ($input: EndRoleAssignmentInput!) { endRoleAssignment(input: $input) { event { id } } }"
    body = {"query": end, "variables": {"input": {"holder": ada.user, "role": "role-administrator"}}}
    ended = await browser.post("/graphql", json=body, headers={"authorization": f"Bearer {other}"})
    assert "errors" not in ended.json()
    refusal = await browser.post("/graphql", json={**named, "variables": {"name": "Keys 4"}}, headers=headers)
    (error,) = refusal.json()["errors"]
    assert error["extensions"]["code"] == "REFUSED", "a mutation waits for the confirmation"
    page = await browser.post("/graphql", json={"query": "{ accounts { totalCount } }"}, headers=headers)
    assert page.json()["data"]["accounts"]["totalCount"] == 0, "a query is answered again"
    await keys.revoke_key(store.writes, key.split("_")[1])
    refused(await me(browser, authorization=f"Bearer {key}"))
