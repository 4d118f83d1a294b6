"""Under a policy with link rules, every read answers as if the unreadable records were not in the graph."""

from __future__ import annotations

import os
import random
import re
from collections.abc import AsyncIterator
from datetime import datetime, tzinfo
from typing import Any

import pytest

from graph import engine
from graph.access import Access, Policy, Principal, unrestricted
from graph.query import compiled_statements
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue, AnyOf, Labelled, Related
from graph.query.selection import Test as Compare
from graph.store import Store
from graph.vocabulary import concrete
from schema.execution import Executor, Options
from schema.limits import DocumentLimits, Limits
from tests.recorded_reads import RecordedReads
from tests.schema.random_graph import NOW, Generator, Graph, delete, write
from tests.schema.read_paths import ReadPaths

EXAMPLES = int(os.environ.get("KITH_ACCESS_EXAMPLES", "4"))
PARTS = 4  # the documents are divided among the examples, since planning them takes longer than answering them
RESTRICTED = ("Account", "Contact", "Opportunity", "Activity")


def _in_unit(label: str) -> Labelled:
    return Labelled(label, Related("unit", "some", Compare("uid", "in", AccessValue("units")), None, None))


READABLE = AnyOf(
    (
        Related("owner", "absent", None, None, None),
        Related("owner", "some", AnyOf((_in_unit("User"), _in_unit("Team"))), None, None),
    )
)
SHAPE = AccessShape(tuple((label, READABLE) for label in RESTRICTED))
OPTIONS = Options(
    documents=DocumentLimits(tokens=20_000, pairs=100_000), questions=Limits(cost=10**9, fields=10**6, all_fields=10**6)
)


def units_of(graph: Graph, user: str) -> list[str]:
    """The units of a user and all units below them."""
    found = list(graph.reached(user, "IN_UNIT"))
    for unit in found:
        found += [
            start
            for edge, start, end, _ in graph.edges
            if edge == "CHILD_OF" and end == unit and start.startswith("businessunit") and start not in found
        ]
    return sorted(set(found))


def policy_of(graph: Graph) -> Policy:
    """The policy that the owner's unit is the caller's or below it."""
    return lambda principal: Access(SHAPE, {"units": units_of(graph, str(principal.user))})


def unreadable(graph: Graph, user: str) -> list[str]:
    """The records that a user cannot read, found without a query."""
    units = set(units_of(graph, user))
    labels = {one for label in RESTRICTED for one in concrete(label)}
    found = []
    for uid, (label, _) in graph.nodes.items():
        owners = graph.reached(uid, "OWNED_BY")
        if label in labels and owners and not any(units & set(graph.reached(one, "IN_UNIT")) for one in owners):
            found.append(uid)
    return found


class FixedClock(datetime):
    """A clock that stands still, since the strength of a tie depends on the time of the request."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The same timestamp for all requests."""
        return NOW.astimezone(tz)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests are made at the same time."""
    monkeypatch.setattr("schema.request.datetime", FixedClock)


class Reader:
    """Asks everything as one caller."""

    def __init__(self, executor: Executor, user: str, seed: int) -> None:
        self.executor, self.user, self.seed = executor, user, seed
        self.paths = ReadPaths(executor.core)

    async def ask(self, query: str, **variables: Any) -> Any:
        """The body of an answer."""
        body = (await self.executor.execute(query, variables, None, principal=Principal(self.user))).body
        assert all(one["extensions"]["code"] == "NOT_FOUND" for one in body.get("errors", ())), (query, body["errors"])
        return body

    async def everything(self, graph: Graph) -> AsyncIterator[tuple[str, Any]]:
        """Every answer under the name of what was asked."""
        source = random.Random(self.seed)
        documents = list(self.paths.documents())
        for name, query in documents[self.seed % PARTS :: PARTS]:
            if name.endswith(" one"):
                for uid in source.sample(graph.labelled(name.split()[0]), 2):
                    yield f"{name} {uid}", await self.ask(query, id=uid)
            else:
                yield name, await self.ask(query)
        for uid in source.sample(sorted(graph.nodes), 12):
            yield f"node {uid}", await self.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=uid)
        people = [uid for label in ("User", "Contact", "Account") for uid in graph.labelled(label)]
        for name, query in self.paths.answered_by_python():
            for number in range(10 if "$to" in query else 1):
                given = {
                    "from": source.choice(people),
                    "to": source.choice(people),
                    "maxHops": source.choice((1, 3, 4)),
                }
                named = {key: value for key, value in given.items() if f"${key}" in query}
                yield f"{name} {number} {named}", await self.ask(query, **named)
        for number in range(5):
            query = self.paths.filtered(source)
            yield f"{number} {query}", await self.ask(query)
        for name in ("search", "pages"):
            yield name, await getattr(self, name)()

    async def search(self) -> Any:
        """What is found; scores, and so the order, depend on all texts of the index."""
        query = 'query ($first: Int!) { search(text: "alder", first: $first) { node { id } highlights } }'
        every = (await self.ask(query, first=1000))["data"]["search"]
        few = (await self.ask(query, first=3))["data"]["search"]
        return sorted((hit["node"]["id"], hit["highlights"]) for hit in every), len(few)

    async def pages(self) -> Any:
        """Every page of three accounts, by order of a property and of figures over hierarchies."""
        found = []
        for order in ("{ city: DESC }", "{ rollup: { won: DESC } }", "{ rollup: { contacts: ASC } }"):
            query = f"""query ($after: String) {{ accounts(first: 3, after: $after, orderBy: [{order}]) {{ totalCount
              edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
            after = None
            while True:
                page = (await self.ask(query, after=after))["data"]["accounts"]
                found.append(page)
                if not page["pageInfo"]["hasNextPage"]:
                    break
                after = page["pageInfo"]["endCursor"]
        return found


SENTENCES = re.compile(r"insights|headline", re.IGNORECASE)


@pytest.mark.parametrize("seed", range(EXAMPLES))
async def test_every_read_equals_that_of_a_graph_without_the_unreadable_records(store: Store, seed: int) -> None:
    graph = Generator(seed).make()
    user = min(graph.labelled("User"), key=lambda one: abs(len(unreadable(graph, one)) - 12))  # about a third
    restricted = Executor(store.reads, store.writes, OPTIONS, policy=policy_of(graph))
    whole = Executor(store.reads, store.writes, OPTIONS, policy=unrestricted)
    await write(store, graph)
    within = {name: answer async for name, answer in Reader(restricted, user, seed).everything(graph)}
    hidden = unreadable(graph, user)
    assert hidden
    await delete(store, hidden)
    # Sentences say whether rules of access hold, and so are compared under the same rules.
    same_rules = {name: answer async for name, answer in Reader(restricted, user, seed).everything(graph)}
    async for name, answer in Reader(whole, user, seed).everything(graph):
        wanted = same_rules[name] if SENTENCES.search(name) else answer
        assert within.pop(name) == wanted, f"seed {seed}, caller {user}, hidden {hidden}: {name}"
    assert not within


SHARED = (
    "{ contacts(first: 2) { totalCount nodes { name accounts(first: 2) { nodes { name rollup { contacts } } } } } }",
    '{ search(text: "alder") { node { id } } }',
    '{ tie(from: "user0", to: "user1") { strength } }',
    '{ introductions(from: "user0", to: "user1", maxHops: 2) { strength } }',
    "{ productRules { support } }",
)


async def test_callers_of_one_shape_share_plans_and_texts(store: Store, server: engine.Server) -> None:
    await write(store, Generator(0).make())
    reads = RecordedReads(store, server.database)
    values = {"one": ["unit-of-one"], "two": ["unit-of-two", "unit-of-three"]}
    executor = Executor(
        reads, store.writes, OPTIONS, policy=lambda who: Access(SHAPE, {"units": values[str(who.user)]})
    )
    values_sent = set()
    for query in SHARED:
        reads.sent.clear()
        await executor.execute(query, None, None, principal=Principal("one"))
        first, compiled = [bound.text for bound in reads.sent], len(compiled_statements)
        await executor.execute(query, None, None, principal=Principal("two"))
        assert len(compiled_statements) == compiled
        assert [bound.text for bound in reads.sent] == first * 2
        values_sent |= {str(bound.parameters["access"]) for bound in reads.sent if "access" in bound.parameters}
        assert not any("unit-of" in bound.text for bound in reads.sent)
        assert len(executor.document(query).plans) <= 1
    assert values_sent == {str({"units": units}) for units in values.values()}
    await reads.close()


async def test_another_shape_has_its_own_plan_and_text(store: Store, server: engine.Server) -> None:
    reads = RecordedReads(store, server.database)
    shapes = {"one": SHAPE, "two": AccessShape((("Account", READABLE),)), "three": AccessShape(())}
    executor = Executor(
        reads, store.writes, OPTIONS, policy=lambda who: Access(shapes[str(who.user)], {"units": ["unit"]})
    )
    for user in shapes:
        await executor.execute(SHARED[0], None, None, principal=Principal(user))
    assert len(executor.document(SHARED[0]).plans) == len({bound.text for bound in reads.sent}) == 3
    assert [bound.parameters.get("access") for bound in reads.sent] == [{"units": ["unit"]}, {"units": ["unit"]}, None]
    await reads.close()
