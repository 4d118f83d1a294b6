"""Keyset pages: nothing is lost or shown twice while rows come and go around them."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.access import Principal
from graph.collation import sort_keys
from graph.identity import new_uid
from graph.store import Bound, Store
from schema.execution import Executor

BY_FIRST = ("first", "after", "hasNextPage", "endCursor")
ORDERS = (
    "[{ name: ASC }]",
    "[{ name: DESC }]",
    "[{ employees: DESC }, { name: ASC }]",
    "[{ employees: ASC }]",
    "[{ country: DESC }, { employees: ASC }]",
    "[{ createdAt: DESC }]",
    "[{ revenue: DESC }]",
    "[]",
)


def row(rng: random.Random) -> dict[str, Any]:
    """An account with names that collide and values that are missing."""
    revenue = rng.choice([None, rng.randrange(5) * 100])
    made = {
        "uid": new_uid(),
        "name": rng.choice(["a|b", "a~b", "Ab", "b", "ö", "zz"]) + rng.choice(["", "1", "2"]),
        "employees": rng.choice([None, rng.randrange(4)]),
        "country": rng.choice([None, "SE", "US"]),
        "createdAt": datetime(2026, 1, 1 + rng.randrange(3), tzinfo=UTC),
        "revenue": revenue,
        "revenueBase": revenue,
    }
    return made | sort_keys(made, ("name",))


MADE = """UNWIND $rows AS row CREATE (n:Account:Party:Record {relationship: 'CUSTOMER', source: 'pages'})
SET n += row, n.modifiedAt = n.createdAt RETURN count(n)"""


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
async def test_rows_that_stay_are_shown_once_each_in_order_whatever_comes_and_goes(
    order: str, backward: bool, store: Store, executor: Executor
) -> None:
    rng = random.Random(order)
    await store.writes.change(Bound("old", "MATCH (n:Account {source: 'pages'}) DETACH DELETE n RETURN count(*)", {}))
    rows = [row(rng) for _ in range(60)]
    await store.writes.change(Bound("made", MADE, {"rows": rows}))
    query = (
        """query ($at: String) { accounts(SIZE: 7, POSITION: $at, where: { source: { eq: "pages" } },
        orderBy: ORDER) { nodes { id } pageInfo { more: MORE at: CURSOR } } }"""
    ).replace("ORDER", order)
    names = ("last", "before", "hasPreviousPage", "startCursor") if backward else BY_FIRST
    for place, name in zip(("SIZE", "POSITION", "MORE", "CURSOR"), names, strict=True):
        query = query.replace(place, name)

    async def whole() -> list[str]:
        big = query.replace(": 7", ": 1000")
        answer = await executor.execute(big, {}, None, principal=Principal())
        return [node["id"] for node in answer.body["data"]["accounts"]["nodes"]]

    before = await whole()
    assert sorted(before) == sorted(one["uid"] for one in rows)
    alive, at = set(before), None
    seen: list[str] = []
    while True:
        answer = await executor.execute(query, {"at": at}, None, principal=Principal())
        assert "errors" not in answer.body, answer.body
        page = answer.body["data"]["accounts"]
        shown = [node["id"] for node in page["nodes"]]
        seen = [*shown, *seen] if backward else [*seen, *shown]
        at = page["pageInfo"]["at"]
        if not page["pageInfo"]["more"]:
            break
        lost = rng.sample(sorted(alive), 3)
        alive -= set(lost)
        gone = "MATCH (n:Account) WHERE n.uid IN $lost DETACH DELETE n RETURN count(*)"
        await store.writes.change(Bound("gone", gone, {"lost": lost}))
        await store.writes.change(Bound("made", MADE, {"rows": [row(rng) for _ in range(4)]}))
    assert len(seen) == len(set(seen))
    assert [uid for uid in seen if uid in alive] == [uid for uid in before if uid in alive]
    now = await whole()
    assert [uid for uid in now if uid in seen] == [uid for uid in seen if uid in now]
    await store.writes.change(Bound("old", "MATCH (n:Account {source: 'pages'}) DETACH DELETE n RETURN count(*)", {}))


async def test_a_cursor_of_another_order_is_refused(executor: Executor) -> None:
    query = "query ($c: String) { accounts(after: $c, orderBy: [{ name: DESC }]) { nodes { id } } }"
    for cursor in ("name+|a|b", "rubbish", "", "name-|only"):
        answer = await executor.execute(query, {"c": cursor}, None, principal=Principal())
        assert answer.body["errors"][0]["extensions"]["code"] == "INVALID", cursor


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("createdAt", "yesterday"),
        ("createdAt", "2026-13-01T00:00:00Z"),
        ("createdAt", "2026-01-01 00:00:00Z"),
        ("employees", str(2**63)),
        ("revenue", "9" * 30),
        ("rollup.winRate", "1e99999999"),
    ],
)
async def test_a_cursor_with_an_impossible_value_is_refused(key: str, value: str, executor: Executor) -> None:
    field, _, part = key.partition(".")
    order = f"{{ {field}: {{ {part}: ASC }} }}" if part else f"{{ {field}: ASC }}"
    query = f"query ($c: String) {{ accounts(after: $c, orderBy: [{order}]) {{ nodes {{ id }} }} }}"
    answer = await executor.execute(query, {"c": f"{key}+|{value}|a"}, None, principal=Principal())
    assert answer.body["errors"][0]["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize("amount", ["1e18", "-1e300", "1e308"])
async def test_an_amount_beyond_any_stored_one_is_compared(amount: str, executor: Executor) -> None:
    query = f"{{ accounts(where: {{ revenue: {{ gt: {amount}, ne: {amount}, in: [{amount}] }} }}) {{ totalCount }} }}"
    answer = await executor.execute(query, {}, None, principal=Principal())
    assert answer.body == {"data": {"accounts": {"totalCount": 0}}}
