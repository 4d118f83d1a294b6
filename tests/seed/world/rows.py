"""The small world as plain rows, read once for all tests about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from seed.world.generate import World
from seed.world.sheet import Nodes, Properties
from seed.world.stories import Fact

UNTIL = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """One relationship with the labels and uids of its ends."""

    type: str
    start_label: str
    start: str
    end_label: str
    end: str
    values: Properties

    def holds(self, at: datetime) -> bool:
        """Whether it holds at that moment."""
        since, until = self.values.get("validFrom"), self.values.get("validTo")
        return (since is None or since <= at) and (until is None or at < until)


@dataclass
class Rows:
    """A world: nodes by label and uid, relationships by type, and what its generator says about itself."""

    nodes: dict[str, dict[str, Properties]] = field(default_factory=lambda: defaultdict(dict))
    lines: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    facts: list[Fact] = field(default_factory=list)
    k: float = 0.0

    def fact(self, story: str, part: str) -> Fact:
        """The planted record whose part in a story begins like that."""
        return next(one for one in self.facts if one.story == story and one.part.startswith(part))

    def labels(self) -> Iterator[tuple[str, Properties]]:
        """Every node with its label."""
        for label, rows in self.nodes.items():
            for row in rows.values():
                yield label, row

    def out(self, edge: str, at: datetime = UNTIL, **values: Any) -> dict[str, list[Line]]:
        """The relationships of a type that hold at a moment and have these values, by their start."""
        found: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines[edge]:
            if line.holds(at) and all(line.values.get(name) == value for name, value in values.items()):
                found[line.start].append(line)
        return found


def read(size: str = "small", number: int = 1, until: datetime = UNTIL) -> Rows:
    """A world read to its end."""
    world, rows = World(size, number, until), Rows()
    for batch in world.batches():
        if isinstance(batch, Nodes):
            for row in batch.rows:
                assert row["uid"] not in rows.nodes[batch.label]
                rows.nodes[batch.label][row["uid"]] = row
        else:
            for start, end, values in batch.rows:
                rows.lines[batch.type].append(Line(batch.type, batch.start, start, batch.end, end, values))
    rows.facts, rows.k = world.facts, world.k
    return rows


@cache
def small() -> Rows:
    """The small world of number 1 as of `UNTIL`."""
    return read()
