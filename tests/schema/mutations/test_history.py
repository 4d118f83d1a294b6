"""Mutations of hierarchies with a long history, in which the number of paths is astronomic."""

from __future__ import annotations

import asyncio
from typing import LiteralString

import pytest

from tests.schema.mutations.stage import Stage

HISTORY: LiteralString = """MATCH (below:Record) WHERE below.uid IN $uids
MATCH (above:Record) WHERE above.uid IN $uids AND below.uid < above.uid
CREATE (below)-[e:$($type) {validTo: datetime('2025-01-01'), createdAt: datetime('2024-01-01')}]->(above)
SET e += $facts RETURN count(e)"""
RECORDS = 26


async def dense(stage: Stage, label: str, edge: str, facts: dict[str, object]) -> list[str]:
    """The ids of records each of which was once below all later ones."""
    text = "name" if label == "Account" else "fullName"
    made = [str((await stage.do(f"create{label}", {text: f"Old {number}"}))["id"]) for number in range(RECORDS)]
    assert await stage.write(HISTORY, uids=made, type=edge, facts=facts) == RECORDS * (RECORDS - 1) / 2
    return sorted(made)


@pytest.mark.parametrize(
    ("name", "label", "edge", "facts"),
    [
        ("setManager", "Contact", "REPORTS_TO", {}),
        ("reparentAccount", "Account", "CHILD_OF", {"hierarchy": "CRM"}),
    ],
)
async def test_a_long_history_does_not_make_a_change_slow(
    stage: Stage, name: str, label: str, edge: str, facts: dict[str, object]
) -> None:
    uids = await dense(stage, label, edge, facts)
    keys = ("contact", "manager") if label == "Contact" else ("account", "parent")
    async with asyncio.timeout(30):
        await stage.do(name, dict(zip(keys, (uids[-1], uids[0]), strict=True)))
