"""The commands of `python -m graph`; each prints its result and returns an exit status."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import psutil
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from graph import engine, schema_version
from graph import indexes as models_indexes
from graph.backup.archive import Manifest
from graph.backup.create import create, file_name
from graph.backup.restore import restore as restore_backup
from graph.counts import Counts, counts
from graph.engine import java, server_lease
from graph.engine.folder import Folder
from graph.errors import Conflict, Invalid, Refused, Unavailable
from graph.event_chain.sealing import seal
from graph.event_chain.verification import verify
from graph.migrations import execution as migrations
from graph.money import Rates
from graph.settings import MEBIBYTE, Settings
from graph.store import Statement, Store, connect
from graph.valuation.revaluation import revalue as convert_amounts

RUNNING, NOT_RUNNING = 0, 3
SECONDS_TO_STOP = 120.0
STATEMENT_SECONDS = 600.0
NODES_PER_TRANSACTION = 10_000

COMPONENTS = Statement("graph.version", "CALL dbms.components() YIELD versions RETURN versions[0] AS version")
WIPE = Statement("graph.wipe", "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF $rows ROWS")

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class ServerStatus:
    """The status of a server, as `status --json` prints it."""

    uri: str | None
    user: str | None
    database: str | None
    passwordFile: str | None  # noqa: N815  (a name in the output of `status --json`)
    version: str | None
    counts: Counts | None
    phase: str
    kept: bool
    usedBy: list[int]  # noqa: N815


@asynccontextmanager
async def open_store(server: engine.Server) -> AsyncIterator[Store]:
    """Connects to a server with the long statement timeout of commands."""
    async with connect(
        server.uri,
        server.user,
        server.password,
        database=server.database,
        seconds=STATEMENT_SECONDS,
    ) as store:
        yield store


async def start(settings: Settings) -> int:
    """Starts the local server unless it runs, and keeps it running until `stop`."""
    _require_local_server(settings, "start")
    folder = server_lease.folder_of(settings)
    async with engine.server(settings) as server:
        folder.keep(True)
        console.print(f"Neo4j {server.version} answers at {server.uri}; it keeps running until `python -m graph stop`.")
        console.print(f"User {server.user}, password in {folder.password_file}.")
    return RUNNING


async def stop(settings: Settings) -> int:
    """Stops the local server. Raises Conflict while a process uses it; it then stops with that process."""
    _require_local_server(settings, "stop")
    folder = server_lease.folder_of(settings)
    folder.keep(False)
    if not folder.is_supervised():
        if (orphan := java.Orphan.of(folder)) is not None:
            java.stop(orphan.process)
            console.print("Neo4j was running without its supervisor and has been stopped.")
            return RUNNING
        console.print(f"Neo4j is not running in {folder.path}.")
        return RUNNING
    until = time.monotonic() + SECONDS_TO_STOP
    with Console(stderr=True).status("Stopping Neo4j …"):
        while folder.is_supervised():
            if holders := folder.holders():
                raise Conflict(
                    f"Neo4j is still used by {_names(holders)}.",
                    remedy="Stop these processes; Neo4j then stops too.",
                )
            if time.monotonic() > until:
                raise Unavailable(f"Neo4j did not stop within {SECONDS_TO_STOP:.0f} s.", remedy=f"Read {folder.log}.")
            await anyio.sleep(0.05)
    console.print("Neo4j has been stopped.")
    return RUNNING


async def status(settings: Settings, *, as_json: bool) -> int:
    """Prints address, version and contents of the server without starting it; returns 3 when it is not running."""
    folder = None if settings.neo4j_uri else server_lease.folder_of(settings)
    server = server_lease.running(settings)
    if server is None:
        phase = str(folder.state().phase) if folder and folder.is_supervised() else "stopped"
        report = ServerStatus(None, None, None, None, None, None, phase, kept=False, usedBy=[])
    else:
        async with open_store(server) as store:
            version = (await store.reads.records(COMPONENTS.bind()))[0]["version"]
            found = await counts(store.reads)
        report = ServerStatus(
            server.uri,
            server.user,
            server.database,
            str(folder.password_file) if folder else None,
            version,
            found,
            "ready",
            kept=folder.is_kept() if folder else False,
            usedBy=list(folder.holders()) if folder else [],
        )
    if as_json:
        sys.stdout.write(json.dumps(report.__dict__, indent=2) + "\n")
    else:
        _print_status(report, folder)
    return RUNNING if server else NOT_RUNNING


def _print_status(report: ServerStatus, folder: Folder | None) -> None:
    if report.uri is None or report.counts is None:
        console.print(f"Neo4j is not running in {folder.path if folder else '?'} ({report.phase}).")
        return
    console.print(f"Neo4j {report.version} answers at {report.uri}, user {report.user}, database {report.database}.")
    if folder:
        console.print(f"Password in {report.passwordFile}, data in {folder.home}.")
        console.print(
            f"Used by {_names(tuple(report.usedBy)) if report.usedBy else 'no process'}"
            + ("; it keeps running until `python -m graph stop`." if report.kept else ".")
        )
    console.print(f"{report.counts['nodes']:,} nodes, {report.counts['relationships']:,} relationships.")
    for label, nodes in report.counts["labels"].items():
        if nodes:
            console.print(f"  {label:<20}{nodes:>12,}")


async def wipe(settings: Settings, *, yes: bool, uri: str | None) -> int:
    """Deletes all nodes and relationships after confirmation, but not constraints and indexes.

    Raises `Refused` for a server that Kith did not start, unless `uri` equals NEO4J_URI.
    """
    if settings.neo4j_uri is not None and uri != settings.neo4j_uri:
        raise Refused(
            f"NEO4J_URI is {settings.neo4j_uri}, a server that Kith did not start.",
            remedy=f"To delete its data, run: python -m graph wipe --uri {settings.neo4j_uri}",
        )
    if uri is not None and uri != settings.neo4j_uri:
        raise Refused(
            f"--uri is {uri}, which is not the value of NEO4J_URI.",
            remedy="Set NEO4J_URI to this value, or omit --uri.",
        )
    async with engine.server(settings) as server, open_store(server) as store:
        found = await counts(store.reads)
        sizes = f"{found['nodes']:,} nodes and {found['relationships']:,} relationships"
        what = f"{sizes} of {server.database} at {server.uri}"
        if not yes:
            _confirm(what)
        with Progress(
            SpinnerColumn(), TextColumn("Deleting"), TimeElapsedColumn(), console=Console(stderr=True)
        ) as bar:
            bar.add_task("wipe", total=None)
            await store.writes.autocommit(WIPE.bind(rows=NODES_PER_TRANSACTION))
            await schema_version.write(store.writes, migrations.CURRENT)
    console.print(f"Deleted {what}.")
    return RUNNING


async def migrate(settings: Settings, *, yes: bool) -> int:
    """Prints the pending migration steps and runs them; a server that Kith did not start needs `yes`.

    Then it completes the records that other programs wrote. Raises Refused, Conflict and Unavailable.
    """
    async with engine.server(settings) as server, open_store(server) as store:
        stored = await schema_version.read(store.reads)
        for step in migrations.pending(stored.version):
            console.print(f"Pending: version {step.to}, {step.description}.")
        done = await migrations.migrate(store, settings, server, console.print, confirmed=yes)
        if not await migrations.repair(store, console.print) and not done:
            console.print(f"The data has schema version {migrations.CURRENT}. Nothing is pending.")
    return RUNNING


async def revalue(settings: Settings) -> int:
    """Converts all stored amounts to the base currency of the settings. Raises Refused, Conflict and Unavailable."""
    rates = Rates(settings.currency, settings.rates)
    async with engine.server(settings) as server, open_store(server) as store:
        others = tuple(pid for pid in server_lease.folder_of(settings).holders() if pid != os.getpid())
        if server.local and others:
            raise Conflict(
                f"Neo4j is used by {_names(others)}, which could write amounts of another base currency.",
                remedy="Stop these processes, then run the command again.",
            )
        await migrations.migrate(store, settings, server, console.print)
        columns = (TextColumn("Converting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("revalue", total=None)
            amounts = await convert_amounts(
                store, rates, lambda done, total: bar.update(task, completed=done, total=total)
            )
    console.print(f"{amounts:,} amounts have been converted to {rates.base}.")
    return RUNNING


async def backup(settings: Settings, path: Path | None) -> int:
    """Writes a backup of the local database into a folder or a new file. Raises Refused and Unavailable."""
    _require_local_server(settings, "back up")
    path = path or server_lease.folder_of(settings).backups
    started = time.monotonic()
    written = await create(settings, path / file_name() if path.is_dir() or not path.suffix else path)
    console.print(f"{written.path}: {written.path.stat().st_size / MEBIBYTE:,.1f} MiB, {_contents(written.manifest)}.")
    console.print(
        f"It took {time.monotonic() - started:.1f} s; statements waited for {written.seconds_suspended:.2f} s."
    )
    return RUNNING


async def verify_events(settings: Settings, expect: str | None) -> int:
    """Seals the latest events and verifies all; returns 1 when one was changed, removed or inserted.

    `expect` is an end of the chain that the command printed before. Raises Invalid, Conflict and Unavailable.
    """
    position, _, noted = (expect or "").partition(":")
    if expect is not None and not (position.isascii() and position.isdigit() and noted):
        raise Invalid(f"--expect is {expect}.", remedy="Pass the text that an earlier verification printed: 12:ab34….")
    async with engine.server(settings) as server, open_store(server) as store:
        await migrations.migrate(store, settings, server, console.print)
        expected = {int(position): noted} if expect else {}
        for _ in range(2):  # the second time, if an event was rewritten while events were read the first time
            await seal(store.writes)
            found = await verify(store.reads, expected)
            if found.problem is None:
                break
    console.print(f"Checked {found.checked:,} events, which were sealed since {found.started_at or 'now'}.")
    if found.problem is not None:
        console.print(f"The event {found.problem.event} {found.problem.what}.")
        return 1
    console.print("No event was changed, removed or inserted.")
    if found.checked:
        console.print(f"The chain ends with {found.position}:{found.hash}")
    return 0


def restore(settings: Settings, path: Path, *, replace: bool) -> int:
    """Replaces the database of the data folder with a backup. Raises Invalid, Refused and Conflict."""
    _require_local_server(settings, "restore")
    manifest = restore_backup(settings, path, newest=migrations.CURRENT, replace=replace)
    console.print(
        f"Restored {_contents(manifest)} of {manifest.createdAt} into {server_lease.folder_of(settings).path}."
    )
    return RUNNING


def _contents(manifest: Manifest) -> str:
    return (
        f"{manifest.nodes:,} nodes, {manifest.relationships:,} relationships, "
        f"schema version {manifest.schemaVersion or migrations.CURRENT}"
    )


async def indexes(settings: Settings) -> int:
    """Installs the constraints and indexes of the models, prints the drift and returns 1 when some remains.

    Undeclared ones are printed and kept, because an operator may have created them.
    """
    async with engine.server(settings) as server, open_store(server) as store:
        await migrations.migrate(store, settings, server, console.print)
        before = await models_indexes.install(store.writes)
        after = await models_indexes.drift(store.reads)
    for names, outcome in (
        (before.missing, "created"),
        (before.different, "recreated, because it differed from the models"),
        (before.undeclared, "kept, although no model declares it"),
        ((*after.missing, *after.different), "STILL DIFFERENT from the models"),
        (after.populating, "is still being populated"),
    ):
        for name in names:
            console.print(f"{name}: {outcome}")
    if not before:
        console.print("Constraints and indexes match the models.")
    return int(bool(after.missing or after.different or after.populating))


def _confirm(what: str) -> None:
    """Asks for confirmation. Raises `Refused` without it, or when standard input is not a terminal."""
    if not sys.stdin.isatty():
        raise Refused("The command needs a confirmation on a terminal.", remedy="Add --yes to skip the confirmation.")
    if input(f"This deletes {what}. Type `wipe` to continue: ").strip() != "wipe":
        raise Refused("Nothing was deleted.", remedy="Type `wipe` to confirm.")


def _require_local_server(settings: Settings, command: str) -> None:
    if settings.neo4j_uri is not None:
        raise Refused(
            f"NEO4J_URI is {settings.neo4j_uri}, a server that Kith does not {command}.",
            remedy="Unset NEO4J_URI to use the local server.",
        )


def _names(pids: tuple[int, ...]) -> str:
    """Returns process ids with the end of their command lines, where these can be read."""
    described = []
    for pid in pids:
        try:
            described.append(f"{pid} ({' '.join(psutil.Process(pid).cmdline()[-3:])})")
        except psutil.Error:
            described.append(str(pid))
    return ", ".join(described)
