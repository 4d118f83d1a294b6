"""Runs import jobs in the background: one at a time, with progress and a way to stop."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graph import import_jobs
from graph.bulk.recording import EventRecorder
from graph.bulk.undo import Undo
from graph.errors import Conflict, Invalid, KithError, NotFound
from graph.events import EventHeader
from graph.import_targets import importable, targets
from graph.money import Rates
from graph.store import Store
from seed.jobs.guess import fields_of, guess
from seed.jobs.mapping_text import JobMapping, mapping_text
from seed.jobs.outcome import JobRejects, Outcome, SampleRecorder
from seed.jobs.profile import Profile, described, profile
from seed.load.execution import ProgressListener, load, rehearse
from seed.load.plan import Plan, build_plan

log = logging.getLogger("kith.imports")

_SECONDS = 600.0
_SECONDS_BETWEEN_REPORTS = 0.5
_LONGEST_NAME = 200
_OPEN = ("UPLOADED", "CHECKED")
_FILE = "rows.csv"


class StoppedError(Exception):
    """Ends a load or check that somebody stopped."""


@dataclass(slots=True)
class _Progress:
    """The rows that a run has finished, which are written to the job from time to time."""

    done: int = 0
    stopped: bool = False

    def __call__(self, rows: int) -> None:
        self.done += rows
        if self.stopped:
            raise StoppedError


class ImportRunner:
    """The import jobs of a server, whose files are in a folder of its data."""

    def __init__(self, store: Store, folder: Path, rates: Rates) -> None:
        self._store = Store(store.driver, store.reads, store.writes.limited(_SECONDS))
        self._folder, self._rates = folder, rates
        self._turn = asyncio.Lock()
        self._runs: dict[str, _Progress] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def file_of(self, uid: str, name: str) -> Path:
        """The path of a file of a job."""
        return self._folder / uid / name

    # ---------- upload -----------------------------------------------------------------------------------------------

    async def upload(self, path: Path, file_name: str, user: str | None) -> str:
        """Creates a job for a file, which is moved to its folder, and returns its id. Raises Invalid, Unavailable."""
        found, size = await asyncio.to_thread(_profiled, path)
        name = Path(file_name.replace("\\", "/")).name.strip()[:_LONGEST_NAME] or "file.csv"
        guessed = await asyncio.to_thread(guess, found, name)
        uid = await import_jobs.create(
            self._store.writes,
            user,
            {
                "fileName": name,
                "size": size,
                "state": "UPLOADED",
                "source": (Path(name).stem or "file").lower()[:_LONGEST_NAME],
                "target": guessed.target,
                "keyColumn": guessed.key,
                "rows": found.rows,
                "progress": 0,
                "total": 0,
                "canUndo": False,
                **_format(found),
                "storedFields": [guessed.fields.get(one.name, "") for one in found.columns],
            },
        )
        await asyncio.to_thread(self._keep, path, uid)
        return uid

    def _keep(self, path: Path, uid: str) -> None:
        self.file_of(uid, "").mkdir(parents=True, exist_ok=True)
        shutil.move(path, self.file_of(uid, _FILE))

    # ---------- mutations --------------------------------------------------------------------------------------------

    async def change(self, uid: str, given: Mapping[str, Any]) -> None:
        """Changes the mapping of a job that has written nothing. Raises NotFound, Conflict, Invalid, Unavailable."""
        job = await import_jobs.read(self._store.reads, uid)
        names = [json.loads(one)["name"] for one in job["storedColumns"]]
        values = {key: given[key] for key in ("source", "target", "keyColumn") if given.get(key) is not None}
        target = values.get("target", job["target"])
        if target not in importable():
            raise _invalid("target", target, f"Use one of {', '.join(importable())}.")
        if values.get("keyColumn", names[0]) not in names:
            raise _invalid("keyColumn", values["keyColumn"], f"Use one of {', '.join(names)}.")
        if not values.get("source", "x").strip() or len(values.get("source", "x")) > _LONGEST_NAME:
            raise _invalid("source", values["source"], f"Send 1 to {_LONGEST_NAME} characters.")
        fields = dict(zip(names, job["storedFields"], strict=True))
        if target != job["target"]:
            found = await asyncio.to_thread(self._described, uid, job)
            chosen = await asyncio.to_thread(fields_of, target, found)
            fields = dict.fromkeys(names, "") | {one: name for one, (name, _) in chosen.items()}
        for at, one in enumerate(given.get("columns") or ()):
            if one["column"] not in fields:
                raise _invalid(f"columns.{at}.column", one["column"], f"Use one of {', '.join(names)}.")
            field = one.get("field") or ""
            if field and field not in targets(target):
                raise _invalid(f"columns.{at}.field", field, "Read `targetFields` for the fields of the type.")
            fields = {name: "" if field and was == field else was for name, was in fields.items()}
            fields[one["column"]] = field
        values |= {
            "storedFields": [fields[name] for name in names],
            "state": "UPLOADED",
            "message": None,
            "storedSamples": [],
        }
        await self._move(uid, _OPEN, "change its mapping", **values)

    async def check(self, uid: str) -> None:
        """Begins a check. Raises NotFound, Conflict, Unavailable."""
        await self._move(uid, _OPEN, "check it", state="CHECKING", progress=0, message=None)
        self._begin(uid, self._check(uid), back="UPLOADED")

    async def start(self, uid: str, header: EventHeader) -> None:
        """Begins a load, or continues one. Raises NotFound, Conflict, Unavailable."""
        job = await import_jobs.read(self._store.reads, uid)
        started = job.get("startedAt") or datetime.now(UTC)
        more = {"startedAt": started, "canUndo": True, "finishedAt": None, "undoneAt": None}
        sources = (*_OPEN, "STOPPED", "FAILED")
        await self._move(uid, sources, "load it", state="LOADING", progress=0, message=None, **more)
        self._begin(uid, self._load(uid, header), back="FAILED")

    async def stop(self, uid: str) -> None:
        """Stops a check or load after its current batches. Raises NotFound, Conflict."""
        job = await import_jobs.read(self._store.reads, uid)
        run = self._runs.get(uid)
        if run is None or job["state"] not in ("CHECKING", "LOADING"):
            raise Conflict(f"The import is not running; it is {job['state']}.", remedy="Read its state again.")
        run.stopped = True

    async def undo(self, uid: str, header: EventHeader) -> None:
        """Begins to undo a load. Raises NotFound, Conflict, Unavailable."""
        job = await import_jobs.read(self._store.reads, uid)
        if not job.get("canUndo"):
            raise Conflict("The import has written nothing that could be undone.", remedy="Read its counts.")
        undo = Undo(self._store, uid, job["source"], job["startedAt"].to_native())
        await undo.check()
        sources = ("LOADED", "STOPPED", "FAILED")
        await self._move(uid, sources, "undo it", state="UNDOING", progress=0, message=None)
        self._begin(uid, self._undo(uid, undo, header), back="FAILED")

    async def _move(self, uid: str, sources: tuple[str, ...], what: str, **values: Any) -> None:
        if not await import_jobs.move(self._store.writes, uid, sources, **values):
            job = await import_jobs.read(self._store.reads, uid)
            raise Conflict(
                f"The import is {job['state']}, so you cannot {what}.",
                remedy=f"That is possible while it is {' or '.join(sources)}.",
            )

    # ---------- background -------------------------------------------------------------------------------------------

    async def recover(self) -> None:
        """Ends the jobs that a server left in progress when it stopped. Raises Unavailable."""
        states = {"CHECKING": "UPLOADED", "LOADING": "STOPPED", "UNDOING": "FAILED"}
        for before, after in states.items():
            for uid in await import_jobs.in_states(self._store.reads, before):
                if self.file_of(uid, _FILE).exists() and uid not in self._runs:
                    message = "The server stopped while the job was in progress."
                    await import_jobs.update(self._store.writes, uid, state=after, message=message)

    async def close(self) -> None:
        """Stops the runs, and waits for their current batches."""
        for run in self._runs.values():
            run.stopped = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_SECONDS_BETWEEN_REPORTS * 20)

    def _begin(self, uid: str, run: Coroutine[Any, Any, None], *, back: str) -> None:
        self._runs[uid] = _Progress()
        task = asyncio.create_task(self._run(uid, run, back), name=f"import {uid}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, uid: str, run: Coroutine[Any, Any, None], back: str) -> None:
        """Runs one job at a time, reports its progress, and says in the job why it failed."""
        reporting = asyncio.create_task(self._report(uid))
        try:
            async with self._turn:
                await run
        except KithError as error:
            await self._fail(uid, back, f"{error.message} {error.remedy}")
        except Exception:
            log.exception("an import job failed", extra={"job": uid})
            await self._fail(uid, back, "An internal error occurred; the log of the server has the details.")
        finally:
            reporting.cancel()
            self._runs.pop(uid, None)

    async def _fail(self, uid: str, state: str, message: str) -> None:
        with suppress(KithError):  # the database is gone; `recover` ends the job
            written = await self._written(uid)
            if state == "FAILED" and not written.get("canUndo"):  # nothing was written, so the mapping can be changed
                state, written = "UPLOADED", written | {"startedAt": None}
            await import_jobs.update(self._store.writes, uid, state=state, message=message, **written)

    async def _report(self, uid: str) -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_REPORTS)
            with suppress(KithError):
                await import_jobs.update(self._store.writes, uid, progress=self._runs[uid].done)

    async def _check(self, uid: str) -> None:
        planned = await self._plan(uid)
        samples, progress = SampleRecorder(), self._runs[uid]
        with JobRejects(self.file_of(uid, "rejects.csv")) as rejects:
            listener = ProgressListener(done=progress)
            try:
                counts = await rehearse(self._store, planned, rejects, listener=listener, recorder=samples)
            except StoppedError:
                await import_jobs.update(self._store.writes, uid, state="UPLOADED", message="The check was stopped.")
                return
        outcome = Outcome.of(counts, rejects)
        await import_jobs.update(
            self._store.writes, uid, state="CHECKED", progress=progress.done, checkedAt=datetime.now(UTC),
            storedSamples=samples.texts(), **outcome.properties(),
        )  # fmt: skip

    async def _load(self, uid: str, header: EventHeader) -> None:
        planned = await self._plan(uid)
        job, progress = await import_jobs.read(self._store.reads, uid), self._runs[uid]
        now = job["startedAt"].to_native()
        recorder = EventRecorder(header, job["source"], now)
        with JobRejects(self.file_of(uid, "rejects.csv")) as rejects:
            try:
                listener = ProgressListener(done=progress)
                counts = await load(self._store, planned, rejects, listener=listener, now=now, recorder=recorder)
            except StoppedError:
                more = await self._written(uid)
                message = "The load was stopped. Continue it, or undo what it wrote."
                await import_jobs.update(self._store.writes, uid, state="STOPPED", message=message, **more)
                return
        written = await self._written(uid)
        outcome = Outcome.of(counts, rejects).properties()
        await import_jobs.update(
            self._store.writes, uid, state="LOADED", progress=progress.done, finishedAt=datetime.now(UTC),
            **{**outcome, **written},
        )  # fmt: skip

    async def _undo(self, uid: str, undo: Undo, header: EventHeader) -> None:
        progress = self._runs[uid]
        try:
            await undo.run(header, progress)
        except StoppedError:
            message = "The server stopped while the job was undone. Undo it again to continue."
            await import_jobs.update(self._store.writes, uid, state="FAILED", message=message)
            return
        await import_jobs.update(
            self._store.writes, uid, state="UNDONE", progress=progress.done, canUndo=False, undoneAt=datetime.now(UTC)
        )

    async def _written(self, uid: str) -> dict[str, Any]:
        """What a job has written, by its events."""
        job = await import_jobs.read(self._store.reads, uid)
        if job.get("startedAt") is None:
            return {}
        counts = await Undo(self._store, uid, job["source"], job["startedAt"].to_native()).counts()
        created, changed = counts.pop(job["target"], (0, 0))
        links = sum(sum(both) for both in counts.values())
        return {"created": created, "changed": changed, "links": links, "canUndo": bool(created or changed or links)}

    async def _plan(self, uid: str) -> Plan:
        """The plan of a job. Raises Invalid with what is wrong with its mapping, NotFound."""
        job = await import_jobs.read(self._store.reads, uid)
        planned = await asyncio.to_thread(self._planned, uid, job)
        total = len(planned.steps) * job["rows"]
        await import_jobs.update(self._store.writes, uid, total=total)
        return planned

    def _planned(self, uid: str, job: Mapping[str, Any]) -> Plan:
        if job.get("keyColumn") is None:
            raise _invalid("keyColumn", None, "Choose the column that identifies a row.")
        columns = [json.loads(one)["name"] for one in job["storedColumns"]]
        fields = {column: name for column, name in zip(columns, job["storedFields"], strict=True) if name}
        mapping = JobMapping(_FILE, job["source"], job["target"], job["keyColumn"], fields, self._rates.base)
        path = self.file_of(uid, "mapping.toml")
        path.write_text(mapping_text(mapping, self._described(uid, job)), "utf-8")
        planned, complaints = build_plan(str(path), path.parent, self._rates)
        if planned is None:
            first = complaints[0]
            raise Invalid(first.message, remedy=first.remedy)
        return planned

    def _described(self, uid: str, job: Mapping[str, Any]) -> Profile:
        path = self.file_of(uid, _FILE)
        if not path.exists():
            raise NotFound(f"The file of the import job {uid} is not on this server.", remedy="Upload the file again.")
        return described(path, job["encoding"], job["delimiter"], count=False)


def _profiled(path: Path) -> tuple[Profile, int]:
    return profile(path), path.stat().st_size


def _format(found: Profile) -> dict[str, Any]:
    columns = [json.dumps({"name": one.name, "samples": one.samples}, ensure_ascii=False) for one in found.columns]
    return {"encoding": found.encoding, "delimiter": found.delimiter, "storedColumns": columns}


def _invalid(field: str, value: object, remedy: str) -> Invalid:
    return Invalid(
        f"`{field}` has a value that is not possible here: {value!r}.", remedy=remedy, field=f"input.{field}"
    )
