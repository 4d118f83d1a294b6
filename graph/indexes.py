"""Constraints and indexes: installed from the models, compared with what the database has."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from graph.query.indexes import Wanted, wanted
from graph.store import Bound, Reads, Statement, Writes

_CONSTRAINTS = Statement(
    "constraints",
    "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties RETURN name, type, labelsOrTypes, properties",
)
_INDEXES = Statement(
    "indexes",
    "SHOW INDEXES YIELD name, type, labelsOrTypes, properties, state, owningConstraint WHERE type <> 'LOOKUP' "
    "RETURN name, type, labelsOrTypes, properties, state, owningConstraint",
)
# FillLock a new index on a large graph is not a question somebody waits for.
_SECONDS = 600.0

_AWAIT = Statement("await indexes", "CALL db.awaitIndexes(600)")


@dataclass(frozen=True, slots=True)
class Drift:
    """How the database differs from the models: names missing, different, not asked for, not yet online."""

    missing: tuple[str, ...]
    different: tuple[str, ...]
    unasked: tuple[str, ...]
    building: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.different or self.unasked or self.building)


async def _there(reads: Reads) -> dict[str, tuple[str, frozenset[str], frozenset[str], str]]:
    found = {}
    for row in await reads.records(_CONSTRAINTS.bind()):
        kind = "UNIQUENESS" if "UNIQUENESS" in row["type"] else row["type"]
        found[row["name"]] = (kind, frozenset(row["labelsOrTypes"]), frozenset(row["properties"]), "ONLINE")
    for row in await reads.records(_INDEXES.bind()):
        if row["owningConstraint"] is None:
            found[row["name"]] = (
                row["type"], frozenset(row["labelsOrTypes"]), frozenset(row["properties"]), row["state"],
            )  # fmt: skip
    return found


def _same(one: Wanted, there: tuple[str, frozenset[str], frozenset[str], str]) -> bool:
    return (one.kind, frozenset(one.labels), frozenset(one.properties)) == there[:3]


async def drift(reads: Reads) -> Drift:
    """How the constraints and indexes of the database differ from what the models ask for."""
    there, asked = await _there(reads), {one.name: one for one in wanted()}
    return Drift(
        missing=tuple(sorted(asked.keys() - there.keys())),
        different=tuple(sorted(name for name, one in asked.items() if name in there and not _same(one, there[name]))),
        unasked=tuple(sorted(there.keys() - asked.keys())),
        building=tuple(sorted(name for name in asked.keys() & there.keys() if there[name][3] != "ONLINE")),
    )


async def install(writes: Writes) -> Drift:
    """Makes what is missing, remakes what is different, leaves what nobody asked for; gives the drift found before."""
    writes = copy(writes)
    writes.seconds = max(writes.seconds, _SECONDS)
    before = await drift(writes)
    stale = [one for one in wanted() if one.name in before.different]
    fresh = [one for one in wanted() if one.name in before.different or one.name in before.missing]
    if stale:
        await writes.change(*(Bound(f"drop {one.name}", one.drop, {}) for one in stale))
    if fresh:
        await writes.change(*(Bound(one.name, one.create, {}) for one in fresh))
    if before:
        await writes.alone(_AWAIT.bind())
    return before
