"""Trees of accounts: their rows add up to rollups, and one statement reads them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schema.conftest import Ask

pytestmark = pytest.mark.usefixtures("world")

_FIGURES = (
    "openOpportunities openPipeline { amount } weightedPipeline { amount } wonOpportunities won { amount } "
    "ordered { amount } contacts"
)
_ROWS = f"""rows {{ depth accounts childCount position siblingCount parentId parentSince
  own {{ {_FIGURES} }} sum {{ {_FIGURES} }} offset {{ won {{ amount }} openPipeline {{ amount }} }}
  account {{ id name parent(hierarchy: $hierarchy) {{ id }}
    rollup(hierarchy: $hierarchy) {{ accounts {_FIGURES} }} }} }}"""
TREE = f"""query (
  $id: ID!, $hierarchy: Hierarchy!, $open: [ID!], $closed: [ID!], $measure: TreeMeasure!, $first: Int!, $offset: Int!
) {{
  account(id: $id) {{ tree(
    hierarchy: $hierarchy, open: $open, closed: $closed, measure: $measure, first: $first, offset: $offset
  ) {{ total {_ROWS} }} }} }}"""
LARGEST = "{ accounts(first: 1, orderBy: [{ rollup: { accounts: DESC } }]) { nodes { id rollup { accounts } } } }"


async def _tree(ask: Ask, uid: str, **given: Any) -> Any:
    values = {"hierarchy": "CRM", "open": None, "closed": None, "measure": "WON", "first": 1000, "offset": 0, **given}
    statements = 1 if values["offset"] >= 1000 else 2
    return (await ask(TREE, {"id": uid, **values}, statements=statements))["account"]["tree"]


@pytest.fixture
async def group(ask: Ask) -> str:
    """The account with the most accounts below it."""
    (node,) = (await ask(LARGEST))["accounts"]["nodes"]
    assert node["rollup"]["accounts"] > 10
    return str(node["id"])


@pytest.mark.parametrize("measure", ["WON", "OPEN_PIPELINE", "ORDERED", "ACCOUNTS", "NAME"])
async def test_every_row_has_the_figures_of_its_rollup(ask: Ask, group: str, measure: str) -> None:
    found = await _tree(ask, group, measure=measure)
    rows = found["rows"]
    assert found["total"] == len(rows) == rows[0]["accounts"]
    ends: dict[str | None, float] = {}
    for row in rows:
        account = row["account"]
        assert account["rollup"] == {"accounts": row["accounts"], **row["sum"]}
        if row["depth"]:
            assert row["parentId"] == account["parent"]["id"]
            assert row["offset"]["won"]["amount"] == pytest.approx(ends[row["parentId"]])
            ends[row["parentId"]] += row["sum"]["won"]["amount"]
        ends[account["id"]] = row["offset"]["won"]["amount"] + row["own"]["won"]["amount"]


async def test_siblings_are_in_the_order_of_the_measure_and_then_of_their_names(ask: Ask, group: str) -> None:
    names = (
        "query ($id: ID!) { account(id: $id) { children(first: 1000, orderBy: [{ name: ASC }]) { nodes { name } } } }"
    )
    for measure, figure in (("WON", "won"), ("OPEN_PIPELINE", "openPipeline"), ("NAME", "")):
        rows = (await _tree(ask, group, measure=measure, open=[group]))["rows"][1:]
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        by_name = [one["name"] for one in (await ask(names, {"id": group}))["account"]["children"]["nodes"]]
        expected = sorted(
            rows,
            key=lambda row: (-row["sum"][figure]["amount"] if figure else 0, by_name.index(row["account"]["name"])),
        )
        assert rows == expected


async def test_only_opened_accounts_show_their_children(ask: Ask, group: str) -> None:
    whole = (await _tree(ask, group))["rows"]
    closed = await _tree(ask, group, open=[])
    assert [row["account"]["id"] for row in closed["rows"]] == [group]
    opened = [row["account"]["id"] for row in whole if row["childCount"] and row["depth"] != 1]
    expected = [row for row in whole if row["depth"] < 2]
    assert (await _tree(ask, group, open=[*opened, "missing"]))["rows"] == expected


async def test_closed_accounts_hide_their_children(ask: Ask, group: str) -> None:
    whole = (await _tree(ask, group))["rows"]
    level = [row["account"]["id"] for row in whole if row["depth"] == 1]
    expected = [row for row in whole if row["depth"] < 2]
    assert (await _tree(ask, group, closed=[*level, "missing"]))["rows"] == expected
    assert (await _tree(ask, group, open=[group, *level], closed=level))["rows"] == expected
    assert (await _tree(ask, group, closed=[]))["rows"] == whole


async def test_pages_are_windows_of_all_rows(ask: Ask, group: str) -> None:
    whole = (await _tree(ask, group))["rows"]
    paged: list[Any] = []
    while len(paged) < len(whole):
        page = await _tree(ask, group, first=7, offset=len(paged))
        assert page["total"] == len(whole)
        paged += page["rows"]
    assert paged == whole
    assert (await _tree(ask, group, offset=1000))["rows"] == []
