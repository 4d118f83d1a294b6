"""The shipped mappings on the real data: published figures, a second load, copies with every kind of broken row."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from graph.store import Store
from seed.load.plan import shipped
from tests.seed.conftest import Desk, totals

NORTHWIND = "northwind"
PIPELINE = "sales_pipeline.csv"


Loaded = Callable[[str], Awaitable[Desk]]


@pytest.fixture(scope="module")
async def loaded(store: Store, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Loaded]:
    """What loads a shipped mapping on its real data, twice but once a run, and gives the desk to ask."""
    desks: dict[str, Desk] = {}

    async def load(name: str) -> Desk:
        if name not in desks:
            desk = desks[name] = Desk(store, shared_data / name, tmp_path_factory.mktemp("real") / "rejects.csv", name)
            assert totals(await desk.by(name, desk.folder))[2] == 0
            assert totals(await desk.by(name, desk.folder)) == (0, 0, 0)
        return desks[name]

    yield load
    for desk in desks.values():
        await desk.clear()


async def test_northwind_gives_its_published_figures(loaded: Loaded, expected: Callable[[str], Any]) -> None:
    desk, answer = await loaded(NORTHWIND), expected(NORTHWIND)
    counted = await desk.ask(
        "MATCH (n:Record {source: $source}) WITH n, [l IN labels(n) WHERE NOT l IN ['Record', 'Party']][0] AS label"
        " RETURN label, coalesce(n.relationship, n.structure, ''), count(*) ORDER BY label, count(*)"
    )
    assert counted == [
        ["Account", "OTHER", 1],
        ["Account", "SUPPLIER", answer["suppliers"]],
        ["Account", "CUSTOMER", answer["customers"]],
        ["Contact", "", answer["customers"] + answer["suppliers"] + answer["employees"]],
        ["Product", "FAMILY", answer["categories"]],
        ["Product", "PRODUCT", answer["products"]],
        ["SalesOrder", "", answer["orders"]],
        ["User", "", answer["employees"]],
    ]
    orders = "MATCH (o:SalesOrder {source: $source})-[r:HAS_LINE]->(:Product)"
    (whole,) = await desk.ask(f"{orders} RETURN count(r), sum(r.extendedAmountBase)")
    assert whole == [answer["order_details"], 126579302]
    assert whole[1] / 100 == answer["net_revenue_lines_rounded_half_even_to_cents"]
    by_customer = await desk.ask(
        "MATCH (a:Account {source: $source, relationship: 'CUSTOMER'})"
        " OPTIONAL MATCH (a)<-[:FOR_ACCOUNT]-(:SalesOrder)-[r:HAS_LINE]->()"
        " WITH a, sum(r.extendedAmountBase) AS total RETURN a.sourceKey, total ORDER BY total DESC, a.sourceKey"
    )
    assert [[key, units / 100] for key, units in by_customer[:3]] == answer["top_customers_rounded"]
    assert [key for key, units in by_customer if not units] == answer["customers_without_orders"]
    assert await desk.ask(f"{orders} WITH DISTINCT o RETURN o.state, count(o) ORDER BY o.state") == [
        ["FULFILLED", 809],
        ["SUBMITTED", 21],
    ]


@pytest.mark.parametrize("label", ["Contact", "User"])
async def test_northwind_staff_reports_as_published(loaded: Loaded, expected: Callable[[str], Any], label: str) -> None:
    desk, answer = await loaded(NORTHWIND), expected(NORTHWIND)
    reports = await desk.ask(
        f"MATCH (n:{label} {{source: $source}})-[:REPORTS_TO {{kind: 'SOLID'}}]->(m:{label})"
        " WITH m, n ORDER BY toInteger(n.sourceKey) RETURN m.name, m.sourceKey, collect(toInteger(n.sourceKey))"
    )
    assert {key: listed for _, key, listed in reports} == answer["reports"]
    assert answer["root"] in {name for name, _, _ in reports}


async def test_northwind_addresses_with_commas_leave_towns_countries_and_names_whole(
    loaded: Loaded,
) -> None:
    desk = await loaded(NORTHWIND)
    assert await desk.ask(
        "MATCH (o:SalesOrder {source: $source, sourceKey: '10250'}) RETURN o.shipToCity, o.shipToCountry"
    ) == [["Rio de Janeiro", "Brazil"]]
    named = "MATCH (a:Account {source: $source, sourceKey: '24'})<-[:WORKS_AT]-(c) RETURN a.name, a.city, c.name"
    assert await desk.ask(named) == [["G'day, Mate", "Sydney", "Wendy Mackenzie"]]


async def test_maven_gives_its_published_figures(loaded: Loaded, expected: Callable[[str], Any]) -> None:
    desk, answer = await loaded("maven_crm"), expected("maven_crm")
    won = "MATCH (o:Opportunity {source: $source, state: 'WON'})"
    direct = await desk.ask(
        f"{won}-[:FOR_ACCOUNT]->(a) WITH a, sum(o.actualValueBase) AS won"
        " RETURN a.name, won / 100 ORDER BY won DESC LIMIT 1"
    )
    assert direct == [answer["top_account_direct"]]
    rolled = await desk.ask(
        f"{won}-[:FOR_ACCOUNT]->(:Account)-[:CHILD_OF*0..9]->(a) WHERE NOT (a)-[:CHILD_OF]->()"
        " WITH a, sum(o.actualValueBase) AS won RETURN a.name, won / 100 ORDER BY won DESC LIMIT 2"
    )
    assert rolled == [answer["top_group_rolled_up"], ["Sonron", 479028]]
    (alone,) = await desk.ask(
        "MATCH (o:Opportunity {source: $source}) WHERE NOT (o)-[:FOR_ACCOUNT]->() RETURN count(o)"
    )
    assert alone == [answer["blank_account_rows"]]
    states = await desk.ask(
        "MATCH (o:Opportunity {source: $source}) RETURN o.state, o.salesStage, count(o), sum(o.actualValueBase) / 100"
        " ORDER BY o.state, o.salesStage"
    )
    stages = answer["stages"]
    assert states == [
        ["LOST", None, stages["Lost"], 0],
        ["OPEN", "DEVELOP", stages["Engaging"], 0],
        ["OPEN", "QUALIFY", stages["Prospecting"], 0],
        ["WON", None, stages["Won"], answer["won_value"]],
    ]
    by_agent = f"{won}-[:OWNED_BY]->(u) WITH u, sum(o.actualValueBase) / 100 AS won"
    assert await desk.ask(f"{by_agent} RETURN u.name, won ORDER BY won DESC LIMIT 1") == [answer["agent_top"]]
    by_manager = (
        f"{won}-[:OWNED_BY]->()-[:REPORTS_TO {{kind: 'SOLID'}}]->(u) WITH u, sum(o.actualValueBase) / 100 AS won"
    )
    assert await desk.ask(f"{by_manager} RETURN u.name, won ORDER BY won DESC LIMIT 1") == [answer["manager_top"]]
    sold = "MATCH (o:Opportunity {source: $source})-[:HAS_LINE]->(p {name: 'GTX Pro'}) RETURN count(o)"
    assert await desk.ask(sold) == [[1480]]
    children = "MATCH (c:Account {source: $source})-[:CHILD_OF {hierarchy: 'CRM'}]->(p) RETURN p.name, count(c)"
    assert dict(await desk.ask(children)) == answer["parents"]


async def test_krackhardt_gives_its_published_figures(loaded: Loaded, expected: Callable[[str], Any]) -> None:
    desk, answer = await loaded("krackhardt_lazega"), expected("krackhardt")
    ties = await desk.ask("MATCH (:Contact {source: $source})-[r:CONNECTED_TO]->() RETURN r.category, count(r)")
    assert dict(ties) == {"advice": answer["published"]["advice"], "friendship": answer["published"]["friendship"]}
    asked = await desk.ask(
        "MATCH (c:Contact {source: $source})<-[r:CONNECTED_TO {category: 'advice'}]-()"
        " WITH c, count(r) AS times RETURN toInteger(c.sourceKey), times ORDER BY times DESC, c.sourceKey LIMIT 3"
    )
    assert asked == answer["computed"]["advice_indegree_top"]
    reports = await desk.ask(
        "MATCH (c:Contact {source: $source})-[:REPORTS_TO {kind: 'SOLID'}]->(m)"
        " WITH m, c ORDER BY toInteger(c.sourceKey) RETURN toInteger(m.sourceKey), collect(toInteger(c.sourceKey))"
    )
    tree = dict(reports)
    assert tree.pop(answer["computed"]["ceo"]) == answer["computed"]["vps"]
    assert tree == {vp: answer["computed"][f"reports_to_{vp}"] for vp in answer["computed"]["vps"]}


async def test_groceries_gives_its_published_figures(loaded: Loaded, expected: Callable[[str], Any]) -> None:
    desk, answer = await loaded("groceries"), expected("groceries")
    (counted,) = await desk.ask(
        "MATCH (o:SalesOrder {source: $source}) WITH count(o) AS orders"
        " MATCH (p:Product {source: $source}) RETURN orders, count(p)"
    )
    assert counted == [answer["transactions"], answer["items"]]
    top = await desk.ask(
        "MATCH (p:Product {source: $source})<-[:HAS_LINE]-(o) WITH p, count(o) AS orders"
        " RETURN p.name, orders ORDER BY orders DESC LIMIT 5"
    )
    assert dict(top) == answer["top_items"]


# mapping, file, line, what stands there (its last occurrence in the line) and what is put there
BROKEN: list[tuple[str, str, int, str, str | bytes]] = [
    (NORTHWIND, "customers.csv", 2, "Alfreds Futterkiste", "Alfreds, Futterkiste"),
    (NORTHWIND, "customers.csv", 3, "Ana Trujillo", b"Ana \xff"),
    (NORTHWIND, "suppliers.csv", 2, ",49 Gilbert St.,London,NULL,EC1 4SD,UK,(171) 555-2222,NULL,NULL", ""),
    (NORTHWIND, "suppliers.csv", 9, ",29 King's Way,Manchester,NULL,M14 GSD,UK,(161) 555-4448,NULL,NULL", ""),
    (NORTHWIND, "categories.csv", 2, "1,Beverages,", "1,,"),
    (NORTHWIND, "products.csv", 2, "18.00", "cheap"),
    (NORTHWIND, "products.csv", 3, ",0\n", ",9\n"),
    (NORTHWIND, "products.csv", 4, "1,2,12", "1,77,12"),
    (NORTHWIND, "employees.csv", 2, "1948-12-08 00:00:00.000", "1948-02-30"),
    (NORTHWIND, "orders.csv", 2, "1996-07-04 00:00:00.000", "soon"),
    (NORTHWIND, "orders.csv", 3, "TOMSP", "NOONE"),
    (NORTHWIND, "orders.csv", 4, ",1996-07-12 00:00:00.000,2,65.83,Hanari Carnes,Rua do Paço, 67", ""),
    (NORTHWIND, "order-details.csv", 2, "10248,11", "99999,11"),
    (NORTHWIND, "order-details.csv", 3, "9.80", "9.8.0"),
    (NORTHWIND, "order-details.csv", 4, ",5,0", ",5,2"),
    ("maven_crm", "accounts.csv", 2, "1100.04,2822", "much,2822"),
    ("maven_crm", "accounts.csv", 8, "Acme Corporation", "Acme Company"),
    ("maven_crm", "products.csv", 2, "GTX Basic,GTX,550", "GTX Basic,GTX"),
    ("maven_crm", "sales_teams.csv", 2, "Anna", "A\udcff"),
    ("maven_crm", PIPELINE, 2, "Won", "Wun"),
    ("maven_crm", PIPELINE, 3, "GTXPro", "GTXAmateur"),
    ("maven_crm", PIPELINE, 4, "2016-10-25", "25.10.2016"),
    ("krackhardt_lazega", "ht_nodes.csv", 2, "1,33,9,3,4", "1,33,9,4,4"),
    ("krackhardt_lazega", "ht_reports.csv", 2, "1,2", "1,22"),
    ("krackhardt_lazega", "ht_advice.csv", 2, "1,2", "1"),
    ("krackhardt_lazega", "ht_friends.csv", 2, "1,2", '"1,2'),
    ("groceries", "groceries.csv", 2, "tropical fruit", b"tropical \xff"),
    ("groceries", "groceries.csv", 3, "whole milk", '"whole milk'),
]
"""Each breaks one line of a copy: wrong types, unknown keys, half a line, wrong encoding."""


@pytest.mark.parametrize("name", sorted({one[0] for one in BROKEN}))
async def test_a_broken_copy_rejects_exactly_the_broken_rows(
    store: Store, shared_data: Path, tmp_path: Path, name: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(shared_data / name, copy)
    copy.chmod(0o755)
    for file, line, there, put in [one[1:] for one in BROKEN if one[0] == name]:
        _break(next(copy.rglob(file)), line, there, put)
    desk = Desk(store, copy, tmp_path / "rejects.csv", name)
    try:
        first = await desk.by(name, copy)
        broken = {(file, line) for mapping, file, line, *_ in BROKEN if mapping == name}
        told = desk.rejected()
        lines = {(file, line) for file, line, *_ in told}
        assert broken <= lines
        followed = [one for one in told if (one[0], one[1]) not in broken]
        assert all("its row was rejected" in reason for *_, reason in followed), followed
        assert all(reason for *_, reason in told)
        second = await desk.by(name, copy)
        assert totals(second) == (0, 0, totals(first)[2])
    finally:
        await desk.clear()


def _break(path: Path, line: int, there: str, put: str | bytes) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    new = put if isinstance(put, bytes) else put.encode("utf-8", "surrogateescape")
    assert there.strip("\n").encode() in lines[line - 1], (path.name, line, lines[line - 1])
    at = lines[line - 1].rindex(there.strip("\n").encode())
    lines[line - 1] = lines[line - 1][:at] + new.strip(b"\n") + lines[line - 1][at + len(there.strip("\n").encode()) :]
    path.chmod(0o644)
    path.write_bytes(b"".join(lines))


def test_every_shipped_mapping_has_its_figures_checked() -> None:
    assert set(shipped()) == {one[0] for one in BROKEN}
