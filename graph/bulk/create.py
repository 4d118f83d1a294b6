"""Nodes and relationships of all kinds into a graph where none of them is yet: two texts for everything.

Planning a text costs a server that has just started as much as a thousand rows, and a whole graph has some sixty
kinds of them; so the labels and the types travel with the rows. A date-time travels as milliseconds since 1970, which
the driver packs a hundred times faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from graph.errors import Conflict
from graph.store import Statement, Writes
from graph.vocabulary import entity

_NODES = Statement(
    "fresh.nodes",
    """UNWIND $rows AS row
CREATE (node:$(row.labels)) SET node = row.values
FOREACH (name IN keys(row.moments) | SET node[name] = datetime({epochMillis: row.moments[name]}))
RETURN count(node) AS made""",
)

_EDGES = Statement(
    "fresh.edges",
    """UNWIND $rows AS row
MATCH (start:Record {uid: row.start})
MATCH (end:Record {uid: row.end})
CREATE (start)-[edge:$(row.type)]->(end) SET edge = row.values
FOREACH (name IN keys(row.moments) | SET edge[name] = datetime({epochMillis: row.moments[name]}))
RETURN count(edge) AS made""",
)


def node(label: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A node of a concrete label as `nodes` takes it; the values are complete. KeyError for an unknown label."""
    return {"labels": list(entity(label).labels), **_sent(values)}


def edge(kind: str, start: str, end: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A relationship of a type between two uids as `edges` takes it."""
    return {"type": kind, "start": start, "end": end, **_sent(values)}


async def nodes(writes: Writes, rows: Iterable[dict[str, Any]]) -> int:
    """Makes these nodes in one transaction; how many. Raises Conflict when a uid is there already, Unavailable."""
    return int(await writes.change(_NODES.bind(rows=list(rows))))


async def edges(writes: Writes, rows: Iterable[dict[str, Any]]) -> int:
    """Makes these relationships in one transaction; how many. Raises Conflict when an end is not there, Unavailable."""
    sent = list(rows)

    def check(made: Any) -> None:
        if made != len(sent):
            raise Conflict(
                f"{len(sent) - made} of {len(sent)} relationships have an end that is not there.",
                remedy="Something else deletes records at the same time; stop it and write again.",
            )

    return int(await writes.change(_EDGES.bind(rows=sent), check=check))


def _sent(values: Mapping[str, Any]) -> dict[str, Any]:
    moments = {name: round(one.timestamp() * 1000) for name, one in values.items() if isinstance(one, datetime)}
    if moments:
        return {"values": {name: one for name, one in values.items() if name not in moments}, "moments": moments}
    return {"values": values, "moments": moments}
