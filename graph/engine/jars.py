"""The Neo4j jars: fetched by the coordinates of a committed lock, and used only when their sha256 is the locked one."""

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

NodeRef = Callable[[int, int], None]


@dataclass(frozen=True, order=True)
class Jar:
    """One jar of the lock: Maven coordinates, file name and the sha256 it must have."""

    group: str
    artifact: str
    version: str
    classifier: str
    name: str
    sha256: str

    @property
    def coordinates(self) -> str:
        """`group:artifact:version`, and the classifier where there is one."""
        return ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))


def read_lock(path: Path = LOCK) -> tuple[Jar, ...]:
    """The jars of a lock file, in the order of the class path."""
    return tuple(_jar(line) for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")


def _jar(line: str) -> Jar:
    coordinates, name, sha256 = line.split()
    group, artifact, version, *classifier = coordinates.split(":")
    return Jar(group, artifact, version, classifier[0] if classifier else "", name, sha256)


def cache_folder(chosen: Path | None) -> Path:
    """Where jars are kept for this user: `chosen`, or the cache folder of the operating system."""
    if chosen:
        return chosen.absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "kith"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kith"
    return Path(os.environ.get("XDG_CACHE_HOME", "").strip() or Path.home() / ".cache") / "kith"


@dataclass(frozen=True)
class JarCache:
    """A folder that holds exactly the jars of one lock, so that another lock never meets them."""

    folder: Path
    jars: tuple[Jar, ...]

    @classmethod
    def of(cls, cache: Path, jars: tuple[Jar, ...]) -> JarCache:
        """The jar_cache of these jars within a cache folder."""
        digest = hashlib.sha256("\n".join(jar.sha256 for jar in jars).encode()).hexdigest()
        return cls(cache / f"neo4j-{digest[:12]}", jars)

    @property
    def class_path(self) -> str:
        """The jars as Java wants them, always in the same order."""
        return os.pathsep.join(str(self.folder / jar.name) for jar in self.jars)

    @property
    def _stamp(self) -> Path:
        return self.folder / "verified.json"

    def is_verified(self) -> bool:
        """Whether every jar is, by size and time, the file whose sha256 was found right."""
        try:
            return bool(json.loads(self._stamp.read_text(encoding="utf-8")) == self._look())
        except (OSError, ValueError):
            return False

    def fill(self, told: NodeRef) -> None:
        """Fetch what is missing, verify every sha256, and leave a stamp so that the next start need not.

        Raises `Unavailable` when a jar cannot be fetched or is not the locked one; a wrong jar is never left in place.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / "lock"):
            if self.is_verified():
                return
            missing = [jar for jar in self.jars if not self._is_right(jar)]
            with tempfile.TemporaryDirectory(dir=self.folder, prefix="fetch-") as fresh, _quiet_pool() as pool:
                for done, _ in enumerate(pool.map(lambda jar: self._fetch(jar, Path(fresh)), missing), start=1):
                    told(done, len(missing))
            self._stamp.write_text(json.dumps(self._look()), encoding="utf-8")

    def _look(self) -> list[list[object]]:
        stats = ((jar, (self.folder / jar.name).stat()) for jar in self.jars)
        return [[jar.name, jar.sha256, stat.st_size, stat.st_mtime_ns] for jar, stat in stats]

    def _is_right(self, jar: Jar) -> bool:
        path = self.folder / jar.name
        return path.exists() and sha256_of(path) == jar.sha256

    def _fetch(self, jar: Jar, fresh: Path) -> None:
        path = download(jar, fresh)
        if (found := sha256_of(path)) != jar.sha256:
            raise Unavailable(
                f"{jar.name} ({jar.coordinates}) is not the file that Kith was made with: "
                f"its sha256 is {found}, the lock says {jar.sha256}.",
                remedy="Something between here and the Maven registry changes files; nothing was started. "
                "Try again from another network.",
            )
        path.replace(self.folder / jar.name)


@contextmanager
def _quiet_pool() -> Iterator[ThreadPoolExecutor]:
    """A pool that drops what has not begun as soon as one piece of work fails."""
    pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="jars")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def download(jar: Jar, folder: Path) -> Path:
    """Fetch one jar through jgo into a folder.

    Raises `Unavailable`, naming the jar, when the registry does not answer or does not have it.
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
            remedy="Check the network or the proxy settings and run the same command again, "
            "or set NEO4J_URI to a server you have.",
        ) from error


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lock_text(jars: Iterable[Jar]) -> str:
    """A lock file: one jar a line, without an address."""
    head = (
        "# The jars of the local Neo4j: coordinates, file name, sha256. Rewritten by `python -m graph lock`.",
        f"# Resolved from {' and '.join(ROOTS)}.",
    )
    return "\n".join((*head, *(f"{jar.coordinates} {jar.name} {jar.sha256}" for jar in jars))) + "\n"


def resolve(folder: Path) -> tuple[Jar, ...]:
    """The jars that `ROOTS` need, fetched into `folder` to learn their sha256; for whoever moves to a new Neo4j."""
    import jgo

    found = [
        Jar(a.groupId, a.artifactId, a.version, a.classifier, a.filename, "") for a in jgo.resolve("+".join(ROOTS))
    ]
    with _quiet_pool() as pool:
        digests = pool.map(lambda jar: sha256_of(download(jar, folder)), found)
        return tuple(
            Jar(j.group, j.artifact, j.version, j.classifier, j.name, d) for j, d in zip(found, digests, strict=True)
        )
