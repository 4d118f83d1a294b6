"""Users who left us and products that are no longer sold: in no suggestion, whatever the insight."""

from __future__ import annotations

import pytest

from graph.models.choices import ProductState
from tests.schema.mutations.examples import record
from tests.schema.mutations.stage import Stage


@pytest.mark.parametrize("state", [one.name for one in ProductState])
async def test_a_product_that_is_not_sold_is_not_suggested(stage: Stage, state: str) -> None:
    products = [await record(stage, "Product", name=name) for name in ("Drill", "Saw")]
    await stage.do("updateProduct", {"id": products[1], "state": state})
    accounts = [await stage.account() for _ in range(4)]
    for at, account in enumerate(accounts):
        order = (await stage.do("createSalesOrder", {"orderNumber": f"{state} {at}", "account": account}))["id"]
        for product in products[: 2 if at < 3 else 1]:
            await stage.do("addLine", {"record": order, "product": product, "quantity": 1})
    other = await record(stage, "Product", name="Glove")
    alone = (await stage.do("createSalesOrder", {"orderNumber": f"{state} 5"}))["id"]
    await stage.do("addLine", {"record": alone, "product": other, "quantity": 1})
    query = """query ($id: ID!) {
      account(id: $id) { crossSell { product { id } } }
      productRules(minOrders: 3, first: 10000) { consequent { id } }
    }"""
    found = await stage.ask(query, id=accounts[3])
    suggested = [one["product"]["id"] for one in found["account"]["crossSell"]]
    assert suggested == ([products[1]] if state in ("ACTIVE", "UNDER_REVISION") else [])
    assert [{"id": products[1]}] in [one["consequent"] for one in found["productRules"]]


async def test_a_user_who_left_is_in_no_suggestion(stage: Stage) -> None:
    account = await stage.account()
    person = await stage.contact(account)
    me, left = await stage.user(), await stage.user()
    for pair in ((me, left), (left, person)):
        parts = [{"party": uid, "role": "REQUIRED"} for uid in pair]
        await stage.do("logActivity", {"kind": "Appointment", "participants": parts})
    query = """query ($me: ID!, $person: ID!, $account: ID!) {
      knows(to: $person) { from { id } }
      introductions(from: $me, to: $person) { hops { from { id } } }
      account(id: $account) { orgChart { seats { strength } } }
    }"""
    ids = {"me": me, "person": person, "account": account}
    before = await stage.ask(query, **ids)
    assert before["knows"] == [{"from": {"id": left}}]
    assert len(before["introductions"]) == 1
    assert before["account"]["orgChart"]["seats"][0]["strength"] > 0
    await stage.do("updateUser", {"isDisabled": True}, uid=left)
    assert await stage.ask(query, **ids) == {
        "knows": [], "introductions": [], "account": {"orgChart": {"seats": [{"strength": None}]}}
    }  # fmt: skip
