"""Access to Neo4j: statements with bound parameters, and separate types for reading and writing."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, LiteralString, Self, cast

import neo4j
from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncManagedTransaction, AsyncResult, AsyncSession, Query
from neo4j.exceptions import DriverError, Neo4jError, TransientError

from graph.admission import HEAVY_SECONDS, Admission
from graph.database_errors import NOT_REPRESENTABLE, OUT_OF_MEMORY, too_slow, translate
from graph.errors import NotSent, Unavailable
from graph.joining import Join, Joining
from graph.pulse import Pulse
from graph.turns import Turns

PARAMETER = re.compile(r"\$(\w+)")

_MAX_IDLE_SESSIONS = 64
_MAX_CONNECTIONS = 100
# The database ends a statement after its limit. It does not end the planning of one, so Kith waits a little longer,
# and then closes the connection.
_GRACE_SECONDS = 2.0
_CLOSE_SECONDS = 2.0
_RETRY_SECONDS = 15.0
_CONNECT_SECONDS = 5.0
_ACQUIRE_SECONDS = 10.0

_PROBE = Query("RETURN 1", {"name": "probe"})

Observer = Callable[[str, float], None]
Check = Callable[[Any], None]
Guard = Callable[[AsyncManagedTransaction], Awaitable[None]]


def find_parameters(text: str) -> frozenset[str]:
    """Returns the names of the parameters in a Cypher text."""
    return frozenset(PARAMETER.findall(text))


# For the statements that are written in the program.
parameters_of = lru_cache(maxsize=512)(find_parameters)


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement with a value for every parameter in its text; `join` if it looks up a single record."""

    name: str
    text: str
    parameters: Mapping[str, Any]
    join: Join | None = None

    def with_items(self, items: list[dict[str, Any]], same: Mapping[str, Any]) -> Bound:
        """The statement for several items that differ in some parameters, with those that they have in common."""
        assert self.join is not None
        return Bound(self.name, self.join.text, {**same, "items": items})


@dataclass(frozen=True, slots=True)
class Statement:
    """A named Cypher text; `expected` maps each notification (title or code) it may cause to the reason."""

    name: str
    text: LiteralString
    expected: Mapping[str, str] = field(default_factory=dict)

    def bind(self, **parameters: Any) -> Bound:
        """Binds the parameters. Raises TypeError when one is missing or does not occur in the text."""
        names = parameters_of(self.text)
        if names != parameters.keys():
            missing, extra = names - parameters.keys(), parameters.keys() - names
            raise TypeError(f"{self.name}: missing {sorted(missing)}, not in the text {sorted(extra)}")
        return Bound(self.name, self.text, parameters)


class Reads:
    """Runs read statements, each of which returns one record with one value."""

    def __init__(
        self,
        driver: AsyncDriver,
        database: str,
        seconds: float,
        observe: Observer,
        bookmarks: Any = None,
        *,
        admission: Admission | None = None,
        pulse: Pulse | None = None,
    ) -> None:
        self._driver = driver
        self._database = database
        self._bookmarks = bookmarks
        self.admission = admission or Admission()
        self._pulse = pulse or Pulse(lambda: _probe(driver, database))
        self.seconds = seconds
        self.observe = observe
        self._idle: list[AsyncSession] = []
        self._joining = Joining()

    async def ask(self, bound: Bound) -> Any:
        """Returns the value of the single record, or None without a record; retries once after a lost connection.

        Raises Unavailable and TooExpensive.
        """
        return await (self._ask(bound) if bound.join is None else self._joining.ask(bound, self._ask))

    async def _ask(self, bound: Bound) -> Any:
        if self._pulse.silent:
            raise _not_sent()
        lane = self.admission.lane(bound.text, bound.parameters)
        await lane.enter()
        started = time.perf_counter()
        in_database: float | None = None
        try:
            try:
                value, result = await self._send(bound)
            except (TransientError, neo4j.exceptions.ServiceUnavailable, neo4j.exceptions.SessionExpired) as error:
                if str(getattr(error, "code", "")).startswith(OUT_OF_MEMORY):
                    raise
                value, result = await self._send(bound)
            in_database = time.perf_counter() - started
            if in_database >= HEAVY_SECONDS:
                in_database = await _seconds_in_database(result)
        except (Neo4jError, DriverError, OSError, *NOT_REPRESENTABLE) as error:
            if isinstance(error, TimeoutError) and await self._pulse.answers_since(started):
                raise too_slow(self.seconds) from error
            raise translate(error, self.seconds) from error
        else:
            self._pulse.answered()
            return value
        finally:
            lane.leave()
            seconds = time.perf_counter() - started
            if in_database is not None or seconds >= HEAVY_SECONDS:
                self.admission.took(bound.text, bound.parameters, seconds if in_database is None else in_database)
            self.observe(bound.name, seconds)

    async def _send(self, bound: Bound) -> tuple[Any, AsyncResult]:
        # Sessions are reused, because opening one costs a tenth of a small read. On a cluster each statement needs a
        # session of its own, or it would wait for the bookmark of the previous one.
        session = self._idle.pop() if self._idle else self._session()
        try:
            async with asyncio.timeout(self.seconds + _GRACE_SECONDS):
                query = Query(cast("LiteralString", bound.text), {"name": bound.name}, self.seconds)
                result = await session.run(query, cast("dict[str, Any]", bound.parameters))
                record = await result.single()
        except (TimeoutError, asyncio.CancelledError):
            session.cancel()
            await session.close()
            raise
        except BaseException:
            await _close(session)
            raise
        if self._bookmarks is None and len(self._idle) < _MAX_IDLE_SESSIONS:
            self._idle.append(session)
        else:
            await session.close()
        return (None if record is None else record[0]), result

    def limited(self, seconds: float) -> Self:
        """A copy with another time limit."""
        one = copy(self)
        one.seconds = seconds
        return one

    async def stream(self, bound: Bound) -> AsyncIterator[Any]:
        """Yields the value of each record, as background work reads many of them. Raises Unavailable, TooExpensive."""
        try:
            async with self._session() as session:
                query = Query(cast("LiteralString", bound.text), {"name": bound.name}, self.seconds)
                async for record in await session.run(query, cast("dict[str, Any]", bound.parameters)):
                    yield record[0]
        except (Neo4jError, DriverError, OSError) as error:
            raise translate(error, self.seconds) from error

    def _session(self) -> AsyncSession:
        return self._driver.session(
            database=self._database, default_access_mode="READ", fetch_size=-1, bookmark_manager=self._bookmarks
        )

    async def close(self) -> None:
        """Closes the idle sessions and ends the probes."""
        await self._pulse.close()
        while self._idle:
            await self._idle.pop().close()

    async def records(self, bound: Bound) -> list[dict[str, Any]]:
        """Returns all records as dicts, for commands and tests; requests use `ask`.

        Raises Unavailable and TooExpensive.
        """
        try:
            async with self._session() as session:
                query = Query(cast("LiteralString", bound.text), {"name": bound.name}, self.seconds)
                return await (await session.run(query, cast("dict[str, Any]", bound.parameters))).data()
        except (Neo4jError, DriverError, OSError) as error:
            raise translate(error, self.seconds) from error


class Writes(Reads):
    """Runs write statements in managed transactions, which the driver retries after transient errors."""

    owner = ""
    """Identifies the transactions in `SHOW TRANSACTIONS`, as `owner` of their metadata."""
    guard: Guard | None = None
    """Called at the start of each managed transaction; if it raises, nothing is written."""

    @cached_property
    def turns(self) -> Turns:
        """The turns of mutations, which share transactions."""
        return Turns()

    def limited(self, seconds: float) -> Self:
        """A copy with another time limit, and turns of its own."""
        one = super().limited(seconds)
        one.__dict__.pop("turns", None)
        return one

    def owned(self, owner: str, guard: Guard, seconds: float) -> Writes:
        """A copy with an owner, a guard and another time limit."""
        one = self.limited(seconds)
        one.owner, one.guard = owner, guard
        return one

    async def change(self, *all_bound: Bound, check: Check | None = None) -> Any:
        """Runs the statements in one transaction and returns the value of the last one.

        `check` receives the value of each statement before the commit; if it raises, the transaction is rolled back.
        Raises what `check` raises, Conflict, Unavailable and TooExpensive.
        """

        async def work(transaction: AsyncManagedTransaction) -> Any:
            value = None
            for bound in all_bound:
                result = await transaction.run(
                    cast("LiteralString", bound.text), cast("dict[str, Any]", bound.parameters)
                )
                record = await result.single()
                value = None if record is None else record[0]
                if check is not None:
                    check(value)
            return value

        return await self.in_transaction(work, name=all_bound[0].name)

    async def in_transaction(self, work: Callable[[AsyncManagedTransaction], Any], *, name: str) -> Any:
        """Runs `work` in one managed transaction, which the driver retries after transient errors.

        Raises NotSent while the database is silent or too many others are before it.
        """
        if self._pulse.silent:
            raise _not_sent()
        lane = self.admission.writes
        await lane.enter()
        started = time.perf_counter()
        metadata = {"name": name, "owner": self.owner}

        @neo4j.unit_of_work(metadata=metadata, timeout=self.seconds)
        async def managed(transaction: AsyncManagedTransaction) -> Any:
            if self.guard is not None:
                await self.guard(transaction)
            return await work(transaction)

        try:
            async with (
                asyncio.timeout(self.seconds + _RETRY_SECONDS + _GRACE_SECONDS),
                self._driver.session(
                    database=self._database, fetch_size=-1, bookmark_manager=self._bookmarks
                ) as session,
            ):
                value = await session.execute_write(managed)
                self._pulse.answered()
                return value
        except (Neo4jError, DriverError, OSError, *NOT_REPRESENTABLE) as error:
            if isinstance(error, TimeoutError):
                await self._pulse.answers_since(started)
            raise translate(error, self.seconds, writes=True) from error
        finally:
            lane.leave()
            self.observe(name, time.perf_counter() - started)

    async def autocommit(self, bound: Bound, *, seconds: float | None = None) -> None:
        """Runs a statement in an auto-commit transaction, as schema changes and `IN TRANSACTIONS` need.

        Raises Conflict, Unavailable and TooExpensive.
        """
        try:
            async with self._driver.session(database=self._database, bookmark_manager=self._bookmarks) as session:
                metadata = {"name": bound.name, "owner": self.owner}
                query = Query(cast("LiteralString", bound.text), metadata, seconds)
                await (await session.run(query, cast("dict[str, Any]", bound.parameters))).consume()
        except (Neo4jError, DriverError, OSError) as error:
            raise translate(error, seconds or self.seconds) from error


@dataclass(slots=True)
class Store:
    """An open connection to a database."""

    driver: AsyncDriver
    reads: Reads
    writes: Writes


async def _seconds_in_database(result: AsyncResult) -> float:
    """Returns how long the database took for a result that was read, without what this process took."""
    summary = await result.consume()
    return ((summary.result_available_after or 0) + (summary.result_consumed_after or 0)) / 1000


async def _close(session: AsyncSession) -> None:
    """Closes a session after an error; its connection is dropped if the server does not answer."""
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await session.close()
    except (TimeoutError, Neo4jError, DriverError, OSError):
        session.cancel()
        await session.close()


async def _probe(driver: AsyncDriver, database: str) -> None:
    """Sends a trivial statement."""
    async with driver.session(database=database) as session:
        await (await session.run(_PROBE)).consume()


def _not_sent() -> NotSent:
    return NotSent(
        "The database does not answer; the request was not sent to it.", remedy="Try again in a few seconds."
    )


def _unobserved(name: str, seconds: float) -> None:
    """Ignores the observation."""


@asynccontextmanager
async def connect(
    uri: str,
    user: str,
    password: str,
    *,
    database: str = "neo4j",
    seconds: float = 10.0,
    heavy: int | None = None,
    observe: Observer = _unobserved,
) -> AsyncIterator[Store]:
    """Connects to a database; `seconds` is the time limit of a statement, `observe` receives its name and duration.

    At most `heavy` statements that take long run at the same time, by default as many as there are processors.
    Raises Unavailable when the server does not answer.
    """
    admission = Admission(heavy=heavy, seconds=seconds / 2)
    bookmarks = AsyncGraphDatabase.bookmark_manager() if uri.startswith("neo4j") else None
    async with AsyncGraphDatabase.driver(
        uri,
        auth=(user, password),
        notifications_min_severity="OFF",
        telemetry_disabled=True,
        user_agent="kith",
        max_transaction_retry_time=_RETRY_SECONDS,
        max_connection_pool_size=_MAX_CONNECTIONS + admission.heavy.size,
        connection_acquisition_timeout=_ACQUIRE_SECONDS,
        connection_timeout=_CONNECT_SECONDS,
    ) as driver:
        try:
            await driver.verify_connectivity()
        except (Neo4jError, DriverError, OSError) as error:
            raise Unavailable(
                f"Neo4j does not answer at {uri}: {error}",
                remedy="Check the NEO4J_* settings, or unset them to use the local server.",
            ) from error
        shared: dict[str, Any] = {"admission": admission, "pulse": Pulse(lambda: _probe(driver, database))}
        store = Store(
            driver,
            Reads(driver, database, seconds, observe, bookmarks, **shared),
            Writes(driver, database, seconds, observe, bookmarks, **shared),
        )
        try:
            yield store
        finally:
            await store.reads.close()
            await store.writes.close()
