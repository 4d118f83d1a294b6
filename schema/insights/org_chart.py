"""Org charts: the people of an account with their reporting lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from algorithms.orgchart import Line, OrgChart, Person
from algorithms.orgchart import org_chart as chart_of
from algorithms.strength import strength, sums_of
from graph.query.computed.reporting import reporting
from schema.insights.registry import insight
from schema.request import Request


@insight(on="Account", args=reporting.arguments, reads=reporting, threaded=True)
def org_chart(found: Mapping[str, Any], request: Request, *, asOf: datetime | None) -> OrgChart:
    """The people of the account and who reports to whom, with lines into other accounts of the group."""
    at = asOf or request.now
    people = [
        Person(
            uid, name, job_title, department, tuple(roles),
            max((strength(sums_of(tie), at, request.tie_k).score for tie in ties), default=None),
            datetime.fromisoformat(left_on) if left_on else None,
        )
        for uid, name, job_title, department, roles, left_on, ties in found["people"]
    ]  # fmt: skip
    return chart_of(people, [Line(*line) for line in found["lines"]])
