"""Everybody in the buying committee of an open opportunity is for us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import at_stake, is_for, mention, people
from schema.sentences.sentence import count, sentence

LEAST_SEATS = 3


@rule(
    on="Opportunity",
    reads="""state estimatedCloseDate estimatedValue { amount currency }
        stakeholders(first: 100) { edges { support node { id name } } }""",
)
def all_green(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """All of the three or more people in the committee of an open opportunity are for us: a seat may be missing."""
    edges = row["stakeholders"]["edges"]
    seats = people(edges)
    if row["state"] != "OPEN" or len(seats) < LEAST_SEATS or not all(is_for(edge["support"]) for edge in edges):
        return
    yield Finding(
        Severity.WATCH,
        draft(view.claim("nobody is against us: look again")),
        (sentence("{deal}", deal=mention(row)), sentence("{seats:# seat|# seats}, all for us", seats=count(seats))),
        action("committee", "Who is missing?", id=row["id"]),
        at_stake([row]),
        None if row["estimatedCloseDate"] is None else day_of(row["estimatedCloseDate"]),
    )
