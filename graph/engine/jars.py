"""The Neo4j jars: fetched by the coordinates in the lock file and verified by their sha256."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.engine.folder import locked
from graph.errors import Unavailable

LOCK = Path(__file__).parent.parent / "neo4j.lock"
VERSION = "2026.08.1"
ROOTS = (f"org.neo4j:neo4j:{VERSION}", f"org.neo4j.app:neo4j-server:{VERSION}")
CONNECTIONS = 8
SECONDS_WITHOUT_A_BYTE = 60

# Receives the number of fetched jars and the number of jars to fetch.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, order=True)
class Jar:
    """A jar in the lock file: Maven coordinates, file name and sha256."""

    group: str
    artifact: str
    version: str
    classifier: str
    name: str
    sha256: str

    @property
    def coordinates(self) -> str:
        """The coordinates `group:artifact:version`, followed by the classifier if it has one."""
        return ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))


def read_lock(path: Path = LOCK) -> tuple[Jar, ...]:
    """Returns the jars in a lock file, in the order of the class path."""
    return tuple(_jar(line) for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")


def _jar(line: str) -> Jar:
    coordinates, name, sha256 = line.split()
    group, artifact, version, *classifier = coordinates.split(":")
    return Jar(group, artifact, version, classifier[0] if classifier else "", name, sha256)


def cache_folder(chosen: Path | None) -> Path:
    """Returns `chosen`, or the cache folder of the operating system for this user."""
    if chosen:
        return chosen.absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "kith"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kith"
    return Path(os.environ.get("XDG_CACHE_HOME", "").strip() or Path.home() / ".cache") / "kith"


@dataclass(frozen=True)
class JarCache:
    """A folder with the jars of one lock file; its name contains a digest of the lock."""

    folder: Path
    jars: tuple[Jar, ...]

    @classmethod
    def of(cls, cache: Path, jars: tuple[Jar, ...]) -> JarCache:
        """Returns the cache of these jars within a cache folder."""
        digest = hashlib.sha256("\n".join(jar.sha256 for jar in jars).encode()).hexdigest()
        return cls(cache / f"neo4j-{digest[:12]}", jars)

    @property
    def class_path(self) -> str:
        """The Java class path, always in the same order."""
        return os.pathsep.join(str(self.folder / jar.name) for jar in self.jars)

    @property
    def _stamp(self) -> Path:
        return self.folder / "verified.json"

    def is_verified(self) -> bool:
        """Returns whether every jar has the size and modification time that it had when its sha256 was verified."""
        try:
            return bool(json.loads(self._stamp.read_text(encoding="utf-8")) == self._stats())
        except (OSError, ValueError):
            return False

    def fill(self, progress: Progress) -> None:
        """Fetches missing jars, verifies every sha256 and records the result for the next start.

        Raises `Unavailable` when a jar cannot be fetched or does not match the lock file; such a jar is not kept.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / "lock"):
            if self.is_verified():
                return
            missing = [jar for jar in self.jars if not self._matches(jar)]
            with tempfile.TemporaryDirectory(dir=self.folder, prefix="fetch-") as target, _cancelling_pool() as pool:
                for done, _ in enumerate(pool.map(lambda jar: self._fetch(jar, Path(target)), missing), start=1):
                    progress(done, len(missing))
            self._stamp.write_text(json.dumps(self._stats()), encoding="utf-8")

    def _stats(self) -> list[list[object]]:
        stats = ((jar, (self.folder / jar.name).stat()) for jar in self.jars)
        return [[jar.name, jar.sha256, stat.st_size, stat.st_mtime_ns] for jar, stat in stats]

    def _matches(self, jar: Jar) -> bool:
        path = self.folder / jar.name
        return path.exists() and sha256_of(path) == jar.sha256

    def _fetch(self, jar: Jar, target: Path) -> None:
        path = download(jar, target)
        if (found := sha256_of(path)) != jar.sha256:
            raise Unavailable(
                f"{jar.name} ({jar.coordinates}) does not match the lock file: "
                f"its sha256 is {found} instead of {jar.sha256}.",
                remedy="A proxy or mirror modifies files. Nothing was started; try again from another network.",
            )
        path.replace(self.folder / jar.name)


@contextmanager
def _cancelling_pool() -> Iterator[ThreadPoolExecutor]:
    """Yields a thread pool that cancels pending work when one task fails."""
    pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="jars")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def download(jar: Jar, folder: Path) -> Path:
    """Fetches a jar with jgo into a folder and returns its path.

    Raises `Unavailable` when the registry does not answer or does not have the jar.
    """
    import requests
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=folder, timeout=SECONDS_WITHOUT_A_BYTE)
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        return Path(component.artifact(jar.classifier, "jar").resolve())
    except (requests.RequestException, OSError, RuntimeError) as error:
        raise Unavailable(
            f"{jar.coordinates} could not be fetched from the Maven registry ({type(error).__name__}).",
            remedy="Check the network and the proxy settings and run the command again, "
            "or set NEO4J_URI to an existing server.",
        ) from error


def sha256_of(path: Path) -> str:
    """Returns the sha256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lock_text(jars: Iterable[Jar]) -> str:
    """Returns the text of a lock file: one jar per line, without a URL."""
    head = (
        "# The jars of the local Neo4j: coordinates, file name, sha256. Rewritten by `python -m graph lock`.",
        f"# Resolved from {' and '.join(ROOTS)}.",
    )
    return "\n".join((*head, *(f"{jar.coordinates} {jar.name} {jar.sha256}" for jar in jars))) + "\n"


def resolve(folder: Path) -> tuple[Jar, ...]:
    """Resolves the dependencies of `ROOTS` for a new lock file, and fetches them into `folder` for their sha256."""
    import jgo

    found = [
        Jar(a.groupId, a.artifactId, a.version, a.classifier, a.filename, "") for a in jgo.resolve("+".join(ROOTS))
    ]
    with _cancelling_pool() as pool:
        digests = pool.map(lambda jar: sha256_of(download(jar, folder)), found)
        return tuple(
            Jar(j.group, j.artifact, j.version, j.classifier, j.name, d) for j, d in zip(found, digests, strict=True)
        )
