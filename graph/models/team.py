"""A team: users who work together."""

from __future__ import annotations

from graph.models.edges import HasAccess, MemberOf, Plain
from graph.models.properties import Text, by, to
from graph.models.record import Party


class Team(Party):
    """Users who share work and access (`team`)."""

    plural = "teams"

    description = Text("What the team is for.")

    members = by("User", "MEMBER_OF", "The users in the team.", model=MemberOf)
    unit = to("BusinessUnit", "IN_UNIT", "The business unit the team belongs to.", model=Plain, one=True)
    shared = to("Record", "HAS_ACCESS", "The records shared with the team.", model=HasAccess)
