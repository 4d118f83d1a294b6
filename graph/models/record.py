"""The super-labels, with the properties and links of every record, party and activity."""

from __future__ import annotations

from typing import Any, ClassVar

from neomodel import AsyncStructuredNode

from graph.models.choices import ActivityStatus, Priority
from graph.models.links import Inverse, by, to
from graph.models.properties import Choice, DateTime, Text, Texts
from graph.models.relationships import ConnectedTo, HasAccess, Knows, OwnedBy, Owns, ParticipatedIn, Regarding


class Model(AsyncStructuredNode):
    """Any node that callers can read. Only Kith itself writes nodes that are not records.

    Rows of a source can become records of an `importable` kind. Who creates an `owned` one owns it, unless another
    owner is chosen. A `person` is a record about one person. Those `of_organization` are within no business unit: a
    role allows all of them, or none. `access_through` names the link to the one record that decides who may read the
    node; `order` is the default order of a list, as pairs of a property and whether it descends. A record with one of
    the `unavailable` values is neither suggested nor assigned.
    """

    __abstract_node__ = True

    plural: ClassVar[str]
    creatable: ClassVar[bool] = False
    updatable: ClassVar[bool] = False
    importable: ClassVar[bool] = False
    owned: ClassVar[bool] = False
    person: ClassVar[bool] = False
    of_organization: ClassVar[bool] = False
    access_through: ClassVar[str | None] = None
    order: ClassVar[tuple[tuple[str, bool], ...]] = ()
    unavailable: ClassVar[tuple[tuple[str, tuple[object, ...]], ...]] = ()

    uid = Text(
        "The unique id, an opaque text.", required=True, unique=True, writable=False, hidden=True, collated=False
    )

    @classmethod
    def complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Returns the values with those derived from them; never overwrites a value."""
        return values


class Record(Model):
    """Any record; its id is unique across all entities."""

    creatable = True
    updatable = True
    importable = True
    owned = True

    createdAt = DateTime("When the record was created.", required=True, writable=False)
    modifiedAt = DateTime("When the record was last changed.", required=True, writable=False)
    deletedAt = DateTime("When the record was deleted; null unless it is.", writable=False)
    source = Text(
        "The source system that the record was imported from; null for records created in Kith.",
        writable=False,
        collated=False,
    )
    sourceKey = Text("The key of the record in its source system.", writable=False, collated=False)

    ownerUid = Text(
        "The id of the owner, which follows from the link.", writable=False, hidden=True, index=True, collated=False
    )
    unitUid = Text(
        "The id of the business unit, which follows from the owner.",
        writable=False,
        hidden=True,
        index=True,
        collated=False,
    )
    shares = Texts("The users and teams that the record is shared with.", writable=False, hidden=True)

    owner = to(
        "Party",
        OwnedBy,
        "The user or team that is responsible for the record.",
        one=True,
        only=("User", "Team"),
        inverse=Inverse("owned", "The records that the user or team is responsible for.", title="Owns"),
    )
    sharedWith = by(
        "Party",
        HasAccess,
        "The users and teams that the record is shared with.",
        title="Shared with",
        only=("User", "Team"),
        connection="RecordAccess",
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


class Party(Record):
    """A company, a person, a user or a team."""

    plural = "parties"

    name = Text("The display name.", required=True, index=True, search="title", personal=True)

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
        title="Shares in",
        connection="AccountHolding",
        inverse=Inverse("owners", "The parties that hold shares in the account.", connection="AccountOwner"),
    )
    knows = to("Party", Knows, "The parties that this one knows, derived from activities.", hidden=True, inverse=None)


class Activity(Record):
    """An email, a call, a meeting, a task or another interaction, past or planned."""

    plural = "activities"
    creatable = False

    subject = Text("The subject line.", search="title")
    description = Text("The full text or notes.", title="Text")
    startedAt = DateTime("The start time, actual or planned.", title="Start", index=True)
    endedAt = DateTime("The end time, actual or planned.", title="End", not_below="startedAt")
    status = Choice(
        ActivityStatus, "The status (`statecode`).", required=True, index=True, unknown=ActivityStatus.COMPLETED
    )
    priority = Choice(Priority, "The priority (`prioritycode`).")

    regarding = to(
        "Record",
        Regarding,
        "The record that the activity is about.",
        title="About",
        one=True,
        inverse=Inverse("activitiesRegarding", "The activities about the record."),
        parental=True,
    )
