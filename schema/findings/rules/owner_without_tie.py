"""The owner of an open opportunity does not know a person who decides, and another one of us does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from algorithms.strength import KNOWN, STRANGER
from schema.findings.finding import Finding, Severity, Viewpoint, action, day_of, draft
from schema.findings.registry import rule
from schema.findings.roles import at_stake, decides, mention
from schema.sentences.sentence import FigureUnit, sentence, single


@rule(
    on="Opportunity",
    reads="""state estimatedCloseDate estimatedValue { amount currency }
        owner { __typename id ... on User { name } } account { id }
        stakeholders(first: 100) { edges { role node {
            id name ties(with: USERS, first: 5) { strength from { id ... on User { name } } } } } }""",
)
def owner_without_tie(row: Mapping[str, Any], _: Viewpoint) -> Iterator[Finding]:
    """The best tie of a decider is of 40 or more and to another user, and the one to the owner is below 10."""
    owner = row["owner"]
    if row["state"] != "OPEN" or owner is None or owner["__typename"] != "User":
        return
    for person in (edge["node"] for edge in row["stakeholders"]["edges"] if decides(edge["role"])):
        ties = person["ties"]
        own = max((tie["strength"] for tie in ties if tie["from"]["id"] == owner["id"]), default=0.0)
        if not ties or ties[0]["strength"] < KNOWN or own >= STRANGER:
            continue
        best, who = ties[0], mention(person)
        strength = single(best["strength"], FigureUnit.SCORE, "the tie", person["id"])
        given = {} if row["account"] is None else {"account": row["account"]["id"]}
        yield Finding(
            Severity.ACT,
            draft("{owner} owns the deal but does not know {who}", owner=mention(owner), who=who),
            (
                sentence("{deal}", deal=mention(row)),
                sentence("{user} knows the one who decides, {tie}", user=mention(best["from"]), tie=strength),
            ),
            action("addTeamMember", "Bring in who knows…", user=best["from"]["id"], **given),
            at_stake([row]),
            None if row["estimatedCloseDate"] is None else day_of(row["estimatedCloseDate"]),
        )
        return
