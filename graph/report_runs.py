"""Runs of report schedules: read, claimed by one process, and completed.

Each start and end of a run changes `run` of the schedule. A process claims a run only if `run` is as it read it, so of
several processes one succeeds. A run that its process never ends is repeated at `retryAt` by any process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graph.identity import new_uid
from graph.store import Reads, Statement, Writes

LONGEST_RUN = timedelta(minutes=10)
"""How long after its start a run without an end is repeated."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""The pauses before a run that failed is repeated; after the last one it has failed until the next time."""

_UNUSED = {
    "01N50": "no schedule was created yet",
    "01N51": "no schedule was created yet",
    "01N52": "no schedule has run yet",
}

ACTIVE = Statement(
    "report_runs.active",
    """MATCH (s:ReportSchedule) WHERE NOT coalesce(s.isPaused, false)
WITH s ORDER BY s.uid
RETURN collect({
  uid: s.uid, name: s.name, report: s.report, about: s.aboutId, format: s.format, paper: s.paper,
  starts_at: s.startsAt, repeats: s.repeats, time_zone: s.timeZone, delivery: s.delivery, recipients: s.recipients,
  user: s.userId, modified_at: s.modifiedAt, last_due_at: s.lastDueAt, status: s.runStatus, failures: s.failures,
  retry_at: s.retryAt, run: s.run, version: toString(s.modifiedAt)
}) AS schedules""",
    expected=_UNUSED,
)

# The first SET takes a write lock on the node, so that concurrent claims wait for each other.
_CLAIM = Statement(
    "report_runs.claim",
    """MATCH (s:ReportSchedule {uid: $uid})
SET s.held = true REMOVE s.held
WITH s WHERE coalesce(s.run, '') = $seen AND NOT coalesce(s.isPaused, false) AND toString(s.modifiedAt) = $version
SET s.run = $run, s.lastDueAt = $due, s.lastRunAt = $now, s.runStatus = 'RUNNING', s.retryAt = $until,
  s.failures = $failures
RETURN count(s) AS claimed""",
    expected=_UNUSED,
)

_END = Statement(
    "report_runs.end",
    """MATCH (s:ReportSchedule {uid: $uid})
SET s.held = true REMOVE s.held
WITH s WHERE s.run = $run
SET s += $values, s.run = $next
RETURN count(s) AS ended""",
    expected=_UNUSED,
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it was read."""

    uid: str
    name: str
    report: str
    about: str | None
    format: str
    paper: str
    starts_at: datetime
    repeats: str
    time_zone: str | None
    delivery: str
    recipients: list[str] | None
    user: str | None
    modified_at: datetime
    last_due_at: datetime | None
    status: str | None
    failures: int | None
    retry_at: datetime | None
    run: str | None
    version: str

    @property
    def failed(self) -> int:
        """How often the last run failed; one that its process did not end counts."""
        return (self.failures or 0) + (self.status == "RUNNING")


@dataclass(frozen=True, slots=True)
class Run:
    """A run that this process has claimed: the time that it is for, and how often it failed before."""

    schedule: Schedule
    due: datetime
    failures: int
    token: str

    async def delivered(self, writes: Writes, to: str) -> None:
        """Records that the report was sent."""
        await self._end(writes, runStatus="DELIVERED", lastDelivery=to, lastError=None, retryAt=None, failures=0)

    async def failed(self, writes: Writes, reason: str, now: datetime) -> None:
        """Records why the run failed, and when it is repeated, if it is."""
        again = self.failures < len(PAUSES)
        await self._end(
            writes,
            runStatus="RETRYING" if again else "FAILED",
            lastError=reason,
            retryAt=now + PAUSES[self.failures] if again else None,
            failures=self.failures + 1,
        )

    async def _end(self, writes: Writes, **values: Any) -> None:
        await writes.change(_END.bind(uid=self.schedule.uid, run=self.token, next=new_uid(), values=values))


async def active(reads: Reads) -> list[Schedule]:
    """Returns the schedules that are not paused."""
    found = await reads.ask(ACTIVE.bind())
    return [Schedule(**{**one, **{key: _native(one[key]) for key in _TIMES}}) for one in found]


_TIMES = ("starts_at", "modified_at", "last_due_at", "retry_at")


def _native(value: Any) -> datetime | None:
    return None if value is None else value.to_native()


async def claim(writes: Writes, schedule: Schedule, due: datetime, now: datetime) -> Run | None:
    """Claims the run of a schedule for a time; None if another process has, or if the schedule was changed."""
    run = Run(schedule, due, schedule.failed if due == schedule.last_due_at else 0, new_uid())
    bound = _CLAIM.bind(
        uid=schedule.uid, seen=schedule.run or "", version=schedule.version, run=run.token, due=due, now=now,
        until=now + LONGEST_RUN, failures=run.failures,
    )  # fmt: skip
    return run if await writes.change(bound) else None
