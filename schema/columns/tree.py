"""Trees of accounts from columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from algorithms.tree import Tree
from graph.columns.snapshot import Snapshot
from graph.columns.subtree import subtree
from graph.columns.tables import CHILD_OF, DEALS, ORDERS, WORKS_AT, microseconds
from graph.query.computed.reporting import selects
from graph.query.computed.subtree import FIGURES
from graph.query.selection import Part
from graph.query.values import camel_case
from schema.columns.registry import answers
from schema.insights.tree import AccountRows, AccountTree, shown
from schema.insights.tree import tree as insight
from schema.request import Request


def _tables(parts: tuple[Part, ...]) -> set[str]:
    # The figure that siblings are ordered by is known when the request runs.
    return {CHILD_OF.name, DEALS.name, ORDERS.name, *([WORKS_AT.name] if selects(parts, "contacts") else [])}


@answers("Account", camel_case(insight.__name__), tables=_tables)
def tree(
    snapshot: Snapshot,
    found: Mapping[str, Any],
    request: Request,
    parts: tuple[Part, ...],
    *,
    hierarchy: str,
    asOf: datetime | None,
    **arguments: Any,
) -> AccountTree | None:
    """The page of the tree."""
    at = microseconds(asOf or request.now)
    below = subtree(snapshot, found["id"], hierarchy, at, FIGURES, people=selects(parts, "contacts"))
    if below is None:
        return None
    rows = Tree(below.parent, below.size, below.rank, below.figures, below.places, below.people)
    return shown(AccountRows(rows, below.uid, below.place, below.since), **arguments)
