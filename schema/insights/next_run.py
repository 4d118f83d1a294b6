"""When a report schedule runs next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from algorithms.recurrence import next_time
from schema.insights.registry import insight
from schema.request import Request


@insight(on="ReportSchedule", reads="startsAt repeats timeZone isPaused")
def next_run_at(found: Mapping[str, Any], request: Request, **__: Any) -> datetime | None:
    """When the report is made next, apart from the repetition of a run that failed; null while it is paused."""
    if found["isPaused"]:
        return None
    start = datetime.fromisoformat(found["startsAt"])
    return next_time(start, found["repeats"], found["timeZone"] or "UTC", request.now)
