"""The rules about accounts, each on a small graph."""

from __future__ import annotations

from tests.schema.findings.asking import found_by
from tests.schema.findings.test_deal_rules import deal, line, met
from tests.schema.mutations.stage import FEB, JAN, Stage


async def sold(stage: Stage, account: str, amount: float) -> str:
    """A won opportunity."""
    won = await deal(stage, account=account)
    await stage.do("winOpportunity", {"opportunity": won, "actualValue": {"amount": amount, "currency": "USD"}})
    return won


async def test_a_prospect_that_has_bought_is_a_customer(stage: Stage) -> None:
    account = await stage.account()
    assert await found_by("bought_as_prospect", stage, account) == []
    await sold(stage, account, 51_175.5)
    (one,) = await found_by("bought_as_prospect", stage, account)
    assert one["says"] == "A prospect by name that has bought $51,176"
    assert {arg["name"]: arg["value"] for arg in one["action"]["args"]} == {"id": account, "relationship": "CUSTOMER"}
    await stage.do("updateAccount", {"relationship": "CUSTOMER"}, uid=account)
    assert await found_by("bought_as_prospect", stage, account) == []


async def test_a_prospect_whose_subsidiary_has_bought_is_one_too(stage: Stage) -> None:
    parent, child = await stage.account("Parent"), await stage.account("Child")
    await stage.do("reparentAccount", {"account": child, "parent": parent, "hierarchy": "CRM", "validFrom": JAN})
    await sold(stage, child, 300)
    says = {one["subject"]["id"]: one["says"] for one in await found_by("bought_as_prospect", stage, parent)}
    assert says[parent] == "A prospect whose subsidiaries bought $300"
    assert says[child].startswith("Child")
    assert says[child].endswith(": a prospect by name that has bought $300")


async def test_nobody_has_spoken_to_an_account_with_a_deal(stage: Stage) -> None:
    account = await stage.account()
    contact = await stage.contact(account)
    assert await found_by("never_spoken", stage, account) == []
    await deal(stage, account=account, estimatedValue={"amount": 500, "currency": "USD"})
    (one,) = await found_by("never_spoken", stage, account)
    name = str((await stage.stored(account))["name"])
    assert one["says"] == f"Nobody of us has ever spoken to anyone at {name}"
    assert [because["text"] for because in one["because"]] == ["One person on record", "One open deal"]
    assert (one["severity"], one["money"]["value"]) == ("WATCH", 500)
    await met(stage, contact, await stage.user())
    assert await found_by("never_spoken", stage, account) == []


async def test_a_person_is_silent_for_longer_than_any_gap_before(stage: Stage) -> None:
    account = await stage.account()
    contact, user = await stage.contact(account), await stage.user()
    for days_ago in (200, 180, 150, 140):
        await met(stage, contact, user, days_ago)
    assert await found_by("silent", stage, account) == []
    last = await met(stage, contact, user, 120)
    (one,) = await found_by("silent", stage, account)
    assert one["says"].endswith(" has been silent for 120 days")
    assert one["subject"] == {"__typename": "Contact", "id": contact}
    assert one["because"][0]["text"] == "Usual gap 20 days, longest so far 30 days"
    silence = next(part["figure"] for part in one["parts"] if part["figure"] is not None)
    assert silence["evidence"][0]["record"]["id"] == last
    await met(stage, contact, user, 5)
    assert await found_by("silent", stage, account) == []


async def test_people_who_report_to_somebody_who_left_are_named(stage: Stage) -> None:
    account = await stage.account()
    boss, first, second = [await stage.contact(account) for _ in range(3)]
    for person in (first, second):
        await stage.do("setManager", {"contact": person, "manager": boss, "validFrom": JAN})
    assert await found_by("left_but_reported_to", stage, account) == []
    await stage.do("endEmployment", {"contact": boss, "account": account, "validTo": FEB})
    (one,) = await found_by("left_but_reported_to", stage, account)
    assert one["says"].endswith(" left, and two still report to them")
    assert one["parts"][0]["record"]["id"] == boss


async def test_hierarchies_with_different_parents_disagree(stage: Stage) -> None:
    crm, legal, child = [await stage.account() for _ in range(3)]
    parents = {"CRM": crm, "LEGAL": legal}
    for hierarchy, parent in parents.items():
        assert await found_by("hierarchies_disagree", stage, child) == []
        given = {"account": child, "parent": parent, "hierarchy": hierarchy, "validFrom": JAN}
        await stage.do("reparentAccount", given)
    (one,) = await found_by("hierarchies_disagree", stage, child)
    assert [because["record"]["id"] for because in one["because"]] == [crm, legal]
    given = {"account": child, "parent": crm, "hierarchy": "LEGAL", "validFrom": FEB}
    await stage.do("reparentAccount", given)
    assert await found_by("hierarchies_disagree", stage, child) == []


async def test_an_account_that_we_no_longer_meet_is_losing_touch(stage: Stage) -> None:
    account, user = await stage.account(), await stage.user()
    contact = await stage.contact(account, roles=["DECISION_MAKER"])
    await met(stage, contact, user, 3)
    assert await found_by("losing_touch", stage, account) == []
    other = await stage.account()
    gone = await stage.contact(other, roles=["DECISION_MAKER"])
    await met(stage, gone, user, 170)
    (one,) = await found_by("losing_touch", stage, other)
    before, now = (part["figure"] for part in one["parts"] if part["figure"] is not None)
    assert before["value"] - now["value"] >= 5
    assert one["because"][0]["record"]["id"] == gone


async def test_products_that_others_buy_are_an_opening(stage: Stage) -> None:
    first, second = [str((await stage.do("createProduct", {"name": name}))["id"]) for name in ("SCADA", "Historian")]

    async def ordered(account: str, *products: str) -> None:
        order = str((await stage.do("createSalesOrder", {"name": "Order", "account": account}))["id"])
        for product in products:
            amount = {"amount": 10_000, "currency": "USD"}
            await stage.do("addLine", {"record": order, "product": product, "extendedAmount": amount})

    for _ in range(9):
        await ordered(await stage.account(), first, second)
    for _ in range(10):
        await ordered(await stage.account(), await line(stage, await deal(stage), 5))
    account = await stage.account()
    assert await found_by("unsold", stage, account) == []
    await ordered(account, first)
    (one,) = await found_by("unsold", stage, account)
    assert one["says"] == "One product others buy with what they own"
    assert one["money"]["evidence"][0]["record"]["id"] == second
    assert one["severity"] == "OPENING"


async def test_a_person_who_sways_others_and_was_never_met_is_named(stage: Stage) -> None:
    account = await stage.account()
    adviser, boss = await stage.contact(account), await stage.contact(account)
    assert await found_by("unmet_influence", stage, adviser) == []
    await stage.do("addInfluence", {"contact": adviser, "influenced": boss, "weight": 0.8, "validFrom": JAN})
    for about in (adviser, account):
        (one,) = await found_by("unmet_influence", stage, about)
        assert one["says"].startswith("Nobody of us has ever spoken to Contact ")
        assert one["subject"]["id"] == adviser
        assert one["because"][0]["text"] == "Sways one person"
    await met(stage, adviser, await stage.user())
    assert await found_by("unmet_influence", stage, adviser) == []


async def test_people_who_are_known_to_one_of_us_alone_are_a_single_thread(stage: Stage) -> None:
    account, user, other = await stage.account(), await stage.user(), await stage.user()
    first, second = await stage.contact(account), await stage.contact(account)
    await met(stage, first, user)
    assert await found_by("single_thread", stage, account) == []
    await met(stage, second, user)
    (one,) = await found_by("single_thread", stage, account)
    assert one["says"] == f"We know two people there, all through {user}"
    assert one["severity"] == "WATCH"
    await met(stage, second, other)
    assert await found_by("single_thread", stage, account) == []
