"""Hierarchies over time and beside each other from columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.columns.snapshot import Snapshot
from graph.columns.tables import CHILD_OF, Array


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a hierarchy at any time: child, parent, and the time from and until which each is valid."""

    child: Array
    parent: Array
    begin: Array
    end: Array


def lines(snapshot: Snapshot, hierarchy: str) -> Lines:
    """All lines of a hierarchy."""
    table = snapshot.tables[CHILD_OF.name]
    inside = table.columns["hierarchy"] == hierarchy.encode()
    columns = (table.start, table.end, table.columns["valid_from"], table.columns["valid_to"])
    return Lines(*(one[inside] for one in columns))


@dataclass(frozen=True, slots=True, eq=False)
class Parents:
    """The accounts below an account in either of two hierarchies: their records, both parents and their rank by name.

    The parents are records, -1 without one.
    """

    records: Array
    a: Array
    b: Array
    rank: Array


def parents(snapshot: Snapshot, uid: str, hierarchies: tuple[str, str], at: int) -> Parents | None:
    """The accounts below an account in either hierarchy at a time; None for what the columns cannot answer."""
    forests = [forest for one in hierarchies if (forest := snapshot.forest(one, at)) is not None]
    if len(forests) < len(hierarchies):
        return None
    record = snapshot.account(uid)
    below = [] if record is None else [one.order[one.slice(record)] for one in forests]
    found = np.unique(np.concatenate(below)) if below else np.empty(0, dtype=np.int64)
    found = found[found != record]
    a, b = (one.parent[found] for one in forests)
    return Parents(found, a, b, snapshot.name_ranks()[found])
