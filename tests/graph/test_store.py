"""The store returns values of statements and translates the errors of Neo4j."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

import pytest
from neo4j.exceptions import Neo4jError

from graph import engine
from graph.engine.folder import Folder
from graph.engine.suspension import unchanging
from graph.errors import Conflict, Invalid, NotSent, TooExpensive, Unavailable
from graph.identity import new_uid
from graph.settings import Settings
from graph.store import Bound, Statement, Store, connect

ENDLESS = "UNWIND range(1, 1000000000) AS n WITH n WHERE n % 7 = 8 RETURN count(n)"
HUGE = "UNWIND range(1, 1000000000) AS n RETURN size(collect(toString(n)))"


def bound(text: str, **parameters: Any) -> Bound:
    return Bound("test", text, parameters)


async def test_ask_returns_the_value_of_the_single_record_or_none(store: Store) -> None:
    assert await store.reads.ask(bound("RETURN $a + 1", a=1)) == 2
    assert await store.reads.ask(bound("MATCH (n:UnusedLabel) RETURN n.name")) is None
    assert await store.reads.records(bound("UNWIND [1, 2] AS n RETURN n")) == [{"n": 1}, {"n": 2}]


def test_binding_needs_exactly_the_parameters_in_the_text() -> None:
    statement = Statement("test", "RETURN $a, $b")
    with pytest.raises(TypeError, match=r"missing \['b'\], not in the text \['c'\]"):
        statement.bind(a=1, c=2)


async def test_a_statement_that_takes_too_long_is_too_expensive(server: engine.Server) -> None:
    async with connect(server.uri, server.user, server.password, seconds=0.5) as limited:
        for call in (limited.reads.ask, limited.reads.records, limited.writes.change):
            with pytest.raises(TooExpensive, match=r"longer than 0\.5 seconds"):
                await call(bound(ENDLESS))
        with pytest.raises(TooExpensive, match="nothing was changed"):
            await limited.writes.change(bound(ENDLESS))
        with pytest.raises(TooExpensive, match=r"longer than 0\.3 seconds"):
            await limited.writes.autocommit(bound(ENDLESS), seconds=0.3)
        assert await limited.reads.ask(bound("RETURN 1")) == 1


async def test_a_statement_that_needs_too_much_memory_is_too_expensive(store: Store) -> None:
    with pytest.raises(TooExpensive, match="more memory"):
        await store.reads.ask(bound(HUGE))
    assert await store.reads.ask(bound("RETURN 1")) == 1


async def test_a_number_out_of_range_is_invalid(store: Store) -> None:
    with pytest.raises(Invalid, match="out of range"):
        await store.reads.ask(bound("RETURN $n + 1", n=2**63 - 1))


async def test_a_duplicate_unique_value_is_a_conflict_and_nothing_is_changed(store: Store) -> None:
    uid = new_uid()
    create = bound("CREATE (n:Record {uid: $uid}) RETURN n.uid", uid=uid)
    with pytest.raises(Conflict, match="must be unique"):
        await store.writes.change(create, create)
    assert await store.reads.ask(bound("MATCH (n:Record {uid: $uid}) RETURN count(n)", uid=uid)) == 0


async def test_an_error_in_a_check_rolls_the_transaction_back(store: Store) -> None:
    uid = new_uid()

    def check(value: Any) -> None:
        raise LookupError(value)

    with pytest.raises(LookupError, match=uid):
        await store.writes.change(bound("CREATE (n:Record {uid: $uid}) RETURN n.uid", uid=uid), check=check)
    assert await store.reads.ask(bound("MATCH (n:Record {uid: $uid}) RETURN count(n)", uid=uid)) == 0


async def test_a_connection_to_a_closed_port_is_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"bolt://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(Unavailable, match="Neo4j does not answer at bolt"):
            async with connect(address, "neo4j", "none"):
                pass


async def test_requests_to_a_database_that_does_not_answer_fail_soon_and_work_again_once_it_does(
    server: engine.Server, settings: Settings
) -> None:
    async with connect(server.uri, server.user, server.password, seconds=2) as limited:
        assert await limited.reads.ask(bound("RETURN 1")) == 1
        with unchanging(Folder(settings.data)):
            started = time.perf_counter()
            asked = [limited.reads.ask(bound("RETURN $n", n=n)) for n in range(101)]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            assert all(isinstance(answer, Unavailable) for answer in answers)
            assert time.perf_counter() - started < 15
            started = time.perf_counter()
            with pytest.raises(NotSent):
                await limited.reads.ask(bound("RETURN 1"))
            with pytest.raises(NotSent):
                await limited.writes.change(bound("RETURN 1"))
            assert time.perf_counter() - started < 0.1
        for _ in range(300):
            try:
                assert await limited.reads.ask(bound("RETURN 1")) == 1
                break
            except NotSent:
                await asyncio.sleep(0.1)
        assert await limited.reads.ask(bound("RETURN $n", n=-1)) == -1
        for _ in range(2):
            answers = await asyncio.gather(*(limited.reads.ask(bound("RETURN $n", n=n)) for n in range(60)))
            assert answers == list(range(60))


async def test_an_error_of_a_procedure_or_of_cypher_is_not_reported_as_an_outage(store: Store) -> None:
    for text in ("RETURN 1 +", "CALL db.index.fulltext.queryNodes('search', ':') YIELD node RETURN count(node)"):
        with pytest.raises(Neo4jError):
            await store.reads.ask(bound(text))
    with pytest.raises(Invalid, match="cannot be stored"):
        await store.reads.ask(bound("RETURN $n", n=2**63))
    assert await store.reads.ask(bound("RETURN 1")) == 1
