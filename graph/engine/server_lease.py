"""Leases on a server: the one at NEO4J_URI, or the one of the data folder, which is started when necessary."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from graph.engine import java, supervisor
from graph.engine.aot_cache import AotCache
from graph.engine.folder import Folder, Phase, State
from graph.engine.jars import VERSION, JarCache, cache_folder, read_lock
from graph.engine.memory import memory_of
from graph.errors import Unavailable
from graph.settings import Settings

SECONDS_TO_JOIN = 660.0
POLL_SECONDS = 0.05
SECONDS_BETWEEN_CHECKS = 1.0
SECONDS_AFTER_A_FAILURE = 30.0


@dataclass(frozen=True)
class Server:
    """The connection data of a Neo4j server that answers."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str
    version: str
    local: bool


def folder_of(settings: Settings) -> Folder:
    """Returns the data folder of these settings."""
    return Folder(settings.data.absolute())


@asynccontextmanager
async def server(settings: Settings) -> AsyncIterator[Server]:
    """Yields the server at NEO4J_URI, or else the local one, which is started when necessary.

    The local server is stopped when the last process has left this context, also after a crash of that process.
    Raises `Unavailable` when no server can be started.
    """
    if settings.neo4j_uri is not None:
        yield _remote(settings, settings.neo4j_uri)
        return
    folder, left = folder_of(settings), threading.Event()
    with lease(folder):
        try:
            state = await anyio.to_thread.run_sync(join, settings, left, abandon_on_cancel=True)
            watch = asyncio.create_task(_restart_supervisor(settings, left), name="supervisor of the local Neo4j")
            try:
                local = _local(folder, state)
                if folder.is_password_readable_by_others():
                    Console(stderr=True).print(
                        f"Warning: other users can read {folder.password_file}. Run: chmod 600 {folder.password_file}",
                        soft_wrap=True,
                    )
                yield local
            finally:
                watch.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watch
        finally:
            left.set()


def running(settings: Settings) -> Server | None:
    """Returns the server if one is running, without starting one or taking a lease."""
    if settings.neo4j_uri is not None:
        return _remote(settings, settings.neo4j_uri)
    folder = folder_of(settings)
    state = folder.state()
    if folder.is_supervised() and state.phase is Phase.READY and java.answers(state.port):
        return _local(folder, state)
    return None


def _remote(settings: Settings, uri: str) -> Server:
    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
    return Server(uri, settings.neo4j_user, password, settings.neo4j_database, "", local=False)


def _local(folder: Folder, state: State) -> Server:
    return Server(state.uri, java.USER, folder.password(), java.DATABASE, VERSION, local=True)


@contextmanager
def lease(folder: Folder) -> Iterator[None]:
    """Holds a lease on the server of a folder, which is created if it does not exist."""
    folder.make()
    with folder.lease():
        yield


async def _restart_supervisor(settings: Settings, left: threading.Event) -> None:
    """Restarts a killed supervisor, which starts the server at the same port, so that the driver can reconnect."""
    folder = folder_of(settings)
    while True:
        await anyio.sleep(SECONDS_BETWEEN_CHECKS)
        try:
            if not folder.is_supervised():
                await anyio.to_thread.run_sync(join, settings, left, abandon_on_cancel=True)
        except (Unavailable, OSError):
            await anyio.sleep(SECONDS_AFTER_A_FAILURE)


def join(settings: Settings, left: threading.Event) -> State:
    """Starts the server of the data folder unless it runs, and waits until it answers; the caller holds a lease.

    Raises `Unavailable` with the end of the log when the start fails, and when `left` is set.
    """
    if (found := running(settings)) is not None and found.local:
        return folder_of(settings).state()
    folder = folder_of(settings)
    jar_cache = fetch(settings)
    until = time.monotonic() + SECONDS_TO_JOIN
    own_attempt: str | None = None
    memory = memory_of(settings)
    with _progress(f"Starting Neo4j with {memory}"):
        while time.monotonic() < until:
            if left.is_set():
                raise Unavailable("The start of the local Neo4j was cancelled.", remedy="Run the command again.")
            supervised = folder.is_supervised()
            state = folder.state()
            if supervised and state.phase is Phase.READY and java.answers(state.port):
                return state
            if not supervised and state.phase is Phase.FAILED and state.attempt == own_attempt:
                message, _, remedy = state.message.rpartition("\n")
                raise Unavailable(message, remedy=remedy)
            if not supervised:
                own_attempt = supervisor.spawn(folder, jar_cache.folder.parent, memory)
            time.sleep(POLL_SECONDS)
    raise Unavailable(
        f"The local Neo4j did not answer within {SECONDS_TO_JOIN:.0f} s.", remedy=f"Read {folder.log}, then try again."
    )


def jar_cache_of(settings: Settings) -> JarCache:
    """Returns the jar cache of these settings."""
    return JarCache.of(cache_folder(settings.cache), read_lock())


def fetch(settings: Settings) -> JarCache:
    """Fetches and verifies the jars with a progress bar, and returns their cache.

    Raises `Unavailable` when a jar cannot be fetched or does not match the lock file.
    """
    jar_cache = jar_cache_of(settings)
    if not jar_cache.is_verified():
        bar = Progress(
            TextColumn("Fetching Neo4j"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        with bar:
            task = bar.add_task("jars", total=len(jar_cache.jars))
            jar_cache.fill(lambda done, total: bar.update(task, completed=done, total=total))
    return jar_cache


def prepare(settings: Settings) -> None:
    """Fetches the jars and creates the AOT cache, unless NEO4J_URI is set.

    Raises `Unavailable` when a jar cannot be fetched or does not match the lock file.
    """
    if settings.neo4j_uri is None:
        aot_cache = AotCache(fetch(settings))
        if not aot_cache.is_created_or_failed():
            # The AOT cache is optional: without space or permission for it the server starts more slowly.
            with _progress("Creating the AOT cache of Neo4j, once"), contextlib.suppress(OSError):
                aot_cache.create()


@contextmanager
def _progress(activity: str) -> Iterator[None]:
    """Prints the activity, with a spinner on a terminal."""
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(f"{activity} …"):
            yield
    else:
        console.print(f"{activity} …")
        yield
