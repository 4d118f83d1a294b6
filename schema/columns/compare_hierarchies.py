"""Comparisons of hierarchies from columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graph.columns.hierarchies import parents
from graph.columns.snapshot import Snapshot
from graph.columns.tables import CHILD_OF, microseconds
from graph.query.selection import Part
from graph.query.values import camel_case
from schema.columns.registry import answers
from schema.insights.hierarchies import BothParents, HierarchyComparison, compared
from schema.insights.hierarchies import compare_hierarchies as insight
from schema.request import Request


@answers("Account", camel_case(insight.__name__), tables=lambda _: {CHILD_OF.name})
def compare_hierarchies(
    snapshot: Snapshot,
    found: Mapping[str, Any],
    request: Request,
    _: tuple[Part, ...],
    *,
    a: str,
    b: str,
    asOf: datetime | None,
    **arguments: Any,
) -> HierarchyComparison | None:
    """The page of the comparison."""
    both = parents(snapshot, found["id"], (a, b), microseconds(asOf or request.now))
    if both is None:
        return None
    uids = snapshot.ids.uids
    found_parents = BothParents(
        both.a, both.b, both.rank, lambda member: uids[int(both.records[member])], lambda parent: uids[parent]
    )
    return compared(found_parents, **arguments)
