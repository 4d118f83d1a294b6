"""Mutations of hierarchies with a long history, in which the number of paths is astronomic."""

from __future__ import annotations

import asyncio

import pytest

from tests.schema.mutations.stage import Stage

HISTORY = """MATCH (below:%s) MATCH (above:%s) WHERE below.uid < above.uid
CREATE (below)-[e:%s {validTo: datetime('2025-01-01') + duration({days: toInteger(substring(below.name, 1))}),
  createdAt: datetime('2024-01-01')}]->(above) SET e += $facts RETURN count(e)"""


async def dense(stage: Stage, label: str, edge: str, facts: dict[str, object]) -> list[str]:
    text = HISTORY % (label, label, edge)
    made = [str((await stage.do(f"create{label}", {"name" if label == "Account" else "fullName": f"n{number}"}))["id"])
            for number in range(26)]  # fmt: skip
    await stage.write(text, facts=facts)
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
    async with asyncio.timeout(20):
        await stage.answer(name, dict(zip(keys, (uids[-1], uids[0]), strict=True)))
