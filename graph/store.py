"""The one door to Neo4j: a driver, statements with bound parameters, reads and writes as different types."""

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
_TOO_MUCH_MEMORY = ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "Neo.TransientError.General.OutOfMemory")

_FREE = 64

Observer = Callable[[str, float], None]
Check = Callable[[Any], None]


@lru_cache(maxsize=4096)
def parameters_of(text: str) -> frozenset[str]:
    """The names of the parameters a Cypher text has."""
    return frozenset(_PARAMETER.findall(text))


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement with every parameter it names, ready to be sent."""

    name: str
    text: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """A named Cypher text; `meant` description, per notification title or code, why the server may remark on it."""

    name: str
    text: LiteralString
    meant: Mapping[str, str] = field(default_factory=dict)

    def bind(self, **parameters: Any) -> Bound:
        """The text with its parameters; TypeError when one is missing or not named in the text."""
        named = parameters_of(self.text)
        if named != parameters.keys():
            missing, extra = named - parameters.keys(), parameters.keys() - named
            raise TypeError(f"{self.name}: missing {sorted(missing)}, not in the text {sorted(extra)}")
        return Bound(self.name, self.text, parameters)


def explained(error: Exception, seconds: float) -> Exception:
    """What a driver or server error means to a caller; a statement that is itself wrong stays what it is: a bug."""
    if isinstance(error, Neo4jError) and str(error.code or "").startswith(_TIMED_OUT):
        return TooExpensive(
            f"The statement took longer than {seconds:g} seconds and was stopped.",
            remedy="Ask for less at once: a smaller page, fewer levels, a narrower filter.",
        )
    if isinstance(error, Neo4jError) and str(error.code or "").startswith(_TOO_MUCH_MEMORY):
        return TooExpensive(
            "The statement needs more memory than one statement may have and was stopped.",
            remedy="Ask for less at once: a smaller page, fewer levels, a narrower filter.",
        )
    if isinstance(error, ConstraintError):
        return Conflict(
            "Another record already has a value that must be unique.",
            remedy="Read the record that is there, or give another value.",
        )
    if isinstance(error, TransientError) and str(error.code).startswith("Neo.TransientError.Transaction."):
        return Conflict(
            "Other writes kept getting in the way and the transaction was given up; nothing was changed.",
            remedy="Send it again.",
        )
    if isinstance(error, ClientError) and "Statement.ArithmeticError" in str(error.code):
        return Invalid("A number in the question is out of range.", remedy="Use smaller numbers.")
    if isinstance(error, ClientError) and "Statement" in str(error.code):
        return error
    return Unavailable(
        "The database did not answer.", remedy="Try again shortly; `python -m graph status` tells whether it is up."
    )


class Reads:
    """Asks questions; every answer is one record with one value."""

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
        self._free: list[AsyncSession] = []

    async def ask(self, bound: Bound) -> Any:
        """The first value of the only record, None without a record; sent again once when the connection was lost.

        Raises Unavailable, TooExpensive.
        """
        started = time.perf_counter()
        try:
            try:
                return await self._send(bound)
            except (TransientError, neo4j.exceptions.ServiceUnavailable, neo4j.exceptions.SessionExpired) as error:
                if str(getattr(error, "code", "")).startswith(_TOO_MUCH_MEMORY):
                    raise
                return await self._send(bound)
        except (Neo4jError, DriverError, OSError) as error:
            raise explained(error, self.seconds) from error
        finally:
            self.observe(bound.name, time.perf_counter() - started)

    async def _send(self, bound: Bound) -> Any:
        # A session that has answered is free for the next question: opening one costs a tenth of a small read. On a
        # cluster each question needs a session of its own, or it would wait for the bookmark of the one before.
        session = self._free.pop() if self._free else self._opened()
        try:
            query = Query(cast("LiteralString", bound.text), {"name": bound.name}, self.seconds)
            record = await (await session.run(query, cast("dict[str, Any]", bound.parameters))).single()
        except BaseException:
            await session.close()
            raise
        if self._bookmarks is None and len(self._free) < _FREE:
            self._free.append(session)
        else:
            await session.close()
        return None if record is None else record[0]

    def _opened(self) -> AsyncSession:
        return self._driver.session(
            database=self._database, default_access_mode="READ", fetch_size=-1, bookmark_manager=self._bookmarks
        )

    async def close(self) -> None:
        """Closes the free sessions."""
        while self._free:
            await self._free.pop().close()

    async def records(self, bound: Bound) -> list[dict[str, Any]]:
        """All records as dicts: for the operator's commands and tests, never on the request path.

        Raises Unavailable, TooExpensive.
        """
        try:
            async with self._opened() as session:
                query = Query(cast("LiteralString", bound.text), {"name": bound.name}, self.seconds)
                return await (await session.run(query, cast("dict[str, Any]", bound.parameters))).data()
        except (Neo4jError, DriverError, OSError) as error:
            raise explained(error, self.seconds) from error


class Writes(Reads):
    """Changes the graph, one managed transaction at a time; a retry changes nothing twice."""

    async def change(self, *all_bound: Bound, check: Check | None = None) -> Any:
        """Runs the statements in one transaction and gives the last one's value.

        `check` sees each statement's value before the commit and may raise: then nothing was changed.
        Raises what `check` raises, Conflict, Unavailable, TooExpensive.
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

        return await self.within(work, name=all_bound[0].name)

    async def within(self, work: Callable[[AsyncManagedTransaction], Any], *, name: str) -> Any:
        """Runs `work` in one managed transaction; transient errors are retried by the driver."""
        started = time.perf_counter()
        managed = neo4j.unit_of_work(metadata={"name": name}, timeout=self.seconds)(work)
        try:
            async with self._driver.session(
                database=self._database, fetch_size=-1, bookmark_manager=self._bookmarks
            ) as session:
                return await session.execute_write(managed)
        except (Neo4jError, DriverError, OSError) as error:
            raise explained(error, self.seconds) from error
        finally:
            self.observe(name, time.perf_counter() - started)

    async def alone(self, bound: Bound, *, seconds: float | None = None) -> None:
        """Runs a statement that must be its own transaction: schema changes, `IN TRANSACTIONS`.

        Raises Conflict, Unavailable, TooExpensive.
        """
        try:
            async with self._driver.session(database=self._database, bookmark_manager=self._bookmarks) as session:
                query = Query(cast("LiteralString", bound.text), {"name": bound.name}, seconds)
                await (await session.run(query, cast("dict[str, Any]", bound.parameters))).consume()
        except (Neo4jError, DriverError, OSError) as error:
            raise explained(error, seconds or self.seconds) from error


@dataclass(slots=True)
class Store:
    """An open database: `reads` to ask, `writes` to change."""

    driver: AsyncDriver
    reads: Reads
    writes: Writes


def _unobserved(name: str, seconds: float) -> None:
    """Nobody counts."""


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
    """An open store on that database; `seconds` limits each statement, `observe` hears name and time of each.

    Raises Unavailable when nothing answers there.
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
                remedy="Check the NEO4J_* settings, or leave them out for the local server.",
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
