from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from graph.backup import archive
from graph.backup.archive import Manifest
from graph.backup.restore import restore
from graph.engine.folder import Folder
from graph.errors import Conflict, Invalid, Refused
from graph.settings import Settings

STORE = "data/databases/neo4j/neostore"
LOG = "data/transactions/neo4j/neostore.transaction.db.0"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that looks like that of a server."""
    for name, content in ((STORE, b"records" * 5000), (LOG, b"log"), ("data/databases/system/neostore", b"users")):
        (tmp_path / "home" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "home" / name).write_bytes(content)
    return tmp_path / "home"


def manifest(home: Path, **other: object) -> Manifest:
    values: dict[str, object] = {
        "format": archive.FORMAT,
        "createdAt": "2026-11-25T12:00:00+00:00",
        "kith": "0.2.0",
        "neo4j": "2026.08.1",
        "schemaVersion": 2,
        "nodes": 3,
        "relationships": 1,
        "labels": {"Record": 3},
        "files": archive.entries(home),
    }
    return Manifest.model_validate(values | other)


@pytest.fixture
def backup(home: Path, tmp_path: Path) -> Path:
    """A whole backup."""
    path = tmp_path / "backup"
    archive.write(path, manifest(home), home)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder that is not there yet."""
    return Settings.read(data=tmp_path / "data", neo4j_uri=None)


def test_a_backup_holds_the_database_and_not_the_users(backup: Path, home: Path, tmp_path: Path) -> None:
    assert archive.read_manifest(backup) == archive.unpack(backup, tmp_path / "out") == manifest(home)
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == {STORE, LOG}
    assert (tmp_path / "out" / STORE).read_bytes() == b"records" * 5000


def test_a_backup_is_never_written_over_another_file(backup: Path, home: Path) -> None:
    with pytest.raises(FileExistsError):
        archive.write(backup, manifest(home), home)


def test_every_kind_of_damage_is_found(backup: Path, home: Path, tmp_path: Path, settings: Settings) -> None:
    whole = backup.read_bytes()
    plain = gzip.decompress(whole)
    changed = plain.replace(b"recordsrecords", b"recordsrecorts", 1)
    for number, content in enumerate((b"", b"text", whole[:200], whole[: len(whole) // 2], gzip.compress(changed))):
        damaged = tmp_path / f"damaged{number}"
        damaged.write_bytes(content)
        with pytest.raises(Invalid, match="is not a complete backup of Kith"):
            restore(settings, damaged, newest=2)
        assert not Folder(settings.data).home.joinpath("data").exists()
    with pytest.raises(Invalid, match="File not found"):
        restore(settings, tmp_path / "none", newest=2)


@pytest.mark.parametrize("lost", [STORE, archive.MANIFEST])
def test_a_missing_file_is_found(backup: Path, tmp_path: Path, settings: Settings, lost: str) -> None:
    partial = tmp_path / "partial"
    with tarfile.open(backup) as source, tarfile.open(partial, "w:gz") as target:
        for member in source:
            if member.name != lost:
                target.addfile(member, source.extractfile(member))
    with pytest.raises(Invalid, match="is not a complete backup of Kith"):
        restore(settings, partial, newest=2)


def test_a_file_that_the_manifest_does_not_name_is_never_written(backup: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    with tarfile.open(backup) as source, tarfile.open(stranger, "w:gz") as target:
        for member in source:
            target.addfile(member, source.extractfile(member))
        more = tarfile.TarInfo("../outside")
        more.size = 1
        target.addfile(more, io.BytesIO(b"x"))
    with pytest.raises(Invalid, match="is not in its manifest"):
        archive.unpack(stranger, tmp_path / "out")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    ("newer", "sentence"),
    [
        ({"format": 2}, "a format of 2"),
        ({"schemaVersion": 3}, "a schema version of 3"),
        ({"neo4j": "2026.10.0"}, r"written by Neo4j 2026\.10\.0"),
    ],
)
def test_a_backup_of_a_newer_version_is_refused(
    home: Path, tmp_path: Path, settings: Settings, newer: dict[str, object], sentence: str
) -> None:
    path = tmp_path / "newer"
    archive.write(path, manifest(home, **newer), home)
    with pytest.raises(Refused, match=sentence) as refusal:
        restore(settings, path, newest=2)
    assert refusal.value.remedy == "Use Kith 0.2.0 or newer."
    assert not settings.data.exists()


def test_restore_never_replaces_a_database_unless_it_is_told_to(
    backup: Path, tmp_path: Path, settings: Settings
) -> None:
    assert restore(settings, backup, newest=2).nodes == 3
    store = Folder(settings.data).home / STORE
    store.write_bytes(b"other")
    (Folder(settings.data).home / "data" / "databases" / "system").mkdir()
    with pytest.raises(Refused, match="already contains a database"):
        restore(settings, backup, newest=2)
    assert store.read_bytes() == b"other"
    restore(settings, backup, newest=2, replace=True)
    assert store.read_bytes() == b"records" * 5000
    assert not (Folder(settings.data).home / "data" / "databases" / "system").exists()
    assert not [path for path in settings.data.iterdir() if path.name.startswith("restor")]


def test_restore_into_a_folder_with_a_server_is_refused(backup: Path, settings: Settings) -> None:
    folder = Folder(settings.data)
    folder.make()
    supervision = folder.take_supervision()
    assert supervision is not None
    with supervision, pytest.raises(Conflict, match="A Neo4j server runs in"):
        restore(settings, backup, newest=2)
    assert restore(settings, backup, newest=2).nodes == 3


def test_a_restore_that_was_interrupted_can_be_repeated(backup: Path, settings: Settings) -> None:
    restore(settings, backup, newest=2)
    folder = Folder(settings.data)
    folder.unfinished_restore.touch()
    (settings.data / "restore-left").mkdir()
    folder.home.rename(settings.data / "restore-left" / "replaced")
    restore(settings, backup, newest=2)
    assert (folder.home / STORE).is_file()
    assert not folder.unfinished_restore.exists()
    assert not (settings.data / "restore-left").exists()
