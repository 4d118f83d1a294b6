"""A person who evaluates or gates an open opportunity was never met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import at_stake, gates, mention
from schema.sentences.sentence import sentence


@rule(
    on="Opportunity",
    version=2,
    reads="""state estimatedCloseDate estimatedValue { amount currency }
        stakeholders(first: 100) { edges { role support node {
            id name lastSpokeAt } } }""",
)
def unmet_gatekeeper(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """A gatekeeper or evaluator of an open opportunity has never been in a meeting or a call, and never wrote."""
    if row["state"] != "OPEN":
        return
    for edge in row["stakeholders"]["edges"]:
        if not gates(edge["role"]) or edge["node"]["lastSpokeAt"] is not None:
            continue
        part = f"{edge['role'].lower()}, {(edge['support'] or 'attitude unknown').lower()}"
        yield Finding(
            Severity.WATCH,
            draft(view.claim("{who} gates and was never met"), who=mention(edge["node"])),
            (sentence("{deal}", deal=mention(row)), sentence(part)),
            action("way-in", "Find a way in", id=edge["node"]["id"]),
            at_stake([row]),
            None if row["estimatedCloseDate"] is None else day_of(row["estimatedCloseDate"]),
        )
        return
