"""The super-labels: what every record has, and what every party and every activity has."""

from __future__ import annotations

from typing import Any, ClassVar

from neomodel import AsyncStructuredNode

from graph.models.choices import ActivityStatus, Priority
from graph.models.edges import Knows, OwnedBy, ParticipatedIn, Regarding
from graph.models.properties import Choice, DateTime, Text, by, to


class Record(AsyncStructuredNode):
    """Anything that is kept: one unique `uid` over everything."""

    plural: ClassVar[str]
    super_labels: ClassVar[frozenset[str]] = frozenset({"Record", "Party", "Activity"})

    uid = Text("The identity, opaque and unique over everything.", required=True, unique=True, writable=False)
    createdAt = DateTime("When the record was made.", required=True, writable=False)
    modifiedAt = DateTime("When the record was last changed.", required=True, writable=False)
    source = Text("The source the record came from; nothing when it was made here.", writable=False)
    sourceKey = Text("The record's key in its source.", writable=False)

    owner = to("Party", "OWNED_BY", "The user or team that is responsible for the record.", model=OwnedBy, one=True)

    @classmethod
    def complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The values to store: what follows from the given ones is added, nothing is overwritten."""
        return values


class Party(Record):
    """Somebody: a company, a person, a user, a team."""

    name = Text("The name it goes by.", required=True, index=True, search=True)

    activities = to("Activity", "PARTICIPATED_IN", "Activities it took part in.", model=ParticipatedIn)
    knows = to("Party", "KNOWS", "Whom it knows, drawn from activities.", model=Knows)


class Activity(Record):
    """Something that happened, or will, between parties."""

    subject = Text("What it was about, in a line.", search=True)
    description = Text("What was said or written.")
    startedAt = DateTime("When it began, or is to begin.", index=True)
    endedAt = DateTime("When it ended, or is to end.")
    status = Choice(ActivityStatus, "Where it stands.", required=True, index=True)
    priority = Choice(Priority, "How urgent it is.")

    participants = by("Party", "PARTICIPATED_IN", "Who took part, and as what.", model=ParticipatedIn)
    regarding = to("Record", "REGARDING", "The record it was about.", model=Regarding, one=True)
