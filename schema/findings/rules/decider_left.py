"""A person who decides on an open opportunity works nowhere any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import at_stake, decides, mention, people
from schema.sentences.sentence import sentence


@rule(
    on="Opportunity",
    reads="""state estimatedCloseDate estimatedValue { amount currency }
        stakeholders(first: 100) { edges { role node { id name accounts(first: 1) { totalCount } } } }""",
)
def decider_left(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """A person who decides on an open opportunity is employed by no account.

    It is not judged where accounts may be hidden.
    """
    if row["state"] != "OPEN" or view.hides:
        return
    deciding = (edge for edge in row["stakeholders"]["edges"] if decides(edge["role"]))
    for who in people(edge for edge in deciding if edge["node"]["accounts"]["totalCount"] == 0):
        yield Finding(
            Severity.ACT,
            draft("{who} decides, and has left", who=who),
            (sentence("{deal}", deal=mention(row)), sentence("no current employment on record")),
            action("committee", "Who followed?", id=row["id"], sel=who.record),
            at_stake([row]),
            None if row["estimatedCloseDate"] is None else day_of(row["estimatedCloseDate"]),
        )
