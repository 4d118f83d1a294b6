"""What `python -m graph` does: start, stop, status, indexes, wipe; each prints for a person or, on request, as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import psutil
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from graph import engine, schema_version
from graph import indexes as models_indexes
from graph.backup.archive import Manifest
from graph.backup.create import create, file_name
from graph.backup.restore import restore as restored
from graph.counts import Counts, counts
from graph.engine import java, server_lease
from graph.engine.folder import Folder
from graph.errors import Conflict, Refused, Unavailable
from graph.migrations import execution as migrations
from graph.settings import MEBIBYTE, Settings
from graph.store import Statement, Store, connect

RUNNING, NOT_RUNNING = 0, 3
SECONDS_TO_STOP = 120.0
SECONDS_FOR_A_STATEMENT = 600.0
NODES_AT_ONCE = 10_000

COMPONENTS = Statement("graph.version", "CALL dbms.components() YIELD versions RETURN versions[0] AS version")
WIPE = Statement("graph.wipe", "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF $rows ROWS")

out = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Report:
    """What `status` tells of a server."""

    uri: str | None
    user: str | None
    database: str | None
    passwordFile: str | None  # noqa: N815  (the name that `status --json` promises)
    version: str | None
    counts: Counts | None
    phase: str
    kept: bool
    usedBy: list[int]  # noqa: N815


@asynccontextmanager
async def opened(server: engine.Server) -> AsyncIterator[Store]:
    """A store on a server; an operator's statements may take their time."""
    async with connect(
        server.uri,
        server.user,
        server.password,
        database=server.database,
        seconds=SECONDS_FOR_A_STATEMENT,
    ) as store:
        yield store


async def start(settings: Settings) -> int:
    """Start the local server, or find it, and let it run on until `stop`."""
    _refuse_elsewhere(settings, "start")
    folder = server_lease.folder_of(settings)
    async with engine.server(settings) as server:
        folder.keep(True)
        out.print(f"Neo4j {server.version} answers at {server.uri}; it runs until `python -m graph stop`.")
        out.print(f"User {server.user}, password in {folder.password_file}.")
    return RUNNING


async def stop(settings: Settings) -> int:
    """Stop the local server, unless a process still uses it: then it stops with that one."""
    _refuse_elsewhere(settings, "stop")
    folder = server_lease.folder_of(settings)
    folder.keep(False)
    if not folder.is_supervised():
        if (orphan := java.Orphan.of(folder)) is not None:
            java.stop(orphan.process)
            out.print("Neo4j had lost its supervisor; it is stopped now.")
            return RUNNING
        out.print(f"No Neo4j runs in {folder.path}.")
        return RUNNING
    until = time.monotonic() + SECONDS_TO_STOP
    with Console(stderr=True).status("Stopping Neo4j …"):
        while folder.is_supervised():
            if holders := folder.holders():
                raise Conflict(
                    f"Neo4j is still used by {_names(holders)}.",
                    remedy="It stops by itself as soon as they have ended.",
                )
            if time.monotonic() > until:
                raise Unavailable(f"Neo4j has not stopped for {SECONDS_TO_STOP:.0f} s.", remedy=f"See {folder.log}.")
            await anyio.sleep(0.05)
    out.print("Neo4j is stopped.")
    return RUNNING


async def status(settings: Settings, *, as_json: bool) -> int:
    """Tell where the server is, what it is and what it holds, without starting one; 3 when none runs."""
    folder = None if settings.neo4j_uri else server_lease.folder_of(settings)
    server = server_lease.running(settings)
    if server is None:
        phase = str(folder.state().phase) if folder and folder.is_supervised() else "stopped"
        report = Report(None, None, None, None, None, None, phase, kept=False, usedBy=[])
    else:
        async with opened(server) as store:
            version = (await store.reads.records(COMPONENTS.bind()))[0]["version"]
            found = await counts(store.reads)
        report = Report(
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
        _tell(report, folder)
    return RUNNING if server else NOT_RUNNING


def _tell(report: Report, folder: Folder | None) -> None:
    if report.uri is None or report.counts is None:
        out.print(f"No Neo4j runs in {folder.path if folder else '?'} ({report.phase}).")
        return
    out.print(f"Neo4j {report.version} answers at {report.uri}, user {report.user}, database {report.database}.")
    if folder:
        out.print(f"Password in {report.passwordFile}, data in {folder.home}.")
        out.print(
            f"Used by {_names(tuple(report.usedBy)) if report.usedBy else 'nobody'}"
            + ("; runs until `python -m graph stop`." if report.kept else ".")
        )
    out.print(f"{report.counts['nodes']:,} nodes, {report.counts['relationships']:,} relationships.")
    for label, nodes in report.counts["labels"].items():
        if nodes:
            out.print(f"  {label:<20}{nodes:>12,}")


async def wipe(settings: Settings, *, yes: bool, uri: str | None) -> int:
    """Delete every node and relationship, after asking; constraints and indexes stay.

    Raises `Refused` for a server that Kith did not start, unless `uri` is its address once more.
    """
    if settings.neo4j_uri is not None and uri != settings.neo4j_uri:
        raise Refused(
            f"NEO4J_URI names {settings.neo4j_uri}, a server that Kith did not start.",
            remedy=f"If its data may go, say so: python -m graph wipe --uri {settings.neo4j_uri}",
        )
    if uri is not None and uri != settings.neo4j_uri:
        raise Refused(
            f"{uri} is not the server that would be wiped.", remedy="Set NEO4J_URI to it, or leave --uri out."
        )
    async with engine.server(settings) as server, opened(server) as store:
        found = await counts(store.reads)
        sizes = f"{found['nodes']:,} nodes and {found['relationships']:,} relationships"
        what = f"{sizes} of {server.database} at {server.uri}"
        if not yes:
            _ask(what)
        with Progress(
            SpinnerColumn(), TextColumn("Deleting"), TimeElapsedColumn(), console=Console(stderr=True)
        ) as bar:
            bar.add_task("wipe", total=None)
            await store.writes.autocommit(WIPE.bind(rows=NODES_AT_ONCE))
            await schema_version.write(store.writes, migrations.CURRENT)
    out.print(f"Deleted {what}.")
    return RUNNING


async def migrate(settings: Settings, *, yes: bool) -> int:
    """Show the migration steps that are pending, and run them; a server that Kith did not start needs `yes`.

    Raises Refused, Conflict, Unavailable.
    """
    async with engine.server(settings) as server, opened(server) as store:
        stored = await schema_version.read(store.reads)
        for step in migrations.pending(stored.version):
            out.print(f"Pending: version {step.to}, {step.description}.")
        if not await migrations.migrate(store, settings, server, out.print, confirmed=yes):
            out.print(f"The data has schema version {migrations.CURRENT}. Nothing is pending.")
    return RUNNING


async def backup(settings: Settings, path: Path | None) -> int:
    """Make a backup of the local store, in a folder or at the path of a new file. Raises Refused, Unavailable."""
    _refuse_elsewhere(settings, "back up")
    path = path or server_lease.folder_of(settings).backups
    started = time.monotonic()
    made = await create(settings, path / file_name() if path.is_dir() or not path.suffix else path)
    out.print(f"{made.path}: {made.path.stat().st_size / MEBIBYTE:,.1f} MiB, {_contents(made.manifest)}.")
    out.print(f"It took {time.monotonic() - started:.1f} s; statements waited for {made.seconds_suspended:.2f} s.")
    return RUNNING


def restore(settings: Settings, path: Path, *, replace: bool) -> int:
    """Make a backup the database of the data folder. Raises Invalid, Refused, Conflict."""
    _refuse_elsewhere(settings, "restore")
    manifest = restored(settings, path, newest=migrations.CURRENT, replace=replace)
    out.print(f"Restored {_contents(manifest)} of {manifest.createdAt} into {server_lease.folder_of(settings).path}.")
    return RUNNING


def _contents(manifest: Manifest) -> str:
    return (
        f"{manifest.nodes:,} nodes, {manifest.relationships:,} relationships, "
        f"schema version {manifest.schemaVersion or migrations.CURRENT}"
    )


async def indexes(settings: Settings) -> int:
    """Install the constraints and indexes that the models declare, and tell what differed; 1 when something still does.

    What nobody declared is told and left: an operator may have made it on purpose.
    """
    async with engine.server(settings) as server, opened(server) as store:
        await migrations.migrate(store, settings, server, out.print)
        before = await models_indexes.install(store.writes)
        after = await models_indexes.drift(store.reads)
    for names, done in (
        (before.missing, "made"),
        (before.different, "made anew, it differed from the models"),
        (before.undeclared, "left, though no model asks for it"),
        ((*after.missing, *after.different), "STILL DIFFERS from the models"),
        (after.populating, "is still being filled"),
    ):
        for name in names:
            out.print(f"{name}: {done}")
    if not before:
        out.print("Constraints and indexes are as the models declare them.")
    return int(bool(after.missing or after.different or after.populating))


def _ask(what: str) -> None:
    """Let the operator confirm; raises `Refused` on anything but a clear yes, and where nobody can be asked."""
    if not sys.stdin.isatty():
        raise Refused("Nobody is there to be asked.", remedy="Add --yes to wipe without asking.")
    if input(f"This deletes {what}. Type `wipe` to go on: ").strip() != "wipe":
        raise Refused("Nothing was deleted.", remedy="Type the word `wipe` when asked.")


def _refuse_elsewhere(settings: Settings, command: str) -> None:
    if settings.neo4j_uri is not None:
        raise Refused(
            f"NEO4J_URI names {settings.neo4j_uri}, which Kith does not {command}.",
            remedy="Unset NEO4J_URI to use the local server.",
        )


def _names(pids: tuple[int, ...]) -> str:
    """Processes by number and command line, as far as they can be seen."""
    named = []
    for pid in pids:
        try:
            named.append(f"{pid} ({' '.join(psutil.Process(pid).cmdline()[-3:])})")
        except psutil.Error:
            named.append(str(pid))
    return ", ".join(named)
