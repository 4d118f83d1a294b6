"""The medium world: the small demo world and copies of it, so that the planner sees realistic counts."""

from __future__ import annotations

from datetime import datetime

from graph.bulk.batch import batches
from graph.collation import SUFFIX
from graph.settings import Settings
from graph.store import Bound, Store
from graph.vocabulary import ENTITIES
from seed.world.writing import write

COPIES = 5
_ROWS = 5_000

_UIDS = "MATCH (n:Record) RETURN collect(n.uid)"
_NODES = """UNWIND $uids AS uid MATCH (n:Record {uid: uid})
CREATE (m:$(labels(n))) SET m = n {.*, %s} RETURN count(m)"""
_EDGES = """UNWIND $uids AS uid MATCH (n:Record {uid: uid})-[e]->(other:Record)
MATCH (m:Record {uid: uid + $suffix}) MATCH (copy:Record {uid: other.uid + $suffix})
CREATE (m)-[f:$(type(e))]->(copy) SET f = properties(e) RETURN count(f)"""


def _nodes() -> str:
    """Returns the statement that copies records; copies have names and unique values of their own."""
    names = {
        name
        for one in ENTITIES.values()
        for found in one.properties.values()
        if found.unique or found.has_sort_key
        for name in (found.name, f"{found.name}{SUFFIX}")[: 1 + found.has_sort_key]
    }
    return _NODES % ", ".join(f"{name}: n.{name} + $suffix" for name in sorted(names))


async def enlarge(store: Store, copies: int = COPIES) -> None:
    """Adds copies of every record with its relationships."""
    uids: list[str] = await store.reads.ask(Bound("medium.uids", _UIDS, {}))
    for text in (_nodes(), _EDGES):
        for copy in range(1, copies + 1):
            for some in batches(uids, _ROWS):
                await store.writes.change(Bound("medium", text, {"uids": some, "suffix": f" {copy}"}))


async def write_world(store: Store, settings: Settings, until: datetime) -> None:
    """Replaces the graph with the medium world."""
    await write(store, settings, "small", 1, until, replace=True)
    await enlarge(store)
