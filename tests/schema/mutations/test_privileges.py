"""A mutation needs a privilege on every record that it names: with it, it is done, without it, nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from graph.access import Access, Principal
from graph.models.role import PrivilegeType
from graph.mutations.declarations import MUTATIONS, READ, RecordInput
from graph.policy import by_roles
from graph.query.access_shape import AccessShape, Rules
from graph.query.selection import AccessValue, Not
from graph.query.selection import Test as Compare
from graph.rights import Holder, Privilege, Rights, RoleRights
from graph.store import Store
from schema.execution import Executor, Options
from tests.schema.mutations.examples import example, record
from tests.schema.mutations.stage import EVERYTHING, Stage


def _unless(property_name: str, key: str) -> Rules:
    return (("Record", Not(Compare(property_name, "in", AccessValue(key)))),)


# One shape, and so one statement for each mutation: the values say on which records the caller lacks which privilege.
SHAPE = AccessShape(
    (),
    may_read_deleted=True,
    privileges=(
        ("CREATE", _unless("ownerUid", "CREATE")),
        *((one, _unless("uid", one)) for one in ("WRITE", "DELETE", "ASSIGN", "SHARE", "APPEND")),
    ),
)


class Limited(Stage):
    """A stage on which the caller lacks privileges on some records."""

    def __init__(self, store: Store, caller: str | None) -> None:
        self.lacks: dict[str, list[str]] = {}
        super().__init__(Executor(store.reads, store.writes, Options(), policy=lambda _: self._access()), store, caller)

    def _access(self) -> Access:
        return Access(SHAPE, {privilege: self.lacks.get(privilege, []) for privilege, _ in SHAPE.privileges})

    async def errors(self, name: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        """The errors of a mutation that writes nothing."""
        before = await self.see(EVERYTHING)
        body = await self.answer(name, given)
        assert body["data"] == {name: None}, body
        assert await self.see(EVERYTHING) == before, "something was written"
        return [{**one["extensions"], "message": one["message"]} for one in body["errors"]]


def needed(name: str) -> list[tuple[str, RecordInput]]:
    """The inputs that name records, each with the privilege that the mutation needs on it."""
    mutation = MUTATIONS[name]
    records = [one for one in mutation.inputs() if isinstance(one, RecordInput)]
    pairs = [(mutation.privilege if one.name in mutation.subjects else one.privilege, one) for one in records]
    return [(privilege, one) for privilege, one in pairs if privilege != READ]


@pytest.mark.parametrize(
    "name", sorted(name for name, one in MUTATIONS.items() if needed(name) and not one.needed_everywhere())
)
async def test_a_record_is_refused_without_the_privilege_that_the_mutation_needs(stage: Stage, name: str) -> None:
    mutation = MUTATIONS[name]
    given = await example(stage, mutation)
    limited = Limited(stage.store, stage.caller.user)
    for privilege, one in needed(name):
        sent = given if one.name in given else None
        if sent is None and one.name not in getattr(mutation, "alternatives", ()):
            sent = {**given, one.name: await record(stage, (one.only or (one.label,))[0])}
        if sent is None:
            continue
        limited.lacks = {privilege: [sent[one.name]]}
        errors = await limited.errors(name, sent)
        assert [each["code"] for each in errors] == ["REFUSED"] * len(errors), errors
        (error,) = (each for each in errors if each["field"] == f"input.{one.name}")
        assert error["message"].startswith(f"You need the privilege {privilege} on the ")
        assert sent[one.name] in error["message"]
    limited.lacks = {}
    assert "errors" not in await limited.answer(name, {**given, "dryRun": True})


@pytest.mark.parametrize("name", sorted(name for name, one in MUTATIONS.items() if one.creates))
async def test_no_record_is_created_without_the_privilege(stage: Stage, name: str) -> None:
    given = {**await example(stage, MUTATIONS[name]), "owner": await record(stage, "User")}
    limited = Limited(stage.store, stage.caller.user)
    limited.lacks = {"CREATE": [given["owner"]]}
    (error,) = await limited.errors(name, given)
    assert error["code"] == "REFUSED"
    assert error["message"].startswith("You may not create this ")
    limited.lacks = {"APPEND": [given["owner"]]}
    assert "errors" not in await limited.answer(name, {**given, "dryRun": True})


async def test_another_owner_needs_the_privilege_to_assign(stage: Stage) -> None:
    user, other = await record(stage, "User"), await record(stage, "User")
    account = await stage.do("createAccount", {"name": "One", "owner": user})
    limited = Limited(stage.store, None)
    limited.lacks = {"ASSIGN": [account["id"]]}
    (error,) = await limited.errors("updateAccount", {"id": account["id"], "owner": other})
    assert (error["code"], error["field"]) == ("REFUSED", "input.owner")
    assert "privilege ASSIGN" in error["message"]
    await limited.do("updateAccount", {"id": account["id"], "owner": user, "city": "Ely"})
    limited.lacks = {}
    await limited.do("updateAccount", {"id": account["id"], "owner": other})


async def test_who_creates_a_record_owns_it_unless_another_owner_is_sent(stage: Stage) -> None:
    unit = (await stage.do("createBusinessUnit", {"name": "Unit"}))["id"]
    user = (await stage.do("createUser", {"name": "One", "unit": unit}))["id"]
    other = (await stage.do("createUser", {"name": "Two"}))["id"]
    mine = Limited(stage.store, user)
    account = await mine.do("createAccount", {"name": "Mine"})
    stored = await stage.stored(account["id"])
    assert (stored["ownerUid"], stored["unitUid"]) == (user, unit)
    account = await mine.do("createAccount", {"name": "Theirs", "owner": other})
    assert (await stage.stored(account["id"]))["ownerUid"] == other
    product = await mine.do("createProduct", {"name": "Nobody's", "productNumber": "P-1"})
    assert "ownerUid" not in await stage.stored(product["id"])


async def test_a_right_that_one_does_not_have_is_not_shared(stage: Stage) -> None:
    user, account = await record(stage, "User"), await record(stage, "Account")
    limited = Limited(stage.store, None)
    limited.lacks = {"DELETE": [account]}
    given = {"principal": user, "record": account, "rights": ["READ", "WRITE", "DELETE"]}
    (error,) = await limited.errors("share", given)
    assert (error["code"], error["field"]) == ("REFUSED", "input.rights")
    assert error["message"].startswith("You may not share the right DELETE on the record ")
    await limited.do("share", {**given, "rights": ["READ", "WRITE"]})
    (error,) = await limited.errors("share", given)
    assert error["field"] == "input.rights"
    role = await record(stage, "Role", grants=["Party DELETE OWN"])
    (error,) = await limited.errors("addToAccessTeam", {"user": user, "record": account, "template": role})
    assert error["field"] == "input.template"


async def test_a_right_to_change_roles_takes_all_of_them(stage: Stage) -> None:
    """Whoever may create and change their own records cannot make themselves a role."""
    user = await record(stage, "User")
    role = RoleRights("own", "Own", tuple(Privilege("Record", one.name, "OWN") for one in PrivilegeType))
    holder = Holder(user, None, (), (role,))
    executor = Executor(stage.store.reads, stage.store.writes, Options(), policy=by_roles)
    mine = Stage(executor, stage.store)
    mine.caller = Principal(user, Rights((holder,)))
    assert (await mine.do("createAccount", {"name": "Mine"}))["id"]
    assert await mine.refuse("createRole", {"name": "Mine", "owner": user}) == "REFUSED"
    own = await record(stage, "Role", ownerUid=user)
    raised = {"role": own, "entity": "Record", "type": "READ", "depth": "ALL"}
    assert await mine.refuse("setPrivilege", raised) == "NOT_FOUND"
    assert await mine.refuse("addRoleAssignment", {"holder": user, "role": own}) == "NOT_FOUND"


async def test_who_signs_in_as_a_user_is_decided_by_whoever_may_change_every_user(stage: Stage) -> None:
    user = await record(stage, "User")
    limited = Limited(stage.store, None)
    for name, value in (("emailAddress1", "me@example.com"), ("isDisabled", True)):
        (error,) = await limited.errors("updateUser", {"id": user, name: value})
        assert (error["code"], error["field"]) == ("REFUSED", f"input.{name}")
        assert "WRITE at the depth ALL" in error["message"]
        await stage.do("updateUser", {"id": user, name: value})
    await limited.do("updateUser", {"id": user, "jobTitle": "Buyer"})
