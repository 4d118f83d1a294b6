"""A secured field is null to callers who may not read it, and no condition, order, figure or group can use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graph import engine
from graph.access import UNRESTRICTED, Principal
from graph.models.properties import Kind
from graph.models.role import PrivilegeType
from graph.mutations.declarations import MUTATIONS, Mutation, Value
from graph.policy import access_of, by_roles
from graph.query.access_shape import AccessShape
from graph.rights import FieldPermission, Holder, Privilege, Rights, RoleRights, read_rights
from graph.roles import PRODUCT_ROLES
from graph.secured_fields import SECURED, Coordinate
from graph.store import Store
from graph.vocabulary import entity
from schema.execution import Executor, Options
from schema.limits import Limits
from schema.planning.plan import Root, planned
from tests.conftest import wipe
from tests.recorded_reads import RecordedReads
from tests.schema.mutations.examples import example, sample
from tests.schema.mutations.stage import EVERYTHING, Stage
from tests.schema.secured_paths import SecuredPaths

FIELDS = sorted(SECURED)
NAMES = [".".join(one) for one in FIELDS]
EVERYTHING_ELSE = (*(Privilege("Record", one.name, "ALL") for one in PrivilegeType), Privilege("Event", "READ", "ALL"))
VALUES: dict[str, Any] = {
    "creditLimit": {"amount": 70_707, "currency": "USD"}, "creditOnHold": True, "birthDate": "1977-07-07",
}  # fmt: skip
SHOWN = "text number boolean date money { amount currency }"
CHANGES = f"changes {{ field masked before {{ {SHOWN} }} after {{ {SHOWN} }} record {{ id }} }}"


def caller(*roles: tuple[str, ...], user: str | None = None) -> Principal:
    """A caller who may do everything with every record, with roles that have access to some secured fields."""
    of = tuple(
        RoleRights(f"role-{at}", "Role", EVERYTHING_ELSE, True, tuple(map(FieldPermission.parse, texts)))
        for at, texts in enumerate(roles or ((),))
    )
    return Principal(user, Rights((Holder(user or "one", None, (), of),)))


def all_but(field: Coordinate, access: str = "NONE") -> Principal:
    """A caller who writes every secured field but one, to which they have another access."""
    others = (f"{'.'.join(one)} WRITE" for one in FIELDS if one != field)
    return caller((*others, *([] if access == "NONE" else [f"{'.'.join(field)} {access}"])))


def with_access(stage: Stage, principal: Principal) -> Stage:
    """The stage of another caller."""
    other = Stage(Executor(stage.store.reads, stage.store.writes, Options(), policy=by_roles), stage.store)
    other.caller = principal
    return other


async def records(stage: Stage) -> dict[str, str]:
    """An account with a person and a deal, with all secured values, by label; nothing else is in the graph."""
    await wipe(stage.store)
    limits = {"creditLimit": VALUES["creditLimit"], "creditOnHold": True}
    account = (await stage.do("createAccount", {"name": "Secret Ltd", **limits}))["id"]
    person = {"lastName": "Secret", "birthDate": VALUES["birthDate"], "employment": {"account": account}}
    contact = (await stage.do("createContact", person))["id"]
    await stage.do("updateAccount", {"primaryContact": contact}, uid=account)
    deal = {"name": "Secret deal", "account": account, "contact": contact}
    return {"Account": account, "Contact": contact, "Opportunity": (await stage.do("createOpportunity", deal))["id"]}


def secrets(answer: Any) -> Iterator[Any]:
    """The values under the key `secret`."""
    if isinstance(answer, dict):
        for key, one in answer.items():
            if key == "secret":
                yield one
            else:
                yield from secrets(one)
    elif isinstance(answer, list):
        for one in answer:
            yield from secrets(one)


def entry(*fields: Coordinate) -> dict[str, Any]:
    """The extensions of an answer in which fields are masked."""
    return {"masked": [{"entity": label, "field": name} for label, name in sorted(fields)]}


# ---------- reading --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS, ids=NAMES)
async def test_an_unreadable_field_is_null_in_every_place_and_does_not_leave_the_database(
    stage: Stage, server: engine.Server, field: Coordinate
) -> None:
    ids = await records(stage)
    reads = RecordedReads(stage.store, server.database)
    executor = Executor(reads, stage.store.writes, Options(questions=Limits(cost=10**9)), policy=by_roles)
    paths = SecuredPaths(executor.core, field)
    seen = 0
    for query in paths.reads():
        variables = {"id": ids[field[0]]} if "$id" in query else None
        open_ = (await executor.execute(query, variables, None, principal=all_but(field, "READ"))).body
        assert "errors" not in open_, (query, open_["errors"])
        assert "extensions" not in open_
        reads.sent.clear()
        body = (await executor.execute(query, variables, None, principal=all_but(field))).body
        assert "errors" not in body, (query, body["errors"])
        found = list(secrets(body["data"]))
        assert found == [None] * len(list(secrets(open_["data"])))
        seen += len([one for one in secrets(open_["data"]) if one is not None])
        assert body["extensions"] == entry(field)
        texts = [bound.text for bound in reads.sent]
        assert texts
        assert not any(f".{field[1]}" in text for text in texts), query
        ordinary = await executor.execute(query, variables, None, principal=all_but(field), ordinary=True)
        assert ordinary.body == body, query
    assert seen > 10
    await reads.close()


@pytest.mark.parametrize("field", FIELDS, ids=NAMES)
async def test_every_use_of_an_unreadable_field_is_refused_before_a_statement_is_sent(
    store: Store, server: engine.Server, field: Coordinate
) -> None:
    reads = RecordedReads(store, server.database)
    options = Options(questions=Limits(cost=10**9))
    executor = Executor(reads, store.writes, options, policy=by_roles)
    paths = SecuredPaths(executor.core, field)
    queries = list(dict.fromkeys(paths.uses()))
    assert len(queries) > 40
    for query in queries:
        body = (await executor.execute(query, None, None, principal=all_but(field))).body
        assert "data" not in body, query
        (error,) = body["errors"]
        assert error["message"].startswith(f"You may not read `{'.'.join(field)}`")
        assert (error["extensions"]["code"], error["extensions"]["entity"], error["extensions"]["field"]) == (
            "REFUSED", *field,
        )  # fmt: skip
        assert not reads.sent
        allowed = access_of(all_but(field, "READ").rights).shape
        assert texts(executor, query, allowed) == texts(executor, query, UNRESTRICTED.shape)
    assert paths.inputs() == []
    await reads.close()


def texts(executor: Executor, query: str, access: AccessShape) -> list[str]:
    """The statements of a query under an access shape."""
    document = executor.document(query)
    assert not document.errors, (query, document.errors)
    limits = Limits(cost=10**9)
    plan = planned(executor.core, document.operations[None], {}, {}, access=access, base="USD", limits=limits)
    return [root.text for root in plan.roots if isinstance(root, Root)]


async def test_explanations_conditions_without_a_value_and_errors_tell_nothing(stage: Stage) -> None:
    ids = await records(stage)
    limited = with_access(stage, all_but(("Account", "creditLimit")))
    query = "query ($where: AccountWhere) { accounts(first: 5, where: $where) { nodes { creditLimit { amount } } } }"
    answer = await limited.executor.execute(query, {}, None, principal=limited.caller, explain=True)
    assert answer.body["extensions"].keys() == {"masked", "explain"}
    variables = {"where": {"creditLimit": {"gt": 5}}}
    for _ in range(2):
        body = (await limited.executor.execute(query, variables, None, principal=limited.caller)).body
        assert [one["extensions"]["code"] for one in body["errors"]] == ["REFUSED"]
    conflict = {"id": ids["Account"], "name": "Other", "ifVersion": "2020-01-01T00:00:00Z"}
    body = await limited.answer("updateAccount", conflict, "name creditLimit { amount }")
    assert body["errors"][0]["extensions"]["current"] == {"name": "Secret Ltd", "creditLimit": None}


# ---------- changes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS, ids=NAMES)
async def test_the_values_of_changes_are_masked(stage: Stage, server: engine.Server, field: Coordinate) -> None:
    uid = (await records(stage))[field[0]]
    await stage.do(f"update{field[0]}", {field[1]: None, "description": "Known"}, uid=uid)
    reads = RecordedReads(stage.store, server.database)
    executor = Executor(reads, stage.store.writes, Options(), policy=by_roles)
    history = f"query ($id: ID!) {{ node(id: $id) {{ history(first: 20) {{ nodes {{ {CHANGES} }} }} }} }}"
    events = f"{{ events(first: 50) {{ nodes {{ {CHANGES} }} }} }}"
    for query, variables in ((history, {"id": uid}), (events, None)):
        whole = (await executor.execute(query, variables, None, principal=all_but(field, "READ"))).body
        body = (await executor.execute(query, variables, None, principal=all_but(field))).body
        assert body["extensions"] == entry(field)
        assert "extensions" not in whole
        wanted = changes(whole)
        assert any(one["field"] == field[1] and one["before"] for one in wanted)
        assert not any(one["masked"] for one in wanted)
        for one in wanted:
            if one["field"] == field[1]:
                one |= {"masked": True, "before": None, "after": None}
        assert changes(body) == wanted
    await stage.do(f"delete{field[0]}", {"id": uid}, "name")
    deleted = history.replace("id: $id", "id: $id, includeDeleted: true")
    body = (await executor.execute(deleted, {"id": uid}, None, principal=all_but(field))).body
    hidden = [one for one in changes(body) if one["field"] == field[1]]
    assert hidden
    assert all(one["masked"] and one["before"] is one["after"] is None for one in hidden)
    await reads.close()


def changes(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The changes of all events in an answer."""
    assert "errors" not in body, body["errors"]
    (root,) = body["data"].values()
    return [change for event in (root.get("history") or root)["nodes"] for change in event["changes"]]


async def test_sentences_about_changes_leave_out_what_is_masked(stage: Stage) -> None:
    user = (await stage.do("createUser", {"name": "Owner"}))["id"]
    account = (await stage.do("createAccount", {"name": "Told Ltd"}))["id"]
    await stage.do("assignManager", {"account": account, "user": user})
    await stage.do("updateAccount", {"creditLimit": VALUES["creditLimit"]}, uid=account)
    query = "query ($id: ID!) { user(id: $id) { changes { says { text } record { id } } } }"
    said = []
    for access in ("READ", "NONE"):
        limited = with_access(stage, all_but(("Account", "creditLimit"), access))
        found = await limited.ask(query, id=user)
        said.append([one["says"]["text"] for one in found["user"]["changes"] if one["record"]["id"] == account])
    assert any("credit" in one for one in said[0])
    assert not any("credit" in one for one in said[1])


# ---------- writing --------------------------------------------------------------------------------------------------

WRITING = [
    (mutation.name, (label, one.name))
    for mutation in MUTATIONS.values()
    for one in mutation.inputs()
    if isinstance(one, Value) and one.stored
    for label in (mutation.label,)
    if (label, one.name) in SECURED
]


def test_every_secured_field_is_written_by_create_and_update() -> None:
    wanted = {(f"{verb}{label}", (label, name)) for label, name in FIELDS for verb in ("create", "update")}
    assert set(WRITING) >= wanted


async def written(stage: Stage, mutation: Mutation, field: Coordinate) -> dict[str, Any]:
    """An input that sets the field."""
    given = await example(stage, mutation)
    for key in (name for label, name in FIELDS if label == field[0]):
        given.pop(key, None)
    found = next(one for one in mutation.inputs() if isinstance(one, Value) and one.name == field[1])
    return {**given, field[1]: sample(found)}


@pytest.mark.parametrize(("name", "field"), WRITING, ids=lambda one: one if isinstance(one, str) else one[1])
async def test_a_field_is_written_only_with_the_permission(stage: Stage, name: str, field: Coordinate) -> None:
    given = await written(stage, MUTATIONS[name], field)
    for access in ("NONE", "READ"):
        limited = with_access(stage, all_but(field, access))
        before = await stage.see(EVERYTHING)
        for sent in (given, {**given, "dryRun": True}, *([] if "create" in name else [{**given, field[1]: None}])):
            body = await limited.answer(name, sent)
            (error,) = body["errors"]
            assert (error["extensions"]["code"], error["extensions"]["field"]) == ("REFUSED", f"input.{field[1]}")
            assert f"`{field[1]}`" in error["message"]
        assert await stage.see(EVERYTHING) == before, "something was written"
        without = {key: value for key, value in given.items() if key != field[1]}
        assert "errors" not in await limited.answer(name, {**without, "dryRun": True})
    await with_access(stage, all_but(field, "WRITE")).do(name, given)


@pytest.mark.parametrize("field", FIELDS, ids=NAMES)
async def test_mutations_of_several_records_need_the_permission_too(stage: Stage, field: Coordinate) -> None:
    label, name = field
    uid = (await records(stage))[label]
    limited, plural = with_access(stage, all_but(field, "READ")), f"{label}s"
    inputs = (
        (f"update{plural}", {"ids": [uid], "changes": {name: VALUES[name]}}),
        (f"create{plural}", {"items": [{**await written(stage, MUTATIONS[f"create{label}"], field)}]}),
    )
    before = await stage.see(EVERYTHING)
    for mutation, given in inputs:
        query = (
            f"mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ {mutation}(input: $input) {{ count }} }}"
        )
        body = (await limited.executor.execute(query, {"input": given}, None, principal=limited.caller)).body
        assert [one["extensions"]["code"] for one in body["errors"]] == ["REFUSED"]
    matching = {"where": {name: {"isNull": False}}, "changes": {"description": "Found"}}
    query = f"mutation ($input: Update{plural}Input!) {{ update{plural}(input: $input) {{ count }} }}"
    hidden = all_but(field)
    body = (await limited.executor.execute(query, {"input": matching}, None, principal=hidden)).body
    assert [one["extensions"]["code"] for one in body["errors"]] == ["REFUSED"]
    assert await stage.see(EVERYTHING) == before, "something was written"


@pytest.mark.parametrize("field", FIELDS, ids=NAMES)
async def test_the_payload_of_a_mutation_is_masked(stage: Stage, field: Coordinate) -> None:
    label, name = field
    uid = (await records(stage))[label]
    limited = with_access(stage, all_but(field))
    shown = f"description {name}{' { amount }' if entity(label).properties[name].kind is Kind.MONEY else ''}"
    body = await limited.answer(f"update{label}", {"id": uid, "description": "New"}, shown)
    ((payload,),) = (one.values() for one in body["data"].values())
    assert payload == {"description": "New", name: None}
    assert body["extensions"] == entry(field)


# ---------- permissions ----------------------------------------------------------------------------------------------


async def test_permissions_of_several_roles_add_up(stage: Stage) -> None:
    ids = await records(stage)
    both = with_access(stage, caller(("Account.creditLimit READ",), ("Account.creditOnHold WRITE",)))
    query = """query ($account: ID!, $contact: ID!) {
      account(id: $account) { creditLimit { amount } creditOnHold } contact(id: $contact) { birthDate }
      me { fieldPermissions { entity field access } } }"""
    variables = {"account": ids["Account"], "contact": ids["Contact"]}
    body = (await both.executor.execute(query, variables, None, principal=both.caller)).body
    assert body["data"]["account"] == {"creditLimit": {"amount": 70_707}, "creditOnHold": True}
    assert body["data"]["contact"] == {"birthDate": None}
    assert body["extensions"] == entry(("Contact", "birthDate"))
    assert [tuple(one.values()) for one in body["data"]["me"]["fieldPermissions"]] == [
        ("Account", "creditLimit", "READ"), ("Account", "creditOnHold", "WRITE"), ("Contact", "birthDate", "NONE"),
    ]  # fmt: skip
    await both.do("updateAccount", {"creditOnHold": False}, uid=ids["Account"])
    assert await both.refuse("updateAccount", {"creditLimit": None}, uid=ids["Account"]) == "REFUSED"


def test_operators_administrators_and_sales_managers_are_not_affected() -> None:
    operator = by_roles(Principal(None, operator=True)).shape
    by_key = {
        one.key: access_of(Rights((Holder("one", None, (), (role(one.privileges, one.fields),)),))).shape
        for one in PRODUCT_ROLES
    }
    assert operator == UNRESTRICTED.shape
    assert by_key["administrator"].rules == ()
    for shape in (operator, by_key["administrator"], by_key["sales-manager"]):
        assert not shape.masked
        assert not shape.unwritable
    assert by_key["salesperson"].masked == {("Contact", "birthDate")}
    assert by_key["salesperson"].unwritable == by_key["reader"].masked == SECURED


def role(privileges: tuple[str, ...], fields: tuple[str, ...]) -> RoleRights:
    """A role in the form in which it is stored."""
    return RoleRights(
        "role", "Role", tuple(map(Privilege.parse, privileges)), True, tuple(map(FieldPermission.parse, fields))
    )


async def test_a_caller_without_roles_reads_no_secured_field(stage: Stage) -> None:
    assert by_roles(Principal(None)).shape.masked == SECURED
    user = (await stage.do("createUser", {"name": "One"}))["id"]
    holder = Holder(user, None, (), (RoleRights("role", "Role", EVERYTHING_ELSE),))
    assert access_of(Rights((holder,))).shape.masked == SECURED


async def test_permissions_are_given_and_taken_away_by_a_mutation(stage: Stage) -> None:
    account = (await records(stage))["Account"]
    granted = (await stage.do("createRole", {"name": "Credit"}))["id"]
    for privilege in ("READ", "WRITE"):
        given = {"role": granted, "entity": "Record", "type": privilege, "depth": "ALL"}
        await stage.do("setPrivilege", given)
    user = (await stage.do("createUser", {"name": "One"}))["id"]
    await stage.do("addRoleAssignment", {"holder": user, "role": granted}, "name")

    async def limit() -> Any:
        principal = Principal(user, await read_rights(stage.store.reads, user))
        found = await with_access(stage, principal).ask(
            "query ($id: ID!) { account(id: $id) { creditLimit { amount } } }", id=account
        )
        return found["account"]["creditLimit"]

    shown = "fieldPermissions { entity field access }"
    steps = (
        ("Account", "creditLimit", "READ", {"amount": 70_707}), ("Account", "creditLimit", "WRITE", {"amount": 70_707}),
        ("Account", "creditLimit", "NONE", None), ("Record", "*", "READ", {"amount": 70_707}),
    )  # fmt: skip
    assert await limit() is None
    before: list[str] | None = None
    for label, field, access, wanted in steps:
        given = {"role": granted, "entity": label, "field": field, "access": access}
        found = await stage.do("setFieldPermission", given, shown)
        stored = [{"entity": label, "field": field, "access": access}] if access != "NONE" else []
        assert found["fieldPermissions"] == stored
        after = [f"{label}.{field} {access}"] if access != "NONE" else []
        assert await stage.last(granted) == ("setFieldPermission", {"fieldPermissions": (before, after)})
        before = after
        assert await limit() == wanted
    given = {"role": granted, "entity": "Record", "field": "*", "access": "READ"}
    await stage.do("setFieldPermission", given)
    assert (await stage.last(granted))[1] == {}
    for label, field in (("Account", "name"), ("Contact", "creditLimit"), ("Nothing", "*"), ("Lead", "*")):
        given = {"role": granted, "entity": label, "field": field, "access": "READ"}
        assert await stage.refuse("setFieldPermission", given) == "INVALID"
    limited = with_access(stage, Principal(user, await read_rights(stage.store.reads, user)))
    mine = {"role": granted, "entity": "Record", "field": "*", "access": "WRITE"}
    assert "errors" not in await limited.answer("setFieldPermission", {**mine, "dryRun": True})
    limited.caller = Principal(user)
    assert await limited.refuse("setFieldPermission", mine) == "NOT_FOUND"
