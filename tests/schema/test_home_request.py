"""The cost of the one request of Home, as the explorer sends it, on the small demo world."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.hits import ProfiledReads, total_hits
from graph import engine, indexes
from graph.access import Principal, unrestricted
from graph.store import Store
from schema.execution import Executor, Options
from seed.world.generate import you

SOURCES = Path(__file__).resolve().parents[2] / "explorer" / "src"
DOCUMENTS = (
    "views/home/query.graphql", "app/frame.graphql", "parts/insight.graphql", "parts/sentence.graphql",
)  # fmt: skip
# Measured: 13 statements with 116,518 dbHits, most for health, findings and rollups of the 21 accounts.
STATEMENTS = 13
DB_HITS = 130_000


@pytest.mark.usefixtures("world")
async def test_home_takes_few_statements_and_few_db_hits(store: Store, server: engine.Server) -> None:
    await indexes.replan(store.writes)
    reads = ProfiledReads(store, server.database)
    executor = Executor(reads, store.writes, Options(), policy=unrestricted)
    query = "\n".join((SOURCES / name).read_text(encoding="utf-8") for name in DOCUMENTS)
    answer = await executor.execute(query, None, None, principal=Principal(you()))
    assert "errors" not in answer.body, answer.body["errors"]
    hits = [total_hits(profile) for _, profile in reads.profiles]
    assert len(hits) <= STATEMENTS, hits
    assert sum(hits) <= DB_HITS, hits
