"""Makes and sends the reports of schedules when they are due.

A time that passed while no process ran is caught up once, with the latest one. A run that fails is repeated after the
pauses in `graph.report_runs`. Times before the last change of a schedule are not caught up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from anyio import to_thread

from algorithms.recurrence import latest_time
from graph import report_runs
from graph.access import Principal
from graph.errors import Invalid, KithError, NotFound
from graph.report_runs import PAUSES, Run, Schedule
from graph.settings import Settings
from graph.store import Store
from reports.catalog import find
from reports.delivery import CHANNELS, Parcel, key_of
from reports.execution import ReportRequest, Result, moment_of
from reports.execution import run as run_report
from reports.formats import FORMATS, Options
from reports.kinds import shorten, show_time
from reports.pages import verdict
from reports.rendering import Renderer
from schema.execution import Executor

log = logging.getLogger("kith.reports")

_OWNER = "query Owner { me { user { name isDisabled emailAddress1 } } }"
_SECONDS_BETWEEN_LOOKS = 15.0
_MOST_SECONDS = 300.0
"""The time limit of a run; it is shorter than the time after which another process repeats it."""


def due_of(schedule: Schedule, now: datetime) -> datetime | None:
    """Returns the time that a schedule has to run for, if any: the latest one, or that of a run that is repeated."""
    latest = latest_time(schedule.starts_at, schedule.repeats, schedule.time_zone or "UTC", now)
    handled = max(schedule.modified_at, schedule.last_due_at or schedule.modified_at)
    if latest is not None and latest > handled:
        return latest
    if schedule.retry_at is not None and schedule.retry_at <= now:
        return schedule.last_due_at
    return None


class Scheduler:
    """Runs the schedules of a database; several processes may do so at the same time.

    `principal_of` returns the caller that the reports of a user are made for, with the present rights.
    """

    def __init__(
        self,
        store: Store,
        executor: Executor,
        renderer: Renderer,
        settings: Settings,
        notify: Callable[[str], None],
        *,
        principal_of: Callable[[str | None], Awaitable[Principal]],
    ) -> None:
        self._store, self._executor, self._renderer = store, executor, renderer
        self._principal_of = principal_of
        self._settings, self._notify = settings, notify

    async def run(self) -> None:
        """Looks for schedules that are due, again and again, until it is cancelled."""
        while True:
            try:
                await self.run_due()
            except KithError as error:
                self._notify(f"Kith could not look for reports that are due: {error.message}")
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)

    async def run_due(self, at: datetime | None = None) -> int:
        """Runs the schedules that are due, one after the other, and returns how many this process ran.

        They are due at a given time, by default at the time when it is their turn: those before them may take long.
        """
        done = 0
        for schedule in await report_runs.active(self._store.reads):
            now = at or datetime.now(UTC)
            try:
                due = due_of(schedule, now)
            except (OverflowError, ValueError):  # a time that does not exist in the time zone of the schedule
                log.exception("the times of a schedule cannot be computed", extra={"schedule": schedule.uid})
                continue
            run = await report_runs.claim(self._store.writes, schedule, due, now) if due is not None else None
            if run is not None:
                await self._perform(run, at)
                done += 1
        return done

    async def _perform(self, run: Run, at: datetime | None) -> None:
        """Runs a schedule, and records where the report was sent or why it was not."""
        now = at or datetime.now(UTC)
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                sent = await self._make_and_send(run, now)
        except KithError as error:
            reason = f"{error.message} {error.remedy}"
        except TimeoutError:
            reason = f"The report took longer than {_MOST_SECONDS:.0f} seconds. Choose a smaller record."
        except Exception as error:
            log.exception("a scheduled report failed", extra={"schedule": run.schedule.uid})
            reason = f"The report failed because of an internal error ({type(error).__name__}). Report it."
        else:
            await run.delivered(self._store.writes, sent)
            return
        self._notify(f"The scheduled report {run.schedule.uid} failed: {reason}")
        await run.failed(self._store.writes, reason, at or datetime.now(UTC))

    async def _make_and_send(self, run: Run, now: datetime) -> str:
        schedule = run.schedule
        if run.failures > len(PAUSES):
            raise KithError("The server ended while it made the report.", remedy="Read the log of the server.")
        report, principal = find(schedule.report), await self._principal_of(schedule.user)
        address = await self._address(principal, now)
        about = () if schedule.about is None else (schedule.about,)
        result = await run_report(report, self._executor, ReportRequest(principal, about, moment_of(None, now)))
        chosen = FORMATS[schedule.format.lower()]
        content = await self._renderer.write(chosen, result, Options(schedule.paper.lower(), None))
        key = key_of(schedule.uid, f"{run.due.astimezone(UTC):%Y-%m-%dT%H%M%SZ}")
        parcel = Parcel(
            key=key,
            file=f"{report.name}-{key}.{chosen.name}",
            content=content,
            media_type=chosen.media_type,
            title=f"{report.title}: {shorten(result.subject)}",
            text=_text(schedule, result),
            recipients=tuple(schedule.recipients or ([address] if address else [])),
        )
        return await to_thread.run_sync(CHANNELS[schedule.delivery], self._settings, parcel)

    async def _address(self, principal: Principal, now: datetime) -> str | None:
        """Returns the email address of the user whom a schedule belongs to, who must still exist and be enabled."""
        if principal.user is None:
            return None
        answer = await self._executor.execute(_OWNER, {}, None, principal=principal, reads_only=True, now=now)
        user = (answer.body.get("data") or {}).get("me", {}).get("user")
        if user is None:
            raise NotFound(
                "The user whom the schedule belongs to was not found.", remedy="Create a schedule of your own."
            )
        if user["isDisabled"]:
            raise Invalid(
                f"{user['name']}, whom the schedule belongs to, is disabled.", remedy="Create a schedule of your own."
            )
        address: str | None = user["emailAddress1"]
        return address


def _text(schedule: Schedule, result: Result) -> str:
    """The text of a message with a report."""
    conclusion = " ".join(verdict(result).split())
    return (
        f"{conclusion}\n\nAs of {show_time(result.moment)}. {result.hidden}\n\n"
        f"You receive this report because of the schedule “{shorten(schedule.name)}” of {result.caller or 'Kith'}.\n"
    )
