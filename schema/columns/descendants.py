"""Pages of descendants from columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from algorithms.results import Ref
from graph.columns.descendants import descendants as descendants_of
from graph.columns.snapshot import Snapshot
from graph.columns.tables import CHILD_OF, microseconds
from graph.query.selection import Part
from schema.columns.registry import answers
from schema.request import Request
from schema.values import PageInfo


@dataclass(frozen=True, slots=True)
class AccountDescendantEdge:
    """The parts of an edge that columns have."""

    node: Annotated[str, Ref("Account"), "The account."]
    cursor: Annotated[str, "The position of the account."]
    depth: Annotated[int, "The number of levels below the account."]


@dataclass(frozen=True, slots=True)
class AccountDescendantConnection:
    """The parts of a page that columns have."""

    nodes: Annotated[list[str], Ref("Account"), "The accounts."]
    edges: Annotated[list[AccountDescendantEdge], "The accounts with their positions."]
    page_info: Annotated[PageInfo, "The position of the page."]
    total_count: Annotated[int, "The number of all descendants."]
    withheld: Annotated[int, "The number of hidden descendants: columns answer callers without rules."] = 0


@answers("Account", "descendants", tables=lambda _: {CHILD_OF.name}, page=AccountDescendantConnection)
def descendants(
    snapshot: Snapshot,
    found: Mapping[str, Any],
    request: Request,
    parts: tuple[Part, ...],
    *,
    hierarchy: str,
    asOf: datetime | None,
    maxDepth: int | None,
    first: int,
    after: str | None,
) -> AccountDescendantConnection | None:
    """The first accounts below the account, or those after a position, in the order of their ids."""
    at = microseconds(asOf or request.now)
    page = descendants_of(snapshot, found["id"], hierarchy, at, levels=maxDepth, size=first, after=after)
    if page is None:
        return None
    cursors = [f"|{uid}" for uid in page.uids]
    ends = (cursors[0], cursors[-1]) if cursors else (None, None)
    edges = []
    if any(part.name == "edges" for part in parts):
        edges = [AccountDescendantEdge(*edge) for edge in zip(page.uids, cursors, page.levels, strict=True)]
    return AccountDescendantConnection(list(page.uids), edges, PageInfo(page.later, page.earlier, *ends), page.total)
