"""The rules of values and of availability in mutations: every mutation obeys what a property or an entity declares."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph.models.properties import Kind
from graph.mutations.declarations import MUTATIONS, Mutation, RecordInput, Value
from graph.vocabulary import Property, concrete
from tests.schema.mutations.examples import example, record
from tests.schema.mutations.stage import Stage

SLIP = "2925-01-01"


def wrong(one: Property) -> Any:
    """A value that a property does not accept, or None."""
    if one.kind is Kind.TEXT and one.format is not None:
        return "no such format"
    if one.kind is Kind.TEXT:
        return "x" * (one.longest + 1)
    if one.kind is Kind.MONEY and one.minimum is not None:
        return {"amount": one.minimum - 0.01}
    if one.kind in (Kind.DATE, Kind.DATETIME) and one.max_ahead is not None:
        return SLIP if one.kind is Kind.DATE else f"{SLIP}T00:00:00Z"
    if one.minimum is not None:
        return int(one.minimum) - 1
    return None if one.maximum is None else int(one.maximum) + 1


def ruled(mutation: Mutation) -> Iterator[Value]:
    """The inputs of a mutation that a value can violate."""
    for one in mutation.inputs():
        if isinstance(one, Value) and not one.among and wrong(one.declared) is not None:
            yield one


def timed(one: Value) -> bool:
    """Whether an input is a date or a time."""
    return one.declared.kind in (Kind.DATE, Kind.DATETIME)


async def errors(stage: Stage, name: str, given: dict[str, Any]) -> dict[str, str]:
    """The codes of the errors of a mutation by their field."""
    body = await stage.answer(name, given)
    return {one["extensions"]["field"]: one["extensions"]["code"] for one in body.get("errors", [])}


@pytest.mark.parametrize("name", [name for name in sorted(MUTATIONS) if [*ruled(MUTATIONS[name])]])
async def test_every_rule_holds_in_every_mutation(stage: Stage, name: str) -> None:
    mutation = MUTATIONS[name]
    values = {one.name: wrong(one.declared) for one in ruled(mutation)}
    found = await errors(stage, name, {**await example(stage, mutation), **values})
    assert found.items() >= {f"input.{field}": "INVALID" for field in values}.items()


# One mechanism serves all of them, and a statement takes long to plan: every fifth is tried.
@pytest.mark.parametrize("name", [name for name in sorted(MUTATIONS) if MUTATIONS[name].timed][::5])
async def test_a_far_future_can_be_confirmed(stage: Stage, name: str) -> None:
    mutation = MUTATIONS[name]
    slips = {one.name: wrong(one.declared) for one in ruled(mutation) if one.declared.confirmable and timed(one)}
    given = {**await example(stage, mutation), **slips, "allowFuture": True, "dryRun": True}
    assert not {f"input.{field}": "INVALID" for field in slips}.items() & (await errors(stage, name, given)).items()


@pytest.mark.parametrize(
    ("created", "changed"),
    [
        ({"minPct": 10, "maxPct": 20}, {"minPct": 30}),
        ({"minPct": 10, "maxPct": 20}, {"maxPct": 5}),
    ],
)
async def test_the_order_of_two_values_holds_against_a_stored_one(
    stage: Stage, created: dict[str, Any], changed: dict[str, Any]
) -> None:
    ends = {"party": await stage.account(), "account": await stage.account()}
    assert await errors(stage, "addOwnership", {**ends, "minPct": 75, "maxPct": 25}) == {"input.maxPct": "INVALID"}
    await stage.do("addOwnership", {**ends, **created})
    assert await errors(stage, "updateOwnership", {**ends, **changed}) == {f"input.{next(iter(changed))}": "INVALID"}
    await stage.do("updateOwnership", {**ends, "minPct": 30, "maxPct": 40})


async def test_a_case_is_not_resolved_before_it_was_opened(stage: Stage) -> None:
    case = (await stage.do("createCase", {"title": "Late", "openedAt": "2026-03-01T00:00:00Z"}))["id"]
    assert await errors(stage, "resolveCase", {"case": case, "resolvedAt": "2026-02-01T00:00:00Z"}) == {
        "input.resolvedAt": "INVALID"
    }


async def test_unique_values_and_filters_do_not_depend_on_the_normal_form(stage: Stage) -> None:
    composed, split = (unicodedata.normalize(form, "Fall Müller") for form in ("NFC", "NFD"))
    assert composed != split
    await stage.do("createCase", {"title": "One", "ticketNumber": split})
    body = await stage.answer("createCase", {"title": "Two", "ticketNumber": composed})
    assert [one["extensions"]["code"] for one in body["errors"]] == ["CONFLICT"]
    query = "query ($number: String!) { cases(where: { ticketNumber: { eq: $number } }) { nodes { ticketNumber } } }"
    for number in (composed, split):
        assert (await stage.ask(query, number=number))["cases"]["nodes"] == [{"ticketNumber": composed}]


@pytest.mark.parametrize("text", ["\u200b\ufeff", "a\0b"])
async def test_a_name_that_cannot_be_seen_or_stored_is_refused(stage: Stage, text: str) -> None:
    assert await errors(stage, "createAccount", {"name": text}) == {"input.name": "INVALID"}


async def test_a_birthday_is_not_after_today(stage: Stage) -> None:
    today = datetime.now(UTC).date()
    tomorrow = {"lastName": "Roe", "birthDate": (today + timedelta(days=1)).isoformat()}
    assert await errors(stage, "createContact", tomorrow) == {"input.birthDate": "INVALID"}
    await stage.do("createContact", {"lastName": "Roe", "birthDate": today.isoformat()})


@pytest.mark.parametrize("amount", [70368744177664.01, 90071992547409.91])
async def test_an_amount_that_json_cannot_tell_from_another_is_refused(stage: Stage, amount: float) -> None:
    given = {"name": "Rich", "revenue": {"amount": amount}}
    assert await errors(stage, "createAccount", given) == {"input.revenue": "INVALID"}


async def test_the_greatest_amount_is_exact(stage: Stage) -> None:
    given = {"name": "Rich", "revenue": {"amount": 70368744177663.99}}
    found = await stage.do("createAccount", given, "id revenue { amount }")
    assert found["revenue"]["amount"] == 70368744177663.99
    assert (await stage.stored(found["id"]))["revenue"] == 7036874417766399


# ---------- availability ---------------------------------------------------------------------------------------------


def assigned(mutation: Mutation) -> list[str]:
    """The inputs of a mutation that a user can be assigned by."""
    inputs = [one for one in mutation.inputs() if isinstance(one, RecordInput) and one.assigned]
    return [one.name for one in inputs if "User" in (one.only or concrete(one.label))]


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name in sorted(MUTATIONS) for field in assigned(MUTATIONS[name])]
)
async def test_a_disabled_user_is_not_assigned(stage: Stage, name: str, field: str) -> None:
    given = {**await example(stage, MUTATIONS[name]), field: await record(stage, "User", isDisabled=True)}
    if name == "addReportingLine":
        given["report"] = await record(stage, "User")
    assert await errors(stage, name, given) == {f"input.{field}": "REFUSED"}
    given[field] = await record(stage, "User", isDisabled=False)
    assert await errors(stage, name, given) == {}


async def test_an_owner_who_left_stays_until_another_one_is_named(stage: Stage) -> None:
    user, account = await record(stage, "User"), await stage.account()
    await stage.do("updateAccount", {"owner": user}, uid=account)
    await stage.do("updateUser", {"isDisabled": True}, uid=user)
    await stage.do("updateAccount", {"owner": user, "city": "Ulm"}, uid=account)
    await stage.do("updateAccount", {"owner": None}, uid=account)
    body = (
        await stage.executor.execute(
            "mutation ($i: UpdateAccountsInput!) { updateAccounts(input: $i) { count } }",
            {"i": {"ids": [account], "changes": {"owner": user}}}, None, principal=stage.caller,
        )
    ).body  # fmt: skip
    assert body["errors"][0]["extensions"]["code"] == "REFUSED"
