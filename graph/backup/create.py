"""Creates a backup: copies the files while the server is suspended, opens the copy in another server and packs it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import anyio
import anyio.to_thread
import psutil

from graph import engine, schema_version
from graph.backup import archive
from graph.backup.archive import Manifest
from graph.counts import Counts, counts
from graph.engine import server_lease
from graph.engine.folder import Folder
from graph.engine.jars import VERSION
from graph.engine.suspension import unchanging
from graph.errors import Conflict, Refused, Unavailable
from graph.settings import MEBIBYTE, Settings
from graph.store import Statement, connect
from graph.version import kith_version

SUFFIX = ".kith.tar.gz"
_PARTIAL = ".kith-backup-"
_MEMORY = 384 * MEBIBYTE
_SECONDS = 3600.0
_SECONDS_TO_STOP = 120.0

# Reads every stored value, so that a copy with an unreadable page is never accepted as a backup.
READ_ALL = Statement(
    "backup.read_all",
    """CALL () { MATCH (n) RETURN count(properties(n)) AS nodes }
CALL () { MATCH ()-[r]->() RETURN count(properties(r)) AS relationships }
RETURN {nodes: nodes, relationships: relationships} AS found""",
)


@dataclass(frozen=True, slots=True)
class Backup:
    """A completed backup: its path, its manifest, and how long statements had to wait."""

    path: Path
    manifest: Manifest
    seconds_suspended: float


def file_name(prefix: str = "kith") -> str:
    """Returns the file name of a backup with the current time."""
    return f"{prefix}-{datetime.now(UTC):%Y%m%dT%H%M%S}{SUFFIX}"


async def create(settings: Settings, path: Path) -> Backup:
    """Creates a backup of the local store at an unused path, where the file appears when it is complete and verified.

    It contains all transactions committed before the call, and no transaction in part.
    Raises Refused without a database or if the path exists, Unavailable, and Conflict if the copy cannot be read.
    """
    folder = server_lease.folder_of(settings)
    _prepare(folder, path)
    with tempfile.TemporaryDirectory(prefix=f"{_PARTIAL}{os.getpid()}-", dir=path.parent) as partial:
        copy = Folder(Path(partial) / "data")
        seconds = await anyio.to_thread.run_sync(_copy, folder, copy)
        version, found = await _checked(settings, copy)
        manifest = await anyio.to_thread.run_sync(_packed, copy, Path(partial) / "backup", version, found)
        (Path(partial) / "backup").rename(path)
    return Backup(path, manifest, seconds)


def _prepare(folder: Folder, path: Path) -> None:
    """Creates the folder of a backup, and deletes unfinished backups of killed processes."""
    if not (folder.home / archive.PARTS[0]).is_dir():
        raise Refused(f"No database found in {folder.path}.", remedy="Set KITH_DATA to the folder of the database.")
    if path.exists():
        raise Refused(f"{path} already exists.", remedy="Use a path that does not exist.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in path.parent.glob(f"{_PARTIAL}*-*"):
            if not psutil.pid_exists(int(left.name.removeprefix(_PARTIAL).partition("-")[0])):
                shutil.rmtree(left)
    except OSError as error:
        raise Unavailable(
            f"{path.parent} cannot be written ({error.strerror}).",
            remedy="Use a path in a writable folder.",
        ) from error


def _copy(source: Folder, target: Folder) -> float:
    """Copies the files of the database while the server is suspended; returns the number of seconds."""
    target.make()
    with unchanging(source):
        started = time.perf_counter()
        for part in archive.PARTS:
            shutil.copytree(source.home / part, target.home / part)
        return time.perf_counter() - started


async def _checked(settings: Settings, copy: Folder) -> tuple[int | None, Counts]:
    """Starts a server that recovers and reads the whole copy; returns its schema version and counts."""
    own = settings.model_copy(update={"data": copy.path, "memory": _MEMORY, "neo4j_uri": None})
    async with engine.server(own) as server:
        address = (server.uri, server.user, server.password)
        async with connect(*address, database=server.database, seconds=_SECONDS) as store:
            stored = await schema_version.read(store.reads)
            found = await counts(store.reads)
            read = await store.reads.ask(READ_ALL.bind())
    if read != {"nodes": found["nodes"], "relationships": found["relationships"]}:
        raise Conflict(
            f"The copy counts {found['nodes']} nodes and {found['relationships']} relationships, but {read['nodes']} "
            f"and {read['relationships']} can be read.",
            remedy="Create another backup. If that fails too, the database itself is damaged.",
        )
    await anyio.to_thread.run_sync(_await_end, copy)
    return stored.version, found


def _await_end(copy: Folder) -> None:
    until = time.monotonic() + _SECONDS_TO_STOP
    while copy.is_supervised():
        if time.monotonic() > until:
            raise Unavailable("The server that checked the copy did not stop.", remedy=f"See {copy.log}.")
        time.sleep(0.05)


def _packed(copy: Folder, path: Path, version: int | None, found: Counts) -> Manifest:
    manifest = Manifest(
        format=archive.FORMAT,
        createdAt=datetime.now(UTC).isoformat(timespec="seconds"),
        kith=kith_version(),
        neo4j=VERSION,
        schemaVersion=version,
        **found,
        files=archive.entries(copy.home),
    )
    archive.write(path, manifest, copy.home)
    return manifest
