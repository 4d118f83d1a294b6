"""The health of an account has fallen within a quarter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, draft
from schema.findings.registry import rule
from schema.findings.roles import mention
from schema.sentences.sentence import FigureEvidence, FigureUnit, Sentence, figure, sentence, single

WEEKS = 14


@rule(
    on="Account",
    reads=f"""quarter: health(weeks: {WEEKS}) {{
        score trend history {{ at score }} keyPeople {{ contact {{ id name }} strength weight }} }}""",
)
def losing_touch(row: Mapping[str, Any], _: Viewpoint) -> Iterator[Finding]:
    """The health of an account has fallen by at least 5 points within 13 weeks."""
    health, history = row["quarter"], row["quarter"]["history"]
    if health["trend"] != "FALLING" or health["score"] is None or not history:
        return
    weights = sum(one["weight"] for one in health["keyPeople"])
    now = figure(
        (
            FigureEvidence(
                one["contact"]["name"], (one["strength"] or 0.0) * one["weight"] / weights, one["contact"]["id"]
            )
            for one in health["keyPeople"]
        ),
        FigureUnit.SCORE,
    )
    before = single(history[0]["score"], FigureUnit.SCORE, f"health on {history[0]['at'][:10]}")
    yield Finding(
        Severity.WATCH,
        draft(
            "our health there fell from {before} to {now} in 13 weeks",
            "health fell from {before} to {now} in 13 weeks",
            before=before,
            now=now,
        ),
        (_best(health["keyPeople"]),),
        action("log", "Log a call", id=row["id"]),
    )


def _best(people: list[dict[str, Any]]) -> Sentence:
    best = max(people, key=lambda one: one["strength"] or 0.0)
    tie = single(best["strength"] or 0.0, FigureUnit.SCORE, "our strongest tie", best["contact"]["id"])
    return sentence("the best tie left is {tie}, to {who}", tie=tie, who=mention(best["contact"]))
