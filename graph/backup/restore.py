"""Restores a backup: unpacks and verifies it next to the databases of a data folder, then replaces them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from graph.backup import archive
from graph.backup.archive import Manifest
from graph.engine import server_lease
from graph.engine.folder import Folder
from graph.engine.jars import VERSION
from graph.engine.suspension import take_supervision
from graph.errors import Conflict, Refused
from graph.settings import Settings

_PARTIAL = "restore-"


def restore(settings: Settings, path: Path, *, newest: int, replace: bool = False) -> Manifest:
    """Restores a backup into the data folder, whose password is kept, or created at the next start.

    `newest` is the newest schema version that this program supports. You can repeat the call after an interruption.
    Raises Invalid for a damaged backup, Refused for one of a newer version or if the folder has a database and
    `replace` is not set, and Conflict while a server runs in the folder.
    """
    _refuse_newer(archive.read_manifest(path), path, newest)
    folder = server_lease.folder_of(settings)
    folder.make()
    supervision = take_supervision(folder)
    if supervision is None:
        raise Conflict(
            f"A Neo4j server runs in {folder.path}.",
            remedy="Stop Kith, and run `python -m graph stop`, then try again.",
        )
    with supervision:
        if (folder.home / archive.PARTS[0]).exists() and not replace:
            raise Refused(
                f"{folder.path} already contains a database.",
                remedy="Set KITH_DATA to another folder, or add --replace to delete that database.",
            )
        for left in folder.path.glob(f"{_PARTIAL}*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=_PARTIAL, dir=folder.path) as partial:
            home = Path(partial) / "neo4j"
            home.mkdir(mode=0o700)
            manifest = archive.unpack(path, home)
            _put(home, folder, Path(partial) / "replaced")
    return manifest


def _put(home: Path, folder: Folder, replaced: Path) -> None:
    """Replaces the home of a folder; the folder cannot be started meanwhile."""
    folder.unfinished_restore.touch()
    if folder.home.exists():
        folder.home.rename(replaced)
    home.rename(folder.home)
    folder.unfinished_restore.unlink()


def _refuse_newer(manifest: Manifest, path: Path, newest: int) -> None:
    for name, found, known in (
        ("a format", manifest.format, archive.FORMAT),
        ("a schema version", manifest.schemaVersion or 0, newest),
    ):
        if found > known:
            raise Refused(
                f"{path} has {name} of {found}; this version of Kith supports {known}.",
                remedy=f"Use Kith {manifest.kith} or newer.",
            )
    if _numbers(manifest.neo4j) > _numbers(VERSION):
        raise Refused(
            f"{path} was written by Neo4j {manifest.neo4j}; this version of Kith has Neo4j {VERSION}.",
            remedy=f"Use Kith {manifest.kith} or newer.",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
