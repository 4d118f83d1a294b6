"""The plans of golden queries on the medium world, where scans and repeated work cost more than on the small one."""

from __future__ import annotations

import pytest

from bench import hits, medium, plans
from graph import engine
from graph.settings import Settings
from graph.store import Bound, Store
from tests.schema.conftest import UNTIL, fill

TREES = """MATCH (n:Account {uid: 'x'})
CALL (n) {
  MATCH (n)<-[:CHILD_OF*]-(m)
  RETURN count(m) AS a
}
CALL (n) {
  MATCH (n)<-[:CHILD_OF]-(c)<-[:CHILD_OF*]-(m)
  RETURN count(m) AS b
}
RETURN a + b AS answer"""


@pytest.fixture
async def medium_world(store: Store, settings: Settings) -> None:
    """The small demo world with copies of all its records."""
    await fill(store, "medium world", lambda: medium.write_world(store, settings, UNTIL))


@pytest.mark.usefixtures("medium_world")
async def test_costly_steps_of_golden_queries_are_declared_with_a_reason(store: Store, server: engine.Server) -> None:
    queries = hits.golden()
    profiles = await hits.profiles(store, server.database, queries)
    different = {}
    for name, (text, _) in queries.items():
        found = {one for statement, plan in profiles[name] for one in plans.findings(statement, plan)}
        allowed = set(plans.declared(text))
        if found != allowed:
            different[name] = {"not declared": sorted(found - allowed), "not found": sorted(allowed - found)}
    assert different == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MATCH (n:Party {uid: 'x'}) RETURN count(n) AS answer", "scan Party"),
        ("MATCH (n) WHERE n.uid = 'x' RETURN count(n) AS answer", "scan everything"),
        ("MATCH (n:Contact) WHERE n.lastName >= '' RETURN count(n) AS answer", "read Contact(lastName)"),
        ("MATCH (n:Account) WITH n ORDER BY n.nameSortKey LIMIT 3 RETURN collect(n.uid) AS answer",
         "sort Account(nameSortKey)"),
        ("MATCH (n:Account) WHERE n.nameSortKey > 'y' OR n.nameSortKey < 'b' RETURN count(n) AS answer",
         "union Account(nameSortKey)"),
        (TREES, "repeat CHILD_OF"),
        ("MATCH (n:Account)\nWITH n, n.city AS k\nWITH n, k ORDER BY n.uid LIMIT 3\nRETURN collect(k) AS answer",
         "carry city"),
        ("MATCH (n:Account {uid: 'x'})\nWITH n, n.city AS k\nRETURN n.name AS answer", "unused k"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("medium_world")
async def test_costly_steps_are_found(text: str, found: str, store: Store, server: engine.Server) -> None:
    reads = hits.ProfiledReads(store, server.database)
    await reads.ask(Bound("plan", text, {}))
    ((_, plan),) = reads.profiles
    assert found in plans.findings(text, plan)
