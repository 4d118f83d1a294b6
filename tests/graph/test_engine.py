"""The engine: one server per data folder, joined, recovered and ended."""

from __future__ import annotations

import neo4j

from graph import engine


async def test_the_server_answers(server: engine.Server, driver: neo4j.AsyncDriver) -> None:
    result = await driver.execute_query("RETURN 1 AS one", database_=server.database)
    assert result.records[0]["one"] == 1
