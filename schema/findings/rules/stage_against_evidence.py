"""An open opportunity says that it is likely, and nobody of us knows the people who decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from algorithms.strength import STRANGER
from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import at_stake, best_tie, decides, mention, people
from schema.sentences.sentence import FigureUnit, Slot, count, sentence, single
from schema.sentences.wording import day

LIKELY = 50


@rule(
    on="Opportunity",
    reads="""state salesStage closeProbability estimatedCloseDate estimatedValue { amount currency }
        stakeholders(first: 100) { edges { role node { id name ties(with: USERS, first: 5) { strength } } } }""",
)
def stage_against_evidence(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """An open opportunity has a probability of at least 50%, and we have no tie of 10 or more to those who decide."""
    chance = row["closeProbability"]
    if row["state"] != "OPEN" or chance is None or chance < LIKELY:
        return
    edges = [edge for edge in row["stakeholders"]["edges"] if decides(edge["role"])]
    deciders = people(edges)
    ties = {edge["node"]["id"]: [tie["strength"] for tie in edge["node"]["ties"]] for edge in edges}
    if not deciders or any(strength >= STRANGER for found in ties.values() for strength in found):
        return
    due = None if row["estimatedCloseDate"] is None else day_of(row["estimatedCloseDate"])
    slots: dict[str, Slot] = {"who": deciders[0], "deciders": count(deciders)}
    alone = len(deciders) == 1
    who = "{who}, who decides" if alone else "the {deciders} who decide"
    patterns = [view.claim(f"nobody of us knows {who}")]
    if due is not None and due >= view.today:
        patterns.insert(0, f"{patterns[0]} on {{date}}")
        slots["date"] = day(due, view.today)
    said = single(chance, FigureUnit.PERCENT, "close probability", row["id"])
    yield Finding(
        Severity.ACT,
        draft(*patterns, **slots),
        (
            sentence("{deal}, {stage}, {chance}", deal=mention(row), stage=_stage(row), chance=said),
            best_tie(deciders[0], max(ties[deciders[0].record], default=None), view),
        ),
        action("way-in", "Find a way in", id=deciders[0].record),
        at_stake([row]),
        due,
    )


def _stage(row: Mapping[str, Any]) -> str:
    return (row["salesStage"] or "no stage").lower().replace("_", " ")
