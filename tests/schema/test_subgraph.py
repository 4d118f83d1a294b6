"""Parts of the graph: the nodes and edges equal a brute-force search of random graphs, also under rules of access."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from algorithms.strength import score_of
from graph.access import Principal, unrestricted
from graph.query.subgraph import relationships
from graph.store import Bound, Store
from graph.vocabulary import ENTITIES, Link, concrete, entity
from schema.execution import Executor, Options
from schema.limits import Limits
from tests.conftest import wipe
from tests.schema.conftest import Ask
from tests.schema.hidden_records import a_third, hiding
from tests.schema.random_graph import NOW, Generator, Graph, delete, write
from tests.schema.test_access_property import FixedClock

MAP = """query ($start: [ID!]!, $expand: [ExpandInput!], $min: Float! = 0, $since: DateTime, $at: DateTime,
    $first: Int! = 10000, $hierarchy: Hierarchy! = CRM, $include: [ID!]) {
  subgraph(start: $start, expand: $expand, include: $include, minStrength: $min, since: $since, asOf: $at,
    first: $first, hierarchy: $hierarchy, layout: true, communities: true) {
    nodes { id: recordId type name ours group { id } counts { relationship count } x y community record { id } }
    edges { from to type strength kind confidence } circles { account { id } x y radius } missing truncated } }"""

Row = tuple[str, str, str, dict[str, Any]]


class Oracle:
    """The definition of `subgraph` in loops over all edges."""

    def __init__(self, graph: Graph, k: float, **given: Any) -> None:
        self.graph, self.k = graph, k
        self.at: datetime = given.get("at") or NOW
        self.past = given.get("at") is not None
        self.min, self.since = given.get("min", 0.0), given.get("since")
        self.most, self.hierarchy = given.get("first", 10_000), given.get("hierarchy", "CRM")
        self.nodes: list[str] = []
        self.rows: list[Row] = []
        self.more = False

    def label(self, uid: str) -> str:
        return self.graph.nodes[uid][0]

    def valid(self, facts: dict[str, Any]) -> bool:
        begin, end = facts.get("validFrom"), facts.get("validTo")
        return bool((begin is None or begin <= self.at) and (end is None or self.at < end))

    def strength(self, facts: dict[str, Any]) -> float:
        age = max((self.at - facts["asOf"]).total_seconds(), 0)
        return score_of(facts["both"], facts["in"], facts["out"], age, self.k)

    def strong(self, facts: dict[str, Any]) -> bool:
        recent = self.since is None or facts["lastAt"] >= self.since
        return bool(recent and self.strength(facts) >= self.min)

    def add(self, uids: list[str]) -> None:
        new = [uid for uid in dict.fromkeys(uids) if uid not in self.nodes and uid in self.graph.nodes]
        self.more |= len(self.nodes) + len(new) > self.most
        self.nodes += new[: self.most - len(self.nodes)]

    def steps(self, uid: str, link: Link) -> Iterator[tuple[str, Row]]:
        """The records to which a link leads, each with its edge."""
        for edge in self.graph.edges:
            kind, start, end, facts = edge
            here, there = (start, end) if link.outgoing else (end, start)
            fits = kind == link.edge and here == uid and self.label(there) in concrete(link.target)
            if link.dated:
                fits = fits and self.valid(facts)
            if link.hierarchical:
                fits = fits and facts.get("hierarchy") == self.hierarchy
            for key, value in link.where:
                fits = fits and (facts.get(key) or link.model.properties[key].default) == value
            if fits:
                yield there, edge

    def below(self, uid: str) -> set[str]:
        found: set[str] = set()
        waiting = [uid]
        while waiting:
            for child, _ in self.steps(waiting.pop(), entity("Account").links["children"]):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return found

    def tied(self, uid: str) -> Iterator[tuple[str, Row]]:
        for edge in self.graph.edges:
            kind, start, end, facts = edge
            if kind == "KNOWS" and uid in (start, end) and self.strong(facts):
                other = end if start == uid else start
                own = self.graph.nodes[other][1]
                if not any(own.get(name) in values for name, values in entity(self.label(other)).unavailable):
                    yield other, edge

    def reached(self, uid: str, name: str) -> Iterator[tuple[str, Row | None]]:
        link = dict(relationships()[name]).get(self.label(uid))
        if link is None:
            return
        if name == "knows":
            yield from self.tied(uid)
        elif name == "descendants":
            yield from ((one, None) for one in self.below(uid))
        else:
            for there, edge in self.steps(uid, link):
                at = self.graph.nodes[there][1].get("startedAt")
                activity = link.target == "Activity" or link.target in concrete("Activity")
                if not activity or self.since is None or (at is not None and at >= self.since):
                    yield there, edge

    def expand(self, uids: list[str], name: str) -> None:
        ranks: dict[str, float] = {}
        for uid in uids:
            for there, edge in self.reached(uid, name):
                points = 0.0
                if name == "knows" and edge is not None:
                    both, one, two = edge[3]["both"], edge[3]["in"], edge[3]["out"]
                    left = 0.5 ** (max((self.at - edge[3]["asOf"]).total_seconds(), 0) / 86400 / 90)
                    points = (both + 0.4 * (one + two) + 1.2 * min(one, two)) * left
                ranks[there] = max(ranks.get(there, points), points)
                self.rows += [edge] if edge is not None else []
        self.add(sorted(ranks, key=lambda one: (-ranks[one], one)))

    def run(self, start: list[str], expand: list[dict[str, Any]], include: Sequence[str] = ()) -> None:
        self.add(start)
        for one in expand:
            if one.get("ids") is None:
                self.expand(list(self.nodes), one["relationship"])
        chosen: dict[str, list[str]] = {}
        for one in expand:
            if one.get("ids") is not None:
                chosen.setdefault(one["relationship"], []).extend(one["ids"])
        self.add([*(uid for name in sorted(chosen) for uid in chosen[name]), *include])
        for name in sorted(chosen):
            self.expand([uid for uid in self.nodes if uid in chosen[name]], name)

    def edges(self) -> set[tuple[str, str, str, str | None, str | None]]:
        between = [
            edge
            for edge in self.graph.edges
            if (edge[0] == "KNOWS" and self.strong(edge[3]))
            or (
                edge[0] in ("WORKS_AT", "REPORTS_TO", "CHILD_OF")
                and self.valid(edge[3])
                and edge[3].get("hierarchy", self.hierarchy) == self.hierarchy
            )
        ]
        return {
            (start, end, kind, facts.get("kind") or facts.get("role"), facts.get("confidence"))
            for kind, start, end, facts in [*self.rows, *between]
            if start in self.nodes and end in self.nodes
        }

    def counts(self, uid: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, labels in relationships().items():
            link = dict(labels).get(self.label(uid))
            if link is None or link.traversal is not None:
                continue
            if name == "knows":
                ends = {(a, b) for kind, a, b, _ in self.graph.edges if kind == "KNOWS" and uid in (a, b)}
                number = len({a if b == uid else b for a, b in ends})
            else:
                number = len({there for there, _ in self.steps(uid, link)})
            found |= {name: number} if number else {}
        return found


def cases(graph: Graph, source: random.Random) -> Iterator[dict[str, Any]]:
    names = list(relationships())
    uids = sorted(graph.nodes)
    parties = [uid for uid in uids if graph.nodes[uid][0] in ("Account", "Contact", "User")]
    for number in range(4):
        expand: list[dict[str, Any]] = [{"relationship": one} for one in source.sample(names, 2)]
        expand += [{"relationship": one} for one in source.sample(["knows", "contacts", "descendants", "accounts"], 2)]
        expand += [
            {"relationship": source.choice([*names, "knows", "activities"]), "ids": source.sample(parties, 2)}
            for _ in range(4)
        ]
        source.shuffle(expand)
        case: dict[str, Any] = {"start": [*source.sample(parties, 2), *source.sample(uids, 1)], "expand": expand}
        if number % 3 == 1:
            case |= {
                "include": source.sample(uids, 3),
                "min": source.choice((10.0, 40.0, 80.0)),
                "since": NOW - timedelta(days=45),
            }
        if number % 4 == 2:
            case |= {"first": source.choice((1, 3, 7)), "hierarchy": source.choice(("CRM", "LEGAL"))}
        yield case


def sent(case: dict[str, Any]) -> dict[str, Any]:
    return {key: one.isoformat() if isinstance(one, datetime) else one for key, one in case.items()}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests are made at the time of the random graphs."""
    monkeypatch.setattr("schema.request.datetime", FixedClock)


async def answered(executor: Executor, case: dict[str, Any], user: str | None = None) -> Any:
    answer = (await executor.execute(MAP, sent(case), None, principal=Principal(user))).body
    assert "errors" not in answer, answer["errors"]
    return answer["data"]["subgraph"]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("seed", range(60, 62))
async def test_nodes_edges_and_counts_equal_brute_force(seed: int, store: Store, executor: Executor) -> None:
    graph = Generator(seed).make()
    await write(store, graph)
    k = executor.options.tie_k
    sizes = []
    for case in cases(graph, random.Random(seed)):
        oracle = Oracle(graph, k, **case)
        oracle.run(case["start"], case["expand"], case.get("include", ()))
        found = await answered(executor, case)
        assert [node["id"] for node in found["nodes"]] == oracle.nodes, case
        assert found["truncated"] is oracle.more
        assert found["missing"] == []
        edges = [(one["from"], one["to"], one["type"], one["kind"], one["confidence"]) for one in found["edges"]]
        assert len(edges) == len(set(edges))
        assert set(edges) == oracle.edges(), case
        for node in found["nodes"]:
            assert node["record"]["id"] == node["id"]
            assert {one["relationship"]: one["count"] for one in node["counts"]} == oracle.counts(node["id"])
        ties = {(start, end): facts for kind, start, end, facts in graph.edges if kind == "KNOWS"}
        for edge in found["edges"]:
            wanted = oracle.strength(ties[edge["from"], edge["to"]]) if edge["type"] == "KNOWS" else None
            assert edge["strength"] == pytest.approx(wanted)
        sizes.append(len(found["nodes"]))
    assert max(sizes) > 9


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("seed", range(80, 81))
async def test_unreadable_records_are_as_if_they_did_not_exist(seed: int, store: Store) -> None:
    graph = Generator(seed).make()
    user, hidden = graph.labelled("User")[0], a_third(graph, seed)
    await write(store, graph)
    restricted = Executor(store.reads, store.writes, Options(), policy=hiding(hidden))
    whole = Executor(store.reads, store.writes, Options(), policy=unrestricted)
    asked = list(cases(graph, random.Random(seed)))
    within = [await answered(restricted, case, user) for case in asked]
    assert any(set(one["missing"]) & set(hidden) for one in within)
    await delete(store, hidden)
    assert within == [await answered(whole, case, user) for case in asked]


async def test_ties_at_a_time_equal_the_ties_between_the_same_parties(world: None, ask: Ask, store: Store) -> None:
    at = "2026-01-15T00:00:00Z"
    text = "MATCH (a:Account {name: 'Orlumera Group GmbH'}) RETURN a.uid"
    root = await store.reads.ask(Bound("root", text, {}))
    steps = [{"relationship": one} for one in ("descendants", "contacts", "knows")]
    data = (await ask(MAP, {"start": [root], "expand": steps, "at": at, "min": 20}, statements=1))["subgraph"]
    ties = [edge for edge in data["edges"] if edge["type"] == "KNOWS"]
    assert len(ties) > 8
    for edge in random.Random(1).sample(ties, 8):
        query = "query ($a: ID!, $b: ID!, $at: DateTime) { tie(from: $a, to: $b, asOf: $at) { strength } }"
        tie = (await ask(query, {"a": edge["from"], "b": edge["to"], "at": at}))["tie"]
        assert edge["strength"] == pytest.approx(tie["strength"])
        assert edge["strength"] >= 20


async def test_the_map_of_a_group_has_circles_and_is_the_same_each_time_and_both_ways(
    world: None, ask: Ask, store: Store, executor: Executor
) -> None:
    text = "MATCH (a:Account {name: 'Orlumera Group GmbH'}) RETURN a.uid"
    root = await store.reads.ask(Bound("root", text, {}))
    steps = [{"relationship": one} for one in ("descendants", "contacts", "knows")]
    case = {"start": [root], "expand": steps, "min": 9}
    query = MAP.replace(" strength ", " ").replace("record { id }", "record { ... on Contact { jobTitle } }")
    first = (await ask(query, case, statements=2))["subgraph"]
    assert first == (await ask(query, case, statements=2))["subgraph"]
    ordinary = await executor.execute(query, case, None, principal=Principal(), ordinary=True)
    assert ordinary.body["data"]["subgraph"]["nodes"] == first["nodes"]
    nodes = {node["id"]: node for node in first["nodes"]}
    assert not first["truncated"]
    accounts = [one for one in nodes.values() if one["type"] == "Account"]
    assert len(first["circles"]) == len(accounts) > 10
    assert max(node["x"] for node in nodes.values() if node["ours"]) < min(
        one["x"] - one["radius"] for one in first["circles"]
    )
    people = [node for node in nodes.values() if node["type"] == "Contact"]
    assert all(node["group"]["id"] in nodes for node in people)
    assert {edge["type"] for edge in first["edges"]} >= {"KNOWS", "WORKS_AT", "CHILD_OF", "REPORTS_TO"}


async def test_a_chain_of_a_thousand_a_cycle_and_nothing(store: Store, executor: Executor) -> None:
    await wipe(store)
    text = """UNWIND range(0, 1000) AS at CREATE (n:Record:Party:Account {uid: 'c' + at, name: 'C' + at})
WITH collect(n) AS all UNWIND range(1, 1000) AS at
WITH all[at] AS child, all[at - 1] AS parent CREATE (child)-[:CHILD_OF {hierarchy: 'CRM'}]->(parent)
RETURN count(*)"""
    await store.writes.change(Bound("test.chain", text, {}))
    found = await answered(executor, {"start": ["c0"], "expand": [{"relationship": "descendants"}]})
    assert len(found["nodes"]) == 1001
    assert len(found["edges"]) == 1000
    assert len(found["circles"]) == 1001
    text = "MATCH (a {uid: 'c0'}), (b {uid: 'c3'}) CREATE (a)-[:CHILD_OF {hierarchy: 'CRM'}]->(b) RETURN 1"
    await store.writes.change(Bound("test.cycle", text, {}))
    found = await answered(executor, {"start": ["c2"], "expand": [{"relationship": "descendants"}] * 3, "first": 4})
    assert len(found["nodes"]) == 4
    assert found["truncated"]
    found = await answered(executor, {"start": ["x", "c5", "x"], "expand": []})
    assert ([node["id"] for node in found["nodes"]], found["missing"]) == (["c5"], ["x"])
    nothing = await answered(executor, {"start": []})
    assert nothing == {"nodes": [], "edges": [], "circles": [], "missing": [], "truncated": False}


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"expand": [{"relationship": "owner"}]}, "`owner` is not a relationship that can be expanded."),
        ({"expand": [{"relationship": "knows"}] * 9}, "At most 8 expansions may have no `ids`."),
        ({"expand": [{"relationship": "knows", "ids": ["a"] * 1001}]}, "The arguments contain 1002 ids; 1000 are"),
        ({"min": 101}, "`minStrength` must be between 0 and 100; got 101"),
        ({"first": 10_001}, "`first` must be between 1 and 10000; got 10001."),
    ],
)
async def test_what_cannot_be_answered_says_so(variables: dict[str, Any], message: str, refused: Any) -> None:
    error = await refused(MAP, {"start": ["a"], **variables})
    assert error["message"].startswith(message)
    assert error["extensions"]["code"] == "INVALID"


async def test_a_large_map_costs_its_nodes(store: Store) -> None:
    few = Executor(store.reads, store.writes, Options(questions=Limits(cost=400)), policy=unrestricted)
    answer = await few.execute("{ subgraph(start: [], first: 500) { truncated } }", {}, None, principal=Principal())
    assert answer.body["errors"][0]["extensions"]["code"] == "TOO_EXPENSIVE"
    variable = """query ($id: ID!) { subgraph(start: [$id], expand: [{ relationship: "knows", ids: [$id] }], first: 9) {
      missing } }"""
    answer = await few.execute(variable, {"id": "x"}, None, principal=Principal())
    assert answer.body["data"]["subgraph"]["missing"] == ["x"]


def test_every_entity_can_be_expanded() -> None:
    labels = {label for links in relationships().values() for label, _ in links}
    assert labels == set(ENTITIES)
