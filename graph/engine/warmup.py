"""Statements of the engine itself: those that a new server must answer, and those that fill the AOT cache."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import LiteralString

import neo4j
from neo4j.exceptions import AuthError

from graph.engine import java
from graph.errors import Unavailable

# The first statements load many classes, which must not count against the time limit of a request.
FIRST_STATEMENTS: tuple[LiteralString, ...] = (
    "RETURN 1 AS one",
    "SHOW CONSTRAINTS YIELD name RETURN count(name) AS constraints",
    "SHOW INDEXES YIELD name RETURN count(name) AS indexes",
)

# Statements that load the classes which reads and writes need, independent of the models.
WARMUP: tuple[LiteralString, ...] = (
    "CREATE CONSTRAINT IF NOT EXISTS FOR (n:Warm) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX IF NOT EXISTS FOR (n:Warm) ON (n.name)",
    "CREATE FULLTEXT INDEX warm IF NOT EXISTS FOR (n:Warm) ON EACH [n.name]",
    "CALL db.awaitIndexes(60)",
    "UNWIND range(1, 100) AS i MERGE (n:Warm {id: i}) SET n.name = 'n' + i, n.at = datetime()",
    "MATCH (n:Warm) WHERE n.id > 1 MATCH (m:Warm {id: n.id / 2}) MERGE (n)-[:UNDER {weight: 1.5}]->(m)",
    "MATCH (n:Warm {id: $id}) RETURN collect(n {.id, .name, at: toString(n.at)}) AS answer",
    (
        "MATCH (n:Warm) WHERE n.name IS NOT NULL WITH n ORDER BY n.name, n.id LIMIT 20 "
        "RETURN collect({id: n.id, below: COLLECT { MATCH (b:Warm)-[u:UNDER]->(n) WHERE u.weight > 1 "
        "RETURN b {.id, .name} ORDER BY b.name LIMIT 5 }, count: COUNT { (n)<-[:UNDER]-() }}) AS answer"
    ),
    "MATCH (n:Warm {id: 1}) RETURN COLLECT { MATCH (n)<-[:UNDER*0..]-(b) RETURN DISTINCT b.id } AS answer",
    "MATCH p = SHORTEST 1 (a:Warm {id: $id})-[:UNDER]-+(b:Warm {id: 1}) RETURN [x IN nodes(p) | x.id] AS answer",
    "CALL db.index.fulltext.queryNodes('warm', 'n1*') YIELD node, score RETURN collect([node.id, score]) AS answer",
    "MATCH (n:Warm {id: $id}) SET n.name = 'changed' CREATE (:Event {at: datetime(), mutation: 'change'}) RETURN n.id",
    "MATCH (n:Warm) DETACH DELETE n",
)
# The memory of long-lived objects, as it was after the last collection of garbage.
HEAP: LiteralString = (
    "CALL dbms.queryJmx('java.lang:type=MemoryPool,*') YIELD name, attributes "
    "WHERE name CONTAINS 'Old Gen' OR name CONTAINS 'Tenured Gen' "
    "RETURN attributes.CollectionUsage.value.properties.used AS used, "
    "attributes.CollectionUsage.value.properties.max AS most LIMIT 1"
)
FULL = 0.65
ROUNDS = 2
SECONDS_TO_CONNECT = 300.0


async def wait_for_statements(port: int, password: str) -> None:
    """Waits until a new server answers statements.

    Raises `Unavailable` when the server rejects the password.
    """
    try:
        async with _session(port, password) as session:
            for text in FIRST_STATEMENTS:
                await (await session.run(text)).consume()
    except AuthError as error:
        raise Unavailable(
            f"Neo4j rejects the password in the password file ({error.code}).",
            remedy="Write the current password into the file, or delete the data folder to start with an empty graph.",
        ) from error


async def check(port: int, password: str) -> None:
    """Sends a statement to a server, and makes it forget its plans if they leave it too little memory.

    Raises Neo4jError if the server answers that it cannot start a transaction.
    """
    async with _session(port, password) as session:
        await (await session.run(FIRST_STATEMENTS[0])).consume()
        await forget_plans(session)


async def forget_plans(session: neo4j.AsyncSession, share: float = FULL) -> str | None:
    """Clears the caches of plans if the last collection of garbage left more than a share of the heap in use.

    Neo4j keeps the plans of the last 1,000 statements whatever their size. Those of large documents, of which each
    differs from the others, fill the default heap after 500. Returns what the server said, or None if nothing was done.
    """
    heap = await (await session.run(HEAP)).single()
    if heap is None or heap["used"] <= share * heap["most"]:
        return None
    cleared = await (await session.run("CALL db.clearQueryCaches() YIELD value RETURN value")).single(strict=True)
    return str(cleared["value"])


async def warm_up(port: int, password: str, rounds: int = ROUNDS) -> None:
    """Runs typical reads and writes, so that the server loads the classes for them."""
    async with _session(port, password) as session:
        for turn in range(rounds):
            for text in WARMUP:
                await (await session.run(text, id=turn + 2)).consume()


@asynccontextmanager
async def _session(port: int, password: str) -> AsyncIterator[neo4j.AsyncSession]:
    async with (
        neo4j.AsyncGraphDatabase.driver(
            f"bolt://127.0.0.1:{port}", auth=(java.USER, password), connection_timeout=SECONDS_TO_CONNECT
        ) as driver,
        driver.session(database=java.DATABASE) as session,
    ):
        yield session
