"""Kith as a process: the database, its indexes, the world, then HTTP, and all of it closed again in order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from api import listening
from api.app import PATH, App, Kith, Ready
from api.hosts import Hosts
from api.log import Lines, opened
from api.metrics import Metrics, kith_version
from api.page import Page
from api.request_log import RequestLog
from graph import engine, indexes
from graph.settings import Settings
from graph.store import Reads, Store, connect
from schema.build import build
from schema.context import Caller
from schema.execution import Executor, Options
from schema.limits import DocumentLimits
from schema.planning.selection_builder import Limits

Say = Callable[[str], None]

_SECONDS_TO_FINISH = 30
_SECONDS_TO_BE_READY = 5.0
_SECONDS_KEPT_ALIVE = 65


class Stopping:
    """What SIGTERM and SIGINT do: give up starting, or finish the requests under way, or (the second time) leave."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._task = asyncio.current_task()
        self._server: uvicorn.Server | None = None

    def __call__(self) -> None:
        """Stops what is going on right now."""
        if self._server is None:
            assert self._task is not None
            self._task.cancel()
        elif self._server.should_exit:
            self._server.force_exit = True
        else:
            self._say("Stopping: requests under way are finished first.")
            self._server.should_exit = True

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hears the signals while the context lasts."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self)
        try:
            yield
        finally:
            for each in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(each)

    def served_by(self, server: uvicorn.Server) -> None:
        """From here on stopping means to let this server finish."""
        self._server = server


class _Server(uvicorn.Server):
    """A server that leaves the signals to Kith, which has a database to close after the last request."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures nothing."""
        yield


async def serve(settings: Settings, say: Say) -> None:
    """Serves until a signal; raises KithError when it cannot start."""
    listening.refuse_strangers(settings)
    stopping = Stopping(say)
    lines = Lines(sys.stdout.buffer)
    request_log = RequestLog(Metrics(), opened(lines))
    try:
        with stopping.heard(), listening.taken(settings) as held:
            built = asyncio.create_task(asyncio.to_thread(_prepare, settings))
            async with (
                engine.server(settings) as server,
                connect(
                    server.uri, server.user, server.password, database=server.database,
                    seconds=settings.statement_seconds, observe=request_log.metrics.statement,
                ) as store,
            ):  # fmt: skip
                request_log.metrics.running(neo4j=server.version, in_flight=lambda: request_log.in_flight)
                await _furnish(store, settings, say)
                await built
                http = _Server(_configuration(application(store, settings, request_log)))
                stopping.served_by(http)
                _settle()
                say(banner(listening.url(held), server))
                request_log.log.info("open", url=listening.url(held), version=kith_version(), pid=os.getpid())
                await http.serve([held])
                request_log.log.info("closed")
    finally:
        lines.flush()


def application(store: Store, settings: Settings, request_log: RequestLog) -> App:
    """The ASGI application on an open store."""
    documents = DocumentLimits(settings.max_depth, settings.max_aliases, settings.max_tokens)
    options = Options(
        documents=documents,
        questions=Limits(cost=settings.max_cost),
        currency=settings.currency,
        rates=settings.rates,
        tie_k=settings.tie_k,
    )
    return Kith(
        door=Executor(store.reads, store.writes, options),
        caller=Caller(settings.caller or demo_caller(settings)),
        ready=readiness(store.reads),
        request_log=request_log,
        page=Page(),
        hosts=Hosts([settings.host]),
        body_limit=settings.max_body,
    ).app()


def demo_caller(settings: Settings) -> str | None:
    """Who is asking in the generated world, where the settings name nobody."""
    if settings.world == "none":
        return None
    from seed.world.generate import you

    return you()


def readiness(reads: Reads) -> Ready:
    """Asks the database whether it answers and has every index; the reasons why not, none when all is well."""

    async def because() -> list[str]:
        try:
            async with asyncio.timeout(_SECONDS_TO_BE_READY):
                found = await indexes.drift(reads)
        except TimeoutError:
            return [f"The database did not answer within {_SECONDS_TO_BE_READY:g} seconds."]
        except Exception as error:  # noqa: BLE001  (whatever it is, Kith is not ready, and the probe must hear it)
            return [f"The database did not answer: {type(error).__name__}."]
        wrong = {"missing": found.missing, "not as the models say": found.different, "being built": found.building}
        return [f"Constraints or indexes {why}: {', '.join(names)}." for why, names in wrong.items() if names]

    return because


def _prepare(settings: Settings) -> None:
    """Makes what takes seconds and needs no database, while the database starts."""
    build()
    demo_caller(settings)


async def _furnish(store: Store, settings: Settings, say: Say) -> None:
    before = await indexes.install(store.writes)
    if before.missing or before.different:
        say(f"Installed {len(before.missing) + len(before.different)} constraints and indexes.")
    if settings.world != "none":
        from seed.world.writing import ensure

        written = await ensure(store, settings, settings.world)
        if written is not None:
            say(f"Wrote a world of {written.nodes:,} records in {written.seconds:.0f} seconds (KITH_WORLD).")


def _configuration(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        interface="asgi3",
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_SECONDS_KEPT_ALIVE,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )


def _settle() -> None:
    """Spares the garbage collector what stays for good; answers make much short-lived garbage and no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def banner(url: str, server: engine.Server) -> str:
    """What a person reads when Kith is open."""
    return f"""
  Kith {kith_version()} is open, on Neo4j {server.version or "at " + server.uri}.

    GraphQL, and GraphiQL in a browser   {url}{PATH}
    Health and metrics                   {url}/healthz  /readyz  /metrics

  Ctrl-C stops it.
"""


def run(settings: Settings, say: Say) -> None:
    """Serves in an event loop of its own, uvloop's where there is one."""
    try:
        import uvloop

        factory: Callable[[], asyncio.AbstractEventLoop] | None = uvloop.new_event_loop
    except ImportError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(settings, say))
