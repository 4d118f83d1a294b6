"""Org charts: the people of an account with their reporting lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from algorithms.knows import ties_at
from algorithms.orgchart import Line, OrgChart, Person
from algorithms.orgchart import org_chart as chart_of
from algorithms.strength import score, sums_of
from graph.query.computed.reporting import reporting
from graph.query.values import Argument
from schema.insights.registry import always, insight
from schema.request import Request


@insight(
    on="Account",
    args=(*reporting.arguments, Argument("layout", bool, "Whether seats have coordinates.", False)),
    reads=reporting,
    threaded=always,
)
def org_chart(found: Mapping[str, Any], request: Request, *, asOf: datetime | None, layout: bool) -> OrgChart:
    """The people of the account and who reports to whom, with lines into other accounts of the group."""
    people = [
        Person(
            uid, name, job_title, department, tuple(roles), strength, _time(left_on), user, _time(spoke), here
        )
        for uid, name, job_title, department, roles, left_on, ties, spoke, here in found["people"]
        for strength, user in (_best(ties, request, asOf),)
    ]  # fmt: skip
    chart = chart_of(people, [Line(*line) for line in found["lines"]], layout=layout)
    return replace(chart, withheld=found["withheld"]) if "withheld" in found else chart


def _best(ties: Sequence[Any], request: Request, at: datetime | None) -> tuple[float | None, str | None]:
    """The strength of the strongest tie to a user, and the user; at a point in time, the ties are activities."""
    if at is None:
        scored = [(-score(sums_of(columns), request.now, request.tie_k), user) for user, _, *columns in ties]
    else:
        scored = [(-score(tie.sums, at, request.tie_k), tie.start) for tie in ties_at(ties, at)]
    if not scored:
        return None, None
    strength, user = min(scored)
    return 0.0 - strength, user


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
