"""Bulk mutations: every one that is derived, and what all of them promise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from neo4j import AsyncDriver, AsyncManagedTransaction

from graph.access import Access, Principal, unrestricted
from graph.engine import Server
from graph.errors import Unavailable
from graph.identity import new_uid
from graph.models.properties import Kind
from graph.mutations.bulk import BULK
from graph.mutations.declarations import MUTATIONS, Value
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue, Not
from graph.query.selection import Test as Compare
from graph.store import Writes
from graph.vocabulary import ENTITIES
from schema.execution import Executor, Options
from tests.schema.mutations.examples import example
from tests.schema.mutations.stage import EVERYTHING, Stage

EVERY = sorted(BULK)
SHOWS = "results { index recordId errors { code message remedy field } } count batchId"


async def send(stage: Stage, name: str, given: dict[str, Any], shows: str = "id", **more: Any) -> Any:
    """The body of the answer to a bulk mutation."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {BULK[name].plural} {{ {shows} }} {SHOWS} }} }}"
    return (await stage.executor.execute(query, {"input": given}, None, principal=stage.caller, **more)).body


async def payload(stage: Stage, name: str, given: dict[str, Any], shows: str = "id") -> Any:
    """The payload of a bulk mutation; fails on errors."""
    body = await send(stage, name, given, shows)
    assert "errors" not in body, body["errors"]
    return body["data"][name]


async def errors(stage: Stage, name: str, given: dict[str, Any]) -> dict[str, str]:
    """The code of each error by its field; fails when anything was written."""
    before = await stage.see(EVERYTHING)
    body = await send(stage, name, given)
    assert body["data"] == {name: None}, body
    assert all(one["extensions"]["remedy"] and one["path"] == [name] for one in body["errors"])
    assert await stage.see(EVERYTHING) == before
    found = {one["extensions"]["field"]: one["extensions"]["code"] for one in body["errors"]}
    assert len(found) == len(body["errors"])
    return found


async def several(stage: Stage, name: str, number: int = 3) -> dict[str, Any]:
    """An input of a bulk mutation that succeeds and changes something in each record."""
    each = BULK[name].each
    examples = [await example(stage, each) for _ in range(number)]
    if each.creates:
        return {"items": examples}
    values = [one.declared for one in each.inputs() if isinstance(one, Value)]
    text = next(one.name for one in values if one.kind is Kind.TEXT and not (one.unique or one.identifying))
    return {"ids": [one["id"] for one in examples], "changes": {text: new_uid()}}


def test_every_entity_has_its_bulk_mutations() -> None:
    assert len(BULK) == sum(one.creatable + one.updatable for one in ENTITIES.values())
    assert not BULK.keys() & MUTATIONS.keys()
    assert BULK["createOpportunities"].each is MUTATIONS["createOpportunity"]


@pytest.mark.parametrize("name", EVERY)
async def test_each_record_is_done_as_by_its_own_mutation(stage: Stage, name: str) -> None:
    given = await several(stage, name)
    before = await stage.see(EVERYTHING)
    rehearsed = await payload(stage, name, {**given, "dryRun": True})
    assert await stage.see(EVERYTHING) == before
    assert (rehearsed["count"], rehearsed["batchId"]) == (3, None)
    done = await payload(stage, name, given)
    uids = [one["id"] for one in done[BULK[name].plural]]
    assert [(one["index"], one["recordId"], one["errors"]) for one in done["results"]] == [
        (at, uid, []) for at, uid in enumerate(uids)
    ]
    assert done["count"] == len(set(uids)) == 3
    assert uids == given.get("ids", uids)
    for uid in uids:
        mutation, changes = await stage.last(uid)
        assert mutation == BULK[name].each.name
        assert changes
    batch = await stage.see("MATCH (e:Event {batchId: $batch}) RETURN count(e)", batch=done["batchId"])
    assert batch == 3


async def test_one_refused_record_refuses_all_and_every_error_comes_at_once(stage: Stage) -> None:
    wrong = [{"name": " ", "owner": "nobody"}, {"name": "Good", "owner": "nobody"}]
    found = await errors(stage, "createAccounts", {"items": [{"name": "Good"}, *wrong, {"name": "Good"}]})
    assert found == {
        "input.items.1.name": "REFUSED",
        "input.items.1.owner": "NOT_FOUND",
        "input.items.2.owner": "NOT_FOUND",
    }
    deep = [{"lastName": "Roe"}, {"lastName": "Roe", "employment": {"account": "no account"}}]
    assert await errors(stage, "createContacts", {"items": deep}) == {"input.items.1.employment.account": "NOT_FOUND"}


async def test_errors_of_an_update_name_the_id_or_the_change(stage: Stage) -> None:
    ids = [await stage.account(), "unknown", await stage.account(), "unknown too"]
    found = await errors(stage, "updateAccounts", {"ids": ids, "changes": {"name": None, "owner": "nobody"}})
    assert found["input.changes.name"] == "REFUSED"
    assert found["input.ids.1"] == found["input.ids.3"] == "NOT_FOUND"
    found = await errors(stage, "updateAccounts", {"ids": ids, "changes": {"city": "Ulm"}})
    assert found == {"input.ids.1": "NOT_FOUND", "input.ids.3": "NOT_FOUND"}


async def test_each_batch_is_all_or_nothing_and_each_row_is_reported(stage: Stage) -> None:
    items = [{"name": f"Row {at}"} for at in range(5)]
    items[3]["owner"] = "nobody"
    done = await payload(stage, "createAccounts", {"items": items, "batchSize": 2}, "name")
    assert [one["name"] for one in done["accounts"]] == ["Row 0", "Row 1", "Row 4"]
    assert done["count"] == 3
    assert [one["recordId"] is None for one in done["results"]] == [False, False, True, True, False]
    codes = [[(error["code"], error["field"]) for error in one["errors"]] for one in done["results"]]
    assert codes[2:4] == [[("REFUSED", "input.items.2")], [("NOT_FOUND", "input.items.3.owner")]]
    assert codes[0] == codes[1] == codes[4] == []
    assert await stage.see("MATCH (e:Event {batchId: $batch}) RETURN count(e)", batch=done["batchId"]) == 3


async def test_a_dry_run_in_batches_reports_and_changes_nothing(stage: Stage) -> None:
    items = [{"name": "A"}, {"name": "B", "owner": "nobody"}]
    before = await stage.see(EVERYTHING)
    done = await payload(stage, "createAccounts", {"items": items, "batchSize": 1, "dryRun": True}, "name")
    assert await stage.see(EVERYTHING) == before
    assert done["accounts"] == [{"name": "A"}]
    assert [len(one["errors"]) for one in done["results"]] == [0, 1]


async def test_two_updates_of_the_same_records_at_once_are_both_done(stage: Stage) -> None:
    ids = [await stage.account() for _ in range(10)]
    given = [{"ids": one, "changes": {"city": city}} for one, city in ((ids, "Ulm"), (ids[::-1], "Bonn"))]
    both = await asyncio.gather(*(payload(stage, "updateAccounts", one) for one in given))
    assert [one["count"] for one in both] == [10, 10]
    assert len({(await stage.stored(uid))["city"] for uid in ids}) == 1


class Losing(Writes):
    """Writes whose first answer to a commit is lost: the work is sent again, or the connection is gone."""

    again = True

    async def in_transaction(self, work: Callable[[AsyncManagedTransaction], Any], *, name: str) -> Any:
        """Executes the work, and loses the answer."""
        await super().in_transaction(work, name=name)
        if self.again:
            return await super().in_transaction(work, name=name)
        raise Unavailable("The database did not answer.", remedy="Try again in a few seconds.")


@pytest.mark.parametrize("again", [True, False])
async def test_records_are_created_once_when_the_answer_is_lost(
    stage: Stage, driver: AsyncDriver, server: Server, again: bool
) -> None:
    writes = Losing(driver, server.database, 60, lambda *_: None)
    writes.again = again
    losing = Stage(Executor(stage.store.reads, writes, Options(), policy=unrestricted), stage.store)
    mark = new_uid()
    done = await payload(losing, "createAccounts", {"items": [{"name": mark}, {"name": mark}]}, "id name")
    await writes.close()
    assert [one["id"] for one in done["accounts"]] == [one["recordId"] for one in done["results"]]
    assert [one["name"] for one in done["accounts"]] == [mark, mark]
    assert await stage.see("MATCH (n:Account {name: $mark}) RETURN count(n)", mark=mark) == done["count"] == 2


async def test_rows_after_a_batch_without_an_answer_are_not_tried(
    stage: Stage, driver: AsyncDriver, server: Server
) -> None:
    class Gone(Writes):
        """Writes that lose the connection before the commit."""

        async def in_transaction(self, work: Callable[[AsyncManagedTransaction], Any], *, name: str) -> Any:
            raise Unavailable("The database did not answer.", remedy="Try again in a few seconds.")

    writes = Gone(driver, server.database, 60, lambda *_: None)
    gone = Stage(Executor(stage.store.reads, writes, Options(), policy=unrestricted), stage.store)
    done = await payload(gone, "createAccounts", {"items": [{"name": "A"}, {"name": "B"}], "batchSize": 1})
    await writes.close()
    assert done["count"] == 0
    first, second = ([(one["code"], one["message"]) for one in row["errors"]] for row in done["results"])
    assert [code for code, _ in (*first, *second)] == ["UNAVAILABLE", "UNAVAILABLE"]
    assert first != second


async def test_a_value_that_must_be_unique_is_refused_at_its_row(stage: Stage) -> None:
    number = f"CAS-{new_uid()}"
    items = [{"title": "One", "ticketNumber": number}, {"title": "Two", "ticketNumber": number}]
    assert await errors(stage, "createCases", {"items": items}) == {"input.items.1.ticketNumber": "CONFLICT"}
    done = await payload(stage, "createCases", {"items": items, "batchSize": 1})
    assert [len(one["errors"]) for one in done["results"]] == [0, 1]


async def test_five_hundred_records(stage: Stage) -> None:
    mark = new_uid()
    done = await payload(stage, "createAccounts", {"items": [{"name": f"{mark} {at}"} for at in range(500)]})
    assert done["count"] == len({one["recordId"] for one in done["results"]}) == 500
    where = {"name": {"startsWith": mark}}
    changed = await payload(
        stage, "updateAccounts", {"where": where, "changes": {"city": "Ulm"}, "batchSize": 200}, "city"
    )
    assert changed["count"] == 500
    assert all(one["city"] == "Ulm" for one in changed["accounts"])


async def test_a_condition_selects_only_what_the_caller_may_read(stage: Stage) -> None:
    mark = new_uid()
    made = await payload(stage, "createAccounts", {"items": [{"name": f"{mark} {at}"} for at in range(4)]})
    uids = [one["recordId"] for one in made["results"]]
    shape = AccessShape((("Record", Not(Compare("uid", "in", AccessValue("hidden")))),))

    def policy(_: Principal) -> Access:
        return Access(shape, {"hidden": uids[:1]})

    inside = Stage(Executor(stage.store.reads, stage.store.writes, Options(), policy=policy), stage.store)
    given = {"where": {"name": {"startsWith": mark}}, "changes": {"city": "Ulm"}}
    done = await payload(inside, "updateAccounts", given)
    assert sorted(one["id"] for one in done["accounts"]) == sorted(uids[1:])
    assert "city" not in await stage.stored(uids[0])
    by_id = {"ids": uids, "changes": {"city": "Bonn"}}
    assert await errors(inside, "updateAccounts", by_id) == {"input.ids.0": "NOT_FOUND"}
    none = {"where": {"name": {"eq": new_uid()}}, "changes": {"city": "Ulm"}}
    assert (await payload(inside, "updateAccounts", none))["results"] == []


async def test_values_that_follow_from_others_are_changed_too(stage: Stage) -> None:
    made = await payload(stage, "createContacts", {"items": [{"firstName": one, "lastName": "Roe"} for one in "AB"]})
    ids = [one["recordId"] for one in made["results"]]
    done = await payload(stage, "updateContacts", {"ids": ids, "changes": {"lastName": "Poe"}}, "name")
    assert [one["name"] for one in done["contacts"]] == ["A Poe", "B Poe"]


async def test_exactly_one_of_ids_and_conditions_names_the_records_of_every_update(stage: Stage) -> None:
    updates = [name for name in EVERY if not BULK[name].each.creates]
    assert updates
    for name in updates:
        for got, wrong in ((0, {}), (0, {"ids": None, "where": None}), (2, {"ids": ["a"], "where": {}})):
            body = await send(stage, name, {"changes": {}, **wrong})
            (error,) = body["errors"]
            assert error["message"] == f"Exactly one of `ids` and `where` is needed; got {got}."
            assert error["extensions"].items() >= {"code": "INVALID", "field": "input.ids"}.items()
            assert body["data"] == {name: None}


async def test_the_input_as_a_whole_is_checked(stage: Stage) -> None:
    changes = {"changes": {"city": "Ulm"}}
    many = {"items": [{"name": "A"}] * 1001, "batchSize": 0}
    assert await errors(stage, "createAccounts", many) == {"input.items": "INVALID", "input.batchSize": "INVALID"}
    assert await errors(stage, "updateAccounts", {**changes, "ids": ["a", "b", "a"]}) == {"input.ids.2": "INVALID"}
    assert await errors(stage, "createAccounts", {"items": [{"name": "A", "dryRun": True}]}) == {
        "input.items.0.dryRun": "INVALID"
    }
    assert (await payload(stage, "createAccounts", {"items": []}))["count"] == 0
    body = await send(stage, "createAccounts", {"items": []}, idempotency_key="key")
    assert [one["extensions"]["code"] for one in body["errors"]] == ["INVALID"]


async def test_aliases_links_and_literals_in_the_document(stage: Stage) -> None:
    mark = new_uid()
    query = """mutation ($mark: String!) {
      createAccounts(input: { items: [{ name: $mark }] }) {
        __typename
        a: accounts { __typename id contacts { totalCount } }
        b: accounts { name events: history { nodes { mutation } } }
        r: results { __typename at: index errors { __typename code } }
      }
      updateAccounts(input: { where: { name: { eq: $mark } }, changes: { city: "Ulm" } }) { n: count }
    }"""
    found = await stage.ask(query, mark=mark)
    created = found["createAccounts"]
    assert created["a"][0]["contacts"] == {"totalCount": 0}
    assert created["b"] == [{"name": mark, "events": {"nodes": [{"mutation": "createAccount"}]}}]
    assert created["r"] == [{"__typename": "BulkResult", "at": 0, "errors": []}]
    assert found["updateAccounts"] == {"n": 1}
