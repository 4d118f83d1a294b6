"""How a process comes to a server: by NEO4J_URI, by joining the one of the data folder, or by starting it."""

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
from graph.errors import Unavailable
from graph.settings import Settings

SECONDS_TO_JOIN = 660.0
SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_BETWEEN_CARES = 1.0
SECONDS_AFTER_A_FAILURE = 30.0


@dataclass(frozen=True)
class Server:
    """A Neo4j server that answers, and what is needed to talk to it."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str
    version: str
    local: bool


def folder_of(settings: Settings) -> Folder:
    """The data folder that these settings name."""
    return Folder(settings.data.absolute())


@asynccontextmanager
async def server(settings: Settings) -> AsyncIterator[Server]:
    """A server for as long as the context lasts: the one NEO4J_URI names, else the local one, started when it must be.

    The local one is stopped when the last process that is in such a context leaves it, however it ends.
    Raises `Unavailable` when there is none to be had.
    """
    if settings.neo4j_uri is not None:
        yield _elsewhere(settings, settings.neo4j_uri)
        return
    folder, left = folder_of(settings), threading.Event()
    with lease(folder):
        try:
            state = await anyio.to_thread.run_sync(join, settings, left, abandon_on_cancel=True)
            care = asyncio.create_task(_care(settings, left), name="care of the local Neo4j")
            try:
                yield _here(folder, state)
            finally:
                care.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await care
        finally:
            left.set()


def running(settings: Settings) -> Server | None:
    """The server, if there is one now: nothing is started and no lease is taken."""
    if settings.neo4j_uri is not None:
        return _elsewhere(settings, settings.neo4j_uri)
    folder = folder_of(settings)
    state = folder.state()
    if folder.is_supervised() and state.phase is Phase.READY and java.answers(state.port):
        return _here(folder, state)
    return None


def _elsewhere(settings: Settings, uri: str) -> Server:
    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
    return Server(uri, settings.neo4j_user, password, settings.neo4j_database, "", local=False)


def _here(folder: Folder, state: State) -> Server:
    return Server(state.uri, java.USER, folder.password(), java.DATABASE, VERSION, local=True)


@contextmanager
def lease(folder: Folder) -> Iterator[None]:
    """Hold a lease on the server of a folder that is made when there is none."""
    folder.make()
    with folder.lease():
        yield


async def _care(settings: Settings, left: threading.Event) -> None:
    """Start the supervisor again should it be killed, at the same port, so that the driver finds its server back."""
    folder = folder_of(settings)
    while True:
        await anyio.sleep(SECONDS_BETWEEN_CARES)
        try:
            if not folder.is_supervised():
                await anyio.to_thread.run_sync(join, settings, left, abandon_on_cancel=True)
        except (Unavailable, OSError):
            await anyio.sleep(SECONDS_AFTER_A_FAILURE)


def join(settings: Settings, left: threading.Event) -> State:
    """Wait for the server of the data folder to answer, starting it when nobody has; the caller holds a lease.

    Raises `Unavailable` when it does not come up, with the end of its log, and when the caller has `left`.
    """
    if (found := running(settings)) is not None and found.local:
        return folder_of(settings).state()
    folder = folder_of(settings)
    jar_cache = fetched(settings)
    until = time.monotonic() + SECONDS_TO_JOIN
    mine: str | None = None
    with _waiting("Starting Neo4j"):
        while time.monotonic() < until:
            if left.is_set():
                raise Unavailable("Nobody waits for the local Neo4j any more.", remedy="Start it again.")
            supervised = folder.is_supervised()
            state = folder.state()
            if supervised and state.phase is Phase.READY and java.answers(state.port):
                return state
            if not supervised and state.phase is Phase.FAILED and state.attempt == mine:
                message, _, remedy = state.message.rpartition("\n")
                raise Unavailable(message, remedy=remedy)
            if not supervised:
                mine = supervisor.spawn(folder, jar_cache.folder.parent, settings.memory)
            time.sleep(SECONDS_BETWEEN_LOOKS)
    raise Unavailable(
        f"The local Neo4j did not answer within {SECONDS_TO_JOIN:.0f} s.", remedy=f"See {folder.log} and try again."
    )


def jar_cache_of(settings: Settings) -> JarCache:
    """Where the jars are, or will be, with these settings."""
    return JarCache.of(cache_folder(settings.cache), read_lock())


def fetched(settings: Settings) -> JarCache:
    """The jars, on their jar_cache and verified; shows progress while it fetches them.

    Raises `Unavailable` when one cannot be fetched or is not the locked one.
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


def prepared(settings: Settings) -> None:
    """The jars fetched, and what makes each start of a server quick gathered; nothing where another server is used.

    Raises `Unavailable` when a jar cannot be fetched or is not the locked one.
    """
    if settings.neo4j_uri is None:
        aot_cache = AotCache(fetched(settings))
        if not aot_cache.is_settled():
            # Quick starts are a comfort: without room or right to keep the cache Kith goes on with slow ones.
            with _waiting("Preparing quick starts of Neo4j; this happens once"), contextlib.suppress(OSError):
                aot_cache.gather()


@contextmanager
def _waiting(what: str) -> Iterator[None]:
    """Say what is waited for, on a terminal with a sign of life."""
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(f"{what} …"):
            yield
    else:
        console.print(f"{what} …")
        yield
