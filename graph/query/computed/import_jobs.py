"""The stored columns, rejected rows and samples of an import job, as JSON; insights turn them into values."""

from __future__ import annotations

from functools import lru_cache

from graph.models.import_job import ImportJob
from graph.query.access_shape import AccessShape
from graph.query.builder import CypherBuilder, Figures, computed
from graph.query.selection import Computed


@computed(on=ImportJob)
def job_columns(_: CypherBuilder, __: Computed, start: str) -> Figures:
    """`target`: the type; `columns` and `fields`: what is stored of each column."""
    return Figures(
        [], {"target": f"{start}.target", "columns": f"{start}.storedColumns", "fields": f"{start}.storedFields"}
    )


@computed(on=ImportJob)
def job_rejects(_: CypherBuilder, __: Computed, start: str) -> Figures:
    """`rejects`: the first rejected rows."""
    return Figures([], {"rejects": f"coalesce({start}.storedRejects, [])"})


@computed(on=ImportJob)
def job_samples(_: CypherBuilder, __: Computed, start: str) -> Figures:
    """`samples`: some of the new and changed records."""
    return Figures([], {"samples": f"coalesce({start}.storedSamples, [])"})


@lru_cache
def sources(access: AccessShape) -> str:
    """Returns Cypher that reads the sources with their loads, of which the events tell: the latest first.

    Loads that were undone, and events that the caller may not read, do not count.
    """
    builder = CypherBuilder(access)
    return (
        f"MATCH {builder.node('event', 'Event')}\n"
        "WHERE event.mutation IN ['import', 'seed load'] AND event.source IS NOT NULL\n"
        f"OPTIONAL MATCH {builder.node('job', 'ImportJob', uid='event.batchId')}\n"
        "WITH event, job WHERE job IS NULL OR job.state <> 'UNDONE'\n"
        "WITH event.source AS source, max(event.at) AS at, count(DISTINCT event.batchId) AS loads,\n"
        "  sum(reduce(n = 0, at IN range(0, size(event.countTypes) - 1) |\n"
        "    n + CASE WHEN event.countTypes[at] IN $entities THEN event.countCreated[at] ELSE 0 END)) AS records\n"
        "ORDER BY at DESC\n"
        "CALL (source) {\n"
        f"  OPTIONAL MATCH {builder.node('last', 'ImportJob')}\n"
        "  WHERE last.source = source AND last.finishedAt IS NOT NULL\n"
        "  RETURN last ORDER BY last.finishedAt DESC LIMIT 1\n"
        "}\n"
        "RETURN collect([source, toString(at), loads, records, last.rejected, last.conflicts]) AS answer"
    )
