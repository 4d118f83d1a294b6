"""The ties around two parties from columns, among which the best introductions are searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph.columns.snapshot import Snapshot
from graph.columns.tables import KNOWS, Array, Table
from graph.models.relationships import Knows

_FAR = 100


def ties_between(snapshot: Snapshot, start: str, targets: Sequence[str], max_hops: int) -> dict[str, list[Any]]:
    """The ties on walks of at most `max_hops` from a party to any of several, as equally long columns.

    No walk passes through the start, a target or a party that is not available. The columns are those of
    `graph.ties.reads.neighbourhood`.
    """
    table = snapshot.tables[KNOWS.name]
    room, ids = snapshot.ids.room, snapshot.ids
    goals = np.zeros(room, dtype=bool)
    goals[ids.known(targets)] = True
    origin = np.zeros(room, dtype=bool)
    origin[ids.known([start])] = True
    passable = snapshot.available()
    ahead = _distances(table, origin, goals, passable, max_hops - 1)
    back = _distances(table, goals, origin, passable, max_hops - 1)
    through = np.minimum(ahead[table.start] + back[table.end], ahead[table.end] + back[table.start])
    rows = np.flatnonzero(through < max_hops)
    uids = ids.uids
    found: dict[str, list[Any]] = {name: table.columns[name][rows].tolist() for name in Knows.columns}
    found["start"] = [uids[at] for at in table.start[rows].tolist()]
    found["end"] = [uids[at] for at in table.end[rows].tolist()]
    return found


def _distances(table: Table, origin: Array, barred: Array, passable: Array, most: int) -> Array:
    """The number of hops from the origin to each party, up to `most`; barred and unavailable ones are far."""
    distance = np.full(len(origin), _FAR, dtype=np.int32)
    distance[origin] = 0
    reached = origin
    for hop in range(1, most + 1):
        forward, backward = reached[table.start], reached[table.end]
        following = np.zeros(len(origin), dtype=bool)
        following[table.end[forward]] = True
        following[table.start[backward]] = True
        following &= (distance == _FAR) & passable & ~barred
        if not following.any():
            break
        distance[following] = hop
        reached = following
    return distance
