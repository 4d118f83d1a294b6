"""Org charts from columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from algorithms.orgchart import OrgChart
from graph.columns.charts import reporting
from graph.columns.snapshot import Snapshot
from graph.columns.tables import KNOWS, REPORTS_TO, WORKS_AT, microseconds
from graph.query.computed.reporting import needs_ties, selects
from graph.query.selection import Part
from graph.query.values import camel_case
from schema.columns.registry import answers
from schema.insights.org_chart import org_chart as insight
from schema.request import Request

_BYTES = 1_000
_BYTES_OF_A_PERSON = 200


def _tables(parts: tuple[Part, ...]) -> set[str]:
    return {WORKS_AT.name, REPORTS_TO.name, *([KNOWS.name] if needs_ties(parts) else [])}


def _has(parts: tuple[Part, ...]) -> bool:
    return not selects(parts, "lastSpokeAt")


@answers("Account", camel_case(insight.__name__), tables=_tables, has=_has)
def org_chart(
    snapshot: Snapshot,
    found: Mapping[str, Any],
    request: Request,
    parts: tuple[Part, ...],
    *,
    asOf: datetime | None,
    layout: bool,
) -> OrgChart | None:
    """The people of the account and the reporting lines between them; kept unless it has strengths, which decay.

    None for strengths at a point in time, because they follow from activities.
    """
    uid, at, ties = found["id"], microseconds(asOf or request.now), needs_ties(parts)

    if ties and asOf is not None:
        return None

    def compute() -> OrgChart:
        return insight(reporting(snapshot, uid, at, ties=ties), request, asOf=asOf, layout=layout)

    return compute() if ties else snapshot.kept((WORKS_AT, REPORTS_TO), (uid, layout), at, compute, _bytes)


def _bytes(chart: OrgChart) -> int:
    """The approximate memory of a chart; a warning can concern everybody."""
    concerned = sum(len(warning.contact_ids) for warning in chart.warnings)
    return _BYTES * (1 + len(chart.warnings)) + _BYTES_OF_A_PERSON * chart.people + 8 * concerned
