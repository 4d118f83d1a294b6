"""Access to Neo4j: statements with bound parameters, and separate types for reading and writing."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, LiteralString, cast

import neo4j
from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncManagedTransaction, AsyncSession, Query
from neo4j.exceptions import ClientError, ConstraintError, DriverError, Neo4jError, TransientError

from graph.errors import Conflict, Invalid, TooExpensive, Unavailable

_PARAMETER = re.compile(r"\$(\w+)")
_TIMED_OUT = "Neo.ClientError.Transaction.TransactionTimedOut"
_OUT_OF_MEMORY = ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "Neo.TransientError.General.OutOfMemory")

_MAX_IDLE_SESSIONS = 64

Observer = Callable[[str, float], None]
Check = Callable[[Any], None]


@lru_cache(maxsize=4096)
def parameters_of(text: str) -> frozenset[str]:
    """Returns the names of the parameters in a Cypher text."""
    return frozenset(_PARAMETER.findall(text))


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement with a value for every parameter in its text."""

    name: str
    text: str
    parameters: Mapping[str, Any]


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


def translate(error: Exception, seconds: float) -> Exception:
    """Translates an error of the driver or server into a KithError; an error in the Cypher itself is returned as is."""
    if isinstance(error, Neo4jError) and str(error.code or "").startswith(_TIMED_OUT):
        return TooExpensive(
            f"The request took longer than {seconds:g} seconds in the database and was stopped.",
            remedy="Request less at once: a smaller page, fewer levels or a narrower filter.",
        )
    if isinstance(error, Neo4jError) and str(error.code or "").startswith(_OUT_OF_MEMORY):
        return TooExpensive(
            "The request needs more memory than the database allows and was stopped.",
            remedy="Request less at once: a smaller page, fewer levels or a narrower filter.",
        )
    if isinstance(error, ConstraintError):
        return Conflict(
            "A value in the input must be unique, and another record already has it.",
            remedy="Use another value, or update the existing record.",
        )
    if isinstance(error, TransientError) and str(error.code).startswith("Neo.TransientError.Transaction."):
        return Conflict(
            "The transaction conflicted with other writes and was rolled back; nothing was changed.",
            remedy="Send the request again.",
        )
    if isinstance(error, ClientError) and "Statement.ArithmeticError" in str(error.code):
        return Invalid("A number in the request is out of range.", remedy="Use smaller numbers.")
    if isinstance(error, ClientError) and "Statement" in str(error.code):
        return error
    return Unavailable("The database did not answer.", remedy="Try again in a few seconds.")


class Reads:
    """Runs read statements, each of which returns one record with one value."""

    def __init__(
        self,
        driver: AsyncDriver,
        database: str,
        seconds: float,
        observe: Observer,
        bookmarks: Any = None,
    ) -> None:
        self._driver = driver
        self._database = database
        self._bookmarks = bookmarks
        self.seconds = seconds
        self.observe = observe
        self._idle: list[AsyncSession] = []

    async def ask(self, bound: Bound) -> Any:
        """Returns the value of the single record, or None without a record; retries once after a lost connection.

        Raises Unavailable and TooExpensive.
        """
        started = time.perf_counter()
        try:
            try:
                return await self._send(bound)
            except (TransientError, neo4j.exceptions.ServiceUnavailable, neo4j.exceptions.SessionExpired) as error:
                if str(getattr(error, "code", "")).startswith(_OUT_OF_MEMORY):
                    raise
                return await self._send(bound)
        except (Neo4jError, DriverError, OSError) as error:
            raise translate(error, self.seconds) from error
        finally:
            self.observe(bound.name, time.perf_counter() - started)

    async def _send(self, bound: Bound) -> Any:
        # Sessions are reused, because opening one costs a tenth of a small read. On a cluster each statement needs a
        # session of its own, or it would wait for the bookmark of the previous one.
        session = self._idle.pop() if self._idle else self._session()
        try:
            query = Query(cast("LiteralString", bound.text), {"name": bound.name}, self.seconds)
            record = await (await session.run(query, cast("dict[str, Any]", bound.parameters))).single()
        except BaseException:
            await session.close()
            raise
        if self._bookmarks is None and len(self._idle) < _MAX_IDLE_SESSIONS:
            self._idle.append(session)
        else:
            await session.close()
        return None if record is None else record[0]

    def _session(self) -> AsyncSession:
        return self._driver.session(
            database=self._database, default_access_mode="READ", fetch_size=-1, bookmark_manager=self._bookmarks
        )

    async def close(self) -> None:
        """Closes the idle sessions."""
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
        """Runs `work` in one managed transaction, which the driver retries after transient errors."""
        started = time.perf_counter()
        managed = neo4j.unit_of_work(metadata={"name": name}, timeout=self.seconds)(work)
        try:
            async with self._driver.session(
                database=self._database, fetch_size=-1, bookmark_manager=self._bookmarks
            ) as session:
                return await session.execute_write(managed)
        except (Neo4jError, DriverError, OSError) as error:
            raise translate(error, self.seconds) from error
        finally:
            self.observe(name, time.perf_counter() - started)

    async def autocommit(self, bound: Bound, *, seconds: float | None = None) -> None:
        """Runs a statement in an auto-commit transaction, as schema changes and `IN TRANSACTIONS` need.

        Raises Conflict, Unavailable and TooExpensive.
        """
        try:
            async with self._driver.session(database=self._database, bookmark_manager=self._bookmarks) as session:
                query = Query(cast("LiteralString", bound.text), {"name": bound.name}, seconds)
                await (await session.run(query, cast("dict[str, Any]", bound.parameters))).consume()
        except (Neo4jError, DriverError, OSError) as error:
            raise translate(error, seconds or self.seconds) from error


@dataclass(slots=True)
class Store:
    """An open connection to a database."""

    driver: AsyncDriver
    reads: Reads
    writes: Writes


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
    observe: Observer = _unobserved,
) -> AsyncIterator[Store]:
    """Connects to a database; `seconds` is the time limit of a statement, `observe` receives its name and duration.

    Raises Unavailable when the server does not answer.
    """
    bookmarks = AsyncGraphDatabase.bookmark_manager() if uri.startswith("neo4j") else None
    async with AsyncGraphDatabase.driver(
        uri,
        auth=(user, password),
        notifications_min_severity="OFF",
        telemetry_disabled=True,
        user_agent="kith",
        max_transaction_retry_time=30.0,
    ) as driver:
        try:
            await driver.verify_connectivity()
        except (Neo4jError, DriverError, OSError) as error:
            raise Unavailable(
                f"Neo4j does not answer at {uri}: {error}",
                remedy="Check the NEO4J_* settings, or unset them to use the local server.",
            ) from error
        store = Store(
            driver,
            Reads(driver, database, seconds, observe, bookmarks),
            Writes(driver, database, seconds, observe, bookmarks),
        )
        try:
            yield store
        finally:
            await store.reads.close()
            await store.writes.close()
