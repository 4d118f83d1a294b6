"""`exportPerson` and `erasePerson`: everything about a person is found, and personal data is gone for good."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph.access import Principal
from graph.event_chain.sealing import seal
from graph.event_chain.verification import verify
from graph.known import Moment
from graph.mutations.persons import ERASED, PERSONS
from graph.policy import by_roles
from graph.rights import Holder, Privilege, Rights, RoleRights
from graph.sign_in.keys import KnownKeys, create_key
from graph.sign_in.passwords import set_first_password
from graph.vocabulary import entity
from schema.execution import Executor, Options
from tests.conftest import wipe
from tests.schema.mutations.examples import record
from tests.schema.mutations.stage import JAN, Stage

EXPORT = """mutation ($input: ExportPersonInput!) {
  exportPerson(input: $input) { party { id } event { mutation actor } document again: document }
}"""


async def exported(stage: Stage, uid: str, **given: Any) -> Any:
    answer = await stage.ask(EXPORT, input={"id": uid, **given})
    assert answer["exportPerson"]["document"] == answer["exportPerson"]["again"]
    return json.loads(answer["exportPerson"]["document"] or "null")


def test_the_names_addresses_and_texts_of_persons_are_personal() -> None:
    assert set(PERSONS) == {"Contact", "Lead", "User"}
    for label in PERSONS:
        properties = entity(label).properties
        for name in ("name", "emailAddress1", "mobilePhone", "jobTitle", "city", "country"):
            assert properties[name].personal, (label, name)
        assert not properties["createdAt"].personal
        assert not properties["ownerUid"].personal


async def test_an_export_has_everything_about_a_person_and_is_recorded(stage: Stage) -> None:
    account = await stage.account("Alder")
    given = {"fullName": "Ada Berg", "emailAddress1": "ada@alder.example", "birthDate": "1980-01-02"}
    ada = (await stage.do("createContact", {**given, "employment": {"account": account, "validFrom": JAN}}))["id"]
    await stage.do("updateContact", {"id": ada, "city": "Oslo"})
    call = {"kind": "PhoneCall", "subject": "First call", "description": "She likes tea.",
            "participants": [{"party": ada, "role": "TO"}]}  # fmt: skip
    await stage.do("logActivity", call)
    found = await exported(stage, ada)
    assert found["properties"]["emailAddress1"] == "ada@alder.example"
    assert found["properties"]["birthDate"] == "1980-01-02"
    assert not [name for name in found["properties"] if name.endswith("SortKey") or name == "searchWords"]
    (job,) = (one for one in found["relationships"] if one["type"] == "WORKS_AT")
    assert (job["record"]["id"], job["outgoing"]) == (account, True)
    assert [one["properties"]["description"] for one in found["activities"]] == ["She likes tea."]
    changes = [one["changes"].get("after.city") for one in found["events"]["about"]]
    assert "Oslo" in changes
    assert found["signIns"] == []
    mutation, _, recorded = (await stage.events(ada))[-1]
    assert (mutation, recorded) == ("exportPerson", {"personalData": (None, None)})


async def test_an_export_without_its_event_has_no_document(stage: Stage) -> None:
    ada = await stage.contact()
    assert await exported(stage, ada, dryRun=True) is None
    assert (await stage.events(ada))[-1][0] == "createContact"
    assert await exported(stage, ada, idempotencyKey="one") is not None
    assert await exported(stage, ada, idempotencyKey="one") is None


async def test_an_export_of_a_user_has_sign_ins_without_hashes(stage: Stage) -> None:
    user = (await stage.do("createUser", {"name": "Ben", "emailAddress1": "ben@kith.example"}))["id"]
    password = await set_first_password(stage.store.reads, stage.store.writes, user)
    key = await create_key(stage.store.writes, user, "export", "read", None)
    assert password is not None
    found = await exported(stage, user)
    assert {one["type"] for one in found["signIns"]} == {"SignInPassword", "ApiKey"}
    text = json.dumps(found)
    assert "argon2" not in text
    assert "digest" not in text
    assert key not in text


@pytest.mark.parametrize("label", PERSONS)
async def test_an_erased_person_has_no_personal_value_anywhere(stage: Stage, label: str) -> None:
    await wipe(stage.store)
    one = entity(label)
    words = {name: f"personal {name}" for name, each in one.properties.items()
             if each.personal and each.writable and each.kind.value == "text" and each.format is None}  # fmt: skip
    words["emailAddress1"] = "personal@example.org"
    words.pop("fullName", None)
    person = (await stage.do(f"create{label}", words))["id"]
    await stage.do(f"update{label}", {"id": person, "city": "personal city 2"})
    account = await stage.account()
    await seal(stage.store.writes)
    before = await stage.stored(person)
    await stage.do("erasePerson", {"id": person})
    after = await stage.stored(person)
    for name, each in one.properties.items():
        if each.personal:
            assert after.get(name) == (ERASED if each.required else None), name
    kept = {name for name in before if name in one.properties and not one.properties[name].personal}
    changed = {"modifiedAt", *(name for name, _ in one.unavailable)}
    assert {name: after.get(name) for name in kept - changed} == {name: before[name] for name in kept - changed}
    # Neither records nor events have the values, nor search words or sort keys made of them.
    everywhere = await stage.see(
        """CALL () { MATCH (n) RETURN collect(properties(n)) AS nodes }
        CALL () { MATCH ()-[e]->() RETURN collect(properties(e)) AS edges } RETURN [nodes, edges]"""
    )
    assert "personal" not in str(everywhere).replace("personalData", "")
    assert await stage.ask("""query { search(text: "personal", first: 3) { node { __typename } } }""") == {"search": []}
    assert (await stage.last(person)) == ("erasePerson", {"personalData": (None, None)})
    # The changes of earlier events were rewritten, and this is recorded in the chain.
    await seal(stage.store.writes)
    verified = await verify(stage.store.reads)
    assert verified.problem is None
    assert verified.checked >= 4
    await stage.write(
        """MATCH (:Event)-[c:CHANGED]->({uid: $uid}) WHERE 'city' IN c.fields SET c.`after.city` = 'forged'
        RETURN count(c)""",
        uid=person,
    )
    assert (await verify(stage.store.reads)).problem is not None
    assert account


async def test_an_erased_user_cannot_sign_in(stage: Stage) -> None:
    user = (await stage.do("createUser", {"name": "Eve", "emailAddress1": "eve@kith.example"}))["id"]
    await set_first_password(stage.store.reads, stage.store.writes, user)
    key = await create_key(stage.store.writes, user, "script", "write", None)
    assert await KnownKeys(stage.store).owner(key, Moment(stage.store.reads)) is not None
    await stage.do("erasePerson", {"id": user})
    assert await KnownKeys(stage.store).owner(key, Moment(stage.store.reads)) is None
    left = "MATCH (s:SignInPassword|SignInSession|SignInIdentity|ApiKey {userId: $user}) RETURN count(s)"
    assert await stage.see(left, user=user) == 0
    assert (await stage.stored(user))["isDisabled"] is True


async def test_the_erasure_of_an_imported_person_also_forgets_the_imported_values(stage: Stage) -> None:
    person = await record(stage, "Contact", firstName="Imported", provenance='{"firstName": "Imported"}')
    await stage.write(
        """MATCH (n {uid: $uid}) CREATE (:Event {uid: 'import-event', position: 0, at: datetime(), actor: 'import',
        mutation: 'import'})-[:CHANGED {isSubject: false, fields: [], linkFields: [], undo: '{"created": true}'}]->(n)
        RETURN 1""",
        uid=person,
    )
    await stage.do("erasePerson", {"id": person})
    assert "provenance" not in await stage.stored(person)
    left = "MATCH (:Event)-[c:CHANGED]->({uid: $uid}) WHERE c.undo IS NOT NULL RETURN count(c)"
    assert await stage.see(left, uid=person) == 0
    await stage.write("MATCH (e:Event {uid: 'import-event'}) DETACH DELETE e RETURN 1")


def privileged(stage: Stage, *privileges: str) -> Stage:
    """A stage whose caller has a role with some privileges."""
    role = RoleRights("role", "Role", tuple(map(Privilege.parse, privileges)))
    executor = Executor(stage.store.reads, stage.store.writes, Options(), policy=by_roles)
    mine = Stage(executor, stage.store)
    mine.caller = Principal("somebody", Rights((Holder("somebody", None, (), (role,)),)))
    return mine


async def test_only_those_with_the_privileges_at_the_depth_all_export_and_erase(stage: Stage) -> None:
    person = await stage.contact()
    reader = privileged(stage, "Party READ ALL", "Activity READ ALL")
    assert await reader.refuse("exportPerson", {"id": person}) == "REFUSED"
    assert await reader.refuse("erasePerson", {"id": person}) == "REFUSED"
    assert await privileged(stage, "Contact READ OWN").refuse("exportPerson", {"id": person}) == "NOT_FOUND"
    below = ("Contact READ ALL", "Contact WRITE ALL", "Contact DELETE UNIT")
    assert await privileged(stage, *below).refuse("erasePerson", {"id": person}) == "REFUSED"
    await privileged(stage, "Record READ ALL").do("exportPerson", {"id": person})
    officer = [f"{label} {one} ALL" for label in PERSONS for one in ("READ", "WRITE", "DELETE")]
    await privileged(stage, *officer).do("erasePerson", {"id": person})


async def test_only_persons_are_exported_and_erased(stage: Stage) -> None:
    account = await stage.account()
    for name in ("exportPerson", "erasePerson"):
        assert await stage.refuse(name, {"id": account}) == "NOT_FOUND"
        assert await stage.refuse(name, {"id": "unknown"}) == "NOT_FOUND"
