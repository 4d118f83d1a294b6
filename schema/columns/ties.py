"""Introductions from columns: the database reads both ends, the columns have the ties between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.columns.snapshot import Snapshot
from graph.columns.ties import ties_between
from graph.query.selection import Part
from graph.store import Bound
from graph.ties import reads
from schema.columns.registry import answers
from schema.insights.registry import QUERY
from schema.insights.ties import introductions as insight
from schema.insights.ties import start_of
from schema.request import Request


def _ends(request: Request, *, to: str, from_: str | None, maxHops: int, **_: Any) -> Bound:
    reads.check_hops(maxHops)
    return reads.ends(start_of(request, from_), to, now=request.now, access=request.access)


@answers(QUERY, insight.__name__, reads=_ends)
def introductions(
    snapshot: Snapshot,
    found: Mapping[str, Any],
    request: Request,
    _: tuple[Part, ...],
    *,
    from_: str | None,
    maxHops: int,
    **__: Any,
) -> dict[str, Any]:
    """The ties between which the best introductions are searched."""
    return {**found, **ties_between(snapshot, start_of(request, from_), found["targets"], maxHops)}
