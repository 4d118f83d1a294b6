"""Introductions through people whom the caller may not read: they count, and are not named."""

from __future__ import annotations

import itertools
import random
from typing import Any

import networkx as nx
import pytest

from algorithms.beyond import introductions_beyond
from graph.access import Principal, unrestricted
from graph.store import Bound, Store
from schema.execution import Executor, Options
from tests.conftest import fill
from tests.docs.pages import examples
from tests.schema.hidden_records import hiding

(EXAMPLE,) = (one for one in examples() if str(one) == "docs/access.md: Beyond")
QUERY = """query ($to: ID!, $hops: Int!) { introductionsBeyond(from: "me", to: $to, maxHops: $hops) {
  strength withheld steps { isUser strength party { id name } } } }"""

# me knows Xenia and Yves, who know Tora at Tree; Zoe is nobody's acquaintance.
PEOPLE = """CREATE (me:Record:Party:User {uid: 'me', name: 'Me'}), (x:Record:Party:User {uid: 'x-1', name: 'Xenia'}),
  (y:Record:Party:Contact {uid: 'y-1', name: 'Yves'}), (t:Record:Party:Contact {uid: 't-1', name: 'Tora'}),
  (z:Record:Party:Contact {uid: 'z-1', name: 'Zoe'}), (tree:Record:Party:Account {uid: 'tree', name: 'Tree'}),
  (t)-[:WORKS_AT]->(tree)
WITH [[me, x, 9.0], [x, t, 5.0], [me, y, 3.0], [y, t, 2.0]] AS pairs
UNWIND pairs AS pair
WITH pair[0] AS one, pair[1] AS other, pair[2] AS sum
CREATE (one)-[:KNOWS {both: sum, `in`: 0.0, out: 0.0, meetings: 3, calls: 0, inCount: 0, outCount: 0,
  firstAt: datetime(), lastAt: datetime(), asOf: datetime()}]->(other)
RETURN count(*) AS done"""


@pytest.fixture
async def people(store: Store) -> None:
    """Five people and an account."""

    async def make() -> None:
        await store.writes.change(Bound("people", PEOPLE, {}))

    await fill(store, "introductions beyond", make)


async def ask(store: Store, to: str, *hidden: str, hops: int = 3, tells: bool = True) -> Any:
    """The body of an answer to a caller from whom some people are hidden."""
    policy = hiding(hidden) if hidden else unrestricted
    executor = Executor(store.reads, store.writes, Options(beyond_access=tells), policy=policy)
    return (await executor.execute(QUERY, {"to": to, "hops": hops}, None, principal=Principal("me"))).body


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("to", ["t-1", "tree"])
async def test_a_hidden_colleague_introduces_without_a_name(store: Store, to: str) -> None:
    body = await ask(store, to, "x-1")
    [path] = body["data"]["introductionsBeyond"]
    assert [(one["party"] or {}).get("id") for one in path["steps"]] == ["me", None, "t-1"]
    assert [one["isUser"] for one in path["steps"]] == [True, True, False]
    assert path["withheld"] == 1
    first, second, last = (one["strength"] for one in path["steps"])
    assert path["strength"] == pytest.approx(first * second / 100)
    assert last is None
    assert "x-1" not in str(body)
    assert "Xenia" not in str(body)


@pytest.mark.usefixtures("people")
async def test_the_example_of_the_guide_is_answered(store: Store) -> None:
    executor = Executor(store.reads, store.writes, Options(beyond_access=True), policy=hiding(["x-1"]))
    body = (await executor.execute(EXAMPLE.text, {"to": "t-1"}, None, principal=Principal("me"))).body
    [path] = body["data"]["introductionsBeyond"]
    assert path["steps"][1] == {"isUser": True, "strength": path["steps"][1]["strength"], "party": None}


@pytest.mark.usefixtures("people")
async def test_all_hidden_people_are_counted(store: Store) -> None:
    paths = (await ask(store, "t-1", "x-1", "y-1"))["data"]["introductionsBeyond"]
    assert [(path["withheld"], path["steps"][1]["isUser"]) for path in paths] == [(1, True), (1, False)]
    assert (await ask(store, "t-1", "x-1", hops=1))["data"]["introductionsBeyond"] == []


@pytest.mark.usefixtures("people")
async def test_paths_of_named_people_are_not_among_them(store: Store) -> None:
    assert (await ask(store, "t-1"))["data"]["introductionsBeyond"] == []
    assert (await ask(store, "t-1", "z-1"))["data"]["introductionsBeyond"] == []


@pytest.mark.usefixtures("people")
async def test_a_hidden_target_is_like_an_absent_one(store: Store) -> None:
    hidden, absent = await ask(store, "t-1", "t-1"), await ask(store, "no-1", "t-1")
    assert str(hidden).replace("t-1", "no-1") == str(absent)
    assert hidden["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.usefixtures("people")
async def test_a_server_without_the_setting_refuses(store: Store) -> None:
    (error,) = (await ask(store, "t-1", "x-1", tells=False))["errors"]
    assert error["extensions"]["code"] == "REFUSED"
    assert "KITH_BEYOND_ACCESS" in error["extensions"]["remedy"]


@pytest.mark.parametrize("seed", range(200))
def test_the_paths_are_those_of_all_simple_paths(seed: int) -> None:
    source = random.Random(seed)
    graph: nx.Graph[str] = nx.gnp_random_graph(8, 0.45, seed=seed)
    graph = nx.relabel_nodes(graph, {one: f"p{one}" for one in graph})
    strengths: dict[str, dict[str, float]] = {one: {} for one in graph}
    for one, other in graph.edges:
        strengths[one][other] = strengths[other][one] = source.randrange(1, 101)
    named = ["p0", "p7", *(one for one in ("p1", "p2", "p3", "p4", "p5", "p6") if source.random() < 0.5)]
    wanted = []
    for path in nx.all_simple_paths(graph, "p0", "p7", cutoff=4):
        hidden = sum(one not in named for one in path)
        points = 100.0
        for one, other in itertools.pairwise(path):
            points *= strengths[one][other] / 100
        if hidden:
            wanted.append((points, len(path), path, hidden))
    wanted.sort(key=lambda one: (-round(one[0], 9), one[1], one[2]))
    found = introductions_beyond(strengths, "p0", ["p7"], named=named, users=["p0"], first=5, max_hops=4)
    assert [one.withheld for one in found] == [one[3] for one in wanted[:5]]
    assert [one.strength for one in found] == pytest.approx([one[0] for one in wanted[:5]])
    for beyond, (_, _, path, _) in zip(found, wanted, strict=False):
        assert [step.party for step in beyond.steps] == [each if each in named else None for each in path]
