"""Insights: few statements however many parents, exact figures, and reasons that add up."""

from __future__ import annotations

import math
from typing import Any

import pytest

from graph.store import Bound, Store
from seed.world.generate import you
from tests.schema.conftest import Ask

pytestmark = pytest.mark.usefixtures("world")

CHARTS = """query ($first: Int!) { accounts(first: $first, where: { contacts: { some: {} } }) { nodes { name
  orgChart { people depth roots seats { contactId managerId level span descendants strength
  contact { name emailAddress1 } } warnings { kind contactIds message } } } } }"""
SELLS = """query ($first: Int!) { accounts(first: $first, where: { orders: { some: {} } }) { nodes { id
  crossSell(first: 3) { product { id name price { amount } } score alreadyProposed
  because { n rules { confidence lift orders antecedent { id } consequent { id } } } } } } }"""


KNOWS = """query ($to: ID!) { knows(to: $to, first: 3) { strength band reciprocity interactions firstAt lastAt
  from { __typename id } to { __typename id name } terms { name value message } } }"""


@pytest.mark.parametrize("first", [1, 10])
async def test_org_charts_of_a_page_are_one_statement(first: int, ask: Ask) -> None:
    nodes = (await ask(CHARTS, {"first": first}, statements=1))["accounts"]["nodes"]
    assert len(nodes) == first
    for node in nodes:
        chart = node["orgChart"]
        assert chart["people"] == len(chart["seats"])
        by_id = {seat["contactId"]: seat for seat in chart["seats"]}
        assert [seat["contactId"] for seat in chart["seats"] if seat["managerId"] is None]
        for seat in chart["seats"]:
            boss = seat["managerId"]
            assert seat["level"] == (by_id[boss]["level"] + 1 if boss else 0)
            assert seat["span"] == sum(one["managerId"] == seat["contactId"] for one in chart["seats"])


@pytest.mark.parametrize("first", [1, 10])
async def test_cross_sell_of_a_page_is_three_statements(first: int, ask: Ask, store: Store) -> None:
    nodes = (await ask(SELLS, {"first": first}, statements=3))["accounts"]["nodes"]
    assert len(nodes) == first
    assert first == 1 or any(node["crossSell"] for node in nodes)
    has = "MATCH (:Account {uid: $id})<-[:FOR_ACCOUNT]-(:SalesOrder)-[:HAS_LINE]->(p) RETURN collect(DISTINCT p.uid)"
    for node in nodes:
        owned = set(await store.reads.ask(Bound("has", has, {"id": node["id"]})))
        for one in node["crossSell"]:
            assert one["product"]["id"] not in owned
            assert one["score"] == one["because"]["rules"][0]["confidence"]
            for rule in one["because"]["rules"]:
                assert {product["id"] for product in rule["antecedent"]} <= owned
                assert [product["id"] for product in rule["consequent"]] == [one["product"]["id"]]
                assert rule["lift"] > 1


async def test_a_ties_terms_add_up_to_its_strength(ask: Ask) -> None:
    data = await ask("{ accounts(first: 20, orderBy: [{ rollup: { won: DESC } }]) { nodes { id } } }")
    found = 0
    for account in data["accounts"]["nodes"]:
        if not await known(ask, account["id"]):
            continue
        ties = (await ask(KNOWS, {"to": account["id"]}, statements=2))["knows"]
        assert [tie["strength"] for tie in ties] == sorted((tie["strength"] for tie in ties), reverse=True)
        for tie in ties:
            found += 1
            assert math.isclose(sum(term["value"] for term in tie["terms"]), tie["strength"], abs_tol=1e-9)
            assert tie["from"]["__typename"] == "User"
            assert tie["to"]["__typename"] == "Contact"
    assert found > 5


async def known(ask: Ask, account: str) -> bool:
    """Whether any of us knows anybody there."""
    data = await ask("query ($to: ID!) { knows(to: $to) { interactions } }", {"to": account})
    return bool(data["knows"])


async def test_the_best_way_in_is_longer_and_stronger(ask: Ask, store: Store) -> None:
    target = await store.reads.ask(Bound("whom", "MATCH (n:Contact {name: 'Ulwin Ahrlechner'}) RETURN n.uid", {}))
    ways = (
        await ask(
            """query ($to: ID!) { introductions(to: $to, first: 3) { strength
            hops { strength because lastAt interactions from { id name } to { id name } } } }""",
            {"to": target},
            statements=2,
        )
    )["introductions"]
    assert len(ways[0]["hops"]) == 3
    assert ways[0]["hops"][0]["from"]["id"] == you()
    assert ways[0]["hops"][-1]["to"]["id"] == target
    assert any(len(way["hops"]) < 3 and way["strength"] < ways[0]["strength"] for way in ways[1:])
    for way in ways:
        product = math.prod(hop["strength"] for hop in way["hops"]) / 100 ** (len(way["hops"]) - 1)
        assert math.isclose(product, way["strength"], rel_tol=1e-6)
        for hop, following in zip(way["hops"], way["hops"][1:], strict=False):
            assert hop["to"]["id"] == following["from"]["id"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ tie(from: "nobody", to: "nothing") { strength } }', "NOT_FOUND"),
        ('{ knows(to: "nobody") { strength } }', "NOT_FOUND"),
        ('{ introductions(to: "nobody") { strength } }', "NOT_FOUND"),
        ('{ introductions(to: "nobody", maxHops: 9) { strength } }', "INVALID"),
        ("{ productRules(minSupport: 2) { lift } }", "INVALID"),
        ("{ productRules(maxLength: 9) { lift } }", "INVALID"),
        ("{ accounts(first: 1) { nodes { crossSell(first: -1) { score } } } }", "INVALID"),
        ('{ search(text: "x", kinds: ["Person"]) { score } }', "INVALID"),
    ],
)
async def test_what_cannot_be_answered_says_so(query: str, code: str, refused: Any) -> None:
    error = await refused(query)
    assert error["extensions"]["code"] == code
    assert error["extensions"]["remedy"]
