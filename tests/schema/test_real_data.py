"""The published figures of real data, asked through GraphQL; each source is loaded twice, to no effect again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.money import Rates
from graph.store import Store
from seed.load.execution import load
from seed.load.plan import build_plan
from seed.load.rejects import Rejects
from tests.schema.conftest import Ask, fill

FOLDERS = {"northwind": "northwind/csv"}


@pytest.fixture
async def source(request: pytest.FixtureRequest, store: Store, shared_data: Path, tmp_path: Path) -> str:
    """Leaves one source in the graph, loaded twice."""
    name: str = request.param

    async def twice() -> None:
        folder = shared_data / FOLDERS.get(name, name)
        for again in (False, True):
            planned, complaints = build_plan(name, folder, Rates())
            assert not complaints
            assert planned is not None
            with Rejects(tmp_path / "rejects.csv") as rejects:
                lines = await load(store, planned, rejects)
            assert not rejects.written
            if again:
                assert sum(line.created + line.changed for line in lines) == 0

    await fill(store, name, twice)
    return name


def only(name: str) -> pytest.MarkDecorator:
    """The test runs on that source alone."""
    return pytest.mark.parametrize("source", [name], indirect=True)


async def everything(ask: Ask, query: str) -> list[Any]:
    """Every record of a connection called `all`, page after page."""
    found: list[Any] = []
    after = None
    while True:
        page = (await ask(query, {"after": after}))["all"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


@only("northwind")
async def test_northwind_orders_come_to_the_published_total_with_quick_first(
    source: str, ask: Ask, expected: Callable[[str], Any]
) -> None:
    accounts = await everything(
        ask,
        """query ($after: String) {
          all: accounts(first: 40, after: $after, orderBy: [{ rollup: { ordered: DESC } }]) {
            nodes { sourceKey relationship rollup { ordered { amount currency } } }
            pageInfo { hasNextPage endCursor } } }""",
    )
    answer = expected("northwind")
    ordered = [(one["sourceKey"], one["rollup"]["ordered"]["amount"]) for one in accounts]
    assert [list(one) for one in ordered[:3]] == answer["top_customers_rounded"]
    assert sum(round(amount * 100) for _, amount in ordered) == 126579302
    without = [
        one["sourceKey"]
        for one in accounts
        if one["relationship"] == "CUSTOMER" and not one["rollup"]["ordered"]["amount"]
    ]
    assert sorted(without) == answer["customers_without_orders"]


@only("northwind")
async def test_northwind_staff_report_as_published(source: str, ask: Ask) -> None:
    data = await ask(
        """{ accounts(where: { name: { eq: "Northwind Traders" } }) { nodes { orgChart { people depth roots
        seats { contactId managerId contact { sourceKey lastName } } warnings { kind } } } } }""",
        statements=2,
    )
    chart = data["accounts"]["nodes"][0]["orgChart"]
    key = {seat["contactId"]: seat["contact"]["sourceKey"] for seat in chart["seats"]}
    reports: dict[str, list[int]] = {}
    for seat in chart["seats"]:
        if seat["managerId"]:
            reports.setdefault(key[seat["managerId"]], []).append(int(seat["contact"]["sourceKey"]))
    assert {boss: sorted(staff) for boss, staff in reports.items()} == {"2": [1, 3, 4, 5, 8], "5": [6, 7, 9]}
    assert (chart["people"], chart["depth"], chart["warnings"]) == (9, 2, [])
    assert [key[root] for root in chart["roots"]] == ["2"]


@only("northwind")
async def test_northwind_products_bought_together_come_out_as_published(
    source: str, ask: Ask, expected: Callable[[str], Any]
) -> None:
    data = await ask(
        "{ productRules(minOrders: 1, first: 10000) { orders lift antecedent { name } consequent { name } } }",
        statements=2,
    )
    rules = data["productRules"]
    pairs = {frozenset((one["antecedent"][0]["name"], one["consequent"][0]["name"])) for one in rules}
    assert len(pairs) == expected("northwind")["distinct_product_pairs"]
    top = next(one for one in rules if one["orders"] == 8)
    first, second, orders, *_, lift = expected("northwind")["top_pair"]
    found = [one for one in rules if {one["antecedent"][0]["name"], one["consequent"][0]["name"]} == {first, second}]
    assert found
    assert {one["orders"] for one in found} == {orders}
    assert round(found[0]["lift"], 3) == lift
    assert top


@only("maven_crm")
async def test_maven_groups_roll_up_as_published(source: str, ask: Ask, expected: Callable[[str], Any]) -> None:
    data = await ask(
        """{ rolled: accounts(first: 2, orderBy: [{ rollup: { won: DESC } }]) {
          nodes { name rollup { won { amount } } } }
        all: accounts(first: 100) { totalCount nodes { name rollup { byChild { own won { amount } } } } } }""",
        statements=2,
    )
    rolled = [[one["name"], one["rollup"]["won"]["amount"]] for one in data["rolled"]["nodes"]]
    assert rolled == [["Acme Corporation", 519349.0], ["Sonron", 479028.0]]
    own: dict[str, float] = {
        one["name"]: next(share["won"]["amount"] for share in one["rollup"]["byChild"] if share["own"])
        for one in data["all"]["nodes"]
    }
    best = max(own, key=lambda name: own[name])
    assert [best, own[best]] == expected("maven_crm")["top_account_direct"]
    assert data["all"]["totalCount"] == expected("maven_crm")["accounts"]


@only("maven_crm")
async def test_maven_trees_and_lists_have_the_published_subsidiaries(
    source: str, ask: Ask, expected: Callable[[str], Any]
) -> None:
    data = await ask(
        """{ accounts(first: 100) { totalCount nodes { name sizeHistory { at accounts }
          tree { total rows { depth childCount sum { won { amount } } own { won { amount } } account { name } } }
          compareHierarchies { differing rows { reason } }
          opportunities(below: CRM, first: 0, where: { state: { eq: WON } }) {
            aggregate { sum { actualValue { amount } } } } } } }""",
        statements=2,
    )
    answer = expected("maven_crm")
    nodes = {one["name"]: one for one in data["accounts"]["nodes"]}
    trees = {name: one["tree"] for name, one in nodes.items()}
    parents = {name: one["total"] - 1 for name, one in trees.items() if one["total"] > 1}
    assert parents == answer["parents"]
    assert parents == {name: trees[name]["rows"][0]["childCount"] for name in parents}
    assert sum(parents.values()) == answer["subsidiaries"]
    top, won = answer["top_group_rolled_up"]
    rows = trees[top]["rows"]
    assert rows[0]["sum"]["won"]["amount"] == sum(row["own"]["won"]["amount"] for row in rows) == won
    assert nodes[top]["opportunities"]["aggregate"]["sum"]["actualValue"]["amount"] == won
    assert nodes[top]["sizeHistory"][-1]["accounts"] == len(rows)
    assert nodes[top]["compareHierarchies"] == {"differing": 4, "rows": [{"reason": "ONLY_IN_A"}] * 4}


@only("maven_crm")
async def test_maven_opportunities_without_an_account_are_found_by_a_filter(
    source: str, ask: Ask, expected: Callable[[str], Any]
) -> None:
    data = await ask(
        """{ without: opportunities(where: { account: { exists: false } }) { totalCount }
        all: opportunities { totalCount } won: opportunities(where: { state: { eq: WON } }) { totalCount }
        fixed: products(where: { name: { eq: "GTX Pro" } }) { nodes { opportunities { totalCount } } } }""",
        statements=4,
    )
    answer = expected("maven_crm")
    assert data["without"]["totalCount"] == answer["blank_account_rows"]
    assert data["all"]["totalCount"] == answer["opportunities"]
    assert data["won"]["totalCount"] == answer["stages"]["Won"]
    assert data["fixed"]["nodes"][0]["opportunities"]["totalCount"] > 0


@only("krackhardt_lazega")
async def test_krackhardt_managers_stand_on_three_levels(source: str, ask: Ask, expected: Callable[[str], Any]) -> None:
    data = await ask(
        """{ accounts { nodes { orgChart { people roots
        seats { level contactId managerId contact { sourceKey } } } } } }""",
        statements=2,
    )
    chart = data["accounts"]["nodes"][0]["orgChart"]
    answer = expected("krackhardt")["computed"]
    key = {seat["contactId"]: int(seat["contact"]["sourceKey"]) for seat in chart["seats"]}
    assert [key[root] for root in chart["roots"]] == [answer["ceo"]]
    levels = [seat["level"] for seat in chart["seats"]]
    assert {str(level + 1): levels.count(level) for level in set(levels)} == answer["levels"]
    staff: dict[int, list[int]] = {}
    for seat in chart["seats"]:
        if seat["managerId"]:
            staff.setdefault(key[seat["managerId"]], []).append(key[seat["contactId"]])
    assert sorted(staff.pop(answer["ceo"])) == answer["vps"]
    assert {boss: sorted(below) for boss, below in staff.items()} == {
        vp: answer[f"reports_to_{vp}"] for vp in answer["vps"]
    }


GROCERIES = """query ($support: Float!, $confidence: Float!, $length: Int!) {
  productRules(minSupport: $support, minConfidence: $confidence, maxLength: $length, first: 10000) {
    support confidence lift antecedent { name } consequent { name } } }"""


@only("groceries")
@pytest.mark.parametrize(
    ("support", "confidence", "published"),
    [(0.006, 0.25, "supp0.006_conf0.25"), (0.001, 0.8, "supp0.001_conf0.8"), (0.001, 0.5, "supp0.001_conf0.5")],
)
async def test_groceries_give_the_published_rules(
    support: float, confidence: float, published: str, source: str, ask: Ask, expected: Callable[[str], Any]
) -> None:
    data = await ask(GROCERIES, {"support": support, "confidence": confidence, "length": 6}, statements=2)
    rules, answer = data["productRules"], expected("groceries")["published_arules"][published]
    assert len(rules) == answer["rules"]
    if "by_length" in answer:
        lengths = [len(rule["antecedent"]) + len(rule["consequent"]) for rule in rules]
        assert {str(length): lengths.count(length) for length in set(lengths)} == answer["by_length"]
    names, figures = answer["top_lift"].rsplit(" ", 1)
    left, right = names.split("=>")
    top = rules[0]
    assert sorted(one["name"].lower() for one in top["antecedent"]) == sorted(left.lower().split(","))
    assert [one["name"] for one in top["consequent"]] == [right]
    for given, name in zip(figures.split("/"), ("support", "confidence", "lift"), strict=True):
        assert top[name] == pytest.approx(float(given), rel=1e-6)
