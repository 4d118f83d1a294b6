"""The report on introductions: each row has the strongest introduction of the API."""

from __future__ import annotations

from graph.access import Principal
from tests.reports.conftest import Ask, Run

KNOWN = "{ accounts(first: 1, orderBy: [{ rollup: { known: DESC } }]) { nodes { id } } }"


async def test_every_person_has_the_strongest_introduction(world: None, ask: Ask, run: Run) -> None:
    about = (await ask(KNOWN))["accounts"]["nodes"][0]["id"]
    people = (await run("who-knows-whom", about)).tables["people"]
    assert people.rows
    assert people.missing == 0
    strengths = [row["introduction"] or 0 for row in people.rows]
    assert strengths == sorted(strengths, reverse=True)
    for row in people.rows:
        if row["introduction"] is not None:
            assert row["way"].endswith(row["person"])
            assert row["way"].count(" → ") <= 3


async def test_without_a_caller_there_are_ties_and_no_introductions(world: None, ask: Ask, run: Run) -> None:
    about = (await ask(KNOWN))["accounts"]["nodes"][0]["id"]
    people = (await run("who-knows-whom", about, principal=Principal(None))).tables["people"]
    assert all(row["introduction"] is None for row in people.rows)
    assert any(row["tie"] is not None for row in people.rows)
