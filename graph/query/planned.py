"""Patterns of what is planned: open tasks, meetings ahead and the expected close dates of open deals."""

from __future__ import annotations

TASK_DUE = "coalesce(planned.endedAt, planned.startedAt)"
"""The time at which a task is due."""

OPEN_TASK = f"planned:Task AND planned.status IN ['OPEN', 'SCHEDULED'] AND {TASK_DUE} IS NOT NULL"

MEETING_AHEAD = (
    "planned:Appointment AND planned.status IN ['OPEN', 'SCHEDULED'] AND coalesce(planned.endedAt, planned.startedAt) "
    ">= $now"
)

CLOSING = "deal.state = 'OPEN' AND deal.estimatedCloseDate >= date($now)"
