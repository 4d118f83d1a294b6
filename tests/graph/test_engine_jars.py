"""Only jars that match the lock file are used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.engine import jars
from graph.engine.jars import Jar, JarCache
from graph.errors import Unavailable

CONTENT = b"a jar"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
Fetched = list[str]


def jar(name: str, sha256: str = DIGEST) -> Jar:
    return Jar("org.example", name, "1", "", f"{name}-1.jar", sha256)


def ignore(done: int, total: int) -> None:
    """Ignores the progress."""


@pytest.fixture(name="registry")
def _registry(monkeypatch: pytest.MonkeyPatch) -> Fetched:
    """A fake of the Maven registry: every jar has the same content, and downloads are recorded."""
    fetched: Fetched = []

    def download(wanted: Jar, folder: Path) -> Path:
        fetched.append(wanted.name)
        path = folder / wanted.name
        path.write_bytes(CONTENT)
        return path

    monkeypatch.setattr(jars, "download", download)
    return fetched


def test_the_committed_lock_has_each_jar_once_with_a_sha256_and_no_url() -> None:
    lock = jars.read_lock()
    assert len({found.name for found in lock}) == len(lock) > 200
    assert {len(found.sha256) for found in lock} == {64}
    assert [found.coordinates for found in lock[:2]] == list(jars.ROOTS)
    assert "//" not in jars.LOCK.read_text(encoding="ascii")


def test_a_lock_file_is_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    written = (jar("a"), Jar("org.example", "b", "2", "linux", "b-2-linux.jar", DIGEST))
    path.write_text(jars.lock_text(written))
    assert jars.read_lock(path) == written


def test_a_filled_cache_is_verified_and_not_fetched_again(tmp_path: Path, registry: Fetched) -> None:
    jar_cache = JarCache.of(tmp_path, (jar("a"), jar("b")))
    assert not jar_cache.is_verified()
    progress: list[tuple[int, int]] = []
    jar_cache.fill(lambda done, total: progress.append((done, total)))
    assert jar_cache.is_verified()
    assert progress == [(1, 2), (2, 2)]
    jar_cache.fill(ignore)
    assert sorted(registry) == ["a-1.jar", "b-1.jar"]


def test_a_jar_with_another_sha256_is_refused_and_not_kept(tmp_path: Path, registry: Fetched) -> None:
    jar_cache = JarCache.of(tmp_path, (jar("a"), jar("b", "0" * 64)))
    with pytest.raises(Unavailable, match=r"b-1\.jar .*its sha256 is"):
        jar_cache.fill(ignore)
    assert not jar_cache.is_verified()
    assert not (jar_cache.folder / "b-1.jar").exists()
    assert registry


def tampered(path: Path) -> None:
    path.write_bytes(b"another jar")


def truncated(path: Path) -> None:
    path.write_bytes(CONTENT[:2])


def missing(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [tampered, truncated, missing])
def test_a_damaged_jar_is_fetched_again(tmp_path: Path, registry: Fetched, damage: Callable[[Path], None]) -> None:
    jar_cache = JarCache.of(tmp_path, (jar("a"), jar("b")))
    jar_cache.fill(ignore)
    registry.clear()
    damage(jar_cache.folder / "a-1.jar")
    assert not jar_cache.is_verified()
    jar_cache.fill(ignore)
    assert registry == ["a-1.jar"]
    assert (jar_cache.folder / "a-1.jar").read_bytes() == CONTENT


def test_another_lock_uses_another_folder(tmp_path: Path) -> None:
    assert JarCache.of(tmp_path, (jar("a"),)).folder != JarCache.of(tmp_path, (jar("a", "0" * 64),)).folder


def test_an_unreachable_registry_is_reported_with_the_jar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(Unavailable, match=r"org\.example:a:1 could not be fetched") as caught:
        jars.download(jar("a"), tmp_path)
    assert "network" in caught.value.remedy
