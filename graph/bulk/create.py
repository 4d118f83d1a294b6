"""Creates nodes and relationships that are known to be new, of all labels and types by one text each.

A server that has just started plans a text in the time of a thousand rows, and a whole graph has some sixty labels and
types; therefore labels and types travel with the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.bulk.batch import packed, set_timestamps
from graph.collation import sort_keys
from graph.errors import Conflict
from graph.search.analysis import WORDS, merged_words, search_words
from graph.store import Statement, Writes
from graph.vocabulary import entity

NODES = Statement(
    "bulk.create_nodes",
    f"UNWIND $rows AS row CREATE (n:$(row.labels)) SET n = row.values {set_timestamps('n')} RETURN count(n)",
)

EDGES = Statement(
    "bulk.create_edges",
    "UNWIND $rows AS row MATCH (a:Record {uid: row.start}) MATCH (b:Record {uid: row.end})"
    f" CREATE (a)-[x:$(row.type)]->(b) SET x = row.values {set_timestamps('x')} RETURN count(x)",
)


def node_row(label: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A node of a concrete label with all its properties, as `create_nodes` takes it. KeyError: unknown label."""
    return {"labels": list(entity(label).labels), **packed(with_derived(label, values))}


def with_derived(label: str, values: Mapping[str, Any], stored: Sequence[str] = ()) -> dict[str, Any]:
    """The properties of a node with those derived from them: the words of searched texts, and sort keys.

    `stored` are the words of the node whose properties the values change. Raises KeyError for an unknown label.
    """
    one = entity(label)
    derived = {**values, **sort_keys(values, one.sort_keys)}
    words = search_words(one.properties.values(), values)
    if words is not None:
        derived[WORDS] = merged_words(words, stored)
    return derived


def edge_row(edge: str, start: str, end: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A relationship between two uids with all its properties, as `create_edges` takes it."""
    return {"type": edge, "start": start, "end": end, **packed(values)}


async def create_nodes(writes: Writes, rows: Iterable[dict[str, Any]]) -> int:
    """Creates the nodes in one transaction and counts them. Raises Conflict if a uid exists, Unavailable."""
    return int(await writes.change(NODES.bind(rows=list(rows))))


async def create_edges(writes: Writes, rows: Iterable[dict[str, Any]]) -> int:
    """Creates the relationships in one transaction and counts them. Raises Conflict if an end is missing, Unavailable.

    Nothing is created then. The nodes have the ids of their owner and unit already, see `graph.query.ownership`.
    """
    listed = list(rows)

    def check(created: Any) -> None:
        if created != len(listed):
            raise Conflict(
                f"{len(listed) - created} of {len(listed)} relationships have an end that does not exist.",
                remedy="Another process deletes records at the same time; stop it and write again.",
            )

    return int(await writes.change(EDGES.bind(rows=listed), check=check))
