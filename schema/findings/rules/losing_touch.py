"""The health of an account has fallen within a quarter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, draft
from schema.findings.registry import rule
from schema.findings.roles import mention
from schema.sentences.sentence import FigureEvidence, FigureUnit, Sentence, figure, sentence, single


@rule(
    on="Account",
    version=2,
    reads="""quarter: health(weeks: 1) {
        score trend quarterAgo { at score } keyPeople { contact { id name } strength weight } }""",
)
def losing_touch(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """The health of an account has fallen by at least 5 points within 13 weeks."""
    health, earlier = row["quarter"], row["quarter"]["quarterAgo"]
    if health["trend"] != "FALLING" or earlier is None:
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
    before = single(earlier["score"], FigureUnit.SCORE, f"health on {earlier['at'][:10]}")
    yield Finding(
        Severity.WATCH,
        draft(
            "our health at {place} fell from {before} to {now} in 13 weeks",
            "health at {place} fell from {before} to {now} in 13 weeks",
            place=mention(row),
            before=before,
            now=now,
        ),
        (_best(health["keyPeople"], view),),
        action("log", "Log a call", id=row["id"]),
    )


def _best(people: list[dict[str, Any]], view: Viewpoint) -> Sentence:
    tied = [one for one in people if one["strength"] is not None]
    if not tied:
        return sentence(view.claim("none of us has a tie to a key person"))
    best = max(tied, key=lambda one: float(one["strength"]))
    tie = single(best["strength"], FigureUnit.SCORE, "our strongest tie", best["contact"]["id"])
    return sentence("the best tie left is {tie}, to {who}", tie=tie, who=mention(best["contact"]))
