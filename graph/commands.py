"""What `python -m graph` does: start, stop, status, indexes, wipe; each prints for a person or, on request, as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import psutil
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from graph import engine
from graph import indexes as models_indexes
from graph.engine import java, server_lease
from graph.engine.folder import Folder
from graph.errors import Conflict, Refused, Unavailable
from graph.settings import Settings
from graph.store import Statement, Store, connect

RUNNING, NOT_RUNNING = 0, 3
SECONDS_TO_STOP = 120.0
SECONDS_FOR_A_STATEMENT = 600.0
NODES_AT_ONCE = 10_000

COMPONENTS = Statement("graph.version", "CALL dbms.components() YIELD versions RETURN versions[0] AS version")
COUNTS = Statement(
    "graph.counts",
    "RETURN {nodes: COUNT { () }, relationships: COUNT { ()-->() }} AS counts",
)
LABELS = Statement(
    "graph.labels", "CALL db.labels() YIELD label RETURN label, COUNT { (:$(label)) } AS nodes ORDER BY label"
)
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
    counts: dict[str, object] | None
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
            counts = await _counts(store)
        report = Report(
            server.uri,
            server.user,
            server.database,
            str(folder.password_file) if folder else None,
            version,
            counts,
            "ready",
            kept=folder.is_kept() if folder else False,
            usedBy=list(folder.holders()) if folder else [],
        )
    if as_json:
        sys.stdout.write(json.dumps(report.__dict__, indent=2) + "\n")
    else:
        _tell(report, folder)
    return RUNNING if server else NOT_RUNNING


async def _counts(store: Store) -> dict[str, object]:
    counts: dict[str, object] = dict((await store.reads.records(COUNTS.bind()))[0]["counts"])
    counts["labels"] = {row["label"]: row["nodes"] for row in await store.reads.records(LABELS.bind())}
    return counts


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
    labels = report.counts["labels"]
    assert isinstance(labels, dict)
    for label, nodes in labels.items():
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
        counts = await _counts(store)
        sizes = f"{counts['nodes']:,} nodes and {counts['relationships']:,} relationships"
        what = f"{sizes} of {server.database} at {server.uri}"
        if not yes:
            _ask(what)
        with Progress(
            SpinnerColumn(), TextColumn("Deleting"), TimeElapsedColumn(), console=Console(stderr=True)
        ) as bar:
            bar.add_task("wipe", total=None)
            await store.writes.autocommit(WIPE.bind(rows=NODES_AT_ONCE))
    out.print(f"Deleted {what}.")
    return RUNNING


async def indexes(store: Store) -> int:
    """Install the constraints and indexes that the models declare, and tell what differed; 1 when something still does.

    What nobody declared is told and left: an operator may have made it on purpose.
    """
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
