"""Random small graphs of every entity and relationship, made from the declarations and written without checks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString, cast

from graph.bulk.create import with_derived
from graph.collation import sort_keys
from graph.models.properties import Kind
from graph.store import Bound, Store
from graph.vocabulary import ENDPOINTS, ENTITIES, EdgeModel, Endpoint, Property, concrete
from tests.conftest import wipe

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WORDS = ("Alder", "Birch", "Cedar", "Rowan")
SIZES = {"Account": 9, "Contact": 9, "User": 5, "BusinessUnit": 5, "Opportunity": 6, "SalesOrder": 6, "Product": 4}
DENSITY = {"CONNECTED_TO": 12, "REGARDING": 14, "PARTICIPATED_IN": 24, "WORKS_AT": 16, "KNOWS": 22, "HAS_LINE": 14}
ONE_PER_START = {"OWNED_BY": 0.4, "IN_UNIT": 1.0}  # with the share of the records that have one


@dataclass
class Graph:
    """The nodes by uid with label and properties, and the edges as (type, start, end, properties)."""

    nodes: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    edges: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)

    def labelled(self, label: str) -> list[str]:
        """The uids of the records of a label or super-label."""
        labels = set(concrete(label))
        return [uid for uid, (one, _) in self.nodes.items() if one in labels]

    def reached(self, uid: str, edge: str) -> list[str]:
        """The ends of the edges of a type from a record."""
        return [end for kind, start, end, _ in self.edges if kind == edge and start == uid]


class Generator:
    """Makes a graph from a seed; parents, managers and parts may form cycles."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.graph = Graph()

    def make(self) -> Graph:
        """A graph in which every relationship type has edges."""
        for label in sorted(ENTITIES):
            for index in range(SIZES.get(label, 3)):
                self._node(label, f"{label.lower()}{index}")
        for endpoint in ENDPOINTS:
            self._edges(endpoint)
        return self.graph

    def _node(self, label: str, uid: str) -> None:
        properties: dict[str, Any] = {}
        for one in ENTITIES[label].properties.values():
            properties |= self._property(one)
        properties |= sort_keys(properties, ENTITIES[label].sort_keys)
        dates = {"uid": uid, "createdAt": NOW, "modifiedAt": NOW}
        self.graph.nodes[uid] = (label, properties | dates)

    def _edges(self, endpoint: Endpoint) -> None:
        starts, ends = self.graph.labelled(endpoint.start), self.graph.labelled(endpoint.end)
        if not starts or not ends:
            return  # an event is written by a mutation alone
        if endpoint.edge == "KNOWS":
            starts = ends = [uid for uid in starts if self.graph.nodes[uid][0] in ("Contact", "User", "Account")]
        if endpoint.edge in ONE_PER_START:
            taken = {start for edge, start, _, _ in self.graph.edges if edge == endpoint.edge}
            free = [one for one in starts if one not in taken and self.random.random() < ONE_PER_START[endpoint.edge]]
            pairs = [(one, self.random.choice(ends)) for one in free]
        else:
            amount = DENSITY.get(endpoint.edge, 6)
            pairs = [(self.random.choice(starts), self.random.choice(ends)) for _ in range(amount)]
        known: set[frozenset[str]] = set()
        for start, end in pairs:
            if endpoint.model.derived and (frozenset((start, end)) in known or start == end):
                continue
            known.add(frozenset((start, end)))
            self.graph.edges.append((endpoint.edge, start, end, self._facts(endpoint.model)))

    def _facts(self, model: EdgeModel) -> dict[str, Any]:
        if model.derived:
            moments = {"firstAt": NOW - timedelta(days=300), "lastAt": NOW - timedelta(days=self.random.randrange(90))}
            sums = {one: self.random.random() * 5 for one in ("both", "in", "out")}
            counts = {one: self.random.randrange(4) for one in ("meetings", "calls", "inCount", "outCount")}
            return {**moments, **sums, **counts, "asOf": moments["lastAt"], "modelVersion": 1, "createdAt": NOW}
        facts: dict[str, Any] = {}
        for one in model.properties.values():
            if one.name not in ("validFrom", "validTo"):
                facts |= self._property(one)
        if model.dated and self.random.random() < 0.3:
            facts["validFrom"] = NOW - timedelta(days=self.random.randrange(1, 900))
        if model.dated and self.random.random() < 0.2:
            facts["validTo"] = NOW - timedelta(days=self.random.randrange(900))
        if model.hierarchical:
            facts["hierarchy"] = "CRM" if self.random.random() < 0.8 else facts["hierarchy"]
        return facts

    def _property(self, one: Property) -> dict[str, Any]:
        if not one.required and self.random.random() < 0.4:
            return {}
        match one.kind:
            case Kind.TEXT:
                words = self.random.sample(WORDS, 2)
                value: Any = " ".join([*words, str(len(self.graph.nodes))] if one.unique else words)
            case Kind.TEXTS:
                value = [self.random.choice(WORDS)]
            case Kind.INT:
                value = self.random.randrange(100)
            case Kind.FLOAT:
                value = self.random.randrange(5) / 4
            case Kind.BOOL:
                value = self.random.random() < 0.5
            case Kind.DATE:
                value = date(2026, 1, 1) + timedelta(days=self.random.randrange(100))
            case Kind.DATETIME:
                value = NOW - timedelta(days=self.random.randrange(400))
            case Kind.CHOICE:
                assert one.members is not None
                value = self.random.choice(list(one.members)).name
            case Kind.MONEY:
                minor = self.random.randrange(1, 50) * 100
                return {one.name: minor, f"{one.name}Currency": "USD", f"{one.name}Base": minor}
        return {one.name: value}


async def write(store: Store, graph: Graph) -> None:
    """Replaces what is in the database by the graph."""
    await wipe(store)
    by_labels: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for label, properties in graph.nodes.values():
        by_labels.setdefault(ENTITIES[label].labels, []).append(with_derived(label, properties))
    for labels, rows in by_labels.items():
        await _change(
            store, f"UNWIND $rows AS row CREATE (n:{':'.join(labels)}) SET n = row RETURN count(n)", rows=rows
        )
    by_type: dict[str, list[dict[str, Any]]] = {}
    for edge, start, end, facts in graph.edges:
        by_type.setdefault(edge, []).append({"start": start, "end": end, "facts": facts})
    for edge, rows in by_type.items():
        text = (
            "UNWIND $rows AS row MATCH (a:Record {uid: row.start}) MATCH (b:Record {uid: row.end}) "
            f"CREATE (a)-[e:{edge}]->(b) SET e = row.facts RETURN count(e)"
        )
        await _change(store, text, rows=rows)


async def delete(store: Store, uids: list[str]) -> None:
    """Deletes records with their relationships."""
    await _change(store, "MATCH (n:Record) WHERE n.uid IN $uids DETACH DELETE n RETURN count(*)", uids=uids)


async def _change(store: Store, text: str, **parameters: Any) -> None:
    await store.writes.change(Bound("test.graph", cast("LiteralString", text), parameters))
