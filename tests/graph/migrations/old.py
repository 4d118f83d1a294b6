"""A graph as an older version of Kith left it."""

from __future__ import annotations

from pathlib import Path

from graph.store import Bound, Store

V0_1_0 = (Path(__file__).parent / "v0_1_0.cypher").read_text(encoding="utf-8")
WITHOUT_KIND = 2
EVENTS = 11


async def write(store: Store, script: str = V0_1_0) -> None:
    """Writes a graph instead of everything that is there, with its constraints and indexes."""
    await store.writes.autocommit(Bound("old.wipe", "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS", {}))
    for line in script.splitlines():
        if not line.startswith("//"):
            await store.writes.autocommit(Bound("old.write", line.removesuffix(";"), {}))
