"""An open opportunity beyond its first stage names nobody who decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import at_stake, decides, mention, people
from schema.sentences.sentence import count, sentence


@rule(
    on="Opportunity",
    reads="""state salesStage estimatedCloseDate estimatedValue { amount currency }
        stakeholders(first: 100) { edges { role node { id name } } }""",
)
def no_decider(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """An open opportunity beyond the stage QUALIFY has no stakeholder whose role is to decide."""
    edges = row["stakeholders"]["edges"]
    if row["state"] != "OPEN" or row["salesStage"] in (None, "QUALIFY") or any(decides(one["role"]) for one in edges):
        return
    seats = count(people(edges))
    pattern = "{seats:# seat|# seats} on record" if edges else view.claim("no seat on record")
    yield Finding(
        Severity.WATCH,
        draft(view.claim("nobody is recorded as deciding")),
        (sentence("{deal}", deal=mention(row)), sentence(pattern, seats=seats)),
        action("addStakeholder", "Add who decides…", record=row["id"], role="Decision maker"),
        at_stake([row]),
        None if row["estimatedCloseDate"] is None else day_of(row["estimatedCloseDate"]),
    )
