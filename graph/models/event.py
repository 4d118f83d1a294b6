"""An event: what one mutation or one batch changed."""

from __future__ import annotations

from graph.models.links import Inverse, to
from graph.models.properties import Bool, DateTime, Int, Ints, Relationship, Text, Texts
from graph.models.record import Model


class Changed(Relationship):
    """The changes of an event in one record; only `graph.events` writes them.

    The values before and after are in the properties `before.<field>` and `after.<field>`, in their own types. The
    amount of a money stands there in minor units, with its currency in `before.<field>.currency`; a link is a list of
    the ids of records. A value that was or is missing has no property.
    """

    type = "CHANGED"
    derived = True

    isSubject = Bool("True for the record that the mutation was called on.")
    fields = Texts("The names of the changed properties and links, in order.")
    linkFields = Texts("Those of `fields` that are links.")
    undo = Text("What undoes the change of an import, as JSON.", hidden=True, collated=False)


class Event(Model):
    """An event: one executed mutation, or one batch of imported records."""

    plural = "events"
    access_through = "subject"
    order = (("position", False),)

    position = Int(
        "The position of the event in the sequence of all events. To miss none, continue after the last position read.",
        required=True,
        unique=True,
    )
    at = DateTime("When the event happened.", required=True, index=True)
    actor = Text(
        "The id of the user who caused the event, or `anonymous` or `import`.",
        required=True,
        index=True,
        collated=False,
    )
    mutation = Text(
        "The name of the mutation, or of the command that wrote the batch.", required=True, index=True, collated=False
    )
    requestId = Text("The id of the request.", collated=False)
    batchId = Text("The id of the batch that the event belongs to.", index=True, collated=False)
    source = Text("The source that a batch was imported from.", collated=False)
    countTypes = Texts("The entities and relationship types that a batch wrote.", hidden=True)
    countCreated = Ints("The number of created records or relationships, for each of `countTypes`.", hidden=True)
    countChanged = Ints("The number of changed records or relationships, for each of `countTypes`.", hidden=True)
    countUnchanged = Ints("The number of unchanged records or relationships, for each of `countTypes`.", hidden=True)
    rewrites = Ints("The positions of earlier events whose changes this event rewrote, see decision 0034.", hidden=True)
    rewriteDigests = Texts("The digest of the changes of each event of `rewrites` afterwards.", hidden=True)
    changesDigest = Text("The digest of the changes when the event was sealed.", hidden=True, collated=False)
    hash = Text("The hash over the event and the hash of the one before.", hidden=True, collated=False)

    subject = to(
        "Record",
        Changed,
        "The record that the mutation was called on; null for a batch, or if you may not read the record.",
        one=True,
        where={"isSubject": True},
        inverse=None,
        keeps_deleted=True,
    )
    records = to(
        "Record",
        Changed,
        "The records that the event changed.",
        hidden=True,
        inverse=Inverse("history", "The events that changed the record, newest first.", order=(("position", True),)),
    )
