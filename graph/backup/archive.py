"""The file of a backup: a compressed tar archive whose first member is the manifest."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from graph.errors import Invalid

FORMAT = 1
MANIFEST = "manifest.json"
PARTS = ("data/databases/neo4j", "data/transactions/neo4j")
"""The folders of a server's home in a backup, without users and passwords."""
_LEVEL = 1
_CHUNK = 1024 * 1024


class FileEntry(BaseModel):
    """A file in a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    sha256: str


class Manifest(BaseModel):
    """The contents of a backup, and the versions that wrote it."""

    model_config = ConfigDict(frozen=True)

    format: int
    createdAt: str  # noqa: N815  (the names in the file are those of JSON)
    kith: str
    neo4j: str
    schemaVersion: int | None  # noqa: N815
    nodes: int
    relationships: int
    labels: dict[str, int]
    files: dict[str, FileEntry]


def entries(home: Path) -> dict[str, FileEntry]:
    """Returns the files of a server's home that belong into a backup, by relative path."""
    paths = sorted(path for part in PARTS for path in (home / part).rglob("*") if path.is_file())
    return {path.relative_to(home).as_posix(): _entry(path) for path in paths}


def _entry(path: Path) -> FileEntry:
    with path.open("rb") as file:
        return FileEntry(size=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def write(path: Path, manifest: Manifest, home: Path) -> None:
    """Writes a backup, which is flushed to disk on return."""
    text = manifest.model_dump_json(indent=2).encode()
    with path.open("xb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=_LEVEL) as archive:
            head = tarfile.TarInfo(MANIFEST)
            head.size = len(text)
            archive.addfile(head, io.BytesIO(text))
            for name in manifest.files:
                archive.add(home / name, name, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def read_manifest(path: Path) -> Manifest:
    """Returns the manifest of a backup. Raises Invalid if the file is not a backup."""
    with _reading(path) as archive:
        return _manifest(archive, path)


def unpack(path: Path, home: Path) -> Manifest:
    """Writes the files of a backup into an empty home, and compares each with the manifest.

    Raises Invalid if the file is not a backup or is damaged.
    """
    with _reading(path) as archive:
        manifest = _manifest(archive, path)
        missing = dict(manifest.files)
        for member in iter(archive.next, None):
            entry = missing.pop(member.name, None)
            if entry is None or not member.isfile():
                raise _damaged(path, f"{member.name} is not in its manifest")
            archive.extract(member, home, filter="data")
            if _entry(home / member.name) != entry:
                raise _damaged(path, f"{member.name} differs from its manifest")
        if missing:
            raise _damaged(path, f"{min(missing)} is missing")
        return manifest


def _manifest(archive: tarfile.TarFile, path: Path) -> Manifest:
    head = archive.next()
    if head is None or head.name != MANIFEST or (file := archive.extractfile(head)) is None:
        raise _damaged(path, "it has no manifest")
    return Manifest.model_validate_json(file.read())


@contextmanager
def _reading(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:gz", bufsize=_CHUNK) as archive:
            yield archive
    except FileNotFoundError as error:
        raise Invalid(f"File not found: {path}.", remedy="Give the path of a backup.") from error
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValidationError) as error:
        raise _damaged(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def _damaged(path: Path, reason: str) -> Invalid:
    return Invalid(f"{path} is not a complete backup of Kith: {reason}.", remedy="Use another backup.")
