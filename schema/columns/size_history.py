"""The size of groups over time from columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from algorithms.hierarchies import Periods
from graph.columns.hierarchies import lines
from graph.columns.snapshot import Snapshot
from graph.columns.tables import CHILD_OF
from graph.query.selection import Part
from graph.query.values import camel_case
from schema.columns.registry import answers
from schema.insights.hierarchies import GroupSize, Lines, sizes
from schema.insights.hierarchies import size_history as insight
from schema.request import Request


@answers("Account", camel_case(insight.__name__), tables=lambda _: {CHILD_OF.name})
def size_history(
    snapshot: Snapshot, found: Mapping[str, Any], _: Request, __: tuple[Part, ...], *, hierarchy: str, **arguments: Any
) -> list[GroupSize] | None:
    """The steps of the history."""
    known, top = lines(snapshot, hierarchy), snapshot.account(found["id"])
    if top is None:
        none = np.empty(0, dtype=np.int64)
        return sizes(Lines(Periods(none, none, none, none), 0), **arguments)
    periods = Periods(known.child, known.parent, known.begin, known.end)
    return None if periods.overlap() else sizes(Lines(periods, top), **arguments)
