"""`withheld` is the number of records without rules of access less the number of those that are left under them."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from graph import engine
from graph.access import Access, Principal, unrestricted
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue
from graph.query.selection import Not as Unless
from graph.query.selection import Test as Compare
from graph.query.subgraph import relationships
from graph.store import Bound, Store
from graph.vocabulary import ENTITIES
from schema.execution import Executor
from tests.conftest import wipe
from tests.recorded_reads import RecordedReads
from tests.schema.hidden_records import a_third, hiding
from tests.schema.random_graph import NOW, Generator, Graph, delete, write
from tests.schema.read_paths import REPRESENTATIVES, ReadPaths, batched
from tests.schema.test_access_property import OPTIONS, FixedClock
from tests.schema.test_subgraph import Oracle, cases, sent

PAST = (NOW - timedelta(days=200)).isoformat()
NOTHING = 'where: { not: { id: { ne: "nothing" } } }'
SEEDS = 4


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests are made at the same time."""
    monkeypatch.setattr("schema.request.datetime", FixedClock)


class Stage:
    """A random graph, a caller with rules, and a caller without."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store, self.graph = store, Generator(seed).make()
        self.user = self.graph.labelled("User")[0]
        self.hidden = a_third(self.graph, seed)
        self.restricted = Executor(store.reads, store.writes, OPTIONS, policy=hiding(self.hidden))
        self.whole = Executor(store.reads, store.writes, OPTIONS, policy=unrestricted)

    async def within(self, query: str, **variables: Any) -> Any:
        """What the caller with rules is answered."""
        return await self._data(self.restricted, query, variables)

    async def without(self, query: str, **variables: Any) -> Any:
        """What a caller without rules is answered."""
        return await self._data(self.whole, query, variables)

    async def _data(self, executor: Executor, query: str, variables: Mapping[str, Any]) -> Any:
        body = (await executor.execute(query, variables, None, principal=Principal(self.user))).body
        assert "errors" not in body, (query, body["errors"])
        return body["data"]


def variants(field: Any) -> Iterator[str]:
    """The arguments of a connection that choose the place."""
    yield ""
    for name, value in (("hierarchy", "LEGAL"), ("maxDepth", "2"), ("below", "CRM"), ("asOf", f'"{PAST}"')):
        if name in field.args:
            yield f", {name}: {value}"


def connections(executor: Executor, seed: int) -> Iterator[tuple[str, str]]:
    """The plural of each type with a selection of some of its connections; those of all seeds are all there are.

    Each is selected in every variant, and once with a condition. What types inherit is selected on some of them.
    """
    paths = ReadPaths(executor.core)
    for label in sorted(ENTITIES):
        kind = paths.type_of(label)
        inherited = {name for one in kind.interfaces for name in one.fields} if label not in REPRESENTATIVES else ()
        fields = []
        for number, (name, field) in enumerate(kind.fields.items()):
            if not str(field.type).endswith("Connection!") or name in inherited or number % SEEDS != seed:
                continue
            places = list(variants(field))
            chosen = [
                f"{name}{at}: {name}(first: 0{place}) {{ withheld aggregate {{ count }} }}"
                for at, place in enumerate(places)
            ]
            last = f"{name}{len(places) - 1}filtered: {name}(first: 1, {NOTHING}{places[-1]}) {{ withheld }}"
            fields.append(" ".join((*chosen, last)))
        for some in batched(fields, 3):
            yield ENTITIES[label].plural, " ".join(some)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_connection_counts_what_is_hidden(store: Store, seed: int) -> None:
    stage = Stage(store, seed)
    await write(store, stage.graph)
    documents = [
        (plural, f"{{ {plural}(first: 100) {{ withheld aggregate {{ count }} nodes {{ id {fields} }} }} }}")
        for plural, fields in connections(stage.whole, seed)
    ]
    within = [(await stage.within(query))[plural] for plural, query in documents]
    before = [(await stage.without(query))[plural] for plural, query in documents]
    await delete(store, stage.hidden)
    after = [(await stage.without(query))[plural] for plural, query in documents]
    hidden = 0
    for ours, whole, left in zip(within, before, after, strict=True):
        assert ours["withheld"] == whole["aggregate"]["count"] - left["aggregate"]["count"]
        assert whole["withheld"] == left["withheld"] == 0
        everything, rest = ({one["id"]: one for one in page["nodes"]} for page in (whole, left))
        assert [one["id"] for one in ours["nodes"]] == list(rest)
        for row in ours["nodes"]:
            for key, shown in row.items():
                if key == "id":
                    continue
                assert everything[row["id"]][key]["withheld"] == 0
                place = key.removesuffix("filtered")
                counts = [rows[row["id"]][place]["aggregate"]["count"] for rows in (everything, rest)]
                assert shown["withheld"] == counts[0] - counts[1], (seed, row["id"], key)
                hidden += shown["withheld"]
    assert hidden


FIGURES = (
    "rollup { accounts contacts interactions withheld }",
    f'past: rollup(hierarchy: LEGAL, asOf: "{PAST}") {{ accounts withheld }}',
    "tree(first: 1, closed: []) { total withheld }",
    "orgChart { people withheld }",
    f'before: orgChart(asOf: "{PAST}") {{ people withheld }}',
    "deals: opportunities(below: CRM) { aggregate { count } }",
    "orders(below: CRM, where: { state: { ne: CANCELED } }) { aggregate { count } }",
)


async def figures(ask: Callable[..., Awaitable[Any]]) -> dict[str, dict[str, int]]:
    """The figures of each account by their paths. Each has a statement of its own, which is planned faster."""
    found: dict[str, dict[str, int]] = {}
    for figure in FIGURES:
        for row in (await ask(f"{{ accounts(first: 100) {{ nodes {{ id {figure} }} }} }}"))["accounts"]["nodes"]:
            (name, parts), flat = next((key, one) for key, one in row.items() if key != "id"), {}
            for key, value in parts.items():
                flat[f"{name} {key}"] = value["count"] if key == "aggregate" else value
            found.setdefault(row["id"], {}).update(flat)
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_figures_trees_and_charts_count_what_is_hidden(store: Store, seed: int) -> None:
    stage = Stage(store, seed)
    await write(store, stage.graph)
    within, everything = await figures(stage.within), await figures(stage.without)
    await delete(store, stage.hidden)
    rest = await figures(stage.without)
    assert within.keys() == rest.keys()
    found = 0
    for uid, row in within.items():
        less = {key: everything[uid][key] - value for key, value in rest[uid].items()}
        assert not any(everything[uid][key] for key in row if key.endswith("withheld"))
        records = less["rollup contacts"] + less["deals aggregate"] + less["orders aggregate"]
        expected = less["rollup accounts"] + records + less["rollup interactions"]
        assert row["rollup withheld"] == expected, (seed, uid)
        assert row["tree withheld"] == less["tree total"] + records, (seed, uid)
        assert row["past withheld"] >= less["past accounts"]
        assert row["orgChart withheld"] == less["orgChart people"], (seed, uid)
        assert row["before withheld"] == less["before people"], (seed, uid)
        found += row["rollup withheld"] * row["tree withheld"] * row["orgChart withheld"]
    assert found


class Hidden(Oracle):
    """The definition of a subgraph under rules, with the hidden records to which expansions lead from its nodes."""

    def __init__(self, graph: Graph, unseen: list[str], k: float, **given: Any) -> None:
        left = Graph(
            {uid: one for uid, one in graph.nodes.items() if uid not in unseen},
            [edge for edge in graph.edges if edge[1] not in unseen and edge[2] not in unseen],
        )
        super().__init__(left, k, **given)
        place = {key: one for key, one in given.items() if key == "hierarchy"}
        self.both = Oracle(graph, k, **place), Oracle(left, k, **place)
        self.hidden: set[str] = set()

    def expand(self, uids: list[str], name: str) -> None:
        whole, seen = ({there for uid in uids for there, _ in one.reached(uid, name)} for one in self.both)
        self.hidden |= whole - seen
        super().expand(uids, name)


MAP = """query ($start: [ID!]!, $expand: [ExpandInput!], $min: Float! = 0, $since: DateTime, $at: DateTime,
    $first: Int! = 10000, $hierarchy: Hierarchy! = CRM, $include: [ID!]) {
  subgraph(start: $start, expand: $expand, include: $include, minStrength: $min, since: $since, asOf: $at,
    first: $first, hierarchy: $hierarchy) { nodes { id: recordId } withheld } }"""


@pytest.mark.parametrize("seed", range(2))
async def test_a_subgraph_counts_the_hidden_neighbours_of_its_nodes(store: Store, seed: int) -> None:
    stage = Stage(store, seed)
    await write(store, stage.graph)
    source, found = random.Random(seed), 0
    for case in [one for _ in range(2) for one in cases(stage.graph, source)]:
        oracle = Hidden(stage.graph, stage.hidden, OPTIONS.tie_k, **case)
        oracle.run(case["start"], case["expand"], case.get("include", ()))
        shown = (await stage.within(MAP, **sent(case)))["subgraph"]
        assert [one["id"] for one in shown["nodes"]] == oracle.nodes
        assert shown["withheld"] == len(oracle.hidden - set(oracle.nodes)), (seed, case)
        assert (await stage.without(MAP, **sent(case)))["subgraph"]["withheld"] == 0
        found += shown["withheld"]
    assert found


async def test_a_subgraph_of_the_past_counts_what_is_hidden_whatever_its_conditions(store: Store) -> None:
    stage = Stage(store, 1)
    await write(store, stage.graph)
    start, found = [uid for uid in stage.graph.nodes if uid not in stage.hidden], 0
    # The text of each relationship is planned for both callers, so that all of them would take ten minutes.
    for name in random.Random(1).sample(list(relationships()), 20):
        asked = {"start": start, "expand": [{"relationship": name}], "at": PAST}
        within = (await stage.within(MAP, **asked))["subgraph"]
        whole = (await stage.without(MAP, **asked))["subgraph"]
        strict = (await stage.within(MAP, **asked, min=99.0, since=PAST))["subgraph"]
        assert within["withheld"] == strict["withheld"] == len(whole["nodes"]) - len(within["nodes"]), name
        found += within["withheld"]
    assert found


async def test_an_id_in_the_arguments_of_a_subgraph_does_not_tell_whether_a_hidden_record_exists(store: Store) -> None:
    stage = Stage(store, 0)
    await write(store, stage.graph)
    asked = [stage.hidden[0], "nothing"]
    answers = [(await stage.within(MAP, start=[uid], include=[uid]))["subgraph"]["withheld"] for uid in asked]
    assert answers == [0, 0]


async def test_a_hidden_account_hides_a_chain_of_a_thousand_and_a_cycle(store: Store) -> None:
    stage = Stage(store, 0)
    await wipe(store)
    text = """UNWIND range(0, 1000) AS level CREATE (a:Account:Party:Record {uid: 'a' + level, name: 'A' + level})
      WITH collect(a) AS chain UNWIND range(1, 1000) AS level WITH chain[level] AS child, chain[level - 1] AS parent
      CREATE (child)-[:CHILD_OF {hierarchy: 'CRM'}]->(parent) WITH parent, child WHERE child.uid = 'a1000'
      MATCH (top:Account {uid: 'a0'}) CREATE (top)-[:CHILD_OF {hierarchy: 'CRM'}]->(child) RETURN count(*)"""
    await store.writes.change(Bound("test.chain", text, {}))
    shape = AccessShape((("Account", Unless(Compare("uid", "eq", AccessValue("uid")))),))
    closed = Executor(store.reads, store.writes, OPTIONS, policy=lambda _: Access(shape, {"uid": "a600"}))
    query = """{ account(id: "a0") { descendants(first: 0) { totalCount withheld } rollup { accounts withheld }
      tree(first: 0) { total withheld } children { withheld } } last: account(id: "a599") { children { withheld } }
      none: account(id: "a1000") { contacts { withheld } orgChart { withheld }
      legalChildren: children(hierarchy: LEGAL) { withheld } } }"""
    body = (await closed.execute(query, None, None, principal=Principal(stage.user))).body
    assert "errors" not in body, body
    top = body["data"]["account"]
    assert top["children"]["withheld"] == 0
    assert top["descendants"] == {"totalCount": 599, "withheld": 402}
    assert top["rollup"] == {"accounts": 600, "withheld": 401}
    assert top["tree"] == {"total": 600, "withheld": 401}
    assert body["data"]["last"]["children"]["withheld"] == 1
    none = body["data"]["none"]
    assert {none["contacts"]["withheld"], none["orgChart"]["withheld"], none["legalChildren"]["withheld"]} == {0}


QUERY = """{ accounts(first: 2) { totalCount %s nodes { id contacts { totalCount %s } rollup { accounts %s } } } }"""


async def test_without_a_rule_for_the_records_the_number_is_a_constant_of_the_statement(
    store: Store, server: engine.Server
) -> None:
    await write(store, Generator(0).make())
    reads = RecordedReads(store, server.database)
    rules = AccessShape((("Competitor", Compare("uid", "eq", AccessValue("uid"))),))
    for access in (unrestricted(Principal()), Access(rules, {"uid": "nothing"})):
        executor = Executor(reads, store.writes, OPTIONS, policy=lambda _, access=access: access)  # type: ignore[misc]
        reads.sent.clear()
        for part in ("", "withheld"):
            await executor.execute(QUERY.replace("%s", part), None, None, principal=Principal("user0"))
        plain, counting = (bound.text for bound in reads.sent)
        assert plain == counting.replace(", withheld: 0", "")
    await reads.close()


async def test_the_number_is_part_of_the_one_statement_of_a_root_field(store: Store, server: engine.Server) -> None:
    stage = Stage(store, 0)
    await write(store, stage.graph)
    reads = RecordedReads(store, server.database)
    executor = Executor(reads, store.writes, OPTIONS, policy=hiding(stage.hidden))
    await executor.execute(QUERY.replace("%s", "withheld"), None, None, principal=Principal(stage.user))
    assert len(reads.sent) == 1
    await reads.close()
