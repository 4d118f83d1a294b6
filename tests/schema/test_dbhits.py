"""What the golden queries cost the database, against the committed table."""

from __future__ import annotations

import pytest

from bench import hits
from graph import engine
from graph.store import Store


@pytest.mark.usefixtures("world")
async def test_no_golden_query_costs_more_than_recorded(store: Store, server: engine.Server) -> None:
    found = await hits.counted(store, server.database, hits.golden())
    assert hits.risen(found, hits.recorded()) == []
