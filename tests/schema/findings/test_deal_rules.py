"""The rules about open opportunities, each on a small graph."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.schema.findings.asking import found_by
from tests.schema.mutations.stage import FEB, Stage

TODAY = datetime.now(UTC).date()


def in_days(count: int) -> str:
    """The date in some days."""
    return (TODAY + timedelta(days=count)).isoformat()


async def deal(stage: Stage, **values: Any) -> str:
    """A new open opportunity."""
    account = values.pop("account", None) or await stage.account()
    return str((await stage.do("createOpportunity", {"name": "Servo drive", "account": account, **values}))["id"])


async def line(stage: Stage, opportunity: str, amount: float) -> str:
    """A line of an opportunity, with a new product."""
    product = str((await stage.do("createProduct", {"name": f"Drive {amount}"}))["id"])
    given = {"record": opportunity, "product": product, "extendedAmount": {"amount": amount, "currency": "USD"}}
    await stage.do("addLine", given)
    return product


async def test_a_date_in_the_past_is_overdue(stage: Stage) -> None:
    late = await deal(stage, estimatedCloseDate=in_days(-5), closeProbability=60)
    (one,) = await found_by("overdue", stage, late)
    assert one["says"] == "Servo drive is five days overdue"
    assert [because["text"] for because in one["because"]][1] == "It still says 60%"
    assert one["severity"] == "WATCH"
    assert one["date"] == in_days(-5)


async def test_today_is_not_overdue_nor_is_a_deal_that_is_won(stage: Stage) -> None:
    assert await found_by("overdue", stage, await deal(stage, estimatedCloseDate=in_days(0))) == []
    assert await found_by("overdue", stage, await deal(stage)) == []
    won = await deal(stage, estimatedCloseDate=in_days(-5))
    await stage.do("winOpportunity", {"opportunity": won})
    assert await found_by("overdue", stage, won) == []


async def test_lines_that_add_up_to_another_amount_are_a_note(stage: Stage) -> None:
    offered = await deal(stage, estimatedValue={"amount": 48_100, "currency": "USD"})
    products = {await line(stage, offered, 27_550.5), await line(stage, offered, 28_992)}
    (one,) = await found_by("lines_against_value", stage, offered)
    assert one["says"] == "The lines come to $56,542, the estimate says $48,100"
    figures = [part["figure"] for part in one["parts"] if part["figure"] is not None]
    assert {evidence["record"]["id"] for evidence in figures[0]["evidence"]} == products
    assert one["because"][0]["text"] == "A difference of $8,442"
    assert one["action"]["verb"] == "updateOpportunity"


async def test_lines_that_add_up_to_the_value_are_none(stage: Stage) -> None:
    offered = await deal(stage, estimatedValue={"amount": 100, "currency": "USD"})
    assert await found_by("lines_against_value", stage, offered) == []
    await line(stage, offered, 99.5)
    assert await found_by("lines_against_value", stage, offered) == []


async def seat(
    stage: Stage, opportunity: str, role: str, support: str | None = None, account: str | None = None
) -> str:
    """A new person with a role in an opportunity."""
    contact = await stage.contact(account or await stage.account())
    given = {"contact": contact, "record": opportunity, "role": role}
    await stage.do("addStakeholder", given if support is None else {**given, "support": support})
    return contact


async def met(stage: Stage, contact: str, user: str, days_ago: int = 1, kind: str = "APPOINTMENT") -> str:
    """A meeting of a user with a contact, some days ago."""
    at = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
    people = [{"party": user, "role": "ORGANIZER"}, {"party": contact, "role": "REQUIRED"}]
    given = {"kind": kind, "subject": "Review", "startedAt": at, "endedAt": at, "participants": people}
    return str((await stage.do("logActivity", given))["id"])


async def test_a_likely_deal_whose_deciders_nobody_knows_is_against_the_evidence(stage: Stage) -> None:
    account = await stage.account()
    value = {"amount": 48_100, "currency": "USD"}
    likely = await deal(
        stage, account=account, closeProbability=60, estimatedValue=value, estimatedCloseDate=in_days(29)
    )
    assert await found_by("stage_against_evidence", stage, likely) == []
    first = await seat(stage, likely, "Decision maker", account=account)
    second = await seat(stage, likely, "Economic buyer", account=account)
    await seat(stage, likely, "User", account=account)
    (one,) = await found_by("stage_against_evidence", stage, likely)
    assert one["severity"] == "ACT"
    assert one["says"].startswith("Nobody of us knows the two who decide on ")
    assert (one["money"]["value"], one["date"]) == (48_100, in_days(29))
    assert one["action"]["args"] == [{"name": "id", "value": first}] or one["action"]["args"][0]["value"] == second
    await met(stage, second, await stage.user())
    assert await found_by("stage_against_evidence", stage, likely) == []


async def test_an_unlikely_deal_is_not_against_the_evidence(stage: Stage) -> None:
    account = await stage.account()
    unlikely = await deal(stage, account=account, closeProbability=40)
    await seat(stage, unlikely, "Decision maker", account=account)
    assert await found_by("stage_against_evidence", stage, unlikely) == []


async def test_a_committee_with_more_against_us_is_outnumbered(stage: Stage) -> None:
    offered = await deal(stage)
    await seat(stage, offered, "User", "Supporter")
    await seat(stage, offered, "Gatekeeper", "Non-supporter")
    assert await found_by("outnumbered", stage, offered) == []
    await seat(stage, offered, "User", "Enemy")
    (one,) = await found_by("outnumbered", stage, offered)
    assert (one["says"], one["severity"]) == ("Two against us, one for us", "WATCH")


async def test_a_champion_against_us_counts_alone(stage: Stage) -> None:
    offered = await deal(stage)
    await seat(stage, offered, "User", "Supporter")
    champion = await seat(stage, offered, "Champion", "Non-supporter")
    (one,) = await found_by("outnumbered", stage, offered)
    assert (one["says"], one["severity"]) == ("One of those who matter is against us", "ACT")
    assert one["because"][1]["record"]["id"] == champion


async def test_a_deal_beyond_its_first_stage_needs_somebody_who_decides(stage: Stage) -> None:
    early = await deal(stage)
    assert await found_by("no_decider", stage, early) == []
    later = await deal(stage, salesStage="PROPOSE")
    await seat(stage, later, "User")
    (one,) = await found_by("no_decider", stage, later)
    assert one["says"] == "Nobody is recorded as deciding"
    assert one["because"][1]["text"] == "One seat on record"
    await seat(stage, later, "Decision maker")
    assert await found_by("no_decider", stage, later) == []


async def test_a_decider_who_left_is_reported(stage: Stage) -> None:
    account = await stage.account()
    offered = await deal(stage, account=account)
    who = await seat(stage, offered, "Decision maker", account=account)
    user = await seat(stage, offered, "User", account=account)
    assert await found_by("decider_left", stage, offered) == []
    for contact in (who, user):
        await stage.do("endEmployment", {"contact": contact, "account": account, "validTo": FEB})
    (one,) = await found_by("decider_left", stage, offered)
    assert one["says"].endswith(" decides, and has left")
    assert one["parts"][0]["record"]["id"] == who


async def test_a_product_that_was_lost_before_is_recalled(stage: Stage) -> None:
    account = await stage.account()
    lost, offered, other = [await deal(stage, account=account) for _ in range(3)]
    product = await line(stage, lost, 300)
    await stage.do("addLine", {"record": offered, "product": product})
    assert await found_by("lost_before", stage, offered) == []
    await stage.do("loseOpportunity", {"opportunity": lost, "status": "OUT_SOLD"})
    (one,) = await found_by("lost_before", stage, offered)
    assert one["parts"][0]["record"]["id"] == product
    assert {arg["name"]: arg["value"] for arg in one["action"]["args"]} == {"id": offered, "with": lost}
    assert await found_by("lost_before", stage, other) == []


async def test_a_committee_that_is_all_for_us_is_looked_at_again(stage: Stage) -> None:
    offered = await deal(stage)
    for role in ("User", "Champion"):
        await seat(stage, offered, role, "Supporter")
    assert await found_by("all_green", stage, offered) == []
    await seat(stage, offered, "Decision maker", "Mentor")
    (one,) = await found_by("all_green", stage, offered)
    assert one["says"] == "Nobody is against us: look again"
    assert one["because"][1]["text"] == "Three seats, all for us"
    await seat(stage, offered, "Gatekeeper", "Neutral")
    assert await found_by("all_green", stage, offered) == []


async def test_the_owner_of_a_deal_should_know_who_decides(stage: Stage) -> None:
    account, owner, other = await stage.account(), await stage.user(), await stage.user()
    offered = await deal(stage, account=account, owner=owner)
    who = await seat(stage, offered, "Decision maker", account=account)
    assert await found_by("owner_without_tie", stage, offered) == []
    await met(stage, who, other)
    (one,) = await found_by("owner_without_tie", stage, offered)
    assert one["says"].startswith(f"User-{owner.removeprefix('user-')} owns the deal but does not know Contact ")
    assert [part["record"]["id"] for part in one["parts"] if part["record"]] == [owner, who]
    assert one["because"][1]["record"]["id"] == other
    await met(stage, who, owner)
    assert await found_by("owner_without_tie", stage, offered) == []


async def test_a_gatekeeper_who_was_never_met_is_named(stage: Stage) -> None:
    account = await stage.account()
    offered = await deal(stage, account=account)
    await seat(stage, offered, "User", account=account)
    assert await found_by("unmet_gatekeeper", stage, offered) == []
    who = await seat(stage, offered, "Gatekeeper", "Neutral", account)
    (one,) = await found_by("unmet_gatekeeper", stage, offered)
    assert one["says"].endswith(" gates and was never met")
    assert one["because"][1]["text"] == "Gatekeeper, neutral"
    assert one["action"]["args"] == [{"name": "id", "value": who}]
    await met(stage, who, await stage.user())
    assert await found_by("unmet_gatekeeper", stage, offered) == []
