"""Collects the records of a world: nodes by label, relationships by type and labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graph.identity import uid
from graph.models.relationships import Manages, OwnedBy
from graph.query import ownership

SOURCE = "world"

Properties = dict[str, Any]
Relationship = tuple[str, str, Properties]


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes of one label with all their properties, including `uid`."""

    label: str
    rows: list[Properties]


@dataclass(frozen=True, slots=True)
class Edges:
    """Relationships of one type between two labels, as (uid of the start, uid of the end, properties)."""

    type: str
    start: str
    end: str
    rows: list[Relationship]


Batch = Nodes | Edges


def moment(seconds: float) -> datetime:
    """Converts epoch seconds to a datetime in UTC."""
    return datetime.fromtimestamp(int(seconds), UTC)


def money(name: str, units: int, currency: str, in_base: int) -> Properties:
    """The stored properties of an amount: minor units, currency, and minor units of the base currency."""
    return {name: units, f"{name}Currency": currency, f"{name}Base": in_base}


class Sheet:
    """Collects records until they are drained, nodes before their relationships."""

    def __init__(self) -> None:
        self._nodes: dict[str, list[Properties]] = {}
        self._edges: dict[tuple[str, str, str], list[Relationship]] = {}
        self._units: dict[str, str] = {}
        self.buffered = 0

    def node(self, label: str, key: str, created: float, modified: float, values: Properties) -> str:
        """Adds a node, with timestamps in epoch seconds, and returns its uid."""
        name = uid(SOURCE, label, key)
        values["uid"] = name
        values["createdAt"] = moment(created)
        values["modifiedAt"] = moment(modified)
        values["source"] = SOURCE
        values["sourceKey"] = key
        rows = self._nodes.get(label)
        if rows is None:
            rows = self._nodes[label] = []
        rows.append(values)
        self.buffered += 1
        return name

    def edge(
        self, kind: str, start: str, start_uid: str, end: str, end_uid: str, values: Properties | None = None
    ) -> None:
        """Adds a relationship between two nodes that were added before."""
        key = (kind, start, end)
        rows = self._edges.get(key)
        if rows is None:
            rows = self._edges[key] = []
        rows.append((start_uid, end_uid, {} if values is None else values))
        self.buffered += 1

    def owned(self, label: str, record: str, owner: str) -> None:
        """Makes a user the owner of a node that was added before."""
        self.edge(OwnedBy.type, label, record, "User", owner)

    def drain(self, most: int = 10_000) -> Iterator[Batch]:
        """Yields all collected records, nodes first, in batches of at most `most`, and empties the sheet."""
        self._store_owners()
        nodes, edges = self._nodes, self._edges
        self._nodes, self._edges, self.buffered = {}, {}, 0
        for label, rows in nodes.items():
            for start in range(0, len(rows), most):
                yield Nodes(label, rows[start : start + most])
        for (kind, first, second), lines in edges.items():
            for start in range(0, len(lines), most):
                yield Edges(kind, first, second, lines[start : start + most])

    def _store_owners(self) -> None:
        """Stores the ids of owner and unit in the collected nodes, see `graph.query.ownership`."""
        owned = [(key, rows) for key, rows in self._edges.items() if key[0] in ownership.EDGES]
        labels = {key[1] for key, _ in owned}
        nodes = {row["uid"]: row for label in labels for row in self._nodes.get(label, ())}
        for unit in self._nodes.get("BusinessUnit", ()):
            unit["unitUid"] = unit["uid"]
        for key, rows in sorted(owned, key=lambda one: one[0][0] != ownership.IN_UNIT):
            for start, end, _ in rows:
                if key[0] == ownership.IN_UNIT:
                    nodes[start]["unitUid"] = self._units[start] = end
                else:
                    nodes[start] |= {"ownerUid": end, "unitUid": self._units[end]}
        self._store_teams()

    def _store_teams(self) -> None:
        """Stores in the collected accounts with whom they are shared, because they are in the account's team."""
        accounts = {row["uid"]: row for row in self._nodes.get("Account", ())}
        for key, rows in self._edges.items():
            for user, account, facts in rows if key[0] == Manages.type else ():
                row = accounts[account]
                row["shares"] = sorted([*row.get("shares", ()), ownership.team_share(user, facts)])
