"""The numbers of nodes and relationships of a graph."""

from __future__ import annotations

from typing import TypedDict

from graph.store import Reads, Statement

TOTALS = Statement("graph.counts", "RETURN {nodes: COUNT { () }, relationships: COUNT { ()-->() }} AS counts")
LABELS = Statement(
    "graph.labels", "CALL db.labels() YIELD label RETURN label, COUNT { (:$(label)) } AS nodes ORDER BY label"
)


class Counts(TypedDict):
    """The number of nodes and relationships, and of nodes for each label."""

    nodes: int
    relationships: int
    labels: dict[str, int]


async def counts(reads: Reads) -> Counts:
    """The counts of a graph. Raises Unavailable."""
    totals = await reads.ask(TOTALS.bind())
    labels = {row["label"]: row["nodes"] for row in await reads.records(LABELS.bind())}
    return Counts(nodes=totals["nodes"], relationships=totals["relationships"], labels=labels)
