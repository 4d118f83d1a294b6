"""What Home asks for: the settings of the caller, what is ahead, what changed, and figures over a portfolio."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from graph.access import Principal
from graph.models.properties import Kind
from graph.store import Store
from schema.execution import Executor
from schema.sentences.changes import activity_sentence, event_sentence, field_name
from schema.sentences.sentence import Mention
from tests.schema.findings.asking import check_sentence
from tests.schema.mutations.stage import Stage

NOW = datetime.now(UTC)
TODAY = NOW.date()

SETTINGS = "pins { id } filters { name address } snoozed { rule subject { id } until } lastVisitAt"
SENTENCE = "text parts { text record { id } figure { value unit currency evidence { text value record { id } } } }"


def ahead(days: float) -> str:
    return (NOW + timedelta(days=days)).isoformat()


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.fixture
async def planner(stage: Stage) -> Stage:
    """A stage whose caller is a user."""
    return Stage(stage.executor, stage.store, await stage.user())


def me(stage: Stage) -> str:
    assert stage.caller.user is not None
    return stage.caller.user


async def of_me(stage: Stage, fields: str, **variables: Any) -> Any:
    return (await stage.ask(f"{{ me {{ user {{ {fields} }} }} }}", **variables))["me"]["user"]


async def mine(stage: Stage, **given: Any) -> str:
    """The id of a new account that the caller is responsible for."""
    account = await stage.account(**given)
    await stage.do("assignManager", {"account": account, "user": me(stage)})
    return account


async def settings(stage: Stage) -> Any:
    return (await of_me(stage, f"settings {{ {SETTINGS} }}"))["settings"]


# ---------- settings -------------------------------------------------------------------------------------------------


async def test_settings_are_saved_and_what_is_omitted_stays(planner: Stage) -> None:
    user, one, other = me(planner), await planner.account(), await planner.account()
    assert await settings(planner) == {"pins": [], "filters": [], "snoozed": [], "lastVisitAt": None}
    await planner.do("saveSettings", {"user": user, "pins": [other, one]})
    filters = [{"name": "Mine", "address": "/?f=needs"}]
    await planner.do("saveSettings", {"user": user, "filters": filters})
    snoozed = {"rule": "silent", "subject": one, "until": day(3)}
    await planner.do("saveSettings", {"user": user, "snoozed": [snoozed, {**snoozed, "until": day(0), "rule": "over"}]})
    found = await settings(planner)
    assert found["pins"] == [{"id": other}, {"id": one}]
    assert found["filters"] == filters
    assert found["snoozed"] == [{**snoozed, "subject": {"id": one}}]
    await planner.do("saveSettings", {"user": user, "pins": [], "filters": []})
    assert await settings(planner) == {**found, "pins": [], "filters": []}


async def test_a_pinned_record_that_is_deleted_is_no_pin(planner: Stage) -> None:
    one, other = await planner.account(), await planner.account()
    await planner.do("saveSettings", {"user": me(planner), "pins": [one, other]})
    await planner.do("deleteAccount", {"id": one})
    assert (await settings(planner))["pins"] == [{"id": other}]


async def test_nobody_else_reads_or_writes_settings_and_the_event_has_no_values(planner: Stage) -> None:
    user, other = me(planner), Stage(planner.executor, planner.store, await planner.user())
    one = await planner.account()
    await planner.do("saveSettings", {"user": user, "pins": [one]})
    query = f"query ($id: ID!) {{ user(id: $id) {{ settings {{ {SETTINGS} }} }} }}"
    assert (await other.ask(query, id=user))["user"] == {"settings": None}
    anonymous = Stage(planner.executor, planner.store)
    assert (await anonymous.ask(query, id=user))["user"] == {"settings": None}
    for stranger in (other, anonymous):
        assert await stranger.refuse("saveSettings", {"user": user, "pins": []}) == "REFUSED"
    assert await planner.last(user) == ("saveSettings", {"settings": (None, None)})


async def test_a_visit_ends_after_a_pause_and_the_one_before_is_the_last_one(planner: Stage) -> None:
    user = me(planner)

    async def went_by(hours: float) -> None:
        await planner.write(
            "MATCH (u:User {uid: $user}) SET u.visitedAt = u.visitedAt - duration({seconds: $seconds}) RETURN 1",
            user=user, seconds=round(hours * 3600),
        )  # fmt: skip

    async def last() -> datetime | None:
        found = (await settings(planner))["lastVisitAt"]
        return found and datetime.fromisoformat(found)

    await planner.do("saveSettings", {"user": user, "visited": True})
    assert await last() is None
    await went_by(3)
    await planner.do("saveSettings", {"user": user, "visited": True})
    assert await last() is None
    await went_by(20)
    before = await last()
    assert before is not None
    assert timedelta(hours=19) < NOW - before < timedelta(hours=21)
    await planner.do("saveSettings", {"user": user, "visited": True})
    assert await last() == before
    await planner.do("saveSettings", {"user": user, "pins": []})
    assert await last() == before


# ---------- ahead ----------------------------------------------------------------------------------------------------


async def planned(stage: Stage, kind: str, days: float, about: str | None, **parts: str) -> str:
    """The id of an open activity."""
    participants = [{"party": uid, "role": role} for role, uid in parts.items()]
    given = {"kind": kind, "subject": f"{kind} in {days}", "startedAt": ahead(days), "participants": participants}
    return str((await stage.do("logActivity", {**given, "status": "OPEN", "regarding": about}))["id"])


async def test_the_agenda_has_what_is_ahead_and_nothing_else(planner: Stage) -> None:
    user, colleague = me(planner), await planner.user()
    account, foreign = await mine(planner), await planner.account()
    person = await planner.contact(foreign)
    deal = await planner.opportunity(account=account, estimatedCloseDate=day(20), estimatedValue={"amount": 10})
    late = await planner.opportunity(account=account, estimatedCloseDate=day(40))
    below = await planner.account()
    await planner.do("reparentAccount", {"account": below, "parent": account})
    lower = await planner.opportunity(account=below, estimatedCloseDate=day(12))
    owned = await planner.opportunity(account=foreign, estimatedCloseDate=day(3), owner=user)
    meeting = await planned(planner, "Appointment", 2, None, ORGANIZER=user, REQUIRED=person)
    overdue = await planned(planner, "Task", -5, deal, OWNER=colleague)
    task = await planned(planner, "Task", 9, account, OWNER=user)
    await planned(planner, "Task", -45, deal, OWNER=colleague)
    await planned(planner, "Task", 4, foreign, OWNER=colleague)
    await planned(planner, "Appointment", -2, account, ORGANIZER=user)
    await planned(planner, "Appointment", 2, account, ORGANIZER=colleague)
    done = await planned(planner, "Task", 5, account, OWNER=user)
    await planner.do("cancelActivity", {"activity": done})
    fields = "agenda { date kind of { id } account { id } person { id } own money { amount } }"
    found = (await of_me(planner, fields))["agenda"]
    expected = [
        (day(-5), "TASK", overdue, account, colleague, False, None),
        (day(2), "MEETING", meeting, None, person, True, None),
        (day(3), "CLOSING", owned, foreign, user, True, None),
        (day(9), "TASK", task, account, user, True, None),
        (day(12), "CLOSING", lower, below, user, True, None),
        (day(20), "CLOSING", deal, account, user, True, 10.0),
    ]
    flat = [
        (one["date"], one["kind"], one["of"]["id"], one["account"] and one["account"]["id"],
         one["person"] and one["person"]["id"], one["own"], one["money"] and one["money"]["amount"])
        for one in found
    ]  # fmt: skip
    assert flat == expected
    assert late in [one["of"]["id"] for one in (await of_me(planner, "agenda(days: 50) { of { id } }"))["agenda"]]


async def test_the_next_step_is_the_soonest(planner: Stage) -> None:
    account = await planner.account()
    query = "query ($id: ID!) { account(id: $id) { nextStep { date at kind of { id } } } }"

    async def step() -> Any:
        return (await planner.ask(query, id=account))["account"]["nextStep"]

    assert await step() is None
    deal = await planner.opportunity(account=account, estimatedCloseDate=day(30))
    await planner.opportunity(account=account, estimatedCloseDate=day(-3))
    assert await step() == {"date": day(30), "at": None, "kind": "CLOSING", "of": {"id": deal}}
    task = await planned(planner, "Task", 20, deal, OWNER=await planner.user())
    await planned(planner, "Task", -2, deal, OWNER=await planner.user())
    assert (await step())["of"] == {"id": task}
    meeting = await planned(planner, "Appointment", 10, None, REQUIRED=await planner.contact(account))
    found = await step()
    assert (found["kind"], found["of"]) == ("MEETING", {"id": meeting})
    assert datetime.fromisoformat(found["at"]) == NOW + timedelta(days=10)
    await planner.do("cancelActivity", {"activity": meeting})
    assert (await step())["of"] == {"id": task}


# ---------- changes --------------------------------------------------------------------------------------------------


async def test_changes_are_those_of_my_accounts_since_a_time_in_sentences(planner: Stage) -> None:
    user, account, foreign = me(planner), await mine(planner), await planner.account()
    deal = await planner.opportunity(account=account, closeProbability=40, name="Big deal")
    person = await planner.contact(account, validFrom="2020-01-01T00:00:00Z")
    await planner.do("updateOpportunity", {"closeProbability": 60, "estimatedValue": {"amount": 1200}}, uid=deal)
    await planner.do("updateOpportunity", {"closeProbability": 70}, uid=deal)
    await planner.do("updateAccount", {"city": "Oslo"}, uid=foreign)
    call = await planner.do(
        "logActivity",
        {"kind": "PhoneCall", "subject": "Prices", "startedAt": ahead(-1), "participants": [
            {"party": user, "role": "FROM"}, {"party": person, "role": "TO"}]},
    )  # fmt: skip
    fields = f"changes {{ at says {{ {SENTENCE} }} by {{ id }} record {{ id }} account {{ id }} }}"
    found = (await of_me(planner, fields))["changes"]
    for one in found:
        check_sentence(one["says"]["text"], one["says"]["parts"])
        assert one["account"] == {"id": account}
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)
    texts = {one["says"]["text"]: one for one in found}
    changed = texts["Big deal: close probability is now 70, before 60."]
    assert (changed["record"], changed["by"]) == ({"id": deal}, {"id": user})
    (figure,) = [part["figure"] for part in texts["Big deal: two values changed."]["says"]["parts"] if part["figure"]]
    assert sorted(one["text"] for one in figure["evidence"]) == [
        "close probability: 40 → 60",
        "estimated value: empty → $1,200",
    ]
    assert texts["Deal opened: Big deal, $1,200."]["record"] == {"id": deal}
    (called,) = [one for text, one in texts.items() if text.startswith("Call with ")]
    assert (called["record"], called["by"]) == ({"id": call["id"]}, {"id": user})
    later = await of_me(planner, f'changes(since: "{ahead(1)}") {{ says {{ text }} }}')
    assert later["changes"] == []
    assert len((await of_me(planner, "changes(first: 2) { says { text } }"))["changes"]) == 2


def test_the_sentences_of_changes() -> None:
    deal = Mention("Deal", "d1")
    today = date(2026, 11, 26)
    kinds = {"estimatedCloseDate": Kind.DATE, "salesStage": Kind.CHOICE, "customerNeed": Kind.TEXT}

    def said(*change: Any) -> str:
        return event_sentence("updateOpportunity", deal, [[*change, None, None][:5]], kinds, today).text

    assert said("estimatedCloseDate", "2026-12-24", "2027-01-02") == (
        "Deal: estimated close date is now 2 Jan 2027, before 24 Dec."
    )
    assert said("salesStage", None, "QUALIFY_OUT") == "Deal: sales stage is now qualify out."
    assert said("customerNeed", "Speed", None) == "Deal: customer need was cleared, before Speed."
    # A text that looks like a date or a choice is neither.
    assert said("customerNeed", None, "2026-13-01") == "Deal: customer need is now 2026-13-01."
    assert said("customerNeed", None, "AAPL") == "Deal: customer need is now AAPL."
    assert said("owner", None, None) == "Deal: owner changed."
    assert said("estimatedValue", "120050", "99", "USD", "JPY") == (
        "Deal: estimated value is now JPY 99, before $1,200."
    )
    assert event_sentence("createOpportunity", deal, [], kinds, today).text == "Deal was added."
    assert field_name("manager.role") == "manager role"
    ann, you = Mention("Ann", "c1"), Mention("You", "u1")
    assert activity_sentence("", "Offer", ann, you, False).text == "You wrote to Ann: “Offer”."
    assert activity_sentence("", " ", ann, None, True).text == "Ann wrote: “without a subject”."


# ---------- portfolio ------------------------------------------------------------------------------------------------


async def test_the_rollup_of_a_user_counts_each_record_once(planner: Stage) -> None:
    top, child, other = await mine(planner), await mine(planner), await planner.account()
    leaf = await planner.account()
    for below, above in ((child, top), (leaf, child)):
        await planner.do("reparentAccount", {"account": below, "parent": above})
    for account, amount in ((top, 1), (child, 10), (leaf, 100), (other, 1000)):
        await planner.opportunity(account=account, estimatedValue={"amount": amount})
    fields = "rollup { __typename own accounts openOpportunities openPipeline { amount } won { amount } }"
    assert (await of_me(planner, fields))["rollup"] == {
        "__typename": "UserRollup",
        "own": 2,
        "accounts": 3,
        "openOpportunities": 3,
        "openPipeline": {"amount": 111.0},
        "won": {"amount": 0.0},
    }
    nobody = Stage(planner.executor, planner.store, await planner.user())
    assert (await of_me(nobody, fields))["rollup"] | {"__typename": ""} == {
        "__typename": "", "own": 0, "accounts": 0, "openOpportunities": 0, "openPipeline": {"amount": 0.0},
        "won": {"amount": 0.0},
    }  # fmt: skip


async def test_all_of_it_is_one_statement_and_the_read_of_references(planner: Stage, sent: list[str]) -> None:
    await mine(planner)
    fields = f"""rollup {{ accounts }} settings {{ {SETTINGS} }} agenda {{ of {{ id }} person {{ name }} }}
      changes {{ says {{ text }} by {{ name }} }} accounts {{ nodes {{ nextStep {{ of {{ __typename id }} }} }} }}"""
    before = len(sent)
    await of_me(planner, fields)
    assert len(sent) - before <= 2


async def test_an_insight_of_a_user_names_the_account_that_it_belongs_to(
    store: Store, executor: Executor, world: None
) -> None:
    del store, world
    query = "{ users(first: 40) { nodes { accounts { nodes { id } } insights { within { id } } } } }"
    body = (await executor.execute(query, None, None, principal=Principal())).body
    assert "errors" not in body, body
    found = 0
    for user in body["data"]["users"]["nodes"]:
        accounts = {one["id"] for one in user["accounts"]["nodes"]}
        for insight in user["insights"]:
            found += 1
            assert insight["within"]["id"] in accounts
    assert found
