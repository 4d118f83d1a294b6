"""Corrections: facts that are taken back, changes at once, people who leave, and mails from two mailboxes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.schema.mutations.examples import record
from tests.schema.mutations.stage import FEB, JAN, MAR, Stage

SLIP = {"validFrom": "2925-01-01T00:00:00Z", "allowFuture": True}


async def codes(stage: Stage, mutation: str, given: dict[str, Any]) -> list[str]:
    """The codes with which a mutation is refused."""
    body = await stage.answer(mutation, given)
    return [one["extensions"]["code"] for one in body.get("errors", [])]


@pytest.mark.parametrize(
    ("mutation", "subject", "other", "withdraw", "ends"),
    [
        ("assignManager", "account", "user", "withdrawResponsibility", ("user", "account")),
        ("reparentAccount", "account", "parent", "withdrawParent", ("account", "parent")),
        ("setManager", "contact", "manager", "withdrawReportingLine", ("report", "manager")),
        ("moveContact", "contact", "account", "withdrawEmployment", ("contact", "account")),
    ],
)
async def test_a_slip_in_a_date_is_taken_back(
    stage: Stage, mutation: str, subject: str, other: str, withdraw: str, ends: tuple[str, str]
) -> None:
    labels = {"parent": "Account", "manager": "Contact", "user": "User", "account": "Account", "contact": "Contact"}
    one = await record(stage, labels[subject])
    first, slipped, right = [await record(stage, labels[other]) for _ in range(3)]
    await stage.do(mutation, {subject: one, other: first, "validFrom": JAN})
    assert await codes(stage, mutation, {subject: one, other: slipped, "validFrom": SLIP["validFrom"]}) == ["INVALID"]
    await stage.do(mutation, {subject: one, other: slipped, **SLIP})
    assert await codes(stage, mutation, {subject: one, other: right, "validFrom": FEB}) == ["CONFLICT"]
    pair = dict(zip(ends, (slipped, one) if mutation == "assignManager" else (one, slipped), strict=True))
    body = await stage.answer(withdraw, {**pair, "validFrom": SLIP["validFrom"]})
    assert "errors" not in body, body
    edges = await stage.edges(one, {"assignManager": "MANAGES", "reparentAccount": "CHILD_OF"}.get(
        mutation, "REPORTS_TO" if mutation == "setManager" else "WORKS_AT"))  # fmt: skip
    assert [{first, one} == {start, end} and "validTo" not in values for start, end, values in edges] == [True]
    await stage.do(mutation, {subject: one, other: right, "validFrom": FEB})


async def test_a_withdrawal_is_an_event_of_both_facts(stage: Stage) -> None:
    account, first, second = [await stage.account() for _ in range(3)]
    await stage.do("reparentAccount", {"account": account, "parent": first, "validFrom": JAN})
    await stage.do("reparentAccount", {"account": account, "parent": second, "validFrom": FEB})
    await stage.do("withdrawParent", {"account": account, "parent": second})
    mutation, changes = await stage.last(account)
    assert mutation == "withdrawParent"
    assert changes["parent"] == (second, first)
    assert changes["parent.validFrom"] == (FEB, None)


async def test_a_withdrawal_closes_no_cycle(stage: Stage) -> None:
    account, parent, other = [await stage.account() for _ in range(3)]
    await stage.do("reparentAccount", {"account": account, "parent": parent, "validFrom": JAN})
    await stage.do("reparentAccount", {"account": account, "parent": other, "validFrom": FEB})
    await stage.do("reparentAccount", {"account": parent, "parent": account, "validFrom": MAR})
    assert await stage.refuse("withdrawParent", {"account": account, "parent": other}) == "CONFLICT"


@pytest.mark.parametrize(
    ("mutation", "subject", "other", "label"),
    [
        ("assignManager", "account", "user", "User"),
        ("reparentAccount", "account", "parent", "Account"),
        ("setManager", "contact", "manager", "Contact"),
        ("moveContact", "contact", "account", "Account"),
    ],
)
async def test_of_changes_at_once_that_name_no_time_none_is_too_late(
    stage: Stage, mutation: str, subject: str, other: str, label: str
) -> None:
    one = await record(stage, subject.capitalize())
    others = [await record(stage, label) for _ in range(20)]
    found = await asyncio.gather(*(codes(stage, mutation, {subject: one, other: uid}) for uid in others))
    assert found == [[]] * len(others)


async def test_a_clock_that_went_back_locks_nothing(stage: Stage) -> None:
    account, first, second = await stage.account(), await stage.user(), await stage.user()
    await stage.do("assignManager", {"account": account, "user": first})
    await stage.write(
        """MATCH (a:Account {uid: $uid})<-[m:MANAGES]-() SET m.validFrom = m.validFrom + duration('PT1H'),
        a.modifiedAt = a.modifiedAt + duration('PT1H') RETURN 0""",
        uid=account,
    )
    await stage.do("assignManager", {"account": account, "user": second})
    edges = await stage.edges(account, "MANAGES")
    assert [(start, "validTo" in values) for start, _, values in edges] == [(first, True), (second, False)]


# ---------- people who leave -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mutation", ["moveContact", "endEmployment"])
async def test_who_leaves_is_no_longer_the_primary_contact(stage: Stage, mutation: str) -> None:
    account, other = await stage.account(), await stage.account()
    person = await stage.contact(account)
    await stage.do("updateAccount", {"primaryContact": person}, uid=account)
    await stage.do("addStakeholder", {"contact": person, "record": account, "role": "DECIDER", "validFrom": JAN})
    given = {"contact": person, "account": other if mutation == "moveContact" else account}
    version = (await stage.ask("query ($id: ID!) { account(id: $id) { version } }", id=account))["account"]["version"]
    assert "errors" not in await stage.answer(mutation, given)
    query = "query ($id: ID!) { account(id: $id) { version primaryContact { id } stakeholders { nodes { id } } } }"
    found = (await stage.ask(query, id=account))["account"]
    assert (found["primaryContact"], found["stakeholders"]["nodes"]) == (None, [])
    assert found["version"] != version
    history = "query ($id: ID!) { account(id: $id) { history(first: 1) { nodes { mutation } } } }"
    assert (await stage.ask(history, id=account))["account"]["history"]["nodes"] == [{"mutation": mutation}]


async def test_who_moves_later_or_keeps_a_job_there_stays_the_primary_contact(stage: Stage) -> None:
    account, other = await stage.account(), await stage.account()
    person = await stage.contact(account)
    await stage.do("updateAccount", {"primaryContact": person}, uid=account)
    query = "query ($id: ID!) { account(id: $id) { primaryContact { id } } }"
    await stage.do("moveContact", {"contact": person, "account": account, "jobTitle": "Head"})
    assert (await stage.ask(query, id=account))["account"]["primaryContact"] == {"id": person}
    await stage.do("moveContact", {"contact": person, "account": other, **SLIP})
    assert (await stage.ask(query, id=account))["account"]["primaryContact"] == {"id": person}


# ---------- one mail, two mailboxes ----------------------------------------------------------------------------------


async def test_a_mail_is_recorded_once(stage: Stage) -> None:
    user, person = await stage.user(), await stage.contact()
    parts = [{"party": user, "role": "FROM"}, {"party": person, "role": "TO"}]
    given = {"kind": "Email", "messageId": "<m1@alder.example>", "participants": parts}
    bodies = await asyncio.gather(*(stage.answer("logActivity", given) for _ in range(5)))
    done = [body["data"]["logActivity"]["activity"]["id"] for body in bodies if "errors" not in body]
    refused = [body["errors"][0]["extensions"] for body in bodies if "errors" in body]
    assert len(done) == 1
    assert {(one["code"], one["field"], one["id"]) for one in refused} == {("CONFLICT", "input.messageId", done[0])}
    assert (await stage.edges(user, "KNOWS"))[0][2]["outCount"] == 1
    other = (await stage.do("logActivity", {"kind": "Email", "messageId": "<m2@alder.example>"}))["id"]
    assert await codes(stage, "updateEmail", {"id": other, "messageId": "<m1@alder.example>"}) == ["CONFLICT"]
    assert await codes(stage, "updateEmail", {"id": other, "messageId": "<m2@alder.example>"}) == []
