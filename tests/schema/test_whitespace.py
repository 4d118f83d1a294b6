"""White space of the demo world: figures that add up, against direct Cypher, in few statements."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from statistics import median
from typing import Any

import orjson
import pytest

from graph.access import Principal
from graph.store import Bound, Store
from schema.execution import Executor
from seed.world.generate import you
from tests.schema.conftest import Ask
from tests.schema.mutations.stage import JAN, Stage
from tests.schema.play import Pair

M = "{ amount currency }"
FIGURES = f"bought {M} open {M} lost {M} canceled {M} expected {M}"
MATRIX = f"""query ($id: ID!, $by: WhiteSpaceBy!, $first: Int!, $offset: Int!) {{ account(id: $id) {{ name
  whitespace(hierarchy: CRM, by: $by, first: $first, offset: $offset, moves: 1000) {{
    accounts places boughtPlaces orders {FIGURES}
    columns {{ column name owners {FIGURES} }}
    rows {{ account {{ id name }} depth bought {M} open {M} expected {M}
      cells {{ column state dismissal reason {FIGURES}
        moves {{ product {{ id name }} expected {M} fewOrders siblings {{ id }}
          rule {{ antecedent {{ id name }} orders antecedentOrders confidence lift }} }} }} }}
    moves {{ product {{ id name }} accounts {{ id }} accountCount expected {M} fewOrders }} }} }} }}"""
LARGEST = "{ accounts(first: 3, orderBy: [{ rollup: { accounts: DESC } }]) { nodes { id } } }"


def units(amount: dict[str, Any]) -> int:
    """An amount in minor units."""
    assert amount["currency"] == "USD"
    return round(float(amount["amount"]) * 100)


async def groups(ask: Ask) -> list[str]:
    """The largest groups."""
    return [one["id"] for one in (await ask(LARGEST))["accounts"]["nodes"]]


async def matrix(ask: Ask, account: str, by: str = "FAMILY", first: int = 1000, offset: int = 0) -> Any:
    """The white space of an account; its records are read by one more statement."""
    variables = {"id": account, "by": by, "first": first, "offset": offset}
    return (await ask(MATRIX, variables, statements=3))["account"]["whitespace"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("by", ["FAMILY", "PRODUCT"])
async def test_figures_equal_direct_cypher_and_add_up(by: str, ask: Ask, store: Store) -> None:
    sums = """MATCH (:Account {uid: $id})<-[:CHILD_OF {hierarchy: 'CRM'}]-*(m:Account)
      WITH DISTINCT m MATCH (m)<-[:FOR_ACCOUNT]-(o:SalesOrder|Opportunity)-[l:HAS_LINE]->(p)
      WITH m, p, labels(o) AS kinds, o.state AS state, sum(l.extendedAmountBase) AS amount
      RETURN collect([m.uid, p.uid, 'SalesOrder' IN kinds, state, amount])"""
    text = sums.replace("]-*(m", "]-{0,20}(m")
    for account in await groups(ask):
        found = await matrix(ask, account, by)
        rows = await store.reads.ask(Bound("sums", text, {"id": account}))
        expected: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for owner, _, ordered, state, amount in rows:
            kind = ("canceled" if state == "CANCELED" else "bought") if ordered else state.lower()
            expected[owner][kind] += amount
        for row in found["rows"]:
            mine = expected[row["account"]["id"]]
            for kind in ("bought", "open", "lost", "canceled"):
                assert sum(units(cell[kind]) for cell in row["cells"]) == mine[kind]
            for kind in ("bought", "open", "expected"):
                assert sum(units(cell[kind]) for cell in row["cells"]) == units(row[kind])
        for kind in ("bought", "open", "lost", "canceled", "expected"):
            assert sum(units(column[kind]) for column in found["columns"]) == units(found[kind])
        assert sum(units(row["expected"]) for row in found["rows"]) == units(found["expected"])
        assert sum(units(move["expected"]) for move in found["moves"]) == units(found["expected"])
        assert found["accounts"] == len(found["rows"])
        assert found["places"] == found["accounts"] * len(found["columns"])


@pytest.mark.usefixtures("world")
async def test_a_move_has_the_confidence_of_its_rule_times_the_median_line(ask: Ask, store: Store) -> None:
    lines = """MATCH (o:SalesOrder)-[l:HAS_LINE]->(p:Product {uid: $id}) WHERE o.state <> 'CANCELED'
      RETURN collect(l.extendedAmountBase)"""
    checked = 0
    for account in await groups(ask):
        found = await matrix(ask, account)
        for cell in (cell for row in found["rows"] for cell in row["cells"]):
            assert (cell["reason"] is None) == (not cell["moves"])
            for move in cell["moves"][:1]:
                rule = move["rule"]
                amounts = await store.reads.ask(Bound("lines", lines, {"id": move["product"]["id"]}))
                middle = Fraction(median(map(Fraction, amounts)))
                assert units(move["expected"]) == round(Fraction(rule["orders"], rule["antecedentOrders"]) * middle)
                assert rule["lift"] >= 1.5
                assert rule["confidence"] >= 0.3
                assert rule["orders"] >= 8
                assert move["fewOrders"] == (rule["orders"] < 12)
                names = " and ".join(one["name"] for one in rule["antecedent"])
                assert cell["reason"] == (
                    f"{rule['orders']} of {rule['antecedentOrders']} orders with {names} also had "
                    f"{move['product']['name']}."
                )
                checked += 1
    assert checked > 10


@pytest.mark.usefixtures("world")
async def test_a_page_of_rows_has_the_totals_of_the_whole(ask: Ask) -> None:
    account = (await groups(ask))[0]
    whole = await matrix(ask, account)
    page = await matrix(ask, account, first=3, offset=2)
    assert page["rows"] == whole["rows"][2:5]
    assert {**page, "rows": []} == {**whole, "rows": []}
    names = [row["account"]["name"] for row in whole["rows"] if row["depth"] == 1]
    assert names == sorted(names, key=str.casefold)


@pytest.mark.usefixtures("world")
async def test_both_execution_paths_give_the_same_matrix(ask: Ask, executor: Executor) -> None:
    account = (await groups(ask))[0]
    variables = {"id": account, "by": "FAMILY", "first": 1000, "offset": 0}
    data = await ask(MATRIX, variables, statements=3)
    ordinary = await executor.execute(MATRIX, variables, None, principal=Principal(you()), ordinary=True)
    assert orjson.dumps(ordinary.body) == orjson.dumps({"data": data})


VALUES = """query ($first: Int!) { accounts(first: $first, orderBy: [{ name: ASC }]) {
  nodes { id whitespaceValue { amount currency } } } }"""


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("first", [1, 200])
async def test_the_values_of_a_list_read_the_rules_once(first: int, ask: Ask) -> None:
    nodes = (await ask(VALUES, {"first": first}, statements=2))["accounts"]["nodes"]
    assert len(nodes) == first
    for node in nodes[:5]:
        assert node["whitespaceValue"] == (await matrix(ask, node["id"]))["expected"]


OFFERS = """query ($first: Int!) { accounts(first: $first, where: { orders: { some: {} } }) { nodes { id
  ultimateParent { descendants(first: 1000) { nodes { id } } id }
  crossSell(first: 20) { product { id } expectedValue { amount currency } evidence { siblings { id }
    rules { orders antecedentOrders confidence lift }
    similarAccounts { similarity shared account { id } } } } } } }"""


@pytest.mark.usefixtures("world")
async def test_cross_sell_names_siblings_and_similar_accounts_that_bought_the_product(ask: Ask, store: Store) -> None:
    bought = """MATCH (a:Account)<-[:FOR_ACCOUNT]-(o:SalesOrder)-[:HAS_LINE]->(p) WHERE o.state <> 'CANCELED'
      WITH a.uid AS account, collect(DISTINCT p.uid) AS products RETURN collect([account, products])"""
    owned = {account: set(some) for account, some in await store.reads.ask(Bound("bought", bought, {}))}
    nodes = (await ask(OFFERS, {"first": 20}, statements=2))["accounts"]["nodes"]
    siblings = 0
    for node in nodes:
        mine, top = owned.get(node["id"], set()), node["ultimateParent"]
        group = {top["id"], *(one["id"] for one in top["descendants"]["nodes"])} - {node["id"]}
        for offer in node["crossSell"]:
            product, evidence = offer["product"]["id"], offer["evidence"]
            expected = sorted(one for one in group if product in owned.get(one, ()))
            assert [one["id"] for one in evidence["siblings"]] == expected
            siblings += len(expected)
            ranked = sorted(
                (-len(mine & other) / len(mine | other), account, len(mine & other))
                for account, other in owned.items()
                if product in other and mine & other and account != node["id"]
            )
            assert [
                (-one["similarity"], one["account"]["id"], one["shared"]) for one in evidence["similarAccounts"]
            ] == ranked[:5]
            good = [
                one
                for one in evidence["rules"]
                if one["orders"] >= 8 and one["lift"] >= 1.5 and one["confidence"] >= 0.3
            ]
            assert (offer["expectedValue"] is not None) == bool(good)
    assert siblings > 5


async def test_a_dismissed_product_is_not_proposed_until_the_dismissal_ends(stage: Stage) -> None:
    group = await stage.do("createAccount", {"name": "Group"})
    family = await stage.do("createProduct", {"name": "Software", "structure": "FAMILY"})
    scada = await stage.do("createProduct", {"name": "SCADA", "parent": family["id"]})
    historian = await stage.do("createProduct", {"name": "Historian", "parent": family["id"]})
    other = await stage.do("createProduct", {"name": "Controller"})
    for products in [(scada, historian)] * 9 + [(other,)] * 9:
        await order(stage, None, [one["id"] for one in products])
    await order(stage, group["id"], [scada["id"]])

    async def cells(by: str) -> dict[str, Any]:
        found = (await stage.ask(MATRIX, id=group["id"], by=by, first=9, offset=0))["account"]["whitespace"]
        names = {one["column"]: one["name"] for one in found["columns"]}
        return {names[cell["column"]]: cell for cell in found["rows"][0]["cells"]}

    before = await cells("PRODUCT")
    assert {name: cell["state"] for name, cell in before.items()} == {
        "SCADA": "BOUGHT", "Historian": "WHITE", "Controller": "WHITE",
    }  # fmt: skip
    assert before["Historian"]["expected"]["amount"] == 90.0
    assert before["Historian"]["reason"] == "9 of 10 orders with SCADA also had Historian."
    given = {"account": group["id"], "product": historian["id"]}
    await stage.do("addDismissal", {**given, "reason": "COMPETITOR", "note": "Rival Ltd", "validFrom": JAN})
    after = await cells("PRODUCT")
    assert (after["Historian"]["state"], after["Historian"]["dismissal"]) == ("DISMISSED", "COMPETITOR")
    assert after["Historian"]["moves"] == []
    assert (await cells("FAMILY"))["Software"]["state"] == "BOUGHT"
    assert (await cells("FAMILY"))["Software"]["expected"]["amount"] == 0.0
    assert await stage.refuse("addDismissal", {**given, "reason": "NO_NEED"}) == "CONFLICT"
    await stage.do("endDismissal", given)
    assert await cells("PRODUCT") == before
    await stage.do("addDismissal", {**given, "product": family["id"], "reason": "OWN_SOLUTION"})
    assert (await cells("PRODUCT"))["Historian"]["dismissal"] == "OWN_SOLUTION"
    await stage.do("withdrawDismissal", {**given, "product": family["id"]})
    assert await cells("PRODUCT") == before


async def order(stage: Stage, account: str | None, products: list[str]) -> None:
    """An order with a line of 100 for each product."""
    placed = await stage.do("createSalesOrder", {"name": "Order", **({"account": account} if account else {})})
    for product in products:
        line = {"quantity": 1, "pricePerUnit": {"amount": 100}, "extendedAmount": {"amount": 100}}
        await stage.do("addLine", {"record": placed["id"], "product": product, **line}, "id")


async def test_a_group_with_a_cycle_or_without_orders_is_answered(stage: Stage) -> None:
    a = await stage.do("createAccount", {"name": "A"})
    b = await stage.do("createAccount", {"name": "B"})
    await stage.do("reparentAccount", {"account": b["id"], "parent": a["id"]})
    await stage.write(
        "MATCH (a:Account {uid: $a}), (b:Account {uid: $b}) CREATE (a)-[:CHILD_OF {hierarchy: 'CRM'}]->(b) RETURN 1",
        a=a["id"], b=b["id"],
    )  # fmt: skip
    found = (await stage.ask(MATRIX, id=a["id"], by="FAMILY", first=9, offset=0))["account"]["whitespace"]
    assert [(row["account"]["name"], row["depth"]) for row in found["rows"]] == [("A", 0), ("B", 1)]
    assert (found["bought"]["amount"], found["moves"]) == (0.0, [])


async def test_columns_hold_the_history_of_all_orders(world: None, store: Store, ask: Ask, sent: list[str]) -> None:
    pair = Pair(store)
    assert await pair.columns.load()
    asked = "{ account(id: $id) { whitespaceValue { amount } crossSell(first: 3) { product { name } score } } }"
    accounts = await groups(ask)
    before = len(sent)
    for account in accounts:
        found = await pair.agree(f"query ($id: ID!) {asked}", {"id": account})
        assert found["account"]["whitespaceValue"]["amount"] > 0
        assert found["account"]["crossSell"]
    # The executor without columns reads the orders for each answer, the one with columns never.
    assert sent[before:].count("sold") == len(accounts)
