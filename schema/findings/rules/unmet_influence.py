"""A person sways others, and nobody of us has ever spoken to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, draft
from schema.findings.registry import rule
from schema.findings.roles import people
from schema.sentences.sentence import Mention, count, sentence

LEAST_WEIGHT = 0.5


@rule(on="Contact", reads="lastSpokeAt influences(first: 50) { edges { weight node { id name } } }")
def unmet_influence(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """A person influences others by a weight of at least 0.5, and nobody of us has ever spoken to this person."""
    swayed = people(edge for edge in row["influences"]["edges"] if (edge["weight"] or 0.0) >= LEAST_WEIGHT)
    if row["lastSpokeAt"] is not None or not swayed:
        return
    yield Finding(
        Severity.WATCH,
        draft(view.claim("nobody of us has ever spoken to {who}"), who=Mention(row["name"], row["id"])),
        (
            sentence("sways {people:# person|# people}", people=count(swayed)),
            sentence("among them {first}", first=swayed[0]),
        ),
        action("way-in", "Find a way in", id=row["id"]),
    )
