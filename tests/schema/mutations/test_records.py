"""Making and changing records: every entity that shows it, by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from graph.access import Principal, unrestricted
from graph.identity import new_uid
from graph.mutations.bulk import BULK
from graph.mutations.declarations import MUTATIONS
from graph.store import Store
from schema.execution import Executor, Options
from schema.exposure import EXPOSED_TYPES
from schema.mutations.imports import IMPORTS
from tests.schema.mutations.stage import JAN, Stage

MADE = [face for face in EXPOSED_TYPES.values() if face.model.creatable]
CHANGED = [face for face in EXPOSED_TYPES.values() if face.model.updatable]


def test_every_mutation_argument_and_input_field_is_described(executor: Executor) -> None:
    mutation = executor.core.mutation_type
    assert mutation is not None
    assert set(mutation.fields) == {*MUTATIONS, *BULK, *IMPORTS}
    for name, field in mutation.fields.items():
        assert field.description, name
        for argument_name, argument in field.args.items():
            assert argument.description, (name, argument_name)
    for one in executor.core.type_map.values():
        if isinstance(one, GraphQLInputObjectType):
            assert one.description, one
            for field_name, given in one.fields.items():
                assert given.description, (one.name, field_name)


def test_an_input_has_what_can_be_written_and_nothing_else(executor: Executor) -> None:
    fields = executor.core.type_map["CreateLeadInput"]
    assert isinstance(fields, GraphQLInputObjectType)
    assert {"name", "companyName", "estimatedAmount", "owner", "account", "master"} <= set(fields.fields)
    assert not {"id", "createdAt", "modifiedAt", "source", "sourceKey", "competitors"} & set(fields.fields)
    assert str(get_named_type(fields.fields["estimatedAmount"].type)) == "MoneyInput"
    required = {name for name, one in fields.fields.items() if str(one.type).endswith("!")}
    assert required == set(), "a lead's name follows from its other values, and it begins in its first state"


def least(label: str) -> dict[str, Any]:
    """The least that makes a record of a label."""
    special = {"Contact": {"lastName": "Roe"}, "Case": {"title": "Help"}}
    special["Opportunity"] = {"name": "Deal"}
    special["ReportSchedule"] = {
        "name": "Weekly", "report": "account-brief", "startsAt": JAN, "repeats": "WEEK", "delivery": "FOLDER",
    }  # fmt: skip
    return special.get(label, {"name": "Somebody"})


@pytest.mark.parametrize("face", MADE, ids=lambda face: face.name)
async def test_a_record_of_each_kind_is_made_and_changed(stage: Stage, face: Any) -> None:
    shown = await stage.do(f"create{face.name}", least(face.name), "id createdAt modifiedAt source")
    assert shown["createdAt"] == shown["modifiedAt"]
    assert shown["source"] is None
    uid = shown["id"]
    labels = await stage.see("MATCH (n:Record {uid: $uid}) RETURN labels(n)", uid=uid)
    assert set(labels) == set(face.model.labels)
    description = next(
        name for name in ("description", "strengths", "city", "shipToCity", "aboutId") if name in face.properties
    )
    shown = await stage.do(f"update{face.name}", {description: "more"}, f"{description} createdAt modifiedAt", uid)
    assert shown[description] == "more"
    assert shown["modifiedAt"] > shown["createdAt"]
    assert await stage.last(uid) == (f"update{face.name}", {description: (None, "more")})
    assert (await stage.ask("query ($id: ID!) { node(id: $id) { __typename } }", id=uid)) == {
        "node": {"__typename": face.name}
    }


@pytest.mark.parametrize("face", CHANGED, ids=lambda face: face.name)
async def test_what_is_not_there_cannot_be_changed(stage: Stage, face: Any) -> None:
    other = await (stage.contact() if face.name == "Account" else stage.account())
    assert await stage.refuse(f"update{face.name}", {}, "nothing") == "NOT_FOUND"
    assert await stage.refuse(f"update{face.name}", {}, other) == "NOT_FOUND"


async def test_the_first_event_says_everything_that_was_given(stage: Stage) -> None:
    owner = await stage.user()
    given = {"name": "Acme", "revenue": {"amount": 1}, "employees": 5, "creditOnHold": False, "owner": owner}
    uid = (await stage.do("createAccount", given))["id"]
    assert await stage.events(uid) == [
        (
            "createAccount",
            "anonymous",
            {
                "creditOnHold": (None, False),
                "employees": (None, 5),
                "name": (None, "Acme"),
                "relationship": (None, "PROSPECT"),
                "revenue": (None, (100, "USD")),
                "owner": (None, owner),
            },
        )
    ]  # fmt: skip


async def test_the_event_says_who(stage: Stage) -> None:
    mine = Stage(stage.executor, stage.store, "user-42")
    uid = (await mine.do("createAccount", {"name": "Mine"}))["id"]
    assert [actor for _, actor, _ in await stage.events(uid)] == ["user-42"]


async def test_only_what_is_given_changes(stage: Stage) -> None:
    given = {"name": "Acme", "city": "Oslo", "revenue": {"amount": 3}, "employees": 7}
    uid = (await stage.do("createAccount", given))["id"]
    shows = "name city country employees revenue { amount }"
    shown = await stage.do("updateAccount", {"city": "Bergen", "country": "Norway"}, shows, uid)
    assert shown == {
        "name": "Acme", "city": "Bergen", "country": "Norway", "employees": 7, "revenue": {"amount": 3.0},
    }  # fmt: skip
    assert await stage.last(uid) == (
        "updateAccount",
        {"city": ("Oslo", "Bergen"), "country": (None, "Norway")},
    )


async def test_null_clears_what_is_not_required(stage: Stage) -> None:
    uid = (await stage.do("createAccount", {"name": "Acme", "city": "Oslo", "revenue": {"amount": 3}}))["id"]
    shown = await stage.do("updateAccount", {"city": None, "revenue": None}, "city revenue { amount }", uid)
    assert shown == {"city": None, "revenue": None}
    stored = await stage.stored(uid)
    assert not {"city", "revenue", "revenueCurrency", "revenueBase"} & set(stored)
    assert await stage.last(uid) == ("updateAccount", {"city": ("Oslo", None), "revenue": ((300, "USD"), None)})


async def test_what_is_required_stays(stage: Stage) -> None:
    uid = await stage.account()
    assert await stage.refuse("updateAccount", {"name": None}, uid) == "REFUSED"
    assert await stage.refuse("updateAccount", {"name": " "}, uid) == "REFUSED"
    assert await stage.refuse("updateAccount", {"relationship": None}, uid) == "REFUSED"
    assert await stage.refuse("createAccount", {"name": ""}) == "REFUSED"
    assert await stage.refuse("createContact", {"city": "Oslo"}) == "REFUSED"


async def test_no_change_is_no_change_but_an_event(stage: Stage) -> None:
    uid = (await stage.do("createAccount", {"name": "Acme", "city": "Oslo"}))["id"]
    stored = await stage.stored(uid)
    await stage.do("updateAccount", {"city": "Oslo", "name": "Acme", "country": None}, "id", uid)
    assert await stage.stored(uid) == stored
    assert await stage.last(uid) == ("updateAccount", {})


async def test_text_is_stored_as_it_is_given(stage: Stage) -> None:
    text = "  'quotes' \"and\" `ticks` \\ $input {x: 1} // ünïcødé 日本語\n"
    uid = (await stage.do("createAccount", {"name": text, "description": text}))["id"]
    shown = await stage.do("updateAccount", {"city": text}, "name description city", uid)
    assert shown == {"name": text, "description": text, "city": text}


async def test_a_text_too_long_for_its_index_is_refused_in_words(stage: Stage) -> None:
    assert await stage.refuse("createAccount", {"name": "x" * 401}) == "INVALID"
    uid = (await stage.do("createAccount", {"name": "x" * 400, "description": "y" * 40_000}))["id"]
    assert len((await stage.stored(uid))["description"]) == 40_000


# ---------- links ----------------------------------------------------------------------------------------------------


async def test_a_link_is_set_replaced_and_cleared(stage: Stage) -> None:
    first, second, uid = await stage.account(), await stage.account(), await stage.opportunity()
    shows = "account { id }"
    assert (await stage.do("updateOpportunity", {"account": first}, shows, uid))["account"] == {"id": first}
    assert (await stage.do("updateOpportunity", {"account": second}, shows, uid))["account"] == {"id": second}
    assert await stage.last(uid) == ("updateOpportunity", {"account": (first, second)})
    assert len(await stage.edges(uid, "FOR_ACCOUNT")) == 1
    assert (await stage.do("updateOpportunity", {"description": "x"}, shows, uid))["account"] == {"id": second}
    assert (await stage.do("updateOpportunity", {"account": None}, shows, uid))["account"] is None
    assert await stage.edges(uid, "FOR_ACCOUNT") == []


async def test_links_of_one_type_are_told_apart_by_where_they_lead(stage: Stage) -> None:
    account, person = await stage.account(), await stage.contact()
    given = {**least("Case"), "account": account, "customer": person}
    uid = (await stage.do("createCase", given))["id"]
    shown = await stage.do("updateCase", {"customer": None}, "account { id } customer { id }", uid)
    assert shown == {"account": {"id": account}, "customer": None}


async def test_an_owner_is_a_user_or_a_team(stage: Stage) -> None:
    account = await stage.account()
    for label in ("User", "Team"):
        owner = await stage.user(label)
        assert (await stage.do("updateAccount", {"owner": owner}, "owner { id }", account))["owner"] == {"id": owner}
    assert await stage.refuse("updateAccount", {"owner": await stage.contact()}, account) == "NOT_FOUND"
    assert await stage.refuse("createAccount", {"name": "Acme", "owner": "nobody"}) == "NOT_FOUND"


async def test_links_to_their_own_kind_make_no_circle(stage: Stage) -> None:
    one, two, three = [await stage.opportunity() for _ in range(3)]
    await stage.do("updateOpportunity", {"parent": two}, "id", one)
    await stage.do("updateOpportunity", {"parent": three}, "id", two)
    assert await stage.refuse("updateOpportunity", {"parent": one}, one) == "REFUSED"
    assert await stage.refuse("updateOpportunity", {"parent": one}, three) == "CONFLICT"


# ---------- values that follow ---------------------------------------------------------------------------------------

NAMES = "name fullName firstName lastName"


async def test_a_name_follows_from_first_and_last_name(stage: Stage) -> None:
    uid = (await stage.do("createContact", {"firstName": "Ann", "lastName": "Roe"}))["id"]
    shown = await stage.do("updateContact", {"lastName": "Poe"}, NAMES, uid)
    assert shown == {"name": "Ann Poe", "fullName": "Ann Poe", "firstName": "Ann", "lastName": "Poe"}
    assert await stage.last(uid) == (
        "updateContact",
        {"fullName": ("Ann Roe", "Ann Poe"), "lastName": ("Roe", "Poe"), "name": ("Ann Roe", "Ann Poe")},
    )


async def test_a_name_that_was_given_otherwise_stays(stage: Stage) -> None:
    given = {"firstName": "Ann", "lastName": "Roe", "fullName": "Dr. Ann Roe, MBA"}
    uid = (await stage.do("createContact", given))["id"]
    shown = await stage.do("updateContact", {"lastName": "Poe"}, NAMES, uid)
    assert (shown["name"], shown["fullName"]) == ("Dr. Ann Roe, MBA", "Dr. Ann Roe, MBA")


@pytest.mark.parametrize("one", ["name", "fullName"])
async def test_name_and_full_name_are_one(stage: Stage, one: str) -> None:
    uid = (await stage.do("createContact", {"firstName": "Ann", "lastName": "Roe"}))["id"]
    shown = await stage.do("updateContact", {one: "A. Roe"}, NAMES, uid)
    assert (shown["name"], shown["fullName"]) == ("A. Roe", "A. Roe")
    assert await stage.refuse("updateContact", {"name": "This", "fullName": "That"}, uid) == "INVALID"


async def test_a_lead_goes_by_the_best_it_has(stage: Stage) -> None:
    uid = (await stage.do("createLead", {"companyName": "Acme", "subject": "Machines"}))["id"]
    assert await stage.do("updateLead", {"companyName": "Acme Ltd"}, "name", uid) == {"name": "Acme Ltd"}
    shown = await stage.do("updateLead", {"firstName": "Ann", "lastName": "Roe"}, "name fullName", uid)
    assert shown == {"name": "Ann Roe", "fullName": "Ann Roe"}


# ---------- values ---------------------------------------------------------------------------------------------------


async def test_a_unique_value_is_had_once(stage: Stage) -> None:
    given = {**least("Case"), "ticketNumber": new_uid()}
    await stage.do("createCase", given)
    assert await stage.refuse("createCase", given) == "CONFLICT"


async def test_money_is_kept_exactly_with_its_worth_in_the_base_currency(stage: Stage, store: Store) -> None:
    rates = {"JPY": Decimal("0.0067"), "BHD": Decimal("2.65")}
    abroad = Stage(Executor(store.reads, store.writes, Options(rates=rates), policy=unrestricted), store)
    uid = (await abroad.do("createAccount", {"name": "A", "revenue": {"amount": 1234567, "currency": "JPY"}}))["id"]
    await abroad.do("updateAccount", {"creditLimit": {"amount": 0.125, "currency": "BHD"}}, "id", uid)
    stored = await stage.stored(uid)
    assert [stored[f"revenue{part}"] for part in ("", "Currency", "Base")] == [1234567, "JPY", 827160]
    assert [stored[f"creditLimit{part}"] for part in ("", "Currency", "Base")] == [125, "BHD", 33]
    assert await stage.refuse("updateAccount", {"revenue": {"amount": 1, "currency": "JPY"}}, uid) == "INVALID"
    # A server without these rates would refuse to start with the amounts.
    await abroad.do("updateAccount", {"revenue": None, "creditLimit": None}, "id", uid)


@pytest.mark.parametrize(
    "money",
    [{"amount": 1.005}, {"amount": 1.5, "currency": "JPY"}, {"amount": 1, "currency": "XXX"}, {"amount": 1e18}],
)
async def test_money_that_cannot_be_kept_exactly_is_invalid(stage: Stage, money: dict[str, Any]) -> None:
    assert await stage.refuse("createAccount", {"name": "Acme", "revenue": money}) == "INVALID"


async def test_a_verb_is_one_statement_and_one_transaction(stage: Stage, sent: list[str]) -> None:
    before = len(sent)
    uid = await stage.account()
    assert sent[before:] == ["createAccount"]
    await stage.do("updateAccount", {"city": "Oslo"}, "id parent { id } contacts { totalCount }", uid)
    assert sent[before + 1 :] == ["updateAccount"]


async def test_verbs_of_one_request_run_in_their_order(stage: Stage) -> None:
    query = """mutation ($a: ID!) {
      one: updateAccount(input: { id: $a, city: "Oslo" }) { account { city } }
      two: updateAccount(input: { id: $a, city: "Bergen" }) { account { city } }
      three: createAccount(input: { name: "" }) { account { id } }
    }"""
    uid = await stage.account()
    body = (await stage.executor.execute(query, {"a": uid}, None, principal=Principal())).body
    assert [error["path"] for error in body["errors"]] == [["three"]]
    assert (await stage.stored(uid))["city"] == "Bergen"
    assert len(await stage.events(uid)) == 3
