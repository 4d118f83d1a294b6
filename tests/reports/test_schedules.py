"""Schedules: made when they are due, sent to a folder, a mail server or a webhook, and repeated when they fail."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph import engine, report_runs
from graph.access import UNRESTRICTED, Access, Principal
from graph.models.report_schedule import PaperSize, ReportDelivery, ReportFormat
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue, Not
from graph.query.selection import Test as Compare
from graph.report_runs import LONGEST_RUN, PAUSES
from graph.roles import install
from graph.store import Store, connect
from reports.catalog import find
from reports.delivery import CHANNELS
from reports.execution import ReportRequest
from reports.execution import run as run_report
from reports.formats import FORMATS, PAPERS, Options
from schema.execution import Executor
from tests.api.running import serving
from tests.reports.scheduled import (
    DAY,
    account,
    block,
    files,
    folder,
    other,
    schedule,
    scheduler,
    stage,
    tomorrow,
    unblock,
)
from tests.schema.conftest import executor
from tests.schema.mutations.stage import Stage

__all__ = ["account", "executor", "folder", "other", "stage"]


def test_formats_papers_and_deliveries_are_those_of_the_reports() -> None:
    assert {one.name.lower() for one in ReportFormat} == set(FORMATS)
    assert {one.name.lower() for one in PaperSize} == set(PAPERS)
    assert {one.name for one in ReportDelivery} == set(CHANNELS)


async def test_a_schedule_whose_times_do_not_exist_does_not_stop_the_others(
    stage: Stage, store: Store, account: str, folder: Path
) -> None:
    await schedule(stage, account, name="A", startsAt="9999-12-31T23:00:00Z", timeZone="Asia/Tokyo", allowFuture=True)
    one = await schedule(stage, account, name="B")
    assert await scheduler(store, folder).run_due(one.first) == 1
    assert len(files(folder)) == 1


async def test_a_report_is_written_to_the_folder_when_it_is_due(
    stage: Stage, store: Store, account: str, folder: Path, executor: Executor
) -> None:
    one = await schedule(stage, account)
    running = scheduler(store, folder)
    assert (await one.state())["nextRunAt"] == one.first.isoformat().replace("+00:00", "Z")
    assert await running.run_due(one.first - timedelta(seconds=1)) == 0
    at = one.first + timedelta(seconds=9)
    assert await running.run_due(at) == 1
    assert await running.run_due(at + timedelta(seconds=15)) == 0
    (file,) = files(folder)
    assert file.name == f"group-rollup-{one.uid}-{one.first:%Y-%m-%d}T070000Z.html"
    assert file.stat().st_mode & 0o077 == 0
    result = await run_report(find("group-rollup"), executor, ReportRequest(stage.caller, (account,), at))
    assert file.read_bytes() == FORMATS["html"].write(result, Options())
    state = await one.state()
    assert state["runStatus"] == "DELIVERED"
    assert state["lastError"] is state["retryAt"] is None
    assert state["lastDelivery"].startswith(file.name)
    assert datetime.fromisoformat(state["lastDueAt"]) == one.first
    assert state["userId"] == stage.caller.user


async def test_missed_times_are_caught_up_once_with_the_latest(
    stage: Stage, store: Store, account: str, folder: Path
) -> None:
    one = await schedule(stage, account)
    running = scheduler(store, folder)
    late = one.first + 20 * DAY + timedelta(hours=3)
    assert await running.run_due(late) == 1
    assert await running.run_due(late + timedelta(minutes=1)) == 0
    assert len(files(folder)) == 1
    assert datetime.fromisoformat((await one.state())["lastDueAt"]) == one.first + 20 * DAY
    assert await running.run_due(one.first + 21 * DAY) == 1


async def test_times_before_the_schedule_existed_or_was_changed_are_not_caught_up(
    stage: Stage, store: Store, account: str, folder: Path
) -> None:
    past = (datetime.now(UTC) - 30 * DAY).replace(microsecond=0)
    one = await schedule(stage, account, startsAt=past.isoformat())
    assert await scheduler(store, folder).run_due(datetime.now(UTC)) == 0
    await stage.do("updateReportSchedule", {"isPaused": True}, uid=one.uid)
    assert await scheduler(store, folder).run_due(datetime.now(UTC) + 9 * DAY) == 0
    assert (await one.state())["nextRunAt"] is None


async def test_several_schedulers_make_a_report_once(
    server: engine.Server, stage: Stage, account: str, folder: Path
) -> None:
    schedules = [await schedule(stage, account) for _ in range(3)]
    async with AsyncExitStack() as stack:
        stores = [
            await stack.enter_async_context(
                connect(server.uri, server.user, server.password, database=server.database, seconds=60)
            )
            for _ in range(6)
        ]
        all_of_them = [scheduler(one, folder) for one in stores]
        ran = await asyncio.gather(*(one.run_due(schedules[0].first) for one in all_of_them))
    assert sum(ran) == len(schedules)
    assert len(files(folder)) == len(schedules)
    assert {(await one.state())["runStatus"] for one in schedules} == {"DELIVERED"}


async def test_a_run_whose_process_died_is_repeated_by_another_and_given_up_in_the_end(
    stage: Stage, store: Store, account: str, folder: Path
) -> None:
    one = await schedule(stage, account)
    at = one.first
    for failed in range(len(PAUSES) + 1):
        (read,) = await report_runs.active(store.reads)
        run = await report_runs.claim(store.writes, read, one.first, at)
        assert run is not None
        assert run.failures == failed
        assert await report_runs.claim(store.writes, read, one.first, at) is None
        assert (await one.state())["runStatus"] == "RUNNING"
        running = scheduler(store, folder)
        assert await running.run_due(at + LONGEST_RUN - timedelta(seconds=1)) == 0
        at += LONGEST_RUN
    assert await running.run_due(at) == 1
    state = await one.state()
    assert state["runStatus"] == "FAILED"
    assert state["lastError"].startswith("The server ended while it made the report.")
    assert files(folder) == []
    assert await running.run_due(one.first + DAY) == 1
    assert (await one.state())["runStatus"] == "DELIVERED"


async def test_a_process_that_lost_its_run_does_not_record_its_end(stage: Stage, store: Store, account: str) -> None:
    one = await schedule(stage, account)
    (read,) = await report_runs.active(store.reads)
    lost = await report_runs.claim(store.writes, read, one.first, one.first)
    (again,) = await report_runs.active(store.reads)
    assert await report_runs.claim(store.writes, again, one.first, one.first + LONGEST_RUN) is not None
    assert lost is not None
    await lost.delivered(store.writes, "nowhere")
    assert (await one.state())["runStatus"] == "RUNNING"


async def test_a_failure_says_why_and_is_repeated_with_growing_pauses(
    stage: Stage, store: Store, account: str, folder: Path
) -> None:
    block(folder)
    one = await schedule(stage, account)
    told: list[str] = []
    running, at = scheduler(store, folder, told=told), one.first
    version = (await one.state())["version"]
    for failed, pause in enumerate(PAUSES, 1):
        assert await running.run_due(at) == 1
        state = await one.state()
        assert (state["runStatus"], state["failures"]) == ("RETRYING", failed)
        assert state["lastError"].startswith("The folder of reports cannot be written: ")
        assert datetime.fromisoformat(state["retryAt"]) == at + pause
        assert await running.run_due(at + pause - timedelta(seconds=1)) == 0
        at += pause
    assert await running.run_due(at) == 1
    state = await one.state()
    assert (state["runStatus"], state["retryAt"]) == ("FAILED", None)
    assert len(told) == len(PAUSES) + 1
    assert state["version"] == version, "runs are not changes of the schedule"
    unblock(folder)
    assert await running.run_due(one.first + DAY) == 1
    state = await one.state()
    assert (state["runStatus"], state["failures"], state["lastError"]) == ("DELIVERED", 0, None)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"report": "no-such-report"}, "There is no report 'no-such-report'."),
        ({"aboutId": "unknown"}, "No account has the id 'unknown'."),
        ({"aboutId": None}, "The report group-rollup is about one record of type Account; got 0 ids."),
        ({"delivery": "EMAIL"}, "Email is not configured on the server."),
        ({"delivery": "WEBHOOK"}, "No webhook is configured on the server."),
    ],
)
async def test_what_cannot_be_done_is_told(
    values: dict[str, Any], reason: str, stage: Stage, store: Store, account: str, folder: Path
) -> None:
    one = await schedule(stage, account, **values)
    assert await scheduler(store, folder).run_due(one.first) == 1
    assert (await one.state())["lastError"].startswith(reason)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("report", "../secret"), ("timeZone", "Mars/Olympus"), ("recipients", ["not an address"]),
        ("recipients", ["ada@alder.example\r\nBcc: eve@evil.example"]),
    ],
)  # fmt: skip
async def test_wrong_values_are_refused(field: str, value: Any, stage: Stage, account: str) -> None:
    given = {
        "name": "One", "report": "group-rollup", "aboutId": account, "startsAt": tomorrow().isoformat(),
        "repeats": "DAY", "delivery": "FOLDER", field: value,
    }  # fmt: skip
    assert await stage.refuse("createReportSchedule", given) == "INVALID"


async def test_a_report_shows_what_the_user_of_the_schedule_may_read(
    stage: Stage, store: Store, other: Stage, account: str, folder: Path
) -> None:
    rules = (("Account", Not(Compare("uid", "eq", AccessValue("hidden")))),)

    def policy(principal: Principal) -> Access:
        return Access(AccessShape(rules), {"hidden": account}) if principal == other.caller else UNRESTRICTED

    mine, theirs = await schedule(stage, account), await schedule(other, account)
    await scheduler(store, folder, policy=policy).run_due(mine.first)
    assert (await mine.state())["runStatus"] == "DELIVERED"
    assert (await theirs.state())["lastError"].startswith(f"No account has the id '{account}'.")
    assert len(files(folder)) == 1


async def test_only_the_user_of_a_schedule_can_change_it(
    stage: Stage, store: Store, executor: Executor, other: Stage, account: str
) -> None:
    one = await schedule(stage, account)
    for caller in (other, Stage(executor, store, None)):
        given = {"id": one.uid, "recipients": ["eve@evil.example"]}
        assert await caller.refuse("updateReportSchedule", given) == "REFUSED"
        assert await caller.refuse("deleteReportSchedule", {"id": one.uid}) == "REFUSED"
    await stage.do("updateReportSchedule", {"recipients": ["a@alder.example"]}, uid=one.uid)
    await stage.do("deleteReportSchedule", {"id": one.uid})
    assert await other.refuse("restoreReportSchedule", {"id": one.uid}) == "REFUSED"
    await stage.do("restoreReportSchedule", {"id": one.uid})


async def test_the_report_of_a_user_who_is_disabled_or_gone_is_not_made(
    stage: Stage, store: Store, executor: Executor, account: str, folder: Path
) -> None:
    user = await stage.do("createUser", {"name": "Lea Lead"})
    theirs = Stage(executor, store, user["id"])
    one = await schedule(theirs, account)
    await stage.do("updateUser", {"isDisabled": True}, uid=user["id"])
    running = scheduler(store, folder)
    await running.run_due(one.first)
    assert (await one.state())["lastError"].startswith("Lea Lead, whom the schedule belongs to, is disabled.")
    await stage.do("deleteUser", {"id": user["id"]})
    await running.run_due(one.first + DAY)
    assert (await one.state())["lastError"].startswith("The user whom the schedule belongs to was not found.")
    assert files(folder) == []


async def test_servers_on_one_database_make_a_report_once(
    server: engine.Server, stage: Stage, account: str, tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    with ExitStack() as stack:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            stack.enter_context(serving(server, tmp_path / name, KITH_REPORTS=str(folder), KITH_COLUMNS="0"))
        soon = datetime.now(UTC) + timedelta(seconds=2)
        await install(stage.store.writes)
        await stage.do("addRoleAssignment", {"holder": stage.caller.user, "role": "role-administrator"})
        one = await schedule(stage, account, startsAt=soon.isoformat(), format="JSON")
        for _ in range(1200):
            if (await one.state())["runStatus"] == "DELIVERED":
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(16)
    (file,) = files(folder)
    assert json.loads(file.read_bytes())["report"] == "group-rollup"
