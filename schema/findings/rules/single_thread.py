"""All people whom we know at an account are known to one of us alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from algorithms.strength import KNOWN
from schema.findings.finding import Finding, Severity, Viewpoint, action, draft
from schema.findings.registry import rule
from schema.findings.roles import mention
from schema.sentences.sentence import count, sentence

LEAST_PEOPLE = 2


@rule(
    on="Account",
    reads="""threads: contacts(first: 200) {
        nodes { id name ties(with: USERS, first: 2) { strength from { id ... on User { name } } } } }""",
)
def single_thread(row: Mapping[str, Any], view: Viewpoint) -> Iterator[Finding]:
    """At least two people at the account have a tie of 40 or more to one of us, and all of them to the same user."""
    known = []
    users: dict[str, Mapping[str, Any]] = {}
    for person in row["threads"]["nodes"]:
        ties = [tie for tie in person["ties"] if tie["strength"] >= KNOWN]
        users |= {tie["from"]["id"]: tie["from"] for tie in ties}
        if ties:
            known.append(mention(person))
    if len(known) < LEAST_PEOPLE or len(users) != 1:
        return
    user = mention(*users.values())
    yield Finding(
        Severity.WATCH,
        draft(
            view.claim("we know {known:# person|# people} there, all through {user}"),
            view.claim("we know {known}, all through {user}"),
            known=count(known),
            user=user,
        ),
        (sentence("among them {first}", first=known[0]),),
        action("addTeamMember", "Add a second person…", account=row["id"]),
    )
