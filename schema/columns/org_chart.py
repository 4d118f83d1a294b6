"""Org charts from columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graph.columns.charts import reporting
from graph.columns.snapshot import Snapshot
from graph.columns.tables import KNOWS, REPORTS_TO, WORKS_AT, microseconds
from graph.query.computed.reporting import selects
from graph.query.selection import Part
from graph.query.values import camel_case
from schema.columns.registry import answers
from schema.insights.org_chart import org_chart as insight
from schema.request import Request


def _tables(parts: tuple[Part, ...]) -> set[str]:
    return {WORKS_AT.name, REPORTS_TO.name, *([KNOWS.name] if selects(parts, "strength") else [])}


@answers("Account", camel_case(insight.__name__), tables=_tables)
def org_chart(
    snapshot: Snapshot,
    found: Mapping[str, Any],
    request: Request,
    parts: tuple[Part, ...],
    *,
    asOf: datetime | None,
) -> dict[str, Any]:
    """The people of the account and the reporting lines between them."""
    return reporting(snapshot, found["id"], microseconds(asOf or request.now), ties=selects(parts, "strength"))
