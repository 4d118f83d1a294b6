"""A part of the graph as a map: nodes with places and communities, and the relationships between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from algorithms.communities import communities
from algorithms.map_layout import Member, map_layout
from algorithms.moment import Moment, seconds
from algorithms.registry import algorithm
from algorithms.results import ID, Choice, Ref
from algorithms.strength import score_of

OURS = frozenset({"User", "Team", "BusinessUnit"})
"""The types of records that belong to us."""


@dataclass(frozen=True, slots=True)
class RelationshipCount:
    """The number of records to which a relationship of a node leads."""

    relationship: Annotated[str, "The name of the relationship, which is a field of the record; `knows` for ties."]
    count: Annotated[int, "The number of records that you may read, on the map or not."]


@dataclass(frozen=True, slots=True)
class SubgraphNode:
    """A record on a map."""

    record_id: Annotated[str, ID, "The id of the record."]
    record: Annotated[str, Ref("Record"), "The record."]
    type: Annotated[str, "The type of the record, such as `Contact`."]
    name: Annotated[str | None, "The name, the title or the subject of the record."]
    ours: Annotated[bool, "True for users, teams and business units."]
    group: Annotated[
        str | None,
        Ref("Account"),
        "The account that the record belongs to; of a person, an account on the map where there is one.",
    ]
    job_title: Annotated[str | None, "The job title of a person at that account."]
    roles: Annotated[tuple[str, ...], "The roles of a person at that account."]
    counts: Annotated[tuple[RelationshipCount, ...], "The relationships of the record that can be expanded."]
    x: Annotated[float | None, "The horizontal position; null without `layout`. Ours are on the left."] = None
    y: Annotated[float | None, "The vertical position, downwards; null without `layout`."] = None
    community: Annotated[
        int | None, "The number of the community, 1 for the largest; null without `communities`, or without a tie."
    ] = None


@dataclass(frozen=True, slots=True)
class SubgraphEdge:
    """A relationship between two records on a map."""

    from_: Annotated[str, ID, "The id of the record at the start."]
    to: Annotated[str, ID, "The id of the record at the end."]
    type: Annotated[str, "The type of the relationship, such as `WORKS_AT`."]
    strength: Annotated[float | None, "The strength of a tie, 0 to 100; null for other relationships."]
    kind: Annotated[str | None, "The kind of a reporting line, or the role of a stakeholder."]
    confidence: Annotated[str | None, Choice("Confidence"), "The certainty of the relationship; null if unknown."]
    last_at: Annotated[datetime | None, "The time of the latest activity of a tie."]


@dataclass(frozen=True, slots=True)
class SubgraphCircle:
    """A circle around the records of an account on a map."""

    account: Annotated[str, Ref("Account"), "The account."]
    x: Annotated[float, "The horizontal position of the centre."]
    y: Annotated[float, "The vertical position of the centre."]
    radius: Annotated[float, "The radius."]


@dataclass(frozen=True, slots=True)
class Subgraph:
    """A part of the graph: the records that expansions reach, and the relationships between them."""

    nodes: Annotated[tuple[SubgraphNode, ...], "The records, in the order in which they were found."]
    edges: Annotated[
        tuple[SubgraphEdge, ...],
        "The relationships that were followed, and the ties, jobs, reporting lines and hierarchy between all nodes.",
    ]
    circles: Annotated[tuple[SubgraphCircle, ...], "The circles of the accounts; empty without `layout`."]
    missing: Annotated[tuple[str, ...], ID, "The ids in the arguments that are not of records that you may read."]
    truncated: Annotated[bool, "True if there are more records than `first`."]
    withheld: Annotated[int, "The number of records that `expand` leads to from the nodes and that you may not read."]


Counted = Callable[[str, Iterable[Sequence[Any]]], Iterable[tuple[str, int]]]


@algorithm(reads=("knows.*", "child_of", "works_at", "reports_to"), reference="design explorer §7.8: the map")
def subgraph(
    found: Mapping[str, Any],
    wanted: Iterable[str],
    at: Moment,
    k: float,
    *,
    counted: Counted,
    layout: bool,
    with_communities: bool,
) -> Subgraph:
    """Returns the nodes and edges of a read, with coordinates and communities where they are wanted.

    Args:
        found: `nodes`: rows of uid, type, name, [account, job title, roles] or None, and counts. `rows` and `between`:
            the relationships that were followed, in steps for each node, and those between all nodes: rows of start,
            end, type, [sums, their time in milliseconds], kind, certainty and latest activity. `more`: whether nodes
            were left out. `withheld`: the number of hidden records, if it was read.
        wanted: the uids that the caller named.
        at: the time of the strengths.
        k: see `strength`.
        counted: returns the names and numbers of the relationships of a type of node from its counts.
        layout: whether nodes have coordinates.
        with_communities: whether nodes have communities.

    >>> nodes = [("u", "User", "Una", None, None), ("c", "Contact", "Cleo", ("a", "Director", ["Decider"]), None)]
    >>> ties = [("u", "c", "KNOWS", (3.0, 0.0, 0.0, 0), None, None, 0)]
    >>> found = subgraph({"nodes": nodes, "rows": [], "between": ties, "more": False}, ["u", "x"], 0.0, 1.15,
    ...                  counted=lambda _, rows: rows, layout=True, with_communities=True)
    >>> [(node.record_id, node.group, node.community) for node in found.nodes], found.missing
    ([('u', None, 1), ('c', 'a', 1)], ('x',))
    >>> round(found.edges[0].strength, 3), found.circles[0].account
    (92.637, 'a')
    """
    nodes = [
        SubgraphNode(
            uid, uid, type_, name, type_ in OURS, *(place[0], place[1], tuple(place[2])),
            tuple(RelationshipCount(*one) for one in counted(type_, counts or ())),
        )
        for uid, type_, name, own, counts in found["nodes"]
        for place in (own or (None, None, ()),)
    ]  # fmt: skip
    known = {node.record_id for node in nodes}
    followed = (row for step in found["rows"] for row in step)
    edges = _edges([*followed, *found["between"]], known, seconds(at), k)
    missing = tuple(dict.fromkeys(uid for uid in wanted if uid not in known)) if not found["more"] else ()
    if with_communities:
        numbers = communities(
            [(edge.from_, edge.to, edge.strength) for edge in edges if edge.strength is not None and edge.strength > 0]
        )
        nodes = [replace(node, community=numbers.get(node.record_id)) for node in nodes]
    circles: tuple[SubgraphCircle, ...] = ()
    if layout:
        nodes, circles = _placed(nodes, edges)
    return Subgraph(tuple(nodes), tuple(edges), circles, missing, found["more"], found.get("withheld", 0))


def _edges(rows: Iterable[Sequence[Any]], known: set[str], at: float, k: float) -> list[SubgraphEdge]:
    """Returns the relationships between nodes, each once, by type and ends."""
    unique = {(*row[:3], row[4], row[5]): row for row in rows if row[0] in known and row[1] in known}
    found = []
    for start, end, type_, sums, kind, confidence, last in unique.values():
        strength = None
        if sums is not None:
            both, inbound, outbound, then = sums
            strength = score_of(both, inbound, outbound, at - then / 1000, k)
        time = None if last is None else datetime.fromtimestamp(last / 1000, UTC)
        found.append(SubgraphEdge(start, end, type_, strength, kind, confidence, time))
    return sorted(found, key=lambda one: (one.type, one.from_, one.to, one.kind or "", one.confidence or ""))


def _placed(
    nodes: Sequence[SubgraphNode], edges: Sequence[SubgraphEdge]
) -> tuple[list[SubgraphNode], tuple[SubgraphCircle, ...]]:
    members = [
        Member(node.record_id, node.ours, None if node.ours else node.group, is_group=node.type == "Account")
        for node in nodes
    ]
    # Strengths decay from one request to the next, and the map is to look the same.
    lines = [(edge.from_, edge.to, edge.strength and float(round(edge.strength, -1))) for edge in edges]
    layout = map_layout(members, lines)
    placed = [replace(node, x=layout.places[node.record_id][0], y=layout.places[node.record_id][1]) for node in nodes]
    return placed, tuple(SubgraphCircle(uid, *circle) for uid, circle in layout.circles.items())
