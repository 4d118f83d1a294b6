"""The rows of the world on their way to the database: nodes by label, edges by type and ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graph.identity import uid

SOURCE = "world"

Row = dict[str, Any]
Line = tuple[str, str, Row]


@dataclass(frozen=True, slots=True)
class Nodes:
    """Some nodes of one label; every row holds all properties, `uid` among them."""

    label: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Edges:
    """Some relationships of one type between two labels; a row is (uid of the start, uid of the end, properties)."""

    type: str
    start: str
    end: str
    rows: list[Line]


Batch = Nodes | Edges


def moment(seconds: float) -> datetime:
    """Epoch seconds as a moment in UTC."""
    return datetime.fromtimestamp(int(seconds), UTC)


def money(name: str, units: int, currency: str, in_base: int) -> Row:
    """An amount as it is stored: minor units, their currency, and minor units of the base currency."""
    return {name: units, f"{name}Currency": currency, f"{name}Base": in_base}


class Sheet:
    """Collects rows until they are drained; what is drained first holds the ends of what is drained later."""

    def __init__(self) -> None:
        self._nodes: dict[str, list[Row]] = {}
        self._edges: dict[tuple[str, str, str], list[Line]] = {}
        self.held = 0

    def node(self, label: str, key: str, created: float, modified: float, values: Row) -> str:
        """A node with that key in the world, its moments in epoch seconds; gives its uid."""
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
        self.held += 1
        return name

    def edge(self, kind: str, start: str, start_uid: str, end: str, end_uid: str, values: Row | None = None) -> None:
        """A relationship between two nodes that are, or were, on the sheet."""
        key = (kind, start, end)
        rows = self._edges.get(key)
        if rows is None:
            rows = self._edges[key] = []
        rows.append((start_uid, end_uid, {} if values is None else values))
        self.held += 1

    def drain(self, most: int = 10_000) -> Iterator[Batch]:
        """Everything collected so far, nodes first, at most `most` rows a batch; the sheet is empty afterwards."""
        nodes, edges = self._nodes, self._edges
        self._nodes, self._edges, self.held = {}, {}, 0
        for label, rows in nodes.items():
            for start in range(0, len(rows), most):
                yield Nodes(label, rows[start : start + most])
        for (kind, first, second), lines in edges.items():
            for start in range(0, len(lines), most):
                yield Edges(kind, first, second, lines[start : start + most])
