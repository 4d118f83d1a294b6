"""An import job: a file that somebody uploaded, and what becomes of it."""

from __future__ import annotations

from graph.models.choices import Described
from graph.models.links import to
from graph.models.properties import Bool, Choice, DateTime, Int, Relationship, Text, Texts
from graph.models.record import Model


class ImportState(Described):
    """The state of an import job."""

    UPLOADED = "The file is stored, and its mapping can be changed."
    CHECKING = "The rows are checked; nothing is written."
    CHECKED = "The rows were checked, and the counts say what a load would do."
    LOADING = "The rows are loaded."
    LOADED = "All rows were loaded or rejected."
    STOPPED = "The load was stopped; the counts say what it wrote."
    FAILED = "The load did not end; `message` says why, and the counts say what it wrote."
    UNDOING = "What the load wrote is undone."
    UNDONE = "Everything that the load wrote was undone."


class RequestedBy(Relationship):
    """Leads from a job to the user who requested it; only Kith writes it."""

    type = "REQUESTED_BY"
    derived = True


class ImportJob(Model):
    """A job that imports an uploaded file: its mapping, its progress, and what it wrote."""

    plural = "importJobs"
    access_through = "requestedBy"
    order = (("createdAt", True),)

    createdAt = DateTime("When the file was uploaded.", required=True, index=True)
    fileName = Text("The name of the uploaded file.", required=True, collated=False)
    size = Int("The size of the file in bytes.", required=True)
    state = Choice(ImportState, "The state of the job.", required=True, index=True)
    message = Text("What went wrong, or what has to be changed in the mapping; null if nothing.", collated=False)
    source = Text("The name of the source, which the records belong to.", required=True, index=True, collated=False)
    target = Text("The type of the records that the rows become, such as `Account`.", required=True, collated=False)
    keyColumn = Text("The column whose value identifies a row within the source.", collated=False)
    encoding = Text("The encoding of the file.", required=True, collated=False)
    rows = Int("The number of rows, without the header.", required=True)
    progress = Int("The number of rows that the running or latest check, load or undo has finished.", required=True)
    total = Int("The number of rows that the running or latest check, load or undo has in all.", required=True)
    created = Int("The number of new records, which the latest check found or the load created.")
    changed = Int("The number of stored records that have other values in the file.")
    unchanged = Int("The number of rows that say what is stored already.")
    links = Int("The number of relationships that are new or changed.")
    rejected = Int("The number of rejected rows.")
    conflicts = Int("The number of values that both the source and people changed; they stay.")
    checkedAt = DateTime("When the latest check ended.")
    startedAt = DateTime("When the load began.")
    finishedAt = DateTime("When the load ended.")
    undoneAt = DateTime("When the load was undone.")
    canUndo = Bool("True if the job wrote something that was not undone yet.")
    delimiter = Text("The delimiter of the columns.", required=True, hidden=True, collated=False)
    storedColumns = Texts("The columns of the file with three values each, as JSON.", hidden=True)
    storedFields = Texts("The field that each column becomes; an empty text for none.", hidden=True)
    storedRejects = Texts("The first rejected rows, as JSON.", hidden=True)
    storedSamples = Texts("Some of the new and changed records, as JSON.", hidden=True)

    requestedBy = to("User", RequestedBy, "The user who uploaded the file.", one=True, inverse=None)
