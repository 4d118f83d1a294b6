"""The effect of a load on existing data: amounts, cycles, history, ties and second loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seed.rows.files import rows
from tests.seed.conftest import Desk, totals
from tests.seed.load.test_load import ACCOUNTS, ORDERS, PARENTS, again

ORDER_LINES = """
currency = "USD"
[[nodes]]
file = "lines.csv"
label = "SalesOrder"
key = "order"
[nodes.fields]
state = { value = "ACTIVE" }
[[nodes]]
file = "lines.csv"
label = "Product"
key = "product"
[nodes.fields]
name = "product"
[[edges]]
file = "lines.csv"
type = "HAS_LINE"
from = { label = "SalesOrder", key = "order" }
to = { label = "Product", key = "product" }
key = ["order", "line"]
[edges.fields]
pricePerUnit = "price"
quantity = "quantity"
discount = "discount"
"""


async def test_a_line_is_worth_price_times_quantity_less_discount_rounded_half_even(desk: Desk) -> None:
    desk.write(
        "lines.csv",
        "order,line,product,price,quantity,discount\n"
        "1,1,p,0.05,1,0.5\n1,2,p,0.15,1,0.5\n1,3,p,14.40,6.5,0.15\n1,4,p,2,3,\n1,5,p,,3,0\n1,6,p,1,1,1.5\n",
    )
    assert totals(await desk.load(ORDER_LINES)) == (1 + 1 + 5, 0, 1)
    found = await desk.ask(
        "MATCH (:SalesOrder {source: $source})-[r:HAS_LINE]->() RETURN r.sourceKey, r.extendedAmount,"
        " r.extendedAmountBase, r.extendedAmountCurrency ORDER BY r.sourceKey"
    )
    assert found == [
        ["1/1", 2, 2, "USD"], ["1/2", 8, 8, "USD"], ["1/3", 7956, 7956, "USD"], ["1/4", 600, 600, "USD"],
        ["1/5", None, None, None],
    ]  # fmt: skip
    assert desk.rejected()[0][2:] == ("discount", "1.5", "HAS_LINE.discount must be between 0 and 1")
    await again(desk, ORDER_LINES)


async def test_rows_that_close_a_cycle_are_rejected(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,parent\nA,a,C\nB,b,A\nC,c,B\nD,d,D\n")
    assert totals(await desk.load(ACCOUNTS + PARENTS)) == (6, 0, 2)
    assert [(line, value, reason) for _, line, _, value, reason in desk.rejected()] == [
        (4, "B", "CHILD_OF of Account C: it would close a cycle with line 3 of accounts.csv, line 2 of accounts.csv"),
        (5, "D", "CHILD_OF of Account D: a record cannot have CHILD_OF to itself"),
    ]
    assert totals(await desk.load(ACCOUNTS + PARENTS)) == (0, 0, 2)
    desk.write("accounts.csv", "id,name,parent\nA,a,C\nC,c,A\n")
    assert totals(await desk.load(ACCOUNTS + PARENTS)) == (0, 0, 1)


PARENT = """MATCH (:Account {source: $source, sourceKey: 'A'})-[r:CHILD_OF]->(p)
RETURN p.sourceKey, r.validTo IS NULL, r.validFrom IS NULL ORDER BY p.sourceKey"""


async def test_a_source_that_moves_an_account_keeps_the_history(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,parent\nA,a,B\nB,b,\nC,c,\n")
    await desk.load(ACCOUNTS + PARENTS)
    desk.write("accounts.csv", "id,name,parent\nA,a,C\nB,b,\nC,c,\n")
    assert totals(await desk.load(ACCOUNTS + PARENTS)) == (1, 1, 0)
    assert await desk.ask(PARENT) == [["B", False, True], ["C", True, False]]
    await again(desk, ACCOUNTS + PARENTS)


async def test_what_was_moved_in_the_product_is_not_moved_back(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,parent\nA,a,B\nB,b,\nC,c,\n")
    await desk.load(ACCOUNTS + PARENTS)
    moved = """MATCH (a:Account {source: $source, sourceKey: 'A'})-[r:CHILD_OF]->()
    MATCH (c:Account {source: $source, sourceKey: 'C'})
    SET r.validTo = datetime('2026-01-01T00:00:00Z')
    CREATE (a)-[:CHILD_OF {hierarchy: 'CRM', createdAt: datetime(), validFrom: datetime('2026-01-01T00:00:00Z')}]->(c)
    RETURN 0"""
    await desk.change(moved)
    await again(desk, ACCOUNTS + PARENTS)
    assert await desk.ask(PARENT) == [["B", False, True], ["C", True, False]]
    desk.write("accounts.csv", "id,name,parent\nA,a,D\nB,b,\nC,c,\nD,d,\n")
    assert totals(await desk.load(ACCOUNTS + PARENTS)) == (1, 0, 1)
    assert re.fullmatch(
        r"CHILD_OF of Account A: the graph has c \(\w+\) from 2026-01-01, set by a user;"
        r" at most one CHILD_OF at a time is allowed per Account and hierarchy",
        desk.rejected()[0][4],
    )


async def test_a_source_that_gives_an_order_to_another_customer_leaves_it_with_one(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name\nA,a\nB,b\n")
    desk.write("orders.csv", "id,day,account\n1,2026-01-01,A\n")
    await desk.load(ACCOUNTS + ORDERS)
    desk.write("orders.csv", "id,day,account\n1,2026-01-01,B\n")
    lines = await desk.load(ACCOUNTS + ORDERS)
    assert lines["FOR_ACCOUNT of SalesOrder (replaced)"].changed == 1
    owners = "MATCH (:SalesOrder {source: $source})-[:FOR_ACCOUNT]->(a) RETURN a.sourceKey"
    assert await desk.ask(owners) == [["B"]]
    await again(desk, ACCOUNTS + ORDERS)
    desk.write("orders.csv", "id,day,account\n1,2026-01-01,B\n1,2026-01-01,A\n")
    assert totals(await desk.load(ACCOUNTS + ORDERS)) == (0, 0, 1)
    assert await desk.ask(owners) == [["B"]]


MANAGERS = """
[[nodes]]
file = "managers.csv"
label = "User"
key = "user"
[nodes.fields]
name = "user"

[[edges]]
file = "managers.csv"
type = "MANAGES"
from = { label = "User", key = "user" }
to = { label = "Account", key = "account" }
[edges.fields]
isPrimary = "primary"
validFrom = "begins"
validTo = "ends"
"""


async def test_an_account_gets_one_primary_manager_at_a_time(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name\nA,a\n")
    desk.write(
        "managers.csv",
        "user,account,primary,begins,ends\nu,A,yes,2024-01-01,2025-01-01\nv,A,yes,2025-01-01,\n"
        "w,A,yes,2025-06-01,\nx,A,no,2025-06-01,\n",
    )
    assert totals(await desk.load(ACCOUNTS + MANAGERS)) == (1 + 4 + 3, 0, 1)
    limit = "at most one MANAGES at a time is allowed per Account, where isPrimary is true"
    reason = f"MANAGES of User w: line 3 of managers.csv sets another one for the same period; {limit}"
    assert desk.rejected() == [("managers.csv", 4, "account", "A", reason)]
    assert totals(await desk.load(ACCOUNTS + MANAGERS)) == (0, 0, 1)
    desk.write("managers.csv", "user,account,primary,begins,ends\nw,A,yes,2025-06-01,\n")
    lines = await desk.load(ACCOUNTS + MANAGERS)
    assert (totals(lines), lines["MANAGES of User (replaced)"].changed) == ((1, 1, 0), 1)
    await again(desk, ACCOUNTS + MANAGERS)


LINES = """
[[nodes]]
file = "users.csv"
label = "User"
key = "id"
[nodes.fields]
name = "id"

[[edges]]
file = "users.csv"
where = { boss = { not = "" } }
type = "REPORTS_TO"
from = { label = "User", key = "id" }
to = { label = "User", key = "boss" }
[edges.fields]
kind = "kind"
"""


async def test_reporting_lines_without_a_kind_are_solid_and_close_no_cycle(desk: Desk) -> None:
    desk.write("users.csv", "id,boss,kind\na,b,\nb,c,SOLID\nc,a,\nd,a,DOTTED\na,d,DOTTED\n")
    assert totals(await desk.load(LINES)) == (4 + 4, 0, 1)
    reason = "REPORTS_TO of User c: it would close a cycle with line 2 of users.csv, line 3 of users.csv"
    assert desk.rejected() == [("users.csv", 4, "boss", "a", reason)]
    kinds = (
        "MATCH (a:User {source: $source})-[r:REPORTS_TO]->(b)"
        " WITH a.sourceKey + b.sourceKey AS line, r.kind AS kind RETURN line, kind ORDER BY line"
    )
    assert await desk.ask(kinds) == [["ab", "SOLID"], ["ad", "DOTTED"], ["bc", "SOLID"], ["da", "DOTTED"]]
    await again(desk, LINES)


ACTIVITIES = """
[[nodes]]
file = "people.csv"
label = "User"
key = "id"
[nodes.fields]
name = "id"

[[nodes]]
file = "mails.csv"
label = "Email"
key = "id"
[nodes.fields]
subject = "subject"
status = { value = "COMPLETED" }
startedAt = "at"

[[edges]]
file = "mails.csv"
type = "PARTICIPATED_IN"
from = { label = "User", key = "sender" }
to = { label = "Email", key = "id" }
key = { value = "FROM" }
[edges.fields]
role = { value = "FROM" }

[[edges]]
file = "mails.csv"
type = "PARTICIPATED_IN"
from = { label = "User", key = "receiver" }
to = { label = "Email", key = "id" }
key = { value = "TO" }
[edges.fields]
role = { value = "TO" }
"""


async def test_ties_follow_from_activities_and_a_second_load_leaves_them(desk: Desk) -> None:
    desk.write("people.csv", "id\nann\nbob\n")
    desk.write("mails.csv", "id,subject,at,sender,receiver\n1,Hi,2026-01-01,ann,bob\n2,Re,2026-01-02,bob,ann\n")
    lines = await desk.load(ACTIVITIES)
    assert lines["KNOWS (ties from activities)"].created == 1
    ties = "MATCH (:User {source: $source})-[k:KNOWS]->(:User {source: $source}) RETURN k.inCount, k.outCount"
    assert await desk.ask(ties) == [[1, 1]]
    await again(desk, ACTIVITIES)
    await desk.change("MATCH (:User {source: $source})-[k:KNOWS]->() DELETE k RETURN count(*)")
    assert (await desk.load(ACTIVITIES))["KNOWS (ties from activities)"].created == 1


async def test_a_load_leaves_one_event_with_its_counts_unless_it_changes_nothing(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,parent\nA,a,\nB,b,A\n")
    events = """MATCH (e:Event {source: $source, mutation: 'seed load'})
    RETURN e.actor, e.countTypes, e.countCreated, e.countChanged, e.countUnchanged ORDER BY e.position"""
    await desk.change("MATCH (e:Event {source: $source}) DETACH DELETE e RETURN count(*)")
    for _ in range(2):
        await desk.load(ACCOUNTS + PARENTS)
        assert await desk.ask(events) == [["import", ["Account", "CHILD_OF"], [2, 1], [0, 0], [0, 0]]]
    desk.write("accounts.csv", "id,name,parent\nA,a2,\nB,b,A\n")
    await desk.load(ACCOUNTS + PARENTS)
    assert (await desk.ask(events))[1:] == [["import", ["Account", "CHILD_OF"], [0, 0], [1, 0], [1, 1]]]


async def test_a_deleted_relationship_comes_back_with_the_next_load(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name\nA,a\n")
    desk.write("orders.csv", "id,day,account\n1,2026-01-01,A\n")
    await desk.load(ACCOUNTS + ORDERS)
    await desk.change("MATCH (:SalesOrder {source: $source})-[r:FOR_ACCOUNT]->() DELETE r RETURN count(*)")
    assert totals(await desk.load(ACCOUNTS + ORDERS)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("where", "taken"),
    [
        ("{ n = { eq = 2 } }", ["2"]),
        ('{ n = { eq = "" } }', ["5", "6"]),
        ('{ n = { not = "" } }', ["1", "2", "3", "4"]),
        ('{ n = { in = [1, "x"] } }', ["1", "4"]),
        ('{ n = { not = [1, "x", ""] } }', ["2", "3"]),
        ('{ n = { matches = "^[12]" } }', ["1", "2", "3"]),
        ("{ n = { matches = '[.]' } }", ["2"]),
        ("{ n = { gt = 1, lt = 10 }, id = { matches = '[1-3]' } }", ["2"]),
        ("{ d = { gt = 2026-01-01 } }", ["2"]),
        ("{ d = { lt = 2026-01-01T12:00:00Z } }", ["1"]),
        ("{ b = { eq = true } }", ["1"]),
    ],
)
async def test_where_takes_the_rows_it_says(desk: Desk, where: str, taken: list[str]) -> None:
    desk.write("t.csv", "id,n,d,b\n1,1,2026-01-01,yes\n2,2.0,2026-01-02,no\n3,11,,\n4,x,,\n5,,,\n6,NULL,,\n")
    table = f'null = ["", "NULL"]\n[[nodes]]\nfile = "t.csv"\nlabel = "Team"\nkey = "id"\nwhere = {where}\n'
    await desk.load(f'{table}[nodes.fields]\nname = "id"\n')
    found = await desk.ask("MATCH (n:Team {source: $source}) RETURN n.sourceKey ORDER BY n.sourceKey")
    assert [key for (key,) in found] == taken


async def test_a_code_list_maps_what_means_nothing_too_and_when_strict_refuses_the_rest(
    desk: Desk,
) -> None:
    desk.write("t.csv", "id,c\n1,a\n2,\n3,z\n")
    text = """
[[nodes]]
file = "t.csv"
label = "Product"
key = "id"
[nodes.fields]
name = "id"
state = { column = "c", map = { a = "ACTIVE", "" = "DRAFT" }, strict = true }
"""
    assert totals(await desk.load(text)) == (2, 0, 1)
    assert desk.rejected() == [("t.csv", 4, "c", "z", "the value is not in the `map` of the mapping; add it there")]
    found = await desk.ask("MATCH (n:Product {source: $source}) RETURN n.state ORDER BY n.sourceKey")
    assert found == [["ACTIVE"], ["DRAFT"]]


async def test_a_value_that_is_gone_from_the_source_is_removed(desk: Desk) -> None:
    desk.write("accounts.csv", "id,name,city\nA,a,here\n")
    text = ACCOUNTS + 'city = "city"\n'
    await desk.load(text)
    desk.write("accounts.csv", "id,name,city\nA,a,\n")
    assert totals(await desk.load(text)) == (0, 1, 0)
    assert await desk.ask("MATCH (n:Account {source: $source}) RETURN n.city") == [[None]]


async def test_the_source_folder_is_never_written_to(desk: Desk) -> None:
    path = desk.write("accounts.csv", "id,name\nA,a\nB\n")
    before = (path.stat().st_mtime_ns, sorted(desk.folder.iterdir()))
    await desk.load(ACCOUNTS)
    assert (path.stat().st_mtime_ns, sorted(desk.folder.iterdir())) == before


async def test_a_load_of_many_batches_keeps_every_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 1003
    desk.write("accounts.csv", "id,name,parent\n" + "".join(f"{n},n{n},{n // 3 or ''}\n" for n in range(1, count)))
    from graph.bulk import batch
    from seed.load import execution

    monkeypatch.setattr(execution, "batches", lambda items: batch.batches(items, 100))
    assert totals(await desk.load(ACCOUNTS + PARENTS)) == (count - 1 + count - 3, 0, 0)
    await again(desk, ACCOUNTS + PARENTS)


def test_rows_are_streamed_and_not_kept(tmp_path: Path) -> None:
    import tracemalloc

    from seed.mapping.model import File
    from seed.rows.files import layout

    path = tmp_path / "big.csv"
    with path.open("w") as file:
        file.write("id,name\n")
        file.writelines(f"{n},{'x' * 50}\n" for n in range(50_000))
    tracemalloc.start()
    source = File("big.csv")
    assert sum(1 for _ in rows(path, source, layout(path, source, ("id",)), ("id",))) == 50_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
