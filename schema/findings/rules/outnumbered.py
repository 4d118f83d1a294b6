"""More people in the buying committee of an open opportunity are against us than for us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import at_stake, champions, decides, is_against, is_for, mention, people
from schema.sentences.sentence import count, sentence


@rule(
    on="Opportunity",
    reads="""state estimatedCloseDate estimatedValue { amount currency }
        stakeholders(first: 100) { edges { role support node { id name } } }""",
)
def outnumbered(row: Mapping[str, Any], _: Viewpoint) -> Iterator[Finding]:
    """More people in the committee of an open opportunity are against us than for us, or the champion or decider is."""
    edges = row["stakeholders"]["edges"]
    against = people(edge for edge in edges if is_against(edge["support"]))
    friends = people(edge for edge in edges if is_for(edge["support"]))
    weighty = people(
        edge for edge in edges if is_against(edge["support"]) and (champions(edge["role"]) or decides(edge["role"]))
    )
    if row["state"] != "OPEN" or not against or (len(against) <= len(friends) and not weighty):
        return
    evidence = [sentence("{deal}", deal=mention(row))]
    if weighty:
        part = next(edge["role"] for edge in edges if edge["node"]["id"] == weighty[0].record)
        evidence.append(sentence("{who}, {role}, is against us", who=weighty[0], role=part.lower()))
    if len(against) > len(friends):
        pattern = "{against} against us, {friends} for us" if friends else "{against} against us"
    else:
        pattern = "{weighty} of those who matter {weighty:is|are} against us"
    yield Finding(
        Severity.ACT if weighty else Severity.WATCH,
        draft(pattern, friends=count(friends), against=count(against), weighty=count(weighty)),
        tuple(evidence),
        action("committee", "Open the committee", id=row["id"]),
        at_stake([row]),
        None if row["estimatedCloseDate"] is None else day_of(row["estimatedCloseDate"]),
    )
