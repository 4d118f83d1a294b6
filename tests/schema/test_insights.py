"""Insights: few statements however many parents, exact figures, and reasons that add up."""

from __future__ import annotations

import math
from typing import Any

import orjson
import pytest

from graph.access import Principal
from graph.store import Bound, Store
from schema.execution import Executor
from seed.world.generate import you
from tests.schema.conftest import Ask

pytestmark = pytest.mark.usefixtures("world")

CHARTS = """query ($first: Int!) { accounts(first: $first, where: { contacts: { some: {} } }) { nodes { name
  orgChart { people depth roots seats { contactId managerId level span descendants strength
  contact { name emailAddress1 } } warnings { kind contactIds message } } } } }"""
SELLS = """query ($first: Int!) { accounts(first: $first, where: { orders: { some: {} } }) { nodes { id
  crossSell(first: 3) { product { id name price { amount } } score alreadyProposed
  evidence { sampleSize rules { confidence lift orders antecedent { id } consequent { id } } } } } } }"""


KNOWS = """query ($to: ID!) { knows(to: $to, first: 3) { strength band reciprocity interactions firstAt lastAt
  from { __typename id } to { __typename id name } terms { name value message } } }"""


@pytest.mark.parametrize("first", [1, 10])
async def test_org_charts_of_a_page_are_two_statements(first: int, ask: Ask) -> None:
    nodes = (await ask(CHARTS, {"first": first}, statements=2))["accounts"]["nodes"]
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


async def test_people_without_a_manager_are_named_whether_or_not_they_have_reports(ask: Ask, store: Store) -> None:
    chart = "orgChart(layout: true) { roots warnings { kind contactIds } seats { contactId span x y level } }"
    nodes = (await ask(f"{{ accounts(first: 60) {{ nodes {{ id {chart} }} }} }}"))["accounts"]["nodes"]
    loose = """MATCH (:Account {uid: $id})<-[job:WORKS_AT]-(person:Contact)
    WHERE (job.validFrom IS NULL OR job.validFrom <= datetime()) AND (job.validTo IS NULL OR job.validTo > datetime())
      AND NOT EXISTS { (person)-[line:REPORTS_TO]->(:Contact)
        WHERE (line.validFrom IS NULL OR line.validFrom <= datetime())
          AND (line.validTo IS NULL OR line.validTo > datetime()) }
    RETURN collect(DISTINCT person.uid)"""
    with_reports = 0
    for node in nodes:
        found = node["orgChart"]
        span = {seat["contactId"]: seat["span"] for seat in found["seats"]}
        expected = set(await store.reads.ask(Bound("loose", loose, {"id": node["id"]}))) - set(found["roots"][:1])
        if not any(span.values()):
            expected = set()
        named = [uid for one in found["warnings"] if one["kind"] == "NO_MANAGER" for uid in one["contactIds"]]
        assert sorted(named) == sorted(expected)
        with_reports += sum(span[uid] > 0 for uid in named)
        for seat in found["seats"]:
            assert (seat["x"] is None) == (seat["y"] is None)
            assert seat["y"] in (None, seat["level"])
    assert with_reports


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
            assert one["score"] == one["evidence"]["rules"][0]["confidence"]
            for rule in one["evidence"]["rules"]:
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
            hops { strength reason lastAt interactions from { id name } to { id name } } } }""",
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
    ("chosen", "statements"),
    [
        ("id", 1),
        ("id again: id", 1),
        ("... on Party { id } ... on User { id }", 1),
        ("... on User { id }", 2),
        ("__typename id", 2),
        ("id name", 2),
    ],
)
async def test_records_of_which_only_the_id_is_selected_are_not_read_again(
    chosen: str, statements: int, ask: Ask, store: Store, executor: Executor
) -> None:
    target = await store.reads.ask(Bound("whom", "MATCH (n:Contact {name: 'Ulwin Ahrlechner'}) RETURN n.uid", {}))
    query = f"query ($to: ID!) {{ introductions(to: $to) {{ hops {{ from {{ {chosen} }} to {{ id }} }} }} }}"
    data = await ask(query, {"to": target}, statements=statements)
    assert [path["hops"][-1]["to"] for path in data["introductions"]] == [{"id": target}] * 3
    ordinary = await executor.execute(query, {"to": target}, None, principal=Principal(you()), ordinary=True)
    assert orjson.dumps(ordinary.body) == orjson.dumps({"data": data})


async def test_a_user_who_does_not_exist_is_read_to_find_out(executor: Executor) -> None:
    body = (await executor.execute("{ me { user { id } } }", None, None, principal=Principal("nobody"))).body
    assert body["data"] == {"me": {"user": None}}


MIXED = """query ($to: ID!, $type: String!) { __typename account(id: $to) { id name } me { who: user { id name } }
  __schema { queryType { name } } __type(name: $type) { kind } knows(to: $to, first: 2) { lastAt from { id } }
  accounts(first: 2, where: { orders: { some: {} } }) { nodes { id crossSell(first: 1) { product { id } score } } } }"""

NESTED = """query ($to: ID!) { knows(to: $to, first: 4) { to { id ... on Contact { accounts { nodes { id
  orgChart { seats { contact { id name ... on Contact { accounts(first: 1) { nodes { crossSell(first: 2) {
    __typename product { id name } evidence { __typename rules { a: antecedent { id } } } } } } } } } } } } } } } }"""


async def busiest(ask: Ask) -> str:
    """The account with the most interactions."""
    data = await ask("{ accounts(first: 1, orderBy: [{ rollup: { interactions: DESC } }]) { nodes { id } } }")
    return str(data["accounts"]["nodes"][0]["id"])


async def test_every_root_field_has_a_plan_of_its_own(ask: Ask, executor: Executor) -> None:
    variables = {"to": await busiest(ask), "type": "Account"}
    data = await ask(MIXED, variables, statements=1 + 1 + 1 + 2)
    assert data["__typename"] == "Query"
    assert data["me"]["who"]["id"] == you()
    assert list(data) == ["__typename", "account", "me", "__schema", "__type", "knows", "accounts"]
    ordinary = await executor.execute(MIXED, variables, None, principal=Principal(you()), ordinary=True)
    assert orjson.dumps(ordinary.body) == orjson.dumps({"data": data})


async def test_insights_nest_with_one_read_a_level(ask: Ask, executor: Executor) -> None:
    variables = {"to": await busiest(ask)}
    data = await ask(NESTED, variables, statements=5)
    charts = [account["orgChart"] for tie in data["knows"] for account in tie["to"]["accounts"]["nodes"]]
    seats = [seat for chart in charts for seat in chart["seats"]]
    offers = [
        offer for seat in seats for account in seat["contact"]["accounts"]["nodes"] for offer in account["crossSell"]
    ]
    assert len(charts) == 4
    assert len(seats) > 4
    assert {offer["__typename"] for offer in offers} == {"CrossSell"}
    assert all(rule["a"] for offer in offers for rule in offer["evidence"]["rules"])
    ordinary = await executor.execute(NESTED, variables, None, principal=Principal(you()), ordinary=True)
    assert orjson.dumps(ordinary.body) == orjson.dumps({"data": data})


async def test_an_insight_in_one_of_two_roots_fails_alone(executor: Executor) -> None:
    query = '{ tie(from: "x", to: "y") { strength } accounts { totalCount } }'
    body = (await executor.execute(query, None, None, principal=Principal())).body
    assert body["errors"][0]["path"] == ["tie"]
    assert body["data"]["tie"] is None
    assert body["data"]["accounts"]["totalCount"] > 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ tie(from: "nobody", to: "nothing") { strength } }', "NOT_FOUND"),
        ('{ knows(to: "nobody") { strength } }', "NOT_FOUND"),
        ('{ introductions(to: "nobody") { strength } }', "NOT_FOUND"),
        ('{ search(text: "x", kinds: []) { score } }', "INVALID"),
    ],
)
async def test_what_cannot_be_answered_says_so(query: str, code: str, refused: Any) -> None:
    error = await refused(query)
    assert error["extensions"]["code"] == code
    assert error["extensions"]["remedy"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('{ introductions(to: "x", maxHops: 9) { strength } }', "`maxHops` must be between 1 and 6; got 9."),
        ("{ productRules(minSupport: 2) { lift } }", "`minSupport` must be between 0 and 1; got 2.0."),
        ("{ productRules(maxLength: 9) { lift } }", "`maxLength` must be between 2 and 6; got 9."),
        ("{ productRules(minOrders: 0) { lift } }", "`minOrders` must be at least 1; got 0."),
        (
            "{ accounts(first: 1) { nodes { crossSell(first: -1) { score } } } }",
            "`first` must be between 0 and 1000; got -1.",
        ),
    ],
)
async def test_a_number_out_of_bounds_is_invalid_before_any_statement(
    query: str, message: str, refused: Any, sent: list[str]
) -> None:
    before = len(sent)
    error = await refused(query)
    assert error["message"] == message
    assert error["extensions"]["code"] == "INVALID"
    assert error["extensions"]["field"] in message
    assert len(sent) == before
