"""The server process: starts the database, installs indexes, loads the demo world, serves HTTP, stops in order."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from api import memory, sockets
from api.app import PATH, App, Health, with_cors
from api.auth.setup import SignIn, sign_in_of
from api.build import EXPLORER, Notify
from api.connection import Connection
from api.graphql import GraphQLEndpoint
from api.hosts import AllowedHosts
from api.imports import import_routes
from api.links import link_routes
from api.log import BufferedLines, create_logger
from api.metrics import Metrics
from api.page import Pages
from api.preparation import prepare, usual_callers
from api.reports import report_routes
from api.request_log import RequestLog
from graph import engine, indexes, roles, schema_version
from graph.access import Principal
from graph.admission import Budgets
from graph.columns import Columns
from graph.errors import KithError
from graph.event_chain.sealing import keep_sealed
from graph.migrations.execution import incomplete, migrate
from graph.money import Rates
from graph.policy import by_roles
from graph.settings import Settings
from graph.sign_in.passwords import prepare as prepare_passwords
from graph.sign_in.passwords import set_first_password
from graph.store import Reads, Store, connect
from graph.valuation import stored as valuation
from graph.version import kith_version
from reports.rendering import Renderer
from reports.scheduler import Scheduler
from schema.build import build
from schema.execution import Executor, options_of
from schema.trusted_documents import FILE, TrustedDocuments
from seed.caller import demo_caller
from seed.jobs.runner import ImportRunner

_SHUTDOWN_SECONDS = 30
_READINESS_SECONDS = 5.0
_KEEP_ALIVE_SECONDS = 65
# How long the event loop waits for a thread that computes, each time it continues; by default these are 5 ms.
_SECONDS_OF_A_THREAD = 0.0005


class GracefulShutdown:
    """The response to SIGTERM and SIGINT: cancels the start, or shuts down gracefully, or (the second time) at once."""

    def __init__(self, notify: Notify) -> None:
        self._notify = notify
        self._task = asyncio.current_task()
        self._server: uvicorn.Server | None = None

    def __call__(self) -> None:
        """Handles one signal."""
        if self._server is None:
            assert self._task is not None
            self._task.cancel()
        elif self._server.should_exit:
            self._server.force_exit = True
        else:
            self._notify("Stopping after the requests in progress.")
            self._server.should_exit = True

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Installs the handler for the duration of the context."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def serves(self, server: uvicorn.Server) -> None:
        """Directs further signals to this server."""
        self._server = server


class _Server(uvicorn.Server):
    """A uvicorn server without signal handlers, because GracefulShutdown handles signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Installs no signal handler."""
        yield


async def serve(settings: Settings, notify: Notify) -> None:
    """Serves until a signal arrives. Raises KithError when the server cannot start."""
    signals = GracefulShutdown(notify)
    lines = BufferedLines(sys.stdout.buffer)
    request_log = RequestLog(Metrics(), create_logger(lines))
    try:
        with signals.installed(), sockets.listening_socket(settings) as listener:
            preloaded = asyncio.create_task(asyncio.to_thread(_preload, settings))
            async with (
                engine.server(settings) as server,
                connect(
                    server.uri, server.user, server.password, database=server.database,
                    seconds=settings.statement_seconds, heavy=settings.heavy_statements,
                    observe=request_log.metrics.observe_statement,
                ) as store,
            ):  # fmt: skip
                request_log.metrics.set_build_info(neo4j=server.version, in_flight=lambda: request_log.in_flight)
                await _prepare_database(store, settings, server, notify)
                await preloaded
                columns = Columns(store.reads, settings.columns, notify) if settings.columns else None
                imports = ImportRunner(store, settings.data / "imports", Rates(settings.currency, settings.rates))
                await imports.recover()
                executor = Executor(
                    store.reads, store.writes, options_of(settings), policy=by_roles, columns=columns,
                    imports=imports,
                )  # fmt: skip
                renderer = Renderer()
                sign_in = sign_in_of(settings, store, _caller(settings))
                served = application(store, executor, renderer, settings, request_log, sign_in, imports)
                app = with_cors(served, settings.cors_origins)
                http = _Server(_configuration(app))
                signals.serves(http)
                memory.tune()
                sys.setswitchinterval(_SECONDS_OF_A_THREAD)
                url = sockets.url(listener)
                notify(banner(settings.public_url or url, server))
                request_log.log.info("started", url=url, version=kith_version(), pid=os.getpid())
                scheduler = Scheduler(store, executor, renderer, settings, notify, principal_of=sign_in.principal_of)
                beside = _beside(store, scheduler, notify)
                if columns is not None:
                    beside = (*beside, asyncio.create_task(columns.run(), name="columns in memory"))
                if settings.prepare:
                    prepared = _prepare_views(executor, sign_in, request_log, notify)
                    beside = (*beside, asyncio.create_task(prepared, name="preparation of the views"))
                try:
                    await http.serve([listener])
                finally:
                    await imports.close()
                    for task in beside:
                        task.cancel()
                    await asyncio.wait(beside)
                request_log.log.info("stopped")
    finally:
        lines.flush()


def _beside(store: Store, scheduler: Scheduler, notify: Notify) -> tuple[asyncio.Task[None], ...]:
    """Starts the work that goes on beside the requests."""
    return (
        asyncio.create_task(memory.watch(), name="collection of garbage"),
        asyncio.create_task(_check_records(store.reads, notify), name="check of the records"),
        asyncio.create_task(keep_sealed(store.reads, store.writes, notify), name="sealing of events"),
        asyncio.create_task(scheduler.run(), name="scheduled reports"),
    )


def application(
    store: Store,
    executor: Executor,
    renderer: Renderer,
    settings: Settings,
    request_log: RequestLog,
    sign_in: SignIn,
    imports: ImportRunner | None = None,
) -> App:
    """Returns the ASGI application for an open store; without `imports` it does not import files."""
    pages = Pages()
    hosts = AllowedHosts(sign_in.rules.hosts)
    endpoint = GraphQLEndpoint(
        executor,
        authentication=sign_in.authenticate,
        body_limit=settings.max_body,
        answer_limit=settings.max_answer,
        hosts=hosts,
        page=pages.graphiql,
        request_log=request_log,
        documents=_documents(settings),
        budgets=Budgets(settings.budget_rate, settings.budget_burst) if settings.budget_rate else None,
    )
    routes = sign_in.routes + report_routes(executor, renderer) + link_routes(settings.data / "links")
    if imports is not None:
        folder = settings.data / "imports"
        routes += import_routes(imports, executor, folder, settings.max_upload)
    return App(
        endpoint, pages, request_log, health(store.reads),
        hosts=hosts, authenticate=sign_in.authenticate, secure=sign_in.rules.secure, routes=routes,
    )  # fmt: skip


def _documents(settings: Settings) -> TrustedDocuments | None:
    """Returns the registered documents with those of the explorer, if callers may send no others. Raises Invalid."""
    if settings.documents == "any":
        return None
    explorer = EXPLORER / "src"
    built = [explorer] if (explorer / "generated" / "names.graphql").is_file() else []
    return TrustedDocuments.read(settings.data / FILE, built, options_of(settings).documents)


def health(reads: Reads) -> Health:
    """Returns the checks that the database answers, and that it has all constraints and indexes of the models."""

    async def answers() -> list[str]:
        return await _reasons(_sends(reads))

    async def ready() -> list[str]:
        return await _reasons(_differences(reads))

    return Health(answers, ready)


async def _reasons(check: Coroutine[None, None, list[str]]) -> list[str]:
    """Returns the reasons that a check finds, or the reason why it failed."""
    try:
        async with asyncio.timeout(_READINESS_SECONDS):
            return await check
    except TimeoutError:
        return [f"The database did not answer within {_READINESS_SECONDS:g} seconds."]
    except Exception as error:  # noqa: BLE001  (any failure means "not ready", and the probe must report it)
        return [f"The database did not answer: {type(error).__name__}."]


async def _sends(reads: Reads) -> list[str]:
    await schema_version.read(reads)
    return []


async def _differences(reads: Reads) -> list[str]:
    found = await indexes.drift(reads)
    problems = {
        "are missing": found.missing,
        "differ from the models": found.different,
        "are being populated": found.populating,
    }
    return [f"Constraints or indexes {text}: {', '.join(names)}." for text, names in problems.items() if names]


def _preload(settings: Settings) -> None:
    """Builds what takes long, such as the schema and the demo caller, while the database starts."""
    build()
    demo_caller(settings)
    prepare_passwords()


async def _prepare_database(store: Store, settings: Settings, server: engine.Server, notify: Notify) -> None:
    await migrate(store, settings, server, notify)
    await valuation.require(store, Rates(settings.currency, settings.rates))
    before = await indexes.install(store.writes)
    if before.missing or before.different:
        notify(f"Installed {len(before.missing) + len(before.different)} constraints and indexes.")
    if settings.world != "none":
        from seed.world.writing import ensure

        written = await ensure(store, settings, settings.world)
        if written is not None:
            notify(f"Wrote the demo world: {written.nodes:,} records in {written.seconds:.0f} seconds (KITH_WORLD).")
            await _print_first_passwords(store, notify)
    await roles.install(store.writes)


async def _print_first_passwords(store: Store, notify: Notify) -> None:
    """Prints once the random passwords of a user for each role in the demo world."""
    lines = []
    for role, user in await roles.holders(store.reads):
        found = await set_first_password(store.reads, store.writes, user)
        if found is not None:
            lines.append(f"  {role:<22}{found[0]:<40}{found[1]}")
    if lines:
        notify(
            "\n".join(["The users of the demo world sign in with these passwords, which are not shown again:", *lines])
        )


async def _prepare_views(executor: Executor, sign_in: SignIn, request_log: RequestLog, notify: Notify) -> None:
    """Requests each view of the explorer once, and notifies the operator when all have been planned.

    Where everybody signs in, it does so for each of the usual sets of rights.
    """
    started, views = time.perf_counter(), 0
    try:
        callers = [Principal(sign_in.caller, operator=True)]
        if sign_in.rules.required:
            callers = await usual_callers(executor.reads)
        for caller in callers:
            views = await prepare(executor, caller, request_log.idle)
    except KithError as error:
        notify(f"The views of the explorer could not be prepared: {error.message}")
        return
    if views:
        whom = "" if not sign_in.rules.required else f" for {len(callers)} sets of rights"
        notify(f"Prepared the {views} views of the explorer{whom} in {time.perf_counter() - started:.0f} seconds.")


def _caller(settings: Settings) -> str | None:
    """The user on whose behalf requests without credentials are answered, where that is allowed."""
    return settings.caller or demo_caller(settings)


async def _check_records(reads: Reads, notify: Notify) -> None:
    """Notifies the operator of records that another program wrote, while the server already answers."""
    try:
        found = await incomplete(reads)
    except KithError as error:
        notify(f"Kith could not check whether another program wrote records that lists do not find: {error.message}")
        return
    if found:
        notify(
            f"Another program wrote records that lists and searches do not find ({max(found.values()):,})."
            " Run `python -m graph migrate` to complete them."
        )


def _configuration(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        interface="asgi3",
        http=Connection,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )


def banner(url: str, server: engine.Server) -> str:
    """Returns the text that is printed when the server is ready."""
    return f"""
  Kith {kith_version()} is running on Neo4j {server.version or "at " + server.uri}.

    GraphQL, and GraphiQL in a browser   {url}{PATH}
    Reports                              {url}/reports
    Health and metrics                   {url}/healthz  /readyz  /metrics

  Press Ctrl-C to stop.
"""


def run(settings: Settings, notify: Notify) -> None:
    """Serves in a new event loop, with uvloop where it is installed."""
    with asyncio.Runner(loop_factory=uvicorn.Config(app="", loop="auto").get_loop_factory()) as runner:
        runner.run(serve(settings, notify))
