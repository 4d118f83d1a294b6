"""The mutations about opportunities."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.schema.mutations.stage import Stage

CLOSED = "id state status closeProbability actualCloseDate actualValue { amount currency }"


async def test_a_new_opportunity_is_open_and_qualified(stage: Stage) -> None:
    account, contact = await stage.account(), await stage.contact()
    given = {"name": "Deal", "account": account, "contact": contact, "estimatedValue": {"amount": 12.34}}
    shows = "name state status salesStage openedOn estimatedValue { amount currency } account { id } contact { id }"
    today = str(datetime.now(UTC).date())
    shown = await stage.do("createOpportunity", given, shows)
    assert shown.pop("openedOn") in (today, str(datetime.now(UTC).date()))
    assert shown == {
        "name": "Deal",
        "state": "OPEN",
        "status": "IN_PROGRESS",
        "salesStage": "QUALIFY",
        "estimatedValue": {"amount": 12.34, "currency": "USD"},
        "account": {"id": account},
        "contact": {"id": contact},
    }


async def test_an_opportunity_goes_forward_step_by_step_or_by_name(stage: Stage) -> None:
    uid = await stage.opportunity()
    assert await stage.do("advanceOpportunity", {"opportunity": uid}, "salesStage") == {"salesStage": "DEVELOP"}
    given = {"opportunity": uid, "salesStage": "CLOSE", "closeProbability": 80}
    shown = await stage.do("advanceOpportunity", given, "salesStage closeProbability")
    assert shown == {"salesStage": "CLOSE", "closeProbability": 80}
    assert await stage.last(uid) == (
        "advanceOpportunity", {"salesStage": ("DEVELOP", "CLOSE"), "closeProbability": (None, 80)},
    )  # fmt: skip
    assert await stage.refuse("advanceOpportunity", {"opportunity": uid}) == "CONFLICT"
    assert await stage.refuse("advanceOpportunity", {"opportunity": uid, "salesStage": "PROPOSE"}) == "CONFLICT"


async def test_the_stage_it_is_in_already_changes_nothing(stage: Stage) -> None:
    uid = await stage.opportunity(salesStage="PROPOSE")
    stored = await stage.stored(uid)
    await stage.do("advanceOpportunity", {"opportunity": uid, "salesStage": "PROPOSE"})
    assert await stage.stored(uid) == stored
    assert await stage.last(uid) == ("advanceOpportunity", {})


async def test_a_won_opportunity_says_what_it_brought_and_when(stage: Stage) -> None:
    uid = await stage.opportunity(estimatedValue={"amount": 10})
    given = {"opportunity": uid, "actualValue": {"amount": 9.5}, "actualCloseDate": "2026-05-04"}
    assert await stage.do("winOpportunity", given, CLOSED) == {
        "id": uid,
        "state": "WON",
        "status": "WON",
        "closeProbability": 100,
        "actualCloseDate": "2026-05-04",
        "actualValue": {"amount": 9.5, "currency": "USD"},
    }
    assert await stage.last(uid) == (
        "winOpportunity",
        {
            "state": ("OPEN", "WON"),
            "status": ("IN_PROGRESS", "WON"),
            "closeProbability": (None, 100),
            "actualCloseDate": (None, date(2026, 5, 4)),
            "actualValue": (None, (950, "USD")),
        },
    )


async def test_a_won_opportunity_brought_what_was_estimated(stage: Stage) -> None:
    uid = await stage.opportunity(estimatedValue={"amount": 700, "currency": "USD"})
    shown = await stage.do("winOpportunity", {"opportunity": uid}, CLOSED)
    assert shown["actualValue"] == {"amount": 700.0, "currency": "USD"}
    assert shown["actualCloseDate"] is not None


@pytest.mark.parametrize("status", ["CANCELED", "OUT_SOLD"])
async def test_a_lost_opportunity_says_why(stage: Stage, status: str) -> None:
    uid = await stage.opportunity()
    given = {"opportunity": uid, "status": status, "actualCloseDate": "2026-05-04"}
    assert await stage.do("loseOpportunity", given, CLOSED) == {
        "id": uid, "state": "LOST", "status": status, "closeProbability": 0, "actualCloseDate": "2026-05-04",
        "actualValue": None,
    }  # fmt: skip


@pytest.mark.parametrize("status", ["WON", "IN_PROGRESS", "ON_HOLD"])
async def test_an_opportunity_is_lost_for_a_reason_that_loses(stage: Stage, status: str) -> None:
    uid = await stage.opportunity()
    assert await stage.refuse("loseOpportunity", {"opportunity": uid, "status": status}) == "INVALID"


async def test_what_is_closed_stays_closed(stage: Stage) -> None:
    won, lost = await stage.opportunity(), await stage.opportunity()
    await stage.do("winOpportunity", {"opportunity": won})
    await stage.do("loseOpportunity", {"opportunity": lost, "status": "CANCELED"})
    for uid in (won, lost):
        assert await stage.refuse("winOpportunity", {"opportunity": uid}) == "CONFLICT"
        assert await stage.refuse("loseOpportunity", {"opportunity": uid, "status": "OUT_SOLD"}) == "CONFLICT"
        assert await stage.refuse("advanceOpportunity", {"opportunity": uid}) == "CONFLICT"
        assert await stage.refuse("updateOpportunity", {"status": "ON_HOLD"}, uid) == "CONFLICT"
        assert await stage.refuse("updateOpportunity", {"closeProbability": 50}, uid) == "CONFLICT"


async def test_how_it_ended_can_be_corrected_once_it_has(stage: Stage) -> None:
    uid = await stage.opportunity()
    assert await stage.refuse("updateOpportunity", {"actualValue": {"amount": 1}}, uid) == "CONFLICT"
    assert await stage.refuse("updateOpportunity", {"actualCloseDate": "2026-01-01"}, uid) == "CONFLICT"
    await stage.do("winOpportunity", {"opportunity": uid})
    given = {"actualValue": {"amount": 5}, "actualCloseDate": "2026-01-01"}
    shown = await stage.do("updateOpportunity", given, CLOSED, uid)
    assert (shown["actualValue"]["amount"], shown["actualCloseDate"]) == (5.0, "2026-01-01")


async def test_an_opportunity_is_not_closed_by_its_status(stage: Stage) -> None:
    uid = await stage.opportunity()
    assert await stage.refuse("updateOpportunity", {"status": "WON"}, uid) == "REFUSED"
    assert await stage.refuse("updateOpportunity", {"status": None}, uid) == "REFUSED"
    assert (await stage.do("updateOpportunity", {"status": "ON_HOLD"}, "status", uid)) == {"status": "ON_HOLD"}


async def test_a_probability_is_told_in_percent(stage: Stage) -> None:
    uid = await stage.opportunity()
    assert await stage.refuse("advanceOpportunity", {"opportunity": uid, "closeProbability": 101}) == "INVALID"
    assert await stage.refuse("updateOpportunity", {"closeProbability": -1}, uid) == "INVALID"


async def test_unknown_opportunities_are_not_found(stage: Stage) -> None:
    for mutation, more in (
        ("advanceOpportunity", {}),
        ("winOpportunity", {}),
        ("loseOpportunity", {"status": "CANCELED"}),
    ):
        assert await stage.refuse(mutation, {"opportunity": "none", **more}) == "NOT_FOUND"


async def test_an_opportunity_that_was_closed_is_opened_again(stage: Stage) -> None:
    uid = await stage.opportunity(estimatedValue={"amount": 10})
    await stage.do("winOpportunity", {"opportunity": uid, "actualCloseDate": "2026-05-04"})
    assert await stage.do("reopenOpportunity", {"opportunity": uid}, CLOSED) == {
        "id": uid,
        "state": "OPEN",
        "status": "IN_PROGRESS",
        "closeProbability": None,
        "actualCloseDate": None,
        "actualValue": None,
    }
    assert await stage.last(uid) == (
        "reopenOpportunity",
        {
            "state": ("WON", "OPEN"),
            "status": ("WON", "IN_PROGRESS"),
            "closeProbability": (100, None),
            "actualCloseDate": (date(2026, 5, 4), None),
            "actualValue": ((1000, "USD"), None),
        },
    )


async def test_an_opportunity_moves_back_step_by_step_or_by_name(stage: Stage) -> None:
    uid = await stage.opportunity(salesStage="CLOSE")
    assert await stage.do("moveOpportunityBack", {"opportunity": uid}, "salesStage") == {"salesStage": "PROPOSE"}
    assert await stage.last(uid) == ("moveOpportunityBack", {"salesStage": ("CLOSE", "PROPOSE")})
    given = {"opportunity": uid, "salesStage": "QUALIFY", "closeProbability": 10}
    assert await stage.do("moveOpportunityBack", given, "salesStage") == {"salesStage": "QUALIFY"}
    assert await stage.refuse("moveOpportunityBack", {"opportunity": uid}) == "CONFLICT"
    assert await stage.refuse("moveOpportunityBack", {"opportunity": uid, "salesStage": "CLOSE"}) == "CONFLICT"
