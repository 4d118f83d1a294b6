"""Every declared mutation, by the promises that all of them make; the cases are generated from the declarations."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from graph.errors import Unavailable
from graph.identity import new_uid
from graph.mutations.commands import Command
from graph.mutations.declarations import MUTATIONS, READ, Group, Mutation, RecordInput, Value
from graph.mutations.edges import EdgeMutation
from schema.planning.insights import InsightField
from tests.schema.mutations.examples import example
from tests.schema.mutations.stage import EVERYTHING, Stage, subject_of

EVENTS = "MATCH (e:Event) RETURN count(e)"
EVERY = sorted(MUTATIONS)
EXISTING = [name for name in EVERY if not MUTATIONS[name].creates]


async def send(stage: Stage, name: str, given: dict[str, Any]) -> Any:
    """The body of the answer to a mutation, with the record, its version and the event."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    shows = f"{subject_of(name)} {{ id version }} event {{ id mutation subject {{ id }} }}"
    query = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {shows} }} }}"
    return (await stage.executor.execute(query, {"input": given}, None, principal=stage.caller)).body


async def payload(stage: Stage, name: str, given: dict[str, Any]) -> Any:
    """The payload of a mutation; fails on errors."""
    body = await send(stage, name, given)
    assert "errors" not in body, body["errors"]
    return body["data"][name]


async def subject(given: dict[str, Any], name: str) -> str:
    """The id of the subject in an input."""
    return next(str(given[one]) for one in MUTATIONS[name].subjects if one in given)


@pytest.mark.parametrize("name", EVERY)
async def test_a_key_lets_a_mutation_happen_once(stage: Stage, name: str) -> None:
    given = {**await example(stage, MUTATIONS[name]), "idempotencyKey": new_uid()}
    before = await stage.see(EVENTS)
    first, *others = await asyncio.gather(*(payload(stage, name, given) for _ in range(3)))
    assert others == [first, first]
    assert await payload(stage, name, given) == first
    assert await stage.see(EVENTS) == before + 1
    other = {**await example(stage, MUTATIONS[name]), "idempotencyKey": given["idempotencyKey"]}
    (error,) = (await send(stage, name, {**other, "dryRun": False}))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("REFUSED", "input.idempotencyKey")
    assert await stage.see(EVENTS) == before + 1


@pytest.mark.parametrize("name", EVERY)
async def test_a_dry_run_changes_nothing_and_then_the_payload_has_the_record_and_the_event(
    stage: Stage, name: str
) -> None:
    given = await example(stage, MUTATIONS[name])
    before = await stage.see(EVERYTHING)
    rehearsed = await payload(stage, name, {**given, "dryRun": True})
    assert await stage.see(EVERYTHING) == before
    assert rehearsed["event"]["mutation"] == name
    done = await payload(stage, name, given)
    assert done["event"]["id"] != rehearsed["event"]["id"]
    record = done[subject_of(name)]
    assert done["event"]["mutation"] == name
    assert done["event"]["subject"] == {"id": record["id"]}
    if not MUTATIONS[name].creates:
        assert record["id"] == await subject(given, name)
    mutation, changes = await stage.last(record["id"])
    assert mutation == name
    assert changes


@pytest.mark.parametrize("name", EXISTING)
async def test_a_change_of_another_version_is_a_conflict_that_shows_the_record(stage: Stage, name: str) -> None:
    given = await example(stage, MUTATIONS[name])
    before = await stage.see(EVERYTHING)
    (error,) = (await send(stage, name, {**given, "ifVersion": "2020-01-01T00:00:00Z"}))["errors"]
    assert await stage.see(EVERYTHING) == before
    extensions = error["extensions"]
    assert (extensions["code"], extensions["field"]) == ("CONFLICT", "input.ifVersion")
    current = {"id": await subject(given, name), "version": extensions["version"]}
    assert extensions["current"].items() >= current.items()
    done = await payload(stage, name, {**given, "ifVersion": extensions["version"]})
    # What only the caller sees, and an export, are no part of the record that others change.
    unchanged = isinstance(MUTATIONS[name], Command) and MUTATIONS[name].privilege == READ
    assert (done[subject_of(name)]["version"] == extensions["version"]) is unchanged


def records(mutation: Mutation) -> list[str]:
    """The inputs of a mutation with the id of a record, of which one names each subject."""
    inputs = [one.name for one in mutation.inputs() if isinstance(one, RecordInput)]
    alternatives = mutation.alternatives[1:] if isinstance(mutation, EdgeMutation) else ()
    return [one for one in inputs if one not in alternatives]


@pytest.mark.parametrize("name", [name for name in EVERY if records(MUTATIONS[name])])
async def test_every_unknown_id_is_an_error_of_its_own(stage: Stage, name: str) -> None:
    unknown = {one: f"unknown-{one}" for one in records(MUTATIONS[name])}
    given = {**await example(stage, MUTATIONS[name]), **unknown}
    before = await stage.see(EVERYTHING)
    errors = (await send(stage, name, given))["errors"]
    assert {one["extensions"]["field"]: one["extensions"]["code"] for one in errors} == {
        f"input.{one}": "NOT_FOUND" for one in unknown
    }
    assert all(one["extensions"]["remedy"] and one["path"] == [name] for one in errors)
    assert await stage.see(EVERYTHING) == before


@pytest.mark.parametrize("name", [name for name in EVERY if getattr(MUTATIONS[name], "alternatives", ())])
async def test_exactly_one_of_several_inputs_names_the_subject(stage: Stage, name: str) -> None:
    mutation = MUTATIONS[name]
    assert isinstance(mutation, EdgeMutation)
    given = await example(stage, mutation)
    for some in (dict.fromkeys(mutation.alternatives), dict.fromkeys(mutation.alternatives, "unknown")):
        error, *unknown = (await send(stage, name, {**given, **some}))["errors"]
        assert error["message"].startswith("Exactly one of `")
        assert error["extensions"].items() >= {"code": "INVALID", "field": f"input.{mutation.alternatives[0]}"}.items()
        assert all(one["extensions"]["code"] == "NOT_FOUND" for one in unknown)


def bounded(mutation: Mutation) -> list[str]:
    """The inputs of a mutation with an upper bound."""
    values = [one for one in mutation.inputs() if isinstance(one, Value)]
    return [one.name for one in values if one.declared.maximum is not None]


@pytest.mark.parametrize("name", [name for name in EVERY if bounded(MUTATIONS[name])])
async def test_all_errors_of_an_input_come_at_once(stage: Stage, name: str) -> None:
    mutation = MUTATIONS[name]
    wrong: dict[str, Any] = dict.fromkeys(bounded(mutation), 1_000_000)
    unknown = {one: f"unknown-{one}" for one in records(mutation)}
    errors = (await send(stage, name, {**await example(stage, mutation), **unknown, **wrong}))["errors"]
    found = {one["extensions"]["field"]: one["extensions"]["code"] for one in errors}
    assert found == {
        **{f"input.{one}": "INVALID" for one in wrong},
        **{f"input.{one}": "NOT_FOUND" for one in unknown},
    }


async def test_errors_inside_an_object_name_their_path(stage: Stage) -> None:
    groups = [one for one in MUTATIONS["createContact"].inputs() if isinstance(one, Group)]
    assert [one.name for one in groups] == ["employment"]
    given = {"lastName": "Roe", "owner": "no owner", "employment": {"account": "no account"}}
    errors = (await send(stage, "createContact", given))["errors"]
    assert [one["extensions"]["field"] for one in errors] == ["input.owner", "input.employment.account"]
    parts = [{"party": await stage.user(), "role": "TO"}, {"party": "no party", "role": "TO"}]
    errors = (await send(stage, "logActivity", {"kind": "Task", "participants": parts}))["errors"]
    assert [one["extensions"]["field"] for one in errors] == ["input.participants.1.party"]


async def test_a_key_belongs_to_one_caller(stage: Stage) -> None:
    given = {"name": "Acme", "idempotencyKey": new_uid()}
    mine, other = Stage(stage.executor, stage.store, "user-1"), Stage(stage.executor, stage.store, "user-2")
    first, second = await payload(mine, "createAccount", given), await payload(other, "createAccount", given)
    assert first["account"]["id"] != second["account"]["id"]


async def test_a_refused_mutation_does_not_use_up_its_key(stage: Stage) -> None:
    deal = await stage.opportunity()
    await stage.do("winOpportunity", {"opportunity": deal})
    given = {"opportunity": deal, "idempotencyKey": new_uid()}
    for _ in range(2):
        (error,) = (await send(stage, "winOpportunity", given))["errors"]
        assert error["extensions"]["code"] == "CONFLICT"


async def test_an_expired_key_is_free_again_and_is_removed(stage: Stage) -> None:
    await stage.write("MATCH (k:IdempotencyKey) DELETE k RETURN count(*)")
    given = {"name": "Acme", "idempotencyKey": new_uid()}
    for _ in range(3):
        await payload(stage, "createAccount", {**given, "idempotencyKey": new_uid()})
    first = await payload(stage, "createAccount", given)
    await stage.write("MATCH (k:IdempotencyKey) SET k.expiresAt = datetime() - duration('PT1S') RETURN count(k)")
    second = await payload(stage, "createAccount", given)
    assert first["account"]["id"] != second["account"]["id"]
    assert await stage.see("MATCH (k:IdempotencyKey) WHERE k.expiresAt <= datetime() RETURN count(k)") == 0


async def test_the_header_gives_its_key_to_the_only_mutation(stage: Stage) -> None:
    one = 'mutation { createAccount(input: { name: "Acme" }) { account { id } } }'
    two = """mutation { a: createAccount(input: { name: "A" }) { account { id } }
      b: createAccount(input: { name: "B" }) { account { id } } }"""
    key = new_uid()
    bodies = [
        (await stage.executor.execute(one, {}, None, principal=stage.caller, idempotency_key=key)).body
        for _ in range(2)
    ]
    assert bodies[0] == bodies[1]
    body = (await stage.executor.execute(two, {}, None, principal=stage.caller, idempotency_key=key)).body
    assert [error["extensions"]["code"] for error in body["errors"]] == ["INVALID", "INVALID"]


async def test_two_changes_of_one_request_have_two_versions(stage: Stage) -> None:
    uid = await stage.account()
    query = """mutation ($id: ID!) {
      one: updateAccount(input: { id: $id, city: "Oslo" }) { account { version } }
      two: updateAccount(input: { id: $id, city: "Bergen" }) { account { version } }
    }"""
    body = (await stage.executor.execute(query, {"id": uid}, None, principal=stage.caller)).body
    # Texts of times differ in their number of digits.
    first, second = (datetime.fromisoformat(body["data"][key]["account"]["version"]) for key in ("one", "two"))
    assert first < second


@pytest.mark.parametrize(
    "selected",
    [
        "crossSell(first: -1) { score }",
        "orgChart { seats { contact { accounts { nodes { crossSell(first: -1) { score } } } } } }",
        'orgChart { seats { contact { accounts(after: "x") { nodes { id } } } } }',
    ],
)
async def test_an_argument_in_the_payload_that_is_not_valid_changes_nothing(stage: Stage, selected: str) -> None:
    before = await stage.see(EVENTS)
    query = f'mutation {{ createAccount(input: {{ name: "Acme" }}) {{ account {{ id {selected} }} }} }}'
    body = (await stage.executor.execute(query, {}, None, principal=stage.caller)).body
    assert [error["extensions"]["code"] for error in body["errors"]] == ["INVALID"]
    assert await stage.see(EVENTS) == before


async def test_an_empty_key_is_not_the_same_as_no_key(stage: Stage) -> None:
    before = await stage.see(EVENTS)
    (error,) = (await send(stage, "createAccount", {"name": "Acme", "idempotencyKey": ""}))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID", "input.idempotencyKey")
    assert await stage.see(EVENTS) == before


async def test_a_key_in_the_input_that_differs_from_the_header_is_refused(stage: Stage) -> None:
    before = await stage.see(EVENTS)
    query = (
        f'mutation {{ createAccount(input: {{ name: "Acme", idempotencyKey: "{new_uid()}" }}) {{ event {{ id }} }} }}'
    )
    body = (await stage.executor.execute(query, {}, None, principal=stage.caller, idempotency_key=new_uid())).body
    assert [error["extensions"]["field"] for error in body["errors"]] == ["input.idempotencyKey"]
    assert await stage.see(EVENTS) == before


@pytest.mark.parametrize(
    "failure", [Unavailable("The database did not answer.", remedy="Send the request again."), KeyError("a fault")]
)
async def test_an_insight_that_fails_after_the_commit_says_that_the_mutation_was_done(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def lost(*_: Any) -> None:
        raise failure

    name = f"Once {new_uid()}"
    monkeypatch.setattr(InsightField, "result", lost)
    query = """mutation ($name: String!) {
      createAccount(input: { name: $name }) { account { id crossSell { score } } event { subject { id } } }
    }"""
    body = (await stage.executor.execute(query, {"name": name}, None, principal=stage.caller)).body
    (error,) = body["errors"]
    assert (error["extensions"]["code"], error["extensions"]["done"]) == ("UNAVAILABLE", True)
    assert error["path"] == ["createAccount", "account", "crossSell"]
    uid = await stage.see("MATCH (n:Account {name: $name}) RETURN n.uid", name=name)
    assert body["data"]["createAccount"] == {"account": None, "event": {"subject": {"id": uid}}}
    assert error["extensions"]["id"] == uid


async def test_a_mutation_that_fails_hides_no_other_one_of_the_request(stage: Stage) -> None:
    query = """mutation {
      a: createAccount(input: { name: "First" }) { account { id } }
      b: updateAccount(input: { id: "unknown", city: "Ulm" }) { account { id } }
      c: logActivity(input: { kind: Email, subject: "Third" }) { activity { ... on PhoneCall { phoneNumber } } }
    }"""
    body = (await stage.executor.execute(query, {}, None, principal=stage.caller)).body
    uid = await stage.see("MATCH (n:Account {name: 'First'}) RETURN n.uid")
    assert body["data"] == {"a": {"account": {"id": uid}}, "b": None, "c": {"activity": {}}}
    assert [one["path"] for one in body["errors"]] == [["b"]]


async def test_a_dry_run_under_a_used_key_is_compared_with_the_first_request(stage: Stage) -> None:
    given = {"name": "Acme", "idempotencyKey": new_uid()}
    first = await payload(stage, "createAccount", given)
    assert await payload(stage, "createAccount", {**given, "dryRun": True}) == first
    (error,) = (await send(stage, "createAccount", {**given, "name": "Other", "dryRun": True}))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("REFUSED", "input.idempotencyKey")


async def test_a_value_that_must_be_unique_names_its_field(stage: Stage) -> None:
    await stage.do("createCase", {"title": "One", "ticketNumber": "T-1"})
    (error,) = (await send(stage, "createCase", {"title": "Two", "ticketNumber": "T-1"}))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("CONFLICT", "input.ticketNumber")
    assert "`ticketNumber`" in error["message"]


async def test_what_is_missing_for_one_reason_is_one_error(stage: Stage) -> None:
    (error,) = (await send(stage, "createContact", {"city": "Ulm"}))["errors"]
    assert "`firstName`" in error["extensions"]["remedy"]
    (error,) = (await send(stage, "createCase", {"title": ""}))["errors"]
    assert error["extensions"]["remedy"] == "Send a value."
    (error,) = (await send(stage, "logActivity", {"kind": "Task", "regarding": "unknown"}))["errors"]
    assert error["message"] == "No record with the id unknown was found."
