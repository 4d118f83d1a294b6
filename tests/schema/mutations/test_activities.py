"""The mutation about what happened."""

from __future__ import annotations

from typing import Any

import pytest

from graph.ties import refresh
from tests.schema.mutations.stage import JAN, SOON, Stage

TIE = """MATCH (a:Record {uid: $one})-[tie:KNOWS]-(b:Record {uid: $other})
RETURN tie{.meetings, .calls, .inCount, .outCount, from: startNode(tie).uid}"""
SHOWS = """__typename id subject status startedAt endedAt regarding { id }
participants { edges { role addressUsed node { id } } } ... on Email { direction messageId }"""


def parts(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "party": party} for role, party in pairs]


async def test_an_activity_says_what_happened_and_who_took_part(stage: Stage) -> None:
    account, one, other = await stage.account(), await stage.user(), await stage.contact()
    given = {
        "kind": "Email",
        "subject": "Offer",
        "startedAt": "2026-02-03T09:00:00+01:00",
        "endedAt": "2026-02-03T08:30:00Z",
        "direction": "OUTGOING",
        "messageId": "<1@kith>",
        "regarding": account,
        "participants": [*parts(("TO", other)), {"role": "FROM", "party": one, "addressUsed": "me@kith"}],
    }
    shown = await stage.do("logActivity", given, SHOWS)
    people = shown.pop("participants")["edges"]
    uid = shown.pop("id")
    assert shown == {
        "__typename": "Email",
        "subject": "Offer",
        "status": "COMPLETED",
        "startedAt": "2026-02-03T08:00:00Z",
        "endedAt": "2026-02-03T08:30:00Z",
        "regarding": {"id": account},
        "direction": "OUTGOING",
        "messageId": "<1@kith>",
    }
    assert sorted((one["role"], one["node"]["id"], one["addressUsed"]) for one in people) == [
        ("FROM", one, "me@kith"),
        ("TO", other, None),
    ]
    ((mutation, actor, changes),) = await stage.events(uid)
    assert (mutation, actor) == ("logActivity", "anonymous")
    took_part = dict(zip(changes.pop("participants")[1], changes.pop("participants.role")[1], strict=True))
    assert took_part == {one: "FROM", other: "TO"}
    assert {key: after for key, (_, after) in changes.items()} == {
        "kind": "Email",
        "startedAt": "2026-02-03T08:00:00Z",
        "status": "COMPLETED",
        "direction": "OUTGOING",
        "endedAt": "2026-02-03T08:30:00Z",
        "messageId": "<1@kith>",
        "subject": "Offer",
        "regarding": account,
    }


async def test_a_tie_follows_in_the_same_transaction(stage: Stage, sent: list[str]) -> None:
    one, other = await stage.user(), await stage.contact()
    people = parts(("FROM", one), ("TO", other))
    before = len(sent)
    await stage.do("logActivity", {"kind": "Email", "startedAt": JAN, "participants": people})
    await stage.do("logActivity", {"kind": "PhoneCall", "startedAt": JAN, "participants": people})
    assert sent[before:] == ["logActivity", "logActivity"]
    tie = await stage.see(TIE, one=one, other=other)
    assert tie == {"meetings": 0, "calls": 1, "inCount": 0, "outCount": 1, "from": one}
    done = await refresh.refresh_parties(stage.store.writes, [one, other])
    assert (done.created, done.changed, done.removed, done.ties) == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("kind", "more"),
    [("Task", {}), ("Email", {"status": "OPEN"}), ("Appointment", {"startedAt": SOON})],
)
async def test_what_is_not_done_ties_nobody(stage: Stage, kind: str, more: dict[str, Any]) -> None:
    one, other = await stage.user(), await stage.contact()
    people = parts(("FROM", one), ("TO", other), ("REQUIRED", one), ("REQUIRED", other))
    await stage.do("logActivity", {"kind": kind, "participants": people, **more})
    assert await stage.see(TIE, one=one, other=other) is None


@pytest.mark.parametrize(
    ("kind", "more", "status"),
    [
        ("PhoneCall", {}, "COMPLETED"),
        ("Task", {}, "OPEN"),
        ("Appointment", {"startedAt": SOON}, "SCHEDULED"),
        ("Appointment", {"status": "CANCELED", "startedAt": SOON}, "CANCELED"),
    ],
)
async def test_where_an_activity_stands_follows_from_when_it_is(
    stage: Stage, kind: str, more: dict[str, Any], status: str
) -> None:
    shown = await stage.do("logActivity", {"kind": kind, **more}, "status startedAt")
    assert shown["status"] == status
    assert shown["startedAt"] is not None


async def test_the_same_party_in_the_same_role_counts_once(stage: Stage) -> None:
    one, other = await stage.user(), await stage.contact()
    people = parts(("ORGANIZER", one), ("ORGANIZER", one), ("REQUIRED", one), ("REQUIRED", other))
    shown = await stage.do(
        "logActivity", {"kind": "Appointment", "participants": people}, "participants { totalCount }"
    )
    assert shown == {"participants": {"totalCount": 3}}
    assert (await stage.see(TIE, one=one, other=other))["meetings"] == 1


async def test_a_mail_can_answer_another(stage: Stage) -> None:
    first = (await stage.do("logActivity", {"kind": "Email"}))["id"]
    shows = "id ... on Email { replyTo { id } }"
    shown = await stage.do("logActivity", {"kind": "Email", "replyTo": first}, shows)
    assert shown["replyTo"] == {"id": first}


async def test_an_activity_reads_in_the_timeline_of_a_party(stage: Stage) -> None:
    account = await stage.account()
    uid = (await stage.do("logActivity", {"kind": "Task", "regarding": account}))["id"]
    query = "query ($id: ID!) { account(id: $id) { timeline { nodes { id } } rollup { interactions } } }"
    assert (await stage.ask(query, id=account))["account"]["timeline"] == {"nodes": [{"id": uid}]}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"participants": [{"party": "nobody", "role": "TO"}]}, "NOT_FOUND"),
        ({"regarding": "nothing"}, "NOT_FOUND"),
        ({"owner": "nobody"}, "NOT_FOUND"),
        ({"location": "Oslo"}, "INVALID"),
        ({"replyTo": "nothing"}, "INVALID"),
        ({"startedAt": SOON, "status": "COMPLETED"}, "REFUSED"),
        ({"startedAt": "2026-01-01T00:00:00Z", "endedAt": "2025-12-31T00:00:00Z"}, "INVALID"),
    ],
)
async def test_what_cannot_have_happened_is_refused(stage: Stage, given: dict[str, Any], code: str) -> None:
    assert await stage.refuse("logActivity", {"kind": "PhoneCall", **given}) == code


async def test_what_is_no_party_takes_no_part(stage: Stage) -> None:
    deal = await stage.opportunity()
    assert await stage.refuse("logActivity", {"kind": "Task", "participants": parts(("TO", deal))}) == "NOT_FOUND"
