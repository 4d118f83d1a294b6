"""The dbHits of the golden queries, compared with the committed table."""

from __future__ import annotations

import pytest

from bench import hits
from graph import engine
from graph.store import Store


@pytest.mark.usefixtures("world")
async def test_no_golden_query_costs_more_than_recorded(store: Store, server: engine.Server) -> None:
    found = await hits.count(store, server.database, hits.golden())
    assert hits.regressions(found, hits.read_table()) == []
