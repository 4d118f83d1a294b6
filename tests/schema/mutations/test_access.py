"""No mutation reaches a record that its caller may not read, or shows that it exists."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import pytest

from graph.access import Access, Principal
from graph.identity import new_uid
from graph.mutations.declarations import MUTATIONS, Group, Input, Mutation, RecordInput, Value
from graph.mutations.edges import EdgeMutation
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue, Not
from graph.query.selection import Test as Compare
from graph.store import Store
from schema.execution import Executor, Options
from tests.schema.mutations.examples import example, record, sample
from tests.schema.mutations.stage import APR, EVERYTHING, JAN, MAR, SOON, Stage

SHAPE = AccessShape((("Record", Not(Compare("uid", "in", AccessValue("hidden")))),), may_read_deleted=True)
FAR = SOON
DAY = FAR[:10]


class Restricted(Stage):
    """A stage on which some records are hidden from some callers."""

    def __init__(self, store: Store) -> None:
        self.hidden: dict[str | None, set[str]] = {}
        executor = Executor(store.reads, store.writes, Options(), policy=self._access)
        super().__init__(executor, store)

    def _access(self, principal: Principal) -> Access:
        return Access(SHAPE, {"hidden": sorted(self.hidden.get(principal.user, ()))})

    def hide(self, *uids: str) -> None:
        """Hides records from the present caller."""
        self.hidden.setdefault(self.caller.user, set()).update(uids)

    async def errors(self, name: str, given: dict[str, Any]) -> str:
        """The errors of a mutation that is refused."""
        body = await self.answer(name, given)
        assert body["data"] == {name: None}, body
        return str(body["errors"])


@pytest.fixture
def inside(stage: Stage) -> Restricted:
    """A stage for one caller, from whom nothing is hidden yet."""
    return Restricted(stage.store)


# ---------- every input that names a record --------------------------------------------------------------------------


class Place(NamedTuple):
    """An input that names a record: the groups around it, and the input."""

    groups: tuple[Group, ...]
    one: RecordInput

    @property
    def field(self) -> str:
        """The path into the input."""
        return ".".join(["input", *(f"{one.name}.0" if one.many else one.name for one in self.groups), self.one.name])


def places(inputs: tuple[Input, ...], groups: tuple[Group, ...] = ()) -> Iterator[Place]:
    """All inputs that name a record."""
    for one in inputs:
        if isinstance(one, RecordInput):
            yield Place(groups, one)
        elif isinstance(one, Group):
            yield from places(one.inputs, (*groups, one))


PLACES = {name: list(places(one.inputs())) for name, one in sorted(MUTATIONS.items())}


def put(given: dict[str, Any], place: Place, uid: str) -> dict[str, Any]:
    """The input with an id in its place, and what the groups around it require."""
    found = deepcopy(given)
    inner = found
    for group in place.groups:
        needed = {one.name: sample(one) for one in group.inputs if isinstance(one, Value) and one.required}
        inner[group.name] = [needed] if group.many else needed
        inner = needed
    inner[place.one.name] = uid
    return found


def alternatives(mutation: Mutation, name: str) -> set[str]:
    """The inputs that cannot be sent beside one."""
    named = set(mutation.alternatives) if isinstance(mutation, EdgeMutation) else set()
    return named - {name} if name in named else set()


def variants(mutation: Mutation) -> Iterator[dict[str, Any]]:
    """Inputs that are sent with the hidden id: nothing else, a rehearsal, another version and an invalid value."""
    yield {}
    yield {"dryRun": True}
    if not mutation.creates:
        yield {"ifVersion": "2020-01-01T00:00:00Z"}
    for one in mutation.inputs():
        if isinstance(one, Value) and one.declared.maximum is not None:
            yield {one.name: 1_000_000}
            break


@pytest.mark.parametrize("name", [name for name in PLACES if PLACES[name]])
async def test_a_hidden_record_is_answered_like_an_absent_one(stage: Stage, inside: Restricted, name: str) -> None:
    mutation, absent = MUTATIONS[name], new_uid()
    complete = await example(stage, mutation)
    for number, place in enumerate(PLACES[name]):
        given = {key: one for key, one in complete.items() if key not in alternatives(mutation, place.one.name)}
        uid = None if place.groups else given.get(place.one.name)
        if uid is None:
            uid = await record(stage, (place.one.only or (place.one.label,))[0])
        inside.hidden = {None: {uid}}
        before = await stage.see(EVERYTHING)
        for more in list(variants(mutation))[: None if number == 0 else 1]:
            hidden = await inside.errors(name, put({**given, **more}, place, uid))
            assert f"'field': '{place.field}'" in hidden, hidden
            assert "NOT_FOUND" in hidden, hidden
            assert hidden.replace(uid, absent) == await inside.errors(name, put({**given, **more}, place, absent))
        assert await stage.see(EVERYTHING) == before, "something was written"


# ---------- what a refusal says --------------------------------------------------------------------------------------

REPLACING = [name for name, one in sorted(MUTATIONS.items()) if isinstance(one, EdgeMutation) and one.mode == "replace"]


async def rival(stage: Stage, mutation: EdgeMutation, subject: str, other: str, since: str) -> None:
    """Writes a relationship like the one that the mutation would create."""
    edge = mutation.edges[0]
    start, end = (subject, other) if mutation.subject == "start" else (other, subject)
    defaults = {one.name: one.default for one in mutation.inputs() if isinstance(one, Value) and one.stored}
    facts = {key: value for key, value in defaults.items() if value is not None}
    await stage.write(
        """MATCH (a:Record {uid: $start}), (b:Record {uid: $end})
        CREATE (a)-[e:$($type) {validFrom: datetime($since), createdAt: datetime()}]->(b) SET e += $facts
        RETURN type(e)""",
        start=start, end=end, type=edge.type, since=since, facts={**facts, **edge.fixed},
    )  # fmt: skip


@pytest.mark.parametrize("name", REPLACING)
async def test_a_later_relationship_to_a_hidden_record_is_not_described(
    stage: Stage, inside: Restricted, name: str
) -> None:
    mutation = MUTATIONS[name]
    assert isinstance(mutation, EdgeMutation)
    given = await example(stage, mutation)
    other = await record(stage, mutation.other.label)
    await rival(stage, mutation, given[mutation.subjects[0]], other, FAR)
    known = await inside.errors(name, given)
    assert "CONFLICT" in known
    assert DAY in known
    inside.hide(other)
    unknown = await inside.errors(name, given)
    assert "CONFLICT" in unknown
    assert DAY not in unknown
    assert other not in unknown


async def test_a_hidden_job_is_neither_left_nor_described(stage: Stage, inside: Restricted) -> None:
    hidden, seen, new = await stage.account(), await stage.account(), await stage.account()
    contact = await stage.contact(hidden, jobTitle="Secret")
    inside.hide(hidden)
    assert "CONFLICT" in await inside.errors("moveContact", {"contact": contact})
    assert "CONFLICT" in await inside.errors("moveContact", {"contact": contact, "account": seen, "isPrimary": True})
    await inside.do("moveContact", {"contact": contact, "account": seen, "validFrom": MAR})
    await inside.do("moveContact", {"contact": contact, "account": new, "validFrom": APR})
    jobs = {end: values for _, end, values in await stage.edges(contact, "WORKS_AT")}
    assert "validTo" not in jobs[hidden]
    assert jobs[seen]["validTo"] == jobs[new]["validFrom"] == APR
    assert not jobs[new]["isPrimary"]


async def test_the_start_of_a_later_hidden_job_is_not_told(stage: Stage, inside: Restricted) -> None:
    hidden, seen = await stage.account(), await stage.account()
    contact = await stage.contact(hidden, validFrom=FAR)
    inside.hide(hidden)
    body = str(await inside.answer("moveContact", {"contact": contact, "account": seen}))
    assert DAY not in body
    assert hidden not in body


async def test_a_cycle_through_a_hidden_record_is_a_cycle(stage: Stage, inside: Restricted) -> None:
    bottom, middle, top = await stage.account(), await stage.account(), await stage.account()
    await stage.do("reparentAccount", {"account": bottom, "parent": middle, "validFrom": JAN})
    await stage.do("reparentAccount", {"account": middle, "parent": top, "validFrom": JAN})
    inside.hide(middle)
    refused = await inside.errors("reparentAccount", {"account": top, "parent": bottom})
    assert "CONFLICT" in refused
    assert middle not in refused


async def test_a_restored_record_is_refused_without_the_name_of_a_hidden_one(stage: Stage, inside: Restricted) -> None:
    name = new_uid()
    account = str((await stage.do("createAccount", {"name": name}))["id"])
    first, second = await stage.user(), await stage.user()
    await stage.do("assignManager", {"account": account, "user": first, "validFrom": JAN})
    await stage.do("deleteUser", {"id": first})
    await stage.do("assignManager", {"account": account, "user": second, "validFrom": JAN})
    assert name in await inside.errors("restoreUser", {"id": first})
    inside.hide(account)
    refused = await inside.errors("restoreUser", {"id": first})
    assert "CONFLICT" in refused
    assert name not in refused
    assert account not in refused


async def test_the_current_record_of_a_conflict_is_shown_within_access(stage: Stage, inside: Restricted) -> None:
    owner = await stage.user()
    account = str((await stage.do("createAccount", {"name": "Acme", "owner": owner}))["id"])
    inside.hide(owner)
    given = {"id": account, "ifVersion": "2020-01-01T00:00:00Z"}
    body = await inside.answer("updateAccount", given, "id owner { id name }")
    assert body["errors"][0]["extensions"]["current"] == {"id": account, "owner": None}


# ---------- what a payload shows -------------------------------------------------------------------------------------

CHANGES = """changes { field record { id }
  before { text dateTime boolean records { id } } after { text dateTime boolean records { id } } }"""


async def test_an_event_says_nothing_about_a_replaced_hidden_record(stage: Stage, inside: Restricted) -> None:
    account, former, new = await stage.account(), await stage.account(), await stage.account()
    await stage.do("reparentAccount", {"account": account, "parent": former, "validFrom": "2019-03-04T00:00:00Z"})
    inside.hide(former)
    query = f"""mutation ($input: ReparentAccountInput!) {{ reparentAccount(input: $input) {{
      account {{ id parent {{ id }} }} event {{ {CHANGES} }} }} }}"""
    found = await inside.ask(query, input={"account": account, "parent": new})
    changes = {one["field"]: one for one in found["reparentAccount"]["event"]["changes"]}
    assert changes["parent"]["after"]["records"] == [{"id": new}]
    assert changes["parent.validFrom"]["after"]["dateTime"]
    assert all(one["before"] is None for one in changes.values())
    assert former not in str(found)
    assert "2019-03-04" not in str(found)


async def test_a_repeated_request_is_read_with_the_access_of_its_caller(stage: Stage, inside: Restricted) -> None:
    inside.caller = Principal("one")
    owner = await stage.user()
    given = {"name": "Acme", "owner": owner, "idempotencyKey": new_uid()}
    first = await inside.do("createAccount", given, "id owner { id }")
    assert first["owner"] == {"id": owner}
    inside.hide(owner)
    assert await inside.do("createAccount", given, "id owner { id }") == {"id": first["id"], "owner": None}
    inside.hide(first["id"])
    body = await inside.answer("createAccount", given, "id name")
    assert body["data"] == {"createAccount": {"account": None}}
    assert "Acme" not in str(body)


async def test_a_key_belongs_to_one_caller(inside: Restricted) -> None:
    given = {"name": "Acme", "idempotencyKey": new_uid()}
    found = set()
    for caller in ("one", "two", "anonymous", None):
        inside.caller = Principal(caller)
        found.add((await inside.do("createAccount", given))["id"])
    assert len(found) == 4


# ---------- what a caller would not see ------------------------------------------------------------------------------


async def test_a_record_is_not_written_out_of_sight(stage: Stage) -> None:
    abroad = AccessShape((("Account", Not(Compare("country", "eq", AccessValue("country")))),))
    access = Access(abroad, {"country": "Nowhere"})
    outside = Stage(Executor(stage.store.reads, stage.store.writes, Options(), policy=lambda _: access), stage.store)
    assert await outside.refuse("createAccount", {"name": "Away", "country": "Nowhere"}) == "REFUSED"
    assert await outside.refuse("updateAccount", {"country": "Nowhere"}, await stage.account()) == "REFUSED"
