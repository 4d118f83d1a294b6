"""The super-labels and what every record, every party and every activity has."""

from __future__ import annotations

from typing import Any, ClassVar

from neomodel import AsyncStructuredNode

from graph.models.choices import ActivityStatus, Priority
from graph.models.properties import Choice, DateTime, Inverse, Text, to
from graph.models.relationships import ConnectedTo, Knows, OwnedBy, Owns, ParticipatedIn, Regarding


class Record(AsyncStructuredNode):
    """Any record; its `uid` is unique across all entities."""

    plural: ClassVar[str]
    super_labels: ClassVar[frozenset[str]] = frozenset({"Record", "Party", "Activity"})
    creatable: ClassVar[bool] = True
    updatable: ClassVar[bool] = True

    uid = Text("The unique id of the record, an opaque text.", required=True, unique=True, writable=False, hidden=True)
    createdAt = DateTime("When the record was created.", required=True, writable=False)
    modifiedAt = DateTime("When the record was last changed.", required=True, writable=False)
    source = Text("The source that the record was imported from; empty for records created here.", writable=False)
    sourceKey = Text("The key of the record in its source.", writable=False)

    owner = to(
        "Party",
        OwnedBy,
        "The user or team that is responsible for the record.",
        one=True,
        only=("User", "Team"),
        inverse=Inverse("owned", "The records that the user or team is responsible for."),
    )
    connections = to(
        "Record",
        ConnectedTo,
        "The records that this one has a connection to (`connection`).",
        connection="RelationshipLink",
        inverse=Inverse(
            "connectedFrom", "The records that have a connection to this one.", connection="RelationshipLink"
        ),
    )

    @classmethod
    def complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Returns the values with those that follow from them; never overwrites one."""
        return values


class Party(Record):
    """A company, a person, a user or a team."""

    name = Text("The display name.", required=True, index=True, search=True)

    activities = to(
        "Activity",
        ParticipatedIn,
        "The activities that the party took part in.",
        connection="Participation",
        inverse=Inverse("participants", "The participants with their roles.", connection="Participant"),
    )
    holdings = to(
        "Account",
        Owns,
        "The accounts that the party holds shares in.",
        connection="AccountHolding",
        inverse=Inverse("owners", "The parties that hold shares in the account.", connection="AccountOwner"),
    )
    knows = to("Party", Knows, "The parties that this one knows, derived from activities.", hidden=True, inverse=None)


class Activity(Record):
    """An email, a call, a meeting, a task or another interaction, past or planned."""

    creatable = False
    updatable = False

    subject = Text("The subject line.", search=True)
    description = Text("The full text or notes.")
    startedAt = DateTime("The start time, actual or planned.", index=True)
    endedAt = DateTime("The end time, actual or planned.")
    status = Choice(ActivityStatus, "The status (`statecode`).", required=True, index=True)
    priority = Choice(Priority, "The priority (`prioritycode`).")

    regarding = to(
        "Record",
        Regarding,
        "The record that the activity is about.",
        one=True,
        inverse=Inverse("activitiesRegarding", "The activities about the record."),
    )
